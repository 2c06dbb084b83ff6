"""A report is put together: everything in it is read as far as its reader may see it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from liaison.accounts.viewer import Viewer
from liaison.actions import figure_queries, figures
from liaison.calendaring.workdays import region_calendar
from liaison.checks import Check
from liaison.db import Session
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.rhythm import promised
from liaison.meetings import queries as meetings
from liaison.meetings.activity_queries import between as activities_between
from liaison.meetings.activity_table import sums as activity_sums
from liaison.meetings.models import NUMBERED_KINDS, Meeting
from liaison.meetings.seen import visible_to
from liaison.notices.models import WANT_ANSWER, WAS_SENT, Addressee, Notice
from liaison.results import queries, sums
from liaison.results.periods import Period
from liaison.results.permissions import is_outside
from liaison.results.report import Asked, Report, Work, asked, parts

MOST_YEARS = 60


async def report(db: Session, viewer: Viewer, mechanism: Mechanism, first: date | None, last: date | None) -> Report:
    """The report on the days from `first` (else the first on record) to `last` (else today), both included. Raises Invalid (from, to)."""
    today = db.clock.today(mechanism.timezone)
    span = await queries.span(db, viewer, mechanism)
    check = Check()
    check.day("from", first)
    check.day("to", last)
    last = last or today
    if first is None:
        first = min(span[0], last) if span else date(last.year, 1, 1)
        first = max(first, date(max(last.year - MOST_YEARS, 1949), 1, 1))
    if last < first:
        check.refuse("to", N_("The end must not lie before the start."))
    if last.year - first.year > MOST_YEARS:
        check.refuse("from", N_("A report covers at most %(most)s years."), most=MOST_YEARS)
    check.done()
    period, outside, viewer = Period(first, last), is_outside(viewer, mechanism.id), viewer.within(mechanism.id)
    cells = await queries.cells(db, viewer, mechanism, first, last)
    before = period.year_before()
    found = sums.by(cells, lambda one: str(one.agency_id))
    known = await queries.agencies(db, [int(one.word) for one in found])
    standing = await queries.standing(db, mechanism, first, min(last, today))
    return Report(
        period=period,
        total=sums.total(cells),
        groups=sums.by_group(cells, outside=outside),
        causes=sums.by_cause(cells, outside=outside),
        agencies=[(known[int(one.word)], one) for one in found],
        adoption=sums.adoption(cells),
        year_before=await queries.sums(db, viewer, mechanism, before.first, before.last),
        since=await queries.sums(db, viewer, mechanism, None, last),
        since_on=span[0] if span else None,
        parts=parts(cells, period),
        confirmed=standing.is_confirmed,
        work=await _work(db, viewer, mechanism, period),
        tells_less=outside,
    )


async def _work(db: Session, viewer: Viewer, mechanism: Mechanism, period: Period) -> Work:
    of_agencies = await figure_queries.of_period(db, viewer, period.first, period.last, mechanism_id=mechanism.id)
    found = await activities_between(db, viewer, mechanism.id, period.first, period.last)
    own = viewer.acts_for(mechanism.id)
    return Work(
        meetings_held=await _held(db, viewer, mechanism, period),
        meetings_promised=await _promised(db, viewer, mechanism, period),
        activities=activity_sums(found),
        actions=figures.total([each for _, each in of_agencies]) if of_agencies else None,
        received=await _asked(db, mechanism, period, to=own) if own is not None else None,
        sent=await _asked(db, mechanism, period, by=own) if own is not None else None,
    )


async def _held(db: Session, viewer: Viewer, mechanism: Mechanism, period: Period) -> int:
    """会议 of the numbered kinds that took place."""
    query = select(func.count(Meeting.id)).where(
        Meeting.mechanism_id == mechanism.id,
        Meeting.held_at.is_not(None),
        Meeting.kind.in_(NUMBERED_KINDS),
        Meeting.local_start >= datetime.combine(period.first, time.min),
        Meeting.local_start < datetime.combine(period.last + timedelta(days=1), time.min),
        visible_to(viewer),
    )
    return (await db.execute(query)).scalar_one()


async def _promised(db: Session, viewer: Viewer, mechanism: Mechanism, period: Period) -> int:
    """The dates on which the series want one, so far as the viewer sees whether they were kept."""
    series = await meetings.series_of(db, mechanism.id)
    calendar, seen = region_calendar(mechanism.region), meetings.seen_in(viewer, mechanism.id)
    years = range(period.first.year, period.last.year + 1)
    marks = [mark for year in years for mark in promised(series, calendar, year, seen)]
    return sum(period.first <= mark.date <= period.last for mark in marks)


async def _asked(
    db: Session, mechanism: Mechanism, period: Period, *, to: int | None = None, by: int | None = None
) -> Asked:
    """What came to that agency, or went out from it, in the period and wants an answer or a decision."""
    query = (
        select(Addressee)
        .join(Addressee.notice)
        .where(
            Notice.mechanism_id == mechanism.id,
            *WAS_SENT,
            Addressee.asked,
            Addressee.passed_on_at.is_(None),
            Addressee.arrived_on >= period.first,
            Addressee.arrived_on <= period.last,
            Addressee.agency_id == to if to is not None else Addressee.from_agency_id == by,
            or_(Addressee.is_referral, Notice.purpose.in_(WANT_ANSWER)),
        )
        .options(contains_eager(Addressee.notice).joinedload(Notice.mechanism))
    )
    lines: Sequence[Addressee] = (await db.scalars(query)).all()
    dated = [one for one in lines if not one.is_undated]
    days = [(one.arrived_on, one.due_on, _answered_on(one)) for one in dated if one.arrived_on]
    return asked(days, undated=len(lines) - len(dated))


def _answered_on(line: Addressee) -> date | None:
    at = (line.decided_at or line.answered_at) if line.is_referral else line.answered_at
    return at.astimezone(line.notice.zone).date() if at else None
