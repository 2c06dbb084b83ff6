"""The words for a mechanism's codes, as msgids; pages and mails word them in their reader's language."""

from datetime import date

from liaison.calendaring.deadlines import ProfileRefused
from liaison.errors import Message
from liaison.i18n import N_

ROLES = {"principal": N_("Liaison"), "acting": N_("Acting liaison"), "deputy": N_("Deputy liaison")}
TAKES_PART = {"online": N_("Online"), "mail": N_("By mail only"), "paper": N_("On paper")}
STEPS = {
    "call_for_items": N_("Call for agenda items"),
    "items_due": N_("Agenda items due"),
    "pre_meeting": N_("Liaison pre-meeting"),
    "agenda_approved": N_("Agenda approved"),
    "meeting_notice": N_("Meeting notice"),
    "replies_due": N_("Slips and answers due"),
    "reminder": N_("Reminder"),
    "minutes_draft": N_("Draft of the minutes"),
    "countersign": N_("Countersigning"),
    "issue": N_("Minutes issued"),
}


def said_day(day: date) -> Message:
    """A date inside another sentence."""
    return Message(N_("%(year)s-%(month)02d-%(day)02d"), {"year": day.year, "month": day.month, "day": day.day})


def said_term(starts_on: date, ends_on: date | None) -> Message:
    """A half-open term inside another sentence; the day it ends is the first without it."""
    if ends_on is None:
        return Message(N_("since %(start)s"), {"start": said_day(starts_on)})
    return Message(N_("from %(start)s until before %(end)s"), {"start": said_day(starts_on), "end": said_day(ends_on)})


def profile_refused(refusal: ProfileRefused) -> Message:
    """Why a deadline is not taken."""
    match refusal.code:
        case "unknown_step":
            return Message(N_("There is no such step."))
        case "not_a_number":
            return Message(N_("Please give a whole number."))
        case "out_of_range":
            return Message(N_("Please give a number from %(least)s to %(most)s."), refusal.params)
        case "before_meeting":
            return Message(N_("This step lies before the meeting: please give a number not above 0."))
        case "after_meeting":
            return Message(N_("This step lies after the meeting: please give a number not below 0."))
    if "after" in refusal.params:
        return Message(
            N_("This step may not come before “%(step)s”."), {"step": Message(STEPS[refusal.params["after"]])}
        )
    return Message(N_("This step may not come after “%(step)s”."), {"step": Message(STEPS[refusal.params["before"]])})
