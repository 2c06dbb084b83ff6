"""Asking the site's virus scanner about papers, and taking away files that no row knows: what the worker does with papers."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select

from liaison import audit
from liaison.audit import Actor
from liaison.db import Session
from liaison.meetings.paper_models import FAILED, INFECTED, TO_SCAN, PaperVersion

WORKER: Final = Actor(None, "worker")
AT_ONCE: Final = 20
AGAIN: Final = timedelta(minutes=10)
"""After which a file is asked about again of which the scanner could not say anything."""


async def to_scan(db: Session) -> Sequence[tuple[int, str]]:
    """The versions that no scanner has judged yet, with how each lies on the disk; nothing where the site has no scanner."""
    if not db.settings.scanner:
        return []
    due = or_(
        PaperVersion.verdict.is_(None),
        (PaperVersion.verdict == FAILED) & (PaperVersion.scanned_at < db.now() - AGAIN),
    )
    query = (
        select(PaperVersion.id, PaperVersion.stored_name)
        .where(TO_SCAN, due)
        .order_by(PaperVersion.scanned_at, PaperVersion.id)
    )
    return [(row.id, row.stored_name) for row in await db.execute(query.limit(AT_ONCE))]


async def note_verdict(db: Session, version_id: int, verdict: str) -> None:
    """What the scanner said of a file; that something was found in it is one line of the trail."""
    version = await db.get_one(PaperVersion, version_id)
    version.verdict, version.scanned_at = verdict, db.now()
    if verdict == INFECTED:
        audit.add(db, WORKER, "virus_found", f"paper:{version.paper_id}", n=version.number, sha256=version.sha256)


async def files_of_papers(db: Session) -> Sequence[tuple[str, str]]:
    """How the file of every version lies on the disk, and its SHA-256."""
    rows = await db.execute(select(PaperVersion.stored_name, PaperVersion.sha256).order_by(PaperVersion.id))
    return [(row.stored_name, row.sha256) for row in rows]


async def known(db: Session, stored_names: Collection[str]) -> set[str]:
    """Those of these files that a row knows."""
    query = select(PaperVersion.stored_name).where(PaperVersion.stored_name.in_(stored_names))
    return set(await db.scalars(query))
