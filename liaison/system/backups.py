"""The nightly backup as the site sees it: whose turn it is to make it, what became of it, and the operator's switch."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from liaison import site
from liaison.accounts.viewer import Viewer
from liaison.db import Session, one_at_a_time
from liaison.errors import Message, NotPermitted
from liaison.i18n import N_
from liaison.keeping import copies, rotation
from liaison.mail import queue_state
from liaison.system.backup_rules import MADE, RUNNING, BackupStatus, begins, failed

SWITCHED_OFF: Final = "no_nightly_backup"
_NAME: Final = "backup"


@dataclass(frozen=True, slots=True)
class Turn:
    """One worker's turn to make the backup of one night."""

    day: date
    begun_at: datetime


async def begin(db: Session) -> Turn | None:
    """Take the turn, if a backup is due and nobody is at it; by the database's clock, which `--as-of` does not move."""
    if db.settings.demo or not _possible(db):
        return None
    await one_at_a_time(db, _NAME)
    if await site.choice(db, SWITCHED_OFF) is not None:
        return None
    noted = await queue_state.noted(db, _NAME)
    now = await queue_state.read_clock(db)
    day = rotation.night_of(now, db.settings.timezone)
    if not begins(day, now, noted):
        return None
    await _note(db, {"state": RUNNING, "day": day.isoformat(), "why": None})
    return Turn(day, now)


async def made(db: Session, turn: Turn, *, file: str, bytes: int) -> None:
    """It lies there, whole."""
    now = await queue_state.read_clock(db)
    seconds = round((now - turn.begun_at).total_seconds(), 1)
    await queue_state.note(db, _NAME, {
        "state": MADE, "day": turn.day.isoformat(), "file": file, "bytes": bytes, "seconds": seconds,
        "made_at": now.isoformat(), "why": None,
    })  # fmt: skip


async def not_made(db: Session, turn: Turn, why: Message) -> None:
    """It could not be made; it is tried again after an hour."""
    await _note(db, failed(turn.day, why))


async def forget(db: Session) -> None:
    """Nothing was backed up here yet: what is noted came in a backup, whose maker stood elsewhere and may have been at it just then."""
    await queue_state.note(db, _NAME, {})


async def status(db: Session) -> BackupStatus:
    """What the operator's page and `liaison check` say of the nightly backup."""
    noted = await queue_state.noted(db, _NAME)
    return BackupStatus.of(
        noted[1] if noted else {},
        now=await queue_state.read_clock(db),
        on=await site.choice(db, SWITCHED_OFF) is None,
        possible=_possible(db),
    )


async def switch(db: Session, viewer: Viewer, *, on: bool) -> None:
    """Make a backup each night, or leave it to somebody else."""
    if not viewer.operator:
        raise NotPermitted(N_("Only the operator of this site may do this."))
    await site.choose(db, viewer, SWITCHED_OFF, None if on else {})


def _possible(db: Session) -> bool:
    return db.settings.sqlite_path is not None or copies.missing_tool("pg_dump") is None


async def _note(db: Session, changed: dict[str, Any]) -> None:
    """A new state; the last backup that was made stays known."""
    noted = await queue_state.noted(db, _NAME)
    await queue_state.note(db, _NAME, (noted[1] if noted else {}) | changed)
