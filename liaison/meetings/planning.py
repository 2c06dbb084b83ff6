"""What would be sent to whom and why.

What an address is sent is the difference between what it may already hold and the newest announcement, never between two
states of the database; so several edits end in one right mail, and who was never told is never sent a cancellation."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from liaison import site
from liaison.calendaring.itip import Held, Message, Method
from liaison.calendaring.numbering import Version, asks_anew, next_version
from liaison.db import Session
from liaison.directory.models import Person
from liaison.mail import outbox
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.queries import OnDuty
from liaison.meetings import activity_queries, queries
from liaison.meetings.changes import COMPARED
from liaison.meetings.due import due_when_told, replies_due_on
from liaison.meetings.models import ACTIVITIES, AgencyInvitation, AgendaItem, Announcement, Attendee, Meeting
from liaison.meetings.passing import goes_with_office, of_other_offices, was_copied
from liaison.meetings.reading import agencies_reading
from liaison.meetings.recipients import Addressee, Unreachable, addressees
from liaison.meetings.snapshot import Content, Telling, change_of, content_of, listed, organizer_of, snapshot_of

REQUEST, CANCEL = Method.REQUEST, Method.CANCEL
Before = Mapping[str, Any]
"""What a former announcement said of the `COMPARED`."""
_NO_NEWS = {"reason": None, "last_actions": None, "answers_by_mail": None}


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """One mail that `send` would call for: to whom, what it tells them, and how it goes out."""

    addressee: Addressee
    change: str
    """invited, moved, updated, cancelled, postponed, removed or again; handed_over or handed_on with an agency's office"""
    message: Message
    held: Held | None = None
    before: Before | None = None
    """What this address was last told; None where it holds nothing, or that is not known any more."""
    reads: frozenset[int] = frozenset()
    """The agencies that read the address, where the meeting has an item that not everybody may know of (reading.agencies_reading)."""
    former: Announcement | None = None
    """Set where it takes back a UID that the meeting had before it was reinstated: what was announced last under that one."""


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
    """Every address that is, or was, told of this UID."""
    last: Announcement | None
    asked: "Everybody"

    @property
    def has_news(self) -> bool:
        """Whether anybody is to be told anything."""
        return bool(self.mails)


@dataclass(frozen=True, slots=True)
class Everybody:
    """All that decides who is mailed, loaded once."""

    attendees: Sequence[Attendee]
    invitations: Sequence[AgencyInvitation]
    on_duty: OnDuty
    people: Mapping[int, Person]
    contact: dict[str, str | None] | None
    co_hosts: Sequence[str] = ()
    """协办单位 of a joint activity, by their full names."""

    def addressees(self, site_locale: str) -> tuple[list[Addressee], list[Unreachable]]:
        """Everybody to be mailed, by address, and everybody no mail reaches."""
        return addressees(
            attendees=self.attendees,
            invitations=self.invitations,
            in_office=self.on_duty.in_office,
            deputies=self.on_duty.deputies,
            takes_part={member.agency_id: member.takes_part for member in self.on_duty.members},
            people=self.people,
            site_locale=site_locale,
        )

    def partstats(self) -> dict[str, str]:
        """What is known of each single address's answer, as PARTSTAT; shared mailboxes never answer for their people."""
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


