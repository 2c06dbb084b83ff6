"""休眠: a mechanism in which nothing happened for so long that somebody should say whether it goes on. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from liaison.calendaring.recurrence import nominal_dates, parse_rule
from liaison.mechanisms.rhythm import Promise

YEAR = timedelta(days=365)
SHORTEST = timedelta(days=60)
"""No rhythm is so quick that a mechanism sleeps earlier."""


@dataclass(frozen=True, slots=True)
class Dormant:
    """A mechanism that sleeps; `last_on` is the day of the last trace, None where there never was any."""

    last_on: date | None


def dormant_after(promises: Iterable[Promise], today: date) -> timedelta:
    """So long without any trace: twice the time between two promised meetings, twelve months where none are promised."""
    ahead = [
        day
        for one in promises
        for day in nominal_dates(parse_rule(one.rrule, starts_on=one.starts_on), today, today + YEAR)
    ]
    return max(SHORTEST, 2 * YEAR / len(ahead)) if ahead else YEAR


def asleep(last_on: date | None, entered_on: date | None, after: timedelta, today: date) -> Dormant | None:
    """Whether it sleeps. What never left a trace is counted from the day it was entered here, and is left alone where that is not known."""
    since = last_on or entered_on
    return Dormant(last_on) if since is not None and today - since > after else None
