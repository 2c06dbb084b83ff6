"""Which of the viewer's mechanisms sleep: read in few statements, however many mechanisms there are; and how they stand."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms.dormancy import Dormant, asleep, dormant_after
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import Meeting, Series
from liaison.meetings.seen import visible_to
from liaison.notices.contact_models import ContactLog
from liaison.notices.models import Addressee, Notice


async def dormant(db: Session, viewer: Viewer, mechanisms: Collection[Mechanism]) -> dict[int, Dormant]:
    """By mechanism, of those in which the viewer is liaison or deputy: nobody else reads what their agency sent, got and noted, and of
    notices between others nobody finds a trace, so that others could not tell."""
    found: dict[int, Dormant] = {}
    mine = [one for one in mechanisms if viewer.acts_for(one.id) and not one.has_ended(db.clock.today(one.timezone))]
    if not mine:
        return found
    rules: dict[int, list[Series]] = {}
    for series in await db.scalars(select(Series).where(Series.mechanism_id.in_({one.id for one in mine}))):
        rules.setdefault(series.mechanism_id, []).append(series)
    met = await _met(db, viewer, mine)
    still = {one.id: one for one in mine if _sleeps(db, one, rules, met)}
    if not still:
        return found
    last = _latest(met, await _wrote(db, viewer, still), await _noted(db, viewer, still))
    for mechanism in still.values():
        if (sleeps := _sleeps(db, mechanism, rules, last)) is not None:
            found[mechanism.id] = sleeps
    return found


async def last_traces(db: Session, viewer: Viewer, mechanisms: Collection[Mechanism]) -> dict[int, date]:
    """By mechanism the day of the last thing on record: a meeting that was held, and where the viewer is liaison or deputy also what
    their agency sent, got and noted."""
    mine = {one.id: one for one in mechanisms if viewer.acts_for(one.id)}
    traces = [await _met(db, viewer, mechanisms, ahead=False)]
    if mine:
        traces += [await _wrote(db, viewer, mine), await _noted(db, viewer, mine)]
    return _latest(*traces)


async def next_meetings(db: Session, viewer: Viewer, mechanisms: Collection[Mechanism]) -> dict[int, Meeting]:
    """By mechanism the soonest announced meeting to come."""
    ids = [one.id for one in mechanisms]
    first = (
        select(Meeting.mechanism_id, func.min(Meeting.starts_at).label("at"))
        .where(Meeting.mechanism_id.in_(ids), _ahead(db.now()), visible_to(viewer))
        .group_by(Meeting.mechanism_id)
        .subquery()
    )
    query = (
        select(Meeting)
        .join(first, and_(first.c.mechanism_id == Meeting.mechanism_id, first.c.at == Meeting.starts_at))
        .where(_ahead(db.now()), visible_to(viewer))
        .order_by(Meeting.id.desc())
    )
    return {one.mechanism_id: one for one in await db.scalars(query)}


def _ahead(now: datetime) -> ColumnElement[bool]:
    return and_(
        Meeting.starts_at > now,
        Meeting.announced_at.is_not(None),
        Meeting.held_at.is_(None),
        Meeting.cancelled_at.is_(None),
        Meeting.postponed_at.is_(None),
    )


def _sleeps(db: Session, one: Mechanism, rules: Mapping[int, list[Series]], last: Mapping[int, date]) -> Dormant | None:
    today = db.clock.today(one.timezone)
    return asleep(last.get(one.id), one.entered_on, dormant_after(rules.get(one.id, ()), today), today)


async def _met(
    db: Session, viewer: Viewer, mechanisms: Collection[Mechanism], *, ahead: bool = True
) -> dict[int, date]:
    """The last meeting or activity that was held, or one to come that was announced: what is to come keeps it awake."""
    zones = {one.id: ZoneInfo(one.timezone) for one in mechanisms}
    counts = or_(Meeting.held_at.is_not(None), _ahead(db.now())) if ahead else Meeting.held_at.is_not(None)
    query = (
        select(Meeting.mechanism_id, func.max(Meeting.starts_at))
        .where(Meeting.mechanism_id.in_(zones), counts, visible_to(viewer))
        .group_by(Meeting.mechanism_id)
    )
    return {id_: at.astimezone(zones[id_]).date() for id_, at in await db.execute(query)}


async def _wrote(db: Session, viewer: Viewer, mechanisms: Mapping[int, Mechanism]) -> dict[int, date]:
    """The last notice or referral that the viewer's agency sent, or got."""
    got = select(Addressee.id).where(Addressee.notice_id == Notice.id, Addressee.agency_id == viewer.agency_id)
    query = (
        select(Notice.mechanism_id, func.max(Notice.sent_at))
        .where(
            Notice.mechanism_id.in_(mechanisms),
            Notice.sent_at.is_not(None),
            or_(Notice.from_agency_id == viewer.agency_id, got.exists()),
        )
        .group_by(Notice.mechanism_id)
    )
    zones = {id_: ZoneInfo(one.timezone) for id_, one in mechanisms.items()}
    return {id_: at.astimezone(zones[id_]).date() for id_, at in await db.execute(query) if at is not None}


async def _noted(db: Session, viewer: Viewer, mechanisms: Mapping[int, Mechanism]) -> dict[int, date]:
    """The last contact that the viewer's agency noted."""
    query = (
        select(ContactLog.mechanism_id, func.max(ContactLog.on))
        .where(
            ContactLog.mechanism_id.in_(mechanisms),
            ContactLog.agency_id == viewer.agency_id,
            ContactLog.removed_at.is_(None),
        )
        .group_by(ContactLog.mechanism_id)
    )
    return {row[0]: row[1] for row in await db.execute(query)}


def _latest(*traces: Mapping[int, date]) -> dict[int, date]:
    found: dict[int, date] = {}
    for each in traces:
        for id_, day in each.items():
            found[id_] = max(day, found.get(id_, day))
    return found
