"""Telling people: what would be sent to whom and why, sending it, reminding who has not answered.

What an address is sent is the difference between what it may already hold and the newest announcement, never between two
states of the database; so several edits end in one right mail, and who was never told is never sent a cancellation."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from email.utils import parseaddr
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.calendaring.deadlines import check_profile, replies_due
from liaison.calendaring.itip import Held, Message, Method, Version, asks_anew, next_version
from liaison.calendaring.workdays import region_calendar
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries
from liaison.meetings.models import AgencyInvitation, Announcement, Attendee, Meeting
from liaison.meetings.permissions import may_change
from liaison.meetings.recipients import Addressee, Unreachable, addressees, everybody
from liaison.meetings.snapshot import Content, Telling, content_of, listed, snapshot_of

REQUEST, CANCEL = Method.REQUEST, Method.CANCEL
HOURS_BETWEEN_REMINDERS = 1


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """One mail that `send` would call for: to whom, what it tells them, and how it goes out."""

    addressee: Addressee
    change: str
    """invited, moved, updated, cancelled, postponed, removed or again"""
    message: Message


@dataclass(frozen=True, slots=True)
class Plan:
    """What `send` would do at this moment; shown to the officer before, and done by `send` itself."""

    snapshot: dict[str, Any]
    method: Method
    version: Version
    occasion: str
    mails: list[PlannedMail]
    unreachable: list[Unreachable]
    asks_anew: bool
    place_changed: bool
    says_nothing_new: bool
    """The newest announcement said just this."""
    known: list[str]
    """Every address that is, or was, told of this UID; what still waits for one of them is out of date."""

    @property
    def has_news(self) -> bool:
        """Whether anybody is to be told anything."""
        return bool(self.mails)


async def plan(db: Session, meeting: Meeting, *, answer_anew: bool = False) -> Plan:
    """What sending now would mean. Reads only; needs `mechanism` and `host_agency` loaded."""
    last = await queries.newest_announcement(db, meeting.uid)
    agenda = await queries.agenda(db, meeting.id, states=("accepted",))
    asked = await _asked(db, meeting)
    found, unreachable = asked.addressees(db.settings.locale)
    snapshot = snapshot_of(
        meeting,
        agenda,
        found,
        organizer=meeting.organizer or organizer_of(meeting, db.settings.mail_from),
        organizer_name=meeting.mechanism.short_name,
        contact=asked.contact,
        replies_due_on=replies_due_on(meeting),
    )
    off = meeting.cancelled_at is not None or meeting.postponed_at is not None
    method = CANCEL if off else REQUEST
    before = content_of(last.snapshot) if last else None
    after = content_of(snapshot)
    version = next_version(
        Version(last.sequence, last.dtstamp, meeting.answers_from) if last else None,
        before=before,
        after=after,
        cancelled=off and last is not None and last.method != CANCEL,
        answer_anew=answer_anew,
        now=db.now(),
    )
    anew = method is REQUEST and last is not None and asks_anew(before, after, answer_anew=answer_anew)
    partstats = {} if anew else asked.partstats(meeting)
    mails: list[PlannedMail] = []
    known = {one.address: one for one in (listed(last.snapshot) if last else [])} | {one.address: one for one in found}
    if last is not None or not off:
        held = {address: Held.from_json(stored) for address, stored in (await outbox.holding(db, meeting.uid)).items()}
        telling = Telling(snapshot, method, meeting.uid, version, partstats)
        await asyncio.sleep(0)
        for number, address in enumerate(dict.fromkeys([*(one.address for one in found), *held])):
            one = known.get(address) or Addressee(address, address, db.settings.locale)
            message = telling.message_to(one, held.get(address))
            if message is not None:
                mails.append(PlannedMail(one, _change(message, meeting), message))
            if number % 20 == 19:
                await asyncio.sleep(0)  # a long list must not keep the other requests waiting
    return Plan(
        snapshot=snapshot,
        method=method,
        version=version,
        occasion=_occasion(last, meeting, before, after),
        mails=mails,
        unreachable=unreachable,
        asks_anew=anew,
        place_changed=before is not None and before.location != after.location,
        says_nothing_new=last is not None and last.method == method.value and (off or last.snapshot == snapshot),
        known=list(known),
    )


async def send(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    note: str | None = None,
    answer_anew: bool = False,
    version: int | None = None,
) -> Announcement:
    """发送通知: announce the meeting as it stands to everybody who does not hold just that, one mail an address.

    `note` is a line of the officer's to go with it; `answer_anew` asks everybody again although only the place changed.
    Raises NotPermitted, Invalid (nobody asked), Conflict (nothing new to tell, or a stale form)."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(N_("Only liaison officers and deputies of this mechanism may do this."))
    meeting.check_version(version, title=meeting.title, starts_at=meeting.local_start)
    check = Check()
    note = check.text("note", note, most=500, lines=True)
    check.done()
    if meeting.held_at:
        raise Conflict(N_("This meeting has been held; its notice can no longer be changed."))
    planned = await plan(db, meeting, answer_anew=answer_anew)
    if (
        planned.method is REQUEST
        and not planned.snapshot["addressees"]
        and not planned.unreachable
        and not planned.mails
    ):
        raise Invalid({"attendees": N_("Please name at least one agency or person to ask.")})
    if meeting.announced_at is None and planned.method is CANCEL:
        raise Conflict(N_("Nobody was told of this meeting, so there is nobody to tell that it is off."))
    if not planned.has_news and planned.says_nothing_new:
        raise Conflict(N_("Everybody holds this notice already; there is nothing new to send."))
    if planned.asks_anew:
        await _ask_anew(db, meeting)
    announcement = Announcement(
        meeting_id=meeting.id,
        uid=meeting.uid,
        sequence=planned.version.sequence,
        dtstamp=planned.version.dtstamp,
        method=planned.method.value,
        occasion=planned.occasion,
        snapshot=planned.snapshot,
        note=note,
        by_id=viewer.person_id,
        at=db.now(),
    )
    db.add(announcement)
    meeting.sequence, meeting.dtstamp = planned.version.sequence, planned.version.dtstamp
    meeting.answers_from = planned.version.answers_from
    meeting.organizer = planned.snapshot["organizer"]
    meeting.announced_at = meeting.announced_at or db.now()
    meeting.off_announced = planned.method is CANCEL
    meeting.touch()
    await db.flush()
    await outbox.supersede(db, meeting.uid, planned.known)
    for number, mail in enumerate(planned.mails):
        await enqueue(db, viewer, meeting, announcement, mail.addressee, change=mail.change)
        if number % 20 == 19:
            await db.flush()
            await asyncio.sleep(0)
    audit.add(
        db,
        viewer,
        "send",
        f"meeting:{meeting.id}",
        mechanism_id=meeting.mechanism_id,
        occasion=planned.occasion,
        mails=len(planned.mails),
        sequence=planned.version.sequence,
    )
    return announcement


