"""What the tests of every way in share: reading a mailbox, what it came to, and a worker process that is killed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text

from liaison import intake
from liaison.config import Settings
from liaison.db import Database
from liaison.mail.sources import state
from liaison.mail.sources.places import Inbox, Source
from liaison.mail.sources.polling import source_for
from liaison.mail.sources.state import InboxState
from liaison.postroom.models import IncomingMail
from tests.forks import Forked
from tests.mail import poller
from tests.mail.conftest import until


@dataclass(slots=True)
class Mailbox:
    """A mailbox as the worker reads it."""

    database: Database
    inbox: Inbox
    source_for: Callable[[Inbox], Source] = source_for

    async def read(self, *, anyway: bool = True, source_for: Callable[[Inbox], Source] | None = None) -> int:
        """One reading; how many mails were taken in."""
        return await intake.poll(
            self.database, self.inbox, stop=asyncio.Event(), anyway=anyway, source_for=source_for or self.source_for
        )

    async def state(self) -> InboxState:
        async with self.database.reading() as db:
            return (await state.states(db, [self.inbox]))[0]


async def taken(database: Database) -> list[tuple[str, str, str]]:
    """Subject, verdict and reason of every mail that was taken in, in this order."""
    async with database.reading() as db:
        rows = await db.scalars(select(IncomingMail).order_by(IncomingMail.id))
        return [(row.subject, row.verdict, row.reason) for row in rows]


async def killed_at(trap: str, inbox_url: str, settings: Settings, tmp_path: Path) -> None:
    """A worker reads this mailbox and is killed at that moment."""
    marker = tmp_path / f"marker-{trap}"
    given = {
        "database_url": settings.database_url,
        "data_dir": str(settings.data_dir),
        "inbox_url": inbox_url,
        "trap": trap,
        "marker": str(marker),
    }
    process = Forked(poller.main, given)

    async def marked() -> bool:
        assert process.returncode is None
        return marker.exists()

    try:
        await until(marked)
    finally:
        process.kill()
        await process.wait()


async def refuse_subject(database: Database, subject: str) -> None:
    """Let the database refuse a mail of this subject, as a fault of ours might."""
    async with database.writing() as db:
        if database.is_sqlite:
            refuse = (
                f"BEFORE INSERT ON incoming_mail WHEN NEW.subject = '{subject}' BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
            await db.execute(text(f"CREATE TRIGGER refuse {refuse}"))
        else:
            await db.execute(text(f"ALTER TABLE incoming_mail ADD CONSTRAINT refuse CHECK (subject <> '{subject}')"))


def note(subject: str, body: str = "hello", sender: str = "stranger@elsewhere.example", more: str = "") -> bytes:
    """A mail that means nothing to us, which is held."""
    head = f"From: {sender}\r\nTo: liaison@localhost\r\nSubject: {subject}\r\nMessage-ID: <{subject}@elsewhere.example>\r\n"
    return f"{head}{more}\r\n{body}\r\n".encode()
