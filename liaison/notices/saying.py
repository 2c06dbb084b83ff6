"""What is said of a notice in whole sentences: what it asks, by when, and the draft to the own leader. Pure."""

from liaison.i18n import Words
from liaison.notices.models import Addressee, Notice


def asks(words: Words, notice: Notice) -> str:
    """What is asked of those it is addressed to, in a sentence without a date."""
    if notice.purpose == "comment":
        return words._("%(agency)s asks for your agency's views on the following.", agency=notice.from_agency.name)
    if notice.purpose == "action":
        return words._("%(agency)s asks your agency to deal with the following.", agency=notice.from_agency.name)
    if notice.purpose == "response":
        return words._("%(agency)s answers:", agency=notice.from_agency.name)
    return words._("%(agency)s informs your agency of the following.", agency=notice.from_agency.name)


def by_when(words: Words, notice: Notice, addressee: Addressee) -> str:
    """Until when, and what; empty without a deadline, or for who is only to know."""
    if addressee.due_on is None or not addressee.asked:
        return ""
    day = words.full_date(addressee.due_on)
    if notice.wants_answer:
        return words._("Please answer by %(day)s.", day=day)
    return words._("Please acknowledge it by %(day)s.", day=day)


def draft_of(words: Words, notice: Notice, owing: list[Addressee]) -> str:
    """What is proposed to be written; the liaison changes it as they like."""
    agencies = words._(", ").join(one.agency.name for one in owing)
    day = words.date(min(one.due_on for one in owing if one.due_on is not None))
    sent_on = words.date(notice.sent_at.astimezone(notice.zone).date()) if notice.sent_at else ""
    return "\n".join(
        (
            words._("On %(day)s our agency sent “%(subject)s” to %(agencies)s.", day=sent_on, subject=notice.subject, agencies=agencies),
            words._("An answer was asked for by %(day)s; none has come so far.", day=day),
            words._("Your attention is kindly requested."),
        )
    )  # fmt: skip
