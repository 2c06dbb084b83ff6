"""The items that the figures of a period count, as far as the viewer may see them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from liaison.accounts.viewer import Viewer
from liaison.actions import queries
from liaison.actions.extension_models import AGREED, Extension
from liaison.actions.figures import Fact, Figures, figures
from liaison.actions.models import ActionItem
from liaison.checks import Check
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import Conflict
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import Meeting

MOST = 10_000
_DAY = timedelta(days=1)


async def of_period(
    db: Session, viewer: Viewer, first: date, last: date, *, mechanism_id: int | None = None
) -> list[tuple[Agency, Figures]]:
    """The figures by responsible agency, in agency order. Raises Invalid (from, to), Conflict for more items than are counted."""
    check = Check()
    check.day("from", first)
    check.day("to", last)
    if last < first:
        check.refuse("to", N_("The end must lie after the start."))
    check.done()
    found = {one.agency_id: one for one in figures(await _facts(db, viewer, first, last, mechanism_id), first, last)}
    query = select(Agency).where(Agency.id.in_(found)).order_by(Agency.sort_order, Agency.id)
    return [(agency, found[agency.id]) for agency in await db.scalars(query)]


async def _facts(db: Session, viewer: Viewer, first: date, last: date, mechanism_id: int | None) -> Sequence[Fact]:
    """What ended before the period says nothing in it."""
    source = aliased(Meeting)
    since = datetime.combine(first - _DAY, time.min, UTC)
    query = (
        select(
            ActionItem.id,
            ActionItem.lead_agency_id,
            ActionItem.assigned_on,
            ActionItem.due_on,
            ActionItem.ended_how,
            ActionItem.ended_at,
            ActionItem.reported_done_at,
            Mechanism.timezone,
            queries.times_carried(source.starts_at),
        )
        .join(Mechanism, Mechanism.id == ActionItem.mechanism_id)
        .outerjoin(source, source.id == ActionItem.meeting_id)
        .where(
            queries.visible_to(viewer),
            ActionItem.assigned_on <= last,
            or_(ActionItem.ended_at.is_(None), ActionItem.ended_at >= since),
        )
        .limit(MOST + 1)
    )
    if mechanism_id is not None:
        query = query.where(ActionItem.mechanism_id == mechanism_id)
    rows = (await db.execute(query)).all()
    if len(rows) > MOST:
        raise Conflict(N_("These are more than %(most)s items. Please narrow the ledger first."), most=MOST)
    extended = await _extended(db, {row[0]: row[7] for row in rows}, first, last)
    return [
        Fact(
            agency_id,
            assigned_on,
            due_on,
            how,
            _local(ended_at, zone),
            _local(reported_at, zone),
            carried,
            extended.get(item_id, 0),
        )
        for item_id, agency_id, assigned_on, due_on, how, ended_at, reported_at, zone, carried in rows
    ]


async def _extended(db: Session, zone_of: Mapping[int, str], first: date, last: date) -> dict[int, int]:
    """By item, how many requests for another date were agreed to within the period."""
    query = select(Extension.action_item_id, Extension.closed_at).where(
        Extension.closed_how == AGREED,
        Extension.closed_at >= datetime.combine(first - _DAY, time.min, UTC),
        Extension.closed_at < datetime.combine(last + 2 * _DAY, time.min, UTC),
    )
    found: dict[int, int] = {}
    for item_id, closed_at in await db.execute(query):
        on = _local(closed_at, zone_of[item_id]) if item_id in zone_of else None
        if on is not None and first <= on <= last:
            found[item_id] = found.get(item_id, 0) + 1
    return found


def _local(moment: datetime | None, zone: str) -> date | None:
    return moment.astimezone(ZoneInfo(zone)).date() if moment else None
