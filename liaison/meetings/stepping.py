"""What an officer does to a step around a meeting: shift it to another day, skip it, take that back. All with a reason, and nobody is
mailed; doing one early sends its mails (`reminders.doing`)."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.calendaring.deadlines import PROFILE
from liaison.calendaring.workdays import region_calendar
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.meetings.due import remind_on
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import NOT_YOURS, may_change
from liaison.meetings.step_models import MeetingStep
from liaison.meetings.steps import (
    BEFORE,
    ITEM_STEPS,
    NOTICE,
    REMINDER,
    REPLIES,
    StepOf,
    due_before_called,
    steps_of,
    wants_minutes,
)

MOST_REASON = 300


async def rows_of(db: Session, meeting_ids: Collection[int]) -> dict[int, list[MeetingStep]]:
    """By meeting, what officers and the clock did to its steps."""
    found: dict[int, list[MeetingStep]] = {meeting_id: [] for meeting_id in meeting_ids}
    if found:
        for row in await db.scalars(select(MeetingStep).where(MeetingStep.meeting_id.in_(found))):
            found[row.meeting_id].append(row)
    return found


async def steps_shown(db: Session, meeting: Meeting) -> list[StepOf]:
    """The steps of one meeting as they stand today. Needs `mechanism`."""
    rows = await rows_of(db, [meeting.id])
    return steps_of(meeting, rows[meeting.id], db.clock.today(meeting.timezone))


async def meeting_called(db: Session, meeting_id: int) -> Meeting:
    """The meeting with its mechanism and host, for whoever was called to bring items to it. Raises NotFound."""
    query = select(Meeting).where(Meeting.id == meeting_id)
    query = query.options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    meeting = (await db.execute(query)).scalar_one_or_none()
    if meeting is None:
        raise NotFound
    return meeting


async def shift_step(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    step: str,
    *,
    due_on: date | None,
    reason: str,
    version: int | None = None,
) -> MeetingStep:
    """Put a step on another day, where it stays although the meeting moves; the clock then sends its mails on that day.

    Until when answers are due stands in the notice, so that day is told with the next one sent. Raises NotFound, NotPermitted,
    Invalid (due_on, reason), Conflict (done already, or stale)."""
    row, one = await opened(db, viewer, meeting, step, version)
    check = Check()
    reason = check.required_text("reason", reason, most=MOST_REASON)
    check.day("due_on", due_on)
    if due_on is None:
        check.refuse("due_on", N_("Please give a date."))
    elif step in BEFORE and due_on > meeting.local_on:
        check.refuse("due_on", N_("This step lies before the meeting: please give a day up to that of the meeting."))
    elif step not in BEFORE and due_on < meeting.local_on:
        check.refuse("due_on", N_("This step lies after the meeting: please give a day from that of the meeting on."))
    elif due_on < db.clock.today(meeting.timezone):
        check.refuse("due_on", N_("This day has passed. Please choose a later one."))
    elif not region_calendar(meeting.mechanism.region).is_workday(due_on):
        check.refuse("due_on", N_("Offices are closed on that day. Please choose a working day."))
    elif step in ITEM_STEPS and due_before_called(await steps_shown(db, meeting), step, due_on):
        check.refuse("due_on", N_("Items would be due before they are called for. Please move the other step first."))
    check.done()
    if step == REPLIES:
        meeting.replies_due_on = due_on
        meeting.touch()
    else:
        row.due_on = due_on
    row.shifted_at, row.shifted_by, row.reason = db.now(), viewer.person_id or None, reason
    row.skipped_at = row.skipped_by = None
    row.touch()
    await look_again(db, meeting, row)
    facts = {"step": step, "due_on": due_on.isoformat() if due_on else None, "was": one.date.isoformat()}
    audit_line(db, viewer, "shift_step", meeting, **facts, reason=reason)
    return row


async def skip_step(
    db: Session, viewer: Viewer, meeting: Meeting, step: str, *, reason: str, version: int | None = None
) -> MeetingStep:
    """Leave a step out: the clock sends none of its mails. Without the call (不征集议题) nobody is asked for items later either.

    Raises NotFound, NotPermitted, Invalid (reason), Conflict (done already, or stale)."""
    row, _ = await opened(db, viewer, meeting, step, version)
    check = Check()
    reason = check.required_text("reason", reason, most=MOST_REASON)
    check.done()
    row.skipped_at, row.skipped_by, row.reason = db.now(), viewer.person_id or None, reason
    row.touch()
    await look_again(db, meeting, row)
    audit_line(db, viewer, "skip_step", meeting, step=step, reason=reason)
    return row


async def undo_step(
    db: Session, viewer: Viewer, meeting: Meeting, step: str, *, version: int | None = None
) -> MeetingStep:
    """Take back that a step was shifted, skipped or marked as done. Mails that went cannot be taken back: Conflict."""
    row, one = await opened(db, viewer, meeting, step, version, done=True)
    if not one.can_be_undone:
        raise Conflict(N_("There is nothing here that could be taken back."))
    if one.state == "done":
        row.done_at = row.done_by = row.done_for = None
    elif row.skipped_at is not None:
        row.skipped_at = row.skipped_by = None
    else:
        row.due_on = row.shifted_at = row.shifted_by = None
        if step == REPLIES:
            meeting.replies_due_on = None
            meeting.touch()
    row.reason = None  # it said why of what is taken back; why a step was shifted before that, the trail keeps
    row.touch()
    await look_again(db, meeting, row)
    audit_line(db, viewer, "undo_step", meeting, step=step)
    return row


async def opened(
    db: Session, viewer: Viewer, meeting: Meeting, step: str, version: int | None, *, done: bool = False
) -> tuple[MeetingStep, StepOf]:
    """How each of these verbs begins: the meeting under its lock, permission asked, the step there and, unless `done` is allowed, not
    done. Its row is made where there is none. Raises NotFound, NotPermitted, Conflict."""
    if step not in PROFILE:
        raise NotFound
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    if meeting.is_off:
        raise Conflict(N_("This meeting is cancelled or postponed, so it has no steps."))
    rows = (await rows_of(db, [meeting.id]))[meeting.id]
    one = next((s for s in steps_of(meeting, rows, db.clock.today(meeting.timezone)) if s.step == step), None)
    if one is None:
        raise NotFound
    if step in BEFORE and meeting.starts_at <= db.now():
        raise Conflict(N_("The meeting has begun; what lay before it can no longer be changed."))
    row = next((row for row in rows if row.step == step), None)
    if row is None:
        row = MeetingStep(meeting_id=meeting.id, step=step, mails=0, version=0)
    row.check_version(version, due_on=one.date, reason=one.reason)
    if one.state == "done" and not done:
        raise Conflict(N_("The notice went out already.") if step == NOTICE else N_("This step is done already."))
    db.add(row)
    return row, one


async def look_again(db: Session, meeting: Meeting, row: MeetingStep) -> None:
    """The clock looks at the meeting on its next morning, and reminds on the day of that step."""
    if meeting.starts_at <= db.now() and not wants_minutes(meeting):
        return
    meeting.step_on = db.clock.today(meeting.timezone)
    if row.step == REMINDER and meeting.announced_at is not None:
        meeting.remind_on = remind_on(meeting, db.now(), row)


async def deadlines_changed(db: Session, mechanism: Mechanism) -> None:
    """The mechanism has other deadlines: the clock looks on its next morning at each of its meetings to come, or held and without
    issued minutes."""
    to_come = and_(Meeting.starts_at > db.now(), Meeting.held_at.is_(None))
    without_minutes = and_(
        Meeting.held_at.is_not(None), Meeting.steps_from.is_not(None), Meeting.minutes_issued_at.is_(None)
    )
    todo = (Meeting.mechanism_id == mechanism.id, or_(to_come, without_minutes))
    await db.execute(
        update(Meeting).where(*todo).values(step_on=db.clock.today(mechanism.timezone)),
        execution_options={"synchronize_session": False},
    )


async def reminder_row(db: Session, meeting: Meeting) -> MeetingStep | None:
    """What was done to the meeting's reminder."""
    query = select(MeetingStep).where(MeetingStep.meeting_id == meeting.id, MeetingStep.step == REMINDER)
    return (await db.execute(query)).scalar_one_or_none()
