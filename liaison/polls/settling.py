"""How looking for a time ends: one is picked, or none; everybody who was asked is told once."""

from collections.abc import Sequence

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.meetings import scheduling
from liaison.meetings.locking import lock as lock_meeting
from liaison.polls.asking import NOT_RUN
from liaison.polls.locking import audit_line, lock
from liaison.polls.mails import ENDED, tell
from liaison.polls.models import TimePoll
from liaison.polls.permissions import may_run
from liaison.polls.wording import HAS_A_DATE


async def pick(
    db: Session, viewer: Viewer, poll: TimePoll, candidate_id: int, *, version: int | None = None
) -> TimePoll:
    """Choose one of the times. The draft is moved there, the postponed meeting reinstated with it; its notice goes by `send` as always.
    The liaisons who were asked get one mail that says the time. Picking the same one again changes nothing.

    Raises NotPermitted, Invalid (candidate_id), Conflict (ended, passed, or the meeting has a date by now)."""
    await lock(db, poll, to_change=False)
    if not may_run(viewer, poll):
        raise NotPermitted(NOT_RUN)
    chosen = next((one for one in poll.candidates if one.id == candidate_id), None)
    if chosen is None:
        raise Invalid({"candidate_id": N_("There is no such time in this question.")})
    if chosen.picked_at is not None:
        return poll
    poll.refuse_ended()
    poll.check_version(version)
    if chosen.span(poll.zone)[0] <= db.now():
        raise Conflict(N_("This time has passed. Pick a later one, or end this and ask anew."))
    if poll.meeting is not None:
        await lock_meeting(db, poll.meeting)
        when = {"local_start": chosen.local_start, "duration_minutes": chosen.duration_minutes}
        if poll.meeting.state == "draft":
            await scheduling.move(db, viewer, poll.meeting, **when)  # type: ignore[arg-type]
        elif poll.meeting.state == "postponed":
            await scheduling.reinstate(db, viewer, poll.meeting, **when)  # type: ignore[arg-type]
        else:
            raise Conflict(HAS_A_DATE)
    chosen.picked_at = poll.closed_at = db.now()
    poll.closed_by = viewer.person_id
    poll.touch()
    audit_line(db, viewer, "pick", poll, starts_at=chosen.local_start.isoformat())
    await tell(db, poll, ENDED, by=viewer.person_id)
    return poll


async def close(
    db: Session, viewer: Viewer, poll: TimePoll, *, reason: str | None, version: int | None = None
) -> TimePoll:
    """End it without a time, with the reason; those who keep the times free are told. Doing it twice changes nothing. Raises
    NotPermitted, Invalid (reason), Conflict (a time was picked)."""
    await lock(db, poll, to_change=False)
    if not may_run(viewer, poll):
        raise NotPermitted(NOT_RUN)
    if poll.closed_at is not None and poll.picked is None:
        return poll
    poll.refuse_ended()
    poll.check_version(version)
    check = Check()
    reason = check.required_text("reason", reason, most=500, lines=True)
    check.done()
    await _close(db, viewer, poll, reason)
    return poll


async def call_off(db: Session, viewer: Viewer, polls: Sequence[TimePoll], *, reason: str) -> None:
    """End these without a time, because their mechanism ends; who may end that is asked there. One that has ended meanwhile stays as it is."""
    for poll in polls:
        await lock(db, poll, to_change=False)
        if poll.closed_at is None:
            await _close(db, viewer, poll, reason)


async def _close(db: Session, viewer: Viewer, poll: TimePoll, reason: str) -> None:
    poll.reason = reason
    poll.closed_at, poll.closed_by = db.now(), viewer.person_id
    poll.touch()
    audit_line(db, viewer, "close", poll, reason=reason)
    await tell(db, poll, ENDED, by=viewer.person_id)
