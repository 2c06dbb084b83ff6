"""The words of the clock's mail: what each entry says, why now, and why it comes to its reader. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from liaison.actions.due import DUE
from liaison.actions.models import ActionItem
from liaison.actions.showing import days_left
from liaison.calendaring.workdays import DayKind, region_calendar
from liaison.i18n import N_, Words
from liaison.mechanisms.models import DEPUTY, Designation
from liaison.meetings.steps import REPLIES
from liaison.reminders.rules import (
    ACTION,
    ATTENDEE,
    CLOSING,
    EXTENSION,
    ITEMS,
    LEAD,
    LIST,
    NOTICE_SENT,
    PREPARE,
    PROPOSAL,
    RECORD,
    REVIEW,
    SIGN,
    WEEK,
    Line,
)

SOON_DAYS = 7
"""So many days ahead a due date stands out."""
_FREE = {
    DayKind.WEEKEND: (
        N_("that day is a weekend"),
        N_("that day is a weekend, so this comes on the working day before"),
    ),
    DayKind.HOLIDAY: (
        N_("that day is a statutory holiday"),
        N_("that day is a statutory holiday, so this comes on the working day before"),
    ),
}
_ASKED = {
    "chair": N_("chair of this meeting"),
    "in_attendance": N_("asked to sit in"),
    "required": N_("asked to this meeting"),
    "optional": N_("asked to this meeting"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the mail: what it is, why now (in words, with a colour), where it comes from, why it comes to its reader, and the
    link to act."""

    title: str
    why: str
    colour: str
    """bad, warn or plain"""
    details: str
    reason: str
    link: str
    act: str
    reports: bool = False
    """Whether its reader may report there, and not only look."""
    lines: tuple[str, ...] = ()
    """What there is to say of several, one a line: whom to call."""


def of_action(
    words: Words, line: Line, item: ActionItem, office: Designation | None, link: str, *, title: str | None = None
) -> Entry:
    """An action item; `office` is the designation by which it comes to its reader, and `words` knows the day. `title` stands for its own
    where others read the address who may not know of it."""
    parts = [_due_on(words, line, item), words._("responsible: %(agency)s", agency=item.lead_agency.short_name)]
    if item.owner is None:
        parts.append(words._("no owner named"))
    elif item.owner.deactivated_at is not None:
        parts.append(words._("owner: %(name)s (has left)", name=item.owner.name))
    elif office is not None or line.agency_id is not None:
        parts.append(words._("owner: %(name)s", name=item.owner.name))
    if item.meeting is not None:
        parts.append(words._("from “%(title)s”", title=item.meeting.title))
    agency_id = office.agency_id if office is not None else line.agency_id
    reports = agency_id in (None, item.lead_agency_id)
    if agency_id is None:
        reason, act = words._("owner of this item"), words._("Report or complete")
    elif agency_id == item.lead_agency_id:
        agency = words._("the responsible agency (%(agency)s)", agency=item.lead_agency.short_name)
        reason, act = by_office(words, agency, office), words._("Look and report")
    else:
        if item.meeting is not None:
            agency = words._("the host agency (%(agency)s)", agency=item.meeting.host_agency.short_name)
        else:
            lead = item.mechanism.lead_agency.short_name
            agency = words._("the mechanism’s lead agency (%(agency)s)", agency=lead)
        reason, act = by_office(words, agency, office), words._("Look at the item")
    why, colour = _due_words(words, item.due_on)
    return Entry(title or item.title, why, colour, " · ".join(filter(None, parts)), reason, link, act, reports)


def of_meeting(
    words: Words,
    line: Line,
    told: Mapping[str, Any],
    *,
    role: str,
    answered: bool,
    closed: bool,
    due: date | None,
    agency: str | None,
    office: Designation | None,
    link: str,
    on_leave: Sequence[str] = (),
    papers: Sequence[str] = (),
) -> Entry:
    """A meeting as its people were told of it: to somebody asked by name in that `role`, or to an `agency` for its slip, which with
    `closed` takes no more names, and with the names of those whose leave it has not approved (`on_leave`); `due`: until when answers
    are asked for; `papers`: what there is to read behind the link. `words` knows the day and the meeting's zone."""
    start = datetime.fromisoformat(told["local_start"])
    when = words.full_span(start, start + timedelta(minutes=told["duration_minutes"]), zone=told["timezone"])
    missing = None if answered else words._("slip missing") if agency else words._("not answered yet")
    if closed and not answered and told["contact"]:
        # The slip takes no more names, so the mail must not ask for them.
        missing = words._("slip missing, and its date has passed: please call %(who)s", who=contact_of(told))
        if agency == told["contact"]["agency"]:  # nobody calls themselves
            missing = words._("slip missing, and its date has passed: please register it on the meeting’s page")
    near = words._("%(date)s, %(time)s", date=words.in_days(start.date()), time=words.time(start))
    if missing is None:
        why = near
    elif line.step == REPLIES and due is not None and not closed:
        late = words.today is not None and due < words.today
        said = N_("answers were due %(day)s") if late else N_("answers are due %(day)s")
        why = words._("%(when)s; %(missing)s", when=words._(said, day=words.in_days(due)), missing=missing)
    else:
        why = missing if line.step == WEEK else words._("%(when)s; %(missing)s", when=near, missing=missing)
    if agency:
        act = words._("Look at the slip") if answered or closed else words._("Fill in the slip")
        reason = by_office(words, words._("the agency asked (%(agency)s)", agency=agency), office)
    else:
        act = words._("Look or change the answer") if answered else words._("Answer")
        reason = words._(_ASKED[role])
    leave = words._("leave to approve: %(names)s", names=words._(", ").join(on_leave)) if on_leave else None
    details = " · ".join(filter(None, (agency, when, told["location"], leave)))
    lines = (words._("Papers: %(titles)s", titles=words._(", ").join(papers)),) if papers else ()
    return Entry(told["title"], why, "plain" if answered else "warn", details, reason, link, act, lines=lines)


