"""The words of meeting mails: what was announced, said to the people behind one address in their language. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from liaison.calendaring.ics import to_ics
from liaison.calendaring.itip import Event, Held, Method
from liaison.calendaring.walltime import end_of
from liaison.config import VERSION
from liaison.i18n import N_, Words
from liaison.mail.compose import render
from liaison.mail.message import OutgoingMessage
from liaison.meetings.audience import audience_of, shown_to
from liaison.meetings.changes import changed
from liaison.meetings.letter_lines import Lines, Told
from liaison.meetings.models import HANDED_ON, HANDED_OVER
from liaison.meetings.planning import PlannedMail
from liaison.meetings.recipients import Addressee
from liaison.meetings.wording import (
    KIND_NAMES,
    LAST_ACTIONS,
    SUBJECTS,
    activity_lines,
    agenda_lines,
    agenda_rows,
    taken_over,
    your_agency,
)

OFF = ("cancelled", "postponed", "removed", HANDED_ON)
"""What takes a meeting back: the mail says when it was to be, and asks nothing."""
PRODID = f"-//liaison//liaison {VERSION}//ZH"


NOBODY = Lines((), (), ())


@lru_cache(maxsize=256)
def calendar_part(method: Method, event: Event) -> bytes:
    """The calendar text, built once per announcement and language however many addresses get it."""
    return to_ics(method, event, prodid=PRODID)


def written(
    snapshot: Mapping[str, Any],
    planned: PlannedMail,
    lines: Lines,
    *,
    note: str | None,
    occasion: str,
    today: date,
    papers: Sequence[str] = (),
) -> OutgoingMessage:
    """The mail in its addressee's language; a deputy's copy goes without calendar part. `papers`: those that anybody may know of."""
    one, message, held = planned.addressee, planned.message, planned.held
    audience, snapshot = audience_of(snapshot, planned.reads), shown_to(snapshot, planned.reads)
    before = shown_to(planned.before, planned.reads) if planned.before is not None else None
    bare = one.copy_only or not message.in_calendar
    lines = _internal(lines, snapshot)
    words = Words(one.locale, snapshot["timezone"], today)
    # To whom the office does not belong any more is written as to somebody who was asked, not as to the agency.
    context = _context(snapshot, one, NOBODY if planned.change == HANDED_ON else lines, words)
    was_told = planned.change in OFF and planned.change != HANDED_ON and held is not None  # there it takes place
    context |= {
        "change": planned.change,
        "changes": changed(words, held, before, snapshot)
        if held is not None and planned.change in ("moved", "updated")
        else [],
        "foot": _why(one, NOBODY if planned.change == HANDED_ON else lines, words, was=planned.change in OFF[2:]),
        "note": note,
        "papers": papers,
        "papers_link": next((told.link for told in (*lines.people, *lines.slips, *lines.copies)), ""),
        "lead": _lead(planned.change, snapshot, words, held, lines, occasion),
        "heading": _heading(one.called(planned.change), snapshot, words),
        "subject": _subject(one.called(planned.change), snapshot, words),
        "is_request": message.method is Method.REQUEST,
        "in_calendar": not bare,
        "old_when": _when_held(held, words, named_zone=was_told or held.timezone != snapshot["timezone"])
        if held and (was_told or planned.change == "moved")
        else None,
    }
    subject, text, html = render("meeting", context, one.locale)
    return OutgoingMessage(
        to=_to(one),
        address=one.address,
        mail_from=message.event.organizer,  # each address may have been given one of its own
        from_name=snapshot["organizer_name"],
        subject=subject,
        text=text,
        html=html,
        calendar=None if bare else calendar_part(message.method, message.event),
        calendar_method=None if bare else message.method.value,
        thread=message.event.uid,
        holds=message.after.to_json(),
        audience=audience,
    )


def reminder(
    snapshot: Mapping[str, Any], one: Addressee, lines: Lines, *, organizer: str, uid: str, today: date
) -> OutgoingMessage:
    """A reminder to answer, from the organizer that this address was given: without calendar part, in the thread of the notice."""
    words = Words(one.locale, snapshot["timezone"], today)
    lines = _internal(lines, snapshot)
    context = _context(snapshot, one, lines, words)
    context |= {
        "due": words.near_date(date.fromisoformat(snapshot["replies_due_on"])) if context["due"] else None,
        "lead": _missing(snapshot, lines, words),
        "heading": words._("Please answer: %(title)s", title=snapshot["title"]),
        "subject": _subject("reminder", snapshot, words),
        "change": "reminder",
        "note": None,
    }
    subject, text, html = render("meeting_reminder", context, one.locale)
    return OutgoingMessage(
        to=_to(one),
        address=one.address,
        mail_from=organizer,
        from_name=snapshot["organizer_name"],
        subject=subject,
        text=text,
        html=html,
        thread=uid,
        auto_submitted=True,
    )


def _context(snapshot: Mapping[str, Any], one: Addressee, lines: Lines, words: Words) -> dict[str, Any]:
    """What every meeting mail shows besides its first sentence."""
    start = datetime.fromisoformat(snapshot["local_start"])
    due = date.fromisoformat(snapshot["replies_due_on"]) if snapshot["replies_due_on"] else None
    contact = snapshot["contact"]
    minutes = [item["duration_minutes"] for item in snapshot["agenda"]]
    return {
        "words": words,
        "snapshot": snapshot,
        "kind": words._(KIND_NAMES[snapshot["kind"]]),
        "when": _when(start, snapshot["duration_minutes"], snapshot["timezone"], words),
        "due": words.short_date(due) if due and (words.today is None or due >= words.today) else None,
        "greeting": _greeting(one, lines, words),
        "people": lines.people,
        "slips": lines.slips,
        "copies": lines.copies,
        "you": lines.you,
        "activity": activity_lines(snapshot, words),
        "agenda": agenda_lines(snapshot, words),
        "agenda_items": [
            *([{"title": words._(LAST_ACTIONS), "details": ""}] if snapshot.get("last_actions") else []),
            *agenda_rows(snapshot, words),
        ],
        "total": sum(m for m in minutes if m),
        "is_request": True,
        "old_when": None,
        "foot": _why(one, lines, words),
        "contact": words._("Questions: %(who)s", who=_contact(contact, words)) if contact else None,
        "plain_links": [{"label": told.name, "link": told.link} for told in (*lines.slips, *lines.people) if told.link],
    }


def _internal(lines: Lines, snapshot: Mapping[str, Any]) -> Lines:
    """The host's own agency marked: it reads 请安排, not 请贵院派."""

    def marked(some: Sequence[Told]) -> list[Told]:
        return [replace(told, internal=told.agency == snapshot["host"]) for told in some]

    return Lines(lines.people, marked(lines.slips), marked(lines.copies))


