"""Answers: a person's own, an agency's slip, and what was said another way and is registered. One verb for page, link and API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.meetings.due import replies_due_on
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import PARTSTATS, REGISTERED_WAYS, AgencyInvitation, Attendee, Meeting
from liaison.meetings.permissions import may_answer, may_approve_leave, may_fill_slip, may_register

MOST_NAMES = 99
ANSWERS = tuple(partstat for partstat in PARTSTATS if partstat != "needs_action")
"""What somebody can say; not to have said anything is no answer."""
EARLIEST_SAID = timedelta(days=366)
"""So long before a meeting nobody says whether they come."""


@dataclass(frozen=True, slots=True)
class SlipName:
    """One line of a slip: 姓名、职务、手机、备注."""

    name: str
    job_title: str | None = None
    phone: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """代登记: how it came (phone, in_person, paper, chat, other), who said it, and when (UTC instant)."""

    how: str
    said_by: str
    at: datetime


async def answer(
    db: Session,
    viewer: Viewer,
    attendee: Attendee,
    *,
    partstat: str,
    comment: str | None = None,
    substitute: Mapping[str, str | None] | None = None,
    version: int | None = None,
) -> Attendee:
    """参加 / 委派他人参加 / 待定 / 请假: one's own answer, changeable until the meeting begins; the newest one counts.

    `substitute` ({"name", "job_title"?, "phone"?}) goes with accepted only. Raises NotPermitted, Invalid, Conflict (not announced,
    off, begun, or a stale form)."""
    meeting = await _answerable(db, attendee.meeting)
    if not may_answer(viewer, attendee):
        raise NotPermitted(
            N_("Everybody answers for themselves. What you were told by phone can be registered instead.")
        )
    if meeting.announced_at is None:
        raise Conflict(N_("Nobody has been told of this meeting yet, so there is nothing to answer."))
    if meeting.starts_at <= db.now():
        raise Conflict(N_("The meeting has begun; please tell the liaison directly."))
    await _record(db, attendee, partstat, comment, substitute, version)
    attendee.answered_via, attendee.answered_by, attendee.registered = viewer.via, viewer.person_id, None
    _approve_as_agency(db, viewer, attendee)
    audit_line(
        db, viewer, "answer", meeting, attendee=attendee.id, partstat=partstat, substitute=bool(attendee.substitute)
    )
    return attendee


async def register(
    db: Session,
    viewer: Viewer,
    attendee: Attendee,
    registered: Registered,
    *,
    partstat: str,
    comment: str | None = None,
    substitute: Mapping[str, str | None] | None = None,
    version: int | None = None,
) -> Attendee:
    """代登记: an answer that came by phone, chat, in person or on paper. It counts, is shown as registered, and the person or
    their agency can correct it. Raises NotPermitted, Invalid, Conflict (off, held, or a stale form)."""
    meeting = await _answerable(db, attendee.meeting)
    if not may_register(viewer, meeting, attendee.agency_id, db.now()):
        raise NotPermitted(N_("You may register answers of your own agency; others are registered by the host."))
    await _record(db, attendee, partstat, comment, substitute, version)
    noted = _registered(db, registered, viewer, meeting)
    attendee.answered_via, attendee.answered_by, attendee.registered = "registered", viewer.person_id, noted
    _approve_as_agency(db, viewer, attendee)
    audit_line(db, viewer, "register_answer", meeting, attendee=attendee.id, partstat=partstat, **noted)
    return attendee


async def return_slip(
    db: Session,
    viewer: Viewer,
    invitation: AgencyInvitation,
    names: Sequence[SlipName],
    *,
    declined: bool = False,
    comment: str | None = None,
    registered: Registered | None = None,
    version: int | None = None,
) -> list[Attendee]:
    """回执: the names an agency sends, as often as it likes until the deadline; each return replaces the one before.

    No names and `declined` means that nobody comes. With `registered` the host's or the agency's liaison enters what came another
    way, also after the deadline. Raises NotPermitted, Invalid (naming the line), Conflict (off, begun, deadline passed, stale)."""
    meeting = await _answerable(db, invitation.meeting)
    await locked(db, AgencyInvitation, invitation.id, joinedload(AgencyInvitation.agency))
    if registered is not None:
        if not may_register(viewer, meeting, invitation.agency_id, db.now()):
            raise NotPermitted(N_("You may register answers of your own agency; others are registered by the host."))
    else:
        if not may_fill_slip(viewer, invitation, meeting.mechanism_id):
            raise NotPermitted(N_("Only this agency's liaison returns its slip."))
        refuse_late(db, meeting)
    await _refuse_stale_slip(db, invitation, version)
    check = Check()
    clean = [_name(check, number, one) for number, one in enumerate(names)]
    comment = check.text("comment", comment, most=500, lines=True)
    if len(clean) > MOST_NAMES:
        check.refuse("names", N_("At most %(most)s names fit on one slip."), most=MOST_NAMES)
    if not clean and not declined:
        check.refuse("names", N_("Please name at least one person, or say that nobody comes."))
    if clean and declined:
        check.refuse("names", N_("Please either name people or say that nobody comes."))
    check.done()
    noted = _registered(db, registered, viewer, meeting) if registered else None
    attendees = await _replace_names(db, invitation, clean, viewer, noted)
    invitation.returned_at, invitation.returned_by = db.now(), viewer.person_id or None
    invitation.returned_via = "registered" if noted else viewer.via
    invitation.returned_sequence = meeting.sequence
    invitation.declined, invitation.comment, invitation.registered = declined, comment, noted
    invitation.touch()
    audit_line(
        db,
        viewer,
        "return_slip",
        meeting,
        agency=invitation.agency_id,
        names=len(clean),
        declined=declined,
        **(noted or {}),
    )
    return attendees


def refuse_late(db: Session, meeting: Meeting) -> None:
    """Raise Conflict when slips can no longer be changed by the agencies themselves."""
    due = replies_due_on(meeting, db.now())
    if meeting.starts_at <= db.now() or (due is not None and db.clock.today(meeting.timezone) > due):
        raise Conflict(
            N_("The date for slips has passed. Please tell the host's liaison by phone; they can still enter it.")
        )


async def _answerable(db: Session, meeting: Meeting) -> Meeting:
    await lock(db, meeting)
    if meeting.state == "cancelled":
        raise Conflict(N_("This meeting has been cancelled; there is nothing to answer."))
    if meeting.state == "postponed":
        raise Conflict(N_("This meeting has been postponed; you will be asked again with the new date."))
    if meeting.held_at:
        raise Conflict(N_("This meeting has been held; answers can no longer be changed."))
    return meeting


async def _record(
    db: Session,
    attendee: Attendee,
    partstat: str,
    comment: str | None,
    substitute: Mapping[str, str | None] | None,
    version: int | None,
) -> None:
    await locked(db, Attendee, attendee.id, joinedload(Attendee.agency))
    theirs = {"substitute.name": (attendee.substitute or {}).get("name")}
    attendee.check_version(version, partstat=attendee.partstat, comment=attendee.comment, **theirs)
    check = Check()
    if partstat:
        check.choice("partstat", partstat, ANSWERS)
    else:
        check.refuse("partstat", N_("Please choose your answer."))
    comment = check.text("comment", comment, most=500, lines=True)
    sent: dict[str, Any] | None = None
    if substitute is not None:
        if partstat != "accepted":
            check.refuse("substitute", N_("A substitute goes with the answer that somebody comes."))
        sent = {
            "name": check.required_text("substitute.name", substitute.get("name"), most=60),
            "job_title": check.text("substitute.job_title", substitute.get("job_title"), most=80),
            "phone": check.text("substitute.phone", substitute.get("phone"), most=60, numbers=True),
        }
    check.done()
    attendee.partstat, attendee.comment, attendee.substitute = partstat, comment, sent
    attendee.answered_at, attendee.answered_sequence = db.now(), attendee.meeting.sequence
    attendee.forget_leave()
    attendee.touch()


def _approve_as_agency(db: Session, viewer: Viewer, attendee: Attendee) -> None:
    """What an agency's own liaison or deputy says of leave is the word of that agency."""
    speaks = may_approve_leave(viewer, attendee.meeting.mechanism_id, attendee.agency_id)
    if attendee.partstat == "declined" and speaks:
        attendee.leave_approved_at, attendee.leave_approved_by = db.now(), viewer.person_id


