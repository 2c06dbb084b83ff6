"""What moves when an office is handed over: a table of what can be found and moved. Whatever a later feature leaves in somebody's
hands by office adds one line to MOVES."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.actions import passing
from liaison.audit import Actor
from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import Words
from liaison.mechanisms.models import DEPUTY, Designation
from liaison.meetings.models import AgencyInvitation, Meeting
from liaison.minutes import queries as minutes
from liaison.notices import queries as notices
from liaison.proposals import queries as proposals
from liaison.succession import roles
from liaison.succession.roles import Thing, Where

ACTIONS: Final = "actions"


@dataclass(frozen=True, slots=True)
class Office:
    """The term that ends, with `mechanism`, and `person` with agency; and the day on which the next one begins."""

    term: Designation
    on: date

    @property
    def begins_at(self) -> datetime:
        """When that day begins there."""
        return datetime.combine(self.on, time.min, ZoneInfo(self.term.mechanism.timezone))


Find = Callable[[Session, Office, Viewer | None], Awaitable[Sequence[Thing]]]
"""What of this kind moves, as `viewer` may know it; without one all of it, for who moves it."""
Give = Callable[[Session, Viewer | Actor, Office, Person, Collection[int]], Awaitable[list[int]]]
"""Move these; the ids of those that were moved."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of things that move. Without `give` they follow the office by themselves (succession.following)."""

    key: str
    said: Callable[[Words, int], str]
    """How many there are, in words."""
    find: Find
    give: Give | None = None
    may_stay: bool = False
    """Single ones may be left with who leaves."""
    of_agency: bool = False
    """Other agencies, and the operator, do not learn that there are any."""


async def _actions(db: Session, office: Office, viewer: Viewer | None) -> Sequence[Thing]:
    term = office.term
    items = await passing.open_items(db, term.person_id, term.agency_id, mechanism_id=term.mechanism_id)
    known = None if viewer is None else await passing.readable(db, viewer, [item.id for item in items])
    return [
        Thing(item.id, item.title if known is None or item.id in known else None, item.due_on, f"/actions/{item.id}")
        for item in items
    ]


async def _give_actions(
    db: Session, actor: Viewer | Actor, office: Office, to: Person, ids: Collection[int]
) -> list[int]:
    return await passing.pass_on(
        db, actor, ids, from_=office.term.person, agency=office.term.agency, to=to, on=office.on
    )


async def _meetings(db: Session, office: Office, viewer: Viewer | None) -> Sequence[Thing]:
    """Meetings from that day on that the agency was told of as an agency: its liaison answers for it. A deputy gets copies alone."""
    if office.term.role == DEPUTY:
        return []
    query = (
        select(Meeting)
        .join(AgencyInvitation, AgencyInvitation.meeting_id == Meeting.id)
        .where(
            Meeting.mechanism_id == office.term.mechanism_id,
            AgencyInvitation.agency_id == office.term.agency_id,
            AgencyInvitation.removed_at.is_(None),
            Meeting.starts_at >= office.begins_at,
            Meeting.starts_at > db.now(),
            Meeting.announced_at.is_not(None),
            Meeting.off_announced.is_(False),
            Meeting.held_at.is_(None),
        )
    )
    return await roles.shown(db, viewer, query)


async def _recorder(db: Session, office: Office, viewer: Viewer | None) -> Sequence[Thing]:
    return await roles.recorder(db, office.term.person_id, viewer, _ahead(office)) if _is_there(office) else []


async def _give_recorder(
    db: Session, actor: Viewer | Actor, office: Office, to: Person, ids: Collection[int]
) -> list[int]:
    return await roles.give_recorder(db, actor, ids, from_id=office.term.person_id, to=to)


async def _presenter(db: Session, office: Office, viewer: Viewer | None) -> Sequence[Thing]:
    return await roles.presenter(db, office.term.person_id, viewer, _ahead(office)) if _is_there(office) else []


async def _give_presenter(
    db: Session, actor: Viewer | Actor, office: Office, to: Person, ids: Collection[int]
) -> list[int]:
    return await roles.give_presenter(db, actor, ids, from_id=office.term.person_id, to=to)


