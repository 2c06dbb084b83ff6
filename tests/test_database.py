"""The schema's own promises, on both databases."""

from contextlib import AsyncExitStack
from datetime import date

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from liaison.db import Database
from liaison.mechanisms.models import Designation
from tests.conftest import NOW


async def _principal(database: Database, starts_on: str, ends_on: str | None) -> None:
    async with database.writing() as db:
        await db.execute(
            insert(Designation).values(
                mechanism_id=1,
                agency_id=1,
                person_id=1,
                role="principal",
                starts_on=date.fromisoformat(starts_on),
                ends_on=date.fromisoformat(ends_on) if ends_on else None,
                may_sign=True,
                designated_at=NOW,
                version=1,
            )
        )


@pytest.fixture
async def mechanism(database: Database) -> None:
    async with database.writing() as db:
        for statement in (
            "INSERT INTO agency (id, short_name, name, kind, sort_order, version) VALUES (1, 'A', 'A', 'x', 1, 1)",
            "INSERT INTO person (id, name, agency_id, version) VALUES (1, 'P', 1, 1)",
            "INSERT INTO mechanism (id, name, short_name, timezone, region, locale, lead_agency_id, deadlines, version) "
            "VALUES (1, 'M', 'M', 'Asia/Shanghai', 'CN', 'zh_CN', 1, '{}', 1)",
        ):
            await db.execute(text(statement))


@pytest.mark.usefixtures("mechanism")
@pytest.mark.parametrize(
    "term", [("2026-03-01", "2026-04-01"), ("2025-12-01", "2026-01-02"), ("2026-12-31", None), ("2025-01-01", None)]
)
async def test_database_itself_refuses_two_principals_at_one_time(
    database: Database, term: tuple[str, str | None]
) -> None:
    await _principal(database, "2026-01-01", "2027-01-01")
    with pytest.raises(DBAPIError, match="ex_designation_one_principal"):
        await _principal(database, *term)


@pytest.mark.usefixtures("mechanism")
async def test_a_term_may_begin_on_the_day_the_earlier_one_ends(database: Database) -> None:
    await _principal(database, "2026-01-01", "2027-01-01")
    await _principal(database, "2027-01-01", None)
    await _principal(database, "2025-01-01", "2026-01-01")


@pytest.mark.usefixtures("mechanism")
async def test_a_principal_cannot_be_moved_over_another_by_an_update(database: Database) -> None:
    await _principal(database, "2026-01-01", "2027-01-01")
    await _principal(database, "2027-01-01", None)
    with pytest.raises(DBAPIError, match="ex_designation_one_principal"):
        async with database.writing() as db:
            await db.execute(text("UPDATE designation SET ends_on = '2027-02-01' WHERE ends_on IS NOT NULL"))


async def test_requests_one_after_the_other_use_one_connection_however_many_are_open(database: Database) -> None:
    async with AsyncExitStack() as together:
        for _ in range(5):
            db = await together.enter_async_context(database.reading())
            await db.execute(text("SELECT 1"))
    used = set()
    for _ in range(5):
        async with database.reading() as db:
            connection = await db.connection()
            used.add(id((await connection.get_raw_connection()).driver_connection))
    assert len(used) == 1
