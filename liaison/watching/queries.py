"""What those who watch the site are told of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from liaison import site
from liaison.db import Session
from liaison.mail import queue_state
from liaison.mail.models import OutboxMail
from liaison.mail.queue_state import Pulse
from liaison.mail.sources import state
from liaison.mail.sources.places import inboxes
from liaison.system import backups
from liaison.system.backup_rules import BackupStatus
from liaison.system.queries import WORKER_SILENT


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the site can do its work: somebody sends its mail."""

    pulse: Pulse

    @property
    def worker_lives(self) -> bool:
        return self.worker_age is not None and self.worker_age <= WORKER_SILENT

    @property
    def worker_age(self) -> timedelta | None:
        """How long no worker was heard of."""
        return self._since(self.pulse.worker_seen_at)

    @property
    def oldest_waiting(self) -> timedelta | None:
        """How long the oldest mail that still has to go has waited; None when none waits."""
        return self._since(self.pulse.oldest_open_at)

    def _since(self, then: datetime | None) -> timedelta | None:
        return self.pulse.now - then if then is not None else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What is measured at every reading; all of it costs by what is under way, not by what ever was."""

    readiness: Readiness
    paused: bool
    blocked: bool
    backup: BackupStatus
    unread_inboxes: int
    """Mailboxes that cannot be read at the moment."""


async def readiness(db: Session) -> Readiness:
    """Whether a worker lives, and how long mail waits: two small statements, asked every few seconds."""
    return Readiness(await queue_state.pulse(db, silent_after=WORKER_SILENT))


async def figures(db: Session) -> Figures:
    """How the site is now, in figures."""
    states = await state.states(db, inboxes(db.settings.inbox_url))
    return Figures(
        readiness=await readiness(db),
        paused=await site.choice(db, queue_state.PAUSED) is not None,
        blocked=await queue_state.current_block(db) is not None,
        backup=await backups.status(db),
        unread_inboxes=sum(each.problem is not None for each in states),
    )


async def mails_in(db: Session, states: Collection[str]) -> dict[str, int]:
    """How many mails are in each of these states."""
    query = (
        select(OutboxMail.state, func.count().label("mails"))
        .where(OutboxMail.state.in_(states))
        .group_by(OutboxMail.state)
    )
    counts = {row.state: row.mails for row in await db.execute(query)}
    return dict.fromkeys(states, 0) | counts
