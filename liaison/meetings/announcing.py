"""Telling people: sending what `planning` says is to be sent, once more to one address, and reminding who has not answered."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import Viewer
from liaison.audit import Acting, Actor
from liaison.calendaring.numbering import Version, next_version
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict, Invalid, Message, NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.mail.choices import inbox_choices
from liaison.meetings import mails, queries
from liaison.meetings.due import remind_on
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import HANDED_OVER, Announcement, Meeting
from liaison.meetings.passing import concerned, passed, passed_on
from liaison.meetings.permissions import NOT_YOURS, may_change
from liaison.meetings.planning import CANCEL, REQUEST, Plan, everybody_of, holding, plan, untold
from liaison.meetings.reading import agencies_reading
from liaison.meetings.recipients import Addressee
from liaison.meetings.snapshot import Telling, aware, content_of, listed, still_waiting
from liaison.meetings.stepping import reminder_row
from liaison.meetings.vacancies import vacancies

HOURS_BETWEEN_REMINDERS = 1
PAST = N_(
    "This meeting lies in the past, so nobody can be asked to come any more. A meeting that took place without a notice stays"
    " a draft and is entered afterwards, without any mail."
)
"""Why `send` refuses what has begun."""

NO_LIAISON = N_(
    "No liaison and no address of its own: %(agencies)s. Please have a liaison designated, or say why the notice is sent all the same."
)
"""Why `send` asks for a reason."""

NOT_PART = N_("This address was not part of the last notice.")


class NothingNew(Conflict):
    """Everybody holds this already, so nothing was sent."""


async def send(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    note: str | None = None,
    answer_anew: bool = False,
    vacancy_reason: str | None = None,
    version: int | None = None,
) -> Announcement:
    """发送通知: announce the meeting as it stands to everybody who does not hold just that, one mail an address.

    `note` is a line of the officer's to go with it; `answer_anew` asks everybody again although only the place changed. While a member
    agency that is asked has neither a liaison in office nor an address of its own, it takes a `vacancy_reason`, which is kept.
    Raises NotPermitted, Invalid (nobody asked; vacancy_reason), NothingNew, Conflict (it lies in the past, or a stale form)."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    meeting.check_version(version, title=meeting.title, starts_at=meeting.local_start)
    check = Check()
    note = check.text("note", note, most=500, lines=True)
    vacancy_reason = check.text("vacancy_reason", vacancy_reason, most=200)
    check.done()
    if meeting.held_at:
        raise Conflict(N_("This meeting has been held; its notice can no longer be changed."))
    if not meeting.is_off and meeting.starts_at <= db.now():
        raise Conflict(PAST)
    if meeting.organizer is None and (await inbox_choices(db)).sub_addressing:
        meeting.reply_secret = secrets.token_hex(16)  # like the organizer's address, for good
    planned = await plan(db, meeting, answer_anew=answer_anew)
    if (
        planned.method is REQUEST
        and not planned.snapshot["addressees"]
        and not planned.unreachable
        and not planned.mails
    ):
        raise Invalid({"attendees": N_("Please name at least one agency or person to ask.")})
    if planned.last is None and planned.method is CANCEL and not planned.has_news:
        raise Conflict(N_("Nobody was told of this meeting, so there is nobody to tell that it is off."))
    if not planned.has_news and planned.says_nothing_new:
        if meeting.is_off:
            raise NothingNew(N_("Everybody was told already that this meeting is off; there is nothing new to send."))
        raise NothingNew(N_("Everybody holds this notice already; there is nothing new to send."))
    unreached = vacancies(planned.asked.on_duty, planned.asked.invitations).unreached
    if planned.method is CANCEL or not unreached:
        vacancy_reason = None
    elif vacancy_reason is None:
        raise Invalid({"vacancy_reason": Message(NO_LIAISON, {"agencies": tuple(one.name for one in unreached)})})
    await mails.rehearse(db, meeting, planned, note=note)
    if planned.asks_anew:
        await _ask_anew(db, meeting)
    announcement = _announce(
        db,
        meeting,
        planned.version,
        method=planned.method.value,
        occasion=planned.occasion,
        snapshot=planned.snapshot,
        note=note,
        vacancy={"reason": vacancy_reason, "agencies": [one.name for one in unreached]} if vacancy_reason else None,
        by_id=viewer.person_id,
    )
    meeting.answers_from = planned.version.answers_from
    meeting.organizer = planned.snapshot["organizer"]
    meeting.announced_at = meeting.announced_at or db.now()
    meeting.off_announced = planned.method is CANCEL
    meeting.remind_on = None if meeting.off_announced else await _remind_on(db, meeting, planned)
    meeting.touch()
    await db.flush()
    await asyncio.sleep(0)  # a long list must not keep the other requests waiting
    mailed = [mail.addressee.address for mail in planned.mails if mail.former is None]
    await outbox.supersede(db, meeting.uid, mailed, all_others=True)
    for number, mail in enumerate(planned.mails):
        await enqueue(db, viewer, meeting, mail.former or announcement, mail.addressee, change=mail.change)
        if number % 10 == 9:
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
        **({"vacancy_reason": vacancy_reason, "vacant": [one.id for one in unreached]} if vacancy_reason else {}),
    )
    return announcement


