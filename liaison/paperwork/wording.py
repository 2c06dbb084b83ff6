"""What a meeting's papers are called, and everything that they say of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liaison.i18n import N_, Words
from liaison.mechanisms.models import Agreement
from liaison.meetings.wording import LAST_ACTIONS
from liaison.paperwork.models import INVITATION, LETTER, NOTICE

KIND_NAMES = {
    "notice": N_("Meeting notice with slip"),
    "slips": N_("Summary of slips"),
    "agenda": N_("Agenda"),
    "sign_in": N_("Sign-in sheet"),
    "script": N_("Words for the chair"),
    "name_cards": N_("Name cards"),
}
GENRE_NAMES = {LETTER: N_("Letter"), NOTICE: N_("Notice"), INVITATION: N_("Invitation letter")}
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the agenda, as the paper's readers may see it."""

    title: str
    agency: str = ""
    presenter: str = ""
    purpose: str = ""
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody asked by name, or named on a slip; `answer` in words."""

    agency: str
    name: str
    job_title: str = ""
    phone: str = ""
    note: str = ""
    answer: str = ""
    comes: bool = True
    chair: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """An agency that is asked: so many seats, such people; whether its slip is back."""

    invitation_id: int
    agency: str
    seats: int
    requirement: str = ""
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """Everything that the papers of one meeting say."""

    title: str
    day: str
    when: str
    location: str
    host: str
    mechanism: str
    agreement: str
    """《…》 with its number; empty where none is entered."""
    replies_due: str
    contact: str
    phone: str
    mail: str
    issuing_agency: str
    genre: str
    doc_no: str
    dated_on: date
    ordinal: str
    items: Sequence[Item]
    begins_with_actions: bool
    guests: Sequence[Guest]
    asked: Sequence[Asked]
    chair: str = ""


def numbered(words: Words, n: int, text: str) -> str:
    """A heading of the first level: 一、…"""
    return f"{NUMERALS[n - 1]}、{text}" if words.locale == "zh_CN" else f"{n}. {text}"


def cited(words: Words, agreement: Agreement | None) -> str:
    """The agreement as a letter names it: 《关于…的意见》（清检会〔2022〕3号）; nothing where there is none."""
    if agreement is None:
        return ""
    number = words._(" (%(doc_no)s)", doc_no=agreement.doc_no) if agreement.doc_no else ""
    return words._("“%(title)s”", title=agreement.title) + number


def agenda_lines(words: Words, said: Said) -> list[str]:
    """The agenda a line an item, the standing first one included."""
    first = [words._(LAST_ACTIONS)] if said.begins_with_actions else []
    rest = [
        words._("%(title)s (%(by)s)", title=item.title, by=by) if (by := item.presenter or item.agency) else item.title
        for item in said.items
    ]
    return [f"{n}. {line}" for n, line in enumerate([*first, *rest], 1)]
