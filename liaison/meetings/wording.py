"""The names of kinds, roles and answers as officers say them, and sentences that mails and pages share. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from liaison.calendaring.recurrence import RuleRefused
from liaison.errors import Message
from liaison.i18n import N_, Words
from liaison.meetings.audience import HIDDEN
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import Meeting

KIND_NAMES = {
    "regular": N_("Regular meeting"),
    "extraordinary": N_("Extraordinary meeting"),
    "pre_meeting": N_("Liaison pre-meeting"),
    "topical": N_("Topical meeting"),
    "publicity": N_("Joint publicity"),
    "reception": N_("Joint reception day"),
    "lecture": N_("Lecture"),
    "legal_education": N_("Legal education"),
}
ROLE_NAMES = {
    "chair": N_("Chair"),
    "required": N_("Attends"),
    "optional": N_("May attend"),
    "in_attendance": N_("In attendance"),
}
PURPOSE_NAMES = {
    "study": N_("Study"),
    "consult": N_("Consult"),
    "report": N_("Report"),
    "push_forward": N_("Push forward"),
    "deliberate": N_("Deliberate"),
    "other": N_("Other"),
}
ANSWER_NAMES = {
    "needs_action": N_("Not answered"),
    "accepted": N_("Accepted"),
    "substitute": N_("Sends a substitute"),
    "tentative": N_("Tentative"),
    "declined": N_("Declined"),
    "unconfirmed": N_("To be confirmed"),
}
ATTENDANCE_NAMES = {
    "present": N_("Present"),
    "in_attendance": N_("Present without vote"),
    "apologies": N_("Apologies"),
    "absent": N_("Absent"),
}
GROUP_NAMES = {
    "present": N_("Present"),
    "substitute": N_("Substitute"),
    "in_attendance": N_("In attendance"),
    "apologies": N_("Apologies"),
    "absent": N_("Absent"),
    "unchecked": N_("Not noted"),
}
"""How people took part, as a record lists them."""
LEAVE_NAMES = {
    "approved": N_("leave approved"),
    "substitute_asked": N_("substitute asked for"),
    "open": N_("not confirmed by the agency"),
}
STATE_NAMES = {
    "draft": N_("Draft"),
    "announced": N_("Announced"),
    "held": N_("Held"),
    "cancelled": N_("Cancelled"),
    "postponed": N_("Postponed"),
}
REGISTERED_NAMES = {
    "phone": N_("by phone"),
    "in_person": N_("in person"),
    "paper": N_("on paper"),
    "chat": N_("in a chat"),
    "mail": N_("by mail"),
    "other": N_("another way"),
}
VIA_NAMES = {
    "web": N_("on the page"),
    "link": N_("by the link in the mail"),
    "api": N_("by a program"),
    "mail": N_("by mail"),
    "registered": N_("registered by an officer"),
}
"""Which way an answer came."""
CHANGE_NAMES = {
    "invited": N_("Meeting notice"),
    "guests": N_("Invitation letter"),
    "moved": N_("Change of date"),
    "updated": N_("Change of notice"),
    "cancelled": N_("Cancellation"),
    "postponed": N_("Postponement"),
    "removed": N_("No longer asked to come"),
    "handed_over": N_("Change of liaison"),
    "handed_on": N_("Change of liaison"),
    "again": N_("The notice once more"),
}
CHANGE_REASONS = {
    "invited": N_("has not received this meeting yet"),
    "moved": N_("the time is not what they were told"),
    "updated": N_("place, text, agenda or list differ from what they hold"),
    "cancelled": N_("holds this meeting in the calendar"),
    "postponed": N_("holds this meeting in the calendar"),
    "removed": N_("was told, and is no longer on the list"),
    "handed_over": N_("is the agency's liaison by now"),
    "handed_on": N_("is not the agency's liaison any more"),
    "again": N_("is asked to answer anew, or gets it once more"),
}
FIGURE_NAMES = {
    "brochures": N_("Brochures handed out"),
    "consultations": N_("People advised on the spot"),
    "turnout": N_("People who came"),
    "leads": N_("Leads found"),
}
SUBJECTS = {
    "invited": N_("[Meeting notice] %(title)s, %(when)s"),
    "guests": N_("[Invitation] %(title)s, %(when)s"),
    "moved": N_("[Meeting moved] %(title)s, now %(when)s"),
    "updated": N_("[Meeting changed] %(title)s, %(when)s"),
    "cancelled": N_("[Meeting cancelled] %(title)s, %(when)s"),
    "postponed": N_("[Meeting postponed] %(title)s"),
    "removed": N_("[Meeting changed] %(title)s: no need to come"),
    "handed_over": N_("[Meeting notice] %(title)s, %(when)s"),
    "handed_on": N_("[Meeting changed] %(title)s: no longer with you as liaison"),
    "again": N_("[Meeting notice] %(title)s, %(when)s"),
    "reminder": N_("[Meeting reminder] Please answer: %(title)s, %(when)s"),
}
_HONORIFICS = {
    "院": "贵院",
    "局": "贵局",
    "委": "贵委",
    "厅": "贵厅",
    "办": "贵办",
    "处": "贵处",
    "中心": "贵中心",
    "会": "贵会",
}


def your_agency(name: str, words: Words) -> str:
    """How a letter addresses an agency: 贵院, 贵局, …, 贵单位."""
    if words.locale != "zh_CN":
        return words._("your agency")
    return next((said for ending, said in _HONORIFICS.items() if name.endswith(ending)), "贵单位")


def taken_over(told: str, words: Words, *, liaison_of: str, deputy_of: str) -> str:
    """Why a notice of before now comes to an address: to the new liaison or deputy of these agencies, or to whoever was their
    liaison and is asked by name as well. `told` is what is asked."""
    facts = {"told": told, "names": liaison_of or deputy_of}
    if liaison_of:
        return words._(
            "The liaison of %(names)s has changed, so this notice now comes to you. %(told)s If the slip was returned already, its"
            " link shows it, and you may change it.",
            **facts,
        )
    if deputy_of:
        return words._("As deputy liaison of %(names)s you now get a copy of this notice. %(told)s", **facts)
    return words._(
        "Your agency's slip goes to its present liaison; you yourself are still asked to come. %(told)s", **facts
    )


LAST_ACTIONS = N_("How the last meetings’ action items stand")
"""The first item of every joint meeting but the first (PRACTICE.md 5)."""


def item_words(item: Mapping[str, Any], words: Words) -> tuple[str, list[str]]:
    """What an announced item is called, and the agency and presenter to it: of one with an audience that its reader was not found to
    belong to (audience.shown_to) nothing."""
    if item.get("audience") is not None:
        return words._(HIDDEN), []
    return item["title"], [part for part in (item["agency"], item["presenter"]) if part]


def standing_of(meeting: Meeting, words: Words) -> str:
    """What a sheet of paper says behind the time of a meeting: that it is cancelled, postponed or provisional; mostly nothing."""
    state = STATE_NAMES[meeting.state] if meeting.is_off else N_("Provisional") if meeting.provisional else ""
    return words._(" (%(details)s)", details=words._(state)) if state else ""


def activity_lines(snapshot: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Of a joint activity who co-hosts it and whom it is for, each with its label, as far as there is anything."""
    said = ((N_("Co-hosted by"), snapshot.get("co_hosts")), (N_("For"), snapshot.get("audience_groups")))
    return [(words._(label), words._(", ").join(names)) for label, names in said if names]


