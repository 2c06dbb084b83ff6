"""What pages, API and verbs read of agencies, offices and people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session, one_at_a_time
from liaison.directory.models import Agency, KnownAddress, Office, Person
from liaison.directory.permissions import at_the_console, keeps_own
from liaison.errors import NotFound

T = TypeVar("T")

MOST_SHOWN = 300
"""So many people stand on one directory page; a search finds the others."""

BY_RANK = (Person.rank.is_(None), Person.rank, Person.id)
"""Leaders first, as on lists and minutes."""


def agencies_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Active agencies and the own one; the operator all. Of the bodies from outside only those that the own agency entered."""
    active = true() if _keeps_all(viewer) else or_(Agency.deactivated_at.is_(None), Agency.id == viewer.agency_id)
    return and_(active, named_by(viewer.agency_id))


def offices_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Active offices of active agencies; whoever keeps them sees the others too. Needs Agency joined."""
    active = and_(Office.deactivated_at.is_(None), Agency.deactivated_at.is_(None))
    return true() if _keeps_all(viewer) else or_(active, _own(viewer, Office.agency_id))


def people_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Active people of active agencies; whoever keeps them sees the others too. Of bodies from outside as of the agencies. Needs Agency
    joined."""
    own = or_(_own(viewer, Person.agency_id), _own(viewer, Agency.kept_by_id))
    active = true() if _keeps_all(viewer) else or_(person_is_active(), own)
    return and_(active, named_by(viewer.agency_id))


def of_the_site() -> ColumnElement[bool]:
    """Agencies that are no bodies from outside."""
    return Agency.kept_by_id.is_(None)


def named_by(agency_id: int | None) -> ColumnElement[bool]:
    """Agencies of the site, and the bodies from outside that this agency entered: it alone may name them."""
    return of_the_site() if agency_id is None else or_(of_the_site(), Agency.kept_by_id == agency_id)


def person_is_active() -> ColumnElement[bool]:
    """Neither the person nor the agency is deactivated. Needs Agency joined."""
    return and_(Person.deactivated_at.is_(None), Agency.deactivated_at.is_(None))


def _keeps_all(viewer: Viewer) -> bool:
    return viewer.operator or at_the_console(viewer)


def _own(viewer: Viewer, agency_id: SQLColumnExpression[int] | SQLColumnExpression[int | None]) -> ColumnElement[bool]:
    return agency_id == viewer.agency_id if keeps_own(viewer, viewer.agency_id) else false()


async def agency(db: Session, viewer: Viewer, agency_id: int) -> Agency:
    """One agency. Raises NotFound."""
    return await _one(db, select(Agency).where(Agency.id == agency_id, agencies_visible_to(viewer)))


async def office(db: Session, viewer: Viewer, office_id: int) -> Office:
    """One office with its agency. Raises NotFound."""
    query = select(Office).join(Office.agency).where(Office.id == office_id, offices_visible_to(viewer))
    return await _one(db, query.options(joinedload(Office.agency)))


async def person(db: Session, viewer: Viewer, person_id: int) -> Person:
    """One person with agency, office and contact. Raises NotFound."""
    query = select(Person).join(Person.agency).where(Person.id == person_id, people_visible_to(viewer))
    return await _one(db, query.options(*PERSON_PARTS))


PERSON_PARTS = (joinedload(Person.agency), joinedload(Person.office), joinedload(Person.contact))


