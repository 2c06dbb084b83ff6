"""The words of the clock's mail: what each person behind one address is reminded of, as it stands when the mail is composed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts import links
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN
from liaison.actions.queries import audiences as audiences_of
from liaison.db import Session
from liaison.directory.queries import agencies_at
from liaison.i18n import Words
from liaison.mail.compose import render
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Designation, Mechanism, Member
from liaison.meetings.audience import HIDDEN
from liaison.meetings.due import replies_due_on
from liaison.meetings.mails import LINK_LIFE as ANSWER_LIFE
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting
from liaison.meetings.paper_queries import open_papers
from liaison.meetings.snapshot import organizer_for
from liaison.reminders.bundling import KIND
from liaison.reminders.closings import closing_entry
from liaison.reminders.extensions import extension_entry
from liaison.reminders.list_checks import list_entry
from liaison.reminders.notices import notice_entry
from liaison.reminders.queries import Reader, newest_snapshots, on_leave, readers
from liaison.reminders.reviews import review_entry
from liaison.reminders.rules import (
    ACTION,
    ATTENDEE,
    CLOSING,
    EXTENSION,
    ITEMS,
    LEAD,
    LIST,
    NOTICE_SENT,
    ONLY_OPEN,
    PREPARE,
    PROPOSAL,
    RECORD,
    REVIEW,
    SIGN,
    WEEK,
    Line,
    To,
    most_urgent_first,
)
from liaison.reminders.sign_mails import owed, sign_entry
from liaison.reminders.step_mails import meetings_of, step_entry
from liaison.reminders.step_wording import Speaks
from liaison.reminders.wording import Entry, foot, of_action, of_meeting, subject

_HOSTS = (
    joinedload(ActionItem.meeting).joinedload(Meeting.host_agency),
    joinedload(ActionItem.mechanism).joinedload(Mechanism.lead_agency),
)
LINK_LIFE = timedelta(days=60)
"""How long the link of a reminder lets somebody report."""


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
    meetings: Mapping[int, Meeting]
    """Those that lines themselves are about, with mechanism and host."""
    told: Mapping[str, Mapping[str, Any]]
    """By UID of a meeting, what its people were told of it."""
    audiences: Mapping[int, frozenset[int]]
    """By action item, who may know of it, of those that not everybody may know of."""
    read_by: frozenset[int]
    """The agencies that read the address; looked up only where there are such items, or requests, or items to close."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One line in words, of which mechanism it is, and the meeting with what its people were told of it."""

    line: Line
    entry: Entry
    mechanism: Mechanism
    meeting: Meeting | None = None
    told: Mapping[str, Any] | None = None
    audience: frozenset[int] | None = None
    named: str = ""
    """What a subject calls what not everybody may know of; empty: what its entry does, or nothing."""
    label: str = ""
    """The kind of which the subject speaks, where it is not the line's."""


