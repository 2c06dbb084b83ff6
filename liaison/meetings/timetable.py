"""When each item of a running meeting is due: as planned from the start, as it went, and as it will go from here. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from liaison.meetings.audience import ItemShown
from liaison.meetings.models import AgendaItem, Meeting

WORTH_SAYING = timedelta(minutes=5)
"""So far from the plan a time is told beside it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The times of one item, as far as the durations wanted and what has happened tell them."""

    planned: datetime | None
    """from here to `planned_end`, by the durations of all items before; None for what is done with"""
    planned_end: datetime | None
    began: datetime | None = None
    """when it was taken up, if that was on the day of the meeting"""
    ended: datetime | None = None
    over: int = 0
    """so many minutes the current item has taken more than it wanted"""
    expected: datetime | None = None
    """when an item still to come will begin, where that is another time than planned"""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The agenda in time."""

    slots: Mapping[int, Slot]
    expected_end: datetime | None
    """when the last open item will be done with; None where a duration is missing, or before and after the meeting"""
    late: int
    """so many minutes that is after the meeting's own end"""


def timetable(meeting: Meeting, items: Sequence[AgendaItem | ItemShown], now: datetime) -> Timetable:
    """The times of these accepted items, in their order. The open ones follow the current one, then those before it that were left."""
    plans = _planned(meeting, items)
    runs = meeting.held_at is None and meeting.starts_at <= now and not meeting.is_off
    at = next((n for n, item in enumerate(items) if _is_current(item)), None) if runs else None
    clock: datetime | None = now if runs else None
    if at is not None:
        clock = _end(items[at].begun_at or now, items[at])
        clock = max(clock, now) if clock else None
    expected: dict[int, datetime] = {}
    start = at if at is not None else 0
    ahead = [one for one in (*items[start:], *items[:start]) if one.settled_at is None and not _is_current(one)]
    for item in ahead:
        if clock is not None:
            expected[item.id] = clock
            clock = _end(clock, item)
    slots = {}
    for item in items:
        is_ahead = item.settled_at is None and meeting.held_at is None
        planned, planned_end = plans[item.id] if is_ahead else (None, None)
        on_the_day = item.begun_at is not None and _same_day(item.begun_at, meeting)
        begun = item.begun_at if on_the_day and item.begun_at != item.settled_at else None
        guess = expected.get(item.id)
        slots[item.id] = Slot(
            planned,
            planned_end,
            begun,
            item.settled_at if begun is not None else None,
            _over(item, now) if runs and _is_current(item) else 0,
            guess if guess and (planned is None or abs(guess - planned) >= WORTH_SAYING) else None,
        )
    is_open = runs and (at is not None or bool(ahead))
    late = int((clock - meeting.ends_at).total_seconds() // 60) if is_open and clock else 0
    return Timetable(slots, clock if is_open else None, max(late, 0))


def _planned(
    meeting: Meeting, items: Sequence[AgendaItem | ItemShown]
) -> dict[int, tuple[datetime | None, datetime | None]]:
    found: dict[int, tuple[datetime | None, datetime | None]] = {}
    clock: datetime | None = meeting.starts_at
    for item in items:
        end = _end(clock, item) if clock else None
        found[item.id] = (clock, end)
        clock = end
    return found


def _end(begin: datetime, item: AgendaItem | ItemShown) -> datetime | None:
    return begin + timedelta(minutes=item.duration_minutes) if item.duration_minutes else None


def _over(item: AgendaItem | ItemShown, now: datetime) -> int:
    end = _end(item.begun_at, item) if item.begun_at else None
    return max(0, int((now - end).total_seconds() // 60)) if end else 0


def _is_current(item: AgendaItem | ItemShown) -> bool:
    return item.begun_at is not None and item.settled_at is None


def _same_day(moment: datetime, meeting: Meeting) -> bool:
    return moment.astimezone(ZoneInfo(meeting.timezone)).date() == meeting.local_on
