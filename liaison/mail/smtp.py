"""SMTP: one recipient a transaction, the final dot only while the claim stands, and every end of it an Outcome."""

import asyncio
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

from aiosmtplib import SMTP

from liaison.addresses import bad_address, wire_address
from liaison.config import Settings
from liaison.mail.classify import SENT, STOPPED, Kind, Outcome, Phase, classify
from liaison.mail.connections import FAILURES, Connections, Step, Waits
from liaison.mail.transport import MaildirTransport, Transport, always


def transport_for(settings: Settings) -> Transport:
    """The site's way out: its SMTP server, or the Maildir in DATA_DIR."""
    if not settings.smtp_url:
        return MaildirTransport(settings.mail_dir)
    return server_for(settings)


def server_for(settings: Settings) -> "SmtpTransport":
    """The site's SMTP server, greeted by the same name whoever asks: some servers refuse one and take another."""
    return SmtpTransport(settings.smtp_url, hello=urlsplit(settings.base_url).hostname or "")


class SmtpTransport:
    """Sends through the one server of `url` on up to `connections` kept connections."""

    def __init__(
        self,
        url: str,
        *,
        hello: str = "",
        tls_context: ssl.SSLContext | None = None,
        connections: int = 4,
        waits: Waits = Waits(),
    ) -> None:
        self.lanes = connections
        self.waits = waits
        self._connections = Connections(url, hello=hello, tls_context=tls_context, most=connections, waits=waits)

    async def send(self, data: bytes, mail_from: str, rcpt: str, *, may_finish: Callable[[], bool] = always) -> Outcome:
        """One transaction for one recipient, on a kept connection if there is one."""
        if problem := bad_address(mail_from) or bad_address(rcpt):
            return Outcome(Kind.PERMANENT, None, problem)
        mail = _Mail(data, wire_address(mail_from), wire_address(rcpt), may_finish, self.waits.reply)
        try:
            async with asyncio.timeout(self.waits.mail):
                client, used = await self._connections.take(mail.step)
                outcome = await self._on(client, mail, used=used)
                if outcome is None:
                    outcome = await self._on(await self._connections.fresh(mail.step), mail, used=False)
                return outcome or STOPPED
        except FAILURES as error:
            return classify(mail.step.phase, error)

    async def probe(self) -> Outcome:
        """Connect, greet and sign in, with no mail: SENT where the server would take one now (`liaison check`)."""
        step = Step()
        try:
            async with asyncio.timeout(self.waits.mail):
                client, _ = await self._connections.take(step)
                await self._connections.rest(client)
                return SENT
        except FAILURES as error:
            return classify(step.phase, error)

    async def close(self) -> None:
        """Let go of the kept connections."""
        await self._connections.close()

    async def _on(self, client: SMTP, mail: "_Mail", *, used: bool) -> Outcome | None:
        """The mail over this connection; None where a kept one turned out to be dead before the mail began."""
        keep = False
        try:
            try:
                outcome = await mail.over(client)
            except (ConnectionError, EOFError):
                if used and mail.step.phase is Phase.MAIL:
                    return None
                raise
            if used and mail.step.phase is Phase.MAIL and outcome.code == 421:
                return None
            keep = await self._usable(client, mail.step.phase, outcome)
            return outcome
        finally:
            if keep and client.is_connected:
                await self._connections.rest(client)
            else:
                await self._connections.drop(client)

    async def _usable(self, client: SMTP, phase: Phase, outcome: Outcome) -> bool:
        if phase is Phase.DOT:
            return outcome.code is not None and outcome.code != 421
        if phase is Phase.BODY:
            return False  # an answer before the dot: nobody knows what the server would make of the rest
        try:
            return (await client.execute_command(b"RSET", timeout=self.waits.reply)).code == 250
        except FAILURES:
            return False


class _Mail:
    """One mail on its way, and how far it got."""

    def __init__(
        self, data: bytes, mail_from: str, rcpt: str, may_finish: Callable[[], bool], reply_seconds: float
    ) -> None:
        self.data = data
        self.mail_from = mail_from
        self.rcpt = rcpt
        self.may_finish = may_finish
        self.reply_seconds = reply_seconds
        self.step = Step()

    async def over(self, client: SMTP) -> Outcome:
        """MAIL, RCPT, DATA, text and dot; the first answer that does not let it go on is the outcome."""
        for phase, verb, argument, expected in (
            (Phase.MAIL, b"MAIL", f"FROM:<{self.mail_from}>".encode("ascii"), range(200, 300)),
            (Phase.RCPT, b"RCPT", f"TO:<{self.rcpt}>".encode("ascii"), range(200, 300)),
            (Phase.DATA, b"DATA", b"", range(354, 355)),
        ):
            self.step.phase = phase
            command = (verb, argument) if argument else (verb,)
            answer = await client.execute_command(*command, timeout=self.reply_seconds)
            if answer.code not in expected:
                return classify(phase, answer.code, answer.message)
        return await self._content(client)

    async def _content(self, client: SMTP) -> Outcome:
        """The text, and the dot only when all of it has left and the claim still stands; an answer may come before the dot."""
        self.step.phase = Phase.BODY
        protocol, transport = client.protocol, client.transport
        if protocol is None or not isinstance(transport, asyncio.WriteTransport):
            raise ConnectionResetError
        reply = asyncio.ensure_future(protocol.read_response())
        try:
            await asyncio.sleep(0)  # the reader stands ready before the server can have anything to say
            protocol.write(_stuffed(self.data))
            # asyncio tells nobody when a transport's buffer has emptied.
            while transport.get_write_buffer_size() and not reply.done():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            if reply.done():
                early = reply.result()
                return classify(Phase.BODY, early.code, early.message)
            if not self.may_finish():
                return STOPPED
            self.step.phase = Phase.DOT
            protocol.write(b".\r\n")
            answer = await reply
            return classify(Phase.DOT, answer.code, answer.message)
        finally:
            if not reply.cancel() and not reply.cancelled():
                reply.exception()  # seen, so that asyncio does not report it as lost


def _stuffed(data: bytes) -> bytes:
    """The text with leading dots doubled and a line end at its end; the final dot not included."""
    if data.startswith(b"."):
        data = b"." + data
    data = data.replace(b"\r\n.", b"\r\n..")
    return data if data.endswith(b"\r\n") else data + b"\r\n"
