"""What a handover sheet says, for page and paper alike. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liaison.actions.models import ActionItem
from liaison.i18n import Words
from liaison.mechanisms.models import Agreement, Designation
from liaison.mechanisms.queries import OnDuty
from liaison.mechanisms.wording import ROLES
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import Meeting
from liaison.succession.models import Handover
from liaison.succession.moving import Kind
from liaison.succession.roles import Thing


@dataclass(frozen=True, slots=True)
class Passes:
    """What passes, or on the day has passed, of one kind."""

    kind: Kind
    count: int
    things: Sequence[Thing] = ()
    """Named while they are in the leaver's hands."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One office on the day on which the sheet is made."""

    term: Designation
    """Of who leaves; with agency, person and mechanism."""
    handover: Handover | None
    """By which the term ends, once it is entered."""
    made_on: date
    agreement: Agreement | None
    duty: OnDuty
    """Who is reached where, in every member agency."""
    contacts: bool
    """Whether phone and mail are the reader's to read."""
    items: Sequence[ActionItem]
    """The agency's open action items, what is due first first."""
    passes: Sequence[Passes]
    """What else is or was in the leaver's hands (moving.MOVES), but the action items."""
    coming: Sequence[Meeting]
    decisions: Sequence[Decision]
    """The newest, newest first."""


def passing_lines(words: Words, said: Sheet) -> list[str]:
    """What else passes, a line for each kind."""
    hidden = words._("an item that you may not read")
    return [
        one.kind.said(words, one.count)
        + (words._(": ") + words._(", ").join(thing.text or hidden for thing in one.things) if one.things else "")
        for one in said.passes
    ]


def owner_of(words: Words, item: ActionItem) -> str:
    """Who owns an item, and who did before."""
    name = item.owner.name if item.owner else words._("to be named")
    former = words._("formerly %(name)s", name=item.former_owner) if item.former_owner else ""
    return name + (words._(" (%(details)s)", details=former) if former else "")


def contact_rows(words: Words, said: Sheet) -> list[list[str]]:
    """A line for each agency's liaison and deputies; one for an agency without. Agency, role, name, phone, mail."""
    rows = []
    for member in said.duty.members:
        officer, agency = said.duty.in_office[member.agency_id], member.agency
        if officer is None:
            phone, mail = (agency.phone or "", agency.mail or "") if said.contacts else ("", "")
            rows.append([agency.short_name, words._("No liaison"), "", phone, mail])
        for one in [*([officer] if officer else []), *said.duty.deputies[member.agency_id]]:
            address = one.person.effective_address() if said.contacts else None
            phone = one.person.phone or "" if said.contacts else ""
            mail = address.mail if address else ""
            rows.append([agency.short_name, words._(ROLES[one.role]), one.person.name, phone, mail])
    return rows


def titled(words: Words, said: Sheet, item: ActionItem) -> str:
    """An open action item, with whose it is where the agency only supports another."""
    if item.lead_agency_id == said.term.agency_id:
        return item.title
    return item.title + words._(" (supporting %(agency)s)", agency=item.lead_agency.short_name)
