"""Worker processes are killed at the worst moments: another one goes on by itself, and a mail goes twice only where nobody could know."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from liaison.config import Settings
from liaison.db import Database
from liaison.mail.delivery import Pace
from liaison.mail.models import SENT, WAITING
from tests.forks import Forked
from tests.mail import worker
from tests.mail.conftest import put_all, rows, until
from tests.smtp_server import Conversation, SmtpServer, answer, hang

LEASE = 1.0

Start = Callable[..., Awaitable[Forked]]


@pytest.fixture
async def start(settings: Settings, server: SmtpServer, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts worker processes, and ends those that still live when the test is over."""
    running: list[Forked] = []

    async def start_one(name: str, *, trap: str = "", connections: int = 4, lease: float = LEASE) -> Forked:
        given = {
            "database_url": settings.database_url,
            "data_dir": str(settings.data_dir),
            "smtp_url": server.url,
            "name": name,
            "trap": trap,
            "marker": str(tmp_path / "marker"),
            "connections": connections,
            "lease": lease,
        }
        running.append(Forked(worker.main, given))
        return running[-1]

    yield start_one
    for process in running:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def killed(process: Forked) -> None:
    process.kill()
    await process.wait()


async def until_sent(database: Database, name: str = "a") -> None:
    async def sent() -> bool:
        return (await rows(database))[name].state == SENT

    await until(sent)


async def until_marked(tmp_path: Path) -> None:
    async def marked() -> bool:
        return (tmp_path / "marker").exists()

    await until(marked)


def test_a_killed_workers_mail_goes_on_within_60_seconds() -> None:
    assert Pace().lease + 3 <= 60
    assert Pace().renew * 3 <= Pace().lease


async def test_killed_after_the_claim_the_mail_goes_once(
    database: Database, server: SmtpServer, start: Start, tmp_path: Path
) -> None:
    await put_all(database, "a")
    first = await start("w1", trap="composing")
    await until_marked(tmp_path)
    await killed(first)
    await start("w2")
    await until_sent(database)
    assert len(server.stored) == 1
    assert not (await rows(database))["a"].in_doubt


async def test_killed_inside_the_text_the_mail_goes_once(database: Database, server: SmtpServer, start: Start) -> None:
    begun = asyncio.Event()

    async def read_some(conversation: Conversation) -> None:
        await conversation.reader.readexactly(10_000)
        begun.set()
        await hang(conversation)

    server.on("body", read_some, times=1)
    await put_all(database, "a", params={"size": 12_000_000})
    first = await start("w1")
    await begun.wait()
    await killed(first)
    await start("w2")
    await until_sent(database)
    assert len(server.stored) == 1


async def test_killed_after_the_server_stored_it_but_before_its_answer_the_same_mail_goes_once_more(
    database: Database, server: SmtpServer, start: Start
) -> None:
    server.on("dot", hang, times=1)
    await put_all(database, "a")
    first = await start("w1")
    await server.until_stored(1)
    await killed(first)
    await start("w2")
    await until_sent(database)
    one, other = server.stored
    assert one.data == other.data
    assert (await rows(database))["a"].in_doubt


async def test_killed_after_the_answer_but_before_the_commit_the_same_mail_goes_once_more(
    database: Database, server: SmtpServer, start: Start, tmp_path: Path
) -> None:
    await put_all(database, "a")
    first = await start("w1", trap="answered")
    await until_marked(tmp_path)
    await killed(first)
    await start("w2")
    await until_sent(database)
    one, other = server.stored
    assert one.data == other.data


async def test_sigterm_in_flight_ends_the_mail_on_its_way_and_gives_back_the_rest(
    database: Database, server: SmtpServer, start: Start
) -> None:
    gate = asyncio.Event()

    async def wait(conversation: Conversation) -> None:
        await gate.wait()
        await answer("250 ok")(conversation)

    server.on("dot", wait)
    await put_all(database, *(f"p{n}" for n in range(8)))
    process = await start("w1", connections=1)
    await server.until_stored(1)
    process.send_signal(signal.SIGTERM)
    gate.set()
    assert await process.wait() == 0
    states = Counter(row.state for row in (await rows(database)).values())
    assert states == {SENT: len(server.stored), WAITING: 8 - len(server.stored)}


async def test_a_worker_paused_longer_than_its_lease_does_not_finish_what_another_has_sent(
    database: Database, server: SmtpServer, start: Start
) -> None:
    gate = asyncio.Event()

    async def wait(conversation: Conversation) -> None:
        await gate.wait()
        await conversation.say("354 go ahead")
        await hang(conversation)

    server.on("data", wait, times=1)
    await put_all(database, "a")
    first = await start("w1")
    await server.until_reached("data")
    first.send_signal(signal.SIGSTOP)
    await start("w2")
    await until_sent(database)
    first.send_signal(signal.SIGCONT)
    gate.set()
    first.send_signal(signal.SIGTERM)
    assert await first.wait() == 0
    assert len(server.stored) == 1


async def test_worker_processes_side_by_side_send_each_mail_once(
    database: Database, server: SmtpServer, start: Start
) -> None:
    names = [f"p{n}" for n in range(150)]
    await put_all(database, *names)
    for number in range(3):
        await start(f"w{number}", lease=20)
    await server.until(lambda: len({mail.rcpt for mail in server.stored}) == 150, 30)

    async def all_sent() -> bool:
        return {row.state for row in (await rows(database)).values()} == {SENT}

    await until(all_sent)
    assert Counter(mail.rcpt for mail in server.stored).most_common(1)[0][1] == 1
