"""A real SMTP server on the loopback that misbehaves on demand: it can refuse, drop, hang, drip or babble at every phase.

    async with SmtpServer() as server:
        server.on("rcpt", answer("450 4.2.0 later"), rcpt="a@b.example", times=1)
        server.on("dot", then_drop)

An action runs in place of the normal answer. Phases, in order: connect, ehlo, starttls, auth, mail, rcpt, data (after the command),
body (after 354, before the text is read), dot (the whole mail is stored), and noop, rset, quit."""

import asyncio
import ssl
from base64 import b64decode
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType

CERTIFICATE = Path(__file__).parent / "mail" / "localhost.pem"
"""Self-signed for localhost and 127.0.0.1; of use to nobody but these tests."""


class Dropped(Exception):
    """The server closes this connection."""


@dataclass(slots=True)
class Conversation:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    encrypted: bool = False
    mail_from: str = ""
    rcpt: str = ""
    line: str = ""
    """The command in hand."""

    async def say(self, line: str | bytes) -> None:
        self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        await self.writer.drain()

    async def hear(self) -> str:
        line = await self.reader.readline()
        if not line:
            raise Dropped
        return line.decode().rstrip("\r\n")


Action = Callable[[Conversation], Awaitable[None]]


def answer(line: str | bytes) -> Action:
    """Say this instead."""

    async def act(conversation: Conversation) -> None:
        await conversation.say(line)

    return act


async def then_drop(conversation: Conversation) -> None:
    raise Dropped


async def hang(conversation: Conversation) -> None:
    """Say nothing until the other side has gone."""
    while await conversation.reader.read(65536):
        pass
    raise Dropped


def babble(piece: bytes, pause: float = 0.0) -> Action:
    """Send this piece over and over until the other side has had enough."""

    async def act(conversation: Conversation) -> None:
        while True:
            conversation.writer.write(piece)
            await conversation.writer.drain()
            await asyncio.sleep(pause)

    return act


@dataclass(slots=True)
class Rule:
    phase: str
    action: Action
    rcpt: str | None
    times: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """One mail as the server took it."""

    mail_from: str
    rcpt: str
    data: bytes
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.data, policy=policy.default)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class SmtpServer:
    """`host` may be 0.0.0.0, which a client reaches under a name that is not the loopback's."""

    host: str = "127.0.0.1"
    port: int = 0
    tls: bool = False
    """Offer STARTTLS."""
    implicit_tls: bool = False
    login: tuple[str, str] | None = None
    most_connections: int = 100
    stored: list[Stored] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    signed_in: list[bool] = field(default_factory=list)
    """For each AUTH, whether the connection was encrypted."""
    rules: list[Rule] = field(default_factory=list)
    connections: int = 0
    most_seen: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def on(self, phase: str, action: Action, *, rcpt: str | None = None, times: int | None = None) -> None:
        """Do this in `phase`; only for one recipient, or only so many times."""
        self.rules.append(Rule(phase, action, rcpt, times))

    def behave(self) -> None:
        """Forget all rules."""
        self.rules.clear()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def __aenter__(self) -> "SmtpServer":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        context = server_context() if self.implicit_tls else None
        self._server = await asyncio.start_server(self._serve, self.host, self.port, ssl=context, limit=2**24)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until something is true of this server."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(condition)

    async def until_reached(self, phase: str, times: int = 1) -> None:
        await self.until(lambda: self.reached[phase] >= times)

    async def until_stored(self, count: int) -> None:
        await self.until(lambda: len(self.stored) >= count)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.most_seen = max(self.most_seen, self.connections)
        conversation = Conversation(reader, writer, encrypted=self.implicit_tls)
        try:
            await self._converse(conversation)
        except (Dropped, ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            self.connections -= 1
            self._tasks.discard(task)
            if not writer.transport.is_closing():
                writer.transport.abort()

    async def _converse(self, talk: Conversation) -> None:
        if self.connections > self.most_connections:
            await talk.say("421 4.7.0 too many connections")
            return
        await self._phase("connect", talk, "220 loopback")
        while True:
            line = talk.line = await talk.hear()
            verb = line.split(" ")[0].lower()
            match verb:
                case "ehlo":
                    await self._phase("ehlo", talk, self._offers(talk))
                case "helo":
                    await self._phase("helo", talk, "250 loopback")
                case "starttls":
                    await self._phase("starttls", talk, "220 go ahead", self._encrypt)
                case "auth":
                    await self._phase("auth", talk, "", self._sign_in)
                case "mail":
                    talk.mail_from = line[line.index("<") + 1 : line.index(">")]
                    await self._phase("mail", talk, "250 2.1.0 ok")
                case "rcpt":
                    talk.rcpt = line[line.index("<") + 1 : line.index(">")]
                    await self._phase("rcpt", talk, "250 2.1.5 ok")
                case "data":
                    await self._phase("data", talk, "354 go ahead", self._receive)
                case "quit":
                    await self._phase("quit", talk, "221 bye")
                    return
                case _:
                    await self._phase(verb, talk, "250 2.0.0 ok")

    async def _phase(self, name: str, talk: Conversation, normal: str, follow: Action | None = None) -> None:
        await self._note(name)
        rule = self._rule(name, talk)
        if rule is not None:
            await rule.action(talk)
            return
        if normal:
            await talk.say(normal)
        if follow is not None:
            await follow(talk)

    async def _note(self, name: str) -> None:
        async with self._changed:
            self.reached[name] += 1
            self._changed.notify_all()

    def _rule(self, name: str, talk: Conversation) -> Rule | None:
        for rule in self.rules:
            if rule.phase == name and rule.rcpt in (None, talk.rcpt) and rule.times != 0:
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def _offers(self, talk: Conversation) -> str:
        lines = ["loopback", "8BITMIME"]
        if self.tls and not talk.encrypted:
            lines.append("STARTTLS")
        if self.login is not None:
            lines.append("AUTH PLAIN LOGIN")
        return "\r\n".join(f"250{'-' if line is not lines[-1] else ' '}{line}" for line in lines)

    async def _encrypt(self, talk: Conversation) -> None:
        await talk.writer.start_tls(server_context())
        talk.encrypted = True

    async def _sign_in(self, talk: Conversation) -> None:
        self.signed_in.append(talk.encrypted)
        given = (
            tuple(b64decode(talk.line.split(" ")[2]).decode().split("\0")[1:])
            if talk.line.upper().startswith("AUTH PLAIN")
            else None
        )
        await talk.say("235 2.7.0 welcome" if given == self.login else "535 5.7.8 wrong password")

    async def _receive(self, talk: Conversation) -> None:
        await self._note("body")
        rule = self._rule("body", talk)
        if rule is not None:
            await rule.action(talk)
        data = await talk.reader.readuntil(b"\r\n.\r\n")
        text = data[:-3].replace(b"\r\n..", b"\r\n.")
        async with self._changed:
            self.stored.append(Stored(talk.mail_from, talk.rcpt, text, talk.encrypted))
            self._changed.notify_all()
        await self._phase("dot", talk, "250 2.0.0 stored")


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def trusting_context() -> ssl.SSLContext:
    """What a client needs to trust this server's certificate."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))