async def resend(db: Session, viewer: Viewer, meeting: Meeting, address: str) -> None:
    """Send one address the newest notice once more, unchanged (same SEQUENCE and DTSTAMP). Raises Conflict if it was never told."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(N_("Only liaison officers and deputies of this mechanism may do this."))
    last = await queries.newest_announcement(db, meeting.uid)
    one = next((a for a in listed(last.snapshot) if a.address == address.lower()), None) if last else None
    if last is None or one is None:
        raise Conflict(N_("This address was not part of the last notice."))
    await outbox.supersede(db, meeting.uid, [one.address])
    await enqueue(db, viewer, meeting, last, one, change="again", again=True)
    audit.add(db, viewer, "resend", f"meeting:{meeting.id}", mechanism_id=meeting.mechanism_id, address=one.address)


async def unanswered(db: Session, meeting: Meeting) -> list[Addressee]:
    """The addresses behind which somebody told of the meeting has not answered yet, cut down to just those."""
    last = await queries.newest_announcement(db, meeting.uid)
    if last is None or last.method == CANCEL.value:
        return []
    waiting = {a.id for a in await queries.attendees(db, meeting.id) if a.partstat == "needs_action"}
    open_slips = {i.id for i in await queries.invitations(db, meeting.id) if i.returned_at is None}
    found = []
    for one in listed(last.snapshot):
        attendee_ids = [id_ for id_ in one.attendee_ids if id_ in waiting]
        slips = [s for s in one.slips if s.invitation_id in open_slips]
        if attendee_ids or slips:
            found.append(replace(one, attendee_ids=attendee_ids, slips=slips, copies=[]))
    return found


async def remind(db: Session, viewer: Viewer, meeting: Meeting) -> int:
    """提醒: one mail to each address behind which somebody has not answered, and to nobody else; how many.

    Raises NotPermitted, Conflict (not announced, over, or reminded within the hour)."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(N_("Only liaison officers and deputies of this mechanism may do this."))
    if meeting.state != "announced" or meeting.starts_at <= db.now():
        raise Conflict(N_("Reminders go out between the notice and the meeting."))
    if meeting.reminded_at and db.now() - meeting.reminded_at < timedelta(hours=HOURS_BETWEEN_REMINDERS):
        raise Conflict(N_("A reminder went out less than an hour ago."))
    last = await queries.newest_announcement(db, meeting.uid)
    found = await unanswered(db, meeting)
    if last is None or not found:
        raise Conflict(N_("Everybody has answered; there is nobody to remind."))
    for one in found:
        await outbox.enqueue(
            db,
            kind="meeting_reminder",
            about=f"meeting:{meeting.id}",
            address=one.address,
            display_to=f"{one.name} <{one.address}>",
            locale=one.locale,
            person_ids=one.person_ids,
            source_id=last.id,
            params={"addressee": one.to_json()},
            created_by=viewer.person_id,
        )
    meeting.reminded_at = db.now()
    audit.add(db, viewer, "remind", f"meeting:{meeting.id}", mechanism_id=meeting.mechanism_id, mails=len(found))
    return len(found)


