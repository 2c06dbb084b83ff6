"""年度计划: the dates that the series of a mechanism name, whose turn it is to host, and planning the meetings of those chosen."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.calendaring.recurrence import RuleRefused, parse_rule
from liaison.calendaring.recurrence import dates as series_dates
from liaison.calendaring.workdays import Roll, Rolled, WorkCalendar, region_calendar
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism, Member
from liaison.meetings import queries
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting, Series
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.plan_queries import Reasons, skipped_of
from liaison.meetings.rotation import Hosted, turns
from liaison.meetings.scheduling import schedule
from liaison.meetings.seen import visible_to

LONGEST_YEARS = 5
MOST_PLANNED = 60
"""Weekly meetings for a year, and some more: what one act may plan."""
SEATS = 2
MOVED_FAR = timedelta(days=366)
"""A meeting that was moved from its planned date is looked for this far from the dates in question."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One date of the plan: where the rule puts it, the meeting that is planned for it already, and who hosts or would."""

    series: Series
    day: Rolled
    kind: str
    """workday, weekend, holiday or makeup: what the date itself is."""
    meeting: Meeting | None
    host: Agency | None
    skipped: str | None = None
    """Why the date is left out, while no meeting is planned for it after all."""

    @property
    def key(self) -> tuple[int, date]:
        """By which one date of the plan is picked."""
        return self.series.id, self.day.date


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning came to: the meetings made, and those that were there already."""

    made: list[Meeting]
    kept: list[Meeting]


async def dates_of(db: Session, viewer: Viewer, series: Series, region: str, start: date, end: date) -> list[Rolled]:
    """The days of one series between two dates, both included, as far as the viewer's agency was or is a member then; none for a
    rule that is not understood any more.

    Raises Invalid (from, to) when they are out of order or more than five years apart."""
    check = Check()
    check.day("from", start)
    check.day("to", end)
    if end < start:
        check.refuse("to", N_("The last day may not lie before the first."))
    elif (end.year - LONGEST_YEARS, end.month, end.day) > (start.year, start.month, start.day):
        check.refuse("to", N_("At most %(years)s years are looked at together."), years=LONGEST_YEARS)
    check.done()
    periods = queries.seen_in(viewer, series.mechanism_id)
    found = _days(series, await _calendar(region), start, end)
    return [day for day in found if not periods or any(period.covers(day.date) for period in periods)]


async def proposals(
    db: Session, viewer: Viewer, mechanism: Mechanism, year: int, *, whole: bool = False
) -> list[Proposal]:
    """The year's dates of every series, soonest first, as far as the viewer's agency was or is a member then; `whole`: all of them, as the
    member agencies are told.

    Whose turn it is assumes that all that lie ahead are planned; a date that passed without a meeting was nobody's."""
    calendar, first, last = await _calendar(mechanism.region), date(year, 1, 1), date(year, 12, 31)
    named = [
        (one, day)
        for one in await queries.series_of(db, mechanism.id)
        for day in (
            _days(one, calendar, first, last)
            if whole
            else await dates_of(db, viewer, one, mechanism.region, first, last)
        )
    ]
    named.sort(key=lambda one: (one[1].date, one[0].id))
    if whole:
        standing = await _standing(db, mechanism.id, [day for _, day in named])
    else:
        start = datetime.combine(first, time.min, db.now().tzinfo)
        around = await queries.between(db, viewer, mechanism.id, start - MOVED_FAR, start + 2 * MOVED_FAR)
        standing = [meeting for meeting in around if meeting.cancelled_at is None]
    there = [next((m for m in standing if _answers(m, series, day)), None) for series, day in named]
    today, reasons = db.clock.today(mechanism.timezone), (await skipped_of(db, [mechanism.id]))[mechanism.id]
    left_out = [
        reasons.get((series.name, day.nominal)) if meeting is None else None
        for (series, day), meeting in zip(named, there, strict=True)
    ]
    may_come = [
        meeting is None and reason is None and day.date >= today
        for (_, day), meeting, reason in zip(named, there, left_out, strict=True)
    ]
    free = [day.date for (_, day), coming in zip(named, may_come, strict=True) if coming]
    members = await mechanisms.members(db, mechanism.id)
    coming = iter(await _turns(db, mechanism, members, free, true() if whole else visible_to(viewer)))
    found = []
    for (series, day), meeting, reason, is_open in zip(named, there, left_out, may_come, strict=True):
        host = meeting.host_agency if meeting else next(coming) if is_open else None
        found.append(Proposal(series, day, calendar.kind(day.date).value, meeting, host, reason))
    return found


