"""What a meeting's date and deadlines come to when the working days of its region are corrected. Pure.

A meeting that nobody was told of may follow its series' rule to another day; one that was announced never moves by itself, and what
people were told stays as they were told it."""

from datetime import date, datetime
from typing import Final

from liaison.calendaring.deadlines import check_profile, first_mail_day, replies_due
from liaison.calendaring.deadlines import steps as deadline_steps
from liaison.calendaring.walltime import instant_of
from liaison.calendaring.workdays import Roll, Rolled, WorkCalendar, add_workdays, roll
from liaison.meetings.models import Meeting, Series

REPLIES_DUE: Final = "replies_due"


def by_rule(meeting: Meeting, series: Series | None, calendar: WorkCalendar) -> Rolled | None:
    """Where the series' rule puts the meeting in this calendar; None for one that was planned from no series."""
    if series is None or meeting.nominal_on is None:
        return None
    return roll(calendar, meeting.nominal_on, Roll(series.roll), series.avoid_makeup)


def follows(meeting: Meeting, was: Rolled | None, now: Rolled | None) -> bool:
    """Whether it stands where its rule put it, and the rule now names another day: nobody chose that day for itself."""
    return was is not None and now is not None and meeting.local_on == was.date != now.date


def moved_deadlines(
    meeting: Meeting, before: WorkCalendar, after: WorkCalendar, today: date
) -> list[tuple[str, date, date]]:
    """The steps around a meeting that stays where it is which are due on another day, as far as one of both days is still to come.

    Until when to answer is not among them where it was typed, or told to those asked."""
    profile = check_profile(meeting.mechanism.deadlines)
    pairs = zip(
        deadline_steps(before, meeting.local_on, profile), deadline_steps(after, meeting.local_on, profile), strict=True
    )
    fixed = meeting.replies_due_on is not None or meeting.announced_at is not None
    return [
        (was.step, was.date, now.date)
        for was, now in pairs
        if was.date != now.date and max(was.date, now.date) >= today and not (fixed and was.step == REPLIES_DUE)
    ]


def move_to(meeting: Meeting, day: Rolled) -> None:
    """Let a meeting that nobody was told of follow its rule. Raises NoSuchTime where the clocks skip its time on that day."""
    local_start = datetime.combine(day.date, meeting.local_start.time())
    meeting.starts_at = instant_of(local_start, meeting.zone)
    meeting.local_start = local_start
    meeting.replies_due_on = None
    stands_by(meeting, day)


def stands_by(meeting: Meeting, day: Rolled) -> None:
    """Note that it stands where its rule puts it: why, and whether for certain."""
    meeting.why_moved = {"code": day.why.code, "params": dict(day.why.params)} if day.why else None
    meeting.provisional = not day.certain


def stands_apart(meeting: Meeting, calendar: WorkCalendar) -> None:
    """Note that it stays where its rule puts it no more; what is certain by now is no longer provisional."""
    meeting.why_moved = None
    meeting.provisional = meeting.provisional and not calendar.is_certain(meeting.local_on)


def keep_what_was_told(meeting: Meeting, before: WorkCalendar, after: WorkCalendar) -> None:
    """Those who were asked answer until the day they were told."""
    profile = check_profile(meeting.mechanism.deadlines)
    was, now = (replies_due(calendar, meeting.local_on, profile).date for calendar in (before, after))
    if meeting.replies_due_on is None and was != now and meeting.dtstamp is not None:
        told_on = meeting.dtstamp.astimezone(meeting.zone).date()
        meeting.replies_due_on = was if was > told_on else meeting.local_on


def plan_reminder(meeting: Meeting, before: WorkCalendar, after: WorkCalendar, now: datetime) -> None:
    """The clock's reminder by the other days, if one is still to go; a day that has passed by then is the next morning instead."""
    offset = check_profile(meeting.mechanism.deadlines)["reminder"]
    if meeting.remind_on is not None and meeting.remind_on == add_workdays(before, meeting.local_on, offset).date:
        on = add_workdays(after, meeting.local_on, offset).date
        meeting.remind_on = max(on, first_mail_day(now, meeting.zone))
