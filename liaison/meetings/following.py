"""下次会议: its date is fixed in the meeting, while everybody is there; a draft, of which nobody is told yet."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.meetings import queries, suggesting
from liaison.meetings.asking import Asked
from liaison.meetings.holding import may_record_now
from liaison.meetings.locking import audit_line, lock, taking_place
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import NOT_RECORDER, NOT_YOURS, may_schedule
from liaison.meetings.scheduling import move, schedule
from liaison.meetings.seen import visible_to

MOST_PLANNED = 5
MOST_IN_A_MONTH = 300


async def fix(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    local_start: datetime,
    duration_minutes: int | None = None,
    location: str | None = None,
    next_meeting_id: int | None = None,
) -> Meeting:
    """Fix when the next meeting is (naive local time of the meeting's zone): that of one that is planned already (`next_meeting_id`), which
    is moved; else of a new draft, with the host whose turn it is and the agencies that this meeting asked. Nobody is told.

    The same time again changes nothing, and once one is fixed another time moves that one. For who records the meeting and may
    schedule, from its local day on. Raises NotPermitted, Invalid (starts_at, next_meeting_id, …), Conflict."""
    mechanism = await locked(db, Mechanism, meeting.mechanism_id)
    await lock(db, meeting)
    if not await may_record_now(db, viewer, meeting):
        raise NotPermitted(NOT_RECORDER)
    if not may_schedule(viewer, meeting.mechanism_id):
        raise NotPermitted(NOT_YOURS)
    taking_place(db, meeting)
    check = Check()
    check.day("starts_at", local_start.date())
    if not check.errors and local_start <= meeting.local_start:
        check.refuse("starts_at", N_("The next meeting is later than this one."))
    check.done()
    found = await fixed(db, viewer, meeting)
    if found is None and next_meeting_id is not None:
        found = next((one for one in await planned(db, viewer, meeting) if one.id == next_meeting_id), None)
        if found is None:
            raise Invalid({"next_meeting_id": N_("Please choose one of the meetings that are planned after this one.")})
    if found is None:
        found = await _draft(db, viewer, mechanism, meeting, local_start, duration_minutes, location)
    elif found.local_start != local_start:
        await move(db, viewer, found, local_start=local_start, duration_minutes=duration_minutes)
    if meeting.next_meeting_id != found.id:
        meeting.next_meeting_id = found.id
        audit_line(db, viewer, "fix_next", meeting, next_meeting=found.id, starts_at=found.starts_at.isoformat())
    return found


async def leave_open(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    """Take back that a next meeting was fixed here. The meeting itself stays as it is, to be moved or cancelled on its own page. Twice
    changes nothing. Raises NotPermitted."""
    await lock(db, meeting)
    if not await may_record_now(db, viewer, meeting):
        raise NotPermitted(NOT_RECORDER)
    if meeting.next_meeting_id is not None:
        audit_line(db, viewer, "leave_next_open", meeting, next_meeting=meeting.next_meeting_id)
        meeting.next_meeting_id = None


async def fixed(db: Session, viewer: Viewer, meeting: Meeting) -> Meeting | None:
    """The meeting fixed as the next one, if this viewer may see it; None for one that is off or was held since."""
    if meeting.next_meeting_id is None:
        return None
    query = select(Meeting).where(Meeting.id == meeting.next_meeting_id, visible_to(viewer))
    found = (await db.scalars(query.options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency)))).first()
    return found if found is not None and not found.is_off else None


async def planned(db: Session, viewer: Viewer, meeting: Meeting) -> list[Meeting]:
    """The meetings of the mechanism that are planned after this one, soonest first: one of them may be the next."""
    after = meeting.starts_at + timedelta(minutes=1)
    rows = await queries.between(db, viewer, meeting.mechanism_id, after, after + timedelta(days=400))
    return [one for one in rows if one.state in ("draft", "announced")][:MOST_PLANNED]


async def proposed(db: Session, viewer: Viewer, meeting: Meeting) -> tuple[datetime | None, Meeting | None]:
    """What the form begins with: the time of the next regular meeting that is planned, else of the series' next free date."""
    for one in await planned(db, viewer, meeting):
        if one.kind == "regular":
            return one.local_start, one
    for suggestion in await suggesting.next_days(db, viewer, meeting.mechanism):
        if suggestion.day.date > meeting.local_on:
            return datetime.combine(suggestion.day.date, suggestion.series.start_time), None
    return None, None


async def in_month(db: Session, viewer: Viewer, first: date) -> Sequence[Meeting]:
    """Everything that this viewer knows to take place in that month and the weeks around it: what a date may clash with."""
    midnight = datetime.combine(first, time.min, UTC)
    start, end = midnight - timedelta(days=8), midnight + timedelta(days=39)
    query = select(Meeting).where(Meeting.starts_at >= start, Meeting.starts_at < end, visible_to(viewer))
    rows = await db.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(MOST_IN_A_MONTH))
    return [one for one in rows if not one.is_off]


async def _draft(
    db: Session,
    viewer: Viewer,
    mechanism: Mechanism,
    meeting: Meeting,
    local_start: datetime,
    duration_minutes: int | None,
    location: str | None,
) -> Meeting:
    rule = await suggesting.by_rule(db, mechanism, local_start.date())
    series = next((one for one in await queries.series_of(db, mechanism.id) if one.id == rule.get("series_id")), None)
    host = await suggesting.next_host(db, viewer, mechanism) or meeting.host_agency
    asked = [
        Asked(agency_id=one.agency_id, seats=one.seats, requirement=one.requirement)
        for one in await queries.invitations(db, meeting.id)
        if one.agency.deactivated_at is None
    ]
    return await schedule(
        db,
        viewer,
        mechanism.id,
        kind=meeting.kind,
        title=series.name if series else meeting.title,
        local_start=local_start,
        duration_minutes=duration_minutes or (series.duration_minutes if series else meeting.duration_minutes),
        location=location,
        host_agency_id=host.id,
        asked=asked,
        by_plan=True,
        **rule,
    )
