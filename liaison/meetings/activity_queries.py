"""What pages, API and mails read of joint activities: co-hosts, figures, and a mechanism's year of them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.meetings.activity_models import ActivityFigures, CoHost
from liaison.meetings.activity_table import Held
from liaison.meetings.models import ACTIVITIES, Meeting
from liaison.meetings.seen import visible_to


async def co_hosts(db: Session, meeting_id: int) -> Sequence[CoHost]:
    """协办单位 of one activity, with agency, in their order."""
    query = select(CoHost).where(CoHost.meeting_id == meeting_id).options(joinedload(CoHost.agency))
    return (await db.scalars(query.order_by(CoHost.position))).all()


async def figures(db: Session, meeting_id: int) -> ActivityFigures | None:
    """What was counted; None while nobody entered it."""
    return (await db.scalars(select(ActivityFigures).where(ActivityFigures.meeting_id == meeting_id))).one_or_none()


async def of_year(db: Session, viewer: Viewer, mechanism_id: int, year: int, *, kind: str | None = None) -> list[Held]:
    """The activities of that year (by local date) that the viewer may see, in order of time; cancelled ones are left out."""
    query = (
        select(Meeting)
        .where(
            Meeting.mechanism_id == mechanism_id,
            Meeting.kind.in_(ACTIVITIES if kind is None else (kind,)),
            Meeting.local_start >= date(year, 1, 1),
            Meeting.local_start < date(year + 1, 1, 1),
            Meeting.cancelled_at.is_(None),
            visible_to(viewer),
        )
        .options(joinedload(Meeting.host_agency), joinedload(Meeting.mechanism))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    meetings = (await db.scalars(query)).all()
    ids = [one.id for one in meetings]
    if not ids:
        return []
    hosts: dict[int, list[Agency]] = {}
    rows = select(CoHost).where(CoHost.meeting_id.in_(ids)).options(joinedload(CoHost.agency)).order_by(CoHost.position)
    for one in await db.scalars(rows):
        hosts.setdefault(one.meeting_id, []).append(one.agency)
    counted = await db.scalars(select(ActivityFigures).where(ActivityFigures.meeting_id.in_(ids)))
    by_meeting = {one.meeting_id: one for one in counted}
    return [Held(one, hosts.get(one.id, []), by_meeting.get(one.id)) for one in meetings]
