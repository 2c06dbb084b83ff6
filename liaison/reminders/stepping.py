"""The steps before a meeting whose day has come: who is mailed of each, and what is noted of it afterwards.

Call for items: every member agency's liaison. Items due: those whose agency sent none. Pre-meeting and agenda: the host's liaison, the
latter also the chair, while proposed items wait. Notice: the host's liaison, while it is a draft. Answers due: who has not answered,
and the host's liaison, who reads whom to call. Minutes to draft or to issue: the host's liaison and the recorder."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from liaison.db import Session
from liaison.meetings.models import Meeting
from liaison.meetings.step_models import MeetingStep
from liaison.meetings.stepping import rows_of
from liaison.meetings.steps import (
    AFTER_BY_CLOCK,
    AGENDA_STEPS,
    APPROVED,
    ITEM_STEPS,
    ITEMS_DUE,
    MAILED,
    NOTICE,
    REPLIES,
    StepOf,
    due_now,
    next_on,
    steps_of,
    wants_minutes,
)
from liaison.reminders import queries
from liaison.reminders.queries import Morning, newest_snapshots
from liaison.reminders.rules import ATTENDEE, ITEMS, NEEDS_ACTION, PREPARE, RECORD, SLIP, Line, To


@dataclass(frozen=True, slots=True)
class Looked:
    """A meeting at whose steps the clock looks: what was done to them, how they stand, and which are due now."""

    meeting: Meeting
    rows: Mapping[str, MeetingStep]
    steps: Sequence[StepOf]
    due: Sequence[StepOf]


async def looked_at(db: Session, morning: Morning) -> list[Looked]:
    """The meetings whose steps are to be looked at this morning."""
    meetings = await queries.stepping_meetings(db, morning)
    rows = await rows_of(db, [meeting.id for meeting in meetings])
    told = await told_days(db, meetings)
    found = []
    for meeting in meetings:
        is_ahead = meeting.starts_at > db.now() and meeting.held_at is None
        looks = is_ahead or wants_minutes(meeting)
        steps = steps_of(meeting, rows[meeting.id], morning.today) if looks else []
        due = due_now(meeting, steps, morning.today) if steps else []
        if told.get(meeting.id) != meeting.local_on:  # nobody is asked to answer for a date that they do not know
            due = [step for step in due if step.step != REPLIES]
        found.append(Looked(meeting, {row.step: row for row in rows[meeting.id]}, steps, due))
    return found


async def lines_of(db: Session, morning: Morning, looked: Sequence[Looked]) -> list[Line]:
    """Everybody who is mailed of the steps that are due."""
    due = [(one.meeting, step.step) for one in looked for step in one.due]
    await queries.find_duty(db, morning, list({meeting.mechanism for meeting, _ in due}))
    lines = await item_lines(db, morning, [one for one in due if one[1] in ITEM_STEPS])
    agenda = [one for one in due if one[1] in AGENDA_STEPS]
    proposed = await queries.proposed_items(db, [meeting.id for meeting, _ in agenda])
    lines += await _host_lines(db, morning, [one for one in agenda if one[0].id in proposed])
    approved = {meeting.id: meeting for meeting, step in agenda if step == APPROVED and meeting.id in proposed}
    told = {(line.id, line.person_id) for line in lines if line.step == APPROVED}
    for meeting_id, person_id in await queries.chairs_of(db, approved):
        if (meeting_id, person_id) not in told:  # where the host's liaison chairs it
            chair = Line(PREPARE, meeting_id, APPROVED, approved[meeting_id].local_on, person_id)
            lines += _noted(morning, [chair])
    lines += await _host_lines(db, morning, [one for one in due if one[1] == NOTICE])
    lines += await _record_lines(db, morning, [one for one in due if one[1] in AFTER_BY_CLOCK])
    return lines + await _reply_lines(db, morning, [meeting for meeting, step in due if step == REPLIES])


async def item_lines(db: Session, morning: Morning, due: Sequence[tuple[Meeting, str]]) -> list[Line]:
    """The liaison of each member agency of the meeting's day, and of today; when items are due only of those that sent none."""
    sent = await queries.agencies_with_items(db, [meeting.id for meeting, step in due if step == ITEMS_DUE])
    await queries.find_duty(db, morning, list({meeting.mechanism for meeting, _ in due}))
    lines = []
    for meeting, step in due:
        for member in morning.duty[meeting.mechanism_id].members:
            if not member.is_member_on(meeting.local_on) or member.agency_id in sent.get(meeting.id, ()):
                continue
            for to in await queries.by_office(db, morning, meeting.mechanism, member.agency_id):
                lines.append(Line(ITEMS, meeting.id, step, meeting.local_on, *to))
    return _noted(morning, lines)


