"""What `liaison check` says of mail that comes in: each mailbox is opened and looked at, and `--mail` sends one to ourselves."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from sqlalchemy import func, select

from liaison.addresses import name_and_address
from liaison.config import Settings
from liaison.db import Database
from liaison.errors import Message
from liaison.i18n import N_
from liaison.mail import echo, reasons
from liaison.mail.choices import inbox_choices
from liaison.mail.classify import Kind, Outcome
from liaison.mail.parts import MOST_BYTES
from liaison.mail.smtp import server_for
from liaison.mail.sources.places import PROBLEMS, Facts, Inbox, InboxProblem, MailProblem, Source, Waiting, inboxes
from liaison.mail.sources.polling import Steps, source_for
from liaison.mail.transport import Transport
from liaison.postroom.models import IncomingMail

WAIT_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 2.0
_DOOR_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: good, worth a note, or bad, and what to do."""

    what: Message
    state: Literal["good", "note", "bad"]
    said: Message


def finding(what: Message | str, state: Literal["good", "note", "bad"], msgid: str, **params: Any) -> Finding:
    return Finding(what if isinstance(what, Message) else Message(what), state, Message(msgid, params))


async def ways_in(settings: Settings, *, source_for: Callable[[Inbox], Source] = source_for) -> list[Finding]:
    """Every way by which mail comes in, looked at without changing anything."""
    boxes = inboxes(settings.inbox_url)
    found = list(await asyncio.gather(*(_mailbox(inbox, source_for(inbox)) for inbox in boxes)))
    if settings.lmtp_listen:
        found.append(await _door(settings.lmtp_listen))
    if not found:
        found.append(finding(N_("Answers by mail"), "note", N_("No mailbox is set, so answers by mail do not arrive; links in mails work all the same. Set LIAISON_INBOX_URL or LIAISON_LMTP_LISTEN.")))  # fmt: skip
    return found


async def _mailbox(inbox: Inbox, source: Source) -> Finding:
    what = Message(N_("Mailbox %(name)s"), {"name": inbox.label})
    steps = Steps(source, asyncio.Event())
    try:
        await steps.do(source.open)
        facts: Facts = await steps.do(source.facts)
    except InboxProblem as problem:
        return finding(what, "bad", N_("%(reason)s %(words)s"), reason=Message(PROBLEMS[problem.code]), words=problem.words)  # fmt: skip
    finally:
        await steps.end()
    folders = Message(N_("the folders Processed and Held are there") if facts.has_folders else N_("the folders Processed and Held are made when they are needed"))  # fmt: skip
    moving = Message(N_("mails are moved in one step") if facts.moves else N_("the server cannot move, so mails are copied and then removed"))  # fmt: skip
    return finding(what, "good", N_("It can be read; waiting: %(waiting)s; %(folders)s; %(moving)s."), waiting=facts.waiting, folders=folders, moving=moving)  # fmt: skip


async def _door(address: str) -> Finding:
    what = Message(N_("Mail by LMTP at %(address)s"), {"address": address})
    parts = urlsplit(f"//{address}")
    try:
        async with asyncio.timeout(_DOOR_SECONDS):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            greeting = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        greeting = b""
    if b"liaison" in greeting:
        return finding(what, "good", N_("A worker takes mail there."))
    return finding(what, "note", N_("Nobody takes mail there at the moment. A worker does: start liaison serve, or liaison work."))  # fmt: skip


