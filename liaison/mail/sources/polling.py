"""Reading a mailbox from end to end: fetch, hand over, and only after that move. Each mail for itself, in a thread of the mailbox's own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, Protocol, TypeVar

import structlog

from liaison.mail.sources.maildir import MaildirSource
from liaison.mail.sources.places import Folder, Inbox, InboxProblem, MailProblem, Source, Waiting

log = structlog.get_logger(__name__)
T = TypeVar("T")
AT_ONCE: Final = 100
"""So many mails are looked at together: whether they are known, and how big they are."""
LAST_WORD: Final = 5.0
"""Seconds that a step in hand has when the worker stops."""
CANNOT_MOVE: Final = {"no_folder", "refused", "not_allowed"}
"""Problems of moving a mail that was taken in: those behind it are taken in all the same."""


class Intake(Protocol):
    """Whoever takes the mails in. A folder says where the mail goes now; None: it stays, and is tried again later."""

    async def known(self, mails: Sequence[Waiting]) -> Mapping[str, Folder | None]:
        """By key, those of which it is known already."""

    async def take(self, mail: Waiting, raw: bytes) -> Folder | None:
        """Take it in, and commit. Raises InboxProblem when nothing can be taken in at all."""

    async def not_fetched(self, mail: Waiting, why: MailProblem) -> Folder | None:
        """The mailbox does not give it out."""


def source_for(inbox: Inbox) -> Source:
    """What reads this mailbox."""
    if inbox.kind == "maildir":
        return MaildirSource(inbox)
    from liaison.mail.sources.imap import ImapSource

    return ImapSource(inbox)


async def drain(source: Source, intake: Intake, *, stop: asyncio.Event, keep: Callable[[], Awaitable[None]]) -> int:
    """Take in everything that waits in the mailbox; how many. `keep` is called between the mails.

    Raises InboxProblem; what was taken in until then is done with."""
    steps = Steps(source, stop)
    taken = 0
    problem: InboxProblem | None = None
    try:
        await steps.do(source.open)
        places = await steps.do(source.listing)
        for start in range(0, len(places), AT_ONCE):
            mails = await steps.do(source.look, places[start : start + AT_ONCE])
            known = await intake.known(mails)
            for mail in mails:
                if stop.is_set():
                    return taken
                await keep()
                folder = known[mail.key] if mail.key in known else await _taken(steps, intake, mail)
                taken += folder is not None and mail.key not in known
                if folder is not None:
                    problem = await _filed(steps, mail, folder) or problem
    finally:
        await steps.end()
    if problem is not None:
        raise problem
    return taken


async def _taken(steps: "Steps", intake: Intake, mail: Waiting) -> Folder | None:
    try:
        raw = await steps.do(steps.source.fetch, mail)
    except MailProblem as problem:
        return await intake.not_fetched(mail, problem)
    return await intake.take(mail, raw) if raw is not None else None


async def _filed(steps: "Steps", mail: Waiting, folder: Folder) -> InboxProblem | None:
    """The problem of moving it, where the mails behind it can be read all the same."""
    try:
        await steps.do(steps.source.file_away, mail, folder)
    except MailProblem as problem:
        log.warning("mail_not_moved", key=mail.key, why=str(problem))
        return InboxProblem("refused", str(problem))
    except InboxProblem as problem:
        if problem.code not in CANNOT_MOVE:
            raise
        return problem
    return None


class Steps:
    """The steps of one mailbox, one after another in one thread, so that a server that hangs holds up nobody else."""

    def __init__(self, source: Source, stop: asyncio.Event, *, last_word: float = LAST_WORD) -> None:
        self.source = source
        self.last_word = last_word
        self._stop = stop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inbox")

    async def do(self, step: Callable[..., T], *args: object) -> T:
        """The step's result; when the worker stops meanwhile, the step is broken off before long."""
        job: asyncio.Future[T] = asyncio.get_running_loop().run_in_executor(self._thread, partial(step, *args))
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((job, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not job.done():
                await asyncio.wait((job,), timeout=self.last_word)
            if not job.done():
                self.source.abort()
            return await job
        except asyncio.CancelledError:
            self.source.abort()
            raise
        finally:
            stopping.cancel()

    async def end(self) -> None:
        """Say goodbye to the server, if it still listens."""
        try:
            await self.do(self.source.close)
        finally:
            self._thread.shutdown(wait=False)
