"""The mails of meetings: what the mails of one announcement need is loaded once for many, then each is worded (`letters`) by itself."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.links import ANSWER, SLIP, May, links_for
from liaison.calendaring.itip import Held, Method, Version
from liaison.db import Session
from liaison.errors import Conflict
from liaison.i18n import N_, Words
from liaison.mail import outbox
from liaison.mail.message import OutgoingMessage, Wording
from liaison.mail.models import OutboxMail
from liaison.meetings import queries
from liaison.meetings.letters import Lines, Told, reminder, written
from liaison.meetings.models import AgencyInvitation, Announcement, Attendee, Meeting
from liaison.meetings.planning import Plan, PlannedMail, everybody_of
from liaison.meetings.recipients import Addressee, Slip
from liaison.meetings.snapshot import Telling, still_waiting
from liaison.meetings.wording import ROLE_NAMES

log = structlog.get_logger(__name__)

LINK_LIFE = timedelta(days=7)
"""How long after the meeting its links still show the answer given."""
NOBODY = Lines((), (), ())
_MEETING = joinedload(Announcement.meeting).options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))


async def compose_meeting(db: Session, rows: Sequence[OutboxMail]) -> Wording:
    """The mails of announcements; none where a newer announcement says it all or the address holds just that already."""
    words: dict[int, Callable[[], OutgoingMessage]] = {}
    for announcement, some in await _by_announcement(db, rows):
        newest = await queries.newest_announcement(db, announcement.uid)
        if newest is not None and newest.id != announcement.id:
            continue
        meeting, snapshot = announcement.meeting, announcement.snapshot
        asked = await everybody_of(db, meeting)
        stored = await outbox.holding(db, announcement.uid, [row.address for row in some])
        held = {address: Held.from_json(what) for address, what in stored.items()}
        telling = Telling(
            snapshot,
            Method(announcement.method),
            announcement.uid,
            Version(announcement.sequence, announcement.dtstamp, meeting.answers_from),
            asked.partstats() if announcement.uid == meeting.uid else {},
        )
        mails: dict[int, PlannedMail] = {}
        for row in some:
            one = Addressee.from_json(row.params["addressee"])
            message = telling.message_to(one, held.get(row.address), again=bool(row.params.get("again")))
            if message is not None:
                change = message.change.value
                change = "postponed" if change == "cancelled" and snapshot["postponed"] else change
                mails[row.id] = PlannedMail(one, change, message)
            await asyncio.sleep(0)  # a long list must not keep the other requests waiting
        asking = {id_: mail.addressee for id_, mail in mails.items() if mail.message.method is Method.REQUEST}
        lines = await _linked(db, meeting, asked.attendees, asked.invitations, asking)
        for id_, mail in mails.items():
            words[id_] = partial(
                written,
                snapshot,
                mail,
                lines.get(id_, NOBODY),
                note=announcement.note,
                held=held.get(mail.addressee.address),
                occasion=announcement.occasion,
                today=db.clock.today(meeting.timezone),
            )
    return lambda row: words[row.id]() if row.id in words else None


async def compose_reminder(db: Session, rows: Sequence[OutboxMail]) -> Wording:
    """Reminders to answer; none where everybody behind the address has answered since, or the meeting is off."""
    words: dict[int, Callable[[], OutgoingMessage]] = {}
    for announcement, some in await _by_announcement(db, rows):
        meeting = announcement.meeting
        last = await queries.newest_announcement(db, announcement.uid)
        if last is None or meeting.state != "announced" or meeting.uid != announcement.uid:
            continue
        attendees = await queries.attendees(db, meeting.id)
        invitations = await queries.invitations(db, meeting.id)
        waiting = {one.address: one for one in still_waiting(last, attendees, invitations)}
        told = {row.id: waiting[row.address] for row in some if row.address in waiting}
        lines = await _linked(db, meeting, attendees, invitations, told)
        today = db.clock.today(meeting.timezone)
        for id_, one in told.items():
            words[id_] = partial(reminder, last.snapshot, one, lines[id_], uid=last.uid, today=today)
    return lambda row: words[row.id]() if row.id in words else None


async def preview(db: Session, meeting: Meeting, plan: Plan, mail: PlannedMail, *, note: str | None) -> OutgoingMessage:
    """The mail as it would go out now, for the officer to read before sending; its links are samples and open nothing."""
    stored = await outbox.holding(db, meeting.uid, [mail.addressee.address])
    return _sample(db, meeting, plan, mail, note, stored)


async def rehearse(db: Session, meeting: Meeting, plan: Plan, *, note: str | None) -> None:
    """Compose one mail of every sort and language and throw it away, so that a broken template refuses the sending instead of each
    mail afterwards. Raises Conflict."""
    sorts: dict[tuple[object, ...], PlannedMail] = {}
    for mail in plan.mails:
        one = mail.addressee
        sort = (one.locale, mail.change, bool(one.attendee_ids), bool(one.slips), bool(one.copies), one.group)
        sorts.setdefault(sort, mail)
    stored = await outbox.holding(db, meeting.uid, [mail.addressee.address for mail in sorts.values()])
    try:
        for mail in sorts.values():
            await asyncio.to_thread(_sample, db, meeting, plan, mail, note, stored)
    except Exception as error:
        log.exception("mail.compose_failed", meeting=meeting.id)
        raise Conflict(
            N_("The mail of this notice could not be written, so nothing was sent. Please tell who runs this site.")
        ) from error


def _sample(
    db: Session,
    meeting: Meeting,
    plan: Plan,
    mail: PlannedMail,
    note: str | None,
    stored: Mapping[str, Mapping[str, object]],
) -> OutgoingMessage:
    one = mail.addressee
    url = f"{db.settings.base_url}/r/{Words(one.locale, meeting.timezone)._('sample')}"
    people = {a.id: a for a in plan.asked.attendees}
    invitations = {i.id: i for i in plan.asked.invitations}
    held = stored.get(one.address)
    return written(
        plan.snapshot,
        mail,
        _lines(one, people, invitations, lambda _: url) if mail.message.method is Method.REQUEST else NOBODY,
        note=note,
        held=Held.from_json(held) if held else None,
        occasion=plan.occasion,
        today=db.clock.today(meeting.timezone),
    )


async def _by_announcement(db: Session, rows: Sequence[OutboxMail]) -> list[tuple[Announcement, list[OutboxMail]]]:
    """The mails by what they announce, with its meeting, mechanism and host."""
    some: dict[int, list[OutboxMail]] = {}
    for row in rows:
        assert row.source_id is not None, "every mail of a meeting speaks of an announcement"
        some.setdefault(row.source_id, []).append(row)
    query = select(Announcement).where(Announcement.id.in_(some)).options(_MEETING)
    found = {announcement.id: announcement for announcement in await db.scalars(query)}
    return [(found[id_], those) for id_, those in some.items()]  # an announcement is never deleted


async def _linked(
    db: Session,
    meeting: Meeting,
    attendees: Sequence[Attendee],
    invitations: Sequence[AgencyInvitation],
    told: Mapping[int, Addressee],
) -> dict[int, Lines]:
    """The people and slips behind each address, each with a link of their own; all the links in one query."""
    people, slips = {a.id: a for a in attendees}, {i.id: i for i in invitations}
    wanted: list[May] = []

    def want(may: May) -> str:
        wanted.append(may)
        return ""

    for one in told.values():
        _lines(one, people, slips, want)
    urls = await links_for(db, wanted, expires_at=meeting.ends_at + LINK_LIFE)
    return {id_: _lines(one, people, slips, urls.__getitem__) for id_, one in told.items()}


def _lines(
    one: Addressee,
    people: Mapping[int, Attendee],
    invitations: Mapping[int, AgencyInvitation],
    link: Callable[[May], str],
) -> Lines:
    """The people and slips behind one address that are still asked, each with what `link` gives."""
    words = Words(one.locale, "UTC")

    def person_line(person: Attendee) -> Told:
        return Told(
            person.name,
            link(May(ANSWER, person.id, person_id=person.person_id)),
            f"{person.name}{person.job_title or ''}" if words.locale == "zh_CN" else person.name,
            role=words._(ROLE_NAMES[person.role]) if person.role != "required" else "",
        )

    def slip_line(slip: Slip) -> Told:
        invitation = invitations[slip.invitation_id]
        request = words.ngettext("%(n)d person", "%(n)d people", invitation.seats)
        if invitation.requirement:
            request = words._("%(seats)s (%(requirement)s)", seats=request, requirement=invitation.requirement)
        name = invitation.agency.name
        may = May(SLIP, invitation.id, slip.person_id, slip.agency_id, slip.designation_id)
        return Told(name, link(may), name, agency=name, request=request)

    return Lines(
        people=[person_line(people[id_]) for id_ in one.attendee_ids if id_ in people],
        slips=[slip_line(slip) for slip in one.slips if slip.invitation_id in invitations],
        copies=[slip_line(slip) for slip in one.copies if slip.invitation_id in invitations],
    )


COMPOSERS = {"meeting": compose_meeting, "meeting_reminder": compose_reminder}
