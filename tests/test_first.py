"""The first rows of a list that several conditions join."""

from sqlalchemy import not_, select

from liaison.db import Database
from liaison.directory.models import Agency, Person
from liaison.first import MOST_PARTS, among, row_by_row
from tests.world import World


async def test_each_condition_gives_its_first_rows_and_more_conditions_than_can_be_joined_are_one(
    database: Database, world: World
) -> None:
    async with database.reading() as db:
        ids = list(await db.scalars(select(Agency.id).order_by(Agency.id)))
        for times in (1, MOST_PARTS):
            parts = [Agency.id == ids[0], *[Agency.id >= ids[1]] * times]
            found = among(Agency, parts, order=(Agency.id,), limit=2)
            first = await db.scalars(select(Agency.id).where(found).order_by(Agency.id).limit(2))
            assert list(first) == ids[:2]


async def test_ids_found_beside_the_conditions_come_in_the_same_list(database: Database, world: World) -> None:
    async with database.reading() as db:
        ids = list(await db.scalars(select(Agency.id).order_by(Agency.id)))
        there = select(Person.agency_id).where(Person.id == world.liwb.id)
        found = among(Agency, [Agency.id > ids[2]], order=(Agency.id,), limit=1, beside=[there])
        first = await db.scalars(select(Agency.id).where(found).order_by(Agency.id))
        assert list(first) == sorted([world.sfj.id, ids[3]])


async def test_row_by_row_each_row_has_something_or_has_not(database: Database, world: World) -> None:
    people = row_by_row(select(Person.id).where(Person.agency_id == Agency.id, Person.id == world.liwb.id))
    async with database.reading() as db:
        everybody = set(await db.scalars(select(Agency.id)))
        assert set(await db.scalars(select(Agency.id).where(people))) == {world.sfj.id}
        assert set(await db.scalars(select(Agency.id).where(not_(people)))) == everybody - {world.sfj.id}
