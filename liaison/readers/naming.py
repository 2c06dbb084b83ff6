"""Naming somebody a reader of a mechanism for a while, and ending that early. Both ends are told: the reader, and every member agency."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Person
from liaison.directory.queries import of_the_site, person_is_active
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism, Reader
from liaison.readers import mails
from liaison.readers.permissions import NOT_YOURS, lets_itself_in, may_name, may_see_readers, needs_basis

LONGEST: Final = 366
"""Days for which somebody is named at most: an audit ends, and its access with it."""


async def name_reader(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    person_id: int | None,
    starts_on: date | None = None,
    ends_on: date | None,
    basis_ref: str | None = None,
) -> Reader:
    """Let somebody of another agency of the site read the mechanism from `starts_on` (today) until before `ends_on`. Raises NotFound,
    NotPermitted, Invalid (person_id, starts_on, ends_on, basis_ref), Conflict (they read in that time already)."""
    mechanism = await _lock(db, viewer, mechanism_id)
    today = db.clock.today(mechanism.timezone)
    starts_on = starts_on or today
    check = Check()
    check.day("starts_on", starts_on)
    check.day("ends_on", ends_on, required=True)
    basis = check.text("basis_ref", basis_ref, most=80, numbers=True)
    if basis is None and needs_basis(viewer, mechanism):
        check.refuse("basis_ref", N_("Please name the letter by which the members agreed to this."))
    if ends_on is not None and ends_on <= max(starts_on, today):
        check.refuse("ends_on", N_("The end must lie after the start, and after today."))
    elif ends_on is not None and ends_on - starts_on > timedelta(days=LONGEST):
        check.refuse("ends_on", N_("A reader is named for one year at most. They can be named again."))
    person = await _nameable(db, person_id)
    members = {one.agency_id for one in await mechanisms.members_on(db, mechanism_id, today)}
    if person is None:
        check.refuse("person_id", N_("Please choose somebody from the directory."))
    elif person.agency_id in members:
        check.refuse("person_id", N_("People of a member agency read what their agency reads."))
    elif lets_itself_in(viewer, mechanism, person):
        check.refuse(
            "person_id",
            N_("The operator names no operator as reader. The lead agency's liaison can."),
        )
    check.done()
    assert person is not None
    assert ends_on is not None
    await _refuse_twice(db, mechanism_id, person, starts_on, ends_on)
    reader = Reader(
        mechanism_id=mechanism_id,
        person_id=person.id,
        starts_on=starts_on,
        ends_on=ends_on,
        basis_ref=basis,
        named_at=db.now(),
        named_by=viewer.person_id or None,
    )
    db.add(reader)
    await db.flush()
    _note(
        db, viewer, "name_reader", reader, starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat(), basis_ref=basis
    )
    await mails.tell(db, mechanism, reader, person, by=viewer.person_id or None)
    return reader


async def end_reader(db: Session, viewer: Viewer, reader_id: int, *, mechanism_id: int | None = None) -> Reader:
    """They read nothing more from this moment; twice is once. Raises NotFound (also for a reader of another mechanism than the one that
    is given), NotPermitted."""
    reader = (await db.execute(select(Reader).where(Reader.id == reader_id))).scalar_one_or_none()
    if reader is None or mechanism_id not in (None, reader.mechanism_id):
        raise NotFound
    mechanism = await _lock(db, viewer, reader.mechanism_id)
    await db.refresh(reader)
    today = db.clock.today(mechanism.timezone)
    if reader.ends_on <= today:
        return reader
    was, reader.ends_on = reader.ends_on, max(reader.starts_on, today)
    reader.ended_at, reader.ended_by = db.now(), viewer.person_id or None
    await db.flush()
    _note(db, viewer, "end_reader", reader, was=was.isoformat())
    person = await _person(db, reader.person_id)
    if person is not None:
        await mails.tell(db, mechanism, reader, person, by=viewer.person_id or None)
    return reader


async def _lock(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await locked(db, Mechanism, mechanism_id)
    await mechanisms.get(db, viewer, mechanism_id)
    if not may_see_readers(viewer, mechanism_id, db.clock.today(mechanism.timezone)):
        raise NotFound
    if not may_name(viewer, mechanism):
        raise NotPermitted(NOT_YOURS)
    return mechanism


async def _nameable(db: Session, person_id: int | None) -> Person | None:
    """Somebody who can sign in here: of bodies from outside one learns nothing, not even that they were entered."""
    query = select(Person.id).join(Person.agency).where(Person.id == person_id, person_is_active(), of_the_site())
    return await _person(db, (await db.execute(query)).scalar_one_or_none()) if person_id is not None else None


async def _person(db: Session, person_id: int | None) -> Person | None:
    query = select(Person).where(Person.id == person_id, Person.deactivated_at.is_(None))
    query = query.options(joinedload(Person.agency), joinedload(Person.office), joinedload(Person.contact))
    return (await db.execute(query)).scalar_one_or_none() if person_id is not None else None


async def _refuse_twice(db: Session, mechanism_id: int, person: Person, starts_on: date, ends_on: date) -> None:
    query = select(Reader.id).where(
        Reader.mechanism_id == mechanism_id,
        Reader.person_id == person.id,
        Reader.starts_on < ends_on,
        Reader.ends_on > starts_on,
    )
    if (await db.execute(query.limit(1))).first() is not None:
        raise Conflict(N_("%(name)s reads this mechanism in that time already."), name=person.name)


def _note(db: Session, viewer: Viewer, verb: str, reader: Reader, **facts: object) -> None:
    about = f"mechanism:{reader.mechanism_id}"
    audit.add(
        db, viewer, verb, about, mechanism_id=reader.mechanism_id, reader=reader.id, person=reader.person_id, **facts
    )
