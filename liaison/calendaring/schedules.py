"""A region's calendar as a site has it: what is shipped, over it the years that were entered, over these single days. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from liaison.calendaring.holiday_notice import GivenDay
from liaison.calendaring.workdays import ONE_DAY, DayKind, WorkCalendar


@dataclass(frozen=True, slots=True)
class EnteredYear:
    """One year's schedule as it was entered; `id` 0 while it is only looked at."""

    id: int
    year: int
    official: bool
    days: tuple[GivenDay, ...]


@dataclass(frozen=True, slots=True)
class CorrectedDay:
    """One day that differs from the schedule `corrects` (None: the shipped one)."""

    on: dt.date
    kind: DayKind
    corrects: int | None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One day that is no longer what it was."""

    on: dt.date
    before: DayKind
    after: DayKind


def entered(
    shipped: WorkCalendar, years: Iterable[EnteredYear], days: Iterable[CorrectedDay]
) -> tuple[WorkCalendar, Mapping[int, EnteredYear]]:
    """The calendar, and which schedule counts for each year; both are given oldest first, and a newer one takes the place of an older.

    A correction speaks of the schedule that stood when it was made, and goes with it."""
    newest = {each.year: each for each in years}
    calendar = shipped
    for _, each in sorted(newest.items()):  # a year's last days may be named by the schedule of the next
        calendar = calendar.with_year(
            each.year,
            holidays=[day.on for day in each.days if day.kind is DayKind.HOLIDAY],
            makeups=[day.on for day in each.days if day.kind is DayKind.MAKEUP],
            official=each.official,
        )
    for day in days:
        standing = newest.get(day.on.year)
        if day.corrects == (standing.id if standing else None):
            calendar = calendar.with_day(day.on, day.kind)
    return calendar, newest


def changes(before: WorkCalendar, after: WorkCalendar, years: Iterable[int]) -> list[Change]:
    """The days of these years that are something else in the one than in the other."""
    found = []
    for year in sorted(set(years)):
        for day in days_of(year):
            was, now = before.kind(day), after.kind(day)
            if was is not now:
                found.append(Change(day, was, now))
    return found


def days_of(year: int) -> list[dt.date]:
    """Every day of a year."""
    first = dt.date(year, 1, 1)
    return [first + n * ONE_DAY for n in range((dt.date(year + 1, 1, 1) - first).days)]


def fits(calendar: WorkCalendar, on: dt.date, kind: DayKind) -> bool:
    """Whether a day can be of this kind: weekdays are worked or off, days of the weekend free, worked in return, or off."""
    is_weekend = on.weekday() in calendar.weekend
    return kind is DayKind.HOLIDAY or (kind in (DayKind.MAKEUP, DayKind.WEEKEND)) == is_weekend
