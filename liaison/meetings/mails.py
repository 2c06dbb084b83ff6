"""The words of meeting mails: composed at a worker's first claim from what was announced and from what this address may hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import joinedload

from liaison.accounts import links
from liaison.calendaring.ics import to_ics
from liaison.calendaring.itip import Event, Held, Method, Version
from liaison.config import VERSION
from liaison.db import Session
from liaison.i18n import Words
from liaison.mail import outbox
from liaison.mail.compose import render
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.meetings import queries
from liaison.meetings.models import Announcement, Meeting
from liaison.meetings.planning import PlannedMail, partstats, unanswered
from liaison.meetings.recipients import Addressee, Slip
from liaison.meetings.snapshot import Telling
from liaison.meetings.wording import ROLE_NAMES, SUBJECTS, agenda_lines, your_agency

PRODID = f"-//liaison//liaison {VERSION}//ZH"
LINK_LIFE = timedelta(days=7)
"""How long after the meeting its links still show the answer given."""


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


async def compose_meeting(db: Session, row: OutboxMail) -> OutgoingMessage | None:
    """The mail of an announcement; None when a newer announcement says it all or this address holds just that already."""
    announcement = await db.get(Announcement, row.source_id, options=[_MEETING])
    assert announcement is not None, "an announcement is never deleted"
    meeting = announcement.meeting
    newest = await queries.newest_announcement(db, announcement.uid)
    if newest is not None and newest.id != announcement.id:
        return None
    one = Addressee.from_json(row.params["addressee"])
    stored = (await outbox.holding(db, announcement.uid)).get(row.address)
    held = Held.from_json(stored) if stored else None
    telling = Telling(
        announcement.snapshot,
        Method(announcement.method),
        announcement.uid,
        Version(announcement.sequence, announcement.dtstamp, meeting.answers_from),
        await partstats(db, meeting) if announcement.uid == meeting.uid else {},
    )
    message = telling.message_to(one, held, again=bool(row.params.get("again")))
    if message is None:
        return None
    change = (
        "postponed" if message.change == "cancelled" and announcement.snapshot["postponed"] else message.change.value
    )
    lines = await _lines(db, meeting, one) if message.method is Method.REQUEST else Lines((), (), ())
    return written(
        announcement.snapshot,
        PlannedMail(one, change, message),
        lines,
        note=announcement.note,
        held=held,
        occasion=announcement.occasion,
        today=db.clock.today(meeting.timezone),
    )


async def compose_reminder(db: Session, row: OutboxMail) -> OutgoingMessage | None:
    """The reminder to answer; None when everybody behind the address has answered since, or the meeting is off."""
    announcement = await db.get(Announcement, row.source_id, options=[_MEETING])
    assert announcement is not None, "an announcement is never deleted"
    meeting = announcement.meeting
    if meeting.state != "announced" or meeting.uid != announcement.uid:
        return None
    one = next((each for each in await unanswered(db, meeting) if each.address == row.address), None)
    if one is None:
        return None
    words = Words(one.locale, meeting.timezone, db.clock.today(meeting.timezone))
    context = _context(announcement.snapshot, one, await _lines(db, meeting, one), words)
    context |= {
        "lead": words._(
            "We have not had your answer to the notice of “%(title)s” yet.", title=announcement.snapshot["title"]
        ),
        "heading": words._("Please answer: %(title)s", title=announcement.snapshot["title"]),
        "subject": _subject("reminder", announcement.snapshot, words),
        "change": "reminder",
        "note": None,
    }
    subject, text, html = render("meeting_reminder", context, one.locale)
    return OutgoingMessage(
        to=f"{one.name} <{one.address}>" if one.name != one.address else one.address,
        address=one.address,
        mail_from=_sender(announcement.snapshot),
        subject=subject,
        text=text,
        html=html,
        thread=None,
    )


async def preview(
    db: Session, meeting: Meeting, planned: PlannedMail, snapshot: Mapping[str, Any], *, occasion: str, note: str | None
) -> OutgoingMessage:
    """The mail as it would go out now, for the officer to read before sending; its links are samples and open nothing."""
    stored = (await outbox.holding(db, meeting.uid)).get(planned.addressee.address)
    lines = (
        await _lines(db, meeting, planned.addressee, sample=True)
        if planned.message.method is Method.REQUEST
        else Lines((), (), ())
    )
    return written(
        snapshot,
        planned,
        lines,
        note=note,
        held=Held.from_json(stored) if stored else None,
        occasion=occasion,
        today=db.clock.today(meeting.timezone),
    )


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
        to=f"{one.name} <{one.address}>" if one.name != one.address else one.address,
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


_MEETING = joinedload(Announcement.meeting).options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))


async def _lines(db: Session, meeting: Meeting, one: Addressee, *, sample: bool = False) -> Lines:
    """The people and slips behind one address, each with a link of their own."""
    people = {a.id: a for a in await queries.attendees(db, meeting.id)}
    invitations = {i.id: i for i in await queries.invitations(db, meeting.id)}
    expires_at = meeting.ends_at + LINK_LIFE
    words = Words(one.locale, meeting.timezone)

    async def link(purpose: str, object_id: int, **whose: int | None) -> str:
        if sample:
            return f"{db.settings.base_url}/r/{words._('sample')}"
        return await links.link_for(db, purpose=purpose, object_id=object_id, expires_at=expires_at, **whose)

    async def slip_line(slip: Slip) -> Told:
        invitation = invitations[slip.invitation_id]
        url = await link(
            "slip",
            invitation.id,
            person_id=slip.person_id,
            agency_id=slip.agency_id,
            designation_id=slip.designation_id,
        )
        request = words.ngettext("%(n)d person", "%(n)d people", invitation.seats)
        if invitation.requirement:
            request = words._("%(seats)s (%(requirement)s)", seats=request, requirement=invitation.requirement)
        name = invitation.agency.name
        return Told(name, url, name, agency=name, request=request)

    return Lines(
        people=[
            Told(
                person.name,
                await link("answer", person.id, person_id=person.person_id),
                f"{person.name}{person.job_title or ''}" if words.locale == "zh_CN" else person.name,
                role=words._(ROLE_NAMES[person.role]) if person.role != "required" else "",
            )
            for person in (people[id_] for id_ in one.attendee_ids if id_ in people)
        ],
        slips=[await slip_line(slip) for slip in one.slips if slip.invitation_id in invitations],
        copies=[await slip_line(slip) for slip in one.copies if slip.invitation_id in invitations],
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


COMPOSERS = {"meeting": compose_meeting, "meeting_reminder": compose_reminder}
