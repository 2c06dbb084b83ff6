"""The words of meeting mails: what was announced, said to the people behind one address in their language. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from liaison.calendaring.ics import to_ics
from liaison.calendaring.itip import Event, Held, Method
from liaison.config import VERSION
from liaison.i18n import Words
from liaison.mail.compose import render
from liaison.mail.message import OutgoingMessage
from liaison.meetings.planning import PlannedMail
from liaison.meetings.recipients import Addressee
from liaison.meetings.wording import SUBJECTS, agenda_lines, your_agency

PRODID = f"-//liaison//liaison {VERSION}//ZH"


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a mail: for whom it is, and their own link."""

    name: str
    link: str
    addressed: str
    """The name as a letter begins with it: 李文博副主任, 清沚区司法局."""
    role: str = ""
    agency: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Everybody one mail speaks to."""

    people: Sequence[Told]
    slips: Sequence[Told]
    copies: Sequence[Told]


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
    held: Held | None,
    occasion: str,
    today: date,
) -> OutgoingMessage:
    """The mail in its addressee's language; a deputy's copy goes without calendar part."""
    one, message = planned.addressee, planned.message
    words = Words(one.locale, snapshot["timezone"], today)
    context = _context(snapshot, one, lines, words)
    context |= {
        "change": planned.change,
        "note": note,
        "lead": _lead(planned.change, snapshot, words, held, one, lines, occasion),
        "heading": _heading(planned.change, snapshot, words),
        "subject": _subject(planned.change, snapshot, words),
        "is_request": message.method is Method.REQUEST,
        "old_when": _when_held(held, words) if planned.change == "moved" and held else None,
    }
    subject, text, html = render("meeting", context, one.locale)
    return OutgoingMessage(
        to=_to(one),
        address=one.address,
        mail_from=_sender(snapshot),
        subject=subject,
        text=text,
        html=html,
        calendar=None if one.copy_only else calendar_part(message.method, message.event),
        calendar_method=None if one.copy_only else message.method.value,
        thread=message.event.uid,
        holds=message.after.to_json(),
    )


def reminder(snapshot: Mapping[str, Any], one: Addressee, lines: Lines, *, uid: str, today: date) -> OutgoingMessage:
    """A reminder to answer: without calendar part, in the thread of the notice, and marked as written by no person."""
    words = Words(one.locale, snapshot["timezone"], today)
    context = _context(snapshot, one, lines, words)
    context |= {
        "lead": words._("We have not had your answer to the notice of “%(title)s” yet.", title=snapshot["title"]),
        "heading": words._("Please answer: %(title)s", title=snapshot["title"]),
        "subject": _subject("reminder", snapshot, words),
        "change": "reminder",
        "note": None,
    }
    subject, text, html = render("meeting_reminder", context, one.locale)
    return OutgoingMessage(
        to=_to(one),
        address=one.address,
        mail_from=_sender(snapshot),
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
        "when": words.full_span(
            start, start + timedelta(minutes=snapshot["duration_minutes"]), zone=snapshot["timezone"]
        ),
        "due": words.short_date(due) if due else None,
        "greeting": _greeting(one, lines, words),
        "people": lines.people,
        "slips": lines.slips,
        "copies": lines.copies,
        "alone": len(lines.people) == 1 and not one.group,
        "agenda": agenda_lines(snapshot["agenda"], words),
        "agenda_items": [
            {
                "title": item["title"],
                "details": " · ".join(filter(None, (item["agency"], item["presenter"], _minutes(item, words)))),
            }
            for item in snapshot["agenda"]
        ],
        "total": sum(m for m in minutes if m),
        "is_request": True,
        "old_when": None,
        "foot": _why(one, lines, words),
        "contact": words._("Questions: %(who)s", who=_contact(contact, words)) if contact else None,
        "plain_links": [{"label": told.name, "link": told.link} for told in (*lines.slips, *lines.people)],
    }


def _greeting(one: Addressee, lines: Lines, words: Words) -> str:
    names = [told.addressed for told in (*lines.slips, *lines.copies, *lines.people)]
    return words._("To %(names)s:", names=words._(", ").join(dict.fromkeys(names)) or one.name)


def _lead(
    change: str,
    snapshot: Mapping[str, Any],
    words: Words,
    held: Held | None,
    one: Addressee,
    lines: Lines,
    occasion: str,
) -> str:
    """The one sentence that says what happened; the agency speaks, not an officer."""
    start = datetime.fromisoformat(snapshot["local_start"])
    facts = {
        "host": snapshot["host"],
        "title": snapshot["title"],
        "when": words.full_span(
            start, start + timedelta(minutes=snapshot["duration_minutes"]), zone=snapshot["timezone"]
        ),
        "old": _when_held(held, words) if held else "",
        "day": words._("%(date)s, %(time)s", date=words.full_date(start), time=words.time(start)),
        "place": words._(" at %(place)s", place=snapshot["location"]) if snapshot["location"] else "",
    }
    if change == "moved":
        return words._(
            "“%(title)s”, which %(host)s had called for %(old)s, will now take place on %(when)s. Please answer again.",
            **facts,
        )
    if change == "updated":
        return words._("%(host)s has changed the notice of “%(title)s”. What is said here now holds.", **facts)
    if change == "cancelled":
        return words._("“%(title)s”, which %(host)s had called for %(old)s, is cancelled. Please do not come.", **facts)
    if change == "postponed":
        return words._(
            "“%(title)s”, which %(host)s had called for %(old)s, is postponed; the new date will be announced.", **facts
        )
    if change == "removed":
        return words._("You are no longer asked to come to “%(title)s” on %(old)s.", **facts)
    if change == "again":
        return words._("%(host)s sends you the notice of “%(title)s” once more.", **facts)
    if lines.slips:
        facts["agency"] = your_agency(lines.slips[0].agency, words)
        facts["request"] = words._("; ").join(told.request for told in lines.slips)
        told = words._(
            "%(host)s will hold “%(title)s” on %(day)s%(place)s. Please send: %(agency)s %(request)s.", **facts
        )
    elif lines.people:
        told = words._("%(host)s will hold “%(title)s” on %(day)s%(place)s. Your attendance is requested.", **facts)
    else:
        told = words._("%(host)s will hold “%(title)s” on %(day)s%(place)s.", **facts)
    return words._("The meeting takes place after all. %(told)s", told=told) if occasion == "reinstated" else told


def _heading(change: str, snapshot: Mapping[str, Any], words: Words) -> str:
    """The subject without its date, as the mail's title."""
    if change == "moved":
        return words._("[Meeting moved] %(title)s", title=snapshot["title"])
    return _subject(change, {**snapshot, "local_start": None}, words).rstrip("，, ")


