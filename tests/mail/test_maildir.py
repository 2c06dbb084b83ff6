"""Mail from a Maildir that a mail server on this machine delivers into: each once, moved to .Processed or .Held, never deleted."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mail.parts import MOST_BYTES
from liaison.mail.sources.places import inboxes
from liaison.postroom.models import IncomingMail
from tests.mail.arriving import Mailbox, killed_at, note, taken
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import LIWB, people
from tests.postroom.post import NOON, answer, said


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for each in ("cur", "new", "tmp"):
        (tmp_path / "in" / each).mkdir(parents=True)
    return tmp_path / "in"


@pytest.fixture
def mailbox(database: Database, maildir: Path) -> Mailbox:
    return Mailbox(database, inboxes(f"maildir://{maildir}")[0])


@pytest.fixture(autouse=True)
def after_the_answers(clock: Clock) -> None:
    clock.as_of = NOON + timedelta(hours=1)


def put(maildir: Path, name: str, raw: bytes, folder: str = "new") -> Path:
    written = maildir / folder / name
    written.write_bytes(raw)
    return written


def names(maildir: Path, folder: str = "") -> list[str]:
    place = maildir / folder if folder else maildir
    return sorted(path.name for each in ("new", "cur") if (place / each).is_dir() for path in (place / each).iterdir())


async def test_an_answer_counts_and_every_mail_ends_in_its_folder(play: Play, maildir: Path, mailbox: Mailbox) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    put(maildir, "1.a.host", answer(mails[LIWB], "ACCEPTED"))
    put(maildir, "2.b.host:2,S", note("question"), folder="cur")
    assert await mailbox.read() == 2
    assert (await said(play, play.world.liwb.id))[0] == "accepted"
    assert (names(maildir), names(maildir, ".Processed"), names(maildir, ".Held")) == (
        [],
        ["1.a.host"],
        ["2.b.host:2,S"],
    )
    assert (maildir / ".Held" / "maildirfolder").is_file()
    assert (await mailbox.state()).problem is None


async def test_killed_between_commit_and_move_the_mail_is_moved_and_known_also_after_a_mail_program_marked_it(
    play: Play, maildir: Path, mailbox: Mailbox, settings: Settings, tmp_path: Path
) -> None:
    written = put(maildir, "1.a.host", note("question"))
    await killed_at("taken", f"maildir://{maildir}", settings, tmp_path)
    before = await taken(play.database)
    assert len(before) == 1
    written.rename(maildir / "cur" / "1.a.host:2,RS")
    assert await mailbox.read() == 0
    assert await taken(play.database) == before
    assert (names(maildir), names(maildir, ".Held")) == ([], ["1.a.host:2,RS"])


async def test_two_workers_at_one_maildir_take_each_mail_in_once(
    database: Database, maildir: Path, mailbox: Mailbox
) -> None:
    for number in range(50):
        put(maildir, f"{number:03}.x.host", note(f"mail-{number:02}"))
    await asyncio.gather(mailbox.read(), mailbox.read())
    assert sorted(subject for subject, _, _ in await taken(database)) == [f"mail-{n:02}" for n in range(50)]
    assert (names(maildir), len(names(maildir, ".Held"))) == ([], 50)
    assert (await mailbox.state()).problem is None


async def test_a_mail_is_never_moved_over_another(database: Database, maildir: Path, mailbox: Mailbox) -> None:
    put(maildir, "1.a.host", note("first"))
    await mailbox.read()
    (maildir / ".Held" / "new" / "1.a.host").rename(maildir / ".Held" / "new" / "2.b.host")
    put(maildir, "2.b.host", note("second"))
    await mailbox.read()
    assert names(maildir, ".Held") == ["2.b.host", "2.b.host_"]


async def test_what_is_no_mail_is_left_alone_and_holds_nothing_up(
    database: Database, maildir: Path, mailbox: Mailbox, tmp_path: Path
) -> None:
    os.mkfifo(maildir / "new" / "0.pipe")
    (maildir / "new" / "0.link").symlink_to(tmp_path / "elsewhere")
    (maildir / "new" / "0.directory").mkdir()
    put(maildir, ".hidden", note("hidden"))
    put(maildir, "1.a.host", note("question"))
    assert await mailbox.read() == 1
    assert [subject for subject, _, _ in await taken(database)] == ["question"]


async def test_of_a_mail_that_is_too_big_only_the_head_is_kept(
    database: Database, maildir: Path, mailbox: Mailbox
) -> None:
    put(maildir, "1.a.host", note("huge", "x" * MOST_BYTES))
    assert await mailbox.read() == 1
    assert await taken(database) == [("huge", "held", "too_big")]
    assert names(maildir, ".Held") == ["1.a.host"]


async def test_a_directory_that_is_not_there_is_told_and_not_made(database: Database, tmp_path: Path) -> None:
    missing = Mailbox(database, inboxes(f"maildir://{tmp_path}/nowhere")[0])
    assert await missing.read() == 0
    assert (await missing.state()).problem == "no_directory"
    assert not (tmp_path / "nowhere").exists()


async def test_an_answer_is_as_old_as_its_arrival_though_no_worker_ran(
    play: Play, maildir: Path, mailbox: Mailbox, clock: Clock
) -> None:
    clock.as_of = None
    written = put(maildir, "1.a.host", note("question"))
    os.utime(written, (NOON.timestamp(), NOON.timestamp()))
    await mailbox.read()
    assert [row.received_at for row in await rows(play.database)] == [NOON]


async def rows(database: Database) -> list[IncomingMail]:
    async with database.reading() as db:
        return list(await db.scalars(select(IncomingMail)))
