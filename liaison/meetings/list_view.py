"""Who is on a meeting's list, where nothing is done with it but to show it: read by columns."""

from sqlalchemy import bindparam, func, select

from liaison.db import Session, columns
from liaison.directory.models import Agency, AgencyShown, Person
from liaison.meetings.attendee_shown import AttendeeShown
from liaison.meetings.models import Attendee

_ATTENDEE, _AGENCY = columns(Attendee, AttendeeShown), columns(Agency, AgencyShown)
_LIST = (
    select(*_ATTENDEE, *_AGENCY)
    .join(Agency, Agency.id == Attendee.agency_id)
    .outerjoin(Person, Person.id == Attendee.person_id)
    .where(Attendee.meeting_id == bindparam("meeting_id"), Attendee.removed_at.is_(None))
    .order_by(Agency.sort_order, Agency.id, Attendee.role != "chair", func.coalesce(Person.rank, 99), Attendee.id)
)


async def attendees_shown(db: Session, meeting_id: int) -> list[AttendeeShown]:
    """Who is asked or named, in the order of `queries.attendees`: by agency order, the chair first, then by rank."""
    own = len(_ATTENDEE)
    rows = await db.execute(_LIST, {"meeting_id": meeting_id})
    return [AttendeeShown(AgencyShown(*row[own:]), *row[:own]) for row in rows]
