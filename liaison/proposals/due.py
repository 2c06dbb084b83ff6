"""By when the members are asked to sign. Pure; all dates are local."""

from datetime import date
from typing import Final

from liaison.calendaring.workdays import add_workdays, region_calendar
from liaison.mechanisms.models import Mechanism

ANSWER_DAYS: Final = 10
"""Working days that the members are given, if nobody says otherwise."""


def default_due(mechanism: Mechanism, today: date) -> date:
    """Until when, if nobody says otherwise."""
    return add_workdays(region_calendar(mechanism.region), today, ANSWER_DAYS).date