async def _refuse_stale_slip(db: Session, invitation: AgencyInvitation, version: int | None) -> None:
    if version is None or version == invitation.version:
        return
    query = select(Attendee.name).where(Attendee.agency_invitation_id == invitation.id, Attendee.removed_at.is_(None))
    names = list(await db.scalars(query.order_by(Attendee.position, Attendee.id)))
    invitation.check_version(version, names=names, declined=invitation.declined, comment=invitation.comment)


async def _replace_names(
    db: Session, invitation: AgencyInvitation, names: Sequence[SlipName], viewer: Viewer, noted: dict[str, Any] | None
) -> list[Attendee]:
    """The slip's names as attendees: whoever stays keeps their row, found by name; who is no longer on it is removed."""
    query = select(Attendee).where(Attendee.agency_invitation_id == invitation.id, Attendee.removed_at.is_(None))
    before: dict[str, list[Attendee]] = {}
    for attendee in await db.scalars(query.order_by(Attendee.id)):
        before.setdefault(attendee.name, []).append(attendee)
    attendees = []
    for position, one in enumerate(names, 1):
        same = before.get(one.name)
        if same:
            attendee = same.pop(0)
            attendee.touch()
        else:
            attendee = Attendee(
                meeting_id=invitation.meeting_id,
                starts_at=invitation.meeting.starts_at,
                agency_id=invitation.agency_id,
                agency_invitation_id=invitation.id,
                name=one.name,
                role="required",
                version=1,
            )
            db.add(attendee)
        attendee.job_title, attendee.phone, attendee.note = one.job_title, one.phone, one.note
        attendee.position, attendee.partstat = position, "accepted"
        attendee.answered_at, attendee.answered_by = db.now(), viewer.person_id or None
        attendee.answered_via, attendee.registered = ("registered" if noted else "slip"), noted
        attendees.append(attendee)
    for gone in (attendee for rows in before.values() for attendee in rows):
        gone.removed_at = db.now()
    await db.flush()
    return attendees


