"""An agency names its liaison, deputy or acting liaison, ends a term, hands over. The agency's own word, dated, on a letter."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts import feed_links, links, reference_codes, sessions
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Person
from liaison.errors import Invalid, Message, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import mails, permissions, queries
from liaison.mechanisms.models import ACTING, DEPUTY, PRINCIPAL, ROLES, Designation, Mechanism, Member
from liaison.mechanisms.wording import ROLES as ROLE_WORDS
from liaison.mechanisms.wording import said_day, said_term

ONE_PRINCIPAL = "ex_designation_one_principal"


async def designate(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    agency_id: int | None,
    person_id: int | None,
    role: str,
    starts_on: date | None,
    ends_on: date | None = None,
    basis_ref: str | None = None,
    may_sign: bool | None = None,
) -> Designation:
    """Name somebody of the agency its liaison, acting liaison or deputy from a date, open-ended unless an end is given.

    On that day the other agencies' liaisons are told (succession.telling).
    `may_sign` is yes by default for a liaison and no for a deputy. Raises NotFound, NotPermitted, Invalid."""
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not permissions.may_see(viewer, mechanism_id):
        raise NotFound
    person = await _active(db, person_id)
    agency_id = agency_id or (person.agency_id if person else None)
    if agency_id is None:
        raise Invalid({"person_id": N_("Please choose somebody from the directory.")})
    _ask_designate(viewer, mechanism_id, agency_id)
    check = Check()
    check.choice("role", role, ROLES)
    check.day("starts_on", starts_on, required=True)
    check.day("ends_on", ends_on)
    check.days("starts_on", starts_on, "ends_on", ends_on)
    basis_ref = _letter(check, viewer, mechanism_id, agency_id, basis_ref)
    if person is None or person.agency_id != agency_id:
        check.refuse("person_id", N_("Please choose somebody of this agency who is active."))
    check.done()
    assert starts_on is not None
    assert person is not None
    designation = Designation(
        mechanism_id=mechanism_id,
        agency_id=agency_id,
        person=person,
        role=role,
        starts_on=starts_on,
        basis_ref=basis_ref,
        may_sign=role != DEPUTY if may_sign is None else may_sign,
        designated_by=viewer.person_id or None,
        designated_at=db.now(),
    )
    await _store(db, designation, ends_on, "starts_on")
    _note(
        db,
        viewer,
        "designate",
        designation,
        person=person.id,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        basis_ref=basis_ref,
    )
    await _lose_if_over(db, designation, mechanism)
    today = db.clock.today(mechanism.timezone)
    if permissions.needs_letter(viewer, mechanism_id, agency_id):
        await mails.tell_agency(db, designation, mechanism, today=today, by=viewer.person_id or None)
    return designation


async def change_end(
    db: Session, viewer: Viewer, designation_id: int, *, ends_on: date | None, version: int | None = None
) -> Designation:
    """End a term on a date (the first without it), move its end, or let it run on open-ended (继续担任) with None.

    What was tied to the office ends with it: mailed links and sessions at once when the day has come, else on the day.
    Raises NotFound, NotPermitted, Conflict, Invalid."""
    designation = await _open(db, viewer, designation_id)
    designation.check_version(version, ends_on=designation.ends_on)
    check = Check()
    check.day("ends_on", ends_on)
    if ends_on is not None and ends_on <= designation.starts_on:
        check.refuse(
            "ends_on",
            N_("The term began on %(day)s; its end must lie after that."),
            day=said_day(designation.starts_on),
        )
    check.done()
    before = designation.ends_on
    await _store(db, designation, ends_on, "ends_on")
    designation.touch()
    _note(db, viewer, "change_end", designation, person=designation.person_id, ends_on=ends_on, before=before)
    await _lose_if_over(db, designation, designation.mechanism)
    return designation


async def hand_over(
    db: Session,
    viewer: Viewer,
    designation_id: int,
    *,
    to_person_id: int | None,
    starts_on: date | None,
    basis_ref: str | None = None,
    acting: bool = False,
    ends_deputy: bool = False,
    version: int | None = None,
) -> Designation:
    """End a term on `starts_on` and begin the successor's on the same day, as the same role (or as acting liaison until the
    agency has decided; a principal follows an acting one), and with the same right to sign. With `ends_deputy` the successor's own term as deputy ends on that
    day too. Returns the new term. Raises NotFound, NotPermitted, Conflict, Invalid."""
    old = await _open(db, viewer, designation_id)
    old.check_version(version, ends_on=old.ends_on)
    check = Check()
    check.day("starts_on", starts_on, required=True)
    if starts_on is not None and starts_on <= old.starts_on:
        check.refuse(
            "starts_on", N_("The present term began on %(day)s; please give a later day."), day=said_day(old.starts_on)
        )
    if to_person_id == old.person_id:
        check.refuse("to_person_id", N_("Please choose somebody else: this person holds the office now."))
    elif to_person_id is None:
        check.refuse("to_person_id", N_("Please choose somebody from the directory."))
    if acting and old.role == DEPUTY:
        check.refuse("acting", N_("Nobody acts for a deputy. Please designate an acting liaison instead."))
    check.done()
    assert starts_on is not None
    if old.ends_on is None or starts_on < old.ends_on:
        old.ends_on = starts_on
        old.touch()
        await db.flush()
    try:
        new = await designate(
            db,
            viewer,
            old.mechanism_id,
            agency_id=old.agency_id,
            person_id=to_person_id,
            role=ACTING if acting else (DEPUTY if old.role == DEPUTY else PRINCIPAL),
            starts_on=starts_on,
            basis_ref=basis_ref,
            may_sign=old.may_sign,
        )
    except Invalid as refusal:
        raise Invalid(
            {"to_person_id" if name == "person_id" else name: said for name, said in refusal.errors.items()}
        ) from None
    if ends_deputy and new.role != DEPUTY:
        await _end_as_deputy(db, viewer, new)
    _note(db, viewer, "hand_over", old, person=old.person_id, to=to_person_id, starts_on=starts_on)
    await _lose_if_over(db, old, old.mechanism)
    return new


async def _end_as_deputy(db: Session, viewer: Viewer, new: Designation) -> None:
    """Whoever becomes liaison is no longer their own deputy: their term as deputy ends the day the new one begins."""
    query = select(Designation).where(
        Designation.mechanism_id == new.mechanism_id,
        Designation.person_id == new.person_id,
        Designation.role == DEPUTY,
        Designation.starts_on < new.starts_on,
        Designation.ends_on.is_(None) | (Designation.ends_on > new.starts_on),
    )
    for each in await db.scalars(query.options(joinedload(Designation.mechanism))):
        before, each.ends_on = each.ends_on, new.starts_on
        each.touch()
        await db.flush()
        _note(db, viewer, "change_end", each, person=each.person_id, ends_on=each.ends_on, before=before)
        await _lose_if_over(db, each, each.mechanism)


async def lose_office(db: Session, designation: Designation) -> None:
    """What was tied to an office that is over: its mailed links are revoked. With the last one end the sessions opened by office,
    and a calendar subscription whose address was made while an office was held."""
    await links.revoke_for_designation(db, designation.id)
    await reference_codes.revoke_for_designation(db, designation.id)
    query = (
        select(Designation, Mechanism.timezone)
        .join(Mechanism, Mechanism.id == Designation.mechanism_id)
        .where(Designation.person_id == designation.person_id)
    )
    terms = [(each, ZoneInfo(zone)) for each, zone in await db.execute(query)]

    def in_office(at: datetime) -> bool:
        """On the day a term ends its holder may have been in office until it was entered."""
        return any(
            each.starts_on <= at.astimezone(zone).date()
            and (each.ends_on is None or at.astimezone(zone).date() <= each.ends_on)
            for each, zone in terms
        )

    others = [(each, zone) for each, zone in terms if each.id != designation.id]
    if not any(each.is_in_term_on(db.now().astimezone(zone).date()) for each, zone in others):
        await sessions.end_sessions(db, designation.person_id, by_office=True)
        await feed_links.end_feed(db, designation.person_id, made=in_office)


async def _lose_if_over(db: Session, designation: Designation, mechanism: Mechanism) -> None:
    if designation.ends_on is not None and designation.ends_on <= db.clock.today(mechanism.timezone):
        await lose_office(db, designation)


async def _open(db: Session, viewer: Viewer, designation_id: int) -> Designation:
    """The designation, its mechanism locked, once the viewer may change it."""
    found = await queries.designation(db, viewer, designation_id)
    await locked(db, Mechanism, found.mechanism_id)
    options = (joinedload(Designation.mechanism), joinedload(Designation.agency), queries.PERSON)
    designation = await locked(db, Designation, designation_id, *options)
    _ask_designate(viewer, designation.mechanism_id, designation.agency_id)
    return designation


def _ask_designate(viewer: Viewer, mechanism_id: int, agency_id: int) -> None:
    if not permissions.may_designate(viewer, mechanism_id, agency_id):
        raise NotPermitted(N_("Each agency designates its own people: its administrator or its liaison in office."))


def _letter(check: Check, viewer: Viewer, mechanism_id: int, agency_id: int, basis_ref: str | None) -> str | None:
    basis_ref = check.text("basis_ref", basis_ref, most=80, numbers=True)
    if basis_ref is None and permissions.needs_letter(viewer, mechanism_id, agency_id):
        check.refuse("basis_ref", N_("Please name the agency's letter: the operator designates only on one."))
    return basis_ref


async def _active(db: Session, person_id: int | None) -> Person | None:
    if person_id is None:
        return None
    query = (
        select(Person).where(Person.id == person_id, Person.deactivated_at.is_(None)).options(*queries.PERSON_ADDRESS)
    )
    return (await db.execute(query)).scalar_one_or_none()


async def _store(db: Session, designation: Designation, ends_on: date | None, field: str) -> None:
    """Give the term its end and flush it; one that overlaps another of its kind is refused on `field`, naming the other's term.

    Two principals are kept apart by the database itself, so that no door and no second process can slip past."""
    await _refuse_outside_membership(db, designation, ends_on)
    others = _others_at_the_time(designation, ends_on)  # built first: a refused savepoint expires the designation
    if designation.role != PRINCIPAL:
        await _refuse_overlap(db, others, field)
    try:
        async with db.begin_nested():
            designation.ends_on = ends_on
            db.add(designation)
            await db.flush()
    except DBAPIError as error:
        if ONE_PRINCIPAL not in str(error.orig):
            raise
        await _refuse_overlap(db, others, field)
        raise


async def _refuse_outside_membership(db: Session, designation: Designation, ends_on: date | None) -> None:
    """A term lies within the agency's time as a member."""
    query = select(Member).where(
        Member.mechanism_id == designation.mechanism_id, Member.agency_id == designation.agency_id
    )
    member = next((m for m in await db.scalars(query) if m.is_member_on(designation.starts_on)), None)
    if member is None:
        raise Invalid({"starts_on": N_("The agency is no member of this mechanism on that day.")})
    if member.left_on is not None and (ends_on is None or ends_on > member.left_on):
        said = Message(
            N_("The agency leaves on %(day)s; please give an end no later than that."),
            {"day": said_day(member.left_on)},
        )
        raise Invalid({"ends_on": said})


