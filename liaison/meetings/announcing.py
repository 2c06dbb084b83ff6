"""Telling people: sending what `planning` says is to be sent, once more to one address, and reminding who has not answered."""

import asyncio
from datetime import timedelta

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.meetings import mails, queries
from liaison.meetings.due import remind_on
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import Announcement, Meeting
from liaison.meetings.permissions import NOT_YOURS, may_change
from liaison.meetings.planning import CANCEL, REQUEST, plan, unanswered, untold
from liaison.meetings.recipients import Addressee
from liaison.meetings.snapshot import listed

HOURS_BETWEEN_REMINDERS = 1
PAST = N_(
    "This meeting lies in the past, so nobody can be asked to come any more. A meeting that took place without a notice stays"
    " a draft and is entered afterwards, without any mail."
)
"""Why `send` refuses what has begun."""


class NothingNew(Conflict):
    """Everybody holds this already, so nothing was sent."""


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
    Raises NotPermitted, Invalid (nobody asked), NothingNew, Conflict (it lies in the past, or a stale form)."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    meeting.check_version(version, title=meeting.title, starts_at=meeting.local_start)
    check = Check()
    note = check.text("note", note, most=500, lines=True)
    check.done()
    if meeting.held_at:
        raise Conflict(N_("This meeting has been held; its notice can no longer be changed."))
    if not meeting.is_off and meeting.starts_at <= db.now():
        raise Conflict(PAST)
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
        raise NothingNew(N_("Everybody holds this notice already; there is nothing new to send."))
    await mails.rehearse(db, meeting, planned, note=note)
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
    meeting.remind_on = None if meeting.off_announced else remind_on(meeting, db.now())
    meeting.touch()
    await db.flush()
    await asyncio.sleep(0)  # a long list must not keep the other requests waiting
    await outbox.supersede(db, meeting.uid, planned.known)
    for number, mail in enumerate(planned.mails):
        await enqueue(db, viewer, meeting, announcement, mail.addressee, change=mail.change)
        if number % 20 == 19:
            await db.flush()
            await asyncio.sleep(0)
    audit_line(
        db,
        viewer,
        "send",
        meeting,
        occasion=planned.occasion,
        mails=len(planned.mails),
        sequence=planned.version.sequence,
    )
    return announcement


async def resend(db: Session, viewer: Viewer, meeting: Meeting, address: str) -> None:
    """Send one address the newest notice, or that the meeting is off, once more, unchanged (same SEQUENCE and DTSTAMP).

    Raises Conflict if it was never told."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    last = await queries.newest_announcement(db, meeting.uid)
    one = next((a for a in listed(last.snapshot) if a.address == address.lower()), None) if last else None
    if last is None or one is None:
        raise Conflict(N_("This address was not part of the last notice."))
    if last.method == CANCEL.value and one.address not in await outbox.holding(db, meeting.uid, [one.address]):
        raise Conflict(N_("This address was never told of this meeting, so there is nothing to take back."))
    await outbox.supersede(db, meeting.uid, [one.address])
    await enqueue(db, viewer, meeting, last, one, change="again", again=True)
    audit_line(db, viewer, "resend", meeting, address=one.address)


async def remind(db: Session, viewer: Viewer, meeting: Meeting) -> int:
    """提醒: one mail to each address behind which somebody has not answered, and to nobody else; how many.

    Raises NotPermitted, Conflict (not announced, over, or reminded within the hour)."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    if meeting.state != "announced" or meeting.starts_at <= db.now():
        raise Conflict(N_("Reminders go out between the notice and the meeting."))
    if meeting.reminded_at and db.now() - meeting.reminded_at < timedelta(hours=HOURS_BETWEEN_REMINDERS):
        raise Conflict(N_("A reminder went out less than an hour ago."))
    last = await queries.newest_announcement(db, meeting.uid)
    waiting = await unanswered(db, meeting)
    if last is None or not waiting:
        raise Conflict(N_("Everybody has answered; there is nobody to remind."))
    unaware = await untold(db, meeting, last)
    found = [one for one in waiting if one.address not in unaware]
    if not found:
        raise Conflict(N_("The notice has not reached those who have not answered; please send it first."))
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
    audit_line(db, viewer, "remind", meeting, mails=len(found))
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


async def _ask_anew(db: Session, meeting: Meeting) -> None:
    """Another time: every answer is asked for again, and a reminder of the former time was none of this one; names on slips
    stay, to be confirmed. What was answered is kept, and shown as said of the earlier time."""
    meeting.reminded_at = None
    for attendee in await queries.attendees(db, meeting.id):
        attendee.partstat = "needs_action"
    for invitation in await queries.invitations(db, meeting.id):
        invitation.returned_at = None
        invitation.declined = False