async def enqueue(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    announcement: Announcement,
    one: Addressee,
    *,
    change: str,
    again: bool = False,
) -> None:
    """Call for the mail of one announcement to one address; the worker composes it."""
    await outbox.enqueue(
        db,
        kind="meeting",
        about=f"meeting:{meeting.id}",
        address=one.address,
        display_to=f"{one.name} <{one.address}>",
        locale=one.locale,
        person_ids=one.person_ids,
        source_id=announcement.id,
        params={"change": change, "again": again, "addressee": one.to_json()},
        thread=meeting.uid,
        created_by=viewer.person_id or None,
    )


async def lock(db: Session, meeting: Meeting) -> None:
    """The meeting under a lock, freshly read, with mechanism and host."""
    await locked(db, Meeting, meeting.id, joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))


def organizer_of(meeting: Meeting, mail_from: str) -> str:
    """The ORGANIZER's address: the mechanism's mailbox, else the address of MAIL_FROM (MAIL.md decision 3)."""
    return meeting.mechanism.mailbox or parseaddr(mail_from)[1]


def replies_due_on(meeting: Meeting) -> date | None:
    """Until the end of which local date slips may be changed: as the officer set it, else the mechanism's profile (T-3 working
    days); the meeting day itself where that date had passed when the notice went out. None once the meeting is off."""
    if meeting.replies_due_on:
        return meeting.replies_due_on
    if meeting.postponed_at or meeting.cancelled_at:
        return None
    due = replies_due(
        region_calendar(meeting.mechanism.region), meeting.local_on, check_profile(meeting.mechanism.deadlines)
    ).date
    told = meeting.announced_at or meeting.created_at
    return due if due > told.astimezone(meeting.zone).date() else meeting.local_on