async def _refuse_overlap(db: Session, others: Select[Designation], field: str) -> None:
    other = (await db.scalars(others)).first()
    if other is None:
        return
    params = {
        "name": other.person.name,
        "role": Message(ROLE_WORDS[other.role]),
        "term": said_term(other.starts_on, other.ends_on),
    }
    raise Invalid(
        {field: Message(N_("%(name)s is %(role)s %(term)s. Please end that term first, or hand over."), params)}
    )


def _others_at_the_time(designation: Designation, ends_on: date | None) -> Select[Designation]:
    """Terms of the same role at the same time: of the agency for principal and acting, of the same person for a deputy."""
    query = (
        select(Designation)
        .where(
            Designation.mechanism_id == designation.mechanism_id,
            Designation.agency_id == designation.agency_id,
            Designation.role == designation.role,
            Designation.id != (designation.id or 0),
            Designation.ends_on.is_(None) | (Designation.ends_on > designation.starts_on),
        )
        .options(joinedload(Designation.person))
        .order_by(Designation.starts_on)
    )
    if designation.role == DEPUTY:
        query = query.where(Designation.person_id == designation.person.id)
    if ends_on is not None:
        query = query.where(Designation.starts_on < ends_on)
    return query


def _note(db: Session, viewer: Viewer, verb: str, designation: Designation, **params: object) -> None:
    facts = {"agency": designation.agency_id, **params}
    audit.add(db, viewer, verb, f"designation:{designation.id}", mechanism_id=designation.mechanism_id, **facts)
