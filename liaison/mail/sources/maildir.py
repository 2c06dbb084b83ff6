"""A Maildir that a mail server on this machine delivers into: read from new/ and cur/, moved to the Maildir++ folders .Processed and .Held."""

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from liaison.mail.parts import MOST_BYTES, MOST_HEAD
from liaison.mail.sources.places import (
    HELD,
    PROCESSED,
    Facts,
    Folder,
    Inbox,
    InboxProblem,
    MailProblem,
    Waiting,
    head_only,
)


class MaildirSource:
    """Reads one Maildir."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.path = Path(inbox.path)

    def open(self) -> None:
        if not all((self.path / each).is_dir() for each in ("cur", "new", "tmp")):
            raise InboxProblem("no_directory")

    def listing(self) -> list[int | str]:
        with _as_problem():
            found = [(name, folder) for folder in ("cur", "new") for name in os.listdir(self.path / folder)]
        return [f"{folder}/{name}" for name, folder in sorted(found) if not name.startswith(".")]

    def look(self, places: list[int | str]) -> list[Waiting]:
        found = []
        for place in map(str, places):
            with contextlib.suppress(FileNotFoundError), _as_problem():
                about = os.stat(self.path / place, follow_symlinks=False)
                if stat.S_ISREG(about.st_mode):
                    arrived = datetime.fromtimestamp(about.st_mtime, UTC)
                    found.append(Waiting(self._key(place), place, about.st_size, arrived))
        return found

    def fetch(self, mails: Sequence[Waiting]) -> dict[str, bytes]:
        found = {}
        for mail in mails:
            with contextlib.suppress(FileNotFoundError):
                found[mail.key] = self._read(mail)
        return found

    def file_away(self, mails: Sequence[Waiting], folder: Folder) -> None:
        made = self._made(folder)
        for mail in mails:
            with contextlib.suppress(FileNotFoundError):
                self._move(str(mail.place), made)

    def facts(self) -> Facts:
        for folder in ("cur", "new"):
            if not os.access(self.path / folder, os.R_OK | os.W_OK | os.X_OK):
                raise InboxProblem("not_allowed", str(self.path / folder))
        there = all((self.path / f".{folder}" / "cur").is_dir() for folder in (PROCESSED, HELD))
        return Facts(len(self.listing()), there, moves=True)

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass

    def _read(self, mail: Waiting) -> bytes:
        try:
            with os.fdopen(os.open(self.path / str(mail.place), os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                return head_only(file.read(MOST_HEAD)) if mail.size > MOST_BYTES else file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            raise
        except OSError as problem:
            raise MailProblem(problem.strerror or "") from problem

    def _move(self, place: str, made: Path) -> None:
        subfolder, _, name = place.partition("/")
        target = made / subfolder / name
        while target.exists():  # never over another mail
            unique, sign, info = target.name.partition(":")
            target = target.with_name(f"{unique}_{sign}{info}")
        try:
            os.rename(self.path / place, target)
        except FileNotFoundError:
            raise
        except OSError as problem:
            raise MailProblem(problem.strerror or "") from problem

    def _key(self, place: str) -> str:
        """The file's unique name, without the flags that a mail program adds when it moves the mail from new/ to cur/."""
        return f"{self.inbox.label}:{place.partition('/')[2].partition(':')[0]}"

    def _made(self, folder: Folder) -> Path:
        made = self.path / f".{folder}"
        if not (made / "maildirfolder").exists():
            try:
                for each in ("tmp", "new", "cur"):
                    (made / each).mkdir(mode=0o700, parents=True, exist_ok=True)
                (made / "maildirfolder").touch()
            except OSError as problem:
                raise InboxProblem("no_folder", problem.strerror or "") from problem
        return made


@contextmanager
def _as_problem() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as problem:
        raise InboxProblem("not_allowed", problem.strerror or "") from problem