async def pass_on(db: Session, actor: Actor, meeting: Meeting) -> int:
    """Bring a meeting that agencies were told of to those who hold their offices today; how many mails that calls for. Nothing if
    they were told, so it may be asked at any time. Needs `mechanism` and `host_agency` loaded.

    Whoever comes into office gets the notice as it was last announced, whoever left it a cancellation of their own, at the same
    SEQUENCE; nobody else gets a mail, and what officers have edited since stays untold. The others' calendars name the new liaison
    with the next announcement."""
    await lock(db, meeting)
    last = await queries.newest_announcement(db, meeting.uid)
    if last is None or last.method != REQUEST.value or meeting.held_at is not None:
        return 0
    content = content_of(last.snapshot)
    if content.starts_at.replace(tzinfo=ZoneInfo(content.timezone)) <= db.now():
        return 0
    asked = await everybody_of(db, meeting)
    told, now = listed(last.snapshot), asked.addressees(db.settings.locale)[0]
    duty = asked.on_duty
    moved = passed(told, now, invitations=asked.invitations, in_office=duty.in_office, deputies=duty.deputies)
    present = passed_on(told, now, moved)
    addresses = concerned(told, present)
    if not addresses:
        return 0
    version = Version(last.sequence, last.dtstamp, meeting.answers_from)
    version = next_version(version, before=content, after=content, now=db.now())
    snapshot = {**last.snapshot, "contact": asked.contact, "addressees": [one.to_json() for one in present]}
    announcement = _announce(
        db, meeting, version, method=last.method, occasion=HANDED_OVER, snapshot=snapshot, note=last.note
    )
    await db.flush()
    await outbox.supersede(db, meeting.uid, addresses)
    held = await holding(db, meeting.uid, addresses)
    reads = await agencies_reading(db, snapshot, [*told, *present])
    telling = Telling(snapshot, REQUEST, meeting.uid, version, asked.partstats(), meeting.reply_secret, reads)
    were = {one.address: one for one in told}
    mails = 0
    for address in addresses:
        one, stays = telling.addressees.get(address), address in telling.addressees
        one = one or were[address]
        # Again: where two liaisons read one mailbox it looks the same as before, but the links of the former office open no more.
        message = telling.message_to(one, held.get(address), again=stays)
        if message is not None and (stays or message.in_calendar):  # nobody is told that they get no more copies
            await enqueue(db, actor, meeting, announcement, one, change=HANDED_OVER, again=stays)
            mails += 1
    audit_line(db, actor, "pass_on", meeting, occasion=HANDED_OVER, mails=mails, sequence=version.sequence)
    return mails


