"""Until when answers may be changed and agenda items sent in, and when the clock reminds of a meeting. Pure."""

from datetime import date, datetime

from liaison.calendaring.deadlines import check_profile, first_mail_day, replies_due
from liaison.calendaring.workdays import add_workdays, region_calendar
from liaison.meetings.models import AgendaItem, Meeting


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


def remind_on(meeting: Meeting, now: datetime) -> date | None:
    """The local date on which the clock reminds of the meeting as it is announced `now` (T-1 working day, or as the mechanism's
    profile says); None where that day has passed before the notice goes out. Needs `mechanism`."""
    offset = check_profile(meeting.mechanism.deadlines)["reminder"]
    on = add_workdays(region_calendar(meeting.mechanism.region), meeting.local_on, offset).date
    return on if on >= first_mail_day(now, meeting.zone) else None


def items_due_on(meeting: Meeting) -> date | None:
    """Until the end of which local date agenda items are to be sent in, by the mechanism's profile; None where that day had passed when
    the meeting was scheduled, and while it has no date. Needs `mechanism`."""
    if meeting.is_off:
        return None
    offset = check_profile(meeting.mechanism.deadlines)["items_due"]
    on = add_workdays(region_calendar(meeting.mechanism.region), meeting.local_on, offset).date
    return on if on >= meeting.created_at.astimezone(meeting.zone).date() else None


def is_late(item: AgendaItem, meeting: Meeting, due_on: date | None) -> bool:
    """Whether the item came after that date (`items_due_on`)."""
    return due_on is not None and item.proposed_at.astimezone(meeting.zone).date() > due_on