def contact_of(told: Mapping[str, Any]) -> str:
    """Whom to call about a meeting: the host's liaison, as announced."""
    host = told["contact"]
    return " ".join(filter(None, (host["agency"], host["name"], host["phone"])))


def subject(words: Words, first: Entry, kind: str, count: int) -> str:
    """What is most urgent, and how much more there is; `kind` is that of the first line, or week."""
    labels = {
        ACTION: words._("[Action items]"),
        EXTENSION: words._("[Action items]"),
        CLOSING: words._("[Action items]"),
        ITEMS: words._("[Call for agenda items]"),
        PREPARE: words._("[Meeting preparation]"),
        LIST: words._("[List check]"),
        REVIEW: words._("[Review of the agreement]"),
        RECORD: words._("[Minutes]"),
        SIGN: words._("[Sign the minutes]"),
        PROPOSAL: words._("[Countersign]"),
        NOTICE_SENT: words._("[Information notice]"),
        LEAD: words._("[Referral]"),
        WEEK: words._("[Weekly digest]"),
    }
    label = labels.get(kind) or words._("[Meeting reminder]")
    if count == 1:
        return words._("%(label)s %(title)s: %(why)s", label=label, title=first.title, why=first.why)
    return words._(
        "%(label)s %(title)s: %(why)s, and %(n)d more", label=label, title=first.title, why=first.why, n=count - 1
    )


def foot(
    words: Words, entries: Sequence[Entry], told: Mapping[str, Any] | None, *, reply: Collection[str] = ()
) -> list[str]:
    """What holds for the whole mail, as far as its entries call for it; `told` is the one meeting that it speaks of, and of nothing
    else. `reply`: what a reply to it may be (ATTENDEE an answer, ACTION progress), as incoming mail takes it."""
    found = [words._("A link only opens a page: nothing is changed before you confirm it there.")]
    if ATTENDEE in reply:
        found.append(words._("Or answer this mail, with “accept”, “tentative” or “decline” as its first line."))
    if ACTION in reply:
        found.append(
            words._(
                "A reply to this mail is kept as progress; if its first line is “done”, you are sent a link to confirm that."
            )
        )
    if any(entry.reports for entry in entries):
        found.append(words._("If a due date cannot be kept, please say so there."))
    found.append(words._("Reminders go out at 08:30 on working days, at most one mail a day to an address."))
    if told is not None and told["contact"]:
        found.append(words._("Questions: %(who)s", who=contact_of(told)))
    return found


def by_office(words: Words, agency: str, office: Designation | None) -> str:
    """Why it comes to whoever holds an office of that agency, or, while nobody does, to the agency itself."""
    if office is None:
        return words._("%(agency)s has no liaison at present, so this comes to its own address", agency=agency)
    if office.role == DEPUTY:
        return words._("deputy liaison of %(agency)s", agency=agency)
    return words._("liaison of %(agency)s", agency=agency)


def _due_on(words: Words, line: Line, item: ActionItem) -> str | None:
    """Until when; a free day is marked, and where a mail comes earlier for it that is said."""
    if item.due_on is None:
        return None
    due = words._("due on %(day)s", day=words.short_date(item.due_on))
    free = _FREE.get(region_calendar(item.mechanism.region).kind(item.due_on))
    if free is None:
        return due
    return f"{due} · {words._(free[line.step == DUE])}"


def _due_words(words: Words, due_on: date | None) -> tuple[str, str]:
    """How far the due date is, in words and colour."""
    if due_on is None or words.today is None:
        return words._("no date set"), "plain"
    days = (due_on - words.today).days
    return days_left(words, days), "bad" if days < 0 else "warn" if days <= SOON_DAYS else "plain"