def _greeting(one: Addressee, lines: Lines, words: Words) -> str:
    names = [told.addressed for told in (*lines.slips, *lines.copies, *lines.people)]
    return words._("To %(names)s:", names=words._(", ").join(dict.fromkeys(names)) or one.name)


def _lead(
    change: str, snapshot: Mapping[str, Any], words: Words, held: Held | None, lines: Lines, occasion: str
) -> str:
    """The one sentence that says what happened; the agency speaks, not an officer. The zone stands beside the time below."""
    start = datetime.fromisoformat(snapshot["local_start"])
    facts = {
        "host": snapshot["host"],
        "title": snapshot["title"],
        "when": _when(start, snapshot["duration_minutes"], snapshot["timezone"], words, named_zone=False),
        "old": _when_held(held, words, named_zone=False) if held else "",
        "day": words._("%(date)s, %(time)s", date=words.full_date(start), time=words.time(start)),
        "place": words._(" at %(place)s", place=snapshot["location"]) if snapshot["location"] else "",
    }
    if change == "moved":
        return words._(
            "“%(title)s”, which %(host)s had planned for %(old)s, will now take place on %(when)s. Please answer again.",
            **facts,
        )
    if change == "updated":
        return words._("%(host)s has changed the notice of “%(title)s”. What is said here now holds.", **facts)
    if change == "cancelled":
        return words._(
            "“%(title)s”, which %(host)s had planned for %(old)s, is cancelled. Please do not come.", **facts
        )
    if change == "postponed":
        return words._(
            "“%(title)s”, which %(host)s had planned for %(old)s, is postponed; the new date will be announced.",
            **facts,
        )
    if change == "removed":
        if lines.you:
            return words._("You are no longer asked to come to “%(title)s” on %(old)s.", **facts)
        facts["names"] = _names(lines, words)
        return words._("“%(title)s” on %(old)s: %(names)s need not come any more.", **facts)
    if change == HANDED_ON:
        facts["names"] = _names(lines, words)
        return words._(
            "The liaison of %(names)s has changed: the notice of “%(title)s” on %(old)s and its slip are no longer yours to deal with,"
            " and your calendar drops the meeting.",
            **facts,
        )
    if change == "again":
        return words._("Here is %(host)s's notice of “%(title)s” once more.", **facts)
    told = words._("%(host)s will hold “%(title)s” on %(day)s%(place)s.", **facts)
    if asks := _asks(lines, words):
        told = words._("%(host)s will hold “%(title)s” on %(day)s%(place)s. %(asks)s", **facts, asks=asks)
    if change == HANDED_OVER:
        slips, copies = _names(Lines((), lines.slips, ()), words), _names(Lines((), (), lines.copies), words)
        return taken_over(told, words, liaison_of=slips, deputy_of=copies)
    return words._("The meeting takes place after all. %(told)s", told=told) if occasion == "reinstated" else told


