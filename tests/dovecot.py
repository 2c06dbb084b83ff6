"""A real IMAP server on the loopback: Dovecot from Debian, with a configuration of its own, as an ordinary user.

with dovecot() as server:
    server.put(mail)                       # as a mail server delivers it
    source = server.source()
    assert server.subjects("Processed") == ["…"]
"""

import contextlib
import getpass
import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import quote

from liaison.mail.sources.imap import ImapSource, Waits
from liaison.mail.sources.places import Inbox, inboxes
from tests.smtp_server import CERTIFICATE, trusting_context

USERS = {"liaison@site.example": "a pass w@rd/", "other": "密码"}
"""The passwords; everybody has the same mailbox."""
PATIENCE = 20
CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/certificate.pem
ssl_key = <{home}/certificate.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
auth_failure_delay = 0
auth_cache_size = 0
mail_location = maildir:{home}/mail
mail_fsync = never
{more}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home} allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


class DovecotMissing(Exception):
    """These tests need the Debian package dovecot-imapd (Dovecot 2.3): apt-get install --no-install-recommends dovecot-imapd"""

    def __str__(self) -> str:
        return self.__doc__ or ""


@dataclass
class Dovecot:
    """One server with one mailbox, a Maildir that tests also look into directly."""

    home: Path
    port: int
    prefix: str = ""
    separator: str = "/"
    more: str = ""
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    _count: int = 0

    @property
    def url(self) -> str:
        return self.url_at(self.port)

    def url_at(
        self, port: int, user: str = "liaison@site.example", password: str | None = None, folder: str = "INBOX"
    ) -> str:
        secret = quote(USERS[user] if password is None else password, safe="")
        return f"imaps://{quote(user)}:{secret}@127.0.0.1:{port}/{folder}"

    def inbox(self, **other: str | int) -> Inbox:
        return inboxes(self.url_at(**{"port": self.port} | other))[0]  # type: ignore[arg-type]

    def source(self, **other: str | int) -> ImapSource:
        return ImapSource(self.inbox(**other), tls_context=trusting_context(), waits=Waits(5, 5))

    def put(self, raw: bytes) -> None:
        """Deliver into the mailbox, as a mail server does."""
        self._count += 1
        name = f"{1_764_000_000 + self._count}.M{self._count}.test"
        written = self.home / "mail" / "tmp" / name
        written.write_bytes(raw)
        self._own(written)
        written.rename(self.home / "mail" / "new" / name)

    def files(self, folder: str = "") -> list[bytes]:
        """The mails in a folder; the mailbox itself without one."""
        place = self.home / "mail" / (f".{folder}" if folder else "")
        names = [name for each in ("new", "cur") if (place / each).is_dir() for name in (place / each).iterdir()]
        return [name.read_bytes() for name in sorted(names, key=lambda name: name.name) if ",T" not in _flags(name)]

    def subjects(self, folder: str = "") -> list[str]:
        return sorted(str(message_from_bytes(raw)["Subject"]) for raw in self.files(folder))

    def forget_uids(self) -> None:
        """What a restored or moved mailbox looks like to a client: another UIDVALIDITY."""
        (self.home / "mail" / "dovecot-uidlist").unlink()
        (self.home / "mail" / "dovecot-uidvalidity").unlink(missing_ok=True)
        for each in (self.home / "mail").glob("dovecot*"):
            each.unlink()

    def start(self) -> None:
        user, group = _ordinary_user()
        (self.home / "dovecot.conf").write_text(
            CONFIG.format(
                home=self.home,
                user=user,
                group=group,
                port=self.port,
                prefix=self.prefix,
                separator=self.separator,
                more=self.more,
            )
        )
        as_user: dict[str, Any] = {"user": user, "group": group, "extra_groups": []} if os.getuid() == 0 else {}
        command = [_program(), "-F", "-c", str(self.home / "dovecot.conf")]
        with (self.home / "errors").open("wb") as errors:
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, **as_user)
        self._until_it_answers()

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(PATIENCE)
            self._process = None

    def _until_it_answers(self) -> None:
        assert self._process is not None
        waiting = threading.Event()
        for _ in range(PATIENCE * 20):
            assert self._process.poll() is None, self._said()
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=trusting_context(), timeout=5).logout()
                return
            waiting.wait(0.05)
        raise AssertionError(self._said())

    def _said(self) -> str:
        return "\n".join(
            file.read_text(errors="replace") for file in (self.home / "errors", self.home / "log") if file.exists()
        )

    def _own(self, path: Path) -> None:
        if os.getuid() == 0:
            shutil.chown(path, *_ordinary_user())


@contextmanager
def dovecot(*, prefix: str = "", separator: str = "/", capability: str = "") -> Iterator[Dovecot]:
    """A running server with an empty mailbox; `capability` is all that it says it can."""
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))  # not the test's own directory, which nobody else may enter
    more = f"imap_capability = {capability}" if capability else ""
    server = Dovecot(home, _free_port(), prefix, separator, more)
    try:
        shutil.copyfile(CERTIFICATE, home / "certificate.pem")
        (home / "users").write_text("".join(f"{user}:{{PLAIN}}{word}\n" for user, word in USERS.items()))
        for each in ("cur", "new", "tmp"):
            (home / "mail" / each).mkdir(parents=True)
        for path in [home, *home.rglob("*")]:
            server._own(path)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


class Cutting:
    """A network between client and server that breaks: it passes on, until it has passed so much of what the server says."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.most: int | None = None
        """How many octets of the server's are passed on over one connection; None: all."""
        self.stalls = threading.Event()
        """Set: from now on nothing is passed on, and nobody hangs up."""
        self.stalled = threading.Event()
        """Set when something was held back."""
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "Cutting":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                server = socket.create_connection(("127.0.0.1", self.to_port))
                for start, end, most in ((client, server, None), (server, client, self.most)):
                    threading.Thread(target=self._pass_on, args=(start, end, most), daemon=True).start()

    def _pass_on(self, start: socket.socket, end: socket.socket, most: int | None) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while (piece := start.recv(4096)) and (most is None or passed + len(piece) <= most):
                if self.stalls.is_set():
                    self.stalled.set()
                    continue
                end.sendall(piece)
                passed += len(piece)
        for each in (start, end):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def _flags(name: Path) -> str:
    return name.name.partition(":2")[2]


def _program() -> str:
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise DovecotMissing
    return found


def _ordinary_user() -> tuple[str, str]:
    """Dovecot gives no mail to root, so a test that root runs lets somebody else serve it."""
    user = "nobody" if os.getuid() == 0 else getpass.getuser()
    return user, grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
