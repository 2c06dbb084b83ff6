"""Scheduling a meeting and changing when, where and whether it takes place. All of it is a draft: nobody is told until `send`."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import Viewer
from liaison.calendaring.walltime import NoSuchTime, instant_of
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory import outside
from liaison.directory.models import Agency
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.wording import said_day
from liaison.meetings import queries
from liaison.meetings.asking import Asked, add_asked
from liaison.meetings.deferring import hand_on_deferred, take_up_deferred
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import ACTIVITIES, KINDS, Meeting
from liaison.meetings.permissions import NOT_YOURS, may_change, may_change_host, may_schedule

LONGEST_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Unset:
    """Stands for "not given", where None means "empty"."""


UNSET = Unset()


async def schedule(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    kind: str,
    title: str,
    local_start: datetime,
    duration_minutes: int,
    location: str | None = None,
    host_agency_id: int | None = None,
    asked: Sequence[Asked] = (),
    recorder_id: int | None = None,
    authorised_by_id: int | None = None,
    note: str | None = None,
    replies_due_on: date | None = None,
    hides_attendees: bool = False,
    series_id: int | None = None,
    nominal_on: date | None = None,
    why_moved: dict[str, Any] | None = None,
    provisional: bool = False,
    by_plan: bool = False,
) -> Meeting:
    """新建会议: a draft in the mechanism's zone; nobody is added silently and no mail leaves.

    `local_start` is naive local time of the mechanism's zone and may lie in the past; the host is by default the caller's agency.
    Only the host's liaison asks other agencies' people, here as later.
    Raises NotPermitted, Invalid (kind, title, starts_at, duration_minutes, …)."""
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    check = Check()
    host = await _host(db, check, mechanism, host_agency_id or viewer.acts_for(mechanism_id), local_start.date())
    meeting = Meeting(
        mechanism_id=mechanism_id,
        mechanism=mechanism,
        series_id=series_id,
        nominal_on=nominal_on,
        why_moved=why_moved,
        provisional=provisional,
        timezone=mechanism.timezone,
        created_by=viewer.person_id or None,
        created_at=db.now(),
        uid=_new_uid(),
        version=1,
        answers_from=0,
    )
    meeting.kind = check.choice("kind", kind, KINDS)
    _say(check, meeting, title=title, location=location, note=note)
    _set_time(check, meeting, local_start, duration_minutes)
    _set_replies_due(check, meeting, replies_due_on, db.clock.today(meeting.timezone))
    meeting.hides_attendees = hides_attendees
    meeting.recorder_id = await _known(db, check, "recorder_id", recorder_id)
    meeting.authorised_by_id = await _known(db, check, "authorised_by_id", authorised_by_id)
    check.done()
    if host is not None:
        meeting.host_agency_id = host.id
        meeting.host_agency = host
    meeting.count_steps_from(db.now())
    db.add(meeting)
    await db.flush()
    await add_asked(db, viewer, meeting, asked, by_plan=by_plan)
    audit_line(db, viewer, "schedule", meeting, title=meeting.title, starts_at=meeting.starts_at.isoformat())
    await take_up_deferred(db, viewer, meeting)
    return meeting


async def change(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    version: int | None = None,
    title: str | Unset = UNSET,
    kind: str | Unset = UNSET,
    location: str | Unset | None = UNSET,
    note: str | Unset | None = UNSET,
    replies_due_on: date | Unset | None = UNSET,
    hides_attendees: bool | Unset = UNSET,
    host_agency_id: int | Unset = UNSET,
    recorder_id: int | Unset | None = UNSET,
    authorised_by_id: int | Unset | None = UNSET,
) -> Meeting:
    """Edit what the notice says, except when it takes place (`move`). Only the present host names another one.

    Raises NotPermitted, Invalid, Conflict when stale."""
    await _open(db, viewer, meeting, version)
    is_handed_over = host_agency_id not in (UNSET, meeting.host_agency_id)
    if is_handed_over and not may_change_host(viewer, meeting, await queries.creators_agency_id(db, meeting)):
        raise NotPermitted(N_("Only the liaison of the present host may name another host agency."))
    check = Check()
    if not isinstance(kind, Unset):
        meeting.kind = check.choice("kind", kind, KINDS)
        if meeting.kind not in ACTIVITIES:  # its co-hosts are told of no other kind either
            meeting.audience_groups = None
    _say(
        check,
        meeting,
        title=meeting.title if isinstance(title, Unset) else title,
        location=meeting.location if isinstance(location, Unset) else location,
        note=meeting.note if isinstance(note, Unset) else note,
    )
    if not isinstance(replies_due_on, Unset):
        _set_replies_due(check, meeting, replies_due_on, db.clock.today(meeting.timezone))
    if not isinstance(hides_attendees, Unset):
        meeting.hides_attendees = hides_attendees
    if not isinstance(recorder_id, Unset):
        meeting.recorder_id = await _known(db, check, "recorder_id", recorder_id)
    if not isinstance(authorised_by_id, Unset):
        meeting.authorised_by_id = await _known(db, check, "authorised_by_id", authorised_by_id)
    if is_handed_over and not isinstance(host_agency_id, Unset):
        host = await _host(db, check, meeting.mechanism, host_agency_id, meeting.local_on)
        if host is not None:
            meeting.host_agency_id, meeting.host_agency = host.id, host
    check.done()
    if meeting.steps_from is not None:  # another kind has other steps, and answers may be due on another day
        meeting.step_on = db.clock.today(meeting.timezone)
    meeting.touch()
    audit_line(db, viewer, "change", meeting, title=meeting.title, location=meeting.location)
    return meeting


async def move(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    local_start: datetime,
    duration_minutes: int | None = None,
    location: str | Unset | None = UNSET,
    reason: str | None = None,
    version: int | None = None,
) -> Meeting:
    """改期: another time (naive local time of the meeting's zone), perhaps another place; attendees are told by `send`.

    With another start the date for answers is again that of the mechanism's deadlines, and a reason that is not given is none. A postponed or cancelled meeting is given a date by `reinstate` instead. Raises NotPermitted, Invalid, Conflict."""
    await _open(db, viewer, meeting, version)
    meeting.refuse_off()
    check = Check()
    before = meeting.local_start
    _set_time(check, meeting, local_start, duration_minutes)
    moved = meeting.local_start != before
    if moved:
        _refuse_past(check, meeting, db.now())
    if not isinstance(location, Unset):
        meeting.location = check.text("location", location, most=200)
    if moved or reason is not None:
        meeting.reason = check.text("reason", reason, most=500, lines=True)
    check.done()
    if moved:
        _forget_former_date(meeting)
        meeting.step_on = db.clock.today(meeting.timezone)
    if meeting.local_on != before.date():
        meeting.count_steps_from(db.now())
    meeting.touch()
    audit_line(db, viewer, "move", meeting, starts_at=meeting.starts_at.isoformat(), reason=meeting.reason)
    return meeting


async def postpone(
    db: Session, viewer: Viewer, meeting: Meeting, *, reason: str | None = None, version: int | None = None
) -> Meeting:
    """会议延期，时间另行通知: it will take place, but not then; agenda and papers stay. Doing it twice changes nothing."""
    await _open(db, viewer, meeting, version)
    if meeting.postponed_at:
        return meeting
    if meeting.cancelled_at:
        raise Conflict(N_("This meeting is cancelled already."))
    _set_reason(meeting, reason)
    meeting.postponed_at, meeting.postponed_by = db.now(), viewer.person_id
    await _off_as_told(db, meeting)
    meeting.touch()
    audit_line(db, viewer, "postpone", meeting, reason=meeting.reason)
    return meeting


async def cancel(
    db: Session, viewer: Viewer, meeting: Meeting, *, reason: str | None = None, version: int | None = None
) -> Meeting:
    """取消: it will not take place. What was deferred to it goes to the next joint meeting. Doing it twice changes nothing; `reinstate`
    undoes it with a date."""
    await _open(db, viewer, meeting, version)
    if meeting.cancelled_at:
        return meeting
    _set_reason(meeting, reason)
    meeting.cancelled_at, meeting.cancelled_by = db.now(), viewer.person_id
    meeting.postponed_at = meeting.postponed_by = None
    await _off_as_told(db, meeting)
    meeting.touch()
    audit_line(db, viewer, "cancel", meeting, reason=meeting.reason)
    await hand_on_deferred(db, viewer, meeting)
    return meeting


async def reinstate(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    local_start: datetime,
    duration_minutes: int | None = None,
    location: str | Unset | None = UNSET,
    version: int | None = None,
) -> Meeting:
    """恢复: a cancelled or postponed meeting takes place after all, at a new date. If that was ever announced it goes under a
    new UID, since calendars drop a cancelled one for good (MAIL.md "State"); else the UID stays. The date for answers is again that
    of the mechanism's deadlines, and items that wait for the next meeting are put on its agenda. Raises NotPermitted, Invalid, Conflict if it is not off."""
    await _open(db, viewer, meeting, version)
    if not (meeting.cancelled_at or meeting.postponed_at):
        raise Conflict(N_("This meeting is neither cancelled nor postponed."))
    check = Check()
    _set_time(check, meeting, local_start, duration_minutes)
    _refuse_past(check, meeting, db.now())
    if not isinstance(location, Unset):
        meeting.location = check.text("location", location, most=200)
    check.done()
    meeting.cancelled_at = meeting.cancelled_by = None
    meeting.postponed_at = meeting.postponed_by = None
    meeting.reason = None
    if meeting.off_announced:
        meeting.uid = _new_uid()
        meeting.sequence = meeting.dtstamp = None
        meeting.answers_from = 0
        meeting.off_announced = False
    _forget_former_date(meeting)
    meeting.count_steps_from(db.now())
    await _forget_record(db, meeting)
    meeting.touch()
    audit_line(db, viewer, "reinstate", meeting, starts_at=meeting.starts_at.isoformat())
    await take_up_deferred(db, viewer, meeting)
    return meeting


async def _off_as_told(db: Session, meeting: Meeting) -> None:
    """Off again before anybody heard that it was on: it goes by the UID under which people were told that it is off."""
    if meeting.announced_at is None or meeting.sequence is not None:
        return
    former = await queries.former_announcements(db, meeting)
    if former:
        last = former[-1]
        meeting.uid, meeting.sequence, meeting.dtstamp = last.uid, last.sequence, last.dtstamp
        meeting.answers_from, meeting.off_announced = last.sequence, True


def _new_uid() -> str:
    """128 random bits, lower case; stable for as long as the meeting is the same in calendars."""
    return secrets.token_hex(16)


async def _open(db: Session, viewer: Viewer, meeting: Meeting, version: int | None) -> None:
    """Lock the meeting, ask permission, and refuse a stale form."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    meeting.check_version(
        version,
        title=meeting.title,
        starts_at=meeting.local_start,
        duration_minutes=meeting.duration_minutes,
        location=meeting.location,
    )
    if meeting.held_at:
        raise Conflict(N_("This meeting has been held; its notice can no longer be changed."))


def _say(check: Check, meeting: Meeting, *, title: str, location: str | None, note: str | None) -> None:
    meeting.title = check.required_text("title", title, most=200)
    meeting.location = check.text("location", location, most=200)
    meeting.note = check.text("note", note, most=2000, lines=True)


def _set_time(check: Check, meeting: Meeting, local_start: datetime, duration_minutes: int | None) -> None:
    """Meetings begin on the minute: seconds are dropped. `duration_minutes` None: as long as it is already."""
    local_start = local_start.replace(second=0, microsecond=0)
    check.day("starts_at", local_start.date())
    if (ended_on := meeting.mechanism.ended_on) and meeting.mechanism.has_ended(local_start.date()):
        check.refuse(
            "starts_at",
            N_("The mechanism ends on %(day)s; nothing is scheduled in it from that day on."),
            day=said_day(ended_on),
        )
    if duration_minutes is None:
        duration_minutes = meeting.duration_minutes
    check.number("duration_minutes", duration_minutes, least=5, most=LONGEST_MINUTES, required=True)
    try:
        if "starts_at" not in check.errors:
            meeting.starts_at = instant_of(local_start, ZoneInfo(meeting.timezone))
    except NoSuchTime:
        check.refuse("starts_at", N_("This time does not exist on that day: the clocks are put forward then."))
    meeting.local_start = local_start
    meeting.duration_minutes = duration_minutes


def _refuse_past(check: Check, meeting: Meeting, now: datetime) -> None:
    """Nobody who was told of a meeting is asked to come to a time that has passed; a draft may be entered afterwards."""
    if meeting.announced_at is not None and not check.errors and meeting.starts_at <= now:
        check.refuse(
            "starts_at", N_("This time has passed, and people were told of this meeting. Please give a later one.")
        )


def _set_replies_due(check: Check, meeting: Meeting, day: date | None, today: date) -> None:
    """A day that stands already may pass; a new one lies ahead, unless the meeting itself is entered afterwards."""
    check.day("replies_due_on", day)
    if day is not None and meeting.local_start is not None:
        if day > meeting.local_on:
            check.refuse("replies_due_on", N_("Answers must be due on or before the day of the meeting."))
        elif day < today <= meeting.local_on and day != meeting.replies_due_on:
            check.refuse(
                "replies_due_on", N_("This day has passed: nobody could answer by then. Please choose a later one.")
            )
    meeting.replies_due_on = day


def _set_reason(meeting: Meeting, reason: str | None) -> None:
    check = Check()
    meeting.reason = check.text("reason", reason, most=500, lines=True)
    check.done()


def _forget_former_date(meeting: Meeting) -> None:
    """A date that an officer typed no longer rests on the series' rule and is certain; until when to answer went with the former."""
    meeting.provisional = False
    meeting.why_moved = None
    meeting.replies_due_on = None


async def _forget_record(db: Session, meeting: Meeting) -> None:
    """Who was there, and what was talked about, on a day on which it then did not take place."""
    for attendee in await queries.attendees(db, meeting.id):
        attendee.attendance = attendee.attendance_at = attendee.attendance_by = None
        attendee.checked_in_at = attendee.checked_in_by = None
        attendee.forget_leave()
    for item in await queries.agenda(db, meeting.id):
        item.begun_at = item.settled_at = None


async def _host(db: Session, check: Check, mechanism: Mechanism, agency_id: int | None, on: date) -> Agency | None:
    """A member agency of the day of the meeting, or of today (which may enter what took place before it joined)."""
    host = await db.get(Agency, agency_id) if agency_id else None
    days = (on, db.clock.today(mechanism.timezone))
    members = [one for one in await mechanisms.members(db, mechanism.id) if any(map(one.is_member_on, days))]
    if host is None or host.deactivated_at is not None or host.id not in {one.agency_id for one in members}:
        check.refuse("host_agency_id", N_("Please choose the agency that hosts the meeting."))
        return None
    return host


async def _known(db: Session, check: Check, field: str, person_id: int | None) -> int | None:
    if person_id is None:
        return None
    person = await outside.person_named(db, person_id)
    if person is None or person.deactivated_at is not None:
        check.refuse(field, N_("Please choose somebody from the directory."))
        return None
    return person_id
