"""Mails of an IMAP mailbox are fetched and moved several at a time, and one that fails keeps back no other. The server is a real Dovecot."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from liaison.config import Settings
from liaison.db import Database
from liaison.mail.sources.imap import ImapSource, Waits
from liaison.mail.sources.places import Folder, Inbox, InboxProblem, MailProblem, Waiting
from tests.dovecot import Dovecot, dovecot
from tests.mail.arriving import Mailbox, killed_at, note, taken
from tests.smtp_server import trusting_context


@pytest.fixture
def imap() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


async def test_mails_are_fetched_and_moved_together_and_not_one_by_one(database: Database, imap: Dovecot) -> None:
    for number in range(60):
        imap.put(note(f"mail-{number:02}"))
    counting = Counting(imap)
    assert await Mailbox(database, imap.inbox(), counting.source).read() == 60
    assert (counting.fetches, counting.moves) == ([50, 10], [50, 10])
    assert len(imap.files("Held")) == 60


async def test_of_large_mails_only_half_a_megabyte_is_in_hand_at_once(database: Database, imap: Dovecot) -> None:
    for number in range(4):
        imap.put(note(f"mail-{number}", "x" * 70 + ("\r\n" + "x" * 70) * 3000))
    counting = Counting(imap)
    assert await Mailbox(database, imap.inbox(), counting.source).read() == 4
    assert counting.fetches == [2, 2]


async def test_a_mail_that_the_server_does_not_give_out_or_move_keeps_back_none_of_those_fetched_with_it(
    database: Database, imap: Dovecot
) -> None:
    for each in ("one", "poison", "two"):
        imap.put(note(each))
    counting = Counting(imap, refuses=2)
    assert await Mailbox(database, imap.inbox(), counting.source).read() == 2
    assert imap.subjects("Held") == ["one", "two"]
    unmovable = Counting(imap, does_not_move=2)
    await Mailbox(database, imap.inbox(), unmovable.source).read()
    imap.put(note("three"))
    await Mailbox(database, imap.inbox(), unmovable.source).read()
    assert imap.subjects("Held") == ["one", "three", "two"]
    assert sorted(subject for subject, _, _ in await taken(database)) == ["one", "poison", "three", "two"]


async def test_after_a_connection_broke_mails_are_read_one_by_one_so_that_those_before_the_one_that_breaks_it_are_taken_in(
    database: Database, imap: Dovecot
) -> None:
    for each in ("one", "two", "breaks", "behind"):
        imap.put(note(each))
    breaking = Counting(imap, breaks_at=3)
    mailbox = Mailbox(database, imap.inbox(), breaking.source)
    await mailbox.read()
    assert (await taken(database), (await mailbox.state()).problem) == ([], "broken_off")
    await mailbox.read()
    assert imap.subjects("Held") == ["one", "two"]
    breaking.breaks_at = 0
    await mailbox.read()
    assert imap.subjects("Held") == ["behind", "breaks", "one", "two"]
    assert breaking.fetches == [4, 1, 1, 1, 1, 1]


async def test_killed_before_the_move_every_mail_in_hand_is_moved_by_the_next_worker_and_taken_in_once(
    database: Database, imap: Dovecot, settings: Settings, tmp_path: Path
) -> None:
    for number in range(5):
        imap.put(note(f"mail-{number}"))
    await killed_at("taken", imap.url, settings, tmp_path)
    before = await taken(database)
    assert (len(before), len(imap.files())) == (5, 5)
    assert await Mailbox(database, imap.inbox(), Counting(imap).source).read() == 0
    assert await taken(database) == before
    assert (len(imap.files()), len(imap.files("Held"))) == (0, 5)


class Counting:
    """Sources that note how many mails each question was about, and fail with one of them (by UID)."""

    def __init__(self, imap: Dovecot, *, refuses: int = 0, does_not_move: int = 0, breaks_at: int = 0) -> None:
        self.imap = imap
        self.refuses, self.does_not_move, self.breaks_at = refuses, does_not_move, breaks_at
        self.fetches: list[int] = []
        self.moves: list[int] = []

    def source(self, inbox: Inbox) -> ImapSource:
        noted = self

        class Source(ImapSource):
            def fetch(self, mails: Sequence[Waiting]) -> dict[str, bytes]:
                noted.fetches.append(len(mails))
                places = [mail.place for mail in mails]
                if noted.refuses in places:
                    raise MailProblem("NO")
                if noted.breaks_at in places:
                    raise InboxProblem("broken_off")
                return super().fetch(mails)

            def file_away(self, mails: Sequence[Waiting], folder: Folder) -> None:
                noted.moves.append(len(mails))
                if noted.does_not_move in [mail.place for mail in mails]:
                    raise MailProblem("NO")
                super().file_away(mails, folder)

        return Source(inbox, tls_context=trusting_context(), waits=Waits(5, 5))
