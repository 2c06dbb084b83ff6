"""What 新建会议 proposes: the next dates by the rule of the mechanism's series, and whose turn it is to host."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from liaison.accounts.viewer import Viewer
from liaison.calendaring.recurrence import RuleRefused, next_dates, parse_rule
from liaison.calendaring.recurrence import dates as series_dates
from liaison.calendaring.workdays import Roll, Rolled, region_calendar
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import queries
from liaison.meetings.models import AgencyInvitation, Series
from liaison.meetings.plan_queries import skipped_of

PROPOSED = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One date that the series' rule names and that no meeting has taken yet."""

    series: Series
    day: Rolled


async def next_days(db: Session, viewer: Viewer, mechanism: Mechanism) -> list[Suggestion]:
    """The next dates of the first series that has any, soonest first, without those already planned or left out."""
    today = db.clock.today(mechanism.timezone)
    start = datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(days=1)
    planned = await queries.between(db, viewer, mechanism.id, start, start + timedelta(days=3 * 366))
    taken = {meeting.local_on for meeting in planned if meeting.cancelled_at is None}
    left_out = (await skipped_of(db, [mechanism.id]))[mechanism.id]
    for series in await queries.series_of(db, mechanism.id):
        days = _next(series, mechanism, today, PROPOSED + len(taken) + len(left_out))
        found = [day for day in days if day.date not in taken and (series.name, day.nominal) not in left_out]
        if found:
            return [Suggestion(series, day) for day in found[:PROPOSED]]
    return []


async def coming(db: Session, series: Series, mechanism: Mechanism, *, count: int = 4) -> list[Rolled]:
    """The next dates of one series, planned or not; none for a rule that is not understood any more."""
    return _next(series, mechanism, db.clock.today(mechanism.timezone), count)


async def by_rule(db: Session, mechanism: Mechanism, day: date) -> dict[str, Any]:
    """What `schedule` is told about a date that a series' rule names: series, nominal day, why it moved, whether provisional."""
    calendar = region_calendar(mechanism.region)
    for series in await queries.series_of(db, mechanism.id):
        try:
            rule = parse_rule(series.rrule, starts_on=series.starts_on)
        except RuleRefused:
            continue
        for found in series_dates(rule, calendar, day, day, roll=Roll(series.roll), avoid_makeup=series.avoid_makeup):
            why = {"code": found.why.code, "params": dict(found.why.params)} if found.why else None
            return {
                "series_id": series.id,
                "nominal_on": found.nominal,
                "why_moved": why,
                "provisional": not found.certain,
            }
    return {}


async def next_host(db: Session, viewer: Viewer, mechanism: Mechanism) -> Agency | None:
    """Whose turn it is: after the host of the newest regular meeting, else the first in the rotation; None without rotation."""
    turns: Sequence[Agency] = (await mechanisms.host_rotation(db, [mechanism.id]))[mechanism.id]
    if not turns:
        return None
    last = await queries.newest_regular(db, viewer, mechanism.id)
    places = [place for place, agency in enumerate(turns) if last is not None and agency.id == last.host_agency_id]
    return turns[(places[0] + 1) % len(turns)] if places else turns[0]


async def last_asked(db: Session, viewer: Viewer, mechanism: Mechanism) -> dict[int, AgencyInvitation]:
    """By agency, with how many seats and for whom the newest regular meeting asked it; empty when there was none."""
    last = await queries.newest_regular(db, viewer, mechanism.id)
    return {one.agency_id: one for one in await queries.invitations(db, last.id)} if last is not None else {}


def _next(series: Series, mechanism: Mechanism, today: date, count: int) -> list[Rolled]:
    try:
        rule = parse_rule(series.rrule, starts_on=series.starts_on)
    except RuleRefused:
        return []
    calendar = region_calendar(mechanism.region)
    return next_dates(rule, calendar, today, count, roll=Roll(series.roll), avoid_makeup=series.avoid_makeup)
