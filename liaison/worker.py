"""The clockwork: what happens by itself, and how often. Runs inside `liaison serve`, or alone as `liaison work`.

Each tick runs for itself: while one takes long the others go on, and one that fails is logged and comes again."""

import asyncio
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from liaison import intake
from liaison.accounts.forgetting import forget_expired
from liaison.countersigning.queries import files_of_scans
from liaison.db import Database, Session
from liaison.errors import CannotRun
from liaison.feed import texts
from liaison.feed.calendar import to_keep
from liaison.files import scanner, scanning, store
from liaison.files.models import CLEAN, FAILED, INFECTED
from liaison.files.running import run as run_program
from liaison.keeping import making
from liaison.mail import outbox, queue_state
from liaison.mail.calling import CALLS_FOR_MAIL
from liaison.mail.delivery import Composer, deliver_due
from liaison.mail.smtp import transport_for
from liaison.mail.sources.places import Inbox, inboxes
from liaison.mail.transport import Transport
from liaison.mechanisms.calendars import load_calendars
from liaison.meetings.zone_data import follow_zone_data
from liaison.minutes.deeming import deem_due
from liaison.models import FILES
from liaison.postroom import purging
from liaison.proposals.effect import take_effect_due
from liaison.reminders.reminding import remind_due
from liaison.search import building
from liaison.succession.following import apply_due
from liaison.system import backups

log = structlog.get_logger(__name__)


def worker_name() -> str:
    """What this process is called among all that share the database."""
    return f"{socket.gethostname()[:40]}:{secrets.token_hex(4)}"


@dataclass(slots=True)
class Work:
    """What a tick works with. `stop` ends the clockwork after what is in hand; `mail_waits` wakes the delivery at once."""

    database: Database
    transport: Transport
    composers: Mapping[str, Composer]
    name: str = field(default_factory=worker_name)
    once: bool = False
    """One round, which waits for no pause of a mailbox."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    mail_waits: asyncio.Event = field(default_factory=asyncio.Event)
    feed_texts_until: int = 0
    """The announcement up to which the texts of calendar subscriptions are kept."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the table: what it is called, how often it comes, and what it does."""

    name: str
    every: timedelta
    act: Callable[[Work], Awaitable[object]]


def in_transaction(verb: Callable[[Session], Awaitable[object]]) -> Callable[[Work], Awaitable[object]]:
    """A verb as a tick: in a transaction of its own."""

    async def act(work: Work) -> object:
        async with work.database.writing() as db:
            return await verb(db)

    return act


async def deliver(work: Work) -> int:
    """Send until nothing is due; a change saved in this process meanwhile is seen at once."""
    sent = 0
    while not work.stop.is_set():
        work.mail_waits.clear()
        answered = await deliver_due(work.database, work.transport, work.composers, work.name, stop=work.stop)
        if not answered:
            break
        sent += answered
    return sent


async def beat(work: Work) -> None:
    """Say that this worker lives."""
    async with work.database.writing() as db:
        await queue_state.heartbeat(db, work.name)


async def keep_feed_texts(work: Work) -> None:
    """Write the texts of which calendar subscriptions are put together. A worker goes through the whole site once, and then through what
    is new: only another program, other zone data or another address make other texts of what was announced."""
    database = work.database
    async with database.reading() as db:
        newest = await texts.newest(db)
    while work.feed_texts_until < newest and not work.stop.is_set():
        async with database.reading() as db:
            unwritten = await texts.unwritten(db, work.feed_texts_until)
        if unwritten:
            written = await asyncio.to_thread(to_keep, unwritten, base_url=database.settings.base_url)
            async with database.writing() as db:
                await texts.keep(db, written)
        work.feed_texts_until += texts.AT_ONCE
        await asyncio.sleep(0)  # a large site must not keep the requests waiting
    work.feed_texts_until = max(0, min(work.feed_texts_until, newest - texts.LOOKED_BACK))


async def keep_backup(work: Work) -> None:
    """The nightly backup, by whichever worker takes the turn; it is copied in a thread. One that fails is noted, shown and tried again."""
    database = work.database
    async with database.writing() as db:
        turn = await backups.begin(db)
    if turn is None:
        return
    try:
        file = await asyncio.to_thread(making.make_nightly, database.settings, turn.day, stop=work.stop.is_set)
    except CannotRun as problem:
        log.error("backup_failed", why=str(problem))
        async with database.writing() as db:
            await backups.not_made(db, turn, problem.message)
    else:
        async with database.writing() as db:
            await backups.made(db, turn, file=file.name, bytes=file.stat().st_size)
        log.info("backup_made", file=file.name)


async def build_search(work: Work) -> None:
    """Put what is not yet in the index of the search into it, a little at a time; once all is there, that is one short look."""
    database = work.database
    async with database.reading() as db:
        built = await building.is_built(db)
    while not built and not work.stop.is_set():
        async with database.writing() as db:
            built = not await building.build_some(db)
        await asyncio.sleep(0.01)  # whoever saves something meanwhile has their turn


async def scan_papers(work: Work) -> None:
    """Have the site's virus scanner judge what came in, one file after the other; none is handed out before."""
    database = work.database
    async with database.reading() as db:
        waiting = await scanning.to_scan(db, FILES)
    for one in waiting:
        if work.stop.is_set():
            return
        path = database.settings.papers_dir / one.stored_name
        status = await run_program(
            scanner.command(database.settings.scanner, str(path.absolute())), seconds=scanner.SECONDS
        )
        verdict = FAILED
        if status in (scanner.CLEAN_STATUS, scanner.INFECTED_STATUS):
            verdict = CLEAN if status == scanner.CLEAN_STATUS else INFECTED
        if verdict != CLEAN:
            log.error("paper_not_clean", verdict=verdict, file=one.stored_name, status=status)
        async with database.writing() as db:
            await scanning.note_verdict(db, one, verdict)


