"""When each mailbox was last read and what went wrong, and which mails could not be taken in: kept where every worker sees it.

Leases and pauses run by the database's clock. The lease only spares work: two workers at one mailbox do no harm, for a mail is known
by its `source_key` and one that is gone already is not missed."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, select, update

from liaison.db import Session, insert_into
from liaison.mail.models import QueueState
from liaison.mail.queue_state import database_now, put, read_clock
from liaison.mail.sources.places import PROBLEMS, Inbox, InboxProblem, Waiting, shortened

EVERY = 55.0
"""Seconds from one reading to the next; the clockwork looks every five."""
PAUSES = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0)
"""Seconds until a mailbox that cannot be read is asked again; the last one repeats."""
LEASE = 120.0
MAIL_PAUSES = (60.0, 300.0, 900.0, 3600.0)
"""Seconds until a mail that could not be taken in is tried again; after one more failure it is kept as unreadable."""
_FORGET = 7 * 86_400.0
_INBOX = "inbox:"
_MAIL = "mail_in:"
_STATES = cast(Table, QueueState.__table__)
_FORGOTTEN = delete(_STATES).where(_STATES.c.name == bindparam("mail"))


@dataclass(frozen=True, slots=True)
class InboxState:
    """What an operator wants to know of one mailbox; the instants are by the database's clock."""

    inbox: Inbox
    read_at: datetime | None
    problem: str | None
    """A code of `places.PROBLEMS`; None while all is well, or when nobody has read it yet."""
    words: str
    since: datetime | None
    next_at: datetime | None

    @property
    def reason(self) -> str:
        """The problem in words, to be translated."""
        return PROBLEMS[self.problem] if self.problem else ""


async def states(db: Session, inboxes: Iterable[Inbox]) -> list[InboxState]:
    """How these mailboxes are."""
    by_name = {_name(inbox): inbox for inbox in inboxes}
    if not by_name:
        return []
    rows = {row.name: row for row in await db.scalars(select(QueueState).where(QueueState.name.in_(by_name)))}
    return [_state(inbox, rows.get(name)) for name, inbox in by_name.items()]


async def is_due(db: Session, inbox: Inbox) -> bool:
    """Whether nobody reads this mailbox, and its next reading has come."""
    row = select(QueueState.at > database_now(db)).where(QueueState.name == _name(inbox))
    return not (await db.execute(row)).scalar_one_or_none()


async def claim(db: Session, inbox: Inbox, *, anyway: bool = False) -> bool:
    """Take the reading of this mailbox, unless another worker has it or it is not due; `anyway` takes it all the same."""
    statement = insert_into(db, QueueState).values(name=_name(inbox), at=database_now(db, LEASE), detail={})
    statement = statement.on_conflict_do_update(
        index_elements=[QueueState.name],
        set_={"at": statement.excluded.at},
        where=None if anyway else QueueState.at <= database_now(db),
    )
    return (await db.execute(statement.returning(QueueState.id))).scalar_one_or_none() is not None


async def renew(db: Session, inbox: Inbox) -> None:
    """The reading goes on."""
    await db.execute(update(QueueState).where(QueueState.name == _name(inbox)).values(at=database_now(db, LEASE)))


async def was_read(db: Session, inbox: Inbox) -> None:
    """Everything that waited was taken in."""
    await _set(db, inbox, EVERY, {"read_at": (await read_clock(db)).isoformat()})


async def was_not_read(db: Session, inbox: Inbox, problem: InboxProblem) -> None:
    """It could not be read to its end; the pause until the next time grows."""
    found = await db.execute(select(QueueState.detail).where(QueueState.name == _name(inbox)))
    before: dict[str, Any] = found.scalar_one_or_none() or {}
    tries = int(before.get("tries", 0))
    detail = {
        "read_at": before.get("read_at"),
        "problem": problem.code,
        "words": problem.words,
        "since": before.get("since") or (await read_clock(db)).isoformat(),
        "tries": tries + 1,
    }
    await _set(db, inbox, PAUSES[min(tries, len(PAUSES) - 1)], detail)


async def count_failure(db: Session, mail: Waiting) -> int:
    """Note that this mail could not be taken in; how often that has happened by now."""
    name = _name_of_mail(mail)
    found = await db.execute(select(QueueState.detail).where(QueueState.name == name))
    tries = int((found.scalar_one_or_none() or {}).get("tries", 0)) + 1
    pause = database_now(db, MAIL_PAUSES[min(tries, len(MAIL_PAUSES)) - 1])
    await put(db, name, pause, {"tries": tries, "key": mail.key})
    return tries


async def forget_failures(db: Session, mail: Waiting) -> None:
    """It was taken in."""
    # A statement on the table, put together once: it is written for every mail, and the session knows no such row.
    await db.execute(_FORGOTTEN, {"mail": _name_of_mail(mail)})


async def pausing(db: Session, mails: Collection[Waiting]) -> set[str]:
    """The keys of those that failed before and are not tried again yet."""
    names = {_name_of_mail(mail): mail.key for mail in mails}
    query = select(QueueState.name).where(QueueState.name.in_(names), QueueState.at > database_now(db))
    return {names[name] for name in await db.scalars(query)}


async def forget_old(db: Session) -> None:
    """Forget the failures of mails that somebody else has taken out of the mailbox."""
    old = QueueState.at < database_now(db, -_FORGET)
    await db.execute(delete(QueueState).where(QueueState.name.startswith(_MAIL, autoescape=True), old))


def _state(inbox: Inbox, row: QueueState | None) -> InboxState:
    detail = row.detail if row is not None else {}
    return InboxState(
        inbox=inbox,
        read_at=_instant(detail.get("read_at")),
        problem=detail.get("problem"),
        words=str(detail.get("words", "")),
        since=_instant(detail.get("since")),
        next_at=row.at if row is not None else None,
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _name(inbox: Inbox) -> str:
    return shortened(f"{_INBOX}{inbox.label}", 80)


def _name_of_mail(mail: Waiting) -> str:
    return f"{_MAIL}{hashlib.sha256(mail.key.encode()).hexdigest()}"


async def _set(db: Session, inbox: Inbox, seconds: float, detail: dict[str, Any]) -> None:
    await put(db, _name(inbox), database_now(db, seconds), detail)
