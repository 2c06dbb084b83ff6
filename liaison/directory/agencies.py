"""What the operator does with agencies: add, change, take out of use."""

from typing import Unpack

from sqlalchemy import func, select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.fields import AgencyFields, clean_agency
from liaison.directory.models import Agency, Person
from liaison.directory.permissions import may_keep_agencies
from liaison.directory.queries import of_the_site
from liaison.directory.values import agency_json
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_


async def add_agency(db: Session, viewer: Viewer, **fields: Unpack[AgencyFields]) -> Agency:
    """A new agency; `short_name` (unique in the site) and `name` are required."""
    _ask(viewer)
    check = Check()
    values = clean_agency(check, fields, new=True)
    await _short_name_is_free(db, check, values["short_name"])
    check.done()
    agency = Agency(**values)
    db.add(agency)
    await db.flush()
    audit.add(db, viewer, "add_agency", f"agency:{agency.id}", short_name=agency.short_name)
    return agency


async def change_agency(
    db: Session, viewer: Viewer, agency_id: int, *, version: int | None = None, **changes: Unpack[AgencyFields]
) -> Agency:
    """Change the given fields. Raises Conflict when `version` is not the stored one."""
    agency = await _mine(db, viewer, agency_id)
    agency.check_version(version, **agency_json(agency))
    check = Check()
    values = clean_agency(check, changes)
    if values.get("short_name", agency.short_name) != agency.short_name:
        await _short_name_is_free(db, check, values["short_name"])
    check.done()
    changed = sorted(name for name, value in values.items() if getattr(agency, name) != value)
    for name in changed:
        setattr(agency, name, values[name])
    if changed:
        agency.touch()
        audit.add(db, viewer, "change_agency", f"agency:{agency.id}", changed=changed)
    return agency


async def deactivate_agency(db: Session, viewer: Viewer, agency_id: int) -> Agency:
    """Take an agency out of use; its people must have gone first, so that nobody is left without one."""
    agency = await _mine(db, viewer, agency_id)
    if agency.deactivated_at is not None:
        return agency
    query = (
        select(func.count()).select_from(Person).where(Person.agency_id == agency.id, Person.deactivated_at.is_(None))
    )
    count = (await db.execute(query)).scalar_one()
    if count:
        raise Conflict(N_("This agency still has people (%(count)s). Transfer or deactivate them first."), count=count)
    agency.deactivated_at, agency.deactivated_by = db.now(), viewer.person_id or None
    agency.touch()
    audit.add(db, viewer, "deactivate_agency", f"agency:{agency.id}")
    return agency


async def reactivate_agency(db: Session, viewer: Viewer, agency_id: int) -> Agency:
    """Take an agency into use again."""
    agency = await _mine(db, viewer, agency_id)
    if agency.deactivated_at is not None:
        agency.deactivated_at = agency.deactivated_by = None
        agency.touch()
        audit.add(db, viewer, "reactivate_agency", f"agency:{agency.id}")
    return agency


def _ask(viewer: Viewer) -> None:
    if not may_keep_agencies(viewer):
        raise NotPermitted(N_("Only the operator of this site may add or change agencies."))


async def _mine(db: Session, viewer: Viewer, agency_id: int) -> Agency:
    agency = await locked(db, Agency, agency_id)
    if agency.deactivated_at is not None and not may_keep_agencies(viewer) and agency.id != viewer.agency_id:
        raise NotFound
    if agency.kept_by_id not in (None, viewer.agency_id):
        raise NotFound
    _ask(viewer)
    return agency


async def _short_name_is_free(db: Session, check: Check, short_name: str) -> None:
    query = select(Agency.id).where(Agency.short_name == short_name, of_the_site())
    if (await db.execute(query)).first() is not None:
        check.refuse("short_name", N_("Another agency has this short name already."))