async def plan(db: Session, meeting: Meeting, *, answer_anew: bool = False) -> Plan:
    """What sending now would mean. Reads only; needs `mechanism` and `host_agency` loaded."""
    last = await queries.newest_announcement(db, meeting.uid)
    agenda = await queries.agenda(db, meeting.id, states=("accepted",))
    asked = await everybody_of(db, meeting)
    await asyncio.sleep(0)
    found, unreachable = asked.addressees(db.settings.locale)
    await asyncio.sleep(0)
    snapshot = _snapshot(db, meeting, agenda, found, asked)
    snapshot["last_actions"] = await queries.follows_another(db, meeting)
    snapshot["answers_by_mail"] = bool(db.settings.inbox_url or db.settings.lmtp_listen)
    says_nothing_new = _says(last, meeting, snapshot)
    off = meeting.is_off
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
    due = due_when_told(meeting, version.dtstamp)
    snapshot["replies_due_on"] = due.isoformat() if due else None
    # A reinstated meeting goes under a new UID and asks everybody again: they answered for a date that is off.
    asked_before = last is not None or meeting.announced_at is not None
    anew = method is REQUEST and asked_before and asks_anew(before, after, answer_anew=answer_anew)
    partstats = {} if anew else asked.partstats()
    mails: list[PlannedMail] = []
    standing = {invitation.id for invitation in asked.invitations}
    passed_on = of_other_offices(listed(last.snapshot) if last else [], found)
    known = {one.address: one for one in (listed(last.snapshot) if last else [])} | {one.address: one for one in found}
    if last is not None or not off:
        await asyncio.sleep(0)
        held = await holding(db, meeting.uid)
        known |= await _former_words(db, meeting.uid, set(held) - set(known))
        reads = await agencies_reading(db, snapshot, known.values())
        telling = Telling(snapshot, method, meeting.uid, version, partstats, meeting.reply_secret, reads)
        before_of = await told_before(db, meeting.uid, held)
        await asyncio.sleep(0)
        for number, address in enumerate(dict.fromkeys([*(one.address for one in found), *held])):
            one = known.get(address) or Addressee(address, address, db.settings.locale)
            message = telling.message_to(one, held.get(address))
            if message is not None and (address in telling.addressees or not was_copied(one, standing)):
                change = change_of(message, snapshot, passed_on=goes_with_office(one, passed_on))
                behind = reads.get(address, frozenset())
                mails.append(PlannedMail(one, change, message, held.get(address), before_of.get(address), behind))
            if number % 10 == 9:
                await asyncio.sleep(0)  # a long list must not keep the other requests waiting
    if meeting.announced_at is not None:
        mails += await _taken_back(db, meeting)
    return Plan(
        snapshot=snapshot,
        method=method,
        version=version,
        occasion=_occasion(last, meeting, before, after),
        mails=mails,
        unreachable=unreachable,
        asks_anew=anew,
        place_changed=before is not None and before.location != after.location,
        says_nothing_new=says_nothing_new,
        known=list(known),
        last=last,
        asked=asked,
    )


async def holding(db: Session, uid: str, addresses: Collection[str] | None = None) -> dict[str, Held]:
    """By address, what it may hold of this UID."""
    return {address: Held.from_json(stored) for address, stored in (await outbox.holding(db, uid, addresses)).items()}


async def told_before(db: Session, uid: str, held: Mapping[str, Held]) -> dict[str, Before]:
    """By address, what the announcement said that it holds; without those that hold a cancellation, or one that is not known."""
    if not held:
        return {}
    parts = [Announcement.snapshot[name] for name in COMPARED]
    query = select(Announcement.sequence, Announcement.dtstamp, *parts).where(Announcement.uid == uid)
    rows = await db.execute(query.where(Announcement.method == REQUEST.value))
    said = {(row[0], row[1]): dict(zip(COMPARED, row[2:], strict=True)) for row in rows}
    versions = {address: (one.sequence, one.dtstamp) for address, one in held.items() if one.method is REQUEST}
    return {address: said[version] for address, version in versions.items() if version in said}


async def _former_words(db: Session, uid: str, addresses: Collection[str]) -> dict[str, Addressee]:
    """Who stands behind addresses that were taken off the list before the newest announcement, as they were told."""
    if not addresses:
        return {}
    spoken = await outbox.spoken_of(db, uid, addresses)
    return {address: Addressee.from_json(params["addressee"]) for address, params in spoken.items()}


async def _taken_back(db: Session, meeting: Meeting) -> list[PlannedMail]:
    """The cancellations of UIDs this meeting had before, for addresses that never got them: they went out while the site was tried
    out, or were refused. Else the meeting would stand in those calendars twice."""
    mails: list[PlannedMail] = []
    for former in await queries.former_announcements(db, meeting):
        held = {
            address: one for address, one in (await holding(db, former.uid)).items() if one.method is Method.REQUEST
        }
        if not held or former.method != CANCEL:
            continue
        on_their_way = await outbox.on_the_way(db, former.uid)
        words = await _former_words(db, former.uid, held)
        telling = Telling(
            former.snapshot, CANCEL, former.uid, Version(former.sequence, former.dtstamp), {}, meeting.reply_secret
        )
        for address, one in words.items():
            message = None if address in on_their_way else telling.message_to(one, held[address])
            if message is not None:
                mails.append(
                    PlannedMail(one, change_of(message, former.snapshot), message, held[address], former=former)
                )
    return mails


