"""Bodies from outside (a school, a company, a community) and their people, as far as they take part in something. Whoever entered them may
use them again; nobody of them signs in, keeps anything or is a member."""

from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.directory.queries import of_the_site
from liaison.i18n import N_

OUTSIDE = "outside"
"""The kind of such a body."""
_LAST = 900
MOST_NAME, _MOST_SHORT = 120, 40


async def of_the_site_by_name(db: Session, name: str) -> Agency | None:
    """The agency of this site that is called so, by its full name or its short one."""
    query = select(Agency).where(of_the_site(), Agency.deactivated_at.is_(None))
    return (await db.scalars(query.where((Agency.name == name) | (Agency.short_name == name)).limit(1))).first()


async def body(db: Session, viewer: Viewer, kept_by: int, name: str) -> Agency:
    """The body of this name that agency `kept_by` entered, now or before. The caller has checked name and permission."""
    query = select(Agency).where(Agency.kept_by_id == kept_by, Agency.name == name, Agency.deactivated_at.is_(None))
    found = (await db.scalars(query.limit(1))).first()
    if found is not None:
        return found
    short_name = await _free(db, name)
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
    """嘉宾: somebody of a body from outside, found again by body and name; what is newly said of them holds from then on. None where
    something is refused (`field`.name, .body, .job_title, .mail, .phone). The caller has asked permission."""
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
    elif (person.job_title, person.mail, person.phone) != (job_title, mail, phone):
        person.touch()
    person.job_title, person.mail, person.phone = job_title, mail, phone
    await db.flush()
    audit.add(db, viewer, "ask_guest", f"person:{person.id}", kept_by=kept_by)
    return person


async def make_way(db: Session, short_name: str) -> None:
    """An agency of the site takes this short name: a body that has it is told apart from it."""
    query = select(Agency).where(Agency.short_name == short_name, Agency.kept_by_id.is_not(None))
    found = (await db.scalars(query)).first()
    if found is not None:
        found.short_name = await _free(db, found.name, taken=short_name)
        await db.flush()


async def _free(db: Session, name: str, *, taken: str | None = None) -> str:
    """A short name that nobody has: the name itself, or with a number behind it."""
    wanted, number = name[:_MOST_SHORT], 1
    while (
        wanted == taken or (await db.scalars(select(Agency.id).where(Agency.short_name == wanted))).first() is not None
    ):
        number += 1
        wanted = f"{name[: _MOST_SHORT - 5]}（{number}）"
    return wanted
