"""调动: somebody moves to another agency. What they held for the former one ends that day; what they had to do stays with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Unpack

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions import passing
from liaison.actions.models import ActionItem
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory import people
from liaison.directory.fields import PersonFields
from liaison.directory.models import Agency, Person
from liaison.errors import Conflict
from liaison.i18n import N_
from liaison.mechanisms.designating import lose_office
from liaison.mechanisms.models import Designation
from liaison.mechanisms.queries import PERSON_ADDRESS, in_office
from liaison.succession import handover, leaving, queries, roles

NOBODY, LIAISON = "nobody", "liaison"
ITEMS_GO: Final = (LIAISON, NOBODY)
"""To whom open action items go: to their agency's liaison in office, while the office is vacant to who is named its successor; or to nobody
until the agency names somebody."""


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody holds for their agency: it ends, or stays there, when they go."""

    terms: Sequence[Designation]
    """Present and future ones, with mechanism."""
    items: Sequence[ActionItem]


async def held(db: Session, person: Person) -> Held:
    """What a transfer to another agency touches."""
    query = select(Designation).where(Designation.person_id == person.id, Designation.agency_id == person.agency_id)
    rows = await db.scalars(query.options(joinedload(Designation.mechanism)).order_by(Designation.id))
    terms = [row for row in rows if row.ends_on is None or row.ends_on > db.clock.today(row.mechanism.timezone)]
    return Held(terms, await passing.open_items(db, person.id, person.agency_id))


async def transfer(
    db: Session,
    viewer: Viewer,
    person_id: int,
    *,
    agency_id: int,
    open_items: str = LIAISON,
    meeting_roles_to_id: int | None = None,
    version: int | None = None,
    **post: Unpack[PersonFields],
) -> Person:
    """Move somebody to another post, as `people.transfer_person`. In another agency their designations for the former one end today, with
    the links, sessions and subscription tied to them; open action items stay with the former agency (`open_items`: with its liaison, or
    nobody's), and roles at meetings to come go to `meeting_roles_to_id` there, or are open (leaving.pass_roles). Who they were at past
    meetings, and for which agency, stays. Raises NotFound, NotPermitted, Invalid, Conflict."""
    check = Check()
    check.choice("open_items", open_items, ITEMS_GO)
    person = await locked(db, Person, person_id, *PERSON_ADDRESS)
    roles_to = await leaving.named(db, check, person, meeting_roles_to_id)
    check.done()
    former = person.agency
    await people.transfer_person(db, viewer, person_id, agency_id=agency_id, version=version, **post)
    if person.agency_id == former.id:
        return person
    query = select(Designation).where(Designation.person_id == person.id, Designation.agency_id == former.id)
    for term in await db.scalars(query.options(joinedload(Designation.mechanism)).order_by(Designation.id)):
        await _end(db, viewer, term)
    await _leave_items(db, viewer, person, former, to_liaison=open_items == LIAISON)
    await leaving.pass_roles(db, viewer, person, roles_to)
    await roles.drop_authorisations(db, viewer, person.id)
    return person


async def _end(db: Session, viewer: Viewer, term: Designation) -> None:
    """A term that has begun ends today; one that lies ahead never begins, and the handover that would begin it is taken back."""
    today = db.clock.today(term.mechanism.timezone)
    if term.ends_on is not None and term.ends_on <= today:
        return
    if term.starts_on > today:
        if await queries.ahead_of(db, term.id):
            raise Conflict(
                N_("An office that this person takes over is itself handed over later. Take that back first.")
            )
        begins = await queries.begun_by(db, term.id)
        if begins is not None and begins.is_ahead:
            await handover.undo(db, viewer, begins)
        else:
            await db.delete(term)
        return
    before, term.ends_on = term.ends_on, max(today, term.starts_on + timedelta(days=1))
    term.touch()
    await db.flush()
    facts: Mapping[str, object] = {"agency": term.agency_id, "person": term.person_id}
    thing = f"designation:{term.id}"
    ends = {"ends_on": term.ends_on, "before": before}
    audit.add(db, viewer, "change_end", thing, mechanism_id=term.mechanism_id, **facts, **ends)
    await lose_office(db, term)


async def _leave_items(db: Session, viewer: Viewer, person: Person, former: Agency, *, to_liaison: bool) -> None:
    by_mechanism: dict[int, list[ActionItem]] = {}
    for item in await passing.open_items(db, person.id, former.id):
        by_mechanism.setdefault(item.mechanism_id, []).append(item)
    for mechanism_id, items in by_mechanism.items():
        today = db.clock.today(items[0].mechanism.timezone)
        officer = (await in_office(db, mechanism_id, today)).get(former.id) if to_liaison else None
        to = officer.person if officer is not None and officer.person_id != person.id else None
        if to is None and to_liaison:
            to = await queries.successor_ahead(db, person, mechanism_id, former.id)
        ids = [item.id for item in items]
        await passing.pass_on(db, viewer, ids, from_=person, agency=former, to=to, on=today)