async def resend(db: Session, viewer: Viewer, meeting: Meeting, address: str) -> None:
    """Send one address the newest notice, or that the meeting is off, once more, unchanged (same SEQUENCE and DTSTAMP).

    Whoever holds by now the office that was told gets it as well, at their address. Raises Conflict if it was never told, or is not
    to be told any more."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    last = await queries.newest_announcement(db, meeting.uid)
    if last is None:
        raise Conflict(NOT_PART)
    told = listed(last.snapshot)
    one = next((a for a in told if a.address == address.lower()), None)
    if last.method == CANCEL.value:
        if one is None:
            raise Conflict(NOT_PART)
        if one.address not in await outbox.holding(db, meeting.uid, [one.address]):
            raise Conflict(N_("This address was never told of this meeting, so there is nothing to take back."))
    else:
        one = await _present(db, meeting, told, address.lower())
    await outbox.supersede(db, meeting.uid, [one.address])
    await enqueue(db, viewer, meeting, last, one, change="again", again=True)
    audit_line(db, viewer, "resend", meeting, address=one.address)


async def _present(db: Session, meeting: Meeting, told: Sequence[Addressee], address: str) -> Addressee:
    """Who is mailed at the address today, for what was announced. Raises Conflict in words where that is nobody."""
    now = (await everybody_of(db, meeting)).addressees(db.settings.locale)[0]
    people = {id_ for one in told for id_ in one.attendee_ids}
    slips = {slip.invitation_id for one in told for slip in (*one.slips, *one.copies)}
    for one in now:
        if one.address == address:
            copies = [slip for slip in one.copies if slip.invitation_id in slips]
            present = replace(one.only(people, slips), copies=copies).in_the_words_of(told)
            if present.attendee_ids or present.slips or present.copies:
                return present
    if all(one.address != address for one in told):
        raise Conflict(NOT_PART)
    raise Conflict(
        N_(
            "This address is no longer asked: its people were taken off the list or left, or the agency has another liaison by now."
            " Please send the changes, or send the notice to the present liaison."
        )
    )


async def remind(db: Session, viewer: Viewer, meeting: Meeting) -> int:
    """提醒: one mail to each address behind which somebody has not answered, and to nobody else; how many.

    Duties follow the designation of the day; the officer who reminds is not mailed. Raises NotPermitted, Conflict (not announced, over,
    or reminded within the hour)."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    if meeting.state != "announced" or meeting.starts_at <= db.now():
        raise Conflict(N_("Reminders go out between the notice and the meeting."))
    if meeting.reminded_at and db.now() - meeting.reminded_at < timedelta(hours=HOURS_BETWEEN_REMINDERS):
        raise Conflict(N_("A reminder went out less than an hour ago."))
    last = await queries.newest_announcement(db, meeting.uid)
    asked = await everybody_of(db, meeting)
    present = asked.addressees(db.settings.locale)[0]
    waiting = still_waiting(last, asked.attendees, asked.invitations, present=present)
    if last is None or not waiting:
        raise Conflict(N_("Everybody has answered; there is nobody to remind."))
    found = aware(waiting, last, await untold(db, meeting, last))
    if not found:
        raise Conflict(N_("The notice has not reached those who have not answered; please send it first."))
    found = [one for one in found if set(one.person_ids) != {viewer.person_id}]
    if not found:
        raise Conflict(N_("Only you yourself have not answered; there is nobody else to remind."))
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
            thread=meeting.uid,
            created_by=viewer.person_id,
        )
    meeting.reminded_at = db.now()
    audit_line(db, viewer, "remind", meeting, mails=len(found))
    return len(found)


def _announce(
    db: Session,
    meeting: Meeting,
    version: Version,
    *,
    method: str,
    occasion: str,
    snapshot: dict[str, Any],
    note: str | None,
    vacancy: dict[str, Any] | None = None,
    by_id: int | None = None,
) -> Announcement:
    """What is said of the meeting from now on, kept as it is said; the meeting bears its numbers."""
    announcement = Announcement(
        meeting_id=meeting.id,
        uid=meeting.uid,
        sequence=version.sequence,
        dtstamp=version.dtstamp,
        method=method,
        occasion=occasion,
        snapshot=snapshot,
        note=note,
        vacancy=vacancy,
        by_id=by_id,
        at=db.now(),
    )
    db.add(announcement)
    meeting.sequence, meeting.dtstamp = version.sequence, version.dtstamp
    return announcement


async def _remind_on(db: Session, meeting: Meeting, planned: Plan) -> date | None:
    """When the clock reminds; what is due already and has not gone (no worker ran) stays due unless the meeting is on another day."""
    step = await reminder_row(db, meeting)
    on = remind_on(meeting, db.now(), step)
    if on is None and (step is None or step.skipped_at is None) and planned.last is not None:
        before, after = (
            date.fromisoformat(one["local_start"][:10]) for one in (planned.last.snapshot, planned.snapshot)
        )
        return meeting.remind_on if before == after else None
    return on


async def enqueue(
    db: Session,
    viewer: Acting,
    meeting: Meeting,
    announcement: Announcement,
    one: Addressee,
    *,
    change: str,
    again: bool = False,
    once_key: str | None = None,
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
        params={"change": one.called(change), "again": again, "addressee": one.to_json()},
        thread=announcement.uid,
        once_key=once_key,
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
