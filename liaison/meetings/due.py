"""Until when answers may be changed and agenda items sent in, and when the clock reminds of a meeting. Pure."""

from datetime import date, datetime

from liaison.calendaring.deadlines import check_profile, first_mail_day, replies_due
from liaison.calendaring.workdays import add_workdays, region_calendar
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.step_models import MeetingStep


def replies_due_on(meeting: Meeting, now: datetime) -> date | None:
    """Until the end of which local date slips may be changed: as the officer set it, else the mechanism's profile (T-3 working
    days); the meeting day itself where that date had passed when the newest notice went out (`now` while none has under the
    meeting's UID). So whoever a late notice asks has a day to answer on. None once the meeting is off."""
    return due_when_told(meeting, meeting.dtstamp or now)


def due_when_told(meeting: Meeting, told: datetime) -> date | None:
    """The same for a notice that goes out at that instant."""
    if meeting.replies_due_on:
        return meeting.replies_due_on
    if meeting.postponed_at or meeting.cancelled_at:
        return None
    due = replies_due(
        region_calendar(meeting.mechanism.region), meeting.local_on, check_profile(meeting.mechanism.deadlines)
    ).date
    return due if due > told.astimezone(meeting.zone).date() else meeting.local_on


def remind_on(meeting: Meeting, now: datetime, step: MeetingStep | None = None) -> date | None:
    """The local date on which the clock reminds of the meeting as it is announced `now` (T-1 working day, or as the mechanism's
    profile or an officer says: `step`); None where that day has passed before the notice goes out, or the step is skipped or
    done. Needs `mechanism`."""
    if step is not None and (step.skipped_at or (step.done_at and step.done_for == meeting.local_on)):
        return None
    offset = check_profile(meeting.mechanism.deadlines)["reminder"]
    on = add_workdays(region_calendar(meeting.mechanism.region), meeting.local_on, offset).date
    if step is not None and step.due_on is not None and step.due_on <= meeting.local_on:
        on = step.due_on
    return on if on >= first_mail_day(now, meeting.zone) else None


def is_late(item: AgendaItem, meeting: Meeting, due_on: date | None) -> bool:
    """Whether the item came after that date (`steps.items_due_on`). What the meeting itself takes up is not late; of one entered
    afterwards nobody knows when they came."""
    return (
        due_on is not None
        and meeting.entered_afterwards_at is None
        and item.proposed_at < meeting.starts_at
        and item.proposed_at.astimezone(meeting.zone).date() > due_on
    )
