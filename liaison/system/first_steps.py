"""The first of the first steps: agencies and who is their liaison, from a form, cells pasted from a spreadsheet, or a workbook.

No mechanism exists yet to designate anybody in: who is to be liaison is kept until there is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison import site
from liaison.accounts.viewer import Viewer
from liaison.bundle.directory import load_directory
from liaison.bundle.loading import known_of
from liaison.bundle.report import Report
from liaison.bundle.tables import bundle_of_tables
from liaison.db import Session
from liaison.directory.models import Person
from liaison.documents.headed import Told, unheard
from liaison.errors import Conflict
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.designating import designate
from liaison.mechanisms.models import Mechanism

LIAISONS = "liaisons_to_designate"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who is to be designated once there is a mechanism."""

    person: Person
    role: str
    starts_on: date | None
    basis_ref: str | None


async def enter(
    db: Session, viewer: Viewer, tables: Sequence[Sequence[Sequence[str]]], *, told: Told = unheard
) -> Report:
    """Enter the agencies and people of these tables; `told` hears how many of how many are done. Raises NotPermitted, BundleRefused naming every wrong cell."""
    site.operators_only(viewer)
    bundle = bundle_of_tables(tables, new_agencies=True)
    known = await known_of(db)
    known.told, known.of = told, bundle.of_directory
    await load_directory(db, viewer, known, bundle)
    report = known.done()
    kept = {each["person_id"]: each for each in (await site.choice(db, LIAISONS) or {}).get("people", ())}
    for entry in bundle.people:
        role = entry.text("liaison")
        if role:
            starts_on = entry.day("starts_on")
            kept[known.entered[id(entry)].id] = {
                "person_id": known.entered[id(entry)].id,
                "role": role,
                "starts_on": starts_on.isoformat() if starts_on else None,
                "basis_ref": entry.text("basis_ref"),
            }
    if kept:
        await site.choose(db, viewer, LIAISONS, {"people": list(kept.values())})
    return report


async def to_designate(db: Session, mechanism: Mechanism | None) -> list[Named]:
    """Who was named liaison and is not designated yet; with a mechanism, only people of its members."""
    kept: dict[int, dict[str, Any]] = {
        each["person_id"]: each for each in (await site.choice(db, LIAISONS) or {}).get("people", ())
    }
    query = (
        select(Person).where(Person.id.in_(kept), Person.deactivated_at.is_(None)).options(joinedload(Person.agency))
    )
    people = list(await db.scalars(query.order_by(Person.agency_id, Person.id)))
    if mechanism is not None:
        today = db.clock.today(mechanism.timezone)
        members = {member.agency_id for member in await mechanisms.members_on(db, mechanism.id, today)}
        there = {row.person_id for row in await mechanisms.designations(db, mechanism.id)}
        people = [person for person in people if person.agency_id in members and person.id not in there]
    return [
        Named(
            person=person,
            role=kept[person.id]["role"],
            starts_on=date.fromisoformat(kept[person.id]["starts_on"]) if kept[person.id]["starts_on"] else None,
            basis_ref=kept[person.id]["basis_ref"],
        )
        for person in people
    ]


async def designate_named(
    db: Session, viewer: Viewer, mechanism: Mechanism, letters: dict[int, str | None], *, starts_on: date | None
) -> int:
    """Designate those who were named, each on the agency's letter (`letters` by person id); how many. Raises Invalid, Conflict."""
    named = await to_designate(db, mechanism)
    if not named:
        raise Conflict(N_("Everybody who was named is designated already."))
    for each in named:
        await designate(
            db,
            viewer,
            mechanism.id,
            agency_id=each.person.agency_id,
            person_id=each.person.id,
            role=each.role,
            starts_on=each.starts_on or starts_on,
            basis_ref=letters.get(each.person.id) or each.basis_ref,
        )
    return len(named)
