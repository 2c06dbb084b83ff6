"""签到: people say by themselves that they are there, by the link in their mail or on the meeting's page."""

from collections.abc import Mapping

from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.meetings.attendance import check_in_closed, present_as
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import Attendee
from liaison.meetings.permissions import may_check_in


async def check_in_oneself(
    db: Session,
    viewer: Viewer,
    attendee: Attendee,
    *,
    substitute: Mapping[str, str | None] | None = None,
    version: int | None = None,
) -> Attendee:
    """签到: somebody is there, or (`substitute`: {"name", "job_title"?}) who stands in for them (代为参会).

    From half an hour before the start until the meeting is held. What the recorder noted stands: the check-in is kept beside it. Twice
    changes nothing. Raises NotPermitted, Invalid (substitute.name, substitute.job_title), Conflict (not now, or a stale form)."""
    meeting = attendee.meeting
    await lock(db, meeting)
    if not may_check_in(viewer, attendee, meeting.mechanism_id):
        raise NotPermitted(
            N_("Everybody checks in for themselves; the names on a slip are checked in by their liaison.")
        )
    if closed := check_in_closed(meeting, db.now()):
        raise Conflict(closed)
    await locked(db, Attendee, attendee.id, joinedload(Attendee.agency))
    attendee.check_version(version, attendance=attendee.attendance)
    sent = None
    if substitute is not None:
        check = Check()
        sent = {
            "name": check.required_text("substitute.name", substitute.get("name"), most=60),
            "job_title": check.text("substitute.job_title", substitute.get("job_title"), most=80),
            "phone": None,
        }
        check.done()
    if attendee.checked_in_at is not None and attendee.attendance is not None:
        return attendee
    attendee.checked_in_at, attendee.checked_in_by = db.now(), viewer.person_id or None
    if attendee.attendance is None:
        attendee.attendance = present_as(attendee)
        attendee.attendance_at, attendee.attendance_by = db.now(), viewer.person_id or None
        if sent is not None:
            attendee.substitute, attendee.partstat = sent, "accepted"
            attendee.forget_leave()
    attendee.touch()
    audit_line(db, viewer, "check_in_oneself", meeting, attendee=attendee.id, substitute=bool(attendee.substitute))
    return attendee