def _subject(change: str, snapshot: Mapping[str, Any], words: Words) -> str:
    """【会议通知】 and so on: says what happened, and names no case."""
    when = (
        words.moment(datetime.fromisoformat(snapshot["local_start"]), zone=snapshot["timezone"])
        if snapshot["local_start"]
        else ""
    )
    return words._(SUBJECTS[change], title=snapshot["title"], when=when)


def _when_held(held: Held, words: Words) -> str:
    return words.full_span(
        held.starts_at, held.starts_at + timedelta(minutes=held.duration_minutes), zone=held.timezone
    )


def _why(one: Addressee, lines: Lines, words: Words) -> str:
    """Why this address gets this mail."""
    reasons = []
    if lines.slips:
        agencies = words._(", ").join(told.agency for told in lines.slips)
        reasons.append(
            words._("You receive this for %(agency)s, whose mail of this mechanism comes here.", agency=agencies)
        )
    if lines.copies:
        agencies = words._(", ").join(told.agency for told in lines.copies)
        reasons.append(words._("You receive this copy as deputy liaison of %(agency)s.", agency=agencies))
    if one.group and lines.people:
        names = words._(", ").join(told.name for told in lines.people)
        reasons.append(words._("Mail for %(names)s comes to this address.", names=names))
    return " ".join(reasons) or words._("You receive this because you are, or were, asked to this meeting.")


def _contact(contact: Mapping[str, str | None], words: Words) -> str:
    return " ".join(filter(None, (contact["agency"], contact["name"], contact["phone"])))


def _minutes(item: Mapping[str, Any], words: Words) -> str | None:
    return words.ngettext("%(n)d min", "%(n)d min", item["duration_minutes"]) if item["duration_minutes"] else None


def _sender(snapshot: Mapping[str, Any]) -> str:
    return f"{snapshot['organizer_name']} <{snapshot['organizer']}>"


def _to(one: Addressee) -> str:
    return f"{one.name} <{one.address}>" if one.name != one.address else one.address