def _asks(lines: Lines, words: Words) -> str:
    """What is asked of whom: an agency for so many people, somebody to come, guests to sit in. Nothing of a deputy."""
    parts = []
    for told in lines.slips:
        facts = {"agency": your_agency(told.agency, words), "request": told.request}
        if told.internal:
            parts.append(words._("Please arrange for %(request)s to come.", **facts))
        else:
            parts.append(words._("Please send %(request)s from %(agency)s.", **facts))
    if you := lines.you:
        sits_in = words._("You are asked to sit in.")
        invited = words._("We cordially invite you to attend.")
        parts.append(
            invited if you.guest else sits_in if you.in_attendance else words._("Your attendance is requested.")
        )
    else:
        if guests := [told.addressed for told in lines.people if told.guest]:
            parts.append(words._("We cordially invite %(names)s to attend.", names=words._(", ").join(guests)))
        for sits_in_too, msgid in (
            (False, N_("The attendance of %(names)s is requested.")),
            (True, N_("Asked to sit in: %(names)s.")),
        ):
            names = [told.addressed for told in lines.people if told.in_attendance is sits_in_too and not told.guest]
            if names:
                parts.append(words._(msgid, names=words._(", ").join(names)))
    return (" " if words.locale != "zh_CN" else "").join(parts)


def _missing(snapshot: Mapping[str, Any], lines: Lines, words: Words) -> str:
    """Whose answer a reminder misses: an agency's slip, the reader's own, that of the people behind the address."""
    title = snapshot["title"]
    parts = []
    for told in lines.slips:
        agency = your_agency(told.agency, words)
        if told.internal:
            parts.append(words._("The slip of our own agency for “%(title)s” has not come back yet.", title=title))
        else:
            parts.append(
                words._("We have not had the slip of %(agency)s for “%(title)s” yet.", agency=agency, title=title)
            )
    if lines.you:
        parts.append(words._("We have not had your answer to the notice of “%(title)s” yet.", title=title))
    elif lines.people:
        names = words._(", ").join(told.addressed for told in lines.people)
        parts.append(
            words._(
                "We have not had the answer of %(names)s to the notice of “%(title)s” yet.", names=names, title=title
            )
        )
    return (" " if words.locale != "zh_CN" else "").join(parts)


def _names(lines: Lines, words: Words) -> str:
    return words._(", ").join(dict.fromkeys(told.addressed for told in (*lines.slips, *lines.copies, *lines.people)))


def _heading(change: str, snapshot: Mapping[str, Any], words: Words) -> str:
    """The subject without its date, as the mail's title."""
    if change == "moved":
        return words._("[Meeting moved] %(title)s", title=snapshot["title"])
    return _subject(change, {**snapshot, "local_start": None}, words).rstrip("，, ")


def _subject(change: str, snapshot: Mapping[str, Any], words: Words) -> str:
    """【会议通知】 and so on: says what happened, and names no case."""
    start = snapshot["local_start"]
    when = words.moment(datetime.fromisoformat(start), zone=snapshot["timezone"]) if start else ""
    return words._(SUBJECTS[change], title=snapshot["title"], when=when)


def _when(start: datetime, minutes: int, timezone: str, words: Words, *, named_zone: bool = True) -> str:
    end = end_of(start, minutes, ZoneInfo(timezone))
    return words.full_span(start, end, zone=timezone, named_zone=named_zone)


def _when_held(held: Held, words: Words, *, named_zone: bool = True) -> str:
    return _when(held.starts_at, held.duration_minutes, held.timezone, words, named_zone=named_zone)


def _why(one: Addressee, lines: Lines, words: Words, *, was: bool = False) -> str:
    """Why this address gets this mail; `was`: nobody there is asked any more."""
    reasons = []
    if lines.slips:
        agencies = words._(", ").join(told.agency for told in lines.slips)
        if not any(told.own for told in lines.slips):
            why = N_("%(agency)s has no liaison at present, so this comes to its own address.")
        elif one.group:
            why = N_("You receive this for %(agency)s, whose mail of this mechanism comes here.")
        else:
            why = N_("You receive this as liaison of %(agency)s.")
        reasons.append(words._(why, agency=agencies))
    if lines.copies:
        agencies = words._(", ").join(told.agency for told in lines.copies)
        reasons.append(words._("You receive this copy as deputy liaison of %(agency)s.", agency=agencies))
    if others := [told.name for told in lines.people if not told.own]:
        reasons.append(
            words._("Mail for %(names)s comes to this address.", names=words._(", ").join(dict.fromkeys(others)))
        )
    if not reasons or any(told.own for told in lines.people):
        now = N_("You receive this because you are asked to this meeting.")
        reasons.append(words._(N_("You receive this because you were asked to this meeting before.") if was else now))
    return (" " if words.locale != "zh_CN" else "").join(reasons)


def _contact(contact: Mapping[str, str | None], words: Words) -> str:
    return " ".join(filter(None, (contact["agency"], contact["name"], contact["phone"])))


def _to(one: Addressee) -> str:
    return f"{one.name} <{one.address}>" if one.name != one.address else one.address
