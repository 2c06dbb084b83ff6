"""Whom a meeting asks: agencies with seats, and persons by name. Drafts until `send`; nobody is added silently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory import outside
from liaison.directory.models import Agency, Person
from liaison.directory.queries import named_by, of_the_site
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.meetings import queries
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import ATTENDEE_ROLES, AgencyInvitation, Attendee, Meeting
from liaison.meetings.permissions import is_host, may_ask, may_record

MOST_ASKED = 500
_HELD = N_("This meeting has been held; its list can no longer be changed.")


@dataclass(frozen=True, slots=True)
class Guest:
    """嘉宾: somebody from outside the agencies of this site, by name and body; with a mail they are invited by mail."""

    name: str
    body: str
    job_title: str | None = None
    mail: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the list: a person in a role, or an agency with seats and what kind of people it should send; or a guest in a role."""

    person_id: int | None = None
    role: str = "required"
    agency_id: int | None = None
    seats: int = 1
    requirement: str | None = None
    guest: Guest | None = None


async def ask(
    db: Session, viewer: Viewer, meeting: Meeting, asked: Sequence[Asked]
) -> list[Attendee | AgencyInvitation]:
    """Add people or agencies to the list; those already on it are changed to what is given. Told by the next `send`.

    Raises NotPermitted for another agency's people, or guests, unless the viewer is host, Invalid, Conflict after it was held."""
    await lock(db, meeting, held=_HELD)
    added = await add_asked(db, viewer, meeting, asked)
    meeting.touch()
    audit_line(db, viewer, "ask", meeting, asked=[_named(one) for one in added])
    return added


async def add_asked(
    db: Session, viewer: Viewer, meeting: Meeting, asked: Sequence[Asked], *, by_plan: bool = False
) -> list[Attendee | AgencyInvitation]:
    """Put each on the meeting's list, found by person or agency; the caller holds the lock. Raises NotPermitted, Invalid.

    `by_plan`: the annual plan asks every member agency, whichever officer confirms its dates and whoever hosts."""
    check = Check()
    if len(asked) > MOST_ASKED:
        check.refuse("attendees", N_("At most %(most)s can be asked to one meeting."), most=MOST_ASKED)
        check.done()
    people, agencies = await _known(db, meeting, asked)
    for one in asked:
        if by_plan and one.agency_id is not None:
            continue
        if one.guest is not None and not is_host(viewer, meeting):
            raise NotPermitted(N_("Guests from outside are asked by the host agency."))
        person = people.get(one.person_id or 0)
        agency_id = person.agency_id if person else one.agency_id
        known = person is not None or agency_id in agencies
        if known and agency_id is not None and not may_ask(viewer, meeting, agency_id):
            raise NotPermitted(N_("You may ask your own agency's people; others are asked by the host."))
    added: list[Attendee | AgencyInvitation] = []
    for number, one in enumerate(asked):
        field = f"attendees.{number}"
        if one.guest is not None:
            check.choice(f"{field}.role", one.role, ATTENDEE_ROLES)
            guest = await outside.guest(
                db, viewer, check, field, meeting.host_agency_id,
                name=one.guest.name, body_name=one.guest.body, job_title=one.guest.job_title,
                mail=one.guest.mail, phone=one.guest.phone,
            )  # fmt: skip
            if guest is not None and not check.errors:
                added.append(await _add_person(db, meeting, guest, one.role))
        elif (one.person_id is None) == (one.agency_id is None):
            check.refuse(field, N_("Please name either a person or an agency."))
        elif one.person_id is not None:
            check.choice(f"{field}.role", one.role, ATTENDEE_ROLES)
            person = people.get(one.person_id)
            if person is None or person.deactivated_at is not None:
                check.refuse(field, N_("Please choose somebody from the directory."))
            elif not check.errors:
                added.append(await _add_person(db, meeting, person, one.role))
        else:
            check.number(f"{field}.seats", one.seats, least=1, most=99, required=True)
            requirement = check.text(f"{field}.requirement", one.requirement, most=200)
            agency = agencies.get(one.agency_id or 0)
            if agency is None or agency.deactivated_at is not None:
                check.refuse(field, N_("Please choose an agency from the directory."))
            elif not check.errors:
                added.append(await _add_agency(db, meeting, agency, one.seats, requirement))
    check.done()
    await db.flush()
    return added


async def change_attendee(
    db: Session, viewer: Viewer, meeting: Meeting, attendee: Attendee, *, role: str, version: int | None = None
) -> None:
    """Give a person another role. Raises NotPermitted, Invalid, Conflict when stale."""
    await lock(db, meeting, held=_HELD)
    await locked(db, Attendee, attendee.id)
    if not may_ask(viewer, meeting, attendee.agency_id):
        raise NotPermitted(N_("You may ask your own agency's people; others are asked by the host."))
    attendee.check_version(version, role=attendee.role, partstat=attendee.partstat, comment=attendee.comment)
    check = Check()
    attendee.role = check.choice("role", role, ATTENDEE_ROLES)
    check.done()
    attendee.touch()
    audit_line(db, viewer, "change_attendee", meeting, attendee=attendee.id, role=role)


