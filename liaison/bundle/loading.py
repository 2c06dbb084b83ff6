"""Taking an import bundle over: all or nothing, and the same again changes nothing.

What a bundle does not mention stays as it is. No mail is sent. The caller undoes the transaction to only try it."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.bundle.directory import load_directory
from liaison.bundle.known import Known
from liaison.bundle.mechanisms import load_liaisons, load_mechanisms
from liaison.bundle.report import Report
from liaison.bundle.values import Bundle
from liaison.db import Session
from liaison.directory.models import Agency, Office, Person
from liaison.directory.queries import of_the_site
from liaison.documents.headed import Told, unheard
from liaison.mechanisms.models import Mechanism


async def load(
    db: Session, viewer: Viewer, bundle: Bundle, *, mechanism: str | None = None, told: Told = unheard
) -> Report:
    """Take the bundle over: everything, or nothing with BundleRefused naming every line. `mechanism` is where a table's liaisons
    belong; it may be left out where the site has one. `told` hears how many entries of how many are done."""
    known = await known_of(db)
    liaisons = sum(bool(each.text("liaison")) for each in bundle.people)
    known.told, known.of = told, bundle.of_directory + len(bundle.mechanisms) + liaisons
    await load_directory(db, viewer, known, bundle)
    await load_mechanisms(db, viewer, known, bundle)
    await load_liaisons(db, viewer, known, bundle.people, mechanism)
    return known.done()


async def lead_agency(db: Session, mechanism: str | None) -> str | None:
    """The short name of the agency that leads the named mechanism, or the only one of the site; None where that is not clear."""
    found = await mechanism_named(db, mechanism)
    return found.lead_agency.short_name if found is not None else None


async def mechanism_named(db: Session, name: str | None) -> Mechanism | None:
    """The mechanism of that name or short name, or the only one of the site, with its lead agency; None where that is not clear."""
    found = list(await db.scalars(select(Mechanism).options(joinedload(Mechanism.lead_agency))))
    fitting = [each for each in found if name in (None, each.name, each.short_name)]
    return fitting[0] if len(fitting) == 1 else None


async def known_of(db: Session) -> Known:
    """Everything of the directory that a bundle may name."""
    known = Known()
    for agency in await db.scalars(select(Agency).where(of_the_site())):
        known.agencies[agency.short_name] = agency
    for office in await db.scalars(select(Office)):
        known.offices[office.agency_id, office.name] = office
    for person in await db.scalars(select(Person).options(joinedload(Person.agency)).order_by(Person.id)):
        known.keep(person)
    return known
