"""Agencies join and leave a mechanism on dates; two to nine are members at any time."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.audit import Actor
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import permissions, queries
from liaison.mechanisms.designating import lose_office
from liaison.mechanisms.founding import FEWEST_MEMBERS, MOST_MEMBERS
from liaison.mechanisms.models import ONLINE, TAKES_PART, Designation, Mechanism, Member
from liaison.mechanisms.terms import there_from
from liaison.mechanisms.wording import said_day


async def join(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    agency_id: int | None,
    joined_on: date | None = None,
    takes_part: str = ONLINE,
) -> Member:
    """An agency becomes a member from a date (today when left out). Raises NotFound, NotPermitted, Invalid."""
    mechanism = await locked(db, Mechanism, mechanism_id)
    _ask_keep(viewer, mechanism_id)
    return await admit(db, viewer, mechanism, agency_id=agency_id, joined_on=joined_on, takes_part=takes_part)


async def admit(
    db: Session,
    viewer: Viewer | Actor,
    mechanism: Mechanism,
    *,
    agency_id: int | None,
    joined_on: date | None = None,
    takes_part: str = ONLINE,
) -> Member:
    """The same of a mechanism under a lock, for whoever has asked who may: the operator, or all members (proposals). Raises Invalid."""
    agency, day = await admissible(db, mechanism, agency_id=agency_id, joined_on=joined_on, takes_part=takes_part)
    member = Member(mechanism_id=mechanism.id, agency=agency, joined_on=day, takes_part=takes_part)
    db.add(member)
    await db.flush()
    _note(db, viewer, "join", member, joined_on=day, takes_part=takes_part)
    return member


async def admissible(
    db: Session,
    mechanism: Mechanism,
    *,
    agency_id: int | None,
    joined_on: date | None = None,
    takes_part: str = ONLINE,
) -> tuple[Agency, date]:
    """The agency that could join and the day, today when left out; changes nothing. Raises Invalid (agency_id, joined_on, takes_part)."""
    check = Check()
    check.choice("takes_part", takes_part, TAKES_PART)
    joined_on = check.day("joined_on", joined_on) or db.clock.today(mechanism.timezone)
    agency = await db.get(Agency, agency_id) if agency_id else None
    if agency is None or agency.deactivated_at is not None or agency.kept_by_id is not None:
        check.refuse("agency_id", N_("Please choose an agency from the directory."))
    check.done()
    present = there_from(await queries.members(db, mechanism.id), joined_on)
    if any(m.agency_id == agency_id for m in present):
        check.refuse("agency_id", N_("This agency is a member already at that time."))
    elif len(present) >= MOST_MEMBERS:
        check.refuse(
            "agency_id", N_("A mechanism has %(least)s to %(most)s members."), least=FEWEST_MEMBERS, most=MOST_MEMBERS
        )
    check.done()
    assert agency is not None
    return agency, joined_on


async def leave(
    db: Session, viewer: Viewer, member_id: int, *, left_on: date | None, version: int | None = None
) -> Member:
    """An agency leaves on a date, the first on which it is no member; None takes a leaving back.

    Its terms end with it. What was shared before, its people keep reading. Raises NotFound, NotPermitted, Conflict, Invalid."""
    member = await _open(db, viewer, member_id)
    _ask_keep(viewer, member.mechanism_id)
    member.check_version(version, left_on=member.left_on, takes_part=member.takes_part)
    check = Check()
    check.day("left_on", left_on)
    if left_on is not None and left_on <= member.joined_on:
        check.refuse(
            "left_on", N_("The agency joined on %(day)s; it can leave only after that."), day=said_day(member.joined_on)
        )
    check.done()
    others = [m for m in await queries.members(db, member.mechanism_id) if m.id != member.id]
    if left_on is None and any(m.agency_id == member.agency_id and m.joined_on > member.joined_on for m in others):
        raise Invalid({"left_on": N_("The agency joined again later.")})
    if left_on is not None:
        if member.mechanism.lead_agency_id == member.agency_id:
            raise Invalid({"left_on": N_("This is the lead agency. Please name another lead agency first.")})
        if sum(m.is_member_on(left_on) for m in others) < FEWEST_MEMBERS:
            raise Invalid(
                {"left_on": N_("Two agencies must remain. If the mechanism has ended, enter its end instead.")}
            )
        await _end_terms(db, viewer, member, left_on)
    member.left_on = left_on
    member.touch()
    await db.flush()
    _note(db, viewer, "leave", member, left_on=left_on)
    return member


async def change_takes_part(
    db: Session, viewer: Viewer, member_id: int, *, takes_part: str, version: int | None = None
) -> Member:
    """An agency says how it takes part: online, by mail only, or on paper. Raises NotFound, NotPermitted, Conflict, Invalid."""
    member = await _open(db, viewer, member_id)
    if not permissions.may_set_takes_part(viewer, member.mechanism_id, member.agency_id):
        raise NotPermitted(N_("Each agency says itself how it takes part."))
    member.check_version(version, left_on=member.left_on, takes_part=member.takes_part)
    check = Check()
    check.choice("takes_part", takes_part, TAKES_PART)
    check.done()
    member.takes_part = takes_part
    member.touch()
    _note(db, viewer, "change_takes_part", member, takes_part=takes_part)
    return member


async def _end_terms(db: Session, viewer: Viewer, member: Member, left_on: date) -> None:
    """End the agency's terms at its leaving; a term that was to begin later goes altogether (the audit line keeps it)."""
    rows = await db.scalars(
        select(Designation).where(
            Designation.mechanism_id == member.mechanism_id, Designation.agency_id == member.agency_id
        )
    )
    for row in rows:
        if row.ends_on is not None and row.ends_on <= left_on:
            continue
        if row.starts_on >= left_on:
            await _delete(db, row)
        else:
            row.ends_on = left_on
            row.touch()
        facts = {
            "person": row.person_id,
            "role": row.role,
            "starts_on": row.starts_on,
            "ends_on": left_on,
            "why": "left",
        }
        audit.add(db, viewer, "end_term", f"designation:{row.id}", mechanism_id=member.mechanism_id, **facts)
        if left_on <= db.clock.today(member.mechanism.timezone):
            await db.flush()
            await lose_office(db, row)


async def _delete(db: Session, term: Designation) -> None:
    """A term that a handover is to begin or to end is kept by it: its agency takes that back, and those it names are told."""
    try:
        async with db.begin_nested():
            await db.delete(term)
            await db.flush()
    except IntegrityError:
        raise Conflict(
            N_("A handover of this agency's office is entered for a day after that. Please have it taken back first.")
        ) from None


async def _open(db: Session, viewer: Viewer, member_id: int) -> Member:
    """The membership, its mechanism locked."""
    found = await queries.member(db, viewer, member_id)
    await locked(db, Mechanism, found.mechanism_id)
    return await locked(db, Member, member_id, joinedload(Member.mechanism), joinedload(Member.agency))


def _ask_keep(viewer: Viewer, mechanism_id: int) -> None:
    if not permissions.may_see(viewer, mechanism_id):
        raise NotFound
    if not permissions.may_keep(viewer):
        raise NotPermitted(N_("This was agreed by all members and is changed by the operator on their word."))


def _note(db: Session, viewer: Viewer | Actor, verb: str, member: Member, **params: object) -> None:
    facts = {"agency": member.agency_id, **params}
    audit.add(db, viewer, verb, f"member:{member.id}", mechanism_id=member.mechanism_id, **facts)
