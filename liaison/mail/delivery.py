"""The worker's part: claim mails, compose each once, store its bytes, send it, write down the answer.

A mail's bytes, its Message-ID and what its recipient may then hold are committed before the first network byte, and never change again.
Who loses a claim stops before the final dot. One mail that cannot be composed or sent never stops the others."""

import asyncio
import contextlib
import hashlib
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from liaison import site
from liaison.addresses import name_and_address
from liaison.db import Database, Session
from liaison.mail import claims
from liaison.mail.claims import PAUSES, Claim
from liaison.mail.classify import Kind, Outcome
from liaison.mail.compose import diverted, new_message_id, to_bytes
from liaison.mail.message import OutgoingMessage, Wording
from liaison.mail.models import REFUSED, SUPERSEDED, OutboxMail
from liaison.mail.queue_state import BLOCK_PAUSES, PAUSED, block, current_block, read_clock, unblock
from liaison.mail.transport import Transport

log = structlog.get_logger(__name__)

Composer = Callable[[Session, Sequence[OutboxMail]], Awaitable[Wording]]
"""Loads, in one short transaction, all that some mails of a kind will say, knowing what their recipients may hold; gives back what then
words each of them in a thread, while no transaction is open."""

_WORDED_AT_ONCE = 4
"""Mails worded in one go of a thread: a page waits no longer than that for its turn at the interpreter."""
_RECORD_AGAIN = (0.1, 0.5, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast and how patiently a worker goes, in seconds; `chunk` mails are claimed and composed at a time."""

    lease: float = 45
    renew: float = 15
    look_again: float = 1
    chunk: int = 32
    pauses: tuple[float, ...] = PAUSES
    block_pauses: tuple[float, ...] = BLOCK_PAUSES


async def deliver_due(
    database: Database,
    transport: Transport,
    composers: Mapping[str, Composer],
    worker: str,
    *,
    limit: int = 500,
    pace: Pace = Pace(),
    stop: asyncio.Event | None = None,
) -> int:
    """Send mails that are due until none is, at most `limit`; how many were tried or came to nothing. 0: come again in a few seconds.

    `worker` names this process among all that share the database. `stop` begins no further mail, and lets those on their way finish."""
    async with database.reading() as db:
        if await site.choice(db, PAUSED) is not None:
            return 0
        trial = await site.trial_address(db)
        blocked = await current_block(db)
        if blocked is not None and blocked.until > await read_clock(db):
            return 0
        if (await db.execute(claims.due(db, trial=trial is not None).limit(1))).first() is None:
            return 0
    return await _Round(
        database, transport, composers, worker, limit, pace, stop or asyncio.Event(), blocked is not None
    ).run()


def one_by_one(compose: Callable[[Session, OutboxMail], Awaitable[OutgoingMessage | None]]) -> Composer:
    """A composer for mails that share nothing worth loading together."""

    async def load(db: Session, rows: Sequence[OutboxMail]) -> Wording:
        made = {row.id: await compose(db, row) for row in rows}
        return lambda row: made[row.id]

    return load


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Some claimed mails, and what is needed to make their bytes without the database."""

    rows: list[OutboxMail]
    wordings: dict[str, Wording]
    trial: str | None


class _Round:
    """One call of `deliver_due`: as many lanes as the transport has, which share what this worker has claimed."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        composers: Mapping[str, Composer],
        worker: str,
        limit: int,
        pace: Pace,
        stop: asyncio.Event,
        probing: bool,
    ) -> None:
        self.database = database
        self.transport = transport
        self.composers = composers
        self.worker = worker[:60]
        self.limit = 1 if probing else limit
        self.pace = pace
        self.stop = stop
        self.probing = probing
        # What is claimed, and until when at least, by this process's monotonic clock.
        self.leases: dict[int, float] = {}
        self.ready: deque[Claim] = deque()
        self.on_their_way = 0
        self.quiet = asyncio.Event()  # nothing is on its way
        self.claimed = 0
        self.settled = 0
        self.blocked: Outcome | None = None
        self.claiming = asyncio.Lock()
        self.answers: list[tuple[Claim, Outcome]] = []
        self.recording = asyncio.Lock()

    async def run(self) -> int:
        renewing = asyncio.create_task(self._renew())
        try:
            lanes = [self._lane() for _ in range(1 if self.probing else self.transport.lanes)]
            ends = await asyncio.gather(*lanes, return_exceptions=True)
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing
        await self._let_go()
        for end in ends:
            if end is not None:
                raise end
        return self.settled

    async def _lane(self) -> None:
        """Send one mail after the other; while another lane is still busy, look again for new ones."""
        while True:
            claim = await self._next()
            if claim is not None:
                self.on_their_way += 1
                self.quiet.clear()
                try:
                    await self._attempt(claim)
                finally:
                    self.on_their_way -= 1
                    if not self.on_their_way:
                        self.quiet.set()
            elif not self.on_their_way or not self._goes_on():
                return
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.quiet.wait(), self.pace.look_again)

    def _goes_on(self) -> bool:
        return self.blocked is None and not self.stop.is_set() and self.claimed < self.limit

    async def _next(self) -> Claim | None:
        async with self.claiming:
            if not self.ready and self._goes_on():
                await self._claim()
            if self.ready and self.blocked is None and not self.stop.is_set():
                return self.ready.popleft()
            return None

    # claiming and composing

    async def _claim(self) -> None:
        most = min(self.pace.chunk, self.limit - self.claimed)
        async with self.database.writing() as db:
            trial = await site.trial_address(db)
            until = time.monotonic() + self.pace.lease
            ids = await claims.claim(
                db,
                self.worker,
                most=most,
                lease_seconds=self.pace.lease,
                trial=trial is not None,
                except_ids=list(self.leases),
            )
        if ids:
            self.claimed += len(ids)
            self.leases |= dict.fromkeys(ids, until)
            try:
                ready = await self._composed(ids)
            except SQLAlchemyError:
                for id_ in ids:
                    del self.leases[id_]
                async with self.database.writing() as db:
                    await claims.let_go(db, self.worker, ids)
                raise
            self.ready.extend(ready)
            self.settled += len(ids) - len(ready)
            for id_ in set(ids) - {claim.id for claim in ready}:
                del self.leases[id_]

    async def _composed(self, ids: list[int]) -> list[Claim]:
        """The claimed mails with their bytes, committed; those that came to nothing are written down as such.

        What they say is loaded in one short transaction, worded outside of any, and kept in another. If a newer announcement came in
        between, it has taken its mails out of this worker's hands. Where loading fails, halves are tried until one mail is left."""
        try:
            async with self.database.writing() as db:
                loaded = await self._load(db, ids)
        except OperationalError:  # the database's trouble, not the mails'
            raise
        except Exception as error:
            if len(ids) > 1:
                half = len(ids) // 2
                return [*await self._composed(ids[:half]), *await self._composed(ids[half:])]
            log.error("mail.compose_failed", mail=ids[0], exc_info=error)
            async with self.database.writing() as db:
                await claims.end_unsent(db, self.worker, ids[0], REFUSED, "compose_failed")
            return []
        made: list[dict[str, Any]] = []
        new = [row for row in loaded.rows if row.composed_at is None]
        for start in range(0, len(new), _WORDED_AT_ONCE):
            made += await asyncio.to_thread(self._made, new[start : start + _WORDED_AT_ONCE], loaded)
        async with self.database.writing() as db:
            if await site.trial_address(db) == loaded.trial:
                return await self._keep(db, loaded.rows, made)
        return await self._composed(ids)  # a trial run began or ended meanwhile

    async def _load(self, db: Session, ids: list[int]) -> _Loaded:
        await claims.drop_superseded(db, self.worker, ids)
        rows = list(await claims.held(db, self.worker, ids))
        kinds: dict[str, list[OutboxMail]] = {}
        for row in rows:
            if row.composed_at is None and row.kind in self.composers:
                kinds.setdefault(row.kind, []).append(row)
        wordings = {kind: await self.composers[kind](db, some) for kind, some in kinds.items()}
        return _Loaded(rows, wordings, await site.trial_address(db))

    async def _keep(self, db: Session, rows: list[OutboxMail], made: list[dict[str, Any]]) -> list[Claim]:
        """Store what was made of the mails that are still this worker's."""
        mine = await claims.still_held(db, self.worker, [row.id for row in rows])
        bytes_of = {values["id"]: values for values in made if "body" in values and values["id"] in mine}
        for end in made:
            if "body" not in end:
                await claims.end_unsent(db, self.worker, end["id"], end["state"], end["reason"])
        await claims.keep_bytes(db, list(bytes_of.values()))
        ready = []
        for row in rows:
            if row.composed_at is not None and row.id in mine:
                body, sender, rcpt = row.body or b"", row.mail_from or "", row.trial_to or row.address
                ready.append(Claim(row.id, body, sender, rcpt, row.attempts))
            elif (values := bytes_of.get(row.id)) is not None:
                rcpt = values["trial_to"] or row.address
                ready.append(Claim(row.id, values["body"], values["mail_from"], rcpt, row.attempts))
        return ready

    def _made(self, rows: list[OutboxMail], loaded: _Loaded) -> list[dict[str, Any]]:
        """In a thread: what is stored of each mail once it is composed, or how it ended."""
        return [self._make(row, loaded.wordings.get(row.kind), loaded.trial) for row in rows]

    def _make(self, row: OutboxMail, wording: Wording | None, trial: str | None) -> dict[str, Any]:
        if wording is None:
            return {"id": row.id, "state": REFUSED, "reason": "no_such_kind"}
        now = self.database.clock.now()
        try:
            message = wording(row)
            if message is None:
                return {"id": row.id, "state": SUPERSEDED, "reason": "nothing_to_say"}
            if trial is not None:
                message = diverted(message, trial, row.locale)
            message_id = new_message_id(message.mail_from)
            data = to_bytes(message, message_id=message_id, date=now)
            json.dumps(message.holds)
        except Exception:
            log.exception("mail.compose_failed", mail=row.id, kind=row.kind)
            return {"id": row.id, "state": REFUSED, "reason": "compose_failed"}
        return {
            "id": row.id,
            "composed_at": now,
            "body": data,
            "sha256": hashlib.sha256(data).hexdigest(),
            "message_id": message_id,
            "mail_from": name_and_address(message.mail_from)[1],
            "subject": (message.listed_as or message.subject)[:400],
            "holds": message.holds,
            "audience": message.audience,
            "trial_to": trial.lower() if trial is not None else None,
        }

    # sending

    async def _attempt(self, claim: Claim) -> None:
        try:
            outcome = await self.transport.send(
                claim.data, claim.mail_from, claim.rcpt, may_finish=lambda: self._still_mine(claim.id)
            )
        except Exception:
            log.exception("mail.transport_failed", mail=claim.id)
            outcome = Outcome(Kind.IN_DOUBT, None, "worker_failed")
        if outcome.kind is Kind.STOPPED:
            log.warning("mail.claim_lost", mail=claim.id)
            self.leases.pop(claim.id, None)
        elif outcome.kind is Kind.BLOCKED:
            self.ready.appendleft(claim)
            await self._block(outcome)
        else:
            await self._record(claim, outcome)

    async def _record(self, claim: Claim, outcome: Outcome) -> None:
        """Write down the answer before this lane goes on; answers that come in the same moment share one commit."""
        self.answers.append((claim, outcome))
        await asyncio.sleep(0)  # another lane's answer may be here already
        async with self.recording:  # whoever had it before has perhaps written this answer too
            answers, self.answers = self.answers, []
            if answers:
                await self._write_down(answers)

    async def _write_down(self, answers: list[tuple[Claim, Outcome]]) -> None:
        """Losing an answer could send a mail twice, so a database that fails is asked again while the lease lasts."""
        for pause in (*_RECORD_AGAIN, None):
            try:
                async with self.database.writing() as db:
                    for claim, outcome in answers:
                        await claims.record(db, self.worker, claim, outcome, pauses=self.pace.pauses)
                    if self.probing:
                        await unblock(db)
                break
            except (SQLAlchemyError, OSError):
                log.exception("mail.record_failed", mails=[claim.id for claim, _ in answers])
                if pause is None:
                    self._forget(answers)
                    return
            await asyncio.sleep(pause)
        self._forget(answers)
        self.settled += len(answers)
        for claim, outcome in answers:
            log.info("mail.attempt", mail=claim.id, outcome=str(outcome.kind), code=outcome.code, reason=outcome.reason)

    def _forget(self, answers: list[tuple[Claim, Outcome]]) -> None:
        for claim, _ in answers:
            self.leases.pop(claim.id, None)

    async def _block(self, outcome: Outcome) -> None:
        if self.blocked is None:
            self.blocked = outcome
            log.error("mail.blocked", reason=outcome.reason, code=outcome.code)
            async with self.database.writing() as db:
                await block(db, outcome, pauses=self.pace.block_pauses)

    async def _let_go(self) -> None:
        """Whatever was claimed and not begun goes back into the queue."""
        if self.ready:
            async with self.database.writing() as db:
                await claims.let_go(db, self.worker, [claim.id for claim in self.ready])

    # the lease

    def _still_mine(self, mail_id: int) -> bool:
        return self.leases.get(mail_id, 0) > time.monotonic()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self.pace.renew)
            ids = list(self.leases)
            if not ids:
                continue
            until = time.monotonic() + self.pace.lease
            kept: set[int] = set()
            try:
                async with self.database.writing() as db:
                    kept = await claims.renew(db, self.worker, ids, lease_seconds=self.pace.lease)
            except (SQLAlchemyError, OSError):
                log.exception("mail.renewal_failed")
            lost = set(ids) & self.leases.keys() - kept
            self.leases |= dict.fromkeys(self.leases.keys() & kept, until) | dict.fromkeys(lost, 0.0)
            if lost:
                log.warning("mail.renewal_refused", mails=sorted(lost))
