"""The door for a mail server on this machine: one answer for each recipient, and 250 only after the commit."""

import asyncio
import contextlib
import smtplib
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import undefer

from liaison import inline_sqlite, intake
from liaison.clock import Clock
from liaison.db import Database
from liaison.mail.inbox import read
from liaison.mail.parts import MOST_BYTES
from liaison.mail.sources import state
from liaison.mail.sources.lmtp import MOST_RECIPIENTS, listen
from liaison.opening import open_database
from liaison.postroom.models import IncomingMail
from tests.mail.arriving import note, refuse_subject, taken
from tests.mail.conftest import until
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import LIWB, people
from tests.postroom.post import NOON, answer, said

PATIENCE = 20
SENDER, RECIPIENT = "<liwb@sfj.qingzhi.example>", "<liaison@site.example>"


@pytest.fixture(autouse=True)
def after_the_answers(clock: Clock) -> None:
    clock.as_of = NOON + timedelta(hours=1)


@pytest.fixture
async def port(database: Database) -> AsyncIterator[int]:
    """A door that is open."""
    async with door(partial(intake.deliver, database)) as number:
        yield number


@contextlib.asynccontextmanager
async def door(deliver: Callable[[bytes], Awaitable[bool]]) -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken_first:
        number: int = taken_first.getsockname()[1]
    stop = asyncio.Event()
    listening = asyncio.create_task(listen(f"127.0.0.1:{number}", deliver, stop))
    await until(partial(is_open, number))
    yield number
    stop.set()
    async with asyncio.timeout(PATIENCE):
        await listening


async def is_open(port: int) -> bool:
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await writer.wait_closed()
        return True
    return False