async def compose_reminders(db: Session, row: OutboxMail) -> OutgoingMessage | None:
    """The bundled mail of one address and day; None when everything in it has been dealt with since."""
    lines = [Line.from_json(stored) for stored in row.params["lines"]]
    loaded = await _load(db, lines, row.address)
    sections: dict[To, Section] = {}
    all_found: list[_Found] = []
    for line in most_urgent_first(lines):
        reader = loaded.readers.get(line.to)
        found = await _found(db, line, loaded, row.locale) if reader else None
        if reader is None or found is None:
            continue
        all_found.append(found)
        section = sections.setdefault(line.to, Section(reader.name))
        (section.waiting if line.step == WEEK else section.now).append(found.entry)
    if not all_found:
        return None
    first, of_mechanisms = all_found[0], {found.mechanism.id: found.mechanism for found in all_found}
    one = first.mechanism
    words = Words(row.locale, one.timezone, date.fromisoformat(row.params["on"]))
    meeting, told = _one_meeting(all_found)
    closed = [found.audience for found in all_found if found.audience is not None]
    context: dict[str, Any] = {
        "words": words,
        "subject": subject(
            words,
            _in_subject(words, first),
            WEEK if first.line.step == WEEK else first.label or first.line.kind,
            len(all_found),
        ),
        "heading": words.ngettext("%(n)d reminder", "%(n)d reminders", len(all_found)),
        "preheader": f"{first.entry.title} {first.entry.why}",
        "sections": list(sections.values()),
        # Who reads a mailbox with others, or for somebody, must see whose it is.
        "alone": len(sections) == 1 and not loaded.readers[next(iter(sections))].address.shared,
        "mechanisms": words._(", ").join(each.short_name for each in of_mechanisms.values()),
        "day": words.short_date(date.fromisoformat(row.params["on"])),
        "foot": foot(words, [found.entry for found in all_found], told, reply=_reply(db, lines, all_found)),
    }
    subject_line, text, html = render("reminders", context, row.locale)
    from_name, mail_from = one.sender(db.settings.mail_from) if len(of_mechanisms) == 1 else ("", db.settings.mail_from)
    if meeting is not None and told is not None:
        # In the thread of the meeting's notices, whose root is of their sender's domain.
        from_name = told["organizer_name"]
        mail_from = organizer_for(row.address, told, meeting.uid, meeting.reply_secret)
    return OutgoingMessage(
        to=row.display_to,
        address=row.address,
        mail_from=mail_from,
        from_name=from_name,
        thread=meeting.uid if meeting is not None else None,
        subject=subject_line,
        text=text,
        html=html,
        auto_submitted=True,
        # Who reads the mailbox answers from it, also where no agency may know of all that it is reminded of.
        audience=frozenset.intersection(*closed) or loaded.read_by if closed else None,
    )


def _in_subject(words: Words, first: _Found) -> Entry:
    """A subject is read over the shoulder, and by whoever looks at the queue: it names nothing that not everybody may know of."""
    return first.entry if first.audience is None else replace(first.entry, title=first.named or words._(HIDDEN))


def _reply(db: Session, lines: Sequence[Line], all_found: Sequence[_Found]) -> set[str]:
    """What a reply by mail may be: one reader's, on the one thing of its kind in the mail, where mail is taken in at all."""
    readers_of = {line.person_id for line in lines}
    if not (db.settings.inbox_url or db.settings.lmtp_listen) or len(readers_of) != 1 or None in readers_of:
        return set()
    kinds = [line.kind for line in lines]
    return {
        found.line.kind
        for found in all_found
        if kinds.count(found.line.kind) == 1 and (found.line.kind == ATTENDEE or found.entry.reports)
    }


def _one_meeting(all_found: Sequence[_Found]) -> tuple[Meeting | None, Mapping[str, Any] | None]:
    """The meeting that all of it is about, and what people were told of it; None where it is about several things, or an
    item: that would be out of place among the notices of one meeting."""
    first = all_found[0]
    same = all(found.meeting is first.meeting for found in all_found)
    return (first.meeting, first.told) if same else (None, None)


async def _load(db: Session, lines: Sequence[Line], address: str) -> _Loaded:
    def ids(kind: str) -> list[int]:
        return [line.id for line in lines if line.kind == kind]

    meeting = joinedload(Attendee.meeting).joinedload(Meeting.mechanism)
    slip_meeting = joinedload(AgencyInvitation.meeting).joinedload(Meeting.mechanism)
    items = await db.scalars(select(ActionItem).where(ActionItem.id.in_(ids(ACTION))).options(*SHOWN, *_HOSTS))
    attendees = await db.scalars(select(Attendee).where(Attendee.id.in_(ids(ATTENDEE))).options(meeting))
    invitations = await db.scalars(
        select(AgencyInvitation)
        .where(AgencyInvitation.id.in_(ids("slip")))
        .options(slip_meeting, joinedload(AgencyInvitation.agency))
    )
    offices = await db.scalars(
        select(Designation)
        .where(Designation.id.in_({line.office for line in lines if line.office}))
        .options(joinedload(Designation.agency))
    )
    asked, slips, found = list(attendees), list(invitations), list(items)
    meetings = await meetings_of(db, {*ids(ITEMS), *ids(PREPARE), *ids(RECORD)})
    spoken_of = [*(one.meeting for one in asked), *(one.meeting for one in slips), *meetings.values()]
    audiences = await audiences_of(db, found)
    asks = audiences or ids(EXTENSION) or ids(CLOSING) or ids(NOTICE_SENT)
    at = await agencies_at(db, [address]) if asks else {}
    return _Loaded(
        {one.id: one for one in found},
        {one.id: one for one in asked},
        {one.id: one for one in slips},
        await readers(db, lines),
        {one.id: one for one in offices},
        meetings,
        await newest_snapshots(db, {meeting.uid for meeting in spoken_of}),
        audiences,
        frozenset(at.get(address, ())),
    )


