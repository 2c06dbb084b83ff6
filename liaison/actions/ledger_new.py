"""A new row of the ledger's table: the meeting that it names, and whether it says all that a new item needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.actions.ledger_table import (
    DUE,
    HEADINGS,
    LEAD,
    MECHANISM,
    MEETING,
    NEEDED,
    NOTE,
    OWNER,
    STATE,
    SUPPORTING,
    TITLE,
    Row,
    Wrong,
    names_meeting,
    says_open,
)
from liaison.actions.models import ActionItem
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import Message
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import Meeting
from liaison.meetings.seen import visible_to

_FREE = (TITLE, LEAD, OWNER, SUPPORTING, DUE, MEETING)


@dataclass(slots=True)
class Places:
    """Where new items may go, loaded once a table: the mechanisms in which the viewer adds items, and the meetings of each."""

    mechanism_id: int | None = None
    """The only one, where the table is brought to one mechanism."""
    mechanisms: Sequence[Mechanism] | None = None
    meetings: dict[int, Sequence[Meeting]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A new item: its meeting, and what the row says of it by column."""

    meeting: Meeting
    says: Mapping[str, str]


async def wanted_in(db: Session, viewer: Viewer, places: Places, row: Row) -> Wanted | list[Wrong]:
    """What a row without a number asks for, or everything that it lacks."""
    wrong = [
        Wrong(row.at, name, Message(N_("A new item needs this: please fill it in.")))
        for name in NEEDED
        if not row.cells.get(name)
    ]
    if not says_open(row.cells.get(STATE, "")):
        wrong.append(Wrong(row.at, STATE, Message(N_("A new item is not done yet."))))
    if row.cells.get(NOTE):
        said = N_("This is filled in together with the state “done” only.")
        wrong.append(Wrong(row.at, NOTE, Message(said)))
    mechanism = await _mechanism(db, viewer, places, row)
    if isinstance(mechanism, Wrong):
        return [*wrong, mechanism]
    meeting = await _meeting(db, viewer, places, row, mechanism) if row.cells.get(MEETING) else None
    if isinstance(meeting, Wrong):
        return [*wrong, meeting]
    if wrong or meeting is None:
        return wrong
    if await _stands_already(db, row, meeting):
        twice = N_("This meeting has an item of this agency called so already; export the ledger to change it.")
        return [Wrong(row.at, TITLE, Message(twice))]
    return Wanted(meeting, {name: text for name in HEADINGS if name in _FREE and (text := row.cells.get(name))})


async def _mechanism(db: Session, viewer: Viewer, places: Places, row: Row) -> Mechanism | Wrong:
    if places.mechanisms is None:
        acting = {one.mechanism_id for one in viewer.designations}
        if places.mechanism_id is not None:
            acting &= {places.mechanism_id}
        places.mechanisms = (await db.scalars(select(Mechanism).where(Mechanism.id.in_(acting)))).all()
    said = row.cells.get(MECHANISM, "")
    found = [one for one in places.mechanisms if said in ("", one.short_name, one.name)]
    if len(found) == 1:
        return found[0]
    if not said:
        return Wrong(row.at, MECHANISM, Message(N_("A new item needs this: please fill it in.")))
    text = N_("You add no items to a mechanism called “%(name)s”.")
    return Wrong(row.at, MECHANISM, Message(text, {"name": said}))


async def _meeting(db: Session, viewer: Viewer, places: Places, row: Row, mechanism: Mechanism) -> Meeting | Wrong:
    if mechanism.id not in places.meetings:
        query = select(Meeting).where(Meeting.mechanism_id == mechanism.id, visible_to(viewer))
        query = query.options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
        places.meetings[mechanism.id] = (await db.scalars(query)).all()
    said = row.cells[MEETING]
    found = [one for one in places.meetings[mechanism.id] if names_meeting(said, one.title, one.local_on)]
    if len(found) == 1:
        return found[0]
    if found:
        text = N_("%(count)s meetings are called so; please add the day, as in “%(title)s %(day)s”.")
        newest = max(found, key=lambda one: one.local_on)
        params = {"count": len(found), "title": newest.title, "day": newest.local_on.isoformat()}
        return Wrong(row.at, MEETING, Message(text, params))
    return Wrong(row.at, MEETING, Message(N_("There is no meeting “%(name)s” in this mechanism."), {"name": said}))


async def _stands_already(db: Session, row: Row, meeting: Meeting) -> bool:
    """The same row brought twice, also within one table, is not two items."""
    query = select(ActionItem.id).join(Agency, Agency.id == ActionItem.lead_agency_id)
    query = query.where(
        ActionItem.meeting_id == meeting.id,
        ActionItem.title == row.cells[TITLE],
        Agency.short_name == row.cells[LEAD],
    )
    return (await db.execute(query.limit(1))).first() is not None
