"""What is said of a notice in whole sentences: what it asks, by when, and the draft to the own leader. Pure."""

from liaison.i18n import Words
from liaison.notices.models import Addressee, Notice
from liaison.notices.wording import CATEGORY_NAMES


def named(words: Words, notice: Notice) -> str:
    """By what a mail's subject, a reminder and a list of mails name it: its subject; a lead by its code alone, or by no more than what it is."""
    if not notice.is_referral:
        return notice.subject
    return notice.case_code or words._("a lead without code")


def facts_of(words: Words, notice: Notice) -> list[tuple[str, str]]:
    """What a referral says beside its text, each with its heading."""
    found = [(words._("Lead code"), notice.case_code), (words._("Cause of action"), category(words, notice))]
    if notice.clause_number is not None:
        found.append((words._("By clause"), clause(words, notice)))
    return [(name, said) for name, said in found if said]


def category(words: Words, notice: Notice) -> str:
    """案由 in words; empty where none is given."""
    known = CATEGORY_NAMES.get(notice.category or "")
    return words._(known) if known else notice.category or ""


def clause(words: Words, notice: Notice) -> str:
    """依据条款 with its number and words, as they were when it was referred."""
    return words._("clause %(number)s: %(text)s", number=notice.clause_number, text=notice.clause_text)


def asks(words: Words, notice: Notice) -> str:
    """What is asked of those it is addressed to, in a sentence without a date."""
    if notice.is_referral:
        return words._("%(agency)s refers the following lead to your agency.", agency=notice.from_agency.name)
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
    if notice.is_referral:
        return words._("Please accept it, decline it or return it by %(day)s.", day=day)
    if notice.wants_answer:
        return words._("Please answer by %(day)s.", day=day)
    return words._("Please acknowledge it by %(day)s.", day=day)


def draft_of(words: Words, notice: Notice, owing: list[Addressee]) -> str:
    """What is proposed to be written; the liaison changes it as they like."""
    agencies = words._(", ").join(one.agency.name for one in owing)
    day = words.date(min(one.due_on for one in owing if one.due_on is not None))
    sent_on = words.date(notice.dated_on) if notice.sent_at else ""
    return "\n".join(
        (
            words._("On %(day)s our agency sent “%(subject)s” to %(agencies)s.", day=sent_on, subject=named(words, notice), agencies=agencies),
            words._("An answer was asked for by %(day)s; none has come so far.", day=day),
            words._("Your attention is kindly requested."),
        )
    )  # fmt: skip
