"""Two who act on the same minutes at the same time."""

import asyncio

from sqlalchemy import text

from liaison.countersigning import writing
from liaison.db import Database
from liaison.meetings.locking import lock
from liaison.minutes import queries
from tests.callers import Program
from tests.meetings.play import Play
from tests.minutes.held import held
from tests.minutes.test_api import SECTIONS


async def somebody_waits(database: Database) -> None:
    """Until another transaction stands before a lock; on SQLite, where one writes at a time, it does anyway."""
    waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    while not database.is_sqlite:
        async with database.reading() as db:
            if (await db.execute(waits)).scalar_one():
                return


async def test_the_last_agency_signs_while_the_host_writes_and_neither_stands_in_the_others_way(
    play: Play, program: Program
) -> None:
    world, meeting = play.world, await held(play, program)
    one = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    path, root = f"/minutes/{one['id']}", {"root": one["root"]}
    await program.post(world.zhoumin, f"{path}/circulate", {})
    await program.post(world.zhoumin, f"{path}/sign", root)
    async with play.database.writing() as db:
        minutes, _ = await queries.of_version(db, int(one["id"]))
        await lock(db, minutes.meeting)
        signing = asyncio.create_task(program.post(world.liwb, f"{path}/sign", root))
        await somebody_waits(play.database)
        await writing.lock(db, minutes.document)
    assert (await signing)["state"] == "agreed"
