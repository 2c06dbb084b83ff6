"""The door for a mail server on this machine: it hands each mail over by LMTP (RFC 2033) and hears only after the commit that we have it.

LMTP knows no sign-in: whoever reaches this door may say anything, so it opens on this machine's own addresses alone (config)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from liaison.mail.parts import MOST_BYTES

log = structlog.get_logger(__name__)
logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's: it would write every address into the log

Deliver = Callable[[bytes], Awaitable[bool]]
"""Take one mail in and commit; False: not now."""

MOST_RECIPIENTS: Final = 100
AT_A_TIME: Final = 4
"""Mails whose text is on its way to us at once; the others wait for their turn, so that memory stays bounded."""
AGAIN_SECONDS: Final = 10.0
END: Final = b"\r\n.\r\n"

TAKEN = "250 2.0.0 Taken"
LATER = "451 4.3.0 Not now, please try again later"
TOO_BIG = "552 5.3.4 The mail is larger than this server takes"


async def listen(address: str, deliver: Deliver, stop: asyncio.Event, *, again: float = AGAIN_SECONDS) -> None:
    """Take mail at this address until `stop`. An address that is taken, by another worker on this machine for example, is asked for
    again and again."""
    parts = urlsplit(f"//{address}")
    door = _Door(deliver)
    said = False
    while not stop.is_set():
        try:
            server = await asyncio.get_running_loop().create_server(door.conversation, parts.hostname, parts.port or 0)
        except OSError as problem:
            if not said:
                log.warning("lmtp_address_taken", address=address, why=problem.strerror or str(problem))
            said = True
            await _pause(stop, again)
            continue
        log.info("lmtp_listening", address=address)
        async with server:
            await stop.wait()
            server.close()
            await door.closed()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


class _Door:
    """What all conversations share."""

    def __init__(self, deliver: Deliver) -> None:
        self.deliver = deliver
        self.turns = asyncio.Semaphore(AT_A_TIME)
        self.conversations: set[_Conversation] = set()
        self.in_hand: set[asyncio.Task[bool]] = set()

    def conversation(self) -> "_Conversation":
        return _Conversation(self)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def taken(self, raw: bytes) -> bool:
        """Whether the mail was taken in. A peer that goes away meanwhile undoes nothing: it will bring the mail once more."""
        task = asyncio.ensure_future(self.deliver(raw))
        self.in_hand.add(task)
        task.add_done_callback(self.in_hand.discard)
        return await asyncio.shield(task)

    async def closed(self) -> None:
        """Finish what is in hand, then hang up."""
        if self.in_hand:
            await asyncio.wait(self.in_hand)
        await asyncio.sleep(0)  # those who wait for it say so first
        for conversation in list(self.conversations):
            conversation.hang_up()


class _Conversation(LMTP):
    """One connection. aiosmtpd knows the commands; the text of a mail is read here, in pieces instead of lines, and answered once for
    each recipient."""

    def __init__(self, door: _Door) -> None:
        super().__init__(
            door,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="liaison LMTP",
            loop=asyncio.get_running_loop(),
        )
        self.door = door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.door.conversations.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.door.conversations.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()

    async def smtp_DATA(self, arg: str) -> None:
        envelope = self.envelope
        assert envelope is not None
        if await self.check_helo_needed("LHLO"):
            return
        if arg or not envelope.rcpt_tos:
            await self.push("501 Syntax: DATA" if arg else "503 Error: need RCPT command")
            return
        async with self.door.turns:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            text, in_step = await self._text()
            answer = TOO_BIG if text is None else await self._answer(_envelope_lines(envelope) + text)
        await self.push("\r\n".join([answer] * len(envelope.rcpt_tos)))
        self.envelope = self._create_envelope()
        if not in_step:  # it went on before we had answered, which nobody had offered
            self.hang_up()

    async def _answer(self, raw: bytes) -> str:
        try:
            return TAKEN if await self.door.taken(raw) else LATER
        except Exception as error:
            log.error("lmtp_not_taken", exc_info=error)
            return LATER

    async def _text(self) -> tuple[bytes | None, bool]:
        """The text without its dots, None if it is too big, and whether it ended where the client waited for the answer."""
        data = bytearray(b"\r\n")  # so that a lone dot on the first line is an end like any other
        searched, too_big = 0, False
        while (end := data.find(END, searched)) < 0:
            if len(data) > MOST_BYTES + 2:
                too_big = True
                del data[: 1 - len(END)]
            searched = max(0, len(data) + 1 - len(END))
            piece = await self._reader.read(65536)
            if not piece:
                raise ConnectionResetError
            self._reset_timeout()
            data += piece
        in_step = end + len(END) == len(data)
        if too_big or end > MOST_BYTES:
            return None, in_step
        return bytes(data[: end + 2]).replace(b"\r\n.", b"\r\n")[2:], in_step


def _envelope_lines(envelope: Envelope) -> bytes:
    """What the one who delivers last writes on top (RFC 5321 4.4): who sent it, and for whom, which To need not say."""
    lines = [f"Return-Path: <{str(envelope.mail_from).strip('<>')}>"]
    lines += [f"Delivered-To: {address}" for address in envelope.rcpt_tos]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")
