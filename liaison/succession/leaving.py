"""离开: somebody leaves the agency or the service. What they were to do at meetings goes to whoever is named, or waits for the host's
liaison, who finds somebody or does without."""

from dataclasses import dataclass

from liaison.accounts import deactivation
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import N_
from liaison.succession import queries, roles
from liaison.succession.models import LeftRole
from liaison.succession.roles import Roles


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody's roles at meetings that were not held yet, and who is likely to follow them."""

    roles: Roles
    successor: Person | None


async def leaving(db: Session, viewer: Viewer, person: Person) -> Leaving:
    """What a transfer or a deactivation leaves open at meetings, as the viewer may know it. The successor offered is the agency's other
    liaison in office, or the one named to follow."""
    found = await roles.of(db, person.id, viewer)
    return Leaving(found, await queries.likely_successor(db, person) if found else None)


async def pass_roles(db: Session, viewer: Viewer, person: Person, to: Person | None) -> None:
    """Give somebody's roles as recorder and presenter to somebody else; without one they are open and the hosts' liaisons find somebody.

    Who is to chair was asked by name: the host's liaison finds that on the desk either way."""
    found = await roles.of(db, person.id, None)
    recorded, presented = ([one.id for one in things] for things in (found.recorder, found.presenter))
    await roles.give_recorder(db, viewer, recorded, from_id=person.id, to=to)
    await roles.give_presenter(db, viewer, presented, from_id=person.id, to=to)
    if to is None:
        db.add_all(LeftRole(meeting_id=id_, name=person.name, at=db.now()) for id_ in recorded)
        db.add_all(LeftRole(agenda_item_id=id_, name=person.name, at=db.now()) for id_ in presented)
        await db.flush()


async def named(db: Session, check: Check, person: Person, to_person_id: int | None) -> Person | None:
    """Who takes the roles over: somebody else of the same agency who is active."""
    if to_person_id is None:
        return None
    to = await db.get(Person, to_person_id)
    if to is None or to.id == person.id or to.agency_id != person.agency_id or to.deactivated_at is not None:
        check.refuse("meeting_roles_to_id", N_("Please choose somebody else of this agency."))
    return to


async def deactivate(db: Session, viewer: Viewer, person_id: int, *, meeting_roles_to_id: int | None = None) -> Person:
    """Somebody has left: as `accounts.deactivation.deactivate_person`; their roles at meetings pass to `meeting_roles_to_id`, or are open.
    Raises NotFound, NotPermitted, Invalid, Conflict."""
    person = await deactivation.deactivate_person(db, viewer, person_id)
    check = Check()
    to = await named(db, check, person, meeting_roles_to_id)
    check.done()
    await pass_roles(db, viewer, person, to)
    return person
