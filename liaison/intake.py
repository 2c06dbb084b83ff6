"""The door of all mail that comes by itself: each mail in a transaction of its own, whichever way it came (worker, LMTP).

A mail that makes us fail stays where it is and is tried again, with growing pauses; after some tries it is kept unread, for a person
to look at. It never holds up those behind it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from liaison.db import Database, is_passing
from liaison.mail.headings import Heading, read_heading
from liaison.mail.inbox import digest_of
from liaison.mail.sources import polling, state
from liaison.mail.sources.places import HELD, PROCESSED, Folder, Inbox, InboxProblem, MailProblem, Source, Waiting
from liaison.postroom import queries
from liaison.postroom.models import HELD as HELD_VERDICT
from liaison.postroom.reading import ReadMail, read_mail, unread_mail
from liaison.postroom.sorting import receive

log = structlog.get_logger(__name__)
RENEW_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes mails in that come through one door; `anyway`: also those whose pause is not over."""

    database: Database
    door: str
    anyway: bool = False

    async def known(self, mails: Sequence[Waiting]) -> Mapping[str, Folder | None]:
        """Where those go that were taken in before (we were killed before they were moved); those that pause stay."""
        async with self.database.reading() as db:
            verdicts = await queries.verdicts(db, [mail.key for mail in mails])
            pausing = set() if self.anyway else await state.pausing(db, mails)
        return dict.fromkeys(pausing) | {key: _folder(verdict) for key, verdict in verdicts.items()}

    async def take(self, mail: Waiting, raw: bytes) -> Folder | None:
        """Take it in and commit; None: it stays. Raises InboxProblem (database)."""
        try:
            read = await asyncio.to_thread(read_mail, raw, size=mail.size)
            return await self._received(mail, read)
        except Exception as error:
            return await self._failed(mail, raw, error)

    async def not_fetched(self, mail: Waiting, why: MailProblem) -> Folder | None:
        """The mailbox does not give it out; after some tries that much is kept of it."""
        return await self._failed(mail, b"", why)

    async def _received(self, mail: Waiting, read: ReadMail) -> Folder:
        async with self.database.writing() as db:
            row = await receive(
                db,
                read,
                door=self.door,
                source_key=mail.key if self.door != "lmtp" else None,
                received_at=self._received_at(mail),
            )
            await state.forget_failures(db, mail)
            verdict = row.verdict
        return _folder(verdict)

    def _received_at(self, mail: Waiting) -> datetime | None:
        """When it lay in the mailbox, which may have been while no worker ran; with `--as-of` everything happens at that instant."""
        if mail.arrived_at is None or self.database.clock.as_of is not None:
            return None
        return min(mail.arrived_at, self.database.clock.now())

    async def _failed(self, mail: Waiting, raw: bytes, error: Exception) -> Folder | None:
        if _is_away(error):
            log.warning("mail_waits", key=mail.key, why=str(error)[:200])
            raise InboxProblem("database", type(error).__name__) from error
        log.error("mail_not_taken", key=mail.key, exc_info=error)
        try:
            async with self.database.writing() as db:
                tries = await state.count_failure(db, mail)
            return await self._kept_unread(mail, raw) if tries > len(state.MAIL_PAUSES) else None
        except (DBAPIError, PoolTimeout) as problem:
            raise InboxProblem("database", type(problem).__name__) from problem

    async def _kept_unread(self, mail: Waiting, raw: bytes) -> Folder:
        """With its head, or without it where the head is what cannot be kept."""
        try:
            return await self._received(mail, unread_mail(raw, key=mail.key, size=mail.size, heading=read_heading(raw)))
        except Exception as error:
            if _is_away(error):
                raise
            return await self._received(mail, unread_mail(raw, key=mail.key, size=mail.size, heading=Heading()))


async def poll(
    database: Database,
    inbox: Inbox,
    *,
    stop: asyncio.Event,
    anyway: bool = False,
    source_for: Callable[[Inbox], Source] = polling.source_for,
) -> int:
    """Read this mailbox to its end if that is due and no other worker does; how many mails were taken in. What goes wrong is noted for
    the operator, logged when it begins and when it ends, and tried again after a growing pause."""
    async with database.reading() as db:
        due = anyway or await state.is_due(db, inbox)
    if not due:
        return 0
    async with database.writing() as db:
        if not await state.claim(db, inbox, anyway=anyway):
            return 0
        before = (await state.states(db, [inbox]))[0]
    renewed = asyncio.get_running_loop().time()

    async def keep() -> None:
        nonlocal renewed
        if (now := asyncio.get_running_loop().time()) - renewed > RENEW_SECONDS:
            renewed = now
            async with database.writing() as db:
                await state.renew(db, inbox)

    try:
        # After a connection that broke off mail by mail: a mail that breaks it then keeps back none of those before it.
        in_hand = 1 if before.problem == "broken_off" else polling.MOST_IN_HAND
        taken = await polling.drain(
            source_for(inbox), Intake(database, inbox.kind, anyway), stop=stop, keep=keep, in_hand=in_hand
        )
    except Exception as error:
        problem = error if isinstance(error, InboxProblem) else InboxProblem("unexpected", type(error).__name__)
        if problem is not error:
            log.error("inbox_failed", inbox=inbox.label, exc_info=error)
        elif before.problem != problem.code:
            log.warning("inbox_not_read", inbox=inbox.label, problem=problem.code, words=problem.words)
        async with database.writing() as db:
            await state.was_not_read(db, inbox, problem)
        return 0
    if before.problem is not None:
        log.info("inbox_read_again", inbox=inbox.label)
    async with database.writing() as db:
        await state.was_read(db, inbox)
    return taken


async def deliver(database: Database, raw: bytes) -> bool:
    """Take in one mail that a mail server hands over; False: it may bring it again later."""
    mail = Waiting(key=f"lmtp:{digest_of(raw)}", place=0, size=len(raw))
    try:
        return await Intake(database, "lmtp").take(mail, raw) is not None
    except InboxProblem:
        return False


def _folder(verdict: str) -> Folder:
    return HELD if verdict == HELD_VERDICT else PROCESSED


def _is_away(error: Exception) -> bool:
    return isinstance(error, PoolTimeout) or (isinstance(error, DBAPIError) and is_passing(error))
