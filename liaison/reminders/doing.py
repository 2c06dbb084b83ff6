"""Doing a step before its day: its mails go now, once, and the clock sends none of them again."""

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, one_at_a_time
from liaison.errors import Conflict
from liaison.i18n import N_
from liaison.meetings.locking import audit_line
from liaison.meetings.models import Meeting
from liaison.meetings.step_models import MeetingStep
from liaison.meetings.stepping import MOST_REASON, look_again, opened
from liaison.meetings.steps import ITEM_STEPS, MAILED, NOTICE, REPLIES
from liaison.reminders import stepping
from liaison.reminders.bundling import at_once, to_write
from liaison.reminders.queries import Morning
from liaison.reminders.rules import Line

NOBODY = N_("There is nobody to mail: nobody is concerned, or no mail reaches them.")


async def do_step(
    db: Session, viewer: Viewer, meeting: Meeting, step: str, *, reason: str, version: int | None = None
) -> MeetingStep:
    """Do a step now: call for items, say that they are due, ask for missing answers or remind, to exactly those whom the clock would
    mail; a step without mails of its own (pre-meeting, agenda, minutes) is marked as done. The officer is not mailed.

    Needs `mechanism`. Raises NotFound, NotPermitted, Invalid (reason), Conflict: done already, stale, nobody to mail, not announced,
    or the notice, which is sent by `send`."""
    await one_at_a_time(db, "reminders")
    row, _ = await opened(db, viewer, meeting, step, version)
    check = Check()
    reason = check.required_text("reason", reason, most=MOST_REASON)
    check.done()
    if step == NOTICE:
        raise Conflict(N_("The notice goes out by sending it; that ends this step."))
    mails = 0
    if step in MAILED:
        mails = await _mails(db, viewer, meeting, step)
        if not mails:
            raise Conflict(NOBODY)
    stepping.note_step(db, meeting, row, step, mails=mails, by=viewer.person_id or None, day=meeting.local_on)
    row.skipped_at = row.skipped_by = None
    row.reason = reason
    await look_again(db, meeting, row)
    audit_line(db, viewer, "do_step", meeting, step=step, mails=mails, reason=reason)
    return row


async def mails_of(db: Session, viewer: Viewer, meeting: Meeting, step: str) -> int:
    """How many mails `do_step` would send now; none for a step without mails of its own. Raises Conflict where nobody was told yet."""
    if step not in MAILED:
        return 0
    return await to_write(db, await _lines(db, viewer, meeting, step))


async def _mails(db: Session, viewer: Viewer, meeting: Meeting, step: str) -> int:
    key = f"step:{meeting.id}:{step}:{meeting.local_on.isoformat()}"
    lines = await _lines(db, viewer, meeting, step)
    return await at_once(db, db.clock.today(meeting.timezone), lines, key=key, by=viewer.person_id or None)


async def _lines(db: Session, viewer: Viewer, meeting: Meeting, step: str) -> list[Line]:
    morning = Morning(db.clock.today(meeting.timezone), meeting.timezone, meeting.mechanism.region)
    if step in ITEM_STEPS:
        lines = await stepping.item_lines(db, morning, [(meeting, step)])
    else:
        if meeting.state != "announced":
            raise Conflict(N_("Nobody was told of this meeting yet. Please send the notice first."))
        if (await stepping.told_days(db, [meeting])).get(meeting.id) != meeting.local_on:
            raise Conflict(N_("Nobody was told of the new date yet. Please send the notice first."))
        lines = await stepping.asked_lines(db, morning, [meeting], step, only_open=step == REPLIES)
    return [line for line in lines if line.person_id is None or line.person_id != viewer.person_id]
