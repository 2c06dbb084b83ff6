"""Claims on mails: whose turn it is, who holds it and how long, and what is written down when an attempt has ended.

Every statement here names the worker that holds the claim, so that one whose lease has run out changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, case, exists, false, or_, select, update
from sqlalchemy.orm import aliased, undefer

from liaison.db import Session
from liaison.mail.classify import Kind, Outcome
from liaison.mail.models import DEFERRED, GIVEN_UP, OPEN_STATES, REFUSED, SENDING, SENT, SUPERSEDED, WAITING, OutboxMail
from liaison.mail.queue_state import database_now

_MINUTE, _HOUR = 60, 3600
PAUSES = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, *(8 * _HOUR,) * 9)
"""Seconds after each try that was refused for now; after the try behind the last one, more than three days on, a mail is given up."""


_mails = cast(Table, OutboxMail.__table__)
_SENT = (
    update(_mails)  # put together once: it is written for every mail
    .where(_mails.c.id == bindparam("mail"), _mails.c.state.in_(OPEN_STATES))
    .values(
        state=SENT,
        attempts=bindparam("tries"),
        last_code=bindparam("code"),
        last_reply=bindparam("reply"),
        final_at=bindparam("now"),
        reason=None,
        claimed_by=None,
        claimed_until=None,
    )
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A composed mail that this worker may send: everything an attempt needs."""

    id: int
    data: bytes
    mail_from: str
    rcpt: str
    attempts: int


def due(db: Session, *, trial: bool, except_ids: Collection[int] = ()) -> Select[int]:
    """Ids of mails whose turn it is, most urgent first.

    A lapsed claim is due like any other mail. Of one thread only one mail to an address is due at a time, and only while none is being
    sent: the reader gets them in order, and each is composed knowing how the one before ended. In a trial run a mail that was composed
    for its real recipient stays where it is."""
    now = database_now(db)
    other = aliased(OutboxMail)
    earlier = other.id < OutboxMail.id
    before_it = select(1).where(
        other.thread == OutboxMail.thread,
        other.address == OutboxMail.address,
        other.id != OutboxMail.id,
        or_(
            and_(other.state == SENDING, or_(earlier, other.claimed_until > now)),
            and_(other.state == WAITING, earlier),
            and_(other.state == DEFERRED, earlier, other.next_try_at <= now),
        ),
    )
    ready = or_(
        OutboxMail.state == WAITING,
        and_(OutboxMail.state == DEFERRED, OutboxMail.next_try_at <= now),
        and_(OutboxMail.state == SENDING, OutboxMail.claimed_until <= now),
    )
    rows = select(OutboxMail.id).where(OutboxMail.state.in_(OPEN_STATES), ready, ~exists(before_it))
    if except_ids:
        rows = rows.where(OutboxMail.id.not_in(except_ids))
    if trial:
        rows = rows.where(or_(OutboxMail.composed_at.is_(None), OutboxMail.trial_to.is_not(None)))
    return rows.order_by(OutboxMail.priority, OutboxMail.next_try_at, OutboxMail.id)


async def claim(
    db: Session, worker: str, *, most: int, lease_seconds: float, trial: bool, except_ids: Collection[int] = ()
) -> list[int]:
    """Take up to `most` due mails, each for one worker alone.

    One whose claim had lapsed after it was composed may have reached its recipient: it is in doubt from here on."""
    rows = due(db, trial=trial, except_ids=except_ids).limit(most).with_for_update(skip_locked=True, of=OutboxMail)
    lapsed = and_(OutboxMail.state == SENDING, OutboxMail.composed_at.is_not(None))
    taken = await db.execute(
        update(OutboxMail)
        .where(OutboxMail.id.in_(rows))
        .values(
            state=SENDING,
            claimed_by=worker,
            claimed_until=database_now(db, lease_seconds),
            in_doubt=or_(OutboxMail.in_doubt, lapsed),
            attempts=OutboxMail.attempts + case((lapsed, 1), else_=0),
        )
        .returning(OutboxMail.id),
        execution_options={"synchronize_session": False},
    )
    return list(taken.scalars())


async def renew(db: Session, worker: str, ids: Collection[int], *, lease_seconds: float) -> set[int]:
    """Hold on to these mails; gives back the ones this worker still holds."""
    kept = await db.execute(
        update(OutboxMail)
        .where(_held(worker, ids))
        .values(claimed_until=database_now(db, lease_seconds))
        .returning(OutboxMail.id),
        execution_options={"synchronize_session": False},
    )
    return set(kept.scalars())


