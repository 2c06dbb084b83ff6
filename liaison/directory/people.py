"""What an agency does with its people. Nobody edits another agency's people; the operator sets up an agency that has no
administrator of its own yet, moves people between agencies, and names operators."""

from typing import Any, Unpack

from sqlalchemy import and_, delete, or_, select, update

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, insert_into, locked
from liaison.directory import queries
from liaison.directory.fields import PersonFields, clean_person
from liaison.directory.models import ADDRESS_KINDS, Agency, KnownAddress, Office, Person
from liaison.directory.permissions import may_keep_people, may_name_agency_admin, may_name_operator, may_transfer
from liaison.directory.values import person_json
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import LOCALES, N_

_OF_THE_OLD_POST = ("office_id", "contact_id", "department", "job_title", "rank")


async def add_person(db: Session, viewer: Viewer, *, agency_id: int, **fields: Unpack[PersonFields]) -> Person:
    """A new person of an agency; only `name` is required. Mail need not be unique; `key` is, and is kept for good."""
    agency = await _agency(db, viewer, agency_id)
    if not may_keep_people(viewer, agency.id, has_admin=await queries.has_admin(db, agency.id)):
        raise NotPermitted(N_("Only the agency itself adds its people."))
    check = Check()
    values = clean_person(check, fields, new=True)
    await _check_among(db, check, values, agency.id)
    check.done()
    person = Person(agency_id=agency.id, agency=agency, **values)
    db.add(person)
    await db.flush()
    audit.add(db, viewer, "add_person", f"person:{person.id}", agency=agency.id, key=person.key)
    return person


async def change_person(
    db: Session, viewer: Viewer, person_id: int, *, version: int | None = None, **changes: Unpack[PersonFields]
) -> Person:
    """Change the given fields. Raises Conflict when `version` is not the stored one; a key once given cannot be changed."""
    person = await _seen(db, viewer, person_id)
    if not await _keeps(db, viewer, person):
        raise NotPermitted(N_("Only the agency itself changes its people."))
    person.check_version(version, **person_json(person))
    check = Check()
    values = clean_person(check, changes)
    await _check_among(db, check, values, person.agency_id, person)
    check.done()
    _change(db, viewer, "change_person", person, values)
    return person


async def add_known_address(
    db: Session, viewer: Viewer, person_id: int, *, address: str, kind: str, holder: str | None = None
) -> None:
    """Say that another address speaks for this person in answers by mail: their own (`alias`), or that of somebody who answers for
    them (`contact`, whose name is `holder`). Entered twice, the newer word stands. Raises NotPermitted, Invalid."""
    person = await _seen(db, viewer, person_id)
    if not await _keeps(db, viewer, person):
        raise NotPermitted(N_("Only the agency itself says which addresses are its people's."))
    check = Check()
    mail = check.mail("address", address, required=True)
    check.choice("kind", kind, ADDRESS_KINDS)
    holder = check.text("holder", holder, most=60)
    if kind == "alias" and mail and await queries.belongs_to_others(db, mail, person):
        check.refuse("address", N_("This is the address of somebody else, or of an office or agency."))
    check.done()
    values = {"kind": kind, "holder": holder, "added_at": db.now(), "added_by": viewer.person_id or None}
    added = insert_into(db, KnownAddress).values(person_id=person.id, address=mail, **values)
    await db.execute(added.on_conflict_do_update(index_elements=["person_id", "address"], set_=values))
    audit.add(db, viewer, "add_known_address", f"person:{person.id}", address_kind=kind)


async def remove_known_address(db: Session, viewer: Viewer, person_id: int, address_id: int) -> None:
    """This address speaks for the person no longer. Raises NotPermitted, NotFound."""
    person = await _seen(db, viewer, person_id)
    if not await _keeps(db, viewer, person):
        raise NotPermitted(N_("Only the agency itself says which addresses are its people's."))
    row = await db.get(KnownAddress, address_id)
    if row is None or row.person_id != person.id:
        raise NotFound
    await db.delete(row)
    audit.add(db, viewer, "remove_known_address", f"person:{person.id}", address_kind=row.kind)


async def transfer_person(
    db: Session,
    viewer: Viewer,
    person_id: int,
    *,
    agency_id: int,
    version: int | None = None,
    **post: Unpack[PersonFields],
) -> Person:
    """Move somebody to another post: `post` holds what is new there (office, department, job title, rank, contact, mail, phone).

    In another agency nothing of the old post remains, neither the right to keep the agency's people nor being somebody's contact
    there, nor that somebody there answers for them. What they held for the former agency is ended by succession.transferring."""
    person = await _seen(db, viewer, person_id)
    agency = await _agency(db, viewer, agency_id)
    if not may_transfer(viewer, person.agency_id, agency.id, has_admin=await queries.has_admin(db, person.agency_id)):
        raise NotPermitted(N_("Only the operator of this site moves people to another agency."))
    person.check_version(version, **person_json(person))
    leaves = agency.id != person.agency_id
    check = Check()
    values = clean_person(check, post)
    values = (dict.fromkeys(_OF_THE_OLD_POST) if leaves else {}) | values
    await _check_among(db, check, values, agency.id, person)
    check.done()
    if leaves:
        await db.execute(
            update(Person).where(Person.contact_id == person.id).values(contact_id=None, version=Person.version + 1)
        )
        of_the_old_post = KnownAddress.person_id == person.id
        if person.mail:
            colleagues = select(Person.id).where(Person.agency_id == person.agency_id)
            spoke_for_them = and_(KnownAddress.address == person.mail, KnownAddress.person_id.in_(colleagues))
            of_the_old_post = or_(of_the_old_post, spoke_for_them)
        await db.execute(delete(KnownAddress).where(KnownAddress.kind == "contact", of_the_old_post))
        values |= {"agency_id": agency.id, "agency_admin_at": None}
        person.agency = agency
    _change(db, viewer, "transfer_person", person, values, to_agency=agency.id)
    return person


