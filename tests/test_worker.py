"""The clockwork: ticks that fail or take long leave the others alone, and saved changes wake the delivery at once."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison import worker
from liaison.accounts.forgetting import forget_expired
from liaison.accounts.models import IdempotentAnswer, UserSession
from liaison.accounts.sessions import open_session
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database, Session
from liaison.mail import outbox, queue_state
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.opening import open_database
from liaison.worker import Tick, Work
from tests.mail.conftest import until
from tests.world import World

PATIENCE = 20


async def compose(db: Session, mail: OutboxMail) -> OutgoingMessage:
    return OutgoingMessage(
        to=mail.display_to,
        address=mail.address,
        mail_from="liaison@site.example",
        subject="x",
        text="x",
        html="<body>x</body>",
    )


@pytest.fixture
def work(database: Database) -> Work:
    return worker.work_for(database, {"note": one_by_one(compose)})


async def enqueued(database: Database) -> int:
    async with database.writing() as db:
        mail = await outbox.enqueue(
            db, kind="note", about="site:1", address="a@b.example", display_to="a@b.example", locale="en"
        )
        await db.flush()
        assert mail is not None
        return mail.id


async def test_a_saved_change_wakes_the_delivery_at_once(
    database: Database, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: asyncio.Queue[int] = asyncio.Queue()

    async def deliver(work: Work) -> None:
        rounds.put_nowait(await worker.deliver(work))

    monkeypatch.setattr(worker, "CLOCKWORK", (Tick(worker.DELIVER, timedelta(days=1), deliver),))
    running = asyncio.create_task(worker.run(work))
    async with asyncio.timeout(PATIENCE):
        assert await rounds.get() == 0
        mail = await enqueued(database)
        assert await rounds.get() == 1
        work.stop.set()
        await running
    assert await state_of(database, mail) == "sent"


async def test_a_tick_that_fails_leaves_the_others_alone(
    database: Database, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(work: Work) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(worker, "CLOCKWORK", (Tick("fails", timedelta(seconds=1), fails), *worker.CLOCKWORK))
    mail = await enqueued(database)
    assert await worker.run_once(work) is False
    assert await state_of(database, mail) == "sent"
    assert await worker_seen(database)


async def test_what_serves_nobody_any_more_is_forgotten(database: Database, clock: Clock, world: World) -> None:
    async with database.writing() as db:
        await open_session(db, world.zhoumin.id, user_agent="", source="", by_office=False)
        db.add(
            IdempotentAnswer(
                person_id=world.zhoumin.id, key="k", request_hash="h", status=200, body=b"", created_at=db.now()
            )
        )
    assert clock.as_of is not None
    async with database.writing() as db:
        assert await forget_expired(db) == 0
    clock.as_of += timedelta(days=2)
    async with database.writing() as db:
        assert await forget_expired(db) == 1  # the answer; whose the session was is known for a week more
    clock.as_of += timedelta(days=6)
    async with database.writing() as db:
        assert await forget_expired(db) == 1
    async with database.reading() as db:
        assert (await db.scalars(select(UserSession))).all() == []
        assert (await db.scalars(select(IdempotentAnswer))).all() == []


async def state_of(database: Database, mail: int) -> str:
    async with database.reading() as db:
        return (await db.execute(select(OutboxMail.state).where(OutboxMail.id == mail))).scalar_one()


async def worker_seen(database: Database) -> bool:
    async with database.reading() as db:
        return (await queue_state.health(db)).worker_seen_at is not None


async def test_a_mailbox_whose_server_hangs_holds_up_no_other_and_no_stop(
    settings: Settings, clock: Clock, tmp_path: Path, world: World
) -> None:
    for each in ("cur", "new", "tmp"):
        (tmp_path / "in" / each).mkdir(parents=True)
    (tmp_path / "in" / "new" / "1.a").write_bytes(b"From: x@elsewhere.example\r\nSubject: x\r\n\r\nhello\r\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"imaps://user:pass@127.0.0.1:{port}/INBOX maildir://{tmp_path}/in"
        database = open_database(replace(settings, inbox_url=url), clock)
        work = worker.work_for(database, {})
        running = asyncio.create_task(worker.run(work))

        async def moved() -> bool:
            return bool(list((tmp_path / "in").glob(".Held/new/*")))

        await until(moved)
        work.stop.set()
        hanging, _ = await asyncio.to_thread(silent.accept)
        hanging.close()
        async with asyncio.timeout(PATIENCE):
            await running
    await database.dispose()