async def remove_attendee(db: Session, viewer: Viewer, meeting: Meeting, attendee: Attendee) -> None:
    """Take a person off the list; who was told is told so by the next `send`, who was not never hears of it.

    Who walked in is taken off again by who records the meeting, also after it was held."""
    walked_in = attendee.walked_in_at is not None
    await lock(db, meeting, held=None if walked_in else _HELD)
    entered_it = walked_in and may_record(viewer, meeting, await queries.chairs(db, meeting.id))
    if not may_ask(viewer, meeting, attendee.agency_id) and not entered_it:
        raise NotPermitted(N_("You may take your own agency's people off the list; others are removed by the host."))
    if attendee.removed_at is None:
        attendee.removed_at = db.now()
        attendee.touch()
        meeting.touch()
        audit_line(db, viewer, "remove_attendee", meeting, attendee=attendee.id, name=attendee.name)


async def remove_invitation(db: Session, viewer: Viewer, meeting: Meeting, invitation: AgencyInvitation) -> None:
    """Take an agency, and the names on its slip, off the list."""
    await lock(db, meeting, held=_HELD)
    if not may_ask(viewer, meeting, invitation.agency_id):
        raise NotPermitted(N_("You may take your own agency's people off the list; others are removed by the host."))
    if invitation.removed_at is not None:
        return
    invitation.removed_at = db.now()
    invitation.touch()
    names = select(Attendee).where(Attendee.agency_invitation_id == invitation.id, Attendee.removed_at.is_(None))
    for attendee in await db.scalars(names):
        attendee.removed_at = db.now()
    meeting.touch()
    audit_line(db, viewer, "remove_agency", meeting, agency=invitation.agency_id)


async def _known(
    db: Session, meeting: Meeting, asked: Sequence[Asked]
) -> tuple[Mapping[int, Person], Mapping[int, Agency]]:
    """By id whom the lines name: people and agencies of this site, and guests whom the host agency asked before. Nobody of a body that
    another agency entered; and no body by its seats, for nobody there would fill in a slip."""
    people = select(Person).join(Person.agency).where(Person.id.in_({one.person_id for one in asked if one.person_id}))
    people = people.where(named_by(meeting.host_agency_id)).options(contains_eager(Person.agency))
    agencies = select(Agency).where(Agency.id.in_({one.agency_id for one in asked if one.agency_id}), of_the_site())
    return {one.id: one for one in await db.scalars(people)}, {one.id: one for one in await db.scalars(agencies)}


async def _add_person(db: Session, meeting: Meeting, person: Person, role: str) -> Attendee:
    query = select(Attendee).where(
        Attendee.meeting_id == meeting.id, Attendee.person_id == person.id, Attendee.agency_invitation_id.is_(None)
    )
    attendee = (await db.execute(query.order_by(Attendee.id.desc()).limit(1))).scalar_one_or_none()
    if attendee is None:
        attendee = Attendee(
            meeting_id=meeting.id,
            starts_at=meeting.starts_at,
            agency_id=person.agency_id,
            person_id=person.id,
            name=person.name,
            partstat="needs_action",
            version=1,
            position=0,
        )
        db.add(attendee)
    elif attendee.removed_at is not None:
        attendee.removed_at = None
        attendee.partstat = "needs_action"
        attendee.answered_at = attendee.answered_via = attendee.answered_by = attendee.answered_sequence = None
        attendee.comment = attendee.substitute = attendee.registered = None
        attendee.forget_leave()
    attendee.name, attendee.job_title, attendee.phone = person.name, person.job_title, person.phone
    attendee.role = role
    return attendee


async def _add_agency(
    db: Session, meeting: Meeting, agency: Agency, seats: int, requirement: str | None
) -> AgencyInvitation:
    query = select(AgencyInvitation).where(
        AgencyInvitation.meeting_id == meeting.id, AgencyInvitation.agency_id == agency.id
    )
    invitation = (await db.execute(query)).scalar_one_or_none()
    if invitation is None:
        invitation = AgencyInvitation(meeting_id=meeting.id, agency_id=agency.id, version=1)
        db.add(invitation)
    elif invitation.removed_at is not None:
        invitation.removed_at = None
        invitation.returned_at = invitation.returned_by = invitation.returned_via = invitation.registered = None
        invitation.declined = False
    invitation.seats, invitation.requirement = seats, requirement
    return invitation


def _named(one: Attendee | AgencyInvitation) -> str:
    return f"person:{one.person_id}" if isinstance(one, Attendee) else f"agency:{one.agency_id}"
