"""准假: an agency says whether its own people may stay away from a meeting, or asks them to send somebody."""

from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.meetings.attendance import APPROVED, ASKED_FOR_SUBSTITUTE, leave_of
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import Attendee, Meeting
from liaison.meetings.permissions import may_approve_leave


async def decide_leave(
    db: Session, viewer: Viewer, attendee: Attendee, decision: str, *, version: int | None = None
) -> Attendee:
    """What the agency says of it, by its name: approved or substitute_asked. Raises Invalid (leave), and as those do."""
    check = Check()
    check.choice("leave", decision, (APPROVED, ASKED_FOR_SUBSTITUTE))
    check.done()
    act = approve_leave if decision == APPROVED else ask_for_substitute
    return await act(db, viewer, attendee, version=version)


async def approve_leave(db: Session, viewer: Viewer, attendee: Attendee, *, version: int | None = None) -> Attendee:
    """准假: the agency agrees that one of its people does not come, also after the meeting. Twice changes nothing.

    Raises NotPermitted (another agency's), Conflict (off, comes after all, or a stale form)."""
    meeting = await _asked_for(db, viewer, attendee, version)
    if attendee.leave_approved_at is None:
        attendee.forget_leave()
        attendee.leave_approved_at, attendee.leave_approved_by = db.now(), viewer.person_id
        attendee.touch()
        audit_line(db, viewer, "approve_leave", meeting, attendee=attendee.id)
    return attendee


async def ask_for_substitute(
    db: Session, viewer: Viewer, attendee: Attendee, *, version: int | None = None
) -> Attendee:
    """请另派人员: the agency wants somebody to come instead; who declined finds it on the desk. Nobody is mailed.

    Until the meeting begins. Raises like `approve_leave`."""
    meeting = await _asked_for(db, viewer, attendee, version)
    if meeting.starts_at <= db.now():
        raise Conflict(N_("The meeting has begun, so nobody can be sent any more."))
    if attendee.substitute_asked_at is None:
        attendee.forget_leave()
        attendee.substitute_asked_at, attendee.substitute_asked_by = db.now(), viewer.person_id
        attendee.touch()
        audit_line(db, viewer, "ask_for_substitute", meeting, attendee=attendee.id)
    return attendee


async def _asked_for(db: Session, viewer: Viewer, attendee: Attendee, version: int | None) -> Meeting:
    meeting = attendee.meeting
    await lock(db, meeting)
    if not may_approve_leave(viewer, meeting.mechanism_id, attendee.agency_id):
        raise NotPermitted(N_("Each agency approves the leave of its own people."))
    meeting.refuse_off()
    await locked(db, Attendee, attendee.id, joinedload(Attendee.agency))
    attendee.check_version(version, partstat=attendee.partstat, comment=attendee.comment)
    if leave_of(attendee) is None:
        raise Conflict(N_("Nobody has asked leave for this person."))
    return meeting
