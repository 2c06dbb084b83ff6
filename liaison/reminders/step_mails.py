"""What the clock's mail says of a step before a meeting: items called for, a notice due, whom to call for an answer. As it stands when
the mail is composed; None for what has been dealt with since."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts import links
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Designation
from liaison.meetings import queries as meetings
from liaison.meetings.mails import LINK_LIFE
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting
from liaison.meetings.showing import phone_of
from liaison.meetings.stepping import steps_shown
from liaison.meetings.steps import AGENDA_STEPS, CALL, ISSUE, ITEMS_DUE, NOTICE, wants_minutes
from liaison.reminders import queries
from liaison.reminders.rules import ITEMS, RECORD, Line
from liaison.reminders.step_wording import Missing, Speaks, of_call, of_missing, of_notice, of_proposals, of_record
from liaison.reminders.wording import Entry


async def step_entry(db: Session, speaks: Speaks, meeting: Meeting) -> Entry | None:
    """One line about a meeting, in words."""
    line = speaks.line
    if line.kind == RECORD:
        return await _record(db, speaks, meeting)
    if meeting.is_off or meeting.held_at is not None or meeting.starts_at <= db.now():
        return None
    steps = await steps_shown(db, meeting)
    step = next((one for one in steps if one.step == line.step), None)
    if step is None or step.state == "skipped" or (line.step != CALL and meeting.local_on != line.due_on):
        return None
    if line.kind == ITEMS:
        return await _call(db, speaks, meeting, next(one.date for one in steps if one.step == ITEMS_DUE))
    page = f"{db.settings.base_url}/meetings/{meeting.id}"
    if line.step == NOTICE:
        return of_notice(speaks, meeting, step.date, f"{page}/send") if step.is_open else None
    if line.step in AGENDA_STEPS:
        if not line.is_by_office and (meeting.id, line.person_id) not in await queries.chairs_of(db, [meeting.id]):
            return None
        waiting = (await queries.proposed_items(db, [meeting.id])).get(meeting.id, 0)
        return of_proposals(speaks, meeting, waiting, f"{page}#agenda") if waiting else None
    missing = await _missing(db, meeting, line)
    return of_missing(speaks, meeting, missing, f"{page}#answers") if missing else None


async def _record(db: Session, speaks: Speaks, meeting: Meeting) -> Entry | None:
    """Minutes to draft or to issue; nothing where that is done, left out, or somebody else records by now."""
    line = speaks.line
    if not wants_minutes(meeting) or not (line.is_by_office or line.person_id == meeting.recorder_id):
        return None
    step = next((one for one in await steps_shown(db, meeting) if one.step == line.step), None)
    if step is None or not step.is_open or (line.step == ISSUE and meeting.minutes_agreed_at is None):
        return None
    return of_record(speaks, meeting, step.date, f"{db.settings.base_url}/meetings/{meeting.id}/minutes")


async def _call(db: Session, speaks: Speaks, meeting: Meeting, due: date) -> Entry | None:
    """Which items an agency brings; nothing for one that sent some by the day they are due."""
    line = speaks.line
    agency_id = speaks.office.agency_id if speaks.office else line.agency_id
    sent = (await queries.agencies_with_items(db, [meeting.id]))[meeting.id]
    if line.step == ITEMS_DUE and agency_id in sent:
        return None
    link = await links.link_for(
        db,
        purpose=links.PROPOSE,
        object_id=meeting.id,
        person_id=line.person_id,
        agency_id=agency_id,
        designation_id=line.office,
        expires_at=meeting.ends_at + LINK_LIFE,
    )
    return of_call(speaks, meeting, due, link)


async def _missing(db: Session, meeting: Meeting, line: Line) -> list[Missing]:
    """Whose answer is missing, and how to call them: people by their number, an agency by its liaison's. Not the host's own slip, which
    a line of its own asks for. `line` says who reads it: of the host agency."""
    found = [
        Missing(
            one.name,
            one.agency.short_name,
            _phone(one),
            is_own=one.agency_id == meeting.host_agency_id,
            is_reader=one.person_id is not None and one.person_id == line.person_id,
        )
        for one in await meetings.attendees(db, meeting.id)
        if one.agency_invitation_id is None and one.partstat == "needs_action"
    ]
    invited = await meetings.invitations(db, meeting.id)
    slips = [one for one in invited if one.returned_at is None and one.agency_id != meeting.host_agency_id]
    in_office = await mechanisms.in_office(db, meeting.mechanism_id, db.clock.today(meeting.timezone)) if slips else {}
    return [*(_slip(one, in_office.get(one.agency_id), meeting, line) for one in slips), *found]


def _phone(attendee: Attendee) -> str | None:
    return attendee.phone or (phone_of(attendee.person)[0] if attendee.person else None)


def _slip(invitation: AgencyInvitation, liaison: Designation | None, meeting: Meeting, line: Line) -> Missing:
    return Missing(
        liaison.person.name if liaison else None,
        invitation.agency.short_name,
        phone_of(liaison.person)[0] if liaison else invitation.agency.phone,
        is_own=invitation.agency_id == meeting.host_agency_id,
        is_reader=liaison is not None and liaison.person_id == line.person_id,
    )


async def meetings_of(db: Session, ids: Collection[int]) -> dict[int, Meeting]:
    """The meetings that lines are about, with mechanism and host."""
    query = (
        select(Meeting)
        .where(Meeting.id.in_(ids))
        .options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    )
    return {one.id: one for one in await db.scalars(query)} if ids else {}