async def partstats(db: Session, meeting: Meeting) -> dict[str, str]:
    """What is known of each single address's answer, as PARTSTAT; shared mailboxes never answer for their people."""
    return (await _asked(db, meeting)).partstats(meeting)


@dataclass(frozen=True, slots=True)
class _Everybody:
    """All that decides who is mailed, loaded once."""

    attendees: Sequence[Attendee]
    invitations: Sequence[AgencyInvitation]
    in_office: Mapping[int, Any]
    deputies: Mapping[int, Any]
    takes_part: Mapping[int, str]
    people: Mapping[int, Person]
    contact: dict[str, str | None] | None

    def addressees(self, site_locale: str) -> tuple[list[Addressee], list[Unreachable]]:
        return addressees(
            attendees=self.attendees,
            invitations=self.invitations,
            in_office=self.in_office,
            deputies=self.deputies,
            takes_part=self.takes_part,
            people=self.people,
            site_locale=site_locale,
        )

    def partstats(self, meeting: Meeting) -> dict[str, str]:
        by_id = {a.id: a.partstat for a in self.attendees}
        slips = {i.id: i for i in self.invitations}
        known: dict[str, str] = {}
        for one in self.addressees("en")[0]:
            if one.group:
                continue
            if len(one.attendee_ids) == 1:
                known[one.address] = by_id[one.attendee_ids[0]].replace("_", "-").upper()
            elif one.slips and (slip := slips.get(one.slips[0].invitation_id)) and slip.returned_at:
                known[one.address] = "DECLINED" if slip.declined else "ACCEPTED"
        return known


async def _asked(db: Session, meeting: Meeting) -> _Everybody:
    today = db.clock.today(meeting.timezone)
    in_office = await mechanisms.in_office(db, meeting.mechanism_id, today)
    deputies = await mechanisms.deputies(db, meeting.mechanism_id, today)
    members = await mechanisms.members_on(db, meeting.mechanism_id, today)
    attendees = await queries.attendees(db, meeting.id)
    await asyncio.sleep(0)
    people = {a.person.id: a.person for a in attendees if a.person is not None}
    ids = everybody(in_office.values()) | {d.person_id for them in deputies.values() for d in them}
    rows = await db.scalars(select(Person).where(Person.id.in_(ids - set(people))).options(*queries.PERSON_ADDRESS))
    people |= {person.id: person for person in rows}
    liaison = in_office.get(meeting.host_agency_id)
    contact = people[liaison.person_id] if liaison else None
    return _Everybody(
        attendees=attendees,
        invitations=await queries.invitations(db, meeting.id),
        in_office=in_office,
        deputies=deputies,
        takes_part={m.agency_id: m.takes_part for m in members},
        people=people,
        contact={"name": contact.name, "phone": contact.phone, "agency": contact.agency.short_name}
        if contact
        else None,
    )


async def _ask_anew(db: Session, meeting: Meeting) -> None:
    """Another time: every answer is asked for again; names on slips stay, to be confirmed."""
    for attendee in await queries.attendees(db, meeting.id):
        attendee.partstat = "needs_action"
    for invitation in await queries.invitations(db, meeting.id):
        invitation.returned_at = None
        invitation.declined = False


def _change(message: Message, meeting: Meeting) -> str:
    return "postponed" if message.change == "cancelled" and meeting.postponed_at else message.change.value


def _occasion(last: Announcement | None, meeting: Meeting, before: Content | None, after: Content) -> str:
    if meeting.postponed_at:
        return "postponed"
    if meeting.cancelled_at:
        return "cancelled"
    if last is None or before is None:
        return "reinstated" if meeting.announced_at else "invited"
    moved = (before.starts_at, before.duration_minutes, before.timezone) != (
        after.starts_at,
        after.duration_minutes,
        after.timezone,
    )
    return "moved" if moved else "updated"
