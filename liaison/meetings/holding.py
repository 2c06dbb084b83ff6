"""Holding a meeting: who is there, which item is being talked about, and 已召开, when its numbers are fixed."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import extract, func, select

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory import outside
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.meetings import queries
from liaison.meetings.attendance import Attendance, attendance_of, present_as, unless_noted
from liaison.meetings.locking import AGENDA_HELD, audit_line, lock, taking_place
from liaison.meetings.models import (
    ATTENDANCES,
    IN_ATTENDANCE,
    NUMBERED_KINDS,
    PRESENT,
    AgendaItem,
    Attendee,
    Meeting,
)
from liaison.meetings.permissions import NOT_RECORDER, is_host, may_record
from liaison.meetings.quorum import quorum_of
from liaison.meetings.steps import wants_minutes

MOST_ORDINAL, MOST_IN_YEAR = 9999, 999
_NONE_FOLLOWS = N_("No. %(most)s is given, and none follows it. Please type one that is free.")
_TAKEN = {
    "ordinal": N_("Another meeting of this mechanism has this number."),
    "ordinal_in_year": N_("Another meeting of this mechanism has this number in that year."),
}


async def check_in(
    db: Session, viewer: Viewer, attendee: Attendee, attendance: str | None, *, version: int | None = None
) -> Attendee:
    """签到: how somebody takes part: present (出席), in_attendance (列席), apologies (请假), absent (缺席); None takes it back.

    From the local day of the meeting on, also after it was held; everybody else checks in by `check_in_oneself`. Raises NotPermitted,
    Invalid, Conflict."""
    meeting = attendee.meeting
    await lock(db, meeting)
    if not await may_record_now(db, viewer, meeting):
        raise NotPermitted(NOT_RECORDER)
    taking_place(db, meeting)
    await _note(db, viewer, meeting, attendee, attendance, version)
    return attendee


async def check_in_all(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    chosen: Mapping[int, str | None],
    *,
    seen: Mapping[int, str | None] | None = None,
    everybody: bool = False,
) -> None:
    """签到登记 of many at once: `chosen` by attendee, what is missing stays; with `everybody` all who accepted and of whom
    nothing is noted are there, and who is on approved leave sends apologies. What was `seen` and not changed in a form stays as
    somebody else may have noted it meanwhile. Raises like `check_in`."""
    await lock(db, meeting)
    if not await may_record_now(db, viewer, meeting):
        raise NotPermitted(NOT_RECORDER)
    taking_place(db, meeting)
    for one in await queries.attendees(db, meeting.id):
        attendance = chosen.get(one.id, one.attendance)
        if seen is not None and one.id in seen and attendance == seen[one.id]:
            attendance = one.attendance
        if everybody and attendance is None:
            attendance = present_as(one) if one.partstat == "accepted" else unless_noted(one)
        if attendance != one.attendance:
            await _note(db, viewer, meeting, one, attendance)


async def add_present(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    agency_id: int | None,
    name: str,
    job_title: str | None = None,
    attendance: str = PRESENT,
) -> Attendee:
    """Somebody is there who was not asked: present (出席) or in_attendance (列席); such a person is not mailed. From the local day of
    the meeting on, also after it was held.

    Raises NotPermitted, Invalid (agency_id, name, job_title, attendance), Conflict."""
    await lock(db, meeting)
    if not await may_record_now(db, viewer, meeting):
        raise NotPermitted(NOT_RECORDER)
    taking_place(db, meeting)
    check = Check()
    name = check.required_text("name", name, most=60)
    job_title = check.text("job_title", job_title, most=80)
    check.choice("attendance", attendance, (PRESENT, IN_ATTENDANCE))
    agency = None
    if agency_id is not None:
        agency = await outside.agency_named(db, agency_id, kept_by=meeting.host_agency_id)
    if agency is None or agency.deactivated_at is not None:
        check.refuse("agency_id", N_("Please choose an agency from the directory."))
    listed = await queries.attendees(db, meeting.id)
    if any((one.agency_id, one.name) == (agency_id, name) for one in listed):
        check.refuse("name", N_("This name is on the list already: please note the attendance there."))
    check.done()
    assert agency is not None
    one = Attendee(
        meeting_id=meeting.id,
        starts_at=meeting.starts_at,
        agency_id=agency.id,
        name=name,
        job_title=job_title,
        role="in_attendance" if attendance == IN_ATTENDANCE else "required",
        partstat="accepted",
        attendance=attendance,
        attendance_at=db.now(),
        attendance_by=viewer.person_id,
        walked_in_at=db.now(),
        version=1,
    )
    db.add(one)
    await db.flush()
    audit_line(db, viewer, "add_present", meeting, attendee=one.id, name=name, attendance=attendance)
    return one


async def begin_item(db: Session, viewer: Viewer, item: AgendaItem) -> AgendaItem:
    """Make this the current item; the one before, if it was not settled, waits to be taken up again."""
    meeting = await _recording(db, viewer, item.meeting)
    if item.state != "accepted":
        raise Conflict(N_("Accept this item into the agenda first."))
    for other in await queries.agenda(db, meeting.id):
        if other.id != item.id and other.begun_at is not None and other.settled_at is None:
            other.begun_at = None
    item.begun_at, item.settled_at = db.now(), None
    item.touch()
    audit_line(db, viewer, "begin_item", meeting, item=item.id)
    return item


async def settle_item(db: Session, viewer: Viewer, item: AgendaItem) -> AgendaItem | None:
    """已议: this item is done with; the next one that is open becomes the current one and is given back. Twice changes nothing."""
    meeting = await _recording(db, viewer, item.meeting)
    if item.settled_at is None:
        item.begun_at, item.settled_at = item.begun_at or db.now(), db.now()
        item.touch()
        audit_line(db, viewer, "settle_item", meeting, item=item.id)
    found = await _open_after(db, meeting, item)
    if found is not None and found.begun_at is None:
        found.begun_at = db.now()
        found.touch()
    return found


async def skip_item(db: Session, viewer: Viewer, item: AgendaItem) -> AgendaItem:
    """暂时跳过: the current item waits to be taken up again; the next one that is open becomes the current one and is given back.

    Doing it twice changes nothing. Raises NotPermitted, Conflict (no other item is open)."""
    meeting = await _recording(db, viewer, item.meeting)
    if item.begun_at is None or item.settled_at is not None:
        return item
    found = await _open_after(db, meeting, item)
    if found is None:
        raise Conflict(N_("No other item of the agenda is open."))
    item.begun_at = None
    item.touch()
    found.begun_at = db.now()
    found.touch()
    audit_line(db, viewer, "skip_item", meeting, item=item.id, current=found.id)
    return found


async def hold(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    ordinal: int | None = None,
    ordinal_in_year: int | None = None,
    quorum_reason: str | None = None,
    version: int | None = None,
) -> Meeting:
    """已召开: the meeting took place, from draft (补录: nobody was mailed) or announced, once its start has passed.

    Fixes the 会次 of a joint meeting under the mechanism's lock, the next free one unless typed, and what its quorum was; who is on
    approved leave and of whom nothing is noted sends apologies. Missing attendance is shown by pages, never refused. The record of
    a meeting held without its quorum shows the `quorum_reason`, or that none was given. Doing it twice changes nothing. Raises NotPermitted, Invalid (ordinal, ordinal_in_year,
    quorum_reason), Conflict (still to come, cancelled, postponed, or a stale form)."""
    mechanism = await locked(db, Mechanism, meeting.mechanism_id)
    await lock(db, meeting)
    if not await may_record_now(db, viewer, meeting):
        raise NotPermitted(NOT_RECORDER)
    if meeting.held_at is not None:
        return meeting
    meeting.check_version(version, title=meeting.title, starts_at=meeting.local_start)
    meeting.refuse_off()
    if meeting.starts_at > db.now():
        raise Conflict(N_("This meeting has not begun yet."))
    attendees = await queries.attendees(db, meeting.id)
    quorum = await quorum_of(db, meeting)
    meeting.quorum_reason = _why_without_quorum(attendance_of(attendees, quorum), quorum_reason)
    meeting.quorum_rule = quorum.to_json()
    if meeting.kind in NUMBERED_KINDS:
        await _number(db, mechanism, meeting, ordinal, ordinal_in_year)
    for one in attendees:
        if one.attendance != (noted := unless_noted(one)):
            await _note(db, viewer, meeting, one, noted)
    meeting.held_at, meeting.held_by = db.now(), viewer.person_id or None
    if meeting.announced_at is None:
        meeting.entered_afterwards_at = db.now()
    if wants_minutes(meeting):
        meeting.step_on = db.clock.today(meeting.timezone)
    meeting.touch()
    why = {"quorum_reason": meeting.quorum_reason} if meeting.quorum_reason else {}
    audit_line(db, viewer, "hold", meeting, ordinal=meeting.ordinal, ordinal_in_year=meeting.ordinal_in_year, **why)
    return meeting


async def unhold(db: Session, viewer: Viewer, meeting: Meeting, *, reason: str, version: int | None = None) -> Meeting:
    """Correct a mistaken hold: the meeting is again what it was before, and its numbers are free. Decisions keep theirs.

    Raises NotPermitted (the host's liaison alone), Invalid (reason), Conflict."""
    await locked(db, Mechanism, meeting.mechanism_id)
    await lock(db, meeting)
    if not is_host(viewer, meeting):
        raise NotPermitted(N_("Only the host's liaison may take this back."))
    if meeting.held_at is None:
        raise Conflict(N_("This meeting has not been held."))
    if meeting.minutes_circulated_at is not None:
        raise Conflict(N_("Its minutes were sent to the agencies to be signed, so that it was held stands."))
    meeting.check_version(version, title=meeting.title, starts_at=meeting.local_start)
    check = Check()
    reason = check.required_text("reason", reason, most=500, lines=True)
    check.done()
    audit_line(db, viewer, "unhold", meeting, reason=reason, ordinal=meeting.ordinal)
    meeting.held_at = meeting.held_by = meeting.entered_afterwards_at = None
    meeting.ordinal = meeting.ordinal_in_year = meeting.ordinal_year = None
    meeting.quorum_rule = meeting.quorum_reason = None
    meeting.touch()
    return meeting


async def next_ordinals(db: Session, mechanism: Mechanism, on: date) -> tuple[int, int]:
    """(会次 in all, in the year of `on`) that the next joint meeting held gets."""
    mine = Meeting.mechanism_id == mechanism.id
    last = (await db.execute(select(func.max(Meeting.ordinal)).where(mine))).scalar_one()
    in_year = select(func.max(Meeting.ordinal_in_year)).where(mine, extract("year", Meeting.local_start) == on.year)
    last_in_year = (await db.execute(in_year)).scalar_one()
    return max((last or 0) + 1, mechanism.first_ordinal or 1), (last_in_year or 0) + 1


async def may_record_now(db: Session, viewer: Viewer, meeting: Meeting) -> bool:
    """Whether this viewer records the meeting: host officer, recorder or chair."""
    return may_record(viewer, meeting, await queries.chairs(db, meeting.id))


async def _note(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    attendee: Attendee,
    attendance: str | None,
    version: int | None = None,
) -> None:
    """How one of them takes part, by somebody of whom it is known that they record the meeting, which is under a lock."""
    await locked(db, Attendee, attendee.id)
    attendee.check_version(version, attendance=attendee.attendance)
    check = Check()
    if attendance is not None:
        check.choice("attendance", attendance, ATTENDANCES)
    check.done()
    if attendee.attendance != attendance:
        attendee.attendance = attendance
        attendee.attendance_at, attendee.attendance_by = db.now(), viewer.person_id
        attendee.touch()
        audit_line(db, viewer, "check_in", meeting, attendee=attendee.id, attendance=attendance)


def _why_without_quorum(there: Attendance, given: str | None) -> str | None:
    """The reason to be kept; none where there is no lack."""
    if not there.lacks_quorum:
        return None
    check = Check()
    reason = check.text("quorum_reason", given, most=500, lines=True)
    check.done()
    return reason


async def _number(
    db: Session, mechanism: Mechanism, meeting: Meeting, ordinal: int | None, ordinal_in_year: int | None
) -> None:
    following, following_in_year = await next_ordinals(db, mechanism, meeting.local_on)
    mine = Meeting.mechanism_id == mechanism.id
    this_year = extract("year", Meeting.local_start) == meeting.local_on.year
    numbers = {
        "ordinal": (ordinal, following, MOST_ORDINAL, mine & (Meeting.ordinal == ordinal)),
        "ordinal_in_year": (
            ordinal_in_year,
            following_in_year,
            MOST_IN_YEAR,
            mine & this_year & (Meeting.ordinal_in_year == ordinal_in_year),
        ),
    }
    check = Check()
    for field, (typed, next_one, most, same) in numbers.items():
        if next_one > most and typed in (None, next_one):
            check.refuse(field, _NONE_FOLLOWS, most=most)
        check.number(field, typed, least=1, most=most)
        if typed is not None and (await db.execute(select(Meeting.id).where(same))).first() is not None:
            check.refuse(field, _TAKEN[field])
    check.done()
    meeting.ordinal, meeting.ordinal_in_year = ordinal or following, ordinal_in_year or following_in_year
    meeting.ordinal_year = meeting.local_on.year


async def _open_after(db: Session, meeting: Meeting, item: AgendaItem) -> AgendaItem | None:
    """The next accepted item that is not settled, else one before that was left."""
    items = [one for one in await queries.agenda(db, meeting.id) if one.state == "accepted"]
    places = {one.id: place for place, one in enumerate(items)}
    following = items[places.get(item.id, len(items)) + 1 :] + items
    return next((one for one in following if one.settled_at is None and one.id != item.id), None)


async def _recording(db: Session, viewer: Viewer, meeting: Meeting) -> Meeting:
    await lock(db, meeting)
    if not await may_record_now(db, viewer, meeting):
        raise NotPermitted(NOT_RECORDER)
    taking_place(db, meeting)
    if meeting.held_at is not None:
        raise Conflict(AGENDA_HELD)
    return meeting
