"""The words of the clock's mail: what each person behind one address is reminded of, as it stands when the mail is composed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts import links
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN
from liaison.db import Session
from liaison.i18n import Words
from liaison.mail.compose import render
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Designation, Mechanism
from liaison.meetings.due import replies_due_on
from liaison.meetings.mails import LINK_LIFE as ANSWER_LIFE
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting
from liaison.reminders.queries import Reader, newest_snapshots, readers
from liaison.reminders.reminding import KIND
from liaison.reminders.rules import ACTION, ATTENDEE, WEEK, Line, To, most_urgent_first

LINK_LIFE = timedelta(days=60)
"""How long the link of a reminder lets somebody report."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the mail: what it is, why now (in words, with a colour), where it comes from, and the link to act."""

    title: str
    why: str
    colour: str
    """bad, warn or plain"""
    details: str
    link: str
    act: str


@dataclass(slots=True)
class Section:
    """What one person is reminded of."""

    name: str
    now: list[Entry] = field(default_factory=list)
    waiting: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Loaded:
    items: Mapping[int, ActionItem]
    attendees: Mapping[int, Attendee]
    invitations: Mapping[int, AgencyInvitation]
    readers: Mapping[To, Reader]
    offices: Mapping[int, Designation]
    told: Mapping[str, Mapping[str, Any]]
    """By UID of a meeting, what its people were told of it."""


async def compose_reminders(db: Session, row: OutboxMail) -> OutgoingMessage | None:
    """The bundled mail of one address and day; None when everything in it has been dealt with since."""
    lines = [Line.from_json(stored) for stored in row.params["lines"]]
    loaded = await _load(db, lines)
    sections: dict[To, Section] = {}
    from_mechanisms: dict[int, Mechanism] = {}
    first: Entry | None = None
    first_kind = ""
    for line in most_urgent_first(lines):
        reader = loaded.readers.get(line.to)
        found = await _entry(db, line, loaded, row.locale) if reader else None
        if reader is None or found is None:
            continue
        entry, mechanism = found
        from_mechanisms[mechanism.id] = mechanism
        section = sections.setdefault(line.to, Section(reader.name))
        (section.waiting if line.step == WEEK else section.now).append(entry)
        if first is None:
            first, first_kind = entry, WEEK if line.step == WEEK else line.kind
    if first is None:
        return None
    one = next(iter(from_mechanisms.values()))
    words = Words(row.locale, one.timezone, date.fromisoformat(row.params["on"]))
    count = sum(len(each.now) + len(each.waiting) for each in sections.values())
    context: dict[str, Any] = {
        "words": words,
        "subject": _subject(words, first, first_kind, count),
        "heading": words.ngettext("%(n)d thing needs you", "%(n)d things need you", count),
        "preheader": f"{first.title} {first.why}",
        "sections": list(sections.values()),
        # Who reads a mailbox with others, or for somebody, must see whose it is.
        "alone": len(sections) == 1 and not loaded.readers[next(iter(sections))].address.shared,
        "mechanisms": words._(", ").join(each.short_name for each in from_mechanisms.values()),
        "day": words.short_date(date.fromisoformat(row.params["on"])),
        "site": db.settings.base_url,
    }
    subject, text, html = render("reminders", context, row.locale)
    mailbox = one.mailbox if len(from_mechanisms) == 1 and one.mailbox else None
    return OutgoingMessage(
        to=row.display_to,
        address=row.address,
        mail_from=f"{one.short_name} <{mailbox}>" if mailbox else db.settings.mail_from,
        subject=subject,
        text=text,
        html=html,
        auto_submitted=True,
    )


async def _load(db: Session, lines: Sequence[Line]) -> _Loaded:
    def ids(kind: str) -> list[int]:
        return [line.id for line in lines if line.kind == kind]

    meeting = joinedload(Attendee.meeting).joinedload(Meeting.mechanism)
    slip_meeting = joinedload(AgencyInvitation.meeting).joinedload(Meeting.mechanism)
    items = await db.scalars(select(ActionItem).where(ActionItem.id.in_(ids(ACTION))).options(*SHOWN))
    attendees = await db.scalars(select(Attendee).where(Attendee.id.in_(ids(ATTENDEE))).options(meeting))
    invitations = await db.scalars(
        select(AgencyInvitation)
        .where(AgencyInvitation.id.in_(ids("slip")))
        .options(slip_meeting, joinedload(AgencyInvitation.agency))
    )
    offices = await db.scalars(
        select(Designation).where(Designation.id.in_({line.office for line in lines if line.office}))
    )
    asked, slips = list(attendees), list(invitations)
    return _Loaded(
        {one.id: one for one in items},
        {one.id: one for one in asked},
        {one.id: one for one in slips},
        await readers(db, lines),
        {one.id: one for one in offices},
        await newest_snapshots(db, {one.meeting.uid for one in asked} | {one.meeting.uid for one in slips}),
    )


