"""A month as pages show it: weeks from Monday, which days are free or worked in return, what meets on them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from liaison.calendaring.workdays import DayKind, WorkCalendar
from liaison.meetings.models import Meeting


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the table."""

    date: date
    kind: str
    """workday, weekend, holiday or makeup (calendaring.workdays)"""
    is_out: bool
    """It belongs to the month before or after."""
    is_today: bool
    meetings: tuple[Meeting, ...]

    @property
    def is_free(self) -> bool:
        return self.kind in (DayKind.WEEKEND, DayKind.HOLIDAY)


@dataclass(frozen=True, slots=True)
class Month:
    """The table, and the first days of the months before and after."""

    first: date
    weeks: tuple[tuple[Cell, ...], ...]
    before: date
    after: date
    certain: bool
    """The holidays of its year are announced."""


def month_of(first: date, calendar: WorkCalendar, today: date, meetings: Iterable[Meeting]) -> Month:
    """The month that begins on `first`, with those meetings that take place."""
    by_day: dict[date, list[Meeting]] = {}
    for meeting in meetings:
        if meeting.state not in ("cancelled", "postponed"):
            by_day.setdefault(meeting.local_on, []).append(meeting)
    after = (first + timedelta(days=31)).replace(day=1)
    weeks = []
    day = first - timedelta(days=first.weekday())
    while day < after:
        week = [day + timedelta(days=n) for n in range(7)]
        weeks.append(
            tuple(
                Cell(
                    one,
                    calendar.kind(one).value,
                    one.month != first.month,
                    one == today,
                    tuple(sorted(by_day.get(one, ()), key=lambda meeting: meeting.local_start)),
                )
                for one in week
            )
        )
        day += timedelta(days=7)
    before = (first - timedelta(days=1)).replace(day=1)
    return Month(first, tuple(weeks), before, after, calendar.is_certain(first))


def first_of(text: str | None, today: date) -> date:
    """The month that an address names ("2026-10"); the present one for anything else."""
    try:
        named = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return named if 1950 <= named.year < 2199 else today.replace(day=1)
