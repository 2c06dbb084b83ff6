"""The year's promised meetings against what was arranged, a line for each quarter (or month), like ones drawn together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liaison.mechanisms.rhythm import ANNOUNCED, DRAFT, HELD, POSTPONED, PROMISED, StripMark, quarter


@dataclass(frozen=True, slots=True)
class Line:
    """What became of the promise in one or several periods."""

    first: int
    last: int
    state: str
    """kept, set, draft, postponed, open, missed"""
    mark: StripMark | None


@dataclass(frozen=True, slots=True)
class Promises:
    """One year: how often the series' rule wants a meeting, and what became of it."""

    by_month: bool
    """Periods are months, not quarters, because some quarter promises more than one."""
    a_year: int
    lines: tuple[Line, ...]


def promises(promised: Sequence[StripMark], arranged: Sequence[tuple[date, StripMark]], today: date) -> Promises:
    """`promised` are the dates the rule names in the year, `arranged` the regular meetings there are, each with the day it
    answers (its nominal date, wherever it moved to)."""
    quarters = [quarter(mark.date) for mark in promised]
    by_month = len(quarters) > len(set(quarters))

    def period(day: date) -> int:
        return day.month if by_month else quarter(day)

    lines: list[Line] = []
    for number in sorted({period(mark.date) for mark in promised}):
        here = [mark for day, mark in arranged if period(day) == number]
        due = next(mark for mark in promised if period(mark.date) == number)
        line = _line(number, here, due, today)
        if (
            lines
            and line.state in ("kept", "missed")
            and lines[-1].state == line.state
            and lines[-1].last == number - 1
        ):
            line = Line(lines.pop().first, number, line.state, None)
        lines.append(line)
    return Promises(by_month, len(promised), tuple(lines))


def _line(number: int, here: Sequence[StripMark], due: StripMark, today: date) -> Line:
    stands = [mark for mark in here if mark.state in (HELD, ANNOUNCED)]
    if past := [mark for mark in stands if mark.date < today or mark.state == HELD]:
        return Line(number, number, "kept", past[0])
    if stands:
        return Line(number, number, "set", stands[0])
    if drafts := [mark for mark in here if mark.state == DRAFT and mark.date >= today]:
        return Line(number, number, "draft", drafts[0])
    if off := [mark for mark in here if mark.state == POSTPONED]:
        return Line(number, number, "postponed", off[0])
    assert due.state == PROMISED
    return Line(number, number, "open" if due.date >= today else "missed", due)
