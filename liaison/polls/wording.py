"""The words for what is kept as a code when a time is looked for. Pure."""

from liaison.i18n import N_

CHOICE_NAMES = {
    "can": N_("suits"),
    "if_need_be": N_("if need be"),
    "cannot": N_("does not suit"),
}
CHOICE_LOOKS = {"can": ("ok", "check"), "if_need_be": ("warn", "circle-question-mark"), "cannot": ("bad", "x")}
"""Colour and icon of each, beside the word."""
STATE_NAMES = {
    "open": N_("Answers are coming in"),
    "picked": N_("Time chosen"),
    "closed": N_("Ended without a time"),
}
STATE_LOOKS = {"open": "brand", "picked": "ok", "closed": ""}
NOT_ASKED = N_("This agency was not asked.")
ENDED = N_("This question has ended: the time is %(when)s.")
ENDED_WITHOUT = N_("This question has ended without a time.")
LATE = N_("The date to answer by has passed. Please tell the agency that asked; it can register your answer.")
HAS_A_DATE = N_("This meeting has a date by now, or is cancelled. End this without a time instead.")
