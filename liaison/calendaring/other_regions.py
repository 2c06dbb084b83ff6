"""Holidays of regions other than China, from the package holidays.

The package computes any year up to 2100 and does not say which of them are announced. Here a year counts as announced
up to `ANNOUNCED_UNTIL`, and only if none of its holidays is marked as an estimate (such as those that follow the moon).
"""

import datetime as dt
from dataclasses import dataclass

import holidays

FIRST_YEAR, LAST_YEAR = 2004, 2036
# England, Wales, Scotland and Northern Ireland publish their bank holidays some years ahead (gov.uk/bank-holidays).
ANNOUNCED_UNTIL = {"GB": 2027}
ANNOUNCED_UNTIL_ELSEWHERE = 2026


@dataclass(frozen=True, slots=True)
class RegionDays:
    holidays: frozenset[dt.date]
    makeups: frozenset[dt.date]
    official_years: frozenset[int]
    weekend: frozenset[int]


def days_of(region: str) -> RegionDays | None:
    """The days of `GB`, `GB-ENG`, …; None if the package does not know the region.

    Takes about 0.4 s the first time in a process. Weekends are today's, also for past years.
    """
    country, _, part = region.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=range(FIRST_YEAR, LAST_YEAR + 1))
    except NotImplementedError:
        return None
    mark = getattr(found, "estimated_label", "%s (estimated)").replace("%s", "").strip(" ()\uff08\uff09")
    estimated = {day.year for day, name in found.items() if mark in name}
    until = ANNOUNCED_UNTIL.get(country, ANNOUNCED_UNTIL_ELSEWHERE)
    return RegionDays(
        holidays=frozenset(found),
        makeups=frozenset(found.weekend_workdays) - frozenset(found),
        official_years=frozenset(range(FIRST_YEAR, until + 1)) - estimated,
        weekend=frozenset(found.weekend),
    )