async def _minutes(db: Session, office: Office, viewer: Viewer | None) -> Sequence[Thing]:
    """Minutes on which the agency still owes its word: its liaison gives it. Named by the version that is to be signed."""
    term = office.term
    if term.role == DEPUTY:
        return []
    owed = await minutes.owed_by(db, term.mechanism_id, term.agency_id)
    known = await roles.known(db, viewer, {one.meeting_id for one in owed})
    return [
        Thing(
            one.document.newest.id,
            one.meeting.title if one.meeting_id in known else None,
            one.document.newest.due_on,
            f"/meetings/{one.meeting_id}/minutes",
        )
        for one in owed
    ]


async def _proposals(db: Session, office: Office, viewer: Viewer | None) -> Sequence[Thing]:
    """Versions of the agreement, and agencies that are to join, on which the agency still owes its word."""
    term = office.term
    if term.role == DEPUTY:
        return []
    reads = viewer is None or viewer.acts_for(term.mechanism_id) is not None
    return [
        Thing(
            one.document.newest.id,
            one.document.newest.head.get("title") or one.document.newest.head.get("agency") if reads else None,
            one.document.newest.due_on,
            f"/proposals/{one.document.newest.id}",
        )
        for one in await proposals.owed_by(db, term.mechanism_id, term.agency_id)
    ]


async def _notices(db: Session, office: Office, viewer: Viewer | None) -> Sequence[Thing]:
    """Notices on which the agency still owes its word; named to who answers for it, and counted for its other people."""
    term = office.term
    if term.role == DEPUTY or (viewer is not None and viewer.agency_id != term.agency_id):
        return []
    reads = viewer is None or viewer.acts_for(term.mechanism_id) == term.agency_id
    waiting = await notices.waiting_in(db, term.mechanism_id, term.agency_id)
    return [
        Thing(one.id, one.subject if reads else None, one.line_of(term.agency_id).due_on, f"/notices/{one.id}")
        for one in waiting
    ]


def _said_actions(words: Words, n: int) -> str:
    return words.ngettext("%(n)d open action item", "%(n)d open action items", n)


def _said_meetings(words: Words, n: int) -> str:
    return words.ngettext("%(n)d meeting already announced", "%(n)d meetings already announced", n)


def _said_minutes(words: Words, n: int) -> str:
    return words.ngettext("%(n)d set of minutes to be signed", "%(n)d sets of minutes to be signed", n)


def _said_proposals(words: Words, n: int) -> str:
    return words.ngettext(
        "%(n)d agreement or new member to be signed", "%(n)d agreements or new members to be signed", n
    )


def _said_notices(words: Words, n: int) -> str:
    return words.ngettext("%(n)d notice to be answered", "%(n)d notices to be answered", n)


def _said_recorder(words: Words, n: int) -> str:
    return words.ngettext("recorder of %(n)d meeting", "recorder of %(n)d meetings", n)


def _said_presenter(words: Words, n: int) -> str:
    return words.ngettext("presenter of %(n)d agenda item", "presenter of %(n)d agenda items", n)


MOVES: Final = (
    Kind(ACTIONS, _said_actions, _actions, _give_actions, may_stay=True),
    Kind("meetings", _said_meetings, _meetings),
    Kind("minutes", _said_minutes, _minutes),
    Kind("proposals", _said_proposals, _proposals),
    Kind("notices", _said_notices, _notices, of_agency=True),
    Kind("recorder", _said_recorder, _recorder, _give_recorder),
    Kind("presenter", _said_presenter, _presenter, _give_presenter),
)
"""In the order in which a page and a mail name them."""


Found = Sequence[tuple[Kind, Sequence[Thing]]]


async def found(db: Session, office: Office, viewer: Viewer | None) -> Found:
    """Everything that moves, by kind; kinds of which there is nothing are left out."""
    every = [(kind, await kind.find(db, office, viewer)) for kind in MOVES]
    return [(kind, things) for kind, things in every if things]


async def give(
    db: Session, actor: Viewer | Actor, office: Office, to: Person, what: Found, *, but: Collection[int]
) -> dict[str, list[int]]:
    """Move what was found but the action items `but`; the ids by kind, also of what follows by itself."""
    moved = {}
    for kind, things in what:
        ids = [thing.id for thing in things if not (kind.may_stay and thing.id in but)]
        moved[kind.key] = ids if kind.give is None else await kind.give(db, actor, office, to, ids)
    return {key: ids for key, ids in moved.items() if ids}


def _ahead(office: Office) -> Where:
    return Where(office.term.mechanism_id, office.begins_at)


def _is_there(office: Office) -> bool:
    """Who moved to another agency meanwhile left their roles behind then (succession.leaving); those that they took on there stay."""
    return office.term.person.agency_id == office.term.agency_id