async def _one(db: Session, query: Select[T]) -> T:
    row = (await db.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


async def agencies(
    db: Session, viewer: Viewer, *, after: int = 0, limit: int = 500, short_name: str | None = None
) -> list[Agency]:
    """Active agencies by id, from the one after id `after`."""
    query = select(Agency).where(agencies_visible_to(viewer), Agency.deactivated_at.is_(None), Agency.id > after)
    if short_name:
        query = query.where(Agency.short_name == short_name)
    return list(await db.scalars(query.order_by(Agency.id).limit(limit)))


async def agencies_in_order(db: Session, viewer: Viewer) -> list[Agency]:
    """Every agency of the site that the viewer may know of, in the directory's order; deactivated ones last."""
    query = select(Agency).where(agencies_visible_to(viewer), of_the_site())
    return list(await db.scalars(query.order_by(Agency.deactivated_at.is_not(None), Agency.sort_order, Agency.id)))


async def offices(
    db: Session,
    viewer: Viewer,
    *,
    agency_id: int | None = None,
    after: int = 0,
    limit: int = 500,
    deactivated: bool = False,
) -> list[Office]:
    """Active offices by id; with `deactivated` those out of use that the viewer may know of, instead."""
    query = select(Office).join(Office.agency).where(offices_visible_to(viewer), Office.id > after)
    query = query.where(Office.deactivated_at.is_not(None) if deactivated else offices_visible_to(_NOBODY))
    if agency_id is not None:
        query = query.where(Office.agency_id == agency_id)
    return list(await db.scalars(query.options(joinedload(Office.agency)).order_by(Office.id).limit(limit)))


async def people(
    db: Session,
    viewer: Viewer,
    *,
    agency_id: int | None = None,
    words: str | None = None,
    key: str | None = None,
    after: int = 0,
    limit: int = 500,
) -> list[Person]:
    """Active people by id, from the one after id `after`; `words` as in `matching`."""
    query = select(Person).join(Person.agency).where(people_visible_to(viewer), person_is_active(), Person.id > after)
    if agency_id is not None:
        query = query.where(Person.agency_id == agency_id)
    if key is not None:
        query = query.where(Person.key == key)
    if words:
        query = query.where(matching(words))
    return list(await db.scalars(query.options(*PERSON_PARTS).order_by(Person.id).limit(limit)))


async def people_of(db: Session, viewer: Viewer, agency_id: int, *, deactivated: bool = False) -> list[Person]:
    """The people of one agency, leaders first; with `deactivated` those out of use that the viewer may know of, instead."""
    query = select(Person).join(Person.agency).where(people_visible_to(viewer), Person.agency_id == agency_id)
    query = query.where(Person.deactivated_at.is_not(None) if deactivated else Person.deactivated_at.is_(None))
    return list(await db.scalars(query.options(*PERSON_PARTS).order_by(*BY_RANK)))


async def namesake(db: Session, viewer: Viewer, agency_id: int, name: str, mail: str | None) -> Person | None:
    """An active person of the agency with this name, and with this mail or none: most likely the same one, typed again."""
    found = await people_of(db, viewer, agency_id)
    mails = {None, mail.strip().lower() if mail else None}
    return next((one for one in found if one.name == name.strip() and (one.mail in mails or mail is None)), None)


async def listing(
    db: Session, viewer: Viewer, *, words: str | None = None, agency_id: int | None = None
) -> tuple[list[tuple[Agency, list[Person]]], int]:
    """The directory page: active agencies in order, each with its people (MOST_SHOWN in all), and how many people there are.

    With words, only agencies with somebody who matches, or that match themselves."""
    conditions = [people_visible_to(viewer), person_is_active()]
    if agency_id is not None:
        conditions.append(Person.agency_id == agency_id)
    if words:
        conditions.append(matching(words))
    total = (
        await db.execute(select(func.count()).select_from(Person).join(Person.agency).where(*conditions))
    ).scalar_one()
    query = select(Person).join(Person.agency).where(*conditions).options(*PERSON_PARTS)
    found = await db.scalars(query.order_by(Agency.sort_order, Agency.id, *BY_RANK).limit(MOST_SHOWN))
    groups: dict[int, list[Person]] = {}
    for each in found:
        groups.setdefault(each.agency_id, []).append(each)
    shown = select(Agency).where(Agency.deactivated_at.is_(None), agencies_visible_to(viewer))
    shown = shown.order_by(Agency.sort_order, Agency.id)
    if agency_id is not None:
        shown = shown.where(Agency.id == agency_id)
    rows: Sequence[Agency] = (await db.scalars(shown)).all()
    named = [
        row
        for row in rows
        if row.id in groups or not words or words.casefold() in f"{row.name} {row.short_name}".casefold()
    ]
    return [(row, groups.get(row.id, [])) for row in named if total <= MOST_SHOWN or row.id in groups], total


def matching(words: str) -> ColumnElement[bool]:
    """People whose name, key, department or job title contains the words, or whose agency's name does. Needs Agency joined."""
    columns = (Person.name, Person.key, Person.department, Person.job_title, Agency.name, Agency.short_name)
    return or_(*(column.icontains(words, autoescape=True) for column in columns))


async def has_admin(db: Session, agency_id: int) -> bool:
    """Whether the agency has an active administrator of its own."""
    query = select(Person.id).where(
        Person.agency_id == agency_id, Person.agency_admin_at.is_not(None), Person.deactivated_at.is_(None)
    )
    return (await db.execute(query.limit(1))).first() is not None


async def key_is_taken(db: Session, key: str) -> bool:
    """Whether somebody has this short name, in use or not, in whatever case: it is what people sign in with."""
    await one_at_a_time(db, f"key {key.lower()}")
    return (await db.execute(select(Person.id).where(func.lower(Person.key) == key.lower()))).first() is not None


async def active_operators(db: Session) -> int:
    """How many people run the site today."""
    query = (
        select(func.count()).select_from(Person).where(Person.operator_at.is_not(None), Person.deactivated_at.is_(None))
    )
    return (await db.execute(query)).scalar_one()


_NOBODY = Viewer(person_id=0, agency_id=0)


@dataclass(frozen=True, slots=True)
class KnownAddresses:
    """By person, which further addresses are theirs, and which are of people who may answer for them; in lower case."""

    own: Mapping[int, frozenset[str]]
    others: Mapping[int, frozenset[str]]

    def aliases(self, person_id: int | None) -> frozenset[str]:
        """The person's own further addresses."""
        return self.own.get(person_id or 0, frozenset())

    def contacts(self, person_id: int | None) -> frozenset[str]:
        """The addresses of those who may answer for the person."""
        return self.others.get(person_id or 0, frozenset())


_CONTACT = aliased(Person)  # made once: that takes longer than the query


async def known_addresses(db: Session, person_ids: Collection[int]) -> KnownAddresses:
    """Their own mail, the contact they are reached through, and what officers entered besides; nobody answers for others who has left."""
    own: dict[int, set[str]] = {}
    others: dict[int, set[str]] = {}
    if person_ids:
        in_service = and_(_CONTACT.id == Person.contact_id, _CONTACT.deactivated_at.is_(None))
        query = select(Person.id, Person.mail, _CONTACT.mail).outerjoin(_CONTACT, in_service)
        for person_id, mail, contact_mail in await db.execute(query.where(Person.id.in_(person_ids))):
            own.setdefault(person_id, set()).update(filter(None, [mail]))
            others.setdefault(person_id, set()).update(filter(None, [contact_mail]))
        rows = await db.execute(
            select(KnownAddress.person_id, KnownAddress.kind, KnownAddress.address).where(
                KnownAddress.person_id.in_(person_ids)
            )
        )
        entered = [(person_id, kind, address) for person_id, kind, address in rows]
        left = await _of_those_who_left(db, {address for _, kind, address in entered if kind == "contact"})
        for person_id, kind, address in entered:
            if kind == "alias":
                own.setdefault(person_id, set()).add(address)
            elif address not in left:
                others.setdefault(person_id, set()).add(address)
    return KnownAddresses(
        {id_: frozenset(each) for id_, each in own.items()}, {id_: frozenset(each) for id_, each in others.items()}
    )


async def _of_those_who_left(db: Session, addresses: Collection[str]) -> set[str]:
    """Of these addresses those that belong to somebody of this site who has left, and to nobody of it in service."""
    if not addresses:
        return set()
    query = select(Person.mail, Person.deactivated_at).join(Person.agency)
    rows = await db.execute(query.where(Person.mail.in_(addresses), of_the_site()))
    found = [(mail, left) for mail, left in rows if mail is not None]
    return {mail for mail, left in found if left is not None} - {mail for mail, left in found if left is None}


async def people_known_by(db: Session, addresses: Collection[str]) -> set[int]:
    """The ids of everybody one of whose own addresses is among these, as entered with them or as an alias."""
    own = select(Person.id).where(Person.mail.in_(addresses))
    aliases = select(KnownAddress.person_id).where(KnownAddress.address.in_(addresses), KnownAddress.kind == "alias")
    return {*await db.scalars(own), *await db.scalars(aliases)}


async def people_at(db: Session, address: str) -> list[Person]:
    """The active people whose own address this is: as entered with them, or as an alias. Guests from outside only where it is nobody's
    of this site: whoever entered it with a guest changes nothing of whose it is here."""
    aliases = select(KnownAddress.person_id).where(KnownAddress.address == address, KnownAddress.kind == "alias")
    query = select(Person, Agency.kept_by_id).join(Person.agency).where(person_is_active())
    query = query.where(or_(Person.mail == address, Person.id.in_(aliases))).order_by(Person.id)
    found = [(person, kept_by) for person, kept_by in await db.execute(query)]
    return [person for person, kept_by in found if kept_by is None] or [person for person, _ in found]


async def agencies_at(db: Session, addresses: Collection[str]) -> dict[str, set[int]]:
    """By address (lower case), the agencies whose people read it: those whose own address or alias it is, those whose mail goes to it by
    way of a contact, the offices and agencies themselves. Bodies from outside only at what nobody of this site reads: an agency that
    enters a colleague's address with a guest keeps nothing from that colleague."""
    contact = aliased(Person)
    own = select(Person.mail, Person.agency_id, Agency.kept_by_id).join(Person.agency)
    own = own.where(Person.mail.in_(addresses), Person.deactivated_at.is_(None))
    through = select(contact.mail, Person.agency_id).join(contact, contact.id == Person.contact_id)
    through = through.where(Person.mail.is_(None), Person.deactivated_at.is_(None), contact.mail.in_(addresses))
    aliases = select(KnownAddress.address, Person.agency_id).join(Person, Person.id == KnownAddress.person_id)
    aliases = aliases.where(KnownAddress.address.in_(addresses), KnownAddress.kind == "alias")
    offices = select(func.lower(Office.mail), Office.agency_id).where(func.lower(Office.mail).in_(addresses))
    agencies = select(func.lower(Agency.mail), Agency.id).where(func.lower(Agency.mail).in_(addresses))
    found: dict[str, set[int]] = {}
    from_outside: dict[str, set[int]] = {}
    for mail, agency_id, kept_by in await db.execute(own):
        (found if kept_by is None else from_outside).setdefault(mail or "", set()).add(agency_id)
    for query in (through, aliases, offices, agencies):
        for mail, agency_id in await db.execute(query):
            found.setdefault(mail.lower(), set()).add(agency_id)
    return from_outside | found


async def person_at(db: Session, address: str) -> Person | None:
    """The one active person whose own address this is; None for nobody, or several."""
    found = await people_at(db, address)
    return found[0] if len(found) == 1 else None


async def addresses_of(db: Session, person_id: int) -> Sequence[KnownAddress]:
    """The further addresses entered for a person."""
    query = select(KnownAddress).where(KnownAddress.person_id == person_id).order_by(KnownAddress.id)
    return (await db.scalars(query)).all()


async def belongs_to_others(db: Session, mail: str, person: Person) -> bool:
    """Whether this is the address of another person of this site, be it a further one, of an office or of an agency. With whom
    some agency entered it as a guest is told to nobody."""
    people = select(Person.id).join(Person.agency).where(Person.mail == mail, Person.id != person.id, of_the_site())
    aliases = select(KnownAddress.id).where(
        KnownAddress.address == mail, KnownAddress.kind == "alias", KnownAddress.person_id != person.id
    )
    offices = select(Office.id).where(func.lower(Office.mail) == mail)
    agencies = select(Agency.id).where(func.lower(Agency.mail) == mail)
    for query in (people, aliases, offices, agencies):
        if (await db.execute(query.limit(1))).first() is not None:
            return True
    return False
