"""The mailboxes that LIAISON_INBOX_URL names, what can go wrong with one, and what waits in it. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

from liaison.i18n import N_
from liaison.mail.parts import split

Folder = Literal["Processed", "Held"]
PROCESSED: Folder = "Processed"
HELD: Folder = "Held"
IMAPS_PORT = 993
_MOST_LABEL = 200
"""Characters, so that a mail's `source_key` fits its column (300)."""

PROBLEMS = {
    "unreachable": N_("Its mail server cannot be reached."),
    "certificate": N_(
        "The certificate of its mail server is not trusted here. If an authority of your own signed it, name that authority's file in the environment variable SSL_CERT_FILE."
    ),
    "sign_in": N_("Its mail server refuses the user name or the password."),
    "no_mailbox": N_("The mail server knows no mailbox of this name, or does not open it."),
    "no_folder": N_("The folders Processed and Held are not there and cannot be made."),
    "broken_off": N_("The connection broke off."),
    "refused": N_("The mail server refuses what it was asked to do."),
    "no_directory": N_("The directory is not there, or is no Maildir (with cur, new and tmp)."),
    "not_allowed": N_("The files cannot be read or moved."),
    "database": N_("The database takes nothing at the moment."),
    "unexpected": N_("Something went wrong on our side; the log says more."),
}


class InboxProblem(Exception):
    """This mailbox cannot be read on now: a code of PROBLEMS, and the server's own words without any secret."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(f"{code} {words}".strip())
        self.code = code
        self.words = " ".join(words.split())[:300]


class MailProblem(Exception):
    """A mail cannot be read or moved; the others may."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """One mailbox; `label` names it on pages, in logs and in the keys of its mails, and holds no password."""

    kind: Literal["imap", "maildir"]
    label: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mail that waits in a mailbox: the key that it has for good, where it lies at the moment, its size as the mailbox tells it."""

    key: str
    place: int | str
    size: int
    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What `liaison check` finds out about a mailbox without changing it."""

    waiting: int
    has_folders: bool
    moves: bool
    """Whether a mail is moved in one step; otherwise it is copied and the first copy deleted."""


class Source(Protocol):
    """A mailbox as it is read, step by step, in a thread of its own: each step may take as long as its server does.

    Raises InboxProblem, or MailProblem about one of the mails in hand, of which some may be done with."""

    def open(self) -> None: ...

    def listing(self) -> list[int | str]:
        """The places of all mails that wait, the oldest first."""

    def look(self, places: list[int | str]) -> list[Waiting]:
        """What waits there; without those that are gone by now."""

    def fetch(self, mails: Sequence[Waiting]) -> dict[str, bytes]:
        """By key the bytes of each, of one that is too big only the head; without those that are gone."""

    def file_away(self, mails: Sequence[Waiting], folder: Folder) -> None:
        """Move them into this folder, which is made when missing; nothing happens to those that are gone."""

    def facts(self) -> Facts: ...

    def close(self) -> None: ...

    def abort(self) -> None:
        """From another thread: let a step that waits for the server end at once."""


def inboxes(setting: str) -> list[Inbox]:
    """The mailboxes of a checked LIAISON_INBOX_URL, each once."""
    return list({found.label: found for found in map(_inbox, setting.split())}.values())


def head_only(beginning: bytes) -> bytes:
    """The head of a mail, with the empty line after it, of which this is the beginning."""
    head, empty_line, _ = split(beginning)
    return head + empty_line


def shortened(text: str, most: int) -> str:
    """The text, or its beginning with a checksum where it is too long to be kept whole."""
    if len(text) <= most:
        return text
    return f"{text[: most - 17]}~{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _inbox(url: str) -> Inbox:
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        path = unquote(parts.path).rstrip("/")
        return Inbox("maildir", shortened(f"maildir:{path}", _MOST_LABEL), path=path)
    host, port = parts.hostname or "", parts.port or IMAPS_PORT
    user, folder = unquote(parts.username or ""), unquote(parts.path.strip("/")) or "INBOX"
    where = host if port == IMAPS_PORT else f"{host}:{port}"
    return Inbox(
        "imap",
        shortened(f"imap:{user}@{where}/{folder}", _MOST_LABEL),
        host=host,
        port=port,
        user=user,
        password=unquote(parts.password or ""),
        folder=folder,
    )
