"""By when a notice is to be answered, and when the clock speaks of it. Pure; all dates are local."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from liaison.calendaring.workdays import WorkCalendar, add_workdays, workday_before

HALF, DUE, UNANSWERED = "half", "due", "unanswered"
"""The reminders of one that waits: at half its time and on its day, to whoever is asked; the working day after it, to whoever asks."""
MOST_DAYS: Final = 120
DEFAULT_DAYS: Final = 5
"""Working days that a form proposes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder and the working day on which it goes."""

    step: str
    on: date


def due_on(calendar: WorkCalendar, arrived_on: date, days: int | None) -> date | None:
    """The local date by whose end it is to be answered: so many working days after it was sent; None without a deadline."""
    return None if days is None else add_workdays(calendar, arrived_on, days).date


def next_workday(calendar: WorkCalendar, day: date) -> date:
    """The day itself, or where it is free the first working day after it (顺延)."""
    return day if calendar.is_workday(day) else add_workdays(calendar, day, 1).date


def steps(calendar: WorkCalendar, arrived_on: date, due: date) -> list[Step]:
    """The reminders of a notice that arrived and is due on these days, in their order. Half of an odd number of working days is rounded
    up; one that would fall on the last day or later is left out."""
    last = due if calendar.is_workday(due) else workday_before(calendar, due).date
    days = 0
    while days < MOST_DAYS and add_workdays(calendar, arrived_on, days + 1).date <= last:
        days += 1
    half = add_workdays(calendar, arrived_on, (days + 1) // 2).date
    found = [Step(HALF, half)] if arrived_on < half < last else []
    return [*found, Step(DUE, last), Step(UNANSWERED, add_workdays(calendar, due, 1).date)]


def newest_step(calendar: WorkCalendar, arrived_on: date, due: date, today: date, *, since: date) -> Step | None:
    """The last reminder that has come by today; what lay before `since` is skipped, and after an outage only the newest goes."""
    come = [step for step in steps(calendar, arrived_on, due) if since <= step.on <= today]
    return come[-1] if come else None


def next_step_on(calendar: WorkCalendar, arrived_on: date, due: date | None, *, since: date) -> date | None:
    """The first day on or after `since` on which a reminder falls; None when none is left."""
    if due is None:
        return None
    return min((step.on for step in steps(calendar, arrived_on, due) if step.on >= since), default=None)