async def _host_lines(db: Session, morning: Morning, due: Sequence[tuple[Meeting, str]]) -> list[Line]:
    lines = []
    for meeting, step in due:
        for to in await queries.by_office(db, morning, meeting.mechanism, meeting.host_agency_id):
            lines.append(Line(PREPARE, meeting.id, step, meeting.local_on, *to))
    return _noted(morning, lines)


async def _record_lines(db: Session, morning: Morning, due: Sequence[tuple[Meeting, str]]) -> list[Line]:
    """Minutes to draft or to issue: the host's liaison, and the recorder for themselves."""
    lines = []
    for meeting, step in due:
        told = await queries.by_office(db, morning, meeting.mechanism, meeting.host_agency_id)
        lines += [Line(RECORD, meeting.id, step, meeting.local_on, *to) for to in told]
        if meeting.recorder_id is not None and meeting.recorder_id not in {to.person_id for to in told}:
            lines.append(Line(RECORD, meeting.id, step, meeting.local_on, meeting.recorder_id))
    return _noted(morning, lines)


async def _reply_lines(db: Session, morning: Morning, meetings: Sequence[Meeting]) -> list[Line]:
    """Who has not answered; and the host's liaison while anybody has not, be it one whom no mail reaches."""
    lines = await asked_lines(db, morning, meetings, REPLIES)
    missing = {
        one.meeting_id
        for one in await queries.asked_by_name(db, [m.id for m in meetings])
        if one.partstat == NEEDS_ACTION
    }
    missing |= {
        one.meeting_id for one in await queries.invitations(db, [m.id for m in meetings]) if not one.returned_at
    }
    return lines + await _host_lines(db, morning, [(one, REPLIES) for one in meetings if one.id in missing])


async def told_days(db: Session, meetings: Sequence[Meeting]) -> dict[int, date]:
    """By meeting, the local date that people were told last; without those of which nobody was told."""
    told = await newest_snapshots(db, [meeting.uid for meeting in meetings])
    return {m.id: datetime.fromisoformat(told[m.uid]["local_start"]).date() for m in meetings if m.uid in told}


async def asked_lines(
    db: Session, morning: Morning, meetings: Sequence[Meeting], step: str, *, only_open: bool = True
) -> list[Line]:
    """Those asked by name and the liaisons of agencies asked, with `only_open` those whose answer is missing. What counts is what they
    were told: a move that was not sent is not theirs to know."""
    days = await told_days(db, meetings)
    by_id = {meeting.id: meeting for meeting in meetings if meeting.id in days}
    lines = []
    for one in await queries.asked_by_name(db, by_id):
        if not only_open or one.partstat == NEEDS_ACTION:
            lines.append(Line(ATTENDEE, one.id, step, days[one.meeting_id], one.person_id))
            morning.meeting_of[lines[-1].about] = one.meeting_id
    for invitation in await queries.invitations(db, by_id):
        if only_open and invitation.returned_at is not None:
            continue
        for to in await queries.by_office(db, morning, by_id[invitation.meeting_id].mechanism, invitation.agency_id):
            lines.append(Line(SLIP, invitation.id, step, days[invitation.meeting_id], *to))
            morning.meeting_of[lines[-1].about] = invitation.meeting_id
    return lines


def _noted(morning: Morning, lines: list[Line]) -> list[Line]:
    for line in lines:
        morning.meeting_of[line.about] = line.id
    return lines


def note_done(
    db: Session, morning: Morning, looked: Sequence[Looked], lines: Sequence[Line], waiting: Collection[int]
) -> None:
    """Mails of the steps that were due went out: note it, and when to look next. Those of `waiting` meetings go tomorrow, since an
    address was written to for another zone today."""
    went: dict[tuple[int, str], set[To]] = {}
    for line in lines:
        went.setdefault((morning.meeting_of.get(line.about, 0), line.step), set()).add(line.to)
    for one in looked:
        if one.meeting.id in waiting:
            one.meeting.step_on = morning.today + timedelta(days=1)
            continue
        for step in one.due:
            if step.step in MAILED:
                receivers = len(went.get((one.meeting.id, step.step), ()))
                row = one.rows.get(step.step)
                note_step(db, one.meeting, row, step.step, mails=receivers, by=None, day=one.meeting.local_on)
        one.meeting.step_on = next_on(one.steps, morning.today)


def note_step(
    db: Session, meeting: Meeting, row: MeetingStep | None, step: str, *, mails: int, by: int | None, day: date
) -> MeetingStep:
    """The step is done for that day of the meeting: of another one it is not done yet."""
    if row is None:
        row = MeetingStep(meeting_id=meeting.id, step=step, version=0)
        db.add(row)
    row.done_at, row.done_by, row.done_for, row.mails = db.now(), by, day, mails
    row.touch()
    return row
