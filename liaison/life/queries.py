"""Which of the viewer's mechanisms sleep: read in few statements, however many mechanisms there are; and how they stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.db import Session
from liaison.life.promises import Kept
from liaison.mechanisms import known
from liaison.mechanisms import queries as mechanism_queries
from liaison.mechanisms.dormancy import Dormant, asleep, dormant_after
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.obligations import (
    ANSWERS,
    LIAISON,
    MEETINGS,
    MINUTES,
    Case,
    counted,
    timed,
    vacant_days,
)
from liaison.mechanisms.queries import AgencyHistory
from liaison.mechanisms.terms import Period, shared
from liaison.mechanisms.wordings import Promise, promised
from liaison.meetings.models import ACTIVITIES, NUMBERED_KINDS, Meeting, Series
from liaison.meetings.seen import visible_to
from liaison.notices.contact_models import ContactLog
from liaison.notices.models import AGREED, WANT_ANSWER, WAS_SENT, Addressee, Notice


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
            *WAS_SENT,
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


async def promises_kept(db: Session, viewer: Viewer, mechanism: Mechanism, year: int) -> list[Kept]:
    """Each clause with an obligation and how it was kept in that year, so far as the viewer may know: meetings that they see, in periods of
    which they see all; and of notices those that their own agency sent or got, because nobody finds a trace of others. However many
    clauses there are, each record is read once."""
    today = db.clock.today(mechanism.timezone)
    promises = _in_year(promised(await known.wordings(db, viewer, mechanism)), year, mechanism.ended_on)
    if not promises:
        return []
    calendar, kinds = region_calendar(mechanism.region), {one.said.kind for one in promises}
    seen, own = _seen(viewer, mechanism), viewer.acts_for(mechanism.id)
    meetings = await _held_in(db, viewer, mechanism, year) if seen and kinds - {ANSWERS, LIAISON} else []
    answers = await _asked_in(db, own, mechanism, year) if own is not None and ANSWERS in kinds else []
    agencies = (await mechanism_queries.histories(db, [mechanism]))[mechanism.id] if LIAISON in kinds else []
    found: list[Kept] = []
    for promise in promises:
        said, held = promise.said, promise.held
        if said.kind == LIAISON:
            members = [one for one in agencies if _was_member_in(one, year, today)]
            vacant = [(one.agency, sum(vacant_days(one.spans, year, today, each) for each in held)) for one in members]
            found.append(Kept(promise, vacant=vacant))
        elif (said.kind == ANSWERS and own is None) or not (shared(held, seen) if held else seen):
            found.append(Kept(promise, is_read=False))
        elif said.kind == ANSWERS:
            lines = [one for one in answers if _covers(held, one.arrived_on) and not one.is_undated]
            result = timed(said, [_answer(one) for one in lines], calendar, today)
            late = [one.notice for one in lines if one.id in result.late]
            found.append(Kept(promise, timed=result, late_notices=list({one.id: one for one in late}.values())))
        elif said.kind == MINUTES:
            owed = [one for one in meetings if one.kind in NUMBERED_KINDS and _covers(held, one.local_on)]
            result = timed(said, [_minutes(one) for one in owed], calendar, today)
            found.append(Kept(promise, timed=result, late_meetings=[one for one in owed if one.id in result.late]))
        else:
            counts = NUMBERED_KINDS if said.kind == MEETINGS else ACTIVITIES
            those = [one for one in meetings if one.kind in counts]
            periods = counted(said, [one.local_on for one in those], year, today, shared(held, seen))
            found.append(Kept(promise, periods=periods, meetings=those))
    return found


def _seen(viewer: Viewer, mechanism: Mechanism) -> list[Period]:
    """The times of which the viewer reads the meetings: as a reader all, else while their agency was a member."""
    if mechanism.id in viewer.reader_of:
        return [Period(date.min, None)]
    return [Period(one.joined_on, one.left_on) for one in viewer.member_of.get(mechanism.id, ())]


def _in_year(promises: Sequence[Promise], year: int, ended_on: date | None) -> list[Promise]:
    """Those that held at some time of the year, none beyond the end of the mechanism; where none did, all, held never."""
    time = [Period(date(year, 1, 1), date(year + 1, 1, 1))]
    until = [Period(date.min, ended_on)]
    found = [replace(one, held=tuple(shared(one.held, until))) for one in promises]
    return [one for one in found if shared(one.held, time)] or [replace(one, held=()) for one in promises]


def _covers(times: Sequence[Period], day: date | None) -> bool:
    return day is not None and any(one.starts_on <= day and (one.ends_on is None or day < one.ends_on) for one in times)


async def _held_in(db: Session, viewer: Viewer, mechanism: Mechanism, year: int) -> list[Meeting]:
    query = select(Meeting).where(
        Meeting.mechanism_id == mechanism.id,
        Meeting.held_at.is_not(None),
        Meeting.local_start >= date(year, 1, 1),
        Meeting.local_start < date(year + 1, 1, 1),
        visible_to(viewer),
    )
    return list(await db.scalars(query.order_by(Meeting.starts_at, Meeting.id)))


async def _asked_in(db: Session, own: int, mechanism: Mechanism, year: int) -> list[Addressee]:
    """What was sent to or by that agency in that year and wants an answer or a decision; what was passed on is another agency's to answer."""
    query = (
        select(Addressee)
        .join(Addressee.notice)
        .where(
            Notice.mechanism_id == mechanism.id,
            *WAS_SENT,
            Addressee.asked,
            Addressee.arrived_on >= date(year, 1, 1),
            Addressee.arrived_on < date(year + 1, 1, 1),
            Addressee.passed_on_at.is_(None),
            or_(Addressee.agency_id == own, Addressee.from_agency_id == own),
            or_(Addressee.is_referral, Notice.purpose.in_(WANT_ANSWER)),
        )
        .options(contains_eager(Addressee.notice).joinedload(Notice.mechanism), selectinload(Addressee.acts))
        .order_by(Addressee.dated_on, Addressee.id)
    )
    return list(await db.scalars(query))


def _done_at(line: Addressee) -> datetime | None:
    return (line.decided_at or line.answered_at) if line.is_referral else line.answered_at


def _answer(line: Addressee) -> Case:
    """The day that its sender chose is no promise of the agreement; only one that both sides agreed on later stands instead."""
    zone, assented = line.notice.zone, line.newest(AGREED)
    done_on, closed_on = (
        at.astimezone(zone).date() if at is not None else None for at in (_done_at(line), line.notice.closed_at)
    )
    assert line.arrived_on is not None, "the query asks for it"
    return Case(line.id, line.arrived_on, done_on, assented.due_on if assented else None, closed_on)


def _minutes(meeting: Meeting) -> Case:
    issued = meeting.minutes_issued_at
    return Case(meeting.id, meeting.local_on, issued.astimezone(meeting.zone).date() if issued else None)


def _was_member_in(history: AgencyHistory, year: int, today: date) -> bool:
    end = min(date(year + 1, 1, 1), today + timedelta(days=1))
    return any(p.starts_on < end and (p.ends_on is None or p.ends_on > date(year, 1, 1)) for p in history.periods)
