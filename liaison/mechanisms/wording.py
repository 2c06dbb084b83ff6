"""The words for a mechanism's codes, as msgids; pages and mails word them in their reader's language."""

from datetime import date

from liaison.calendaring.deadlines import ProfileRefused
from liaison.errors import Message
from liaison.i18n import N_, Words
from liaison.mechanisms.obligations import ANSWERS, COUNTED, MEETINGS, MINUTES, QUARTER, YEAR, Obligation

ROLES = {"principal": N_("Liaison"), "acting": N_("Acting liaison"), "deputy": N_("Deputy liaison")}
TAKES_PART = {"online": N_("Online"), "mail": N_("By mail only"), "paper": N_("On paper")}
OBLIGATIONS = {
    "meetings": N_("Joint meetings, so many a period"),
    "activities": N_("Joint activities, so many a period"),
    "answers": N_("Answers within working days"),
    "minutes": N_("Minutes issued within working days"),
    "liaison": N_("A liaison at all times"),
}
PERIODS = {"quarter": N_("a quarter"), "half": N_("a half-year"), "year": N_("a year")}
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
    "issue": N_("Issue of the minutes"),
}
MARKS = {
    "held": N_("Held"),
    "announced": N_("Announced"),
    "draft": N_("Planned, notice not sent"),
    "promised": N_("Agreed, not arranged yet"),
    "postponed": N_("Postponed"),
    "cancelled": N_("Cancelled"),
}
FIELDS = {
    "name": N_("Name"),
    "short_name": N_("Short name"),
    "programme": N_("Programme"),
    "lead_agency_id": N_("Lead agency"),
    "members": N_("Member agencies"),
    "joined_on": N_("Member from"),
    "left_on": N_("First day no longer a member"),
    "takes_part": N_("Takes part"),
    "agency_id": N_("Agency"),
    "host_rotation": N_("Hosts in turn"),
    "quorum": N_("Quorum (agencies)"),
    "must_include": N_("Must be there for the quorum"),
    "all_sign": N_("All member agencies sign the minutes"),
    "silence_consents": N_("Silence counts as consent to the minutes"),
    "first_ordinal": N_("Number of the first meeting recorded here"),
    "needs_closing": N_("Done action items are closed by another agency's liaison or the chair"),
    "mailbox": N_("Mailbox of the mechanism"),
    "timezone": N_("Time zone"),
    "region": N_("Region of the holiday calendar"),
    "locale": N_("Language of its papers"),
    "ended_on": N_("Ended on"),
    "title": N_("Title"),
    "doc_no": N_("Document number"),
    "signed_on": N_("Signed on"),
    "effective_on": N_("In force from"),
    "review_on": N_("To be reviewed on"),
    "person_id": N_("Person"),
    "to_person_id": N_("Successor"),
    "role": N_("Role"),
    "starts_on": N_("Term begins on"),
    "ends_on": N_("Term ends before"),
    "basis_ref": N_("Basis (number of the letter)"),
    **STEPS,
}
"""What forms call their fields; error summaries and stored values use the same words."""


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


def promised(words: Words, said: Obligation) -> str:
    """What is promised, in a few words."""
    if said.kind in COUNTED:
        each = {
            QUARTER: words._("each quarter"),
            YEAR: words._("each year"),
        }.get(said.period or YEAR, words._("each half-year"))
        if said.kind == MEETINGS:
            meetings = words.ngettext("%(n)d joint meeting", "%(n)d joint meetings", said.amount or 1)
            return words._("at least %(what)s %(each)s", what=meetings, each=each)
        activities = words.ngettext("%(n)d joint activity", "%(n)d joint activities", said.amount or 1)
        return words._("at least %(what)s %(each)s", what=activities, each=each)
    days = words.ngettext("%(n)d working day", "%(n)d working days", said.amount or 1)
    if said.kind == ANSWERS:
        return words._("answers within %(days)s", days=days)
    return (
        words._("minutes issued within %(days)s", days=days)
        if said.kind == MINUTES
        else words._("a liaison at all times")
    )
