"""Promises of the whole server (docs/promises.md), as somebody outside sees them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from liaison import models
from liaison.accounts import tokens
from liaison.audit import Actor
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from tests.callers import Browser, Program, visitor
from tests.world import World


async def token_for(database: Database, person: Person) -> str:
    async with database.writing() as db:
        return await tokens.create_token(db, Actor(None, "cli"), person.id)


def a_meeting(world: World, title: str = "第四季度联席会议") -> dict[str, object]:
    return {
        "kind": "regular",
        "title": title,
        "starts_at": "2026-12-17T14:30:00+08:00",
        "duration_minutes": 120,
        "attendees": [{"person_id": str(world.liwb.id)}, {"agency_id": str(world.sfj.id), "seats": 2}],
    }


@pytest.fixture
def served(settings: Settings) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The real server as a process of its own, on the test's database, without worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = os.environ | {
        "LIAISON_DATA_DIR": str(settings.data_dir),
        "LIAISON_DATABASE_URL": settings.database_url,
        "LIAISON_SECRET_KEY": settings.secret_key,
    }
    command = [sys.executable, "-m", "liaison", "serve", "--port", str(port), "--no-worker"]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 30
    while True:
        try:
            httpx.get(f"{url}/healthz")
            break
        except httpx.TransportError:
            assert process.poll() is None, "the server ended at once"
            assert time.monotonic() < end, "the server does not answer"
    yield process, url
    process.kill()
    process.wait()


async def test_what_was_answered_as_saved_survives_kill_9(
    database: Database, world: World, served: tuple[subprocess.Popen[bytes], str]
) -> None:
    process, url = served
    headers = {"Authorization": f"Bearer {await token_for(database, world.zhoumin)}"}
    path = f"{url}/api/mechanisms/{world.mechanism.id}/meetings"
    saved: list[str] = []
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:

        async def post(number: int) -> None:
            try:
                response = await client.post(path, json=a_meeting(world, f"会议{number}"))
            except httpx.TransportError:
                return
            assert response.status_code == 201, response.text
            saved.append(f"会议{number}")
            if len(saved) == 10:
                os.kill(process.pid, signal.SIGKILL)

        await asyncio.gather(*(post(number) for number in range(40)))
    async with database.reading() as db:
        stored = set((await db.execute(text("SELECT title FROM meeting"))).scalars())
    assert len(saved) >= 10
    assert set(saved) <= stored


async def test_a_send_whose_commit_fails_says_so_and_leaves_neither_announcement_nor_mail(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    program = Program(settings, database, clock)
    meeting = await program.post(
        world.zhoumin, f"/mechanisms/{world.mechanism.id}/meetings", a_meeting(world), status=201
    )

    await fail_at_commit(database)
    response = await program.call(world.zhoumin, "POST", f"/meetings/{meeting['id']}/send", {})
    assert response.status_code >= 400
    async with database.writing() as db:
        for table in ("announcement", "outbox_mail"):
            assert (await db.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0
        await db.execute(text("DROP TRIGGER doom" + (" ON outbox_mail" if not database.is_sqlite else "")))
    await program.post(world.zhoumin, f"/meetings/{meeting['id']}/send", {})


async def fail_at_commit(database: Database) -> None:
    """Let every transaction that calls for a mail fail at COMMIT, and not before: a deferred foreign key that nothing fulfils."""
    statements = [
        "CREATE TABLE doomed (agency_id BIGINT REFERENCES agency (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER doom AFTER INSERT ON outbox_mail BEGIN INSERT INTO doomed VALUES (99999); END",
    ]
    if not database.is_sqlite:
        statements[1] = (
            "CREATE FUNCTION doom() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN INSERT INTO doomed VALUES (99999); RETURN NEW; END'"
        )
        statements.append("CREATE TRIGGER doom AFTER INSERT ON outbox_mail FOR EACH ROW EXECUTE FUNCTION doom()")
    async with database.writing() as db:
        for statement in statements:
            await db.execute(text(statement))


async def test_a_repeated_post_with_one_idempotency_key_is_one_meeting(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    program = Program(settings, database, clock)
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    answers = [
        await program.call(world.zhoumin, "POST", path, a_meeting(world), idempotency_key="eins") for _ in range(3)
    ]
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    other = await program.call(world.zhoumin, "POST", path, a_meeting(world, "另一个"), idempotency_key="eins")
    assert other.status_code == 422
    async with database.reading() as db:
        assert (await db.execute(text("SELECT count(*) FROM meeting"))).scalar_one() == 1


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere", "/r/forged.link.mac", "/api/me", "/static/nothing.css"])
async def test_every_answer_carries_the_security_headers(
    settings: Settings, database: Database, clock: Clock, path: str
) -> None:
    async with visitor(settings, database, clock) as client:
        response = await client.get(path)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == ("no-referrer" if path.startswith("/r/") else "same-origin")
    assert "no-store" in response.headers["cache-control"]


async def test_looking_at_pages_changes_nothing(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    program = Program(settings, database, clock)
    meeting = await program.post(
        world.zhoumin, f"/mechanisms/{world.mechanism.id}/meetings", a_meeting(world), status=201
    )
    browser = await Browser(settings, database, clock).sign_in(world.zhoumin)
    paths = ["/", "/meetings", "/mechanisms", "/directory", "/account", f"/mechanisms/{world.mechanism.id}"]
    paths += [f"/meetings/{meeting['id']}{rest}" for rest in ("", "/send", "/edit", "/move", "/cancel")]
    before = await everything(database)
    for path in paths:
        response = await browser.client.get(path)
        assert response.status_code == 200, path
    assert await everything(database) == before


async def everything(database: Database) -> dict[str, list[str]]:
    """All rows of all tables as text."""
    async with database.reading() as db:
        return {
            name: sorted(str(tuple(row)) for row in await db.execute(table.select()))
            for name, table in models.metadata.tables.items()
        }


def test_a_wrong_setting_stops_the_start_with_one_clear_line(tmp_path: Path) -> None:
    environ = os.environ | {"LIAISON_DATA_DIR": str(tmp_path), "LIAISON_TIMEZONE": "Beijing"}
    done = subprocess.run(
        [sys.executable, "-m", "liaison", "serve"], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1
    assert "LIAISON_TIMEZONE" in done.stderr
