"""Mail from an IMAP mailbox: each once, whatever breaks on the way, moved and never deleted. The server is a real Dovecot."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mail.models import QueueState
from liaison.mail.parts import MOST_BYTES
from liaison.mail.queue_state import database_now
from liaison.mail.sources import state
from liaison.mail.sources.imap import ImapSource
from liaison.mail.sources.places import Inbox, InboxProblem
from liaison.mail.sources.polling import Steps
from liaison.postroom.models import IncomingMail
from tests.dovecot import Cutting, Dovecot, dovecot
from tests.mail.arriving import Mailbox, killed_at, note, refuse_subject, taken
from tests.mail.conftest import until
from tests.meetings.play import Mail, Play, by_address
from tests.meetings.test_announcing import CHENZY, LIWB, people
from tests.postroom.post import NOON, answer, said

WITHOUT_MOVE = "IMAP4rev1 LITERAL+ NAMESPACE UIDPLUS"
WITHOUT_EITHER = "IMAP4rev1 LITERAL+"


@pytest.fixture
def imap() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture(autouse=True)
def after_the_answers(clock: Clock) -> None:
    """It is an hour after the first of the answers was written."""
    clock.as_of = NOON + timedelta(hours=1)


@pytest.fixture
def mailbox(database: Database, imap: Dovecot) -> Mailbox:
    return mailbox_of(database, imap)


def mailbox_of(database: Database, imap: Dovecot, **other: str | int) -> Mailbox:
    return Mailbox(database, imap.inbox(**other), lambda inbox: imap.source(**other))


async def invited(play: Play) -> dict[str, Mail]:
    return by_address(await play.send(await play.scheduled(*people(play))))


@pytest.mark.parametrize(
    ("prefix", "separator", "capability"),
    [("", "/", ""), ("INBOX.", ".", ""), ("", "/", WITHOUT_MOVE), ("", "/", WITHOUT_EITHER)],
    ids=["as it comes", "folders below the inbox", "without MOVE", "without MOVE and UIDPLUS"],
)
async def test_an_answer_counts_and_every_mail_ends_in_its_folder(
    play: Play, prefix: str, separator: str, capability: str
) -> None:
    mails = await invited(play)
    with dovecot(prefix=prefix, separator=separator, capability=capability) as imap:
        imap.put(answer(mails[LIWB], "ACCEPTED"))
        imap.put(note("question"))
        mailbox = mailbox_of(play.database, imap)
        assert await mailbox.read() == 2
        assert await mailbox.read() == 0
        assert imap.files() == []
        assert len(imap.files("Processed")) == 1
        assert imap.subjects("Held") == ["question"]
    assert (await said(play, play.world.liwb.id))[0] == "accepted"
    assert (await mailbox.state()).problem is None


async def test_what_somebody_else_marked_as_deleted_is_not_removed(database: Database) -> None:
    with dovecot(capability=WITHOUT_EITHER) as imap:
        imap.put(note("theirs"))
        theirs = imap.source()
        theirs.open()
        theirs._client.delete_messages([1])
        theirs.close()
        imap.put(note("ours"))
        assert await mailbox_of(database, imap).read() == 1
        assert len(list((imap.home / "mail" / "cur").iterdir())) == 2  # both, marked
        assert imap.subjects("Held") == ["ours"]


async def test_of_a_mail_that_is_too_big_only_the_head_is_fetched_and_it_waits(
    database: Database, imap: Dovecot, mailbox: Mailbox
) -> None:
    imap.put(note("huge", "x" * 70 + ("\r\n" + "x" * 70) * (MOST_BYTES // 70)))
    imap.put(note("small"))
    assert await mailbox.read() == 2
    assert await taken(database) == [("huge", "held", "too_big"), ("small", "held", "unknown_sender")]
    async with database.reading() as db:
        row = (await db.scalars(select(IncomingMail).options(undefer(IncomingMail.raw)).limit(1))).one()
    assert row.size > MOST_BYTES
    assert row.raw is not None
    assert len(row.raw) < 1000


async def test_a_connection_that_breaks_anywhere_loses_nothing_and_counts_nothing_twice(
    play: Play, imap: Dovecot
) -> None:
    mails = await invited(play)
    big = answer(mails[LIWB], "ACCEPTED", comment="x" * 200).replace(b"\n\n", b"\nX-Long: " + b"y" * 900 + b"\n\n", 1)
    imap.put(big)
    imap.put(answer(mails[CHENZY], "DECLINED"))
    breaks = set()
    with Cutting(imap.port) as network:
        inbox = imap.inbox()
        over_network = Mailbox(play.database, inbox, lambda _: cut_source(imap, inbox, network.port))
        for most in range(1000, 12_000, 300):
            network.most = most
            await over_network.read()
            breaks.add((await over_network.state()).problem)
        network.most = None
        await over_network.read()
    assert breaks >= {"unreachable", "broken_off"}
    assert (await over_network.state()).problem is None
    assert await answers(play) == ("accepted", "declined")
    assert len(await taken(play.database)) == 2
    assert (len(imap.files()), len(imap.files("Processed"))) == (0, 2)


def cut_source(imap: Dovecot, inbox: Inbox, port: int) -> ImapSource:
    """Over the breaking network; the mailbox is the same, so it keeps its name."""
    source = imap.source()
    source.inbox = replace(inbox, port=port)
    return source


async def answers(play: Play) -> tuple[str, str]:
    return (await said(play, play.world.liwb.id))[0], (await said(play, play.world.chenzy.id))[0]


async def test_killed_before_the_commit_the_mail_is_fetched_anew(
    play: Play, imap: Dovecot, mailbox: Mailbox, settings: Settings, tmp_path: Path
) -> None:
    mails = await invited(play)
    imap.put(answer(mails[LIWB], "ACCEPTED"))
    await killed_at("fetched", imap.url, settings, tmp_path)
    assert await taken(play.database) == []
    assert await mailbox.read() == 1
    assert (await said(play, play.world.liwb.id))[0] == "accepted"


async def test_killed_between_commit_and_move_the_mail_is_moved_and_has_no_second_effect(
    play: Play, imap: Dovecot, mailbox: Mailbox, settings: Settings, tmp_path: Path
) -> None:
    mails = await invited(play)
    imap.put(answer(mails[LIWB], "ACCEPTED"))
    await killed_at("taken", imap.url, settings, tmp_path)
    before = await taken(play.database)
    assert [verdict for _, verdict, _ in before] == ["applied"]
    assert len(imap.files()) == 1
    assert await mailbox.read() == 0
    assert await taken(play.database) == before
    assert (len(imap.files()), len(imap.files("Processed"))) == (0, 1)


async def test_killed_before_the_move_and_then_new_uids_the_mail_comes_anew_and_has_no_second_effect(
    play: Play, imap: Dovecot, mailbox: Mailbox, settings: Settings, tmp_path: Path
) -> None:
    mails = await invited(play)
    first, newer = answer(mails[LIWB], "ACCEPTED"), answer(mails[LIWB], "DECLINED", at=NOON + timedelta(minutes=1))
    imap.put(first)
    await killed_at("taken", imap.url, settings, tmp_path)
    imap.stop()
    imap.forget_uids()
    imap.start()
    imap.put(newer)
    assert await mailbox.read() == 2
    first_reason, *others = [reason for _, _, reason in await taken(play.database)]
    assert (first_reason, sorted(others)) in (
        ("answered", ["answered", "repeated"]),
        ("answered", ["answered", "older_answer"]),
    )
    assert (await said(play, play.world.liwb.id))[0] == "declined"
    assert len(imap.files("Processed")) == 2


async def test_fifty_repeats_in_any_order_end_in_the_newest_answer(play: Play, imap: Dovecot, mailbox: Mailbox) -> None:
    mails = await invited(play)
    steps = [
        answer(mails[LIWB], partstat, at=NOON + timedelta(minutes=minute))
        for minute, partstat in enumerate(("ACCEPTED", "DECLINED", "TENTATIVE", "ACCEPTED", "DECLINED"))
    ]
    shuffled = steps * 10
    random.Random(20261126).shuffle(shuffled)
    for each in shuffled:
        imap.put(each)
    assert await mailbox.read() == 50
    assert (await said(play, play.world.liwb.id))[0] == "declined"
    assert (len(imap.files()), len(imap.files("Processed"))) == (0, 50)


async def test_two_workers_at_one_mailbox_take_each_mail_in_once(database: Database, imap: Dovecot) -> None:
    for number in range(40):
        imap.put(note(f"mail-{number:02}"))
    one, other = mailbox_of(database, imap), mailbox_of(database, imap)
    await asyncio.gather(one.read(), other.read())
    assert sorted(subject for subject, _, _ in await taken(database)) == [f"mail-{n:02}" for n in range(40)]
    assert imap.files() == []
    assert sorted(set(imap.subjects("Held"))) == [f"mail-{n:02}" for n in range(40)]
    assert (await one.state()).problem is None


async def test_a_mailbox_is_read_by_one_worker_a_minute(database: Database, imap: Dovecot, mailbox: Mailbox) -> None:
    imap.put(note("first"))
    assert await mailbox.read(anyway=False) == 1
    imap.put(note("second"))
    assert await mailbox.read(anyway=False) == 0
    await let_pass(database, state.EVERY)
    assert await mailbox.read(anyway=False) == 1
    async with database.writing() as db:
        assert not await state.claim(db, mailbox.inbox)
    await let_pass(database, state.LEASE)  # the worker that had it is dead
    async with database.writing() as db:
        assert await state.claim(db, mailbox.inbox)
        assert not await state.claim(db, mailbox.inbox)


async def let_pass(database: Database, seconds: float) -> None:
    """So much time later by the database's clock."""
    async with database.writing() as db:
        for row in await db.scalars(select(QueueState)):
            row.at -= timedelta(seconds=seconds + 1)


