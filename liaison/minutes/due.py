"""By when agencies are asked to sign minutes, and when silence is taken for consent. Pure; all dates are local."""

from datetime import date
from typing import Final

from liaison.calendaring.deadlines import check_profile
from liaison.calendaring.workdays import add_workdays, region_calendar
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import Meeting

ANSWER_DAYS: Final = 3
"""Working days that agencies are given at least to answer, where the mechanism's deadline is nearer or past."""


def due_by_profile(meeting: Meeting, today: date) -> date:
    """Until when agencies are asked to sign, if nobody says otherwise. Needs `mechanism`."""
    calendar, profile = region_calendar(meeting.mechanism.region), check_profile(meeting.mechanism.deadlines)
    by_profile = add_workdays(calendar, meeting.local_on, profile["countersign"]).date
    return max(by_profile, add_workdays(calendar, today, ANSWER_DAYS).date)


def deemed_from(mechanism: Mechanism, due_on: date) -> date | None:
    """The working day after `due_on`, from which who said nothing is taken to agree; None where silence is no consent."""
    return add_workdays(region_calendar(mechanism.region), due_on, 1).date if mechanism.silence_consents else None
