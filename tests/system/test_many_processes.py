"""Two web processes and two workers share one database, as on several machines: one is killed, and nothing is lost, doubled or stale.

On PostgreSQL (LIAISON_TEST_DATABASE) this is how a site outgrows one machine; on SQLite the processes share one file."""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlalchemy import select, update

from liaison import site
from liaison.accounts import tokens
from liaison.accounts.viewer import COMMAND_LINE
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.mail import queue_state
from liaison.mail.delivery import Pace
from liaison.mail.models import SENDING, SENT, OutboxMail
from liaison.reminders.reminding import switch_digest
from liaison.system import backups
from tests.cli.test_commands import environment, free_port
from tests.mail.conftest import until
from tests.smtp_server import Conversation, SmtpServer, answer
from tests.world import World

GUESTS = 20
AT_ONCE = 5
"""Mails the server takes before it keeps everybody waiting for its answer."""


@dataclass(frozen=True, slots=True)
class Running:
    """One process of the site, and where it writes what it does."""

    process: Process
    log: Path
    url: str = ""

    @property
    def said(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    @property
    def troubles(self) -> list[dict[str, Any]]:
        return [line for line in self.said if line["level"] not in ("info", "debug")]


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that runs."""

    webs: tuple[Running, Running]
    workers: tuple[Running, Running]


@asynccontextmanager
async def running(settings: Settings, mail: SmtpServer, directory: Path) -> AsyncIterator[Site]:
    """The processes as compose.yaml and the systemd units start them; they are ended whatever happens."""
    started: list[Process] = []

    async def start(name: str, *arguments: str, url: str = "") -> Running:
        log = directory / f"{name}.log"
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "liaison", *arguments),
                cwd=directory,
                env=environment(
                    LIAISON_DATA_DIR=str(settings.data_dir),
                    LIAISON_DATABASE_URL=settings.database_url,
                    LIAISON_SECRET_KEY=settings.secret_key,
                    LIAISON_SMTP_URL=mail.url,
                    LIAISON_LOG_FORMAT="json",
                ),
                stdout=DEVNULL,
                stderr=out,
            )
        started.append(process)
        return Running(process, log, url)

    async def web(name: str) -> Running:
        port = free_port()
        return await start(name, "serve", "--no-worker", "--port", str(port), url=f"http://127.0.0.1:{port}")

    try:
        yield Site(
            (await web("web1"), await web("web2")), (await start("worker1", "work"), await start("worker2", "work"))
        )
    finally:
        for process in started:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def prepared(database: Database, world: World) -> tuple[list[Person], str]:
    """Twenty people of the host to invite, and its liaison's token. What else a worker does by itself is switched off."""
    async with database.writing() as db:
        await switch_digest(db, COMMAND_LINE, on=False)
        await site.choose(db, COMMAND_LINE, backups.SWITCHED_OFF, {})
        guests = [
            Person(name=f"来宾{n}", agency_id=world.jcy.id, job_title="科员", mail=f"guest{n}@jcy.qingzhi.example")
            for n in range(GUESTS)
        ]
        db.add_all(guests)
        return guests, await tokens.create_token(db, COMMAND_LINE, world.zhoumin.id)


async def test_two_webs_and_two_workers_share_one_database_and_one_worker_is_killed(
    settings: Settings, database: Database, world: World, tmp_path: Path
) -> None:
    guests, token = await prepared(database, world)
    opened = asyncio.Event()

    async def keep_waiting(conversation: Conversation) -> None:
        await opened.wait()
        await conversation.say("250 2.0.0 stored")

    async with SmtpServer() as mail, running(settings, mail, tmp_path) as it:
        mail.on("dot", answer("250 2.0.0 stored"), times=AT_ONCE)
        mail.on("dot", keep_waiting)
        one, other = (
            httpx.AsyncClient(base_url=web.url, timeout=30, headers={"Authorization": f"Bearer {token}"})
            for web in it.webs
        )
        async with one, other:
            for client in (one, other):
                await until(lambda client=client: is_ready(client), 60)  # type: ignore[misc]
            await until(lambda: shows(one, "liaison_workers 2"))

            meeting_id = await announced(one, other, world, guests)
            await mail.until_stored(AT_ONCE + 1)
            name, victim = await sender(database, it.workers)
            os.kill(victim.process.pid, signal.SIGKILL)
            await victim.process.wait()
            in_doubt = {stored.rcpt for stored in mail.stored} - await addresses_sent(database)
            opened.set()
            await run_out(database, name)

            wanted = {str(guest.mail) for guest in guests}
            await mail.until(lambda: {stored.rcpt for stored in mail.stored} == wanted, 30)
            await until(lambda: all_sent(database, GUESTS))

            links = {}
            for rcpt in wanted:
                copies = {stored.data for stored in mail.stored if stored.rcpt == rcpt}
                assert len(copies) == 1, "a copy is the same byte for byte"
                links[rcpt] = link_in(copies.pop())
            counts = Counter(stored.rcpt for stored in mail.stored)
            assert {rcpt: count for rcpt, count in counts.items() if count > 1} == dict.fromkeys(in_doubt, 2)

            await answered_through(other, links)
            for client in (one, other):
                seen = (await client.get(f"/api/meetings/{meeting_id}")).json()
                assert [who["partstat"] for who in seen["attendees"]] == ["accepted"] * GUESTS
                assert {who["delivery"]["state"] for who in seen["attendees"]} == {SENT}
                assert await shows(client, 'liaison_mails{state="sending"} 0')

        living = [each for each in (*it.webs, *it.workers) if each is not victim]
        for each in living:
            each.process.send_signal(signal.SIGTERM)
        assert [await asyncio.wait_for(each.process.wait(), 30) for each in living] == [0, 0, 0]
        assert [each.troubles for each in (*living, victim)] == [[], [], [], []]


async def announced(one: httpx.AsyncClient, other: httpx.AsyncClient, world: World, guests: list[Person]) -> str:
    """A meeting scheduled through one process and sent through both in the same moment, by one Idempotency-Key: its id."""
    starts_at = (datetime.now(UTC) + timedelta(days=30)).replace(second=0, microsecond=0)
    plan = {
        "kind": "regular",
        "title": "第四季度联席会议",
        "starts_at": starts_at.isoformat(),
        "duration_minutes": 120,
        "attendees": [{"person_id": str(guest.id)} for guest in guests],
    }
    made = await one.post(f"/api/mechanisms/{world.mechanism.id}/meetings", json=plan)
    assert made.status_code == 201, made.text
    path = f"/api/meetings/{made.json()['id']}/send"
    sends = [client.post(path, json={}, headers={"Idempotency-Key": "send-once"}) for client in (one, other, one)]
    answers = await asyncio.gather(*sends)
    assert [each.status_code for each in answers] == [200, 200, 200], [each.text for each in answers]
    assert len({each.content for each in answers}) == 1
    return str(made.json()["id"])


async def answered_through(client: httpx.AsyncClient, links: dict[str, str]) -> None:
    """Everybody says yes by the mailed link, all in the same moment."""
    posts = [client.post(path, json={"partstat": "accepted"}) for path in links.values()]
    answers = await asyncio.gather(*posts)
    assert {each.status_code for each in answers} == {200}, [each.text for each in answers]


async def is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def shows(client: httpx.AsyncClient, line: str) -> bool:
    return line in (await client.get("/metrics")).text.splitlines()


async def sender(database: Database, workers: tuple[Running, Running]) -> tuple[str, Running]:
    """The worker that holds mails now, and the name it gave itself when it started."""
    query = select(OutboxMail.claimed_by).where(OutboxMail.state == SENDING).distinct()
    async with database.reading() as db:
        name = (await db.scalars(query)).first()
    assert name is not None
    return name, next(each for each in workers if any(line.get("worker") == name for line in each.said))


async def run_out(database: Database, worker: str) -> None:
    """The lease of a dead worker's mails is over; nothing but this lets another go on with them (promise 5: within 60 seconds)."""
    assert Pace().lease < 60
    async with database.writing() as db:
        over = {"claimed_until": queue_state.database_now(db, -1)}
        await db.execute(update(OutboxMail).where(OutboxMail.claimed_by == worker).values(over))


async def addresses_sent(database: Database) -> set[str]:
    """Those whose mail is written down as sent: the server's answer was heard and kept."""
    async with database.reading() as db:
        return set(await db.scalars(select(OutboxMail.address).where(OutboxMail.state == SENT)))


async def all_sent(database: Database, count: int) -> bool:
    async with database.reading() as db:
        return [*await db.scalars(select(OutboxMail.state))] == [SENT] * count


def link_in(data: bytes) -> str:
    """The path of the link by which the mail's reader answers."""
    text = message_from_bytes(data, policy=policy.default).get_body(("plain",)).get_content()
    found = re.search(r"http://\S+/r/\S+", text)
    assert found is not None, text
    return urlsplit(found[0]).path