async def test_a_wrong_password_is_told_without_the_password_and_the_other_mailboxes_are_read(
    database: Database, imap: Dovecot, mailbox: Mailbox
) -> None:
    imap.put(note("question"))
    wrong = mailbox_of(database, imap, user="other", password="no-secret-of-anybody")
    assert list(await asyncio.gather(wrong.read(), mailbox.read())) == [0, 1]
    told = await wrong.state()
    assert told.problem == "sign_in"
    assert told.words == "[AUTHENTICATIONFAILED] Authentication failed."
    async with database.reading() as db:
        kept = [str(row.detail) + row.name for row in await db.scalars(select(QueueState))]
    assert not any("secret" in each for each in kept)
    assert (await mailbox.state()).problem is None


async def test_a_password_may_have_any_letters(database: Database, imap: Dovecot) -> None:
    imap.put(note("question"))
    assert await mailbox_of(database, imap, user="other").read() == 1


async def test_a_server_that_is_away_is_asked_after_growing_pauses_and_read_when_it_is_back(
    database: Database, imap: Dovecot, mailbox: Mailbox
) -> None:
    imap.put(note("question"))
    imap.stop()
    pauses = []
    for _ in range(9):
        await mailbox.read()
        async with database.reading() as db:
            row = (await db.scalars(select(QueueState))).one()
            now = await db.scalar(select(database_now(db)))
        pauses.append(round((row.at - now).total_seconds(), -1) if row.at else 0)
        told = await mailbox.state()
        assert (told.problem, told.read_at) == ("unreachable", None)
    assert pauses == sorted(pauses)
    assert (pauses[0] <= 10, pauses[-1]) == (True, 300)
    imap.start()
    assert await mailbox.read(anyway=False) == 0  # not yet
    assert await mailbox.read() == 1
    told = await mailbox.state()
    assert told.problem is None
    assert told.read_at is not None


