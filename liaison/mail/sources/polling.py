"""Reading a mailbox from end to end: fetch some mails, hand over each for itself, and only after that move them. The mailbox has a thread
of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, Protocol, TypeVar

import structlog

from liaison.mail.sources.maildir import MaildirSource
from liaison.mail.sources.places import HELD, PROCESSED, Folder, Inbox, InboxProblem, MailProblem, Source, Waiting

log = structlog.get_logger(__name__)
T = TypeVar("T")
AT_ONCE: Final = 100
"""So many mails are looked at together: whether they are known, and how big they are."""
MOST_IN_HAND: Final = 50
MOST_OCTETS_IN_HAND: Final = 500_000
"""So many mails are fetched with one question and moved with one order, unless they are larger together; a larger one comes alone."""
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


async def drain(
    source: Source,
    intake: Intake,
    *,
    stop: asyncio.Event,
    keep: Callable[[], Awaitable[None]],
    in_hand: int = MOST_IN_HAND,
) -> int:
    """Take in everything that waits in the mailbox; how many. `keep` is called between the mails, of which `in_hand` are fetched and
    moved at once.

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
            problem = await _filed(steps, known, mails) or problem
            for some in _divided([mail for mail in mails if mail.key not in known], in_hand):
                found: dict[str, Folder | None] = {}
                raws = await _fetched(steps, some)
                while raws and not stop.is_set():
                    await keep()
                    mail, raw = raws.pop(0)
                    found[mail.key] = await (
                        intake.take(mail, raw) if isinstance(raw, bytes) else intake.not_fetched(mail, raw)
                    )
                taken += sum(folder is not None for folder in found.values())
                problem = await _filed(steps, found, some) or problem
                if stop.is_set():
                    return taken
    finally:
        await steps.end()
    if problem is not None:
        raise problem
    return taken


def _divided(mails: Sequence[Waiting], in_hand: int) -> Iterator[list[Waiting]]:
    """As many at a time as may be in hand."""
    some: list[Waiting] = []
    for mail in mails:
        if some and (len(some) == in_hand or sum(each.size for each in some) + mail.size > MOST_OCTETS_IN_HAND):
            yield some
            some = []
        some.append(mail)
    if some:
        yield some


async def _fetched(steps: "Steps", mails: Sequence[Waiting]) -> list[tuple[Waiting, bytes | MailProblem]]:
    """Their bytes, without those that are gone; one that the mailbox does not give out keeps back no other."""
    try:
        found = await steps.do(steps.source.fetch, mails)
    except MailProblem as problem:
        if len(mails) == 1:
            return [(mails[0], problem)]
        return [one for mail in mails for one in await _fetched(steps, [mail])]
    return [(mail, found[mail.key]) for mail in mails if mail.key in found]


async def _filed(steps: "Steps", folders: Mapping[str, Folder | None], mails: Sequence[Waiting]) -> InboxProblem | None:
    """Each into its folder. The problem of moving them, where other mails can be read all the same."""
    problem: InboxProblem | None = None
    for folder in (PROCESSED, HELD):
        if some := [mail for mail in mails if folders.get(mail.key) == folder]:
            problem = await _moved(steps, some, folder) or problem
    return problem


async def _moved(steps: "Steps", mails: Sequence[Waiting], folder: Folder) -> InboxProblem | None:
    try:
        await steps.do(steps.source.file_away, mails, folder)
    except MailProblem as refusal:
        if len(mails) == 1:
            log.warning("mail_not_moved", key=mails[0].key, why=str(refusal))
            return InboxProblem("refused", str(refusal))
        problems = [await _moved(steps, [mail], folder) for mail in mails]
        return next((problem for problem in problems if problem is not None), None)
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