async def sweep_papers(work: Work) -> None:
    """Take away files that came in a day ago and that no row knows: what a crash or a broken connection left."""
    settings = work.database.settings
    papers, incoming = settings.papers_dir, store.coming_in(settings.data_dir)
    for name in await asyncio.to_thread(store.older, incoming):
        await asyncio.to_thread(store.drop, incoming, name)
    old = await asyncio.to_thread(store.older, papers)
    for at in range(0, len(old), 500):
        some = old[at : at + 500]
        async with work.database.reading() as db:
            known = await scanning.known(db, FILES, some) | {name for name, _ in await files_of_scans(db)}
        for name in set(some) - known:
            log.info("paper_swept", file=name)
            await asyncio.to_thread(store.drop, papers, name)


def poll(inbox: Inbox) -> Callable[[Work], Awaitable[object]]:
    """The reading of one mailbox as a tick, so that a mailbox that hangs holds up no other."""

    async def act(work: Work) -> object:
        return await intake.poll(work.database, inbox, stop=work.stop, anyway=work.once)

    return act


DELIVER: Final = "deliver"
POLL_INBOXES: Final = timedelta(seconds=5)
"""How often it is looked whether a mailbox is due: each is read every minute, and after a failure sooner at first, later afterwards."""
CLOCKWORK: Final = (
    Tick("heartbeat", timedelta(seconds=15), beat),
    Tick("follow_offices", timedelta(minutes=2), in_transaction(apply_due)),
    Tick("deem_silence", timedelta(minutes=5), in_transaction(deem_due)),
    Tick("agreements_take_effect", timedelta(minutes=5), in_transaction(take_effect_due)),
    Tick("remind_due", timedelta(minutes=1), in_transaction(remind_due)),
    Tick(DELIVER, timedelta(seconds=3), deliver),  # after what calls for mail, so that one round sends it
    Tick("keep_feed_texts", timedelta(seconds=15), keep_feed_texts),
    Tick("build_search", timedelta(minutes=1), build_search),
    Tick("scan_papers", timedelta(seconds=10), scan_papers),
    Tick("keep_backup", timedelta(minutes=10), keep_backup),
    Tick("follow_zone_data", timedelta(days=1), in_transaction(follow_zone_data)),
    Tick("sweep_papers", timedelta(days=1), sweep_papers),
    Tick("purge_sent_bytes", timedelta(days=1), in_transaction(outbox.purge)),
    Tick("drop_feed_texts", timedelta(days=1), in_transaction(texts.drop_texts)),
    Tick("purge_received_bytes", timedelta(days=1), in_transaction(purging.purge)),
    Tick("forget_expired", timedelta(days=1), in_transaction(forget_expired)),
)


def ticks(work: Work) -> tuple[Tick, ...]:
    """The clockwork of this site: its mailboxes first, so that one round also sends what a mail calls for."""
    polls = (
        Tick(f"poll {inbox.label}", POLL_INBOXES, poll(inbox)) for inbox in inboxes(work.database.settings.inbox_url)
    )
    return (*polls, *CLOCKWORK)


def work_for(database: Database, composers: Mapping[str, Composer]) -> Work:
    """What a worker of this site works with; changes saved in this process wake its delivery."""
    work = Work(database, transport_for(database.settings), composers)

    def saved(db: Session) -> None:
        if db.info.pop(CALLS_FOR_MAIL, False):
            work.mail_waits.set()

    database.after_commit = saved
    return work


async def run(work: Work) -> None:
    """Keep the clockwork going until `work.stop`; a mail in hand is finished first."""
    log.info("worker_started", worker=work.name)
    async with work.database.reading() as db:
        await load_calendars(db)
    try:
        await asyncio.gather(*(_keep(work, tick) for tick in ticks(work)), _listen(work))
    finally:
        work.database.after_commit = None
        await work.transport.close()
        log.info("worker_stopped", worker=work.name)


async def run_once(work: Work) -> bool:
    """Every mailbox and every tick once, in the order of the clockwork; whether all of them went well."""
    work.once = True
    try:
        return all([await _try(work, tick) for tick in ticks(work)])
    finally:
        work.database.after_commit = None
        await work.transport.close()


async def _listen(work: Work) -> None:
    """The door for the mail server on this machine, where LIAISON_LMTP_LISTEN opens one."""
    address = work.database.settings.lmtp_listen
    if not address:
        return
    from liaison.mail.sources.lmtp import listen

    async def deliver(raw: bytes) -> bool:
        return await intake.deliver(work.database, raw)

    await listen(address, deliver, work.stop)


async def _keep(work: Work, tick: Tick) -> None:
    while not work.stop.is_set():
        await _try(work, tick)
        await _pause(work, tick)


async def _try(work: Work, tick: Tick) -> bool:
    try:
        await tick.act(work)
    except Exception as error:
        log.error("tick_failed", tick=tick.name, exc_info=error)
        return False
    return True


async def _pause(work: Work, tick: Tick) -> None:
    """Wait for the next time, for the end, or (the delivery) for a mail that was just called for."""
    wakers = [work.stop, work.mail_waits] if tick.name == DELIVER else [work.stop]
    waiting = [asyncio.ensure_future(event.wait()) for event in wakers]
    try:
        await asyncio.wait(waiting, timeout=tick.every.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
