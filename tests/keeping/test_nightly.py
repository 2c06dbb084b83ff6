"""The nightly backup: one a night whoever works, shown with its age, and a failure that is told."""

import asyncio
import tarfile
from datetime import timedelta
from typing import Any

import pytest

from liaison import worker
from liaison.clock import Clock
from liaison.composers import COMPOSERS
from liaison.config import Settings
from liaison.db import Database
from liaison.errors import NotPermitted
from liaison.keeping import making
from liaison.mail import queue_state
from liaison.opening import open_database
from liaison.system import backups
from liaison.system.backup_rules import BackupStatus
from tests.callers import Browser
from tests.conftest import ON_POSTGRESQL
from tests.world import World

pytestmark = pytest.mark.usefixtures("client_programs")


async def status(database: Database) -> BackupStatus:
    async with database.reading() as db:
        return await backups.status(db)


async def work(database: Database) -> None:
    assert await worker.run_once(worker.work_for(database, COMPOSERS))


async def test_a_worker_makes_one_backup_a_night(database: Database, world: World) -> None:
    assert (await status(database)).made_at is None
    for _ in range(2):
        await work(database)
    (made,) = making.directory_of(database.settings).iterdir()
    found = await status(database)
    assert (found.state, found.file, found.bytes) == ("made", made.name, made.stat().st_size)
    with tarfile.open(made) as tar:
        assert "secret_key" not in tar.getnames()


async def test_two_workers_make_one(settings: Settings, database: Database, world: World, clock: Clock) -> None:
    other = open_database(settings, clock)
    try:
        await asyncio.gather(work(database), work(other))
    finally:
        await other.dispose()
    assert len(list(making.directory_of(settings).iterdir())) == 1
    assert (await status(database)).state == "made"


async def test_while_it_is_made_the_loop_goes_on(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    real = making.make_nightly
    seen: list[str | None] = []

    def watched(*args: Any, **more: Any) -> Any:
        seen.append(
            asyncio.run_coroutine_threadsafe(status(database), loop).result(20).state
        )  # the loop answers meanwhile
        return real(*args, **more)

    monkeypatch.setattr(making, "make_nightly", watched)
    await worker.keep_backup(worker.work_for(database, COMPOSERS))
    assert seen == ["running"]
    assert (await status(database)).state == "made"


async def test_a_backup_that_fails_is_noted_and_shown_and_the_others_go_on(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    making.directory_of(settings).write_text("in the way", encoding="utf-8")
    await work(database)
    found = await status(database)
    assert (found.state, found.made_at) == ("failed", None)
    browser = await Browser(settings, database, clock).sign_in(world.guyan)
    page = await browser.get("/system")
    assert "最近一次备份失败" in page
    assert "备份未能完成" in page
    await browser.client.aclose()


async def test_the_operator_sees_its_age_and_switches_it(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    browser = await Browser(settings, database, clock).sign_in(world.guyan)
    await browser.get("/system")
    assert (await browser.post("/system/backups", on="0")).status_code == 303
    await work(database)
    assert not making.directory_of(settings).exists()
    assert "开启每夜备份" in await browser.get("/system")
    await browser.post("/system/backups", on="1")
    await work(database)
    assert "0 小时前" in await browser.get("/system")
    await browser.client.aclose()


async def test_only_an_operator_switches_it(database: Database, world: World) -> None:
    async with database.writing() as db:
        with pytest.raises(NotPermitted):
            await backups.switch(db, await world.viewer(db, world.zhoumin), on=False)


async def test_a_missed_night_is_a_warning(settings: Settings, database: Database, clock: Clock, world: World) -> None:
    await work(database)
    async with database.writing() as db:
        turn = backups.Turn((await queue_state.read_clock(db)).date(), await queue_state.read_clock(db))
        await backups.made(db, turn, file="nightly-2026-11-20.tar.gz", bytes=1)
        noted = await queue_state.noted(db, "backup")
        assert noted is not None
        old = (turn.begun_at - timedelta(hours=40)).isoformat()
        await queue_state.note(db, "backup", noted[1] | {"made_at": old})
    browser = await Browser(settings, database, clock).sign_in(world.guyan)
    assert "超过 36 小时" in await browser.get("/system")
    await browser.client.aclose()


async def test_without_pg_dump_the_page_says_by_what_else_backups_are_made(
    settings: Settings, database: Database, clock: Clock, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    await work(database)
    browser = await Browser(settings, database, clock).sign_in(world.guyan)
    page = await browser.get("/system")
    assert ("用数据库自身的手段备份" in page) is ON_POSTGRESQL
    assert making.directory_of(settings).exists() is not ON_POSTGRESQL
    await browser.client.aclose()
