"""A mailbox on an IMAP server: encrypted from the first byte, its certificate checked, read by UID and emptied into Processed and Held.

Every method waits for the server, so all of them run in a thread. Nothing is ever deleted: a server that cannot MOVE is asked to copy,
and only then to remove the first copy."""

import contextlib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from liaison.config import VERSION
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


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds until a connection stands, and until the server says or takes the next piece."""

    connect: float = 15
    answer: float = 60


class ImapSource:
    """Reads one mailbox over one connection."""

    def __init__(self, inbox: Inbox, *, tls_context: ssl.SSLContext | None = None, waits: Waits = Waits()) -> None:
        self.inbox = inbox
        self.waits = waits
        self._tls_context = tls_context
        self._connected: Any = None
        self._uidvalidity = 0
        self._folders: dict[Folder, str] = {}

    @property
    def _client(self) -> Any:
        if self._connected is None:
            raise InboxProblem("broken_off")
        return self._connected

    def open(self) -> None:
        """Connect, sign in, say who we are, open the mailbox."""
        try:
            self._connected = IMAPClient(
                self.inbox.host,
                self.inbox.port,
                ssl_context=self._tls_context or ssl.create_default_context(),
                timeout=SocketTimeout(self.waits.connect, self.waits.answer),
            )
        except ssl.SSLCertVerificationError as problem:
            raise InboxProblem("certificate", problem.verify_message) from problem
        except (OSError, IMAPClientError, ValueError) as problem:
            raise InboxProblem("unreachable", _words(problem)) from problem
        self._client.normalise_times = False
        with self._as_problem():
            self._sign_in()
            if self._client.has_capability("ID"):
                # Servers of NetEase open no mailbox to whoever has not said what program it is ("Unsafe Login").
                with contextlib.suppress(MailProblem), self._about_mails():
                    self._client.id_({"name": "liaison", "version": VERSION})
            try:
                opened = self._client.select_folder(self.inbox.folder)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as problem:
                raise InboxProblem("no_mailbox", _words(problem)) from problem
            self._uidvalidity = int(opened[b"UIDVALIDITY"])

    def listing(self) -> list[int | str]:
        with self._as_problem():
            self._client.noop()  # so that it also tells what came since the mailbox was opened
            return sorted(self._client.search(["UNDELETED"]))

    def look(self, places: list[int | str]) -> list[Waiting]:
        with self._as_problem():
            found = self._client.fetch(places, ["RFC822.SIZE", "INTERNALDATE"])
        return [
            Waiting(self._key(uid), uid, int(about[b"RFC822.SIZE"]), about.get(b"INTERNALDATE"))
            for uid, about in sorted(found.items())
            if b"RFC822.SIZE" in about
        ]

    def fetch(self, mails: Sequence[Waiting]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for what, some in (
            ("BODY.PEEK[]", {mail.place: mail.key for mail in mails if mail.size <= MOST_BYTES}),
            (f"BODY.PEEK[HEADER]<0.{MOST_HEAD}>", {mail.place: mail.key for mail in mails if mail.size > MOST_BYTES}),
        ):
            if not some:
                continue
            with self._about_mails():
                answer = self._client.fetch(list(some), [what])
            for uid, key in some.items():
                raw = next((value for name, value in answer.get(uid, {}).items() if name.startswith(b"BODY[")), None)
                if raw is not None:
                    found[key] = bytes(raw) if what == "BODY.PEEK[]" else head_only(raw)
        return found

    def file_away(self, mails: Sequence[Waiting], folder: Folder) -> None:
        target = self._made(folder)
        uids = [mail.place for mail in mails]
        with self._about_mails():
            try:
                self._move(uids, target)
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                if self._client.search(["UID", ",".join(map(str, uids))]):
                    raise

    def facts(self) -> Facts:
        with self._as_problem():
            there = all(self._client.folder_exists(self._name_of(folder)) for folder in (PROCESSED, HELD))
            return Facts(len(self._client.search(["UNDELETED"])), there, self._client.has_capability("MOVE"))

    def close(self) -> None:
        if self._connected is not None:
            with contextlib.suppress(IMAPClientError, OSError, ValueError):
                self._connected.logout()
            self._shut()

    def abort(self) -> None:
        if self._connected is not None:
            with contextlib.suppress(OSError):
                self._connected.socket().shutdown(socket.SHUT_RDWR)

    def _shut(self) -> None:
        with contextlib.suppress(IMAPClientError, OSError):
            self._connected.shutdown()
        self._connected = None

    def _key(self, uid: int) -> str:
        return f"{self.inbox.label}:{self._uidvalidity}:{uid}"

    def _sign_in(self) -> None:
        user, secret = self.inbox.user, self.inbox.password
        try:
            if (user + secret).isascii():
                self._client.login(user, secret)
            else:  # LOGIN carries nothing else (RFC 3501 4.3); PLAIN is UTF-8 (RFC 4616)
                self._client.plain_login(user, secret)
        except LoginError as problem:
            if isinstance(problem.__context__, IMAPClientAbortError):
                raise InboxProblem("broken_off", _words(problem)) from problem
            words = _words(problem)
            raise InboxProblem("sign_in", words.replace(secret, "…") if secret else words) from problem

    def _move(self, uids: list[int | str], target: str) -> None:
        if self._client.has_capability("MOVE"):
            self._client.move(uids, target)
            return
        self._client.copy(uids, target)
        self._client.delete_messages(uids, silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)
        elif set(self._client.search(["DELETED"])) <= set(uids):  # else what somebody else has marked would go with it
            self._client.expunge()

    def _made(self, folder: Folder) -> str:
        """The folder's name on this server; made when it is missing."""
        if folder not in self._folders:
            with self._as_problem():
                name = self._name_of(folder)
                if not self._client.folder_exists(name):
                    self._create(name)
            self._folders[folder] = name
        return self._folders[folder]

    def _create(self, name: str) -> None:
        try:
            self._client.create_folder(name)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as problem:
            if not self._client.folder_exists(name):  # another worker may have made it in this moment
                raise InboxProblem("no_folder", _words(problem)) from problem
        with contextlib.suppress(MailProblem), self._about_mails():
            self._client.subscribe_folder(name)  # so that mail programs show it

    def _name_of(self, folder: Folder) -> str:
        """Beside the inbox, or below it where the server keeps all folders there (RFC 2342)."""
        if not self._client.has_capability("NAMESPACE"):
            return folder
        personal = self._client.namespace().personal
        return f"{personal[0][0]}{folder}" if personal else folder

    @contextmanager
    def _as_problem(self) -> Iterator[None]:
        """Whatever the server or the network does is a problem of this mailbox."""
        try:
            yield
        except IMAPClientAbortError as problem:
            raise InboxProblem("broken_off", _words(problem)) from problem
        except IMAPClientError as problem:
            raise InboxProblem("refused", _words(problem)) from problem
        except (OSError, ValueError, KeyError, IndexError, AttributeError) as problem:
            # imaplib answers a closed connection and a garbled line with any of these.
            raise InboxProblem("broken_off", _words(problem)) from problem

    @contextmanager
    def _about_mails(self) -> Iterator[None]:
        """A refusal concerns the mails in hand; a broken connection the mailbox."""
        with self._as_problem():
            try:
                yield
            except IMAPClientAbortError:
                raise
            except IMAPClientError as problem:
                raise MailProblem(_words(problem)) from problem


def _words(problem: Exception) -> str:
    """What the server said; imaplib wraps it in the signs of Python's bytes."""
    return re.sub(r"\[?\bb(['\"])(.*?)\1\]?", r"\2", str(problem))