def agenda_lines(snapshot: Mapping[str, Any], words: Words) -> list[str]:
    """One numbered line an item: title (agency, presenter, minutes)."""
    lines = [f"1. {words._(LAST_ACTIONS)}"] if snapshot.get("last_actions") else []
    for number, item in enumerate(snapshot["agenda"], len(lines) + 1):
        minutes = (
            words.ngettext("%(n)d minute", "%(n)d minutes", item["duration_minutes"])
            if item["duration_minutes"]
            else None
        )
        title, details = item_words(item, words)
        details += [minutes] if minutes else []
        lines.append(f"{number}. {title}" + (words._(" (%(details)s)", details=" · ".join(details)) if details else ""))
    return lines


def agenda_rows(snapshot: Mapping[str, Any], words: Words) -> list[dict[str, str]]:
    """The same items as rows of a table: `title` and `details`."""
    rows = []
    for item in snapshot["agenda"]:
        title, details = item_words(item, words)
        minutes = item["duration_minutes"]
        details += [words.ngettext("%(n)d min", "%(n)d min", minutes)] if minutes else []
        rows.append({"title": title, "details": " · ".join(details)})
    return rows


_MOVED = {
    ("holiday", "following"): N_("%(day)s is a statutory holiday: moved to the next working day."),
    ("holiday", "preceding"): N_("%(day)s is a statutory holiday: moved to the working day before."),
    ("weekend", "following"): N_("%(day)s falls on a weekend: moved to the next working day."),
    ("weekend", "preceding"): N_("%(day)s falls on a weekend: moved to the working day before."),
    ("makeup_avoided", "following"): N_("%(day)s is a make-up workday: moved to the next regular working day."),
    ("makeup_avoided", "preceding"): N_("%(day)s is a make-up workday: moved to the regular working day before."),
}