async def test_a_certificate_that_nobody_here_trusts_ends_the_reading_before_the_password_is_said(
    database: Database, imap: Dovecot
) -> None:
    unknown = Mailbox(database, imap.inbox(), ImapSource)
    assert await unknown.read() == 0
    assert (await unknown.state()).problem == "certificate"

    async def hung_up() -> bool:
        return "user=<>" in (imap.home / "log").read_text()

    await until(hung_up)
    assert "user=<liaison" not in (imap.home / "log").read_text()


async def test_a_mailbox_that_is_not_there_is_told(database: Database, imap: Dovecot) -> None:
    other = mailbox_of(database, imap, folder="Archive")
    assert await other.read() == 0
    assert (await other.state()).problem == "no_mailbox"


async def test_where_mail_cannot_be_moved_it_is_taken_in_all_the_same_and_once(
    database: Database, imap: Dovecot, mailbox: Mailbox
) -> None:
    for folder in (".Held", ".Processed"):
        (imap.home / "mail" / folder).write_text("a file where the folder should be")
    imap.put(note("first"))
    imap.put(note("second"))
    assert await mailbox.read() == 0
    told = await mailbox.state()
    assert told.problem in ("no_folder", "refused")
    await mailbox.read()
    assert [subject for subject, _, _ in await taken(database)] == ["first", "second"]
    for folder in (".Held", ".Processed"):
        (imap.home / "mail" / folder).unlink()
    await mailbox.read()
    assert imap.subjects("Held") == ["first", "second"]


