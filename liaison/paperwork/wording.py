"""What a meeting's papers are called, and everything that they say of it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from liaison.i18n import N_, Words
from liaison.mechanisms.models import Agreement
from liaison.meetings.audience import HIDDEN
from liaison.meetings.models import AgendaItem, Attendee
from liaison.meetings.showing import answer_of
from liaison.meetings.wording import ANSWER_NAMES, LAST_ACTIONS
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
class Invited:
    """One guest from outside, to whom a letter is made: as it begins, and until when they are asked to answer."""

    name: str
    addressed: str
    answer_by: str = ""


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
    co_hosts: str = ""
    audience_groups: str = ""
    """协办单位 and 受众 of a joint activity, in words."""
    open_actions: Sequence[Sequence[str]] = ()
    """The open action items of earlier meetings that everybody may know of: what, who, until when, how often carried over."""


def item_said(item: AgendaItem, words: Words, read_by: Collection[int]) -> Item:
    """An item as all these agencies may know it; needs `agency` and `presenter`."""
    if item.audience is not None and not set(read_by) <= item.audience:
        return Item(words._(HIDDEN), minutes=item.duration_minutes)
    return Item(
        item.title,
        item.agency.name if item.agency else "",
        item.presenter.name if item.presenter else "",
        item.purpose,
        item.duration_minutes,
    )


def guests_of(attendees: Sequence[Attendee], words: Words) -> list[Guest]:
    """Everybody once, a substitute in the place of whom they stand in for; names on a slip of somebody asked by name are left out."""
    by_name = {(one.agency_id, one.name) for one in attendees if one.agency_invitation_id is None}
    found = []
    for one in attendees:
        if one.agency_invitation_id is not None and (one.agency_id, one.name) in by_name:
            continue
        stands_in = one.substitute if one.partstat == "accepted" else None
        note = words._("for %(name)s", name=one.name) if stands_in else one.note or ""
        found.append(
            Guest(
                one.agency.name,
                stands_in["name"] if stands_in else one.name,
                (stands_in.get("job_title") if stands_in else one.job_title) or "",
                (stands_in.get("phone") if stands_in else one.phone) or "",
                note,
                answer=words._(ANSWER_NAMES[answer_of(one)]),
                comes=one.partstat != "declined",
                chair=one.role == "chair",
            )
        )
    return found


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
