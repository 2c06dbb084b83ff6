"""Closing a notice: the agency that sent it needs no answer any more."""

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.notices import telling
from liaison.notices.locking import audit_line, lock
from liaison.notices.models import Notice
from liaison.notices.permissions import is_sender
from liaison.notices.wording import NOT_SENT


async def close(db: Session, viewer: Viewer, notice: Notice, *, reason: str | None = None) -> Notice:
    """结束: nobody is waited for any more, and no reminder goes; the agencies that still owed an answer are told, with the reason, which is
    asked for then. Twice is once. Raises NotPermitted, Invalid (reason), Conflict (a draft)."""
    await lock(db, notice)
    if not is_sender(viewer, notice):
        raise NotPermitted(N_("A notice is closed by the liaison or deputy of the agency that sent it."))
    if notice.closed_at is not None:
        return notice
    if notice.sent_at is None:
        raise Conflict(NOT_SENT)
    owing = [one for one in notice.addressees if one.owes]
    check = Check()
    notice.closed_why = check.text("reason", reason, most=1000, lines=True, required=bool(owing))
    check.done()
    notice.closed_at, notice.closed_by = db.now(), viewer.person_id or None
    for one in owing:
        one.settle(db.now())
    notice.touch()
    audit_line(db, viewer, "close_notice", notice)
    await telling.tell_closed(db, notice, owing, by=viewer.person_id or None)
    return notice