async def _found(db: Session, line: Line, loaded: _Loaded, locale: str) -> _Found | None:
    """One line in words; None when it has been dealt with."""
    if line.kind == ACTION:
        return await _action(db, line, loaded, locale)
    if line.kind in (ITEMS, PREPARE, RECORD):
        return await _step(db, line, loaded, locale)
    if line.kind == LIST:
        return await _list(db, line, loaded, locale)
    if line.kind == REVIEW:
        return await _review(db, line, loaded, locale)
    if line.kind in (EXTENSION, CLOSING):
        worded = extension_entry if line.kind == EXTENSION else closing_entry
        found = await worded(db, line, loaded.offices.get(line.office or 0), loaded.read_by, locale)
        return _Found(line, found.entry, found.mechanism, audience=found.audience) if found else None
    if line.kind == NOTICE_SENT:
        return await _notice(db, line, loaded, locale)
    if line.kind == SIGN:
        return await _sign(db, line, loaded, locale)
    invitation, role = None, ""
    if line.kind == ATTENDEE:
        attendee = loaded.attendees.get(line.id)
        if attendee is None or attendee.removed_at is not None or attendee.partstat == "declined":
            return None
        meeting, answered, role = attendee.meeting, attendee.partstat != "needs_action", attendee.role
    else:
        invitation = loaded.invitations.get(line.id)
        if invitation is None or invitation.removed_at is not None or invitation.declined:
            return None
        meeting, answered = invitation.meeting, invitation.returned_at is not None
    if not await _is_still_theirs(db, line, loaded, meeting.mechanism, line.person_id):
        return None
    if meeting.state != "announced" or meeting.starts_at <= db.now() or (line.step in ONLY_OPEN and answered):
        return None
    told = loaded.told.get(meeting.uid)
    if told is None or (line.step != WEEK and datetime.fromisoformat(told["local_start"]).date() != line.due_on):
        return None
    link = await links.link_for(
        db,
        purpose=links.SLIP if invitation else links.ANSWER,
        object_id=line.id,
        person_id=line.person_id,
        agency_id=invitation.agency_id if invitation else None,
        designation_id=line.office,
        expires_at=meeting.ends_at + ANSWER_LIFE,
    )
    today = db.clock.today(told["timezone"])
    due = replies_due_on(meeting, db.now())
    entry = of_meeting(
        Words(locale, told["timezone"], today),
        line,
        told,
        role=role,
        answered=answered,
        closed=invitation is not None and due is not None and today > due,
        due=due,
        agency=invitation.agency.short_name if invitation else None,
        office=loaded.offices.get(line.office or 0),
        link=link,
        on_leave=await on_leave(db, meeting.id, invitation.agency_id) if invitation else (),
        papers=[paper.title for paper in await open_papers(db, meeting)] if line.step != WEEK else (),
    )
    return _Found(line, entry, meeting.mechanism, meeting, told)


async def _step(db: Session, line: Line, loaded: _Loaded, locale: str) -> _Found | None:
    meeting = loaded.meetings.get(line.id)
    if meeting is None or not await _is_still_theirs(db, line, loaded, meeting.mechanism, line.person_id):
        return None
    office, told = loaded.offices.get(line.office or 0), loaded.told.get(meeting.uid)
    agency = office.agency.short_name if office else loaded.readers[line.to].name
    words = Words(locale, meeting.timezone, db.clock.today(meeting.timezone))
    entry = await step_entry(db, Speaks(words, line, office, agency, told), meeting)
    return _Found(line, entry, meeting.mechanism) if entry else None


