"""When an action item is due soon or overdue, and on which days its people are reminded. Pure; all dates are local."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from liaison.calendaring.deadlines import MAIL_TIME, first_mail_day
from liaison.calendaring.workdays import WorkCalendar, add_workdays, workday_before

NONE, DUE_SOON, OVERDUE = "none", "due_soon", "overdue"
DUE = "due"
SOON = 3
"""Working days before the due date from which an open item is 临期."""
STEPS: Final = {"before": -SOON, DUE: 0, "overdue_1": 1, "overdue_5": 5}
"""Working days around the due date on which reminders go (PRACTICE.md "One quarter"), in their order."""
TO_LIAISON = ("overdue_1", "overdue_5")
"""The steps that also go to the liaison of the responsible agency."""
TO_HOST = ("overdue_5",)
"""The steps that also go to the liaison of the host agency."""


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder of an item and the working day on which it goes."""

    step: str
    on: dt.date


def told_from(assigned_at: dt.datetime, timezone: str) -> dt.datetime:
    """From when an item counts as told: the first morning on which the clock's mail may speak of it. Until then who entered it mends what
    was mistyped; afterwards people work by its date."""
    zone = ZoneInfo(timezone)
    return dt.datetime.combine(first_mail_day(assigned_at, zone), MAIL_TIME, zone)


def due_state(calendar: WorkCalendar, due_on: dt.date | None, today: dt.date) -> str:
    """none, due_soon or overdue, of an item that is still open."""
    if due_on is None:
        return NONE
    if due_on < today:
        return OVERDUE
    return DUE_SOON if add_workdays(calendar, due_on, -SOON).date <= today else NONE


def steps(calendar: WorkCalendar, due_on: dt.date) -> list[Step]:
    """The reminders of an item due on that day, in their order. The one on the day itself goes on the working day before
    where the day is free, so that no mail goes out on a free day."""
    return [Step(name, _day(calendar, due_on, offset)) for name, offset in STEPS.items()]


def newest_step(calendar: WorkCalendar, due_on: dt.date, today: dt.date, *, since: dt.date) -> Step | None:
    """The last step that has come by today, if the item existed before it (`since`: the first day a step may fall on).

    After an outage only this one goes: the steps it has overtaken say nothing new."""
    come = [step for step in steps(calendar, due_on) if since <= step.on <= today]
    return come[-1] if come else None


def next_step_on(calendar: WorkCalendar, due_on: dt.date | None, *, since: dt.date) -> dt.date | None:
    """The first day on or after `since` on which a step falls; None when none is left."""
    if due_on is None:
        return None
    return min((step.on for step in steps(calendar, due_on) if step.on >= since), default=None)


def next_step_by_other_days(
    before: WorkCalendar, after: WorkCalendar, due_on: dt.date, *, since: dt.date
) -> dt.date | None:
    """The same after the working days of a region were corrected: a step that still lay ahead by the former days, and lies behind by
    the present ones, goes with the next mail instead of never."""
    lost = any(was.on >= since > now.on for was, now in zip(steps(before, due_on), steps(after, due_on), strict=True))
    return since if lost else next_step_on(after, due_on, since=since)


def _day(calendar: WorkCalendar, due_on: dt.date, offset: int) -> dt.date:
    if offset:
        return add_workdays(calendar, due_on, offset).date
    return due_on if calendar.is_workday(due_on) else workday_before(calendar, due_on).date
