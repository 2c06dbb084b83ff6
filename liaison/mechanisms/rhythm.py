"""The promised rhythm of a year against what was arranged: one rule for the year strip and for the desk. Pure.

A regular meeting counts for the quarter (or month) in which it takes place, wherever it was promised: one that moved from
December into January leaves the fourth quarter open, and missed once that is over."""

from collections.abc import Iterable, Mapping, Sequence
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
KEPT, SET, OPEN, MISSED = "kept", "set", "open", "missed"


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
    regular: bool = True
    """A regular meeting: the only kind that the promise asks for."""
    kind: str = ""
    """What it is called by its kind, as a msgid; empty for a promised date."""
    reason: str | None = None
    """Why an officer said that a promised date is left out; that date is missed, whatever day it is."""


@dataclass(frozen=True, slots=True)
class Missed:
    """One promised date without its meeting: its quarter (or month) is over, or it was left out."""

    period: int
    date: date
    reason: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How the promise of one year was kept: `promised` is the sum of `held`, `due` (still to come) and the missed ones."""

    promised: int
    held: int
    due: int
    missed: tuple[Missed, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """One quarter (or month) in which the rule promised a meeting, and what became of it."""

    number: int
    """1 to 4, or 1 to 12."""
    state: str
    """kept: it took place; set: announced; draft: planned, nobody told; postponed: without a new date; open: nothing planned,
    and still time; missed: over."""
    mark: StripMark
    """The meeting, or for open and missed the promised date."""
    due: tuple[StripMark, ...]
    """The promised dates that no meeting answers; those left out come last."""
    held: int = 0
    """How many of its promised meetings took place."""
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class YearRhythm:
    """One year: how often the rule wants a meeting, and what became of each."""

    by_month: bool
    """Periods are months, not quarters, because some quarter promises more than one."""
    a_year: int
    periods: tuple[Period, ...]
    marks: tuple[StripMark, ...]
    """Everything to draw: what was arranged, and the promised dates that no meeting answers; by date."""

    @property
    def missed(self) -> list[int]:
        """The periods that are over without the meeting that was promised."""
        return [period.number for period in self.periods if period.state == MISSED]

    @property
    def count(self) -> Count:
        """Held, still to come and missed, in numbers that reconcile."""
        missed = tuple(
            Missed(period.number, mark.date, mark.reason)
            for period in self.periods
            for mark in sorted(period.due, key=lambda mark: mark.date)
            if period.is_over or mark.reason is not None
        )
        held = sum(period.held for period in self.periods)
        return Count(self.a_year, held, self.a_year - held - len(missed), missed)


class Promise(Protocol):
    """What is needed of a series."""

    name: str
    rrule: str
    starts_on: date
    roll: str
    avoid_makeup: bool


class Covering(Protocol):
    """A stretch of days, as an agency's time as a member."""

    def covers(self, day: date) -> bool: ...


def promised(
    series: Iterable[Promise],
    calendar: WorkCalendar,
    year: int,
    seen: Sequence[Covering] = (),
    skipped: Mapping[tuple[str, date], str] | None = None,
) -> list[StripMark]:
    """The dates on which the rules want a meeting in that year, by date; `skipped` are the reasons of those left out, by the name of
    their series and the date that its rule names.

    With `seen` only those on its days: whether others were kept is not for an agency to see that was no member then."""
    found = []
    for each in series:
        rule = parse_rule(each.rrule, starts_on=each.starts_on)
        first = max(date(year, 1, 1), each.starts_on)
        days = dates(rule, calendar, first, date(year, 12, 31), roll=Roll(each.roll), avoid_makeup=each.avoid_makeup)
        found += [
            StripMark(
                *(day.date, each.name, PROMISED),
                certain=day.certain,
                reason=(skipped or {}).get((each.name, day.nominal)),
            )
            for day in days
        ]
    return sorted(
        (mark for mark in found if not seen or any(each.covers(mark.date) for each in seen)), key=lambda mark: mark.date
    )


def quarter(day: date) -> int:
    """1 to 4."""
    return (day.month - 1) // 3 + 1


def year_named(text: str) -> int | None:
    """The year that an address names; None for anything else than 2000 to 2199."""
    return int(text) if len(text) == 4 and text.isascii() and text.isdecimal() and 2000 <= int(text) < 2200 else None


def year_rhythm(promised: Sequence[StripMark], arranged: Sequence[StripMark], today: date) -> YearRhythm:
    """What became of the year's promised dates (by date), with everything that was arranged in that year, of any kind."""
    quarters = [quarter(mark.date) for mark in promised]
    by_month = len(quarters) > len(set(quarters))

    def number(day: date) -> int:
        return day.month if by_month else quarter(day)

    periods = []
    for n in sorted({number(mark.date) for mark in promised}):
        wanted = [mark for mark in promised if number(mark.date) == n]
        here = [mark for mark in arranged if mark.regular and not mark.activity and number(mark.date) == n]
        is_over = (wanted[0].date.year, n) < (today.year, number(today))
        periods.append(_period(n, wanted, here, today, is_over=is_over))
    left = [mark for period in periods for mark in period.due]
    marks = sorted([*arranged, *left], key=lambda mark: (mark.date, mark.state == PROMISED, mark.label))
    return YearRhythm(by_month, len(promised), tuple(periods), tuple(marks))


def _period(
    number: int, wanted: Sequence[StripMark], here: Sequence[StripMark], today: date, *, is_over: bool
) -> Period:
    """Each meeting answers one promised date of the period, the earliest that is left; those left out are answered last."""
    stands = sorted((mark for mark in here if mark.state in (HELD, ANNOUNCED)), key=lambda mark: mark.date)
    drafts = [mark for mark in here if mark.state == DRAFT and mark.date >= today]
    off = [mark for mark in here if mark.state == POSTPONED and not is_over]
    in_turn = sorted(wanted, key=lambda mark: (mark.reason is not None, mark.date))
    left = tuple(in_turn[len(stands) + len(drafts) + len(off) :])
    ahead = [mark for mark in stands if mark.state == ANNOUNCED and mark.date >= today]
    held = min(len(stands) - len(ahead), len(wanted))

    def became(state: str, mark: StripMark) -> Period:
        return Period(number, state, mark, left, held, is_over)

    if left:
        return became(MISSED if is_over or left[0].reason is not None else OPEN, left[0])
    if ahead:
        return became(SET, ahead[0])
    if drafts:
        return became(DRAFT, drafts[0])
    if off:
        return became(POSTPONED, off[0])
    return became(KEPT, stands[-1])
