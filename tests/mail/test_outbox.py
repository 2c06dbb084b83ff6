"""What is put into the outbox, what its recipients may hold, and what an operator may do with it."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from liaison import site
from liaison.accounts.viewer import COMMAND_LINE, Viewer
from liaison.clock import Clock
from liaison.db import Database
from liaison.errors import Conflict, NotPermitted
from liaison.mail import outbox
from liaison.mail.claims import PAUSES
from liaison.mail.classify import Kind, Outcome
from liaison.mail.delivery import deliver_due
from liaison.mail.models import GIVEN_UP, HELD, REFUSED, SENT, SUPERSEDED, WAITING, OutboxMail
from liaison.mail.queue_state import block, current_block, health, heartbeat, unblock
from liaison.mail.smtp import SmtpTransport
from tests import world
from tests.mail.conftest import put, put_all, rows
from tests.mail.plain import COMPOSERS
from tests.smtp_server import SmtpServer, answer, then_drop

OPERATOR = COMMAND_LINE
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def deliver(database: Database, transport: SmtpTransport, **more: object) -> int:
    return await deliver_due(database, transport, COMPOSERS, "w1", **more)  # type: ignore[arg-type]


async def change(database: Database, name: str, **values: object) -> None:
    mail = (await rows(database))[name]
    async with database.writing() as db:
        row = await db.get_one(OutboxMail, mail.id)
        for key, value in values.items():
            setattr(row, key, value)


def test_a_mail_is_tried_for_more_than_three_days_with_pauses_that_never_shrink() -> None:
    assert sum(PAUSES) >= 72 * 3600
    assert list(PAUSES) == sorted(PAUSES)
    assert PAUSES[0] <= 60


async def test_a_mail_is_put_in_once_per_key(database: Database) -> None:
    async with database.writing() as db:
        assert await put(db, "a", once_key="item:1:2026-11-23:5") is not None
        assert await put(db, "a", once_key="item:1:2026-11-23:5") is None
        assert await put(db, "a", once_key="item:1:2026-11-24:5") is not None
    async with database.writing() as db:
        assert await put(db, "a", once_key="item:1:2026-11-23:5") is None
    async with database.reading() as db:
        assert len(await outbox.queue(db)) == 2


async def test_a_rolled_back_act_leaves_no_mail(database: Database) -> None:
    with contextlib.suppress(RuntimeError):
        async with database.writing() as db:
            await put(db, "a")
            await put(db, "b", once_key="k")
            raise RuntimeError
    assert await rows(database) == {}


async def test_people_behind_one_address_share_a_mail_and_each_finds_its_delivery(database: Database) -> None:
    async with database.writing() as db:
        people = await world.build(db)
        await db.flush()
        ids = [people.zhoumin.id, people.qianwei.id]
        await put(db, "office", person_ids=[*ids, ids[0]])
        await put(db, "again", person_ids=ids[:1], once_key="k")
    async with database.reading() as db:
        assert [mail.address for mail in await outbox.deliveries(db, person_id=ids[1])] == ["office@aid.example"]
        newest = await outbox.newest_by_person(db, "meeting:7", await outbox.told(db, "meeting:7"))
        assert [newest[id_].address for id_ in ids] == ["again@aid.example", "office@aid.example"]


async def test_an_address_no_mail_can_go_to_is_refused_at_once_and_shown(database: Database) -> None:
    async with database.writing() as db:
        await put(db, "王敏")
    row = (await rows(database))["王敏"]
    assert (row.state, row.reason) == (REFUSED, "address_not_ascii")


async def test_only_what_was_sent_or_may_have_arrived_is_held(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    server.on("rcpt", answer("450 later"), rcpt="later@aid.example")
    server.on("rcpt", answer("550 no"), rcpt="never@aid.example")
    server.on("dot", then_drop, rcpt="doubt@aid.example")
    await put_all(database, "sent", "later", "never", "doubt", thread="uid")
    await deliver(database, transport)
    await put_all(database, "waiting", thread="uid")
    async with database.reading() as db:
        held = await outbox.holding(db, "uid")
        assert set(held) == {"sent@aid.example", "doubt@aid.example"}
        assert await outbox.holding(db, "other") == {}
    before = (await rows(database))["sent"].id
    assert held["sent@aid.example"] == {"mail": before}
    await put_all(database, "sent", thread="uid")
    await deliver(database, transport)
    async with database.reading() as db:
        assert (await outbox.holding(db, "uid"))["sent@aid.example"] == {"mail": (await rows(database))["sent"].id}
    assert (await rows(database))["sent"].id > before


async def test_a_newer_mail_stops_what_has_not_left_and_a_doubt_still_counts_as_held(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    server.on("rcpt", answer("450 later"), rcpt="later@aid.example")
    server.on("dot", then_drop, rcpt="doubt@aid.example")
    await put_all(database, "sent", "later", "doubt", thread="uid")
    await deliver(database, transport)
    await put_all(database, "waiting", "other", thread="uid")
    names = ("sent", "later", "doubt", "waiting")
    async with database.writing() as db:
        assert await outbox.supersede(db, "uid", [f"{name}@AID.example" for name in names]) == 3
    state = {name: row.state for name, row in (await rows(database)).items()}
    assert state == {"sent": SENT, "later": SUPERSEDED, "doubt": SUPERSEDED, "waiting": SUPERSEDED, "other": WAITING}
    async with database.reading() as db:
        assert set(await outbox.holding(db, "uid")) == {"sent@aid.example", "doubt@aid.example"}


@pytest.mark.parametrize(
    ("behaviour", "state", "held"),
    [("250 ok", SENT, True), ("450 later", SUPERSEDED, False), ("550 no", REFUSED, False), (None, SUPERSEDED, True)],
)
async def test_a_mail_superseded_while_it_is_being_sent_is_let_finish_but_not_tried_again(
    database: Database, server: SmtpServer, transport: SmtpTransport, behaviour: str | None, state: str, held: bool
) -> None:
    async def supersede(conversation: object) -> None:
        async with database.writing() as db:
            assert await outbox.supersede(db, "uid", ["a@aid.example"]) == 0
        await (answer(behaviour) if behaviour else then_drop)(conversation)  # type: ignore[arg-type]

    server.on("dot", supersede)
    await put_all(database, "a", thread="uid")
    await deliver(database, transport)
    row = (await rows(database))["a"]
    assert row.state == state
    async with database.reading() as db:
        assert bool(await outbox.holding(db, "uid")) is held


async def test_a_refused_mail_is_tried_again_with_the_same_bytes_when_an_operator_says_so(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    server.on("dot", answer("554 spam"), times=1)
    await put_all(database, "a")
    await deliver(database, transport)
    refused = (await rows(database))["a"]
    assert (refused.state, refused.reason, refused.last_code) == (REFUSED, "rejected_as_spam", 554)
    async with database.writing() as db:
        await outbox.retry(db, OPERATOR, refused.id)
    await deliver(database, transport)
    assert (await rows(database))["a"].state == SENT
    first, second = server.stored
    assert first.data == second.data


async def test_a_mail_that_is_out_of_date_or_whose_bytes_are_gone_is_not_tried_again(
    database: Database, server: SmtpServer, transport: SmtpTransport, clock: Clock
) -> None:
    server.on("rcpt", answer("550 no"))
    await put_all(database, "old", "purged", thread="uid")
    await deliver(database, transport)
    old, purged = (await rows(database))["old"].id, (await rows(database))["purged"].id
    await put_all(database, "old", thread="uid")
    clock.as_of = clock.now() + timedelta(days=31)
    async with database.writing() as db:
        await outbox.purge(db)
        for mail_id in (old, purged):
            with pytest.raises(Conflict):
                await outbox.retry(db, OPERATOR, mail_id)


async def test_bytes_are_deleted_30_days_after_the_final_state_and_their_hash_stays(
    database: Database, transport: SmtpTransport, clock: Clock
) -> None:
    await put_all(database, "a")
    await deliver(database, transport)
    await put_all(database, "waiting")
    clock.as_of = clock.now() + timedelta(days=29)
    async with database.writing() as db:
        assert await outbox.purge(db) == 0
    clock.as_of = clock.now() + timedelta(days=2)
    async with database.writing() as db:
        assert await outbox.purge(db) == 1
        assert await outbox.purge(db) == 0
    row = (await rows(database))["a"]
    assert row.sha256 is not None
    assert row.message_id is not None


async def test_what_still_waits_can_be_given_up_and_what_a_restore_held_released(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    await put_all(database, "a", "b")
    await change(database, "b", state=HELD)
    mails = await rows(database)
    async with database.writing() as db:
        await outbox.give_up(db, OPERATOR, mails["a"].id)
        with pytest.raises(Conflict):
            await outbox.release(db, OPERATOR, mails["a"].id)
    assert await deliver(database, transport) == 0
    assert (await rows(database))["a"].state == GIVEN_UP
    async with database.writing() as db:
        await outbox.release(db, OPERATOR, mails["b"].id)
    assert await deliver(database, transport) == 1
    assert [mail.rcpt for mail in server.stored] == ["b@aid.example"]
    async with database.writing() as db:
        with pytest.raises(Conflict):
            await outbox.give_up(db, OPERATOR, mails["b"].id)


async def test_a_paused_queue_sends_nothing_until_it_is_resumed(database: Database, transport: SmtpTransport) -> None:
    await put_all(database, "a")
    async with database.writing() as db:
        await outbox.pause(db, OPERATOR)
    assert await deliver(database, transport) == 0
    async with database.reading() as db:
        assert (await health(db)).paused
    async with database.writing() as db:
        await outbox.resume(db, OPERATOR)
    assert await deliver(database, transport) == 1


async def test_the_queue_lists_what_waits_newest_first_page_by_page(database: Database) -> None:
    await put_all(database, "a", "b", "c")
    async with database.reading() as db:
        first = await outbox.queue(db, limit=2)
        rest = await outbox.queue(db, beyond=first[-1].id)
    assert [mail.address[0] for mail in (*first, *rest)] == ["c", "b", "a"]


async def test_health_tells_when_a_worker_last_lived_and_why_all_mail_waits(database: Database) -> None:
    async with database.writing() as db:
        assert (await health(db)).worker_seen_at is None
        await heartbeat(db, "w1")
        await heartbeat(db, "w1")
        await block(db, Outcome(Kind.BLOCKED, 535, "sign_in_refused", "5.7.8 no"))
        await block(db, Outcome(Kind.BLOCKED, 535, "sign_in_refused", "5.7.8 no"))
    await put_all(database, "a")
    async with database.reading() as db:
        now = await health(db)
        blocked = await current_block(db)
    assert now.worker_seen_at is not None
    assert timedelta(0) <= now.now - now.worker_seen_at < timedelta(seconds=30)
    assert (now.block_reason, now.block_reply, now.open_count) == ("sign_in_refused", "5.7.8 no", 1)
    assert blocked is not None
    assert blocked.tries == 2
    assert now.next_probe_at is not None
    assert now.next_probe_at > now.now
    async with database.writing() as db:
        await unblock(db)
        assert (await health(db)).block_reason is None


async def test_a_trial_run_goes_to_the_operator_alone_and_leaves_the_recipient_with_nothing(
    database: Database, server: SmtpServer, transport: SmtpTransport
) -> None:
    server.on("rcpt", answer("450 later"), rcpt="real@aid.example")
    await put_all(database, "real", thread="uid")
    await deliver(database, transport)
    await change(database, "real", next_try_at=LONG_AGO)
    server.behave()
    async with database.writing() as db:
        await site.choose(db, OPERATOR, site.TRIAL_MODE, {"address": "Guyan@sjj.example"})
    await put_all(database, "a", "b", thread="uid")
    assert await deliver(database, transport) == 2
    assert {mail.rcpt for mail in server.stored} == {"guyan@sjj.example"}
    assert str(server.stored[-1].message["Subject"]).startswith("[Trial run → ")
    async with database.writing() as db:
        assert await outbox.holding(db, "uid") == {}
        await site.choose(db, OPERATOR, site.TRIAL_MODE, None)
    assert await deliver(database, transport) == 1
    assert server.stored[-1].rcpt == "real@aid.example"


@pytest.mark.parametrize("act", ["retry", "release", "give_up"])
async def test_only_an_operator_touches_a_mail_by_hand(database: Database, act: str) -> None:
    await put_all(database, "a")
    mail = (await rows(database))["a"]
    for actor in (Viewer(person_id=1, agency_id=1, agency_admin=True), Viewer(person_id=1, agency_id=1)):
        async with database.writing() as db:
            with pytest.raises(NotPermitted):
                await getattr(outbox, act)(db, actor, mail.id)


async def test_only_an_operator_releases_what_a_restore_has_held(database: Database) -> None:
    await put_all(database, "a")
    async with database.writing() as db:
        await outbox.hold_all(db)
        with pytest.raises(NotPermitted):
            await outbox.release_all(db, Viewer(person_id=1, agency_id=1, agency_admin=True), count=1)
    assert (await rows(database))["a"].state == HELD


@pytest.mark.parametrize("act", ["pause", "resume"])
async def test_only_an_operator_holds_or_frees_all_mail(database: Database, act: str) -> None:
    async with database.writing() as db:
        with pytest.raises(NotPermitted):
            await getattr(outbox, act)(db, Viewer(person_id=1, agency_id=1))
        with pytest.raises(NotPermitted):
            await site.choose(db, Viewer(person_id=1, agency_id=1), site.TRIAL_MODE, None)