def why_moved(why: Mapping[str, Any], words: Words) -> str:
    """Why a date is not where its rule puts it (`code` and `params` of calendaring.workdays.Why), as one sentence or two."""
    params = why["params"]
    day = date.fromisoformat(params["day"])
    moved = _MOVED[why["code"], params["direction"]]
    said = words._(moved, day=words.short_date(day))
    if why["code"] == "makeup_avoided" or "makeup" not in params:
        return said
    passed = words._(
        "The make-up workday %(day)s is passed over.", day=words.short_date(date.fromisoformat(params["makeup"]))
    )
    return f"{said}{passed}" if words.locale == "zh_CN" else f"{said} {passed}"


def rule_refused(refusal: RuleRefused) -> Message:
    """Why a recurrence rule is not taken."""
    match refusal.code:
        case "too_many" | "too_long":
            return Message(N_("This rule names too much; the limit is %(limit)s."), refusal.params)
        case "time_part":
            return Message(
                N_("A series names days, its time stands beside it: please leave out %(part)s."), refusal.params
            )
        case "unknown_part" | "repeated_part":
            return Message(N_("“%(part)s” is not known in a rule, or stands there twice."), refusal.params)
        case "bad_value":
            return Message(N_("“%(value)s” is not a value of %(part)s."), refusal.params)
        case "freq":
            return Message(N_("A rule begins with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY."))
    return Message(N_("This is not a recurrence rule such as FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=3TH."))


def charged(words: Words, decision: Decision) -> str:
    """（牵头单位：区检察院；配合单位：区司法局；完成时限：2026年12月7日，周一）: whom a decision charges, as minutes end its sentence; nothing where
    it names nobody and no date."""
    parts = []
    if decision.lead_agency is not None:
        parts.append(words._("lead agency: %(agency)s", agency=decision.lead_agency.short_name))
    if decision.supports:
        names = words._(", ").join(one.agency.short_name for one in decision.supports)
        parts.append(words._("supporting agencies: %(agencies)s", agencies=names))
    if decision.due_on is not None:
        parts.append(
            words._("due %(day)s, %(weekday)s", day=words.date(decision.due_on), weekday=words.weekday(decision.due_on))
        )
    return words._(" (%(text)s)", text=words._("; ").join(parts)) if parts else ""