async def _list(db: Session, line: Line, loaded: _Loaded, locale: str) -> _Found | None:
    options = (joinedload(Member.mechanism), joinedload(Member.agency))
    member = (await db.scalars(select(Member).where(Member.id == line.id).options(*options))).first()
    if member is None or not await _is_still_theirs(db, line, loaded, member.mechanism, None):
        return None
    office = loaded.offices.get(line.office or 0)
    entry = await list_entry(db, line, member, office, locale, member.mechanism.timezone)
    return _Found(line, entry, member.mechanism) if entry else None


async def _review(db: Session, line: Line, loaded: _Loaded, locale: str) -> _Found | None:
    mechanism, office = await db.get(Mechanism, line.id), loaded.offices.get(line.office or 0)
    if mechanism is None or not await _is_still_theirs(db, line, loaded, mechanism, None):
        return None
    agency = office.agency.short_name if office else loaded.readers[line.to].name
    entry = await review_entry(db, line, mechanism, agency, office, locale)
    return _Found(line, entry, mechanism) if entry else None


async def _notice(db: Session, line: Line, loaded: _Loaded, locale: str) -> _Found | None:
    found = await notice_entry(db, line, loaded.offices.get(line.office or 0), loaded.read_by, locale)
    if found is None or not await _is_still_theirs(db, line, loaded, found.mechanism, None):
        return None
    label = LEAD if found.is_referral else NOTICE_SENT
    return _Found(line, found.entry, found.mechanism, audience=found.audience, named=found.named, label=label)


async def _sign(db: Session, line: Line, loaded: _Loaded, locale: str) -> _Found | None:
    found = await owed(db, line)
    if found is None or not await _is_still_theirs(db, line, loaded, found.mechanism, None):
        return None
    words = Words(locale, found.zone.key, db.clock.today(found.zone.key))
    entry = await sign_entry(db, words, line, found, loaded.offices.get(line.office or 0))
    return _Found(line, entry, found.mechanism, label=SIGN if found.is_minutes else PROPOSAL)


async def _action(db: Session, line: Line, loaded: _Loaded, locale: str) -> _Found | None:
    item = loaded.items.get(line.id)
    if (
        item is None
        or item.ended_at is not None
        or item.waits_for_closing
        or (line.step != WEEK and item.due_on != line.due_on)
    ):
        return None
    if not await _is_still_theirs(db, line, loaded, item.mechanism, item.owner_id):
        return None
    office = loaded.offices.get(line.office or 0)
    agency_id = office.agency_id if office is not None else line.agency_id
    if agency_id is not None and agency_id not in (item.lead_agency_id, item.host_agency_id):
        return None  # another agency is responsible by now
    audience, words = (
        loaded.audiences.get(item.id),
        Words(locale, item.mechanism.timezone, db.clock.today(item.mechanism.timezone)),
    )
    if audience is not None:
        knows = audience | {item.lead_agency_id}
        if agency_id is not None and agency_id not in knows:
            return None
        if not loaded.read_by or not loaded.read_by <= knows:
            # Whoever opens a link acts as its owner: here it would tell what the mail does not.
            page = f"{db.settings.base_url}/actions/{item.id}"
            return _Found(line, of_action(words, line, item, office, page, title=words._(HIDDEN)), item.mechanism)
    link = await links.link_for(
        db,
        purpose=links.ACTION,
        object_id=item.id,
        person_id=line.person_id,
        agency_id=line.agency_id,
        designation_id=line.office,
        expires_at=db.now() + LINK_LIFE,
    )
    entry = of_action(words, line, item, office, link)
    return _Found(line, entry, item.mechanism, audience=audience | {item.lead_agency_id} if audience else None)


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


COMPOSERS = {KIND: one_by_one(compose_reminders)}
