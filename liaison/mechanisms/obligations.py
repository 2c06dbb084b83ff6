"""What a clause obliges the agencies to, in terms that the record can answer, and how it was kept. Pure; days are local dates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from liaison.calendaring.workdays import WorkCalendar, add_workdays
from liaison.checks import Check
from liaison.mechanisms.terms import Period, Span

MEETINGS, ACTIVITIES, ANSWERS, MINUTES, LIAISON = "meetings", "activities", "answers", "minutes", "liaison"
KINDS: Final = (MEETINGS, ACTIVITIES, ANSWERS, MINUTES, LIAISON)
"""So many joint meetings, or activities, a period; answers, or minutes, within so many working days; a liaison at all times."""
QUARTER, HALF, YEAR = "quarter", "half", "year"
PERIODS: Final = {QUARTER: 4, HALF: 2, YEAR: 1}
"""How many of them a year has."""
COUNTED: Final = (MEETINGS, ACTIVITIES)
TIMED: Final = (ANSWERS, MINUTES)
KEPT, MISSED, OPEN = "kept", "missed", "open"
MOST: Final = 120


@dataclass(frozen=True, slots=True)
class Obligation:
    """`amount`: how often in a `period`, or within how many working days; both None for a liaison at all times."""

    kind: str
    amount: int | None = None
    period: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As a clause keeps it, and programs read it."""
        return {"kind": self.kind, "amount": self.amount, "period": self.period}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> "Obligation | None":
        """Read back `to_json`; None of a clause that obliges to nothing that the record could tell."""
        return cls(stored["kind"], stored.get("amount"), stored.get("period")) if stored else None


def checked(check: Check, field: str, kind: str | None, amount: int | None, period: str | None) -> Obligation | None:
    """What was typed beside a clause; what its kind does not need is left out. Refuses `field`.kind, .amount, .period."""
    if not kind:
        return None
    kind = check.choice(f"{field}.kind", kind, KINDS)
    if kind in COUNTED:
        amount = check.number(f"{field}.amount", amount, least=1, most=MOST, required=True)
        return Obligation(kind, amount, check.choice(f"{field}.period", period or YEAR, PERIODS))
    if kind in TIMED:
        return Obligation(kind, check.number(f"{field}.amount", amount, least=1, most=MOST, required=True))
    return Obligation(kind)


@dataclass(frozen=True, slots=True)
class Counted:
    """One period: how often it was promised, and the days on which it was done."""

    number: int
    """1 to 4 of quarters, 1 or 2 of halves, 1 of a year."""
    promised: int
    days: Sequence[date]
    state: str
    """kept; missed once the period is over; open until then"""


def counted(said: Obligation, days: Collection[date], year: int, today: date, times: Sequence[Period]) -> list[Counted]:
    """The periods of that year that have begun, each by the days that lie in it. Only one that lies wholly within one of `times` is judged:
    in which the agreement held, and of which the reader may know all."""
    parts = PERIODS[said.period or YEAR]
    found = []
    for number in range(1, parts + 1):
        first = date(year, (number - 1) * 12 // parts + 1, 1)
        end = date(year + (number == parts), number * 12 // parts % 12 + 1, 1)
        if first > today or not any(_holds(one, first, end) for one in times):
            continue
        inside = sorted(day for day in days if first <= day < end)
        promised = said.amount or 1
        state = KEPT if len(inside) >= promised else MISSED if end <= today else OPEN
        found.append(Counted(number, promised, inside, state))
    return found


def _holds(time: Period, first: date, end: date) -> bool:
    return time.starts_on <= first and (time.ends_on is None or end <= time.ends_on)


@dataclass(frozen=True, slots=True)
class Timed:
    """What was asked for within a year: done in time, done late or owed and late, and still in time."""

    in_time: int
    late: Sequence[int]
    """Ids of what was late, in order."""
    waiting: int

    @property
    def total(self) -> int:
        """How many there were."""
        return self.in_time + len(self.late) + self.waiting


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to be done within working days: since when, when it was done, a later day that both sides agreed on, and when nobody waited
    for it any more."""

    id: int
    since: date
    done_on: date | None
    agreed_until: date | None = None
    closed_on: date | None = None


def timed(said: Obligation, cases: Sequence[Case], calendar: WorkCalendar, today: date) -> Timed:
    """Each case against the working days promised; a later day that both sides agreed on stands instead."""
    in_time, waiting, late = 0, 0, []
    for one in cases:
        due = add_workdays(calendar, one.since, said.amount or 1).date
        until = max(due, one.agreed_until) if one.agreed_until is not None else due
        if one.done_on is not None and one.done_on <= until:
            in_time += 1
        elif one.done_on is None and one.closed_on is not None and one.closed_on <= until:
            continue  # nobody waited for it any more
        elif one.done_on is None and today <= until:
            waiting += 1
        else:
            late.append(one.id)
    return Timed(in_time, late, waiting)


def vacant_days(spans: Sequence[Span], year: int, today: date, held: Period) -> int:
    """On how many days of that year, until today and while the agreement held, an agency that was a member had no liaison."""
    first = max(date(year, 1, 1), held.starts_on)
    end = min(date(year + 1, 1, 1), today + timedelta(days=1), held.ends_on or date.max)
    days = 0
    for span in spans:
        if span.term is None:
            begins, ends = max(span.starts_on, first), min(span.ends_on or end, end)
            days += max(0, (ends - begins).days)
    return days
