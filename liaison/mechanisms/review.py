"""When an agreement comes up for review: on which days its members are reminded, and since when it is late. Pure; all dates are local."""

from datetime import date, timedelta
from typing import Final

from liaison.calendaring.workdays import WorkCalendar, workday_before

REVIEW_STEPS: Final = {"review_90": 90, "review_30": 30, "review_7": 7}
"""Calendar days before the review on which every member is reminded, in their order."""
SOON: Final = timedelta(days=90)
"""So long before its day a review is something to prepare."""


def is_near(review_on: date | None, today: date) -> bool:
    """Whether the review is something to prepare, or late: until a later date is entered."""
    return review_on is not None and review_on - today <= SOON


def newest_review_step(calendar: WorkCalendar, review_on: date, today: date) -> str | None:
    """The last step that has come; after an outage only this one goes."""
    return next((step for step, day in reversed(_days(calendar, review_on).items()) if day <= today), None)


def next_review_day(calendar: WorkCalendar, review_on: date | None, *, since: date) -> date | None:
    """The first day on or after `since` on which a step falls; None when none is left. A step that lay before the date was entered is
    skipped."""
    if review_on is None:
        return None
    return min((day for day in _days(calendar, review_on).values() if day >= since), default=None)


def _days(calendar: WorkCalendar, review_on: date) -> dict[str, date]:
    """Each step's day; where that is free, the working day before it."""
    found = {}
    for step, days in REVIEW_STEPS.items():
        day = review_on - timedelta(days=days)
        found[step] = day if calendar.is_workday(day) else workday_before(calendar, day).date
    return found
