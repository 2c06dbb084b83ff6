"""The words of the desk for what is kept as a code. Pure."""

from liaison.i18n import N_

UNSENT_WORDS = {
    "draft": N_("Not sent yet: nobody has been told of it."),
    "changed": N_("Changed since the last notice; those asked hold the old one."),
    "tried": N_("It went out only in trial mode: those asked have not received it yet."),
    "off": N_("It is off, and those who were told do not know yet."),
}
PROMISE_WORDS = {
    "kept": N_("took place"),
    "missed": N_("no meeting on record"),
    "set": N_("set for %(date)s"),
    "draft": N_("planned for %(date)s, notice not sent yet"),
    "postponed": N_("postponed, a new date will follow"),
    "open": N_("due by %(date)s, nothing arranged yet"),
}
PERIOD_NAMES = {
    1: N_("First quarter"),
    2: N_("Second quarter"),
    3: N_("Third quarter"),
    4: N_("Fourth quarter"),
}
