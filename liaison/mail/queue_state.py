"""The queue as a whole: the clock its leases run by, whether a worker lives, and whether all mail waits for the mail server.

Leases, pauses and heartbeats run by the database's clock: the one clock that several machines share, and that `--as-of` does not move."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, delete, func, select, type_coerce

from liaison import site
from liaison.db import Session, UTCDateTime, insert_into
from liaison.mail.classify import Outcome
from liaison.mail.models import HELD, OPEN_STATES, OutboxMail, QueueState

PAUSED = "mail_paused"
_BLOCKED = "blocked"
_WORKER = "worker:"
BLOCK_PAUSES = (5.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0)
"""Seconds until the mail server is asked again while it takes no mail at all; the last one repeats."""


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """What the operator's page and `/readyz` say about the outbox; the instants are by the database's clock."""

    now: datetime
    paused: bool
    block_reason: str | None
    block_reply: str
    blocked_since: datetime | None
    next_probe_at: datetime | None
    worker_seen_at: datetime | None
    open_count: int
    held_count: int
    oldest_open_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is asked every few seconds by those who watch; the instants are by the database's clock."""

    now: datetime
    worker_seen_at: datetime | None
    workers: int
    """Those heard of lately."""
    oldest_open_at: datetime | None


@dataclass(frozen=True, slots=True)
class Block:
    """Why and until when all mail waits, and how often in a row the mail server refused."""

    reason: str
    reply: str
    since: datetime
    until: datetime
    tries: int


def database_now(db: Session, plus_seconds: float = 0) -> ColumnElement[datetime]:
    """The database's clock as an expression inside a statement, some seconds later or earlier."""
    if db.settings.sqlite_path is not None:
        text = func.strftime("%Y-%m-%d %H:%M:%f000", "now", f"{plus_seconds:+.3f} seconds")
        return type_coerce(text, UTCDateTime())
    instant = func.clock_timestamp(type_=DateTime(timezone=True))
    return type_coerce(instant + timedelta(seconds=plus_seconds), UTCDateTime())


async def read_clock(db: Session) -> datetime:
    """What the database's clock shows."""
    return (await db.execute(select(database_now(db)))).scalar_one()


async def heartbeat(db: Session, worker: str) -> None:
    """This worker lives; workers not heard of for a day are forgotten."""
    await db.execute(
        delete(QueueState).where(
            QueueState.name.startswith(_WORKER, autoescape=True), QueueState.at < database_now(db, -86_400)
        )
    )
    await put(db, f"{_WORKER}{worker}", database_now(db), {})


async def block(db: Session, outcome: Outcome, *, pauses: tuple[float, ...] = BLOCK_PAUSES) -> None:
    """All mail waits, for longer each time in a row; no mail's attempts are counted."""
    before = await current_block(db)
    tries = before.tries if before else 0
    since = before.since if before else await read_clock(db)
    detail = {"reason": outcome.reason, "reply": outcome.reply[:500], "since": since.isoformat(), "tries": tries + 1}
    await put(db, _BLOCKED, database_now(db, pauses[min(tries, len(pauses) - 1)]), detail)


async def note(db: Session, name: str, detail: dict[str, Any]) -> None:
    """Keep one word about the whole site's running, in place of the one before."""
    await put(db, name, database_now(db), detail)


async def noted(db: Session, name: str) -> tuple[datetime, dict[str, Any]] | None:
    """When it was noted, and what; None if never."""
    row = (await db.execute(select(QueueState.at, QueueState.detail).where(QueueState.name == name))).one_or_none()
    return (row.at, row.detail) if row is not None else None


async def unblock(db: Session) -> None:
    """The mail server takes mail again."""
    await db.execute(delete(QueueState).where(QueueState.name == _BLOCKED))


async def current_block(db: Session) -> Block | None:
    """Why all mail waits; None while it does not."""
    row = (await db.execute(select(QueueState.at, QueueState.detail).where(QueueState.name == _BLOCKED))).one_or_none()
    if row is None:
        return None
    detail = row.detail
    return Block(detail["reason"], detail["reply"], datetime.fromisoformat(detail["since"]), row.at, detail["tries"])


async def pulse(db: Session, *, silent_after: timedelta) -> Pulse:
    """Whether workers live and mail moves, by two small statements; a worker not heard of for so long counts no more."""
    lately = database_now(db, -silent_after.total_seconds())
    beats = select(database_now(db), func.max(QueueState.at), func.count().filter(QueueState.at >= lately)).where(
        QueueState.name.startswith(_WORKER, autoescape=True)
    )
    now, seen, workers = (await db.execute(beats)).one()
    oldest = select(func.min(OutboxMail.created_at)).where(OutboxMail.state.in_(OPEN_STATES))
    return Pulse(now, seen, workers, (await db.execute(oldest)).scalar_one())


async def health(db: Session) -> QueueHealth:
    """How the outbox is."""
    blocked = await current_block(db)
    seen = select(func.max(QueueState.at)).where(QueueState.name.startswith(_WORKER, autoescape=True))
    counts = select(func.count(), func.min(OutboxMail.created_at)).where(OutboxMail.state.in_(OPEN_STATES))
    open_count, oldest = (await db.execute(counts)).one()
    held = select(func.count()).select_from(OutboxMail).where(OutboxMail.state == HELD)
    return QueueHealth(
        now=await read_clock(db),
        paused=await site.choice(db, PAUSED) is not None,
        block_reason=blocked.reason if blocked else None,
        block_reply=blocked.reply if blocked else "",
        blocked_since=blocked.since if blocked else None,
        next_probe_at=blocked.until if blocked else None,
        worker_seen_at=(await db.execute(seen)).scalar_one(),
        open_count=open_count,
        held_count=(await db.execute(held)).scalar_one(),
        oldest_open_at=oldest,
    )


async def put(db: Session, name: str, at: ColumnElement[datetime], detail: dict[str, Any]) -> None:
    """Keep a row of this name, in place of the one before."""
    statement = insert_into(db, QueueState).values(name=name, at=at, detail=detail)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=[QueueState.name], set_={"at": statement.excluded.at, "detail": statement.excluded.detail}
        )
    )
