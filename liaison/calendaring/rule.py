"""A recurrence rule as a value, and the days it names.

The expansion is our own because no library could be bounded: a rule that never matches, such as
`FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30`, is followed by python-dateutil to the year 9999 and holds the server for seconds.
Here nothing after the day asked for is looked at, and a rule without COUNT starts near the first day asked for.
"""

import calendar as months
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from liaison.calendaring.workdays import ONE_DAY


class Freq(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule; what the text leaves open (which weekday, which day of the month) is filled in from `starts_on`.

    `byday` pairs an ordinal with a weekday (Monday 0): `3TH` is (3, 3), a plain `TH` (0, 3). `text` is the rule as
    given, in capitals.
    """

    text: str
    starts_on: dt.date
    freq: Freq
    interval: int = 1
    count: int | None = None
    until: dt.date | None = None
    bymonth: frozenset[int] = frozenset()
    bymonthday: frozenset[int] = frozenset()
    byyearday: frozenset[int] = frozenset()
    byday: frozenset[tuple[int, int]] = frozenset()
    bysetpos: tuple[int, ...] = ()
    wkst: int = 0
    # BYDAY split once, because every day of every period asks for it.
    plain_days: frozenset[int] = field(init=False, repr=False, compare=False)
    nth_days: frozenset[tuple[int, int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain_days", frozenset(weekday for nth, weekday in self.byday if not nth))
        object.__setattr__(self, "nth_days", frozenset(pair for pair in self.byday if pair[0]))


def expand(rule: Rule, start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """The days of the rule in order and not after `end`; days before `start` may come first, and are to be skipped."""
    last = min(end, rule.until or end)
    left = rule.count
    for days in _periods(rule, start if left is None else rule.starts_on, last):
        for day in _at_positions(days, rule.bysetpos):
            if day < rule.starts_on:
                continue
            if day > last:
                return
            yield day
            if left is not None:
                left -= 1
                if not left:
                    return


def _periods(rule: Rule, start: dt.date, last: dt.date) -> Iterator[list[dt.date]]:
    """The matching days of each day, week, month or year the rule visits, from the one before `start` to `last`."""
    origin, step = rule.starts_on, rule.interval
    if rule.freq in (Freq.DAILY, Freq.WEEKLY):
        length = 1
        if rule.freq is Freq.WEEKLY:
            origin -= (origin.weekday() - rule.wkst) % 7 * ONE_DAY
            length = 7
        behind = max(0, (start - origin).days // (length * step))
        day = origin.toordinal() + behind * step * length
        while day <= last.toordinal():
            yield _matching(rule, (dt.date.fromordinal(n) for n in range(day, day + length)))
            day += step * length
    elif rule.freq is Freq.MONTHLY:
        for month in _stepped(origin.year * 12 + origin.month - 1, step, start.year * 12 + start.month - 1):
            year, index = divmod(month, 12)
            if year > last.year:
                return
            yield _matching(rule, _month_days(rule, year, index + 1))
    else:
        for year in _stepped(origin.year, step, start.year):
            if year > last.year:
                return
            yield _matching(rule, (day for month in range(1, 13) for day in _month_days(rule, year, month)))


def _stepped(origin: int, step: int, start: int) -> Iterator[int]:
    """origin, origin + step, …, leaving out what lies more than one step before start."""
    here = origin + max(0, (start - origin) // step) * step
    while True:
        yield here
        here += step


def _month_days(rule: Rule, year: int, month: int) -> list[dt.date]:
    if rule.bymonth and month not in rule.bymonth:
        return []
    return [dt.date(year, month, day) for day in range(1, months.monthrange(year, month)[1] + 1)]


def _matching(rule: Rule, days: Iterable[dt.date]) -> list[dt.date]:
    return [day for day in days if _matches(rule, day)]


def _matches(rule: Rule, day: dt.date) -> bool:
    if rule.bymonth and day.month not in rule.bymonth:
        return False
    if rule.bymonthday:
        from_end = day.day - months.monthrange(day.year, day.month)[1] - 1
        if day.day not in rule.bymonthday and from_end not in rule.bymonthday:
            return False
    if rule.byyearday:
        first, length = dt.date(day.year, 1, 1), 365 + months.isleap(day.year)
        number = (day - first).days + 1
        if number not in rule.byyearday and number - length - 1 not in rule.byyearday:
            return False
    return not rule.byday or day.weekday() in rule.plain_days or (bool(rule.nth_days) and _is_nth(rule, day))


def _is_nth(rule: Rule, day: dt.date) -> bool:
    """Whether the day is the third Thursday, the last Friday, … of its month (of its year: YEARLY without BYMONTH)."""
    if rule.freq is Freq.YEARLY and not rule.bymonth:
        place, length = (day - dt.date(day.year, 1, 1)).days, 365 + months.isleap(day.year)
    else:
        place, length = day.day - 1, months.monthrange(day.year, day.month)[1]
    weekday = day.weekday()
    return (place // 7 + 1, weekday) in rule.nth_days or (-((length - place - 1) // 7) - 1, weekday) in rule.nth_days


def _at_positions(days: list[dt.date], positions: tuple[int, ...]) -> list[dt.date]:
    if not positions:
        return days
    places = {place - 1 if place > 0 else len(days) + place for place in positions}
    return [days[place] for place in sorted(places) if 0 <= place < len(days)]
