"""What the page of a meeting shows from its day on: who is there, what is talked about, notes, decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries, recorded
from liaison.meetings.attendance import Attendance, attendance_of
from liaison.meetings.attendee_shown import AttendeeShown
from liaison.meetings.audience import ItemShown, known_to
from liaison.meetings.decision_models import Decision
from liaison.meetings.holding import next_ordinals
from liaison.meetings.models import (
    NUMBERED_KINDS,
    AgendaItem,
    Attendee,
    Meeting,
    Note,
)
from liaison.meetings.permissions import (
    is_host,
    may_arrange,
    may_read_decision,
    may_read_record,
    may_record,
    reads_before,
)
from liaison.meetings.quorum import quorum_of


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one meeting as this viewer sees it."""

    may_record: bool
    """may write: notes, decisions, attendance, hold"""
    may_arrange: bool
    """may order the agenda and accept what is proposed while it runs"""
    may_record_of: frozenset[int]
    """The items whose notes and decisions the viewer may write (permissions.may_record_item)."""
    may_correct: bool
    """may take back a mistaken hold"""
    speaks_for: int | None
    """the agency whose people's leave the viewer may approve"""
    may_read_notes: bool
    notes: Mapping[int | None, Note]
    """By agenda item; None is the meeting as a whole. Empty for those who may not read them."""
    withdrawn: Sequence[AgendaItem]
    """Items that were taken off or deferred after something was noted of them, for those who read the notes."""
    decisions: Sequence[Decision]
    current: int | None
    """the agenda item that is talked about"""
    ordinals: tuple[int, int] | None
    """会次 in all and in the year: as fixed, or before that as they would be; None for kinds that are not numbered"""
    attendance: Attendance
    missing: Sequence[Agency]
    """Without its quorum: the member agencies of which nobody with a vote is there, those that must be first."""
    held_by: str | None
    """Who recorded it as held, where that was without its quorum."""
    members: Sequence[Agency]
    """The member agencies of the meeting's day, whom a decision can charge; for those who record."""

    def of_item(self, item_id: int) -> list[Decision]:
        """The decisions on one item."""
        return [one for one in self.decisions if one.agenda_item_id == item_id]


async def record(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    attendees: Sequence[Attendee | AttendeeShown],
    items: Sequence[ItemShown],
) -> Record:
    """Load it; `meeting` with mechanism, which the viewer may see."""
    chairs = queries.chairs_among(attendees)
    reads = may_read_record(viewer, meeting, chairs)
    before = reads_before(viewer, meeting, [one.person_id for one in attendees], db.now())
    records, brings = may_record(viewer, meeting, chairs), viewer.acts_for(meeting.mechanism_id)
    ordinals = None
    if meeting.ordinal is not None:
        ordinals = (meeting.ordinal, meeting.ordinal_in_year or 0)
    elif meeting.kind in NUMBERED_KINDS and meeting.held_at is None:
        ordinals = await next_ordinals(db, meeting.mechanism, meeting.local_on)
    notes = {note.agenda_item_id: note for note in await recorded.notes(db, viewer, meeting.id)} if reads else {}
    shown = {item.id for item in items}
    left = [item_id for item_id, note in notes.items() if item_id is not None and item_id not in shown and note.text]
    there = attendance_of(attendees, await quorum_of(db, meeting))
    lacks = there.lacks_quorum
    holder = await db.get(Person, meeting.held_by) if lacks and meeting.held_by else None
    current = [one for one in items if one.begun_at is not None and one.settled_at is None]
    members = (
        await mechanisms.members_on(db, meeting.mechanism_id, meeting.local_on) if records or brings is not None else []
    )
    return Record(
        may_record=records,
        may_arrange=may_arrange(viewer, meeting, chairs) and meeting.held_at is None,
        may_record_of=frozenset(
            one.id
            for one in items
            if not one.hidden
            and (records or (one.audience is not None and brings is not None and one.agency_id == brings))
        ),
        may_correct=is_host(viewer, meeting),
        speaks_for=viewer.acts_for(meeting.mechanism_id),
        may_read_notes=reads,
        notes=notes,
        withdrawn=await _in_order(db, viewer, left) if left else [],
        decisions=[
            one
            for one in await recorded.decisions(db, viewer, meeting.id)
            if may_read_decision(one, reads_record=reads, before=before)
        ],
        current=current[-1].id if current and meeting.held_at is None else None,
        ordinals=ordinals,
        attendance=there,
        missing=[await db.get_one(Agency, one) for one in there.missing] if lacks else [],
        held_by=holder.name if holder else None,
        members=[one.agency for one in members],
    )


async def _in_order(db: Session, viewer: Viewer, item_ids: Sequence[int]) -> list[AgendaItem]:
    query = select(AgendaItem).where(AgendaItem.id.in_(item_ids), known_to(viewer))
    return list(await db.scalars(query.order_by(AgendaItem.position, AgendaItem.id)))