async def say(port: int, *pieces: str | bytes) -> list[str]:
    """Say this piece by piece, each after the answer to the one before; the last line of every answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = []
    async with asyncio.timeout(PATIENCE):
        for piece in (b"", *pieces):
            if piece:
                writer.write(f"{piece}\r\n".encode() if isinstance(piece, str) else piece)
                await writer.drain()
            while True:
                line = (await reader.readline()).decode().rstrip("\r\n")
                if line[3:4] != "-":
                    break
            heard.append(line)
        rest = []
        if isinstance(pieces[-1], bytes):
            writer.write(b"QUIT\r\n")
            rest = [line for line in (await reader.read()).decode().split("\r\n") if line]
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return heard + rest


def envelope(*recipients: str) -> tuple[str, ...]:
    return ("LHLO here", f"MAIL FROM:{SENDER}", *(f"RCPT TO:{each}" for each in recipients or (RECIPIENT,)), "DATA")


def stuffed(raw: bytes) -> bytes:
    return raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"


async def test_a_mail_server_hands_over_an_answer_and_hears_250_after_the_commit(play: Play, port: int) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    raw = answer(mails[LIWB], "ACCEPTED")

    def hand_over() -> dict[str, tuple[int, bytes]]:
        with smtplib.LMTP("127.0.0.1", port) as server:
            assert server.ehlo_resp is None
            refused = server.sendmail(LIWB, ["liaison@site.example"], raw)
            assert int(server.esmtp_features["size"]) == MOST_BYTES
            return refused

    assert await asyncio.to_thread(hand_over) == {}
    assert (await said(play, play.world.liwb.id))[0] == "accepted"


async def test_each_recipient_is_answered_apart_and_the_mail_is_taken_in_once(database: Database, port: int) -> None:
    heard = await say(port, *envelope("<a@site.example>", "<b+secret@site.example>"), stuffed(note("question")))
    assert [line[:3] for line in heard] == ["220", "250", "250", "250", "250", "354", "250", "250", "221"]
    assert len(await taken(database)) == 1
    async with database.reading() as db:
        row = (await db.scalars(select(IncomingMail).options(undefer(IncomingMail.raw)))).one()
    heading = read(row.raw or b"").heading
    assert {"a@site.example", "b+secret@site.example"} <= set(heading.recipients)


async def test_the_text_arrives_as_it_was_sent(database: Database, port: int) -> None:
    raw = note("dots", "..a\r\n.\x0b\r\n.\r\n...\r\nbare\nline\n.\nend " + "y" * 5000)
    await say(port, *envelope(), stuffed(raw))
    async with database.reading() as db:
        row = (await db.scalars(select(IncomingMail).options(undefer(IncomingMail.raw)))).one()
    head, _, rest = (row.raw or b"").partition(b"From: ")
    assert head == b"Return-Path: <liwb@sfj.qingzhi.example>\r\nDelivered-To: liaison@site.example\r\n"
    assert b"From: " + rest == raw


async def test_a_report_with_an_empty_sender_is_taken(database: Database, port: int) -> None:
    raw = note("report")
    heard = await say(port, "LHLO here", "MAIL FROM:<>", f"RCPT TO:{RECIPIENT}", "DATA", stuffed(raw))
    assert heard[-2][:3] == "250"
    assert await taken(database) == [("report", "ignored", "automatic")]


async def test_what_is_too_big_is_refused_for_good_for_every_recipient_and_the_next_mail_is_taken(
    database: Database, port: int
) -> None:
    said_so = await say(port, "LHLO here", f"MAIL FROM:{SENDER} SIZE={MOST_BYTES + 1}")
    assert said_so[-1][:3] == "552"
    huge = note("huge", ("x" * 70 + "\r\n") * (MOST_BYTES // 70))
    heard = await say(port, *envelope("<a@site.example>", "<b@site.example>"), stuffed(huge))
    assert [line[:3] for line in heard[-4:]] == ["354", "552", "552", "221"]
    assert await taken(database) == []
    assert (await say(port, *envelope(), stuffed(note("small"))))[-2][:3] == "250"


async def test_while_the_database_takes_nothing_the_mail_server_keeps_the_mail(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = stuffed(note("question"))
    monkeypatch.setattr(inline_sqlite, "connector", partial(inline_sqlite.connector, wait_seconds=0.2))
    impatient = open_database(database.settings, database.clock)
    async with door(partial(intake.deliver, impatient)) as port:
        async with taking_nothing(impatient):
            heard = await say(port, *envelope("<a@site.example>", "<b@site.example>"), raw)
            assert [line[:3] for line in heard[-3:-1]] == ["451", "451"]
        assert await taken(database) == []
        assert (await say(port, *envelope(), raw))[-2][:3] == "250"
    await impatient.dispose()


@contextlib.asynccontextmanager
async def taking_nothing(database: Database) -> AsyncIterator[None]:
    """Another process holds the SQLite file's lock; the PostgreSQL server takes no writing for the time being."""
    if (path := database.settings.sqlite_path) is not None:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    async with database.writing() as db:
        name = await db.scalar(text("SELECT current_database()"))
        await db.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    await database.dispose()
    yield
    async with database.writing() as db:
        await db.execute(text("SET TRANSACTION READ WRITE"))
        await db.execute(text(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'))
    await database.dispose()


async def test_a_mail_that_makes_us_fail_is_kept_unread_when_it_was_brought_often_enough(
    database: Database, port: int
) -> None:
    await refuse_subject(database, "poison")
    raw = stuffed(note("poison"))
    for _ in state.MAIL_PAUSES:
        assert (await say(port, *envelope(), raw))[-2][:3] == "451"
    assert (await say(port, *envelope(), raw))[-2][:3] == "250"
    assert await taken(database) == [("", "held", "unreadable")]


async def test_a_mail_brought_again_has_no_second_effect(database: Database, port: int) -> None:
    for _ in range(3):
        await say(port, *envelope(), stuffed(note("question")))
    assert [reason for _, _, reason in await taken(database)] == ["unknown_sender", "repeated", "repeated"]


async def test_too_many_recipients_are_put_off(port: int) -> None:
    heard = await say(port, *envelope(*[f"<a{n}@site.example>" for n in range(MOST_RECIPIENTS + 1)])[:-1])
    assert [line[:3] for line in heard[-2:]] == ["250", "452"]


async def test_who_goes_on_before_the_answer_is_hung_up_on_after_it(database: Database, port: int) -> None:
    smuggled = stuffed(note("question")) + b"MAIL FROM:<x@y.example>\r\nRCPT TO:<liaison@site.example>\r\nDATA\r\n"
    heard = await say(port, *envelope(), smuggled)
    assert heard[-1][:3] == "250"
    assert len(await taken(database)) == 1


async def test_a_stopping_worker_finishes_the_mail_in_hand_and_says_so() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def deliver(raw: bytes) -> bool:
        begun.set()
        await go_on.wait()
        return True

    async with door(deliver) as port:
        handing_over = asyncio.create_task(say(port, *envelope(), stuffed(note("question"))))
        await begun.wait()
        asyncio.get_running_loop().call_soon(go_on.set)
    assert any(line.startswith("250 2.0.0") for line in await handing_over)


async def test_a_door_that_another_worker_has_opens_when_that_one_is_gone() -> None:
    async def deliver(raw: bytes) -> bool:
        return True

    stop = asyncio.Event()
    async with door(deliver) as port:
        second = asyncio.create_task(listen(f"127.0.0.1:{port}", deliver, stop, again=0.05))
        await is_open(port)
        assert not second.done()
    await until(partial(is_open, port))
    stop.set()
    await second
