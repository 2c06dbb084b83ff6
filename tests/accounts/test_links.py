"""Signed links of mails: `/r/<kid>.<link>.<mac>`."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from liaison.accounts import links
from liaison.accounts.models import Link
from liaison.clock import Clock
from liaison.db import Database
from liaison.directory.models import Person
from liaison.errors import Gone, NotFound
from tests.conftest import NOW
from tests.world import World

TOMORROW = NOW + timedelta(days=1)


async def made(database: Database, world: World, **more: int | None) -> str:
    """What follows /r/ in the link of zhoumin to answer for attendee 7."""
    whose: dict[str, int | None] = {"person_id": world.zhoumin.id, **more}
    async with database.writing() as db:
        url = await links.link_for(db, purpose=links.ANSWER, object_id=7, expires_at=TOMORROW, **whose)
    assert url.startswith(f"{database.settings.base_url}/r/")
    return url.rpartition("/")[2]


async def resolved(database: Database, text: str) -> Link:
    async with database.reading() as db:
        return await links.resolve(db, text)


async def test_the_same_link_is_given_again_until_it_is_revoked(database: Database, world: World) -> None:
    first = await made(database, world)
    assert await made(database, world) == first
    assert await made(database, world, person_id=world.liwb.id) != first
    async with database.writing() as db:
        await links.revoke(db, links.ANSWER, 7)
    second = await made(database, world)
    assert second != first
    assert (await resolved(database, second)).person_id == world.zhoumin.id
    with pytest.raises(Gone):
        await resolved(database, first)


async def test_a_later_end_holds_for_what_was_given_out_before(database: Database, world: World, clock: Clock) -> None:
    text = await made(database, world)
    async with database.writing() as db:
        later = {"purpose": links.ANSWER, "object_id": 7, "person_id": world.zhoumin.id}
        await links.link_for(db, expires_at=NOW + timedelta(days=9), **later)  # type: ignore[arg-type]
    clock.as_of = NOW + timedelta(days=8)
    assert (await resolved(database, text)).object_id == 7
    clock.as_of = NOW + timedelta(days=9)
    with pytest.raises(Gone):
        await resolved(database, text)


@pytest.mark.parametrize("column", ["object_id", "person_id", "agency_id", "purpose"])
async def test_a_row_that_was_changed_in_the_database_is_no_link_any_more(
    database: Database, world: World, column: str
) -> None:
    text = await made(database, world)
    value = {"object_id": 8, "person_id": world.liwb.id, "agency_id": world.sfj.id, "purpose": "slip"}[column]
    async with database.writing() as db:
        await db.execute(update(Link).values({column: value}))
    with pytest.raises(NotFound):
        await resolved(database, text)


async def test_forged_and_malformed_texts_are_not_found(database: Database, world: World) -> None:
    kid, public_id, mac = (await made(database, world)).split(".")
    flipped = mac[:-1] + ("0" if mac[-1] != "0" else "1")
    for text in ("", ".", "..", "x", f"{kid}.{public_id}", f"{kid}.{public_id}.{flipped}", f"000000.{public_id}.{mac}",
                 f"{kid}.{public_id}.{mac}.x", "💩.💩.💩"):  # fmt: skip
        with pytest.raises(NotFound):
            await resolved(database, text)


async def test_a_link_of_the_previous_key_works_after_a_change_of_key(database: Database, world: World) -> None:
    text = await made(database, world)
    settings = database.settings
    object.__setattr__(settings, "secret_key_previous", settings.secret_key)
    object.__setattr__(settings, "secret_key", "another-key-of-more-than-32-characters")
    assert (await resolved(database, text)).object_id == 7
    object.__setattr__(settings, "secret_key_previous", "")
    with pytest.raises(NotFound):
        await resolved(database, text)


async def test_a_link_dies_with_the_designation_it_was_given_for(database: Database, world: World) -> None:
    by_office = await made(database, world, designation_id=world.terms["zhoumin"].id)
    personal = await made(database, world)
    async with database.writing() as db:
        await links.revoke_for_designation(db, world.terms["zhoumin"].id)
    assert (await resolved(database, personal)).person_id == world.zhoumin.id
    with pytest.raises(Gone):
        await resolved(database, by_office)


async def test_a_link_of_somebody_deactivated_or_moved_away_is_gone(database: Database, world: World) -> None:
    text = await made(database, world)
    for_agency = await made(database, world, agency_id=world.jcy.id)
    async with database.writing() as db:
        await db.execute(update(Person).where(Person.id == world.zhoumin.id).values(agency_id=world.sfj.id))
    assert (await resolved(database, text)).person_id == world.zhoumin.id
    with pytest.raises(Gone):
        await resolved(database, for_agency)
    async with database.writing() as db:
        await db.execute(update(Person).where(Person.id == world.zhoumin.id).values(deactivated_at=NOW))
    with pytest.raises(Gone):
        await resolved(database, text)
