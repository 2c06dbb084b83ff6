"""The year's promised meetings on the desk: a line for each quarter (or month), like ones drawn together. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from liaison.calendaring.deadlines import steps
from liaison.calendaring.workdays import WorkCalendar
from liaison.mechanisms.rhythm import (
    KEPT,
    MISSED,
    OPEN,
    Covering,
    Promise,
    StripMark,
    YearRhythm,
    promised,
    year_rhythm,
)


@dataclass(frozen=True, slots=True)
class Line:
    """What became of the promise in one or several periods."""

    first: int
    last: int
    state: str
    """kept, set, draft, postponed, open, missed (mechanisms.rhythm.Period)"""
    mark: StripMark | None


@dataclass(frozen=True, slots=True)
class Promises:
    """One year: how often the series' rule wants a meeting, and what became of it."""

    by_month: bool
    """Periods are months, not quarters, because some quarter promises more than one."""
    a_year: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A promised meeting that nobody has planned although its preparation should have begun."""

    day: date
    begin_on: date
    """When agenda items should have been called for."""


def years_of(
    rules: Sequence[Promise],
    calendar: WorkCalendar,
    arranged: Sequence[StripMark],
    seen: Sequence[Covering],
    skipped: Mapping[tuple[str, date], str],
    today: date,
) -> list[YearRhythm]:
    """What became of the promised meetings of this year, and of the next."""
    return [
        year_rhythm(
            promised(rules, calendar, year, seen, skipped),
            [mark for mark in arranged if mark.date.year == year],
            today,
        )
        for year in (today.year, today.year + 1)
    ]


def promises(year: YearRhythm) -> Promises:
    """The year's lines."""
    lines: list[Line] = []
    for period in year.periods:
        line = Line(period.number, period.number, period.state, period.mark)
        if (
            lines
            and line.state in (KEPT, MISSED)
            and not (_left_out(line) or _left_out(lines[-1]))
            and lines[-1].state == line.state
            and lines[-1].last == period.number - 1
        ):
            line = Line(lines.pop().first, period.number, line.state, None)
        lines.append(line)
    return Promises(year.by_month, year.a_year, tuple(lines))


def _left_out(line: Line) -> bool:
    """Missed on purpose: it stands by itself, with its reason."""
    return line.mark is not None and line.mark.reason is not None


def at_risk(
    years: Iterable[YearRhythm], calendar: WorkCalendar, profile: Mapping[str, int], today: date
) -> AtRisk | None:
    """The first promised date of a period still open whose call for agenda items is due, nothing being planned."""
    open_periods = (period for year in years for period in year.periods if period.state == OPEN)
    for period in open_periods:
        day = period.due[0].date
        begin_on = next(each.date for each in steps(calendar, day, profile) if each.step == "call_for_items")
        return AtRisk(day, begin_on) if begin_on <= today else None
    return None
