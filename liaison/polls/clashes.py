"""What else takes place at the times that are asked about, as far as its reader may know."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting
from liaison.meetings.queries import LONGEST
from liaison.meetings.seen import visible_to


@dataclass(frozen=True, slots=True)
class Clash:
    """Another meeting at that time of an agency that is asked, or of its liaison. One that the reader may not see is told as a fact alone
    (有其他会议): without title, time, place, mechanism, and without whose it is."""

    meeting_id: int | None = None
    title: str | None = None


async def clashes(
    db: Session,
    viewer: Viewer,
    mechanism: Mechanism,
    spans: Sequence[tuple[datetime, datetime]],
    agency_ids: Collection[int],
    *,
    apart_from: int | None = None,
    with_unseen: bool = True,
) -> list[list[Clash]]:
    """By span, the meetings that overlap it: of this mechanism, of those agencies (as host or invited), of their liaisons in office
    (unless they declined). Drafts and cancelled ones that the reader may not see are never told; without `with_unseen`, nothing is."""
    if not spans:
        return []
    duty = await mechanisms.in_office(db, mechanism.id, db.clock.today(mechanism.timezone))
    people = [officer.person_id for officer in duty.values() if officer and officer.agency_id in agency_ids]
    invited = select(AgencyInvitation.meeting_id).where(
        AgencyInvitation.agency_id.in_(agency_ids),
        AgencyInvitation.removed_at.is_(None),
        AgencyInvitation.declined.is_(False),
    )
    named = select(Attendee.meeting_id).where(
        Attendee.person_id.in_(people), Attendee.removed_at.is_(None), Attendee.partstat != "declined"
    )
    query = select(Meeting).where(
        Meeting.starts_at > min(start for start, _ in spans) - LONGEST,
        Meeting.starts_at < max(end for _, end in spans),
        Meeting.cancelled_at.is_(None),
        Meeting.postponed_at.is_(None),
        Meeting.id != (apart_from or 0),
        or_(
            Meeting.mechanism_id == mechanism.id,
            Meeting.host_agency_id.in_(agency_ids),
            Meeting.id.in_(invited),
            Meeting.id.in_(named),
        ),
    )
    found = list(await db.scalars(query.order_by(Meeting.starts_at, Meeting.id)))
    seen = select(Meeting.id).where(Meeting.id.in_([one.id for one in found]), visible_to(viewer))
    visible = set(await db.scalars(seen)) if found else set()
    return [_of(span, found, visible, with_unseen=with_unseen) for span in spans]


def _of(
    span: tuple[datetime, datetime], found: Sequence[Meeting], visible: Collection[int], *, with_unseen: bool
) -> list[Clash]:
    start, end = span
    then = [one for one in found if one.starts_at < end and start < one.ends_at]
    told = [Clash(one.id, one.title) for one in then if one.id in visible]
    unseen = with_unseen and any(one.announced_at is not None and one.id not in visible for one in then)
    return [*told, Clash()] if unseen else told
