"""The promised rhythm of a year against what was arranged: marks on the year strip, and which quarters were missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from liaison.calendaring.recurrence import dates, parse_rule
from liaison.calendaring.workdays import Roll, WorkCalendar

HELD, ANNOUNCED, DRAFT, PROMISED, CANCELLED, POSTPONED = (
    "held",
    "announced",
    "draft",
    "promised",
    "cancelled",
    "postponed",
)
STANDS = (HELD, ANNOUNCED)


@dataclass(frozen=True, slots=True)
class StripMark:
    """One meeting or activity of the year, or a promised date without one yet."""

    date: date
    label: str
    state: str
    """held, announced, draft, postponed, cancelled; promised: the series' rule names the date, nothing is arranged yet."""
    url: str | None = None
    activity: bool = False
    certain: bool = True


class Promise(Protocol):
    """What is needed of a series."""

    name: str
    rrule: str
    starts_on: date
    roll: str
    avoid_makeup: bool


def promised(series: Promise, calendar: WorkCalendar, year: int) -> list[StripMark]:
    """The dates on which the series' rule wants a meeting in that year."""
    rule = parse_rule(series.rrule, starts_on=series.starts_on)
    first = max(date(year, 1, 1), series.starts_on)
    days = dates(rule, calendar, first, date(year, 12, 31), roll=Roll(series.roll), avoid_makeup=series.avoid_makeup)
    return [StripMark(day.date, series.name, PROMISED, certain=day.certain) for day in days]


def with_promised(
    marks: Iterable[StripMark], promised: Iterable[StripMark], answered: Iterable[date]
) -> list[StripMark]:
    """The arranged marks and those promised ones that no meeting answers, by date.

    `answered` are the dates of the rule for which a meeting exists (its nominal date, wherever it moved to)."""
    taken = set(answered)
    return sorted(
        [*marks, *(mark for mark in promised if mark.date not in taken)], key=lambda mark: (mark.date, mark.label)
    )


def quarter(day: date) -> int:
    """1 to 4."""
    return (day.month - 1) // 3 + 1


def missed_quarters(marks: Sequence[StripMark], today: date) -> list[int]:
    """The quarters that are over, in which the rule promised a meeting and none was held or at least announced."""
    promised = {quarter(mark.date) for mark in marks if mark.state not in STANDS and not mark.activity}
    kept = {quarter(mark.date) for mark in marks if mark.state in STANDS and not mark.activity}
    over = {q for q in range(1, 5) if marks and date(marks[0].date.year, 3 * q, 28) < today and quarter(today) > q}
    past_year = marks and marks[0].date.year < today.year
    return sorted((promised - kept) & (set(range(1, 5)) if past_year else over))
