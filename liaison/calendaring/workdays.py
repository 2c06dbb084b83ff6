"""Working days: which days an office is open, counting them, and moving a date off a free day.

A date is *certain* when every day that was looked at lies in a year whose holidays are announced; otherwise it is
provisional, and whoever shows it says so. All dates are local dates; no clock is read here.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from liaison.calendaring import cn_days

WEEKEND = frozenset({5, 6})
LONGEST_COUNT = 10_000  # working days, about forty years: more is a mistake, not a deadline
ONE_DAY = dt.timedelta(days=1)


class UnknownRegion(ValueError):
    """No holidays are known for this region code."""

    def __init__(self, region: str) -> None:
        super().__init__(region)
        self.region = region


class DayKind(StrEnum):
    """Why an office is open or closed on a day."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


class Roll(StrEnum):
    """What happens to a date that falls on a free day.

    `MODIFIED_FOLLOWING` is the next working day unless that lies in the next month, then the one before.
    """

    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified_following"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Why:
    """Why a date was moved, kept as code and parameters and worded for the reader when shown.

    Codes: `holiday` and `weekend` say what the nominal day is, `makeup_avoided` that it is a weekend day worked in
    return. Parameters: `day` (the nominal day), `direction` (`following` or `preceding`), and `makeup` (the first
    make-up day passed over, only if there is one). Days are ISO dates.
    """

    code: str
    params: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day found by counting working days."""

    date: dt.date
    certain: bool


@dataclass(frozen=True, slots=True)
class Rolled:
    """A day of a series: where the rule puts it, where it really is, and why they differ (None: they do not)."""

    date: dt.date
    nominal: dt.date
    certain: bool
    why: Why | None


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days of one region.

    `holidays` are days off, `makeups` days worked although they lie on a weekend; `official_years` are the years
    whose holidays are announced; `weekend` counts Monday as 0.
    """

    region: str
    holidays: frozenset[dt.date]
    makeups: frozenset[dt.date]
    official_years: frozenset[int]
    weekend: frozenset[int] = WEEKEND

    def __post_init__(self) -> None:
        if not self.weekend < frozenset(range(7)):
            raise ValueError(f"a weekend is some days of 0 to 6, not {sorted(self.weekend)}")
        if self.holidays & self.makeups:
            raise ValueError("a day cannot be a holiday and a make-up workday at once")

    def kind(self, day: dt.date) -> DayKind:
        if isinstance(day, dt.datetime):  # would compare unequal to every date and quietly be a workday
            raise TypeError("working days are asked by local date, not by instant")
        if day in self.holidays:
            return DayKind.HOLIDAY
        if day.weekday() not in self.weekend:
            return DayKind.WORKDAY
        return DayKind.MAKEUP if day in self.makeups else DayKind.WEEKEND

    def is_workday(self, day: dt.date) -> bool:
        return self.kind(day) in (DayKind.WORKDAY, DayKind.MAKEUP)

    def is_certain(self, day: dt.date) -> bool:
        return day.year in self.official_years

    def with_year(
        self, year: int, *, holidays: Iterable[dt.date], makeups: Iterable[dt.date], official: bool
    ) -> "WorkCalendar":
        """The calendar with another schedule for a year: the days that it had in that year go. A day of the schedule may lie in the
        December before or the January after."""
        off, worked = frozenset(holidays), frozenset(makeups)
        return replace(
            self,
            holidays=frozenset(day for day in self.holidays if day.year != year) - worked | off,
            makeups=frozenset(day for day in self.makeups if day.year != year) - off | worked,
            official_years=self.official_years | {year} if official else self.official_years - {year},
        )

    def with_day(self, day: dt.date, kind: DayKind) -> "WorkCalendar":
        """The calendar with one day corrected; WORKDAY and WEEKEND both leave it to the day of the week."""
        return replace(
            self,
            holidays=self.holidays | {day} if kind is DayKind.HOLIDAY else self.holidays - {day},
            makeups=self.makeups | {day} if kind is DayKind.MAKEUP else self.makeups - {day},
        )


def add_workdays(calendar: WorkCalendar, day: dt.date, n: int) -> DueDay:
    """The day `n` working days after `day` (before it, if negative): T-5, T+7.

    `day` itself never counts and need not be a working day; 0 is the day itself, also if it is free.
    """
    if abs(n) > LONGEST_COUNT:
        raise ValueError(f"at most {LONGEST_COUNT} working days are counted, not {n}")
    certain, left, here = calendar.is_certain(day), abs(n), day
    walk = _days_from(day, 1 if n > 0 else -1)
    while left:
        here = next(walk)
        certain = certain and calendar.is_certain(here)
        left -= calendar.is_workday(here)
    return DueDay(here, certain)


def workday_before(calendar: WorkCalendar, day: dt.date) -> DueDay:
    """The last working day before `day`: when a reminder goes that would fall on a free day."""
    return add_workdays(calendar, day, -1)


def is_acceptable(calendar: WorkCalendar, day: dt.date, *, avoid_makeup: bool) -> bool:
    """Whether a meeting may stay on this day."""
    kind = calendar.kind(day)
    return kind is DayKind.WORKDAY or (kind is DayKind.MAKEUP and not avoid_makeup)


