"""A worker process for the tests to kill while it reads a mailbox: `main({"inbox_url": …})`.

`trap` names the moment at which it writes `marker` and stands still: `fetched` (nothing is committed) or `taken` (the mail is committed,
but lies in the mailbox still)."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from liaison import intake
from liaison.clock import Clock
from liaison.config import Settings
from liaison.mail.sources.imap import ImapSource
from liaison.mail.sources.maildir import MaildirSource
from liaison.mail.sources.places import Folder, Inbox, Source, Waiting, inboxes
from liaison.opening import open_database
from tests.smtp_server import trusting_context


def trapped(inbox: Inbox, trap: str, marker: Path) -> Source:
    kind: Any = ImapSource if inbox.kind == "imap" else MaildirSource

    class Trapped(kind):  # type: ignore[misc]
        def fetch(self, mails: Sequence[Waiting]) -> dict[str, bytes]:
            found: dict[str, bytes] = super().fetch(mails)
            if trap == "fetched":
                stand_still(marker)
            return found

        def file_away(self, mails: Sequence[Waiting], folder: Folder) -> None:
            if trap == "taken":
                stand_still(marker)
            super().file_away(mails, folder)

    source: Source = Trapped(inbox, **({"tls_context": trusting_context()} if inbox.kind == "imap" else {}))
    return source


def stand_still(marker: Path) -> None:
    marker.touch()
    threading.Event().wait()


async def main(given: dict[str, Any]) -> None:
    settings = Settings(data_dir=Path(given["data_dir"]), database_url=given["database_url"], secret_key="x" * 40)
    database = open_database(settings, Clock())
    await intake.poll(
        database,
        inboxes(given["inbox_url"])[0],
        stop=asyncio.Event(),
        anyway=True,
        source_for=lambda inbox: trapped(inbox, given["trap"], Path(given["marker"])),
    )
    await database.dispose()