async def plan(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    picks: Sequence[tuple[int, date]],
    hosts: Mapping[tuple[int, date], int] | None = None,
) -> Planned:
    """Plan one draft meeting for each (series, date) that has none yet; nobody is told, and doing it twice changes nothing.

    Hosts take turns from the last regular meeting before each, but for the dates whose host `hosts` names; the agencies are asked
    that the last one asked, with as many seats. Raises NotPermitted, Invalid (`dates`, or `dates.N` for one that its series does not
    name, that is left out, or whose host is no member)."""
    mechanism = await locked(db, Mechanism, mechanism_id, joinedload(Mechanism.lead_agency))
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    named = await _named(db, mechanism, picks)
    members = await mechanisms.members(db, mechanism_id)
    standing = await _standing(db, mechanism_id, [day for _, day, _ in named])
    there = [next((m for m in standing if _answers(m, series, day)), None) for series, day, _ in named]
    free = [one for one, meeting in zip(named, there, strict=True) if meeting is None]
    _refuse_skipped(free, (await skipped_of(db, [mechanism_id]))[mechanism_id])
    in_turn = await _turns(db, mechanism, members, [day.date for _, day, _ in free], true())
    last = await _last_asking(db, mechanism_id, free[0][1].date) if free else None
    made = []
    for (series, day, field), turn in zip(free, in_turn, strict=True):
        host_id = (hosts or {}).get((series.id, day.date), turn.id)
        try:
            meeting = await schedule(
                db,
                viewer,
                mechanism_id,
                kind="regular",
                title=series.name,
                local_start=datetime.combine(day.date, series.start_time),
                duration_minutes=series.duration_minutes,
                location=series.location if host_id == mechanism.lead_agency_id else None,
                host_agency_id=host_id,
                asked=_asked(mechanism, members, day.date, last),
                series_id=series.id,
                nominal_on=day.nominal,
                why_moved={"code": day.why.code, "params": dict(day.why.params)} if day.why else None,
                provisional=not day.certain,
                by_plan=True,
            )
        except Invalid as refusal:
            raise Invalid({field: next(iter(refusal.errors.values()))}) from None
        made.append(meeting)
        await asyncio.sleep(0)  # a whole year must not keep the other requests waiting
    return Planned(made, list({m.id: m for m in there if m is not None}.values()))


async def answered(db: Session, series: Series, day: Rolled) -> Meeting | None:
    """The meeting that stands for this date of the series."""
    standing = await _standing(db, series.mechanism_id, [day])
    return next((meeting for meeting in standing if _answers(meeting, series, day)), None)


def _refuse_skipped(free: Sequence[tuple[Series, Rolled, str]], reasons: Reasons) -> None:
    check = Check()
    for series, day, field in free:
        if (reason := reasons.get((series.name, day.nominal))) is not None:
            check.refuse(field, N_("This date is left out: %(reason)s"), reason=reason)
    check.done()


@dataclass(frozen=True, slots=True)
class _Last:
    """Whom the last regular meeting asked, and when it took place."""

    local_on: date
    asked: tuple[Asked, ...]


async def _named(
    db: Session, mechanism: Mechanism, picks: Sequence[tuple[int, date]]
) -> list[tuple[Series, Rolled, str]]:
    """Each date picked with its series and the name of its field, by date and each once."""
    check = Check()
    if not picks:
        check.refuse("dates", N_("Please choose at least one date."))
    if len(picks) > MOST_PLANNED:
        check.refuse("dates", N_("At most %(most)s meetings are planned at once."), most=MOST_PLANNED)
    check.done()
    by_id = {one.id: one for one in await queries.series_of(db, mechanism.id)}
    calendar = await _calendar(mechanism.region)
    found: dict[tuple[date, int], tuple[Series, Rolled, str]] = {}
    for number, (series_id, day) in enumerate(picks):
        field = f"dates.{number}"
        series = by_id.get(series_id)
        days = _days(series, calendar, day, day) if series and 1949 <= day.year < 2200 else []
        if series is None or not days:
            check.refuse(field, N_("This is no date of the series."))
        else:
            found.setdefault((day, series_id), (series, days[0], field))
    check.done()
    return [found[key] for key in sorted(found)]


def _days(series: Series, calendar: WorkCalendar, start: date, end: date) -> list[Rolled]:
    try:
        rule = parse_rule(series.rrule, starts_on=series.starts_on)
    except RuleRefused:
        return []
    return series_dates(rule, calendar, start, end, roll=Roll(series.roll), avoid_makeup=series.avoid_makeup)


