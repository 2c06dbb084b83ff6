"""How a mail leaves: what every way out promises, and the Maildir that takes the mails of a site without a mail server."""

import asyncio
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from liaison.mail.classify import SENT, STOPPED, Kind, Outcome


def always() -> bool:
    """The claim nobody can take away, for mails that belong to no queue."""
    return True


class Transport(Protocol):
    """A way out. `send` raises nothing: whatever happens is an Outcome."""

    lanes: int
    """How many mails may be on their way at the same time."""

    async def send(self, data: bytes, mail_from: str, rcpt: str, *, may_finish: Callable[[], bool] = always) -> Outcome:
        """Send one mail from one address to one address; `may_finish` is asked for the last time right before it becomes final."""

    async def close(self) -> None:
        """Let go of kept connections."""


class MaildirTransport:
    """Each mail becomes one file in `path/new` and then counts as sent; the directories are made with the first."""

    lanes = 1

    def __init__(self, path: Path) -> None:
        self.path = path

    async def send(self, data: bytes, mail_from: str, rcpt: str, *, may_finish: Callable[[], bool] = always) -> Outcome:
        try:
            return await asyncio.to_thread(self._store, data, rcpt, may_finish)
        except OSError as error:
            return Outcome(Kind.BLOCKED, None, "mail_dir_unwritable", error.strerror or type(error).__name__)

    def _store(self, data: bytes, rcpt: str, may_finish: Callable[[], bool]) -> Outcome:
        for name in ("tmp", "new", "cur"):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        # Named by what it holds, so that a mail stored right before a crash is not there twice after it.
        name = hashlib.sha256(rcpt.encode() + b"\0" + data).hexdigest()[:40] + ".liaison"
        written = self.path / "tmp" / name
        with written.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not may_finish():
            written.unlink()
            return STOPPED
        written.replace(self.path / "new" / name)
        directory = os.open(self.path / "new", os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return SENT

    async def close(self) -> None:
        pass
