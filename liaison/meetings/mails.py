"""The mails of meetings: what the mails of one announcement need is loaded once for many, then each is worded (`letters`) by itself."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.links import May, links_for
from liaison.accounts.viewer import Viewer
from liaison.calendaring.itip import Method
from liaison.calendaring.numbering import Version
from liaison.db import Session
from liaison.errors import Conflict
from liaison.i18n import N_, Words
from liaison.mail.compose import new_message_id, to_bytes
from liaison.mail.message import OutgoingMessage, Wording
from liaison.mail.models import OutboxMail
from liaison.meetings import queries
from liaison.meetings.audience import shown_to
from liaison.meetings.letter_lines import Lines, lines_of
from liaison.meetings.letters import reminder, written
from liaison.meetings.models import HANDED_ON, HANDED_OVER, Announcement, Meeting
from liaison.meetings.paper_queries import open_papers
from liaison.meetings.planning import Plan, PlannedMail, everybody_of, holding, told_before
from liaison.meetings.reading import agencies_reading
from liaison.meetings.recipients import Addressee
from liaison.meetings.snapshot import Telling, change_of, description, organizer_for, still_waiting

log = structlog.get_logger(__name__)

LINK_LIFE = timedelta(days=7)
"""How long after the meeting its links still show the answer given."""
_MEETING = joinedload(Announcement.meeting).options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))


async def compose_meeting(db: Session, rows: Sequence[OutboxMail]) -> Wording:
    """The mails of announcements; none where a newer announcement says it all or the address holds just that already."""
    words: dict[int, Callable[[], OutgoingMessage]] = {}
    for announcement, some in await _by_announcement(db, rows):
        newest = await _standing(db, announcement)
        if newest is None:
            continue
        meeting, snapshot = announcement.meeting, newest.snapshot
        asked = await everybody_of(db, meeting)
        await asyncio.sleep(0)  # here and below: a long list must not keep the other requests waiting
        held = await holding(db, announcement.uid, [row.address for row in some])
        before = await told_before(db, announcement.uid, held)
        partstats = asked.partstats() if announcement.uid == meeting.uid else {}
        addressees = {row.id: Addressee.from_json(row.params["addressee"]) for row in some}
        reads = await agencies_reading(db, snapshot, addressees.values())
        await asyncio.sleep(0)
        telling = Telling(
            snapshot,
            Method(announcement.method),
            announcement.uid,
            Version(newest.sequence, newest.dtstamp, meeting.answers_from),
            partstats,
            meeting.reply_secret,
            reads,
        )
        mails: dict[int, PlannedMail] = {}
        left = {a.person_id for a in asked.attendees if a.person is not None and a.person.deactivated_at is not None}
        for row in some:
            one = addressees[row.id]
            message = telling.message_to(one, held.get(row.address), again=bool(row.params.get("again")))
            asks = message is not None and message.method is Method.REQUEST
            if asks and one.person_ids and left.issuperset(one.person_ids):
                continue  # deactivated since it was sent: no link of theirs would open
            if message is not None:
                change = change_of(message, snapshot, passed_on=row.params.get("change") in (HANDED_OVER, HANDED_ON))
                behind = reads.get(row.address, frozenset())
                mails[row.id] = PlannedMail(
                    one, change, message, held.get(row.address), before.get(row.address), behind
                )
            await asyncio.sleep(0)
        asking = {id_: mail.addressee for id_, mail in mails.items() if mail.message.method is Method.REQUEST}
        lines = await _linked(db, meeting, asking)
        papers = [paper.title for paper in await open_papers(db, meeting)] if asking else []
        for id_, mail in mails.items():
            words[id_] = partial(
                written,
                snapshot,
                mail,
                lines.get(id_) or lines_of(mail.addressee, _no_link),
                note=announcement.note,
                occasion=announcement.occasion,
                papers=papers,
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
        asked = await everybody_of(db, meeting)
        present = asked.addressees(db.settings.locale)[0]
        waiting = {one.address: one for one in still_waiting(last, asked.attendees, asked.invitations, present=present)}
        told = {row.id: waiting[row.address] for row in some if row.address in waiting}
        lines = await _linked(db, meeting, told)
        today = db.clock.today(meeting.timezone)
        for id_, one in told.items():
            organizer = organizer_for(one.address, last.snapshot, last.uid, meeting.reply_secret)
            words[id_] = partial(
                reminder, last.snapshot, one, lines[id_], organizer=organizer, uid=last.uid, today=today
            )
    return lambda row: words[row.id]() if row.id in words else None


async def preview(
    db: Session, viewer: Viewer, meeting: Meeting, plan: Plan, mail: PlannedMail, *, note: str | None
) -> OutgoingMessage:
    """The mail as it would go out now, for the officer to read before sending; its links are samples and open nothing. What the officer
    may not know of is not told here either."""
    if mail.reads:
        reads = mail.reads | {viewer.agency_id}
        told = description(shown_to(plan.snapshot, reads), Words(mail.addressee.locale, meeting.timezone))
        event = replace(mail.message.event, description=told) if mail.message.event.description else mail.message.event
        mail = replace(mail, reads=reads, message=replace(mail.message, event=event))
    papers = [paper.title for paper in await open_papers(db, meeting)]
    return _sample(db, meeting, plan, mail, note, papers)


async def rehearse(db: Session, meeting: Meeting, plan: Plan, *, note: str | None) -> None:
    """Compose one mail of every sort and language down to its bytes and throw it away, so that what makes a mail fail refuses the sending
    instead of each mail afterwards. Raises Conflict."""
    sorts: dict[tuple[object, ...], PlannedMail] = {}
    for mail in plan.mails:
        one = mail.addressee
        sort = (one.locale, mail.change, bool(one.attendee_ids), bool(one.slips), bool(one.copies), one.group)
        sorts.setdefault(sort, mail)
    try:
        for mail in sorts.values():
            await asyncio.to_thread(_rehearsed, db, meeting, plan, mail, note)
    except Exception as error:
        log.exception("mail.compose_failed", meeting=meeting.id)
        raise Conflict(
            N_("The mail of this notice could not be written, so nothing was sent. Please tell who runs this site.")
        ) from error


def _rehearsed(db: Session, meeting: Meeting, plan: Plan, mail: PlannedMail, note: str | None) -> bytes:
    message = _sample(db, meeting, plan, mail, note)
    return to_bytes(message, message_id=new_message_id(message.mail_from), date=db.now())


def _sample(
    db: Session, meeting: Meeting, plan: Plan, mail: PlannedMail, note: str | None, papers: Sequence[str] = ()
) -> OutgoingMessage:
    one = mail.addressee
    url = f"{db.settings.base_url}/r/{Words(one.locale, meeting.timezone)._('sample')}"
    asks = mail.message.method is Method.REQUEST
    return written(
        mail.former.snapshot if mail.former else plan.snapshot,
        mail,
        lines_of(one, (lambda _: url) if asks else _no_link),
        note=mail.former.note if mail.former else note,
        occasion=mail.former.occasion if mail.former else plan.occasion,
        papers=papers,
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


async def _standing(db: Session, announcement: Announcement) -> Announcement | None:
    """The announcement by which what this one said holds today: itself, or the newest that passed it on to other liaisons since.
    None once something newer was said."""
    query = select(Announcement).where(Announcement.uid == announcement.uid, Announcement.id > announcement.id)
    later = list(await db.scalars(query.order_by(Announcement.id)))
    if any(one.occasion != HANDED_OVER for one in later):
        return None
    return later[-1] if later else announcement


async def _linked(db: Session, meeting: Meeting, told: Mapping[int, Addressee]) -> dict[int, Lines]:
    """The people and slips behind each address, each with a link of their own; all the links in one query."""
    wanted: list[May] = []

    def want(may: May) -> str:
        wanted.append(may)
        return ""

    for one in told.values():
        lines_of(one, want)
    urls = await links_for(db, wanted, expires_at=meeting.ends_at + LINK_LIFE)
    return {id_: lines_of(one, urls.__getitem__) for id_, one in told.items()}


def _no_link(may: May) -> str:
    """Of a meeting that is off nothing is to be answered."""
    return ""


COMPOSERS = {"meeting": compose_meeting, "meeting_reminder": compose_reminder}