async def let_go(db: Session, worker: str, ids: Collection[int]) -> None:
    """Give claimed mails back untried: nothing is counted, any worker may take them."""
    back = case((OutboxMail.attempts == 0, WAITING), else_=DEFERRED)
    state = case((OutboxMail.superseded_at.is_not(None), SUPERSEDED), else_=back)
    await _set(db, _held(worker, ids), state=state, claimed_by=None, claimed_until=None)


async def drop_superseded(db: Session, worker: str, ids: Collection[int]) -> None:
    """Claimed mails that a newer one made needless while they were with another worker: they go nowhere."""
    gone = and_(_held(worker, ids), OutboxMail.superseded_at.is_not(None))
    await _set(db, gone, state=SUPERSEDED, reason="newer_mail", final_at=db.now(), claimed_by=None, claimed_until=None)


async def held(db: Session, worker: str, ids: Collection[int]) -> Sequence[OutboxMail]:
    """The mails among these that this worker holds, with their bytes if they have any, most urgent first."""
    query = select(OutboxMail).where(_held(worker, ids)).order_by(OutboxMail.priority, OutboxMail.id)
    return (await db.scalars(query.options(undefer(OutboxMail.body)))).all()


async def still_held(db: Session, worker: str, ids: Collection[int]) -> set[int]:
    """Which of these mails this worker holds, and nobody can take from it before this transaction ends."""
    return set(await db.scalars(select(OutboxMail.id).where(_held(worker, ids)).with_for_update()))


async def keep_bytes(db: Session, composed: Sequence[Mapping[str, Any]]) -> None:
    """Store what was composed of mails that this transaction has locked: their `id`, `body`, and what else is known from now on."""
    if composed:
        await db.execute(update(OutboxMail), composed)


async def end_unsent(db: Session, worker: str, mail_id: int, state: str, reason: str) -> None:
    """A mail that could not or need not be composed."""
    held = _held(worker, [mail_id])
    await _set(db, held, state=state, reason=reason, final_at=db.now(), claimed_by=None, claimed_until=None)


async def record(
    db: Session, worker: str, sent: Claim, outcome: Outcome, *, pauses: tuple[float, ...] = PAUSES
) -> None:
    """Write down how an attempt ended. That it was sent is noted even where the claim was lost in the same moment: it is true."""
    tries, reply = sent.attempts + 1, _plain(outcome.reply)
    if outcome.kind is Kind.SENT:
        await db.execute(
            _SENT, {"mail": sent.id, "tries": tries, "code": outcome.code, "reply": reply, "now": db.now()}
        )
        return
    values: dict[str, Any] = {
        "attempts": tries,
        "last_code": outcome.code,
        "last_reply": reply,
        "reason": outcome.reason,
        "claimed_by": None,
        "claimed_until": None,
    }
    mine = _held(worker, [sent.id])
    if outcome.kind is Kind.PERMANENT:
        await _set(db, mine, **values, state=REFUSED, final_at=db.now())
        return
    if outcome.kind is Kind.IN_DOUBT:
        values["in_doubt"] = True
    outdated = and_(mine, OutboxMail.superseded_at.is_not(None))
    await _set(db, outdated, **values | {"reason": "newer_mail"}, state=SUPERSEDED, final_at=db.now())
    if tries > len(pauses):
        await _set(db, mine, **values, state=GIVEN_UP, final_at=db.now())
    else:
        await _set(db, mine, **values, state=DEFERRED, next_try_at=database_now(db, pauses[tries - 1]))


def _held(worker: str, ids: Collection[int]) -> ColumnElement[bool]:
    if not ids:
        return false()
    return and_(OutboxMail.id.in_(ids), OutboxMail.claimed_by == worker, OutboxMail.state == SENDING)


async def _set(db: Session, where: ColumnElement[bool], **values: Any) -> None:
    await db.execute(update(OutboxMail).where(where).values(**values), execution_options={"synchronize_session": False})


def _plain(reply: str) -> str | None:
    """A server's words as they can be stored and shown: whatever it sent, at most 500 characters without control characters."""
    text = reply.encode("utf-8", "replace").decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in text)[:500].strip() or None
