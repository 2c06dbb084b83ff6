"""送达: issued minutes reach whom no mail brings them by hand, and the host says when that was done."""

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import DocumentVersion
from liaison.db import Session, locked
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.meetings.locking import audit_line
from liaison.minutes import queries
from liaison.minutes.issued_to import handed_over
from liaison.minutes.models import Minutes, MinutesDelivery
from liaison.minutes.permissions import NOT_YOURS, may_edit


async def list_by_hand(db: Session, minutes: Minutes) -> None:
    """Keep to whom these minutes, issued just now, are handed over."""
    found = await queries.recipients(db, minutes, minutes.copy_to, minutes.report_to)
    for name, agency_id in handed_over(found, minutes.meeting.host_agency_id).items():
        db.add(MinutesDelivery(minutes_id=minutes.id, name=name, agency_id=agency_id))
    await db.flush()


async def issued(db: Session, viewer: Viewer, version_id: int) -> tuple[Minutes, DocumentVersion]:
    """Issued minutes, for who has them handed over. Raises NotFound, NotPermitted, Conflict (not issued)."""
    minutes, version = await queries.version(db, viewer, version_id)
    if not may_edit(viewer, minutes.meeting):
        raise NotPermitted(NOT_YOURS)
    if minutes.issued_at is None or version.id != minutes.document.newest.id:
        raise Conflict(N_("These minutes have not been issued."))
    return minutes, version


async def note_delivered(db: Session, viewer: Viewer, version_id: int, to: int) -> MinutesDelivery:
    """One of them has the minutes (`to`: the delivery). Twice is once. Raises NotFound, NotPermitted, Conflict (not issued)."""
    minutes, _ = await issued(db, viewer, version_id)
    row = await locked(db, MinutesDelivery, to)
    if row.minutes_id != minutes.id:
        raise NotFound
    if row.done_at is None:
        row.done_at, row.done_by = db.now(), viewer.person_id or None
        audit_line(db, viewer, "deliver_minutes", minutes.meeting, to=row.name)
    return row