async def _entry(db: Session, line: Line, loaded: _Loaded, locale: str) -> tuple[Entry, Mechanism] | None:
    """One line in words; None when it has been dealt with."""
    if line.kind == ACTION:
        item = loaded.items.get(line.id)
        if item is None or item.ended_at is not None or (line.step != WEEK and item.due_on != line.due_on):
            return None
        if not await _is_still_theirs(db, line, loaded, item.mechanism, item.owner_id):
            return None
        return await _of_action(db, line, item, locale), item.mechanism
    if line.kind == ATTENDEE:
        attendee = loaded.attendees.get(line.id)
        if attendee is None or attendee.removed_at is not None or attendee.partstat == "declined":
            return None
        meeting, answered, agency = attendee.meeting, attendee.partstat != "needs_action", None
    else:
        invitation = loaded.invitations.get(line.id)
        if invitation is None or invitation.removed_at is not None or invitation.declined:
            return None
        meeting, answered, agency = invitation.meeting, invitation.returned_at is not None, invitation.agency
    if not await _is_still_theirs(db, line, loaded, meeting.mechanism, line.person_id):
        return None
    if meeting.state != "announced" or meeting.starts_at <= db.now() or (line.step == WEEK and answered):
        return None
    told = loaded.told.get(meeting.uid)
    if told is None or (line.step != WEEK and datetime.fromisoformat(told["local_start"]).date() != line.due_on):
        return None
    link = await links.link_for(
        db,
        purpose=links.ANSWER if agency is None else links.SLIP,
        object_id=line.id,
        person_id=line.person_id,
        agency_id=agency.id if agency else None,
        designation_id=line.office,
        expires_at=meeting.ends_at + ANSWER_LIFE,
    )
    name = agency.short_name if agency else None
    return _of_meeting(db, line, meeting, told, locale, answered=answered, agency=name, link=link), meeting.mechanism


async def _is_still_theirs(db: Session, line: Line, loaded: _Loaded, mechanism: Mechanism, own: int | None) -> bool:
    """Whether the line still concerns who it is for: by an office held today, because it is their `own`, or as an agency that has
    no liaison."""
    if line.agency_id is not None:
        in_office = await mechanisms.in_office(db, mechanism.id, db.clock.today(mechanism.timezone))
        return line.agency_id in in_office and in_office[line.agency_id] is None
    if line.office is None:
        return line.person_id == own
    office = loaded.offices.get(line.office)
    return office is not None and office.is_in_term_on(db.clock.today(mechanism.timezone))


async def _of_action(db: Session, line: Line, item: ActionItem, locale: str) -> Entry:
    today = db.clock.today(item.mechanism.timezone)
    words = Words(locale, item.mechanism.timezone, today)
    why, colour = _due_words(words, item.due_on, today)
    parts = [words._("due on %(day)s", day=words.short_date(item.due_on, today))] if item.due_on else []
    parts.append(words._("responsible: %(agency)s", agency=item.lead_agency.short_name))
    if item.owner is not None and line.person_id != item.owner_id:
        parts.append(item.owner.name)
    if item.meeting is not None:
        parts.append(words._("from “%(title)s”", title=item.meeting.title))
    link = await links.link_for(
        db,
        purpose=links.ACTION,
        object_id=item.id,
        person_id=line.person_id,
        agency_id=line.agency_id,
        designation_id=line.office,
        expires_at=db.now() + LINK_LIFE,
    )
    act = words._("Report or complete") if line.office is None else words._("Look and report")
    return Entry(item.title, why, colour, " · ".join(parts), link, act)


def _due_words(words: Words, due_on: date | None, today: date) -> tuple[str, str]:
    """How far the due date is, in words and colour."""
    if due_on is None:
        return words._("no date set"), "plain"
    days = (due_on - today).days
    if days < 0:
        return words.ngettext("overdue by %(n)d day", "overdue by %(n)d days", -days), "bad"
    if days == 0:
        return words._("due today"), "warn"
    return words.ngettext("due in %(n)d day", "due in %(n)d days", days), "warn" if days <= 7 else "plain"


def _of_meeting(
    db: Session,
    line: Line,
    meeting: Meeting,
    told: Mapping[str, Any],
    locale: str,
    *,
    answered: bool,
    agency: str | None,
    link: str,
) -> Entry:
    zone = told["timezone"]
    today = db.clock.today(zone)
    words = Words(locale, zone, today)
    start = datetime.fromisoformat(told["local_start"])
    when = words.full_span(start, start + timedelta(minutes=told["duration_minutes"]), zone=zone)
    days = (start.date() - today).days
    due = replies_due_on(meeting, db.now())
    closed = agency is not None and not answered and due is not None and today > due
    if closed and told["contact"]:
        # The slip takes no more names, so the mail must not ask for them.
        host = told["contact"]
        who = " ".join(filter(None, (host["agency"], host["name"], host["phone"])))
        why = words._("slip missing, and its date has passed: please call %(who)s", who=who)
    elif line.step == WEEK or not answered:
        why = words._("slip missing") if agency else words._("not answered yet")
    elif days == 0:
        why = words._("today")
    elif days == 1:
        why = words._("tomorrow")
    else:
        why = words.ngettext("in %(n)d day", "in %(n)d days", days)
    details = " · ".join(filter(None, (agency, when, told["location"])))
    if agency:
        act = words._("Look at the slip") if answered or closed else words._("Fill in the slip")
    else:
        act = words._("Look or change the answer") if answered else words._("Answer")
    return Entry(told["title"], why, "plain" if answered else "warn", details, link, act)


def _subject(words: Words, first: Entry, kind: str, count: int) -> str:
    """What is most urgent, and how much more there is."""
    labels = {ACTION: words._("[Action items]"), WEEK: words._("[Weekly digest]")}
    label = labels.get(kind) or words._("[Meeting reminder]")
    if count == 1:
        return words._("%(label)s %(title)s: %(why)s", label=label, title=first.title, why=first.why)
    return words._(
        "%(label)s %(title)s: %(why)s, and %(n)d more", label=label, title=first.title, why=first.why, n=count - 1
    )


COMPOSERS = {KIND: one_by_one(compose_reminders)}
