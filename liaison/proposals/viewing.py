"""What a reader (查阅人员) of the mechanism opens of what was put to its members is on the trail."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.audit import AuditLine
from liaison.countersigning.writing import audit_line
from liaison.db import Session, locked
from liaison.proposals import queries
from liaison.proposals.models import Proposal


async def note_viewing(db: Session, viewer: Viewer, version_id: int) -> None:
    """That a reader opened a version is one line of the trail a day, however often they look. Raises NotFound."""
    proposal, version = await queries.version(db, viewer, version_id)
    if proposal.mechanism_id not in viewer.reader_of:
        return
    await locked(db, Proposal, proposal.id)  # of two pages opened at once only one finds none yet
    zone = ZoneInfo(proposal.mechanism.timezone)
    seen = select(AuditLine.id).where(
        AuditLine.verb == f"view_{proposal.document.kind}",
        AuditLine.object == proposal.document.about,
        AuditLine.person_id == viewer.person_id,
        AuditLine.at >= datetime.combine(db.clock.today(zone.key), time.min, zone),
        AuditLine.payload.contains(version.root),
    )
    if (await db.execute(seen.limit(1))).first() is None:
        audit_line(db, viewer, "view", proposal.document, n=version.number, root=version.root)
