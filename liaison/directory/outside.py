"""Bodies from outside (a school, a company, a community) and their people, as far as they take part in something. Whoever entered them may
use them again; nobody of them signs in, keeps anything or is a member."""

from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, one_at_a_time
from liaison.directory.models import Agency, Person
from liaison.directory.queries import named_by, of_the_site
from liaison.i18n import N_

OUTSIDE = "outside"
"""The kind of such a body."""
_LAST = 900
MOST_NAME, _MOST_SHORT = 120, 40


async def agency_named(db: Session, agency_id: int, *, kept_by: int | None = None) -> Agency | None:
    """The agency of the site with this id, or the body from outside that agency `kept_by` entered. None for a body that another agency
    entered, exactly like for what does not exist."""
    return (await db.scalars(select(Agency).where(Agency.id == agency_id, named_by(kept_by)))).one_or_none()


async def person_named(db: Session, person_id: int, *, kept_by: int | None = None) -> Person | None:
    """Somebody of the site, or of a body from outside that agency `kept_by` entered; None as in `agency_named`."""
    query = select(Person).join(Person.agency).where(Person.id == person_id, named_by(kept_by))
    return (await db.scalars(query)).one_or_none()


async def of_the_site_by_name(db: Session, name: str) -> Agency | None:
    """The agency of this site that is called so, by its full name or its short one."""
    query = select(Agency).where(of_the_site(), Agency.deactivated_at.is_(None))
    return (await db.scalars(query.where((Agency.name == name) | (Agency.short_name == name)).limit(1))).first()


async def body(db: Session, viewer: Viewer, kept_by: int, name: str) -> Agency:
    """The body of this name that agency `kept_by` entered, now or before. The caller has checked name and permission."""
    await one_at_a_time(db, f"outside {kept_by}")
    query = select(Agency).where(Agency.kept_by_id == kept_by, Agency.name == name, Agency.deactivated_at.is_(None))
    found = (await db.scalars(query.limit(1))).first()
    if found is not None:
        return found
    short_name = await _free(db, kept_by, name)
    made = Agency(name=name, short_name=short_name, kind=OUTSIDE, kept_by_id=kept_by, sort_order=_LAST, version=1)
    db.add(made)
    await db.flush()
    audit.add(db, viewer, "add_outside_body", f"agency:{made.id}", kept_by=kept_by)
    return made


async def guest(
    db: Session,
    viewer: Viewer,
    check: Check,
    field: str,
    kept_by: int,
    *,
    name: str | None,
    body_name: str | None,
    job_title: str | None = None,
    mail: str | None = None,
    phone: str | None = None,
) -> Person | None:
    """嘉宾: somebody of a body from outside, found again by body and name; what is newly said of them holds from then on, and what is not
    said stays. None where something is refused (`field`.name, .body, .job_title, .mail, .phone). The caller has asked permission."""
    name = check.required_text(f"{field}.name", name, most=60)
    of = check.required_text(f"{field}.body", body_name, most=MOST_NAME)
    job_title = check.text(f"{field}.job_title", job_title, most=80)
    mail = check.mail(f"{field}.mail", mail)
    phone = check.text(f"{field}.phone", phone, most=60, numbers=True)
    if of and await of_the_site_by_name(db, of) is not None:
        check.refuse(f"{field}.body", N_("This agency is in the directory. Please choose its people there."))
    if any(one.startswith(f"{field}.") for one in check.errors):
        return None
    agency = await body(db, viewer, kept_by, of)
    query = select(Person).where(Person.agency_id == agency.id, Person.name == name, Person.deactivated_at.is_(None))
    person = (await db.scalars(query.order_by(Person.id).limit(1))).first()
    if person is None:
        person = Person(name=name, agency_id=agency.id, agency=agency, mail=mail, version=1)
        db.add(person)
    said = (job_title or person.job_title, mail or person.mail, phone or person.phone)
    if person.id is not None and said != (person.job_title, person.mail, person.phone):
        person.touch()
    person.job_title, person.mail, person.phone = said
    await db.flush()
    audit.add(db, viewer, "ask_guest", f"person:{person.id}", kept_by=kept_by)
    return person


async def _free(db: Session, kept_by: int, name: str) -> str:
    """A short name that no other body of the same agency has: the name itself, or with a number behind it where long names begin alike.
    What other agencies entered is not asked: a number would tell of it."""
    wanted, number = name[:_MOST_SHORT], 1
    while (
        await db.scalars(select(Agency.id).where(Agency.short_name == wanted, Agency.kept_by_id == kept_by))
    ).first() is not None:
        number += 1
        wanted = f"{name[: _MOST_SHORT - 5]}（{number}）"
    return wanted
