"""What an agency does with its offices: shared mailboxes with a name."""

from typing import Unpack

from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory import queries
from liaison.directory.fields import OfficeFields, clean_office
from liaison.directory.models import Agency, Office
from liaison.directory.permissions import may_keep_people
from liaison.directory.values import office_json
from liaison.errors import NotPermitted
from liaison.i18n import N_


async def add_office(db: Session, viewer: Viewer, *, agency_id: int, **fields: Unpack[OfficeFields]) -> Office:
    """A new office of an agency; `name` (unique in the agency) and `mail` are required."""
    agency = await locked(db, Agency, agency_id)
    await queries.agency(db, viewer, agency_id)
    await _ask(db, viewer, agency_id)
    check = Check()
    values = clean_office(check, fields, new=True)
    await _name_is_free(db, check, agency.id, values["name"])
    check.done()
    office = Office(agency_id=agency.id, agency=agency, **values)
    db.add(office)
    await db.flush()
    audit.add(db, viewer, "add_office", f"office:{office.id}", agency=agency.id)
    return office


async def change_office(
    db: Session, viewer: Viewer, office_id: int, *, version: int | None = None, **changes: Unpack[OfficeFields]
) -> Office:
    """Change the given fields. Raises Conflict when `version` is not the stored one."""
    office = await _mine(db, viewer, office_id)
    office.check_version(version, **office_json(office))
    check = Check()
    values = clean_office(check, changes)
    if values.get("name", office.name) != office.name:
        await _name_is_free(db, check, office.agency_id, values["name"])
    check.done()
    changed = sorted(name for name, value in values.items() if getattr(office, name) != value)
    for name in changed:
        setattr(office, name, values[name])
    if changed:
        office.touch()
        audit.add(db, viewer, "change_office", f"office:{office.id}", changed=changed)
    return office


async def deactivate_office(db: Session, viewer: Viewer, office_id: int) -> Office:
    """Take an office out of use: no mail goes there any more; its people are reached by their own mail or the agency's."""
    office = await _mine(db, viewer, office_id)
    if office.deactivated_at is None:
        office.deactivated_at, office.deactivated_by = db.now(), viewer.person_id or None
        office.touch()
        audit.add(db, viewer, "deactivate_office", f"office:{office.id}")
    return office


async def reactivate_office(db: Session, viewer: Viewer, office_id: int) -> Office:
    """Take an office into use again."""
    office = await _mine(db, viewer, office_id)
    if office.deactivated_at is not None:
        office.deactivated_at = office.deactivated_by = None
        office.touch()
        audit.add(db, viewer, "reactivate_office", f"office:{office.id}")
    return office


async def _mine(db: Session, viewer: Viewer, office_id: int) -> Office:
    await locked(db, Office, office_id)
    office = await queries.office(db, viewer, office_id)
    await _ask(db, viewer, office.agency_id)
    return office


async def _ask(db: Session, viewer: Viewer, agency_id: int) -> None:
    if not may_keep_people(viewer, agency_id, has_admin=await queries.has_admin(db, agency_id)):
        raise NotPermitted(N_("Only the agency itself keeps its offices."))


async def _name_is_free(db: Session, check: Check, agency_id: int, name: str) -> None:
    if (
        await db.execute(select(Office.id).where(Office.agency_id == agency_id, Office.name == name))
    ).first() is not None:
        check.refuse("name", N_("This agency has an office of this name already."))
