"""Periods that reports and confirmations are about: quarters, halves, years, and any two days. Pure; both days belong to the period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from liaison.i18n import N_, Words

HALVES = (N_("first half of %(year)s"), N_("second half of %(year)s"))
QUARTERS = (N_("Quarter 1 of %(year)s"), N_("Quarter 2 of %(year)s"), N_("Quarter 3 of %(year)s"), N_("Quarter 4 of %(year)s"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """The local dates from `first` to `last`."""

    first: date
    last: date

    def named(self, words: Words) -> str:
        """2026年第三季度, 2026年上半年, 2026年; for any other days 2021年1月1日—2022年5月23日."""
        year = self.first.year
        if self == year_of(year):
            return words.pgettext("year", "%(year)s", year=year)
        for n, name in enumerate(HALVES):
            if self == half_of(year, n + 1):
                return words._(name, year=year)
        for n, name in enumerate(QUARTERS):
            if self == quarter_of(year, n + 1):
                return words._(name, year=year)
        return words.dates(self.first, self.last)

    def year_before(self) -> "Period":
        """The same days a year earlier; 29 February becomes the 28th."""
        return Period(_year_back(self.first), _year_back(self.last))

    def until(self, day: date) -> "Period":
        """As far as that day."""
        return Period(self.first, min(self.last, day))


def year_of(year: int) -> Period:
    """The whole year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def half_of(year: int, n: int) -> Period:
    """上半年 or 下半年."""
    return Period(date(year, 1, 1), date(year, 6, 30)) if n == 1 else Period(date(year, 7, 1), date(year, 12, 31))


def quarter_of(year: int, n: int) -> Period:
    """The n-th quarter, from 1."""
    after = date(year + 1, 1, 1) if n == 4 else date(year, 3 * n + 1, 1)
    return Period(date(year, 3 * n - 2, 1), after - timedelta(days=1))


def quarters(year: int, today: date) -> Sequence[Period]:
    """Those of a year that have begun, the present one as far as today."""
    return [one.until(today) for n in range(1, 5) if (one := quarter_of(year, n)).first <= today]


def last_quarter(today: date) -> Period:
    """The one that ended last."""
    n = (today.month - 1) // 3
    return quarter_of(today.year, n) if n else quarter_of(today.year - 1, 4)


def _year_back(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
