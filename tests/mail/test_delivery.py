"""A worker's round against a real server: every mail that is called for is sent or somebody can see why not, and none goes twice."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import undefer
from structlog.testing import capture_logs

from liaison.clock import Clock
from liaison.db import Database, Session
from liaison.mail import claims, outbox
from liaison.mail.connections import Waits
from liaison.mail.delivery import Composer, Pace, deliver_due, one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import DEFERRED, GIVEN_UP, REFUSED, SENDING, SENT, SUPERSEDED, WAITING, OutboxMail, QueueState
from liaison.mail.queue_state import current_block, database_now
from liaison.mail.smtp import SmtpTransport
from tests.mail.conftest import put_all, rows, until
from tests.mail.plain import COMPOSERS, QUICK_WAITS, compose
from tests.smtp_server import SmtpServer, answer, hang, then_drop

AGAIN_AT_ONCE = Pace(pauses=(0.0,) * 20, block_pauses=(0.0,))


async def deliver(database: Database, transport: SmtpTransport, *, worker: str = "w1", **more: object) -> int:
    return await deliver_due(database, transport, COMPOSERS, worker, **more)  # type: ignore[arg-type]


def received(server: SmtpServer) -> Counter[str]:
    return Counter(mail.rcpt.split("@")[0] for mail in server.stored)


async def let_leases_lapse(database: Database) -> None:
    """As if the worker that holds them had been killed a while ago."""
    async with database.writing() as db:
        lapsed = update(OutboxMail).where(OutboxMail.state == SENDING).values(claimed_until=database_now(db, -1))
        await db.execute(lapsed)


async def test_every_mail_is_sent_once_most_urgent_first(database: Database, server: SmtpServer) -> None:
    await put_all(database, *(f"p{n}" for n in range(40)))
    await put_all(database, "urgent", priority=1)
    transport = SmtpTransport(server.url, connections=1)
    assert await deliver(database, transport) == 41
    assert await deliver(database, transport) == 0
    await transport.close()
    assert set(received(server).values()) == {1}
    assert server.stored[0].rcpt == "urgent@aid.example"
    assert server.reached["connect"] == 1
    assert {row.state for row in (await rows(database)).values()} == {SENT}


async def test_a_limit_bounds_one_round(database: Database, transport: SmtpTransport) -> None:
    await put_all(database, *(f"p{n}" for n in range(30)))
    assert await deliver(database, transport, limit=20) == 20
    assert await deliver(database, transport, limit=20) == 10


async def test_bytes_are_stored_before_the_server_sees_any_and_never_change(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    stored: list[tuple[bytes | None, str | None]] = []

    async def look(conversation: object) -> None:
        async with database.reading() as db:
            row = (await db.scalars(select(OutboxMail).options(undefer(OutboxMail.body)))).one()
            stored.append((row.body, row.message_id))
        await answer("451 later")(conversation)  # type: ignore[arg-type]

    server.on("mail", look, times=2)
    await put_all(database, "a")
    for _ in range(3):
        await deliver(database, transport, pace=AGAIN_AT_ONCE, limit=1)
    assert stored[0] == stored[1]
    assert (server.stored[0].data, server.stored[0].message_id) == stored[0]


@pytest.mark.parametrize("phase", ["rcpt", "dot"])
@pytest.mark.parametrize("code", [421, 450, 451, 452, 550, 552, 554])
async def test_one_bad_address_never_stops_the_others(
    database: Database, server: SmtpServer, transport: SmtpTransport, phase: str, code: int
) -> None:
    server.on(phase, answer(f"{code} no"), rcpt="bad@aid.example")
    await put_all(database, "a", "bad", "b", "c")
    assert await deliver(database, transport) == 4
    found = await rows(database)
    assert {name: found[name].state for name in "abc"} == dict.fromkeys("abc", SENT)
    assert found["bad"].state == (DEFERRED if code < 500 else REFUSED)
    assert (found["bad"].last_code, found["bad"].last_reply) == (code, "no")
    if code < 500:
        server.behave()
        async with database.writing() as db:
            await db.execute(update(OutboxMail).values(next_try_at=database_now(db, -1)))
        await deliver(database, transport)
        assert received(server)["bad"] == (
            2 if phase == "dot" else 1
        )  # what it refused after the dot it had stored too
        assert len({mail.message_id for mail in server.stored if mail.rcpt == "bad@aid.example"}) == 1


async def test_pauses_grow_and_after_the_last_the_mail_is_given_up(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    server.on("rcpt", answer("451 later"))
    await put_all(database, "a")
    pauses: list[timedelta] = []
    while (row := (await rows(database))["a"]).state in (WAITING, DEFERRED):
        async with database.writing() as db:
            await db.execute(update(OutboxMail).values(next_try_at=database_now(db, -1)))
            before = (await db.execute(select(database_now(db)))).scalar_one()
        assert await deliver(database, transport) == 1
        row = (await rows(database))["a"]
        pauses.append(row.next_try_at - before)
    assert row.state == GIVEN_UP
    assert row.attempts == len(claims.PAUSES) + 1
    assert row.final_at is not None
    for pause, expected in zip(pauses, claims.PAUSES, strict=False):
        assert timedelta(seconds=expected) <= pause < timedelta(seconds=expected + 30)


async def test_a_mail_that_is_not_due_yet_waits(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    server.on("rcpt", answer("451 later"), times=1)
    await put_all(database, "a")
    assert await deliver(database, transport) == 1
    assert await deliver(database, transport) == 0


async def test_a_doubt_after_the_dot_is_one_extra_copy_at_most_with_the_same_bytes(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    server.on("dot", then_drop, times=1)
    await put_all(database, "a", "b")
    await deliver(database, transport, pace=AGAIN_AT_ONCE)
    await deliver(database, transport, pace=AGAIN_AT_ONCE)
    assert {row.state for row in (await rows(database)).values()} == {SENT}
    assert sorted(received(server).values()) == [1, 2]
    assert len({mail.data for mail in server.stored}) == 2


async def test_a_mail_that_cannot_be_composed_is_refused_and_the_others_go(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    async def broken_sql(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
        await db.execute(update(OutboxMail).where(OutboxMail.id == mail.id).values(address=None))
        return None

    async def forged(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
        message = await compose(db, mail)
        assert message is not None
        return OutgoingMessage(
            **{name: getattr(message, name) for name in message.__slots__} | {"subject": "x\r\nBcc: a"}
        )

    composers: Mapping[str, Composer] = COMPOSERS | {"broken": one_by_one(broken_sql), "forged": one_by_one(forged)}
    await put_all(database, "a")
    await put_all(database, "b", params={"fails": True})
    await put_all(database, "c", kind="broken")
    await put_all(database, "d", kind="forged")
    await put_all(database, "e", kind="from_the_future")
    await put_all(database, "f", params={"silent": True})
    await put_all(database, "g")
    assert await deliver_due(database, transport, composers, "w1") == 7
    found = await rows(database)
    assert [(found[name].state, found[name].reason) for name in "abcdefg"] == [
        (SENT, None),
        (REFUSED, "compose_failed"),
        (REFUSED, "compose_failed"),
        (REFUSED, "compose_failed"),
        (REFUSED, "no_such_kind"),
        (SUPERSEDED, "nothing_to_say"),
        (SENT, None),
    ]
    assert received(server) == {"a": 1, "g": 1}


async def test_mails_of_one_thread_to_one_address_go_one_after_the_other_and_each_knows_what_the_last_left(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    known: list[dict[str, object]] = []

    async def knowing(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
        known.append((await outbox.holding(db, "uid")).get(mail.address, {}))
        return await compose(db, mail)

    await put_all(database, "a", "a", "a", thread="uid")
    for _ in range(3):
        await deliver_due(database, transport, {"plain": one_by_one(knowing)}, "w1")
    ids = [int(str(mail.message["Subject"]).split()[1]) for mail in server.stored]
    assert ids == sorted(ids)
    assert known == [{}, {"mail": ids[0]}, {"mail": ids[1]}]


async def test_several_workers_at_once_send_each_mail_once(database: Database, server: SmtpServer) -> None:
    await put_all(database, *(f"p{n}" for n in range(120)))
    ways = [SmtpTransport(server.url) for _ in range(4)]
    counts = await asyncio.gather(*(deliver(database, way, worker=f"w{n}") for n, way in enumerate(ways)))
    for way in ways:
        await way.close()
    assert sum(counts) == 120
    assert len(server.stored) == 120
    assert set(received(server).values()) == {1}


async def test_a_lapsed_claim_goes_on_elsewhere_and_counts_as_a_doubt(database: Database, server: SmtpServer) -> None:
    server.on("dot", hang, times=1)
    await put_all(database, "a", thread="uid")
    first, second = SmtpTransport(server.url), SmtpTransport(server.url)
    killed = asyncio.create_task(deliver(database, first, worker="w1"))
    await server.until_stored(1)
    assert await deliver(database, second, worker="w2") == 0  # the claim still stands
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    await let_leases_lapse(database)
    assert await deliver(database, second, worker="w2") == 1
    row = (await rows(database))["a"]
    assert (row.state, row.in_doubt, row.attempts) == (SENT, True, 2)
    assert len({mail.data for mail in server.stored}) == 1
    await second.close()


async def test_a_worker_that_lost_its_claim_stops_before_the_final_dot(database: Database, server: SmtpServer) -> None:
    gate = asyncio.Event()

    async def wait(conversation: object) -> None:
        await gate.wait()
        await answer("354 go ahead")(conversation)  # type: ignore[arg-type]
        await hang(conversation)  # type: ignore[arg-type]

    server.on("data", wait, times=1)
    await put_all(database, "a")
    first, second = (SmtpTransport(server.url, waits=Waits(**QUICK_WAITS)) for _ in range(2))
    with capture_logs() as logged:
        slow = asyncio.create_task(deliver(database, first, worker="w1", pace=Pace(renew=0.05)))
        await server.until_reached("data")

        async def taken_over() -> bool:  # the first worker may renew in between
            await let_leases_lapse(database)
            return await deliver(database, second, worker="w2") == 1

        await until(taken_over)

        async def noticed() -> bool:
            return any(line["event"] == "mail.renewal_refused" for line in logged)

        await until(noticed)
        gate.set()
        assert await slow == 0
    assert len(server.stored) == 1
    row = (await rows(database))["a"]
    assert (row.state, row.claimed_by) == (SENT, None)
    await second.close()


async def test_a_claim_is_renewed_while_a_slow_server_takes_its_time(database: Database, server: SmtpServer) -> None:
    gate = asyncio.Event()

    async def wait(conversation: object) -> None:
        await gate.wait()
        await answer("250 at last")(conversation)  # type: ignore[arg-type]

    server.on("dot", wait)
    await put_all(database, "a")
    first, second = SmtpTransport(server.url), SmtpTransport(server.url)
    slow = asyncio.create_task(deliver(database, first, worker="w1", pace=Pace(lease=0.6, renew=0.1)))
    await server.until_stored(1)
    async with database.reading() as db:
        began = (await db.execute(select(OutboxMail.claimed_until))).scalar_one()

    async def well_past_the_first_lease() -> bool:
        async with database.reading() as db:
            now, lease_ends = (await db.execute(select(database_now(db), OutboxMail.claimed_until))).one()
        assert lease_ends > now
        return bool(now > began + timedelta(seconds=0.5))

    await until(well_past_the_first_lease)
    assert await deliver(database, second, worker="w2") == 0
    gate.set()
    assert await slow == 1
    await first.close()
    assert len(server.stored) == 1


async def test_one_hanging_mail_holds_up_neither_the_rest_nor_what_comes_later(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    server.on("rcpt", hang, rcpt="stuck@aid.example")
    await put_all(database, "stuck", "a")
    working = asyncio.create_task(deliver(database, transport, pace=Pace(look_again=0.05)))
    await server.until_stored(1)
    await put_all(database, "later")
    await server.until_stored(2)
    assert not working.done()
    assert await working == 3
    assert (await rows(database))["stuck"].state == DEFERRED


async def test_told_to_stop_a_worker_finishes_what_is_on_its_way_and_gives_back_the_rest(
    database: Database, server: SmtpServer
) -> None:
    stop, gate = asyncio.Event(), asyncio.Event()

    async def wait(conversation: object) -> None:
        await gate.wait()
        await answer("250 ok")(conversation)  # type: ignore[arg-type]

    server.on("dot", wait)
    await put_all(database, *(f"p{n}" for n in range(10)))
    transport = SmtpTransport(server.url, connections=2)
    working = asyncio.create_task(deliver(database, transport, stop=stop))
    await server.until_stored(2)
    stop.set()
    gate.set()
    assert await working == 2
    states = Counter(row.state for row in (await rows(database)).values())
    assert states == {SENT: 2, WAITING: 8}
    assert await deliver(database, transport) == 8
    await transport.close()
    assert set(received(server).values()) == {1}


async def test_while_the_server_takes_no_mail_all_mail_waits_uncounted_and_then_goes(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    server.on("connect", answer("421 4.3.2 closed for repairs"))
    await put_all(database, "a", "b")
    assert await deliver(database, transport) == 0
    connects = server.reached["connect"]
    assert await deliver(database, transport) == 0
    assert server.reached["connect"] == connects  # it is left alone for a while
    async with database.reading() as db:
        blocked = await current_block(db)
    assert blocked is not None
    assert (blocked.reason, blocked.reply) == ("server_busy", "4.3.2 closed for repairs")
    for _ in range(2):
        async with database.writing() as db:
            await probe_now(db)
        assert await deliver(database, transport) == 0
    assert {(row.state, row.attempts) for row in (await rows(database)).values()} == {(WAITING, 0)}
    server.behave()
    async with database.writing() as db:
        await probe_now(db)
    assert await deliver(database, transport) == 1  # one mail tries whether it works again
    assert await deliver(database, transport) == 1
    async with database.reading() as db:
        assert await current_block(db) is None
    assert {row.state for row in (await rows(database)).values()} == {SENT}


async def test_a_wrong_password_makes_all_mail_wait_and_loses_none(database: Database) -> None:
    async with SmtpServer(login=("u", "right")) as server:
        await put_all(database, "a")
        wrong = SmtpTransport(f"smtp://u:wrong@127.0.0.1:{server.port}")
        assert await deliver(database, wrong) == 0
        async with database.writing() as db:
            blocked = await current_block(db)
            await probe_now(db)
        assert blocked is not None
        assert blocked.reason == "sign_in_refused"
        right = SmtpTransport(f"smtp://u:right@127.0.0.1:{server.port}")
        assert await deliver(database, right) == 1
        await right.close()


@pytest.mark.parametrize("years", [-30, 30])
async def test_a_worker_that_is_told_another_date_still_sends_and_leases_by_the_databases_clock(
    database: Database, server: SmtpServer, transport: SmtpTransport, clock: Clock, years: int
) -> None:
    clock.as_of = datetime(2026 + years, 11, 23, tzinfo=UTC)
    server.on("rcpt", answer("451 later"), rcpt="b@aid.example")
    await put_all(database, "a", "b")
    assert await deliver(database, transport) == 2
    row = (await rows(database))["b"]
    async with database.reading() as db:
        now = (await db.execute(select(database_now(db)))).scalar_one()
    assert timedelta(0) < row.next_try_at - now <= timedelta(seconds=60)
    assert server.stored[0].message["Date"].datetime.year == 2026 + years


async def probe_now(db: Session) -> None:
    """As if the pause until the next probe were over."""
    await db.execute(update(QueueState).where(QueueState.name == "blocked").values(at=database_now(db, -1)))
