"""What a site must be told after a restore: it knows nothing of what it did between the backup and now, but its recipients do.

Nothing leaves by itself that may have left before, and whatever leaves later is newer than all that was ever sent (TRUST.md 14)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import undefer

from liaison import audit, site
from liaison.accounts.viewer import COMMAND_LINE
from liaison.addresses import name_and_address
from liaison.calendaring.workdays import region_calendar
from liaison.clock import Clock
from liaison.db import Session
from liaison.mail import outbox
from liaison.mail.compose import new_message_id, to_bytes
from liaison.mail.delivery import Composer
from liaison.mail.models import BOUNCED, OPEN_STATES, SENDING, SENT, SUPERSEDED, OutboxMail
from liaison.mechanisms.models import Mechanism
from liaison.meetings import queries as meetings
from liaison.meetings.models import Meeting
from liaison.reminders.reminding import remind_due
from liaison.reminders.rules import mail_day
from liaison.system import backups

JUMP: Final = 100
"""More updates of one meeting than anybody sends between a backup and its restore; and as many seconds of DTSTAMP."""
_LOOK_BACK: Final = 40
"""Days: longer than any row of free days."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done: mails that are held, meetings whose next SEQUENCE jumped."""

    mails: int
    meetings: int


async def settle(db: Session, *, made_at: datetime, composers: Mapping[str, Composer]) -> Settled:
    """Make a restored database safe to run. `made_at`: when its backup was made."""
    await _call_for_lost_reminders(db, made_at)
    jumped = await _jump(db)
    await _compose_invitations(db, composers)
    held = await outbox.hold_all(db)
    await _forget_what_they_see(db)
    await backups.forget(db)
    audit.add(db, COMMAND_LINE, "restore", "site:1", made_at=made_at.isoformat(), mails=held, meetings=jumped)
    return Settled(held, jumped)


async def _call_for_lost_reminders(db: Session, made_at: datetime) -> None:
    """What the clock sent after the backup is called for once more here, to be held like the rest: else it would go twice."""
    clock = db.clock
    zones = (await db.execute(select(Mechanism.timezone, Mechanism.region).distinct())).all()
    moments = {_last_mail_time(db.now(), row.timezone, row.region) for row in zones}
    try:
        for moment in sorted(each for each in moments if each is not None and each > made_at):
            db.clock = Clock(as_of=moment)
            await remind_due(db)
    finally:
        db.clock = clock


def _last_mail_time(now: datetime, timezone: str, region: str) -> datetime | None:
    """The newest instant up to now at which the clock's mail could go."""
    calendar, zone = region_calendar(region), ZoneInfo(timezone)
    if mail_day(calendar, now, timezone) is not None:
        return now
    today = now.astimezone(zone).date()
    ends = (datetime.combine(today - timedelta(days=n), time(23, 59), zone).astimezone(UTC) for n in range(_LOOK_BACK))
    return next((end for end in ends if end <= now and mail_day(calendar, end, timezone) is not None), None)


async def _jump(db: Session) -> int:
    """The newest announcement of each UID, and with it its meeting, is numbered far above whatever went out after the backup:
    the next one counts on from there, as does a mail that is sent once more."""
    now = db.now().replace(microsecond=0)
    found = (await db.scalars(select(Meeting).where(Meeting.sequence.is_not(None), Meeting.dtstamp.is_not(None)))).all()
    for meeting in found:
        assert meeting.sequence is not None
        assert meeting.dtstamp is not None
        meeting.sequence += JUMP
        meeting.dtstamp = max(now, meeting.dtstamp) + timedelta(seconds=JUMP)
        newest = await meetings.newest_announcement(db, meeting.uid)
        if newest is not None:
            newest.sequence, newest.dtstamp = meeting.sequence, meeting.dtstamp
    await db.flush()
    return len(found)


async def _compose_invitations(db: Session, composers: Mapping[str, Composer]) -> None:
    """Mails for calendars that waited when the backup was made have gone out since, as far as anybody knows: they are written now,
    so that their recipients count as holding them, and are told when the meeting is off."""
    if await site.trial_address(db) is not None:
        return
    waiting = select(OutboxMail).where(
        OutboxMail.state.in_(OPEN_STATES), OutboxMail.composed_at.is_(None), OutboxMail.thread.is_not(None)
    )
    for row in (await db.scalars(waiting.order_by(OutboxMail.id).options(undefer(OutboxMail.body)))).all():
        message = (await composers[row.kind](db, [row]))(row) if row.kind in composers else None
        if message is None:
            row.state, row.reason, row.final_at = SUPERSEDED, "nothing_to_say", db.now()
            continue
        row.message_id = new_message_id(message.mail_from)
        row.body = to_bytes(message, message_id=row.message_id, date=db.now())
        row.sha256 = hashlib.sha256(row.body).hexdigest()
        row.mail_from = name_and_address(message.mail_from)[1]
        row.subject, row.holds, row.composed_at = (message.listed_as or message.subject)[:400], message.holds, db.now()
        await db.flush()  # the next mail to this address is composed knowing of this one


async def _forget_what_they_see(db: Session) -> None:
    """What calendars show of meetings to come is not known for certain any more: whoever may hold one is sent the newest version when
    an officer sends next, even if nothing was changed here."""
    ahead = select(Meeting.uid).where(
        Meeting.sequence.is_not(None), Meeting.starts_at > db.now(), Meeting.held_at.is_(None)
    )
    mails = select(OutboxMail).where(
        OutboxMail.thread.in_(ahead),
        OutboxMail.holds.is_not(None),
        OutboxMail.state.in_((SENT, BOUNCED, SENDING)) | OutboxMail.in_doubt,
    )
    for row in await db.scalars(mails):
        if row.holds is not None:
            row.holds = row.holds | {"fingerprint": ""}
