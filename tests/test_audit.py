"""The audit trail: every line numbered and chained, and no change of it goes unseen (TRUST.md 12)."""

from datetime import datetime

import pytest
from sqlalchemy import select, text

from liaison import audit
from liaison.audit import Actor, AuditLine
from liaison.clock import Clock
from liaison.db import Database

ACTOR = Actor(None, "cli")


@pytest.fixture
async def lines(database: Database) -> int:
    """Six lines in three transactions."""
    for n in range(3):
        async with database.writing() as db:
            audit.add(db, ACTOR, "first", f"thing:{n}", word="协作")
            audit.add(db, ACTOR, "second", f"thing:{n}")
    return 6


async def broken(database: Database) -> int | None:
    async with database.reading() as db:
        return await audit.broken_at(db)


async def change(database: Database, statement: str) -> None:
    async with database.writing() as db:
        await db.execute(text(statement))


async def test_an_untouched_chain_verifies_and_is_gapless(database: Database, lines: int) -> None:
    assert await broken(database) is None
    async with database.reading() as db:
        numbers = (await db.execute(text("SELECT number FROM audit_line ORDER BY number"))).scalars().all()
    assert list(numbers) == list(range(1, lines + 1))


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE audit_line SET verb = 'other' WHERE number = 3", 3),
        ("UPDATE audit_line SET payload = '{}' WHERE number = 3", 3),
        ("UPDATE audit_line SET at = '2020-01-01 00:00:00' WHERE number = 2", 2),
        ("UPDATE audit_line SET via = 'web' WHERE number = 5", 5),
        ("UPDATE audit_line SET object = 'thing:9' WHERE number = 5", 5),
        ("UPDATE audit_line SET mechanism_id = 9 WHERE number = 5", 5),
        ("DELETE FROM audit_line WHERE number = 4", 4),
        ("DELETE FROM audit_line WHERE number = 6", 6),
        ("DELETE FROM audit_head", 7),
        ("UPDATE audit_line SET number = NULL WHERE number = 6", 6),
        (
            "INSERT INTO audit_line (at, verb, object, via, salt, payload_hash) "
            "VALUES ('2026-11-23 00:00:00', 'invented', 'thing:1', 'web', '', '')",
            7,
        ),
    ],
)
async def test_a_changed_or_missing_line_is_found(database: Database, statement: str, number: int) -> None:
    await change(database, statement)
    assert await broken(database) == number


async def test_lines_that_were_linked_the_older_way_stay_in_the_same_chain(database: Database, lines: int) -> None:
    for form in (audit.OPEN, audit.CLOSED):
        async with database.writing() as db:
            audit.add(db, ACTOR, "more", "thing:1", word="协作")
            db.info["audit_lines"][0].form = form
    assert await broken(database) is None
    for form in (audit.CLOSED, audit.OPEN):  # neither passes for the other
        await change(database, f"UPDATE audit_line SET form = {form} WHERE number = {lines + form}")
        assert await broken(database) is None
        await change(database, f"UPDATE audit_line SET form = {3 - form} WHERE number = {lines + form}")
        assert await broken(database) == lines + form
        await change(database, f"UPDATE audit_line SET form = {form} WHERE number = {lines + form}")


@pytest.mark.usefixtures("lines")
async def test_a_payload_may_be_blanked_and_the_chain_still_verifies(database: Database) -> None:
    await change(database, "UPDATE audit_line SET payload = NULL WHERE number = 3")
    assert await broken(database) is None


async def test_a_rolled_back_act_leaves_no_line_and_no_gap(database: Database, lines: int) -> None:
    async def fails() -> None:
        async with database.writing() as db:
            audit.add(db, ACTOR, "never", "thing:9")
            await db.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    async with database.writing() as db:
        audit.add(db, ACTOR, "after", "thing:9")
    assert await broken(database) is None
    async with database.reading() as db:
        last = (await db.execute(text("SELECT max(number) FROM audit_line"))).scalar_one()
    assert last == lines + 1


async def test_a_chain_verifies_whatever_zone_the_instant_of_a_held_clock_was_given_in(
    database: Database, clock: Clock
) -> None:
    clock.as_of = datetime.fromisoformat("2026-12-07T08:30:00+08:00")
    async with database.writing() as db:
        audit.add(db, ACTOR, "first", "thing:1")
    assert await broken(database) is None


@pytest.mark.parametrize("undone", ["all of it", "a part of it"])
async def test_what_was_only_tried_leaves_no_line_and_no_gap_when_its_session_goes_on(
    database: Database, lines: int, undone: str
) -> None:
    """A preview undoes what it did and then reads on in the same session, which commits at its end."""
    async with database.writing() as db:
        if undone == "all of it":
            audit.add(db, ACTOR, "tried", "thing:2")
            await db.flush()
            await db.rollback()
        else:
            part = await db.begin_nested()
            audit.add(db, ACTOR, "tried", "thing:2")
            await db.flush()
            await part.rollback()
        audit.add(db, ACTOR, "said", "thing:3")
    assert await broken(database) is None
    async with database.reading() as db:
        in_order = select(AuditLine.verb).where(AuditLine.number > lines).order_by(AuditLine.number)
        assert list(await db.scalars(in_order)) == ["said"]
