"""The words of the clock's mail about the steps before a meeting. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from liaison.i18n import N_, Words
from liaison.mechanisms.models import Designation
from liaison.meetings.models import Meeting
from liaison.meetings.steps import CALL, ISSUE, PRE_MEETING
from liaison.reminders.rules import Line
from liaison.reminders.wording import Entry, by_office


@dataclass(frozen=True, slots=True)
class Speaks:
    """To whom a line speaks: by an `office`, in the name of an `agency` (its short name), or to the chair (neither); and what people were
    told of the meeting (None: it was not announced)."""

    words: Words
    line: Line
    office: Designation | None
    agency: str
    told: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody whose answer is missing, or (no `name`: nobody in office) an agency whose slip is, and the number to call."""

    name: str | None
    agency: str
    phone: str | None
    is_own: bool
    """Of the agency whose liaison or deputy reads it."""
    is_reader: bool
    """Nobody to call: it is the reader themselves who would pick up."""


def of_call(speaks: Speaks, meeting: Meeting, due: date, link: str) -> Entry:
    """Items asked of an agency. Of an announced meeting it says what people were told; of a draft, when it is planned for (拟于)."""
    words, told = speaks.words, speaks.told
    if speaks.line.step == CALL:
        why = words._("agenda items are called for, by %(day)s", day=words.short_date(due))
    elif words.today is not None and due < words.today:
        why = words._("agenda items were due by %(day)s; none came from your agency", day=words.short_date(due))
    else:
        why = words._("agenda items are due %(day)s; none came from your agency", day=words.in_days(due))
    start = datetime.fromisoformat(told["local_start"]) if told else meeting.local_start
    minutes = told["duration_minutes"] if told else meeting.duration_minutes
    when = words.full_span(start, start + timedelta(minutes=minutes), zone=meeting.timezone)
    if told is None:
        when = words._("planned for %(when)s", when=when)
        if meeting.provisional:
            when = words._("%(when)s (provisional)", when=when)
    details = " · ".join((when, words._("hosted by %(agency)s", agency=meeting.host_agency.short_name)))
    reason = by_office(words, speaks.agency, speaks.office)
    title, act = told["title"] if told else meeting.title, words._("Propose an item")
    return Entry(title, why, "plain" if speaks.line.step == CALL else "warn", details, reason, link, act)


def of_notice(speaks: Speaks, meeting: Meeting, due: date, link: str) -> Entry:
    """The host's liaison has a notice to send; it never goes by itself."""
    words = speaks.words
    if words.today is not None and due < words.today:
        why = words._("the notice should have gone out by %(day)s", day=words.short_date(due))
    else:
        why = words._("the notice should go out %(day)s", day=words.in_days(due))
    return _hosted(speaks, meeting, why, link, words._("Review and send"))


def of_proposals(speaks: Speaks, meeting: Meeting, waiting: int, link: str) -> Entry:
    """Proposed items wait; to the host's liaison, or the chair."""
    words = speaks.words
    if speaks.line.step == PRE_MEETING:
        why = words.ngettext(
            "before the liaison pre-meeting: %(n)d proposed item waits",
            "before the liaison pre-meeting: %(n)d proposed items wait",
            waiting,
        )
    else:
        why = words.ngettext(
            "the agenda is to be settled: %(n)d proposed item waits",
            "the agenda is to be settled: %(n)d proposed items wait",
            waiting,
        )
    return _hosted(speaks, meeting, why, link, words._("Look at the agenda"))


def of_missing(speaks: Speaks, meeting: Meeting, missing: Sequence[Missing], link: str) -> Entry:
    """The host's liaison reads whom to call."""
    words = speaks.words
    why = words.ngettext("%(n)d answer is missing", "%(n)d answers are missing", len(missing))
    entry = _hosted(speaks, meeting, why, link, words._("Look at the answers"))
    return replace(entry, lines=tuple(_called(words, one) for one in missing))


def of_record(speaks: Speaks, meeting: Meeting, due: date, link: str) -> Entry:
    """Minutes that nobody has drafted, or that all have agreed to and nobody has issued."""
    words, late = speaks.words, speaks.words.today is not None and due < speaks.words.today
    if speaks.line.step == ISSUE:
        said = N_("all have agreed; the minutes were to be issued by %(day)s") if late else N_("all have agreed; the minutes are to be issued %(day)s")  # fmt: skip
        act = words._("Issue the minutes")
    else:
        said = N_("the minutes were to be drafted by %(day)s") if late else N_("the minutes are to be drafted %(day)s")
        act = words._("Draft the minutes")
    why = words._(said, day=words.short_date(due) if late else words.in_days(due))
    entry = _hosted(speaks, meeting, why, link, act)
    return entry if speaks.line.is_by_office else replace(entry, reason=words._("recorder of this meeting"))


def _called(words: Words, one: Missing) -> str:
    who = " ".join(filter(None, (one.agency, one.name)))
    if one.is_own:
        who += words._(" (%(details)s)", details=words._("your own"))
    if one.is_reader:
        return who
    return words._("%(who)s: %(phone)s", who=who, phone=one.phone or words._("no number known"))


def _hosted(speaks: Speaks, meeting: Meeting, why: str, link: str, act: str) -> Entry:
    words, start = speaks.words, meeting.local_start
    when = words.full_span(start, start + timedelta(minutes=meeting.duration_minutes), zone=meeting.timezone)
    details = " · ".join(filter(None, (when, meeting.location)))
    if speaks.line.is_by_office:
        host = words._("the host agency (%(agency)s)", agency=meeting.host_agency.short_name)
        reason = by_office(words, host, speaks.office)
    else:
        reason = words._("chair of this meeting")
    return Entry(meeting.title, why, "warn", details, reason, link, act)
