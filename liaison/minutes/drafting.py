"""The first draft of minutes, put together from the record of the meeting in the mechanism's language. Pure.

Every name is written as it is now: later changes of people and agencies do not reach what was signed."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from liaison.actions.models import DONE, NOT_POSSIBLE, OPEN, ActionItem
from liaison.countersigning.content import Section
from liaison.i18n import Words
from liaison.meetings.attendance import UNCHECKED, by_attendance
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import ABSENT, APOLOGIES, AgendaItem, Attendee, Meeting, Note
from liaison.meetings.wording import charged

OPENING, DECISIONS, GENERAL, LAST = "opening", "decisions", "general", "last_actions"
ITEM = "item-"
"""How the key of an agenda item's section begins; its id follows."""
_OF_ITEM: Final = re.compile(re.escape(ITEM) + "([1-9][0-9]{0,17})")


def item_of(key: str) -> int | None:
    """The agenda item that a section is about; None for any other section."""
    found = _OF_ITEM.fullmatch(key)
    return int(found[1]) if found else None


def head(
    meeting: Meeting,
    attendees: Sequence[Attendee],
    *,
    recorder: str | None,
    corrects: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What is signed besides the text: which meeting it was and who took part how. Needs mechanism, host and the attendees' agencies."""
    chair = _chair(attendees)
    return {
        "kind": "minutes",
        "mechanism": meeting.mechanism.name,
        "title": meeting.title,
        "meeting_kind": meeting.kind,
        "ordinal": meeting.ordinal,
        "ordinal_in_year": meeting.ordinal_in_year,
        "local_start": meeting.local_start.strftime("%Y-%m-%dT%H:%M"),
        "duration_minutes": meeting.duration_minutes,
        "timezone": meeting.timezone,
        "location": meeting.location,
        "host": meeting.host_agency.name,
        "chair": chair,
        "recorder": recorder,
        "took_part": [] if meeting.hides_attendees else took_part(attendees),
        "quorum_reason": meeting.quorum_reason,
        "corrects": corrects,
    }


def took_part(attendees: Iterable[Attendee]) -> list[dict[str, Any]]:
    """Who took part how, in the order of the list: present, substitute, in_attendance, apologies, absent. Nobody of whom nothing was
    noted."""
    return [
        {"how": how, **_person(one), "substitute": _substitute(one) if how == "substitute" else None}
        for how, people in by_attendance(attendees).items()
        if how != UNCHECKED
        for one in people
    ]


def sections(
    words: Words,
    meeting: Meeting,
    attendees: Sequence[Attendee],
    items: Sequence[AgendaItem],
    notes: Iterable[Note],
    decisions: Sequence[Decision],
    last_actions: Sequence[str],
) -> list[Section]:
    """The text: an opening, one section for each item that was on the agenda with what was noted and decided, and what belongs to no
    item. `last_actions`: how the last meeting's action items stand, one line each, as every agency may know it."""
    noted = {note.agenda_item_id: note.text for note in notes}
    found = [Section(OPENING, words._("Opening"), opening(words, meeting, attendees, items))]
    if last_actions:
        found.append(Section(LAST, words._("Progress of the last meeting's action items"), "\n".join(last_actions)))
    for item in items:
        lines = [noted.get(item.id, ""), *_decided(words, decisions, item.id)]
        text = "\n".join(filter(None, lines)) or words._("The meeting considered this item.")
        found.append(Section(f"{ITEM}{item.id}", item.title, _plain(text), item.audience))
    if other := _decided(words, decisions, None):
        found.append(Section(DECISIONS, words._("Other decisions"), "\n".join(other)))
    if general := _plain(noted.get(None, "")):
        found.append(Section(GENERAL, words._("Other matters"), general))
    return found


def opening(words: Words, meeting: Meeting, attendees: Sequence[Attendee], items: Sequence[AgendaItem]) -> str:
    """The first sentence: date, chair, meeting and topics (PRACTICE.md), and that what follows was decided. Restricted topics are left
    out: everybody reads the opening."""
    chair = _chair(attendees)
    topics = [item.title for item in items if item.audience is None]
    day, title = words.date(meeting.local_on), meeting.title
    if chair is not None:
        who = words._("%(agency)s %(job_title)s %(name)s", agency=chair["agency_short"], job_title=chair["job_title"] or "", name=chair["name"])  # fmt: skip
        said = words._("On %(day)s %(chair)s chaired the %(title)s", day=day, chair=" ".join(who.split()), title=title)
    else:
        said = words._("On %(day)s the %(title)s was held", day=day, title=title)
    if topics:
        said += words._("; its agenda: %(topics)s", topics=words._("; ").join(topics))
    return said + words._(". It was decided as follows:")


def last_action(words: Words, item: ActionItem) -> str:
    """How one action item of an earlier meeting stands, in a sentence."""
    parts = [words._("lead agency: %(agency)s", agency=item.lead_agency.short_name)]
    if item.due_on is not None:
        parts.append(words._("due %(day)s", day=words.date(item.due_on)))
    state = {OPEN: words._("under way"), DONE: words._("done"), NOT_POSSIBLE: words._("no longer possible")}[item.state]
    return words._("%(title)s (%(facts)s): %(state)s.", title=item.title, facts=words._("; ").join(parts), state=state)


def _decided(words: Words, decisions: Iterable[Decision], item_id: int | None) -> list[str]:
    return [
        _plain(one.text).rstrip("。.") + charged(words, one) + words.pgettext("end of a sentence", ".")
        for one in decisions
        if one.agenda_item_id == item_id and one.revoked_at is None
    ]


def _plain(text: str) -> str:
    """Paragraphs without empty lines and without spaces around them."""
    return "\n".join(filter(None, (line.strip() for line in text.splitlines())))


def _chair(attendees: Iterable[Attendee]) -> dict[str, Any] | None:
    """Who chaired, as the record has it: whoever was to, or came instead; nobody where they stayed away."""
    one = next((each for each in attendees if each.role == "chair"), None)
    if one is None or one.attendance in (APOLOGIES, ABSENT) or (one.attendance is None and one.partstat == "declined"):
        return None
    return _person(one) | (
        {"name": _substitute(one)["name"], "job_title": _substitute(one)["job_title"]} if one.substitute else {}
    )


def _person(one: Attendee) -> dict[str, Any]:
    return {
        "agency": one.agency.name,
        "agency_short": one.agency.short_name,
        "name": one.name,
        "job_title": one.job_title,
    }


def _substitute(one: Attendee) -> dict[str, Any]:
    given = one.substitute or {}
    return {"name": given.get("name") or "", "job_title": given.get("job_title")}