async def _calendar(region: str) -> WorkCalendar:
    return await asyncio.to_thread(region_calendar, region)  # some regions take 0.4 s the first time


def _answers(meeting: Meeting, series: Series, day: Rolled) -> bool:
    """Whether this meeting is the one for that date: of the series, wherever it moved to since, or on that day a regular one that
    was planned from no series; two series may well meet on one day."""
    of_series = meeting.series_id == series.id
    return (of_series and meeting.nominal_on == day.nominal) or (
        meeting.local_on == day.date and (of_series or (meeting.series_id is None and meeting.kind == "regular"))
    )


async def _standing(db: Session, mechanism_id: int, days: Sequence[Rolled]) -> list[Meeting]:
    """The meetings that may be those of these days; cancelled ones leave their day free."""
    if not days:
        return []
    on_a_day = and_(Meeting.local_start >= _midnight(days[0].date), Meeting.local_start < _midnight(days[-1].date, 1))
    query = select(Meeting).where(
        Meeting.mechanism_id == mechanism_id,
        Meeting.cancelled_at.is_(None),
        or_(on_a_day, Meeting.nominal_on.in_({day.nominal for day in days})),
    )
    query = query.options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    return list(await db.scalars(query.order_by(Meeting.starts_at, Meeting.id)))


async def _turns(
    db: Session, mechanism: Mechanism, members: Sequence[Member], days: Sequence[date], seen: ColumnElement[bool]
) -> list[Agency]:
    """The host of a new meeting on each of these days (ascending)."""
    if not days:
        return []
    rotation = (await mechanisms.host_rotation(db, [mechanism.id]))[mechanism.id]
    query = select(Meeting.local_start, Meeting.host_agency_id).where(
        Meeting.mechanism_id == mechanism.id, Meeting.kind == "regular", Meeting.cancelled_at.is_(None), seen
    )
    start = _midnight(days[0])
    before = (
        await db.execute(query.where(Meeting.local_start < start).order_by(Meeting.local_start.desc()).limit(1))
    ).all()
    since = await db.execute(query.where(Meeting.local_start >= start, Meeting.local_start < _midnight(days[-1], 1)))
    hosted: list[Hosted] = [(row.local_start.date(), row.host_agency_id) for row in (*before, *since)]
    agencies: Mapping[int, Agency] = {agency.id: agency for agency in (*rotation, mechanism.lead_agency)}
    spans = {agency.id: [m for m in members if m.agency_id == agency.id] for agency in rotation}
    chosen = turns(
        [agency.id for agency in rotation],
        mechanism.lead_agency_id,
        hosted,
        days,
        lambda agency_id, on: any(member.is_member_on(on) for member in spans[agency_id]),
    )
    return [agencies[agency_id] for agency_id in chosen]


async def _last_asking(db: Session, mechanism_id: int, before: date) -> _Last | None:
    """The last regular meeting before that day (else the newest there is) and the agencies that it asks."""
    query = select(Meeting.id, Meeting.local_start).where(
        Meeting.mechanism_id == mechanism_id, Meeting.kind == "regular", Meeting.cancelled_at.is_(None)
    )
    earlier = Meeting.local_start < _midnight(before)
    order: Sequence[Any] = (earlier.desc(), Meeting.local_start.desc(), Meeting.id.desc())
    found = (await db.execute(query.order_by(*order).limit(1))).first()
    if found is None:
        return None
    asked = [
        Asked(agency_id=one.agency_id, seats=one.seats, requirement=one.requirement)
        for one in await queries.invitations(db, found.id)
        if one.agency.deactivated_at is None
    ]
    return _Last(found.local_start.date(), tuple(asked))


def _asked(mechanism: Mechanism, members: Sequence[Member], day: date, last: _Last | None) -> list[Asked]:
    """Whom the last meeting asked, without agencies that have left, and with those that joined since; else every member."""
    words = Words(mechanism.locale, mechanism.timezone)
    present = [m for m in members if m.is_member_on(day)]
    kept: list[Asked] = []
    if last is not None and last.asked:
        left = {m.agency_id for m in members} - {m.agency_id for m in present}
        kept = [one for one in last.asked if one.agency_id not in left]
        present = [m for m in present if m.joined_on > last.local_on]
    known = {one.agency_id for one in kept}
    requirement = words._("1 responsible leader and 1 liaison officer")
    return kept + [
        Asked(agency_id=m.agency_id, seats=SEATS, requirement=requirement)
        for m in present
        if m.agency_id not in known and m.agency.deactivated_at is None
    ]


def _midnight(day: date, later: int = 0) -> datetime:
    return datetime.combine(day, time.min) + timedelta(days=later)
