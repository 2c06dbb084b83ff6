"""Which agencies read an address: what stands in a mail there is for all of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from liaison.db import Session
from liaison.directory import queries as directory
from liaison.directory.models import Person
from liaison.meetings.recipients import Addressee


async def agencies_reading(
    db: Session, said: Mapping[str, Any], addressees: Iterable[Addressee]
) -> dict[str, frozenset[int]]:
    """By address, the agencies of everybody it is for and of everybody else who reads it. Nothing, and no statement, where the
    announcement (`said`: its snapshot) has no restricted item, so that nobody has to be told apart."""
    if all(item.get("audience") is None for item in said["agenda"]):
        return {}
    some = list(addressees)
    people = {person_id for one in some for person_id in one.person_ids}
    agency_of = {
        row[0]: row[1] for row in await db.execute(select(Person.id, Person.agency_id).where(Person.id.in_(people)))
    }
    at = await directory.agencies_at(db, {one.address for one in some})
    return {
        one.address: frozenset(
            {
                *at.get(one.address, ()),
                *(agency_of[person_id] for person_id in one.person_ids),
                *(slip.agency_id for slip in (*one.slips, *one.copies)),
            }
        )
        for one in some
    }
