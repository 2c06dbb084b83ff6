"""What the pages of minutes ask the database: as many statements however many versions there are, and each document once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from liaison.db import Database
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.minutes.held import held
from tests.minutes.test_api import SECTIONS
from tests.statements import noting


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement a reader asks."""
    asked: list[str] = []

    note = noting(asked)

    event.listen(database.reader.sync_engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.reader.sync_engine, "before_cursor_execute", note)


async def test_a_page_of_minutes_reads_them_once_however_many_versions_there_are(
    play: Play, program: Program, browser: Browser, statements: list[str]
) -> None:
    world, meeting = play.world, await held(play, program)
    path, asked = f"/meetings/{meeting}/minutes", []
    one = await program.put(world.zhoumin, path, {"sections": SECTIONS})
    await browser.sign_in(world.liwb)
    for n in range(3):
        await program.post(world.zhoumin, f"/minutes/{one['id']}/circulate", {})
        statements.clear()
        await browser.get(f"/minutes/{one['id']}")
        asked.append(len(statements))
        assert sum("FROM document_section" in statement for statement in statements) == 1
        sections = [SECTIONS[0] | {"text": f"第{n}稿"}]
        one = await program.put(world.zhoumin, path, {"sections": sections, "root": one["root"]})
    assert asked[0] == asked[1] == asked[2]


async def test_one_page_reads_the_minutes_of_all_its_meetings_together(
    play: Play, program: Program, browser: Browser, statements: list[str]
) -> None:
    world, asked = play.world, []
    await browser.sign_in(world.zhoumin)
    for _ in range(2):
        await program.post(world.zhoumin, f"/meetings/{await held(play, program)}/minutes", {}, status=201)
        statements.clear()
        await browser.get(f"/mechanisms/{world.mechanism.id}/one-page")
        asked.append(len(statements))
    assert asked[0] == asked[1]