async def name_agency_admin(db: Session, viewer: Viewer, person_id: int, *, is_admin: bool = True) -> Person:
    """Name somebody administrator of their agency, or release them: the operator at set-up, later the agency's administrator."""
    person = await _seen(db, viewer, person_id)
    await _refuse_guest(db, person)
    if not may_name_agency_admin(viewer, person.agency_id, has_admin=await queries.has_admin(db, person.agency_id)):
        raise NotPermitted(N_("Only an administrator of the agency may name or release its administrators."))
    if is_admin and person.deactivated_at is not None:
        raise Conflict(N_("This person is deactivated."))
    if is_admin != (person.agency_admin_at is not None):
        person.agency_admin_at = db.now() if is_admin else None
        person.touch()
        audit.add(db, viewer, "name_agency_admin" if is_admin else "release_agency_admin", f"person:{person.id}")
    return person


async def name_operator(db: Session, viewer: Viewer, person_id: int, *, is_operator: bool = True) -> Person:
    """Name somebody operator of the site, or release them; the last one stays."""
    person = await _seen(db, viewer, person_id)
    await _refuse_guest(db, person)
    if not may_name_operator(viewer):
        raise NotPermitted(N_("Only the operator of this site may name or release operators."))
    if is_operator and person.deactivated_at is not None:
        raise Conflict(N_("This person is deactivated."))
    if is_operator != (person.operator_at is not None):
        if not is_operator:
            await refuse_if_last_operator(db, person)
        person.operator_at = db.now() if is_operator else None
        person.touch()
        audit.add(db, viewer, "name_operator" if is_operator else "release_operator", f"person:{person.id}")
    return person


async def choose_language(db: Session, viewer: Viewer, locale: str | None) -> Person:
    """The viewer's own language for pages and mail; None follows the agency, then the site."""
    check = Check()
    if locale is not None:
        check.choice("locale", locale, LOCALES)
    check.done()
    person = await locked(db, Person, viewer.person_id)
    _change(db, viewer, "choose_language", person, {"locale": locale})
    return person


async def refuse_if_last_operator(db: Session, person: Person) -> None:
    """Raises Conflict if the site would be left without an operator."""
    if person.operator_at is not None and person.deactivated_at is None and await queries.active_operators(db) == 1:
        raise Conflict(N_("This is the only operator of the site. Name another one first."))


async def _agency(db: Session, viewer: Viewer, agency_id: int) -> Agency:
    """The active agency that somebody is put into. Raises NotFound, NotPermitted for a body from outside, or Conflict for one out of use."""
    agency = await queries.agency(db, viewer, agency_id)
    if agency.kept_by_id is not None:
        raise NotPermitted(N_("Guests from outside are asked by the host agency."))
    if agency.deactivated_at is not None:
        raise Conflict(N_("This agency is deactivated."))
    return agency


async def _keeps(db: Session, viewer: Viewer, person: Person) -> bool:
    keeper_id = (await db.get_one(Agency, person.agency_id)).keeper_id
    return may_keep_people(viewer, keeper_id, has_admin=await queries.has_admin(db, keeper_id))


async def _refuse_guest(db: Session, person: Person) -> None:
    """Nobody from outside signs in, so nobody of them keeps anything here."""
    if (await db.get_one(Agency, person.agency_id)).kept_by_id is not None:
        raise NotPermitted(N_("Guests from outside are asked by the host agency."))


async def _seen(db: Session, viewer: Viewer, person_id: int) -> Person:
    """The person under a lock, if the viewer may know of them. Raises NotFound."""
    person = await locked(db, Person, person_id, *queries.PERSON_PARTS)
    if not (
        await db.execute(
            select(Person.id).join(Person.agency).where(Person.id == person_id, queries.people_visible_to(viewer))
        )
    ).first():
        raise NotFound
    return person


async def _check_among(
    db: Session, check: Check, values: dict[str, Any], agency_id: int, person: Person | None = None
) -> None:
    """The key is nobody else's and is kept; office and contact are of the same agency and in use."""
    key = values.get("key")
    if person is not None and person.key and "key" in values and key != person.key:
        check.refuse("key", N_("A short name once given is kept: it is how an import finds the person again."))
    elif key and (person is None or key != person.key) and await queries.key_is_taken(db, key):
        check.refuse("key", N_("Another person has this short name already."))
    office_id = values.get("office_id")
    if office_id is not None and (person is None or (office_id, agency_id) != (person.office_id, person.agency_id)):
        mine = (Office.id == office_id, Office.agency_id == agency_id, Office.deactivated_at.is_(None))
        if (await db.execute(select(Office.id).where(*mine))).first() is None:
            check.refuse("office_id", N_("Please choose an office of this agency."))
    contact_id = values.get("contact_id")
    if contact_id is not None and (person is None or (contact_id, agency_id) != (person.contact_id, person.agency_id)):
        same = (Person.id == contact_id, Person.agency_id == agency_id, Person.deactivated_at.is_(None))
        itself = person is not None and contact_id == person.id
        if itself or (await db.execute(select(Person.id).where(*same))).first() is None:
            check.refuse("contact_id", N_("Please choose somebody else of this agency."))


def _change(db: Session, viewer: Viewer, verb: str, person: Person, values: dict[str, Any], **params: Any) -> None:
    changed = sorted(name for name, value in values.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, values[name])
    if changed:
        person.touch()
        audit.add(db, viewer, verb, f"person:{person.id}", changed=changed, **params)