async def test_a_mail_that_makes_us_fail_holds_up_nobody_and_is_kept_unread_in_the_end(
    database: Database, imap: Dovecot, mailbox: Mailbox
) -> None:
    await refuse_subject(database, "poison")
    imap.put(note("poison"))
    imap.put(note("good"))
    assert await mailbox.read() == 1
    assert (imap.subjects(), imap.subjects("Held")) == (["poison"], ["good"])
    assert await mailbox.read(anyway=False) == 0
    for _ in range(len(state.MAIL_PAUSES)):
        assert imap.subjects() == ["poison"]
        await mailbox.read()
    assert await taken(database) == [("good", "held", "unknown_sender"), ("", "held", "unreadable")]
    assert imap.subjects("Held") == ["good", "poison"]
    async with database.reading() as db:
        assert not [row for row in await db.scalars(select(QueueState)) if row.name.startswith("mail_in:")]


async def test_a_mail_that_failed_waits_for_its_pause(database: Database, imap: Dovecot, mailbox: Mailbox) -> None:
    await refuse_subject(database, "poison")
    imap.put(note("poison"))
    await mailbox.read()
    async with database.reading() as db:
        failed = [row for row in await db.scalars(select(QueueState)) if row.name.startswith("mail_in:")]
    await let_pass_for(database, mailbox.inbox)
    await mailbox.read(anyway=False)
    async with database.reading() as db:
        again = [row for row in await db.scalars(select(QueueState)) if row.name.startswith("mail_in:")]
    assert [row.detail["tries"] for row in failed + again] == [1, 1]


async def let_pass_for(database: Database, inbox: Inbox) -> None:
    """The mailbox is due; its mails' pauses are not over."""
    async with database.writing() as db:
        name = state._name(inbox)
        await db.execute(update(QueueState).where(QueueState.name == name).values(at=database_now(db, -1)))


async def test_a_step_that_hangs_ends_when_the_worker_stops(imap: Dovecot) -> None:
    stop = asyncio.Event()
    with Cutting(imap.port) as network:
        source = imap.source(port=network.port)
        source.waits = replace(source.waits, answer=600)
        steps = Steps(source, stop, last_word=0.1)
        await steps.do(source.open)
        network.stalls.set()
        listing = asyncio.create_task(steps.do(source.listing))
        await asyncio.to_thread(network.stalled.wait, 20)
        stop.set()
        with pytest.raises(InboxProblem, match="broken_off"):
            await listing
        await steps.end()
