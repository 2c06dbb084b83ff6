"""The steps around a meeting: when items are called for, notices go out, minutes are due.

Offsets are working days from the meeting day T; each mechanism may change them.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from liaison.calendaring.workdays import DueDay, WorkCalendar, add_workdays

# In the order in which they happen; check_profile keeps that order.
PROFILE: Final[Mapping[str, int]] = MappingProxyType(
    {
        "call_for_items": -20,
        "items_due": -10,
        "pre_meeting": -7,
        "agenda_approved": -6,
        "meeting_notice": -5,
        "replies_due": -3,
        "reminder": -1,
        "minutes_draft": 2,
        "countersign": 5,
        "issue": 7,
    }
)
MAIL_TIME: Final = dt.time(8, 30)
"""Mail that the clock calls for goes at this local time on working days (PRACTICE.md 14)."""
LARGEST_OFFSET = 260  # working days, about a year


class ProfileRefused(ValueError):
    """Deadlines that are not taken: the step concerned, a code and parameters, worded when shown.

    Codes: `unknown_step`, `not_a_number`, `out_of_range` (least, most), `before_meeting`, `after_meeting` (the step
    belongs on the other side of the meeting), `order` (after: the step that must not come later).
    """

    def __init__(self, field: str, code: str, params: Mapping[str, str] | None = None) -> None:
        super().__init__(field, code, dict(params or {}))
        self.field = field
        self.code = code
        self.params = dict(params or {})


@dataclass(frozen=True, slots=True)
class Step:
    """One step around a meeting and the day it is due."""

    step: str
    date: dt.date
    certain: bool


def steps(calendar: WorkCalendar, meeting_day: dt.date, profile: Mapping[str, int] = PROFILE) -> list[Step]:
    """What is due when for a meeting on this day, in the order of the profile.

    On a meeting day in a year without announced holidays no step is certain.
    """
    return list(_steps(calendar, meeting_day, tuple(profile.items())))


@lru_cache(maxsize=2048)  # many mechanisms meet on the same days
def _steps(calendar: WorkCalendar, meeting_day: dt.date, profile: tuple[tuple[str, int], ...]) -> tuple[Step, ...]:
    days = ((step, add_workdays(calendar, meeting_day, offset)) for step, offset in profile)
    return tuple(Step(step, due.date, due.certain) for step, due in days)


def replies_due(calendar: WorkCalendar, meeting_day: dt.date, profile: Mapping[str, int] = PROFILE) -> DueDay:
    """Until when slips and answers are asked for."""
    return add_workdays(calendar, meeting_day, profile.get("replies_due", PROFILE["replies_due"]))


def first_mail_day(since: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The first local date whose clock mail can speak of something that exists `since` that instant: steps that lay before
    are skipped (PRACTICE.md)."""
    local = since.astimezone(zone)
    return local.date() if local.time() <= MAIL_TIME else local.date() + dt.timedelta(days=1)


def check_profile(given: Mapping[str, object]) -> dict[str, int]:
    """A complete profile from what a form, a file or the API gives, or ProfileRefused naming the step.

    A step left out keeps its default. Steps may share a day but not change places, and none crosses the meeting.
    """
    for step in given:
        if step not in PROFILE:
            raise ProfileRefused(str(step), "unknown_step")
    profile = {step: _offset(step, given.get(step, default)) for step, default in PROFILE.items()}
    earlier = ""
    for step, offset in profile.items():
        if PROFILE[step] < 0 < offset:
            raise ProfileRefused(step, "before_meeting")
        if offset < 0 < PROFILE[step]:
            raise ProfileRefused(step, "after_meeting")
        if earlier and offset < profile[earlier]:
            # Blame the one that was typed, not a default beside it.
            blamed, params = (step, {"after": earlier}) if step in given else (earlier, {"before": step})
            raise ProfileRefused(blamed, "order", params)
        earlier = step
    return profile


def _offset(step: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProfileRefused(step, "not_a_number")
    if abs(value) > LARGEST_OFFSET:
        raise ProfileRefused(step, "out_of_range", {"least": str(-LARGEST_OFFSET), "most": str(LARGEST_OFFSET)})
    return value