def roll(calendar: WorkCalendar, nominal: dt.date, policy: Roll, avoid_makeup: bool) -> Rolled:
    """Where a date goes that a rule puts on `nominal`.

    With `avoid_makeup` it also leaves weekend days worked in return for a holiday: lawful, but nobody wants a meeting
    then. With `Roll.NONE` it stays, whatever the day is.
    """
    if policy is Roll.NONE or is_acceptable(calendar, nominal, avoid_makeup=avoid_makeup):
        return Rolled(nominal, nominal, calendar.is_certain(nominal), None)

    direction = Roll.PRECEDING if policy is Roll.PRECEDING else Roll.FOLLOWING
    path = _path(calendar, nominal, direction, avoid_makeup)
    certain = _all_certain(calendar, path)
    if policy is Roll.MODIFIED_FOLLOWING and not _same_month(path[-1], nominal):
        back = _path(calendar, nominal, Roll.PRECEDING, avoid_makeup)
        certain = certain and _all_certain(calendar, back)
        # A month without one working day before the date: better late than in the wrong month twice over.
        if _same_month(back[-1], nominal):
            direction, path = Roll.PRECEDING, back
    return Rolled(path[-1], nominal, certain, _why(calendar, path, direction))


class Corrections:
    """The calendars that a site has entered itself, by region; whoever keeps them swaps `calendars` as a whole."""

    def __init__(self) -> None:
        self.calendars: Mapping[str, WorkCalendar] = {}


_IN_USE: ContextVar[Corrections] = ContextVar("corrections", default=Corrections())  # noqa: B039 - never changed


def use_corrections(corrections: Corrections) -> None:
    """From here on, in this task and those it starts, `region_calendar` answers for the site whose corrections these are."""
    _IN_USE.set(corrections)


def region_calendar(region: str) -> WorkCalendar:
    """The calendar of a country or part of one (ISO 3166), as the site at work here has it: what it entered itself, else what is
    shipped. Raises UnknownRegion."""
    return _IN_USE.get().calendars.get(region) or shipped_calendar(region)


@lru_cache(maxsize=64)
def shipped_calendar(region: str) -> WorkCalendar:
    """The calendar of a country or part of one as liaison brings it along: `CN`, `GB-ENG` (ISO 3166). Raises UnknownRegion.

    China comes from the shipped tables, other regions from the package holidays.
    """
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", region, re.ASCII):
        raise UnknownRegion(region)
    if region == "CN":
        return WorkCalendar(
            region,
            holidays=_table(cn_days.HOLIDAYS) | _table(cn_days.EXPECTED),
            makeups=_table(cn_days.MAKEUPS),
            official_years=frozenset(cn_days.HOLIDAYS),
        )
    # Imported here because the package holidays takes 0.14 s to load, and a site in China never needs it.
    from liaison.calendaring import other_regions

    found = other_regions.days_of(region)
    if found is None:
        raise UnknownRegion(region)
    return WorkCalendar(region, found.holidays, found.makeups, found.official_years, found.weekend)


def _days_from(day: dt.date, step: int) -> Iterator[dt.date]:
    """The days after `day`, or before it; ends with a ValueError where the calendar of the language ends."""
    while True:
        try:
            day += step * ONE_DAY
        except OverflowError as error:
            raise ValueError("no working day is left before the end of the calendar") from error
        yield day


def _path(calendar: WorkCalendar, nominal: dt.date, direction: Roll, avoid_makeup: bool) -> list[dt.date]:
    """Every day looked at on the way from `nominal` to the day where it may stay, both included."""
    path = [nominal]
    for day in _days_from(nominal, -1 if direction is Roll.PRECEDING else 1):
        path.append(day)
        if is_acceptable(calendar, day, avoid_makeup=avoid_makeup):
            break
    return path


def _all_certain(calendar: WorkCalendar, days: Iterable[dt.date]) -> bool:
    return all(calendar.is_certain(day) for day in days)


def _same_month(one: dt.date, other: dt.date) -> bool:
    return (one.year, one.month) == (other.year, other.month)


def _why(calendar: WorkCalendar, path: list[dt.date], direction: Roll) -> Why:
    nominal = path[0]
    kind = calendar.kind(nominal)
    params = {"day": nominal.isoformat(), "direction": direction.value}
    # Only with avoid_makeup can a make-up day lie before the end of the path.
    passed = next((day for day in path[:-1] if calendar.kind(day) is DayKind.MAKEUP), None)
    if passed is not None:
        params["makeup"] = passed.isoformat()
    return Why("makeup_avoided" if kind is DayKind.MAKEUP else kind.value, params)


def _table(years: Mapping[int, str]) -> frozenset[dt.date]:
    """The days of a table of cn_days: a year and its `MMDD` days and `MMDD-MMDD` spans."""
    days = set()
    for year, spans in years.items():
        for span in spans.split():
            first, _, last = span.partition("-")
            day, end = _month_day(year, first), _month_day(year, last or first)
            while day <= end:
                days.add(day)
                day += ONE_DAY
    return frozenset(days)


def _month_day(year: int, text: str) -> dt.date:
    return dt.date(year, int(text[:2]), int(text[2:]))