async def is_news(
    db: Session,
    meeting: Meeting,
    agenda: Sequence[AgendaItem],
    asked: Everybody,
    found: Sequence[Addressee],
    last: Announcement | None,
) -> bool:
    """Whether the meeting says something else now, to those `found`, than its newest announcement did; loads nothing, and plans
    no mail."""
    return not _says(last, meeting, _snapshot(db, meeting, agenda, found, asked))


async def untold(db: Session, meeting: Meeting, last: Announcement) -> frozenset[str]:
    """The addresses of the newest announcement that never got a notice of this meeting and to which none is on its way: it was
    refused, or went out while the site was tried out. Nobody there can be reminded of it. While the site still is tried out all
    mail goes to the operator, so nobody counts."""
    if await site.trial_address(db) is not None:
        return frozenset()
    aware = {*await outbox.holding(db, meeting.uid), *await outbox.on_the_way(db, meeting.uid)}
    return frozenset(one.address for one in listed(last.snapshot)) - aware


async def partstats(db: Session, meeting: Meeting) -> dict[str, str]:
    """What is known of each single address's answer, as PARTSTAT."""
    return (await everybody_of(db, meeting)).partstats()


async def everybody_of(db: Session, meeting: Meeting) -> Everybody:
    """Load whom the meeting asks and who acts for their agencies today."""
    await asyncio.sleep(0)  # here and below: a long list must not keep the other requests waiting
    attendees = await queries.attendees(db, meeting.id)
    await asyncio.sleep(0)
    on_duty = await mechanisms.on_duty(db, meeting.mechanism, db.clock.today(meeting.mechanism.timezone))
    await asyncio.sleep(0)
    people = {a.person.id: a.person for a in attendees if a.person is not None}
    people |= {d.person.id: d.person for d in on_duty.everybody()}
    liaison = on_duty.in_office.get(meeting.host_agency_id)
    contact = people[liaison.person_id] if liaison else None
    return Everybody(
        attendees=attendees,
        invitations=await queries.invitations(db, meeting.id),
        on_duty=on_duty,
        people=people,
        contact={"name": contact.name, "phone": contact.phone, "agency": contact.agency.short_name}
        if contact
        else None,
        co_hosts=[one.agency.name for one in await activity_queries.co_hosts(db, meeting.id)]
        if meeting.kind in ACTIVITIES
        else (),
    )


def _snapshot(
    db: Session, meeting: Meeting, agenda: Sequence[AgendaItem], found: Sequence[Addressee], asked: Everybody
) -> dict[str, Any]:
    return snapshot_of(
        meeting,
        agenda,
        found,
        organizer=meeting.organizer or organizer_of(meeting, db.settings.mail_from),
        organizer_name=meeting.mechanism.short_name,
        contact=asked.contact,
        replies_due_on=replies_due_on(meeting, db.now()),
        co_hosts=asked.co_hosts,
    )


def _says(last: Announcement | None, meeting: Meeting, snapshot: Mapping[str, Any]) -> bool:
    """Whether the newest announcement said just this. That a meeting is off is said without details, and why it was moved is
    said with the move: a reason alone is no news, nor that another meeting was held meanwhile."""
    if last is None:
        return False
    if meeting.is_off:
        return last.method == CANCEL.value and last.snapshot["postponed"] == snapshot["postponed"]
    return last.method == REQUEST.value and {**last.snapshot, **_NO_NEWS} == {**snapshot, **_NO_NEWS}


def _occasion(last: Announcement | None, meeting: Meeting, before: Content | None, after: Content) -> str:
    if meeting.is_off:
        return meeting.state
    if last is None or before is None:
        return "reinstated" if meeting.announced_at else "invited"
    moved = (before.starts_at, before.duration_minutes, before.timezone) != (
        after.starts_at,
        after.duration_minutes,
        after.timezone,
    )
    return "moved" if moved else "updated"
