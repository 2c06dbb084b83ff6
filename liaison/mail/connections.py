"""Kept connections to the one mail server: greeting, encryption as the URL asks for it, sign-in, and how many at a time.

`smtps://` is encrypted from the first byte; `smtp+starttls://` insists on the upgrade, so a stripped STARTTLS stops all mail; plain
`smtp://` upgrades when that is offered. Certificates are checked except with plain `smtp://` to this very machine, where clear text is
allowed too. A password never crosses the net in clear."""

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPHeloError

from liaison.mail.classify import Phase

FAILURES = (SMTPException, OSError, TimeoutError, ValueError)
"""Everything that talking to a server may raise."""

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


@dataclass(slots=True)
class Step:
    """How far the mail in hand got; whoever catches its failure classifies by this."""

    phase: Phase = Phase.CONNECT


@dataclass(frozen=True, slots=True)
class Waits:
    """The bounds of every wait, in seconds: for a connection to be ready, for one answer, for one mail from beginning to end, and after
    how long a kept connection is asked whether it still lives."""

    connect: float = 30
    reply: float = 60
    mail: float = 300
    rest: float = 10


class Connections:
    """Up to `most` connections to the server of `url`, signed in and kept; made and used inside one event loop."""

    def __init__(self, url: str, *, hello: str, tls_context: ssl.SSLContext | None, most: int, waits: Waits) -> None:
        parts = urlsplit(url)
        self.scheme = parts.scheme
        self.host = parts.hostname or "localhost"
        self.port = parts.port or _PORTS[parts.scheme]
        self.username = unquote(parts.username or "")
        self.password = unquote(parts.password or "")
        self.loopback = _is_loopback(self.host)
        self.hello = _hello_name(hello)
        self.most = most
        self.waits = waits
        self._tls_context = tls_context
        self._limit = most
        self._open = 0  # living ones and those being made
        self._ready = 0  # living ones
        self._resting: list[tuple[SMTP, float]] = []
        self._failure: tuple[Phase, Exception] | None = None
        self._changed = asyncio.Condition()

    async def take(self, step: Step) -> tuple[SMTP, bool]:
        """A connection that is ready for a mail, and whether it was used before.

        The first one is made alone and the others share its failure. A server that takes fewer than we would like still gets all mail,
        over those that it takes."""
        while True:
            async with self._changed:
                seen = self._failure
                while not self._has_room() and self._failure is seen:
                    await self._changed.wait()
                if self._failure is not None and self._failure is not seen:
                    step.phase, error = self._failure
                    raise error
                client, since = self._resting.pop() if self._resting else (None, 0.0)
                if client is None:
                    self._open += 1
            if client is not None:
                if await self._lives(client, since):
                    return client, True
                await self.drop(client)
                continue
            try:
                return await self._made(step), False
            except FAILURES as error:
                if not self._ready:
                    await self._share(step.phase, error)
                    raise
                self._limit = self._ready

    async def fresh(self, step: Step) -> SMTP:
        """A new connection in place of a kept one that turned out to be dead."""
        self._open += 1
        return await self._made(step)

    async def rest(self, client: SMTP) -> None:
        """Keep a connection for the next mail."""
        async with self._changed:
            self._resting.append((client, asyncio.get_running_loop().time()))
            self._changed.notify()

    async def drop(self, client: SMTP) -> None:
        """Close a connection that is of no more use."""
        client.close()
        self._ready -= 1
        await self._gone()

    async def close(self) -> None:
        """Say QUIT on every resting connection."""
        while self._resting:
            client, _ = self._resting.pop()
            with contextlib.suppress(*FAILURES):
                await client.quit(timeout=1)
            await self.drop(client)

    def _has_room(self) -> bool:
        return bool(self._resting) or self._open < (self._limit if self._ready else 1)

    async def _share(self, phase: Phase, error: Exception) -> None:
        async with self._changed:
            self._failure = phase, error
            self._changed.notify_all()

    async def _gone(self) -> None:
        async with self._changed:
            self._open -= 1
            if not self._open:
                self._limit = self.most
            self._changed.notify_all()

    async def _lives(self, client: SMTP, since: float) -> bool:
        if not client.is_connected:
            return False
        if asyncio.get_running_loop().time() - since < self.waits.rest:
            return True
        try:
            return (await client.noop(timeout=min(5, self.waits.reply))).code == 250
        except FAILURES:
            return False

    async def _made(self, step: Step) -> SMTP:
        step.phase = Phase.CONNECT
        try:
            async with asyncio.timeout(self.waits.connect):
                client = await self._signed_in(step)
        except BaseException:
            await self._gone()
            raise
        self._ready += 1
        async with self._changed:
            self._changed.notify_all()
        return client

    async def _signed_in(self, step: Step) -> SMTP:
        client = await self._greeted(step, encrypt=True) or await self._greeted(step, encrypt=False)
        if client is None:
            raise ConnectionResetError
        if self.username:
            try:
                step.phase = Phase.TLS
                if client.get_transport_info("sslcontext") is None and not self.loopback:
                    raise SMTPException("no encryption offered, and a password is never sent in clear")
                step.phase = Phase.SIGN_IN
                await client.login(self.username, self.password)
            except BaseException:
                client.close()
                raise
        return client

    async def _greeted(self, step: Step, *, encrypt: bool) -> SMTP | None:
        """A connection after EHLO, encrypted if it is to be; None where this machine's own server failed at encrypting and may be
        asked again without."""
        step.phase = Phase.CONNECT
        client = SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname=self.hello,
            timeout=self.waits.reply,
            use_tls=self.scheme == "smtps",
            start_tls=False,
            tls_context=await self._context(),
        )
        await client.connect(timeout=self.waits.connect)
        try:
            step.phase = Phase.HELLO
            await self._say_hello(client)
            required = self.scheme == "smtp+starttls"
            if required or (encrypt and self.scheme == "smtp" and client.supports_extension("starttls")):
                step.phase = Phase.TLS
                try:
                    await client.starttls()
                except FAILURES:
                    if required or not self.loopback:
                        raise
                    client.close()
                    return None
                step.phase = Phase.HELLO
                await self._say_hello(client)
        except BaseException:
            client.close()
            raise
        return client

    async def _say_hello(self, client: SMTP) -> None:
        try:
            await client.ehlo()
        except SMTPHeloError as error:
            if error.code == 421 or self.scheme == "smtp+starttls" or self.username:
                raise
            await client.helo()

    async def _context(self) -> ssl.SSLContext:
        if self._tls_context is None:
            if self.scheme == "smtp" and self.loopback:
                self._tls_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                self._tls_context.check_hostname = False
                self._tls_context.verify_mode = ssl.CERT_NONE
            else:
                self._tls_context = await asyncio.to_thread(ssl.create_default_context)
        return self._tls_context


def _hello_name(name: str) -> str:
    """What we call ourselves: a host name, or an address literal; nothing is looked up for it."""
    name = name or socket.gethostname()
    try:
        ip = ipaddress.ip_address(name)
    except ValueError:
        return name if re.fullmatch(r"[A-Za-z0-9.-]+", name) else "localhost"
    return f"[IPv6:{ip}]" if ip.version == 6 else f"[{ip}]"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
