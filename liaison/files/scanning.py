"""Asking the site's virus scanner about files that came in, and which files rows know: what the worker does with papers of every kind."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from sqlalchemy import or_, select

from liaison import audit
from liaison.audit import Actor
from liaison.db import Session
from liaison.files.models import FAILED, INFECTED, TO_SCAN, FileRow

WORKER: Final = Actor(None, "worker")
AT_ONCE: Final = 20
AGAIN: Final = timedelta(minutes=10)
"""After which a file is asked about again of which the scanner could not say anything."""
Kinds = Sequence[type[FileRow]]
"""The tables whose rows are files (models.FILES)."""


class Waiting(NamedTuple):
    """A file that no scanner has judged yet: its row, and how it lies on the disk."""

    kind: type[FileRow]
    id: int
    stored_name: str


async def to_scan(db: Session, kinds: Kinds) -> list[Waiting]:
    """Those files, of each kind the longest waiting first; nothing where the site has no scanner."""
    if not db.settings.scanner:
        return []
    found: list[Waiting] = []
    for kind in kinds:
        due = or_(kind.verdict.is_(None), (kind.verdict == FAILED) & (kind.scanned_at < db.now() - AGAIN))
        query = select(kind.id, kind.stored_name).where(TO_SCAN, due).order_by(kind.scanned_at, kind.id)
        found += [Waiting(kind, row.id, row.stored_name) for row in await db.execute(query.limit(AT_ONCE))]
    return found


async def note_verdict(db: Session, waiting: Waiting, verdict: str) -> None:
    """What the scanner said of a file; that something was found in it is one line of the trail."""
    row = await db.get_one(waiting.kind, waiting.id)
    row.verdict, row.scanned_at = verdict, db.now()
    if verdict == INFECTED:
        audit.add(db, WORKER, "virus_found", row.about, file=row.id, sha256=row.sha256)


async def files_of_papers(db: Session, kinds: Kinds) -> list[tuple[str, str]]:
    """How every file lies on the disk, and its SHA-256."""
    found: list[tuple[str, str]] = []
    for kind in kinds:
        rows = await db.execute(select(kind.stored_name, kind.sha256).order_by(kind.id))
        found += [(row.stored_name, row.sha256) for row in rows]
    return found


async def known(db: Session, kinds: Kinds, stored_names: Collection[str]) -> set[str]:
    """Those of these files that a row knows."""
    found: set[str] = set()
    for kind in kinds:
        found |= set(await db.scalars(select(kind.stored_name).where(kind.stored_name.in_(stored_names))))
    return found