async def send_to_ourselves(
    database: Database,
    *,
    own_server: str = "",
    transport: Transport | None = None,
    source_for: Callable[[Inbox], Source] = source_for,
    patience: float = WAIT_SECONDS,
) -> list[Finding]:
    """Send a mail to our own address and one to a sub-address of it, wait for both, and say what their return tells."""
    settings = database.settings
    what = N_("Mail to ourselves")
    if not settings.smtp_url or not (settings.inbox_url or settings.lmtp_listen):
        return [finding(what, "note", N_("It needs both ways: LIAISON_SMTP_URL, and LIAISON_INBOX_URL or LIAISON_LMTP_LISTEN."))]  # fmt: skip
    async with database.reading() as db:
        believed = (await inbox_choices(db)).own_server
        newest = await db.scalar(select(func.max(IncomingMail.id))) or 0
    mark = secrets.token_hex(12)
    names = _likely_names(settings, believed, own_server.lower())
    watch = _Watch(
        database, newest, [Steps(source_for(inbox), asyncio.Event()) for inbox in inboxes(settings.inbox_url)]
    )
    way = transport or server_for(settings)
    try:
        await watch.begin()
        sent = await _sent(way, settings, mark, names)
        if sent[0].kind is not Kind.SENT:
            reason = Message(reasons.REASONS.get(sent[0].reason or "", sent[0].reason or ""))
            return [finding(what, "bad", N_("It could not be sent: %(reason)s %(reply)s"), reason=reason, reply=sent[0].reply[:200])]  # fmt: skip
        on_their_way = sum(each.kind is Kind.SENT for each in sent)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while len(watch.came(mark)) < on_their_way:
                    await watch.look()
                    await asyncio.sleep(LOOK_SECONDS if len(watch.came(mark)) < on_their_way else 0)
    finally:
        await watch.end()
        await way.close()
    came = watch.came(mark)
    told = echo.judge(
        mark=mark,
        forged_names=names,
        own_server=believed,
        plain=came.get(f"{mark}.plain@"),
        with_tag=came.get(f"{mark}.tagged@"),
    )
    return [finding(what, each.state, each.msgid, **each.params) for each in told]


async def _sent(way: Transport, settings: Settings, mark: str, names: Sequence[str]) -> list[Outcome]:
    """How sending ended, to the plain address and to the sub-address."""
    address = name_and_address(settings.mail_from)[1]
    outcomes = []
    for to in (address, echo.tagged(address, "check")):
        raw = echo.letter(mail_from=settings.mail_from, to=to, mark=mark, forged_names=names, at=datetime.now(UTC))
        outcomes.append(await way.send(raw, address, to))
    return outcomes


def _likely_names(settings: Settings, *named: str) -> list[str]:
    """The names under which the site's mail server may sign its Authentication-Results."""
    domain = name_and_address(settings.mail_from)[1].rpartition("@")[2].lower()
    hosts = (urlsplit(settings.smtp_url).hostname or "", *(inbox.host for inbox in inboxes(settings.inbox_url)))
    return [name for name in dict.fromkeys((*named, domain, *hosts)) if name]


class _Watch:
    """Looks for mails that come from now on: in the mailboxes, and among those that a worker has taken in meanwhile."""

    def __init__(self, database: Database, newest: int, mailboxes: list[Steps]) -> None:
        self.database, self.newest, self.mailboxes = database, newest, mailboxes
        self.seen: dict[Steps, set[int | str]] = {}
        self.taken: set[int] = set()
        self.raws: list[bytes] = []

    async def begin(self) -> None:
        for steps in self.mailboxes:
            with suppress(InboxProblem):  # which the look at this mailbox has told already
                await steps.do(steps.source.open)
                self.seen[steps] = set(await steps.do(steps.source.listing))

    async def look(self) -> None:
        # by what was seen, not by the highest number: of two mails taken in at once the later number may be there first
        new = select(IncomingMail.id, IncomingMail.raw).where(
            IncomingMail.id > self.newest, IncomingMail.id.not_in(self.taken), IncomingMail.raw.is_not(None)
        )
        async with self.database.reading() as db:
            for number, raw in await db.execute(new):
                self.taken.add(number)
                self.raws += [raw] if raw else []
        for steps, seen in list(self.seen.items()):
            try:
                await self._look_into(steps, seen)
            except InboxProblem:
                del self.seen[steps]

    async def _look_into(self, steps: Steps, seen: set[int | str]) -> None:
        new = [place for place in await steps.do(steps.source.listing) if place not in seen]
        seen.update(new)
        mails: list[Waiting] = await steps.do(steps.source.look, new) if new else []
        for mail in mails:
            if mail.size <= MOST_BYTES:
                with suppress(MailProblem):
                    raw = (await steps.do(steps.source.fetch, [mail])).get(mail.key)
                    self.raws += [raw] if raw else []

    def came(self, mark: str) -> dict[str, bytes]:
        """Those of ours that came, by the beginning of their Message-ID."""
        wanted = (f"{mark}.plain@", f"{mark}.tagged@")
        return {each: raw for each in wanted for raw in self.raws if f"<{each}".encode() in raw}

    async def end(self) -> None:
        for steps in self.mailboxes:
            await steps.end()
