"""默认: silence is taken for consent where the mechanism said so when the minutes were circulated."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from liaison.calendaring.deadlines import MAIL_TIME
from liaison.calendaring.workdays import region_calendar
from liaison.countersigning import queries as documents
from liaison.countersigning.models import MINUTES
from liaison.countersigning.signing import deem
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.locking import lock
from liaison.minutes import queries, telling


async def deem_due(db: Session) -> int:
    """Record the consent of the agencies whose time has run out, on a working day of theirs when the clock's mail goes, and tell them; how
    many agencies. An agency on paper, and one that no mail reached, was not asked: its word is waited for; whether that of
    one that left is, the host decides. A second run, or a second worker, finds none left."""
    deemed = 0
    furthest = (db.now() + timedelta(days=1)).date()  # no zone is further on
    for document_id in await documents.to_be_deemed(db, furthest):
        document = await documents.document(db, document_id)
        if document.kind != MINUTES:
            continue
        minutes = await queries.of_document(db, document_id)
        local = db.now().astimezone(ZoneInfo(minutes.meeting.mechanism.timezone))
        calendar = region_calendar(minutes.meeting.mechanism.region)
        if local.time() < MAIL_TIME or not calendar.is_workday(local.date()):
            continue
        members = await mechanisms.members_on(db, minutes.meeting.mechanism_id, local.date())
        asked = await telling.reached(db, minutes, minutes.document.newest) & {one.agency_id for one in members}
        await lock(db, minutes.meeting)
        agencies = await deem(db, document, local.date(), asked)
        if agencies:
            await telling.tell_deemed(db, minutes, agencies)
        deemed += len(agencies)
    return deemed