def _name(check: Check, number: int, one: SlipName) -> SlipName:
    field = f"names.{number}"
    return SlipName(
        check.required_text(f"{field}.name", one.name, most=60),
        check.text(f"{field}.job_title", one.job_title, most=80),
        check.text(f"{field}.phone", one.phone, most=60, numbers=True),
        check.text(f"{field}.note", one.note, most=200),
    )


def registration(
    db: Session, registered: Registered, viewer: Viewer, *, since: datetime, too_early: str
) -> dict[str, Any]:
    """The facts of a 代登记 as they are stored; what was said before the instant `since` is refused with the words `too_early`.

    Raises Invalid (registered.how, registered.said_by, registered.at)."""
    check = Check()
    how = check.choice("registered.how", registered.how, REGISTERED_WAYS)
    said_by = check.required_text("registered.said_by", registered.said_by, most=80)
    check.instant("registered.at", registered.at)
    if registered.at > db.now():
        check.refuse("registered.at", N_("This lies in the future."))
    elif registered.at < since:
        check.refuse("registered.at", too_early)
    check.done()
    return {"how": how, "said_by": said_by, "at": registered.at.isoformat(), "by_id": viewer.person_id}


def _registered(db: Session, registered: Registered, viewer: Viewer, meeting: Meeting) -> dict[str, Any]:
    return registration(
        db,
        registered,
        viewer,
        since=meeting.starts_at - EARLIEST_SAID,
        too_early=N_("This lies more than a year before the meeting. Please check the day."),
    )
