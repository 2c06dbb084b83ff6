"""Taking somebody's account out of use, and back."""

from sqlalchemy import select, update

from liaison import audit
from liaison.accounts import links, reference_codes
from liaison.accounts.models import ApiToken
from liaison.accounts.sessions import end_sessions
from liaison.accounts.sign_in import revoke_links
from liaison.accounts.viewer import Viewer
from liaison.db import Session, locked
from liaison.directory import queries
from liaison.directory.models import Agency, Person
from liaison.directory.people import refuse_if_last_operator
from liaison.directory.permissions import may_deactivate
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_


async def deactivate_person(db: Session, viewer: Viewer, person_id: int) -> Person:
    """Somebody has left: sessions, API tokens and links end at once. Designations stay as they were; the office shows as vacant."""
    person = await _mine(db, viewer, person_id)
    if person.deactivated_at is not None:
        return person
    if person.id == viewer.person_id:
        raise Conflict(N_("You cannot deactivate yourself. Please ask a colleague or the operator."))
    await refuse_if_last_operator(db, person)
    person.deactivated_at, person.deactivated_by = db.now(), viewer.person_id or None
    person.touch()
    await end_sessions(db, person.id)
    await revoke_links(db, person.id)
    await links.revoke_for_person(db, person.id)
    await reference_codes.revoke_for_person(db, person.id)
    live = (ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None))
    await db.execute(update(ApiToken).where(*live).values(revoked_at=db.now()))
    audit.add(db, viewer, "deactivate_person", f"person:{person.id}")
    return person


async def reactivate_person(db: Session, viewer: Viewer, person_id: int) -> Person:
    """Somebody is back: may sign in again; sessions, tokens and links that ended stay ended."""
    person = await _mine(db, viewer, person_id)
    if person.deactivated_at is not None:
        person.deactivated_at = person.deactivated_by = None
        person.touch()
        audit.add(db, viewer, "reactivate_person", f"person:{person.id}")
    return person


async def _mine(db: Session, viewer: Viewer, person_id: int) -> Person:
    person = await locked(db, Person, person_id)
    visible = select(Agency).join(Person, Person.agency_id == Agency.id)
    agency = await db.scalar(visible.where(Person.id == person_id, queries.people_visible_to(viewer)))
    if agency is None:
        raise NotFound
    if not may_deactivate(viewer, agency.keeper_id):
        raise NotPermitted(N_("Only the person's agency and the operator may deactivate somebody."))
    return person
