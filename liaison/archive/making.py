"""Making an archive: gather what the viewer may see, write it, and note on the trail who took what along."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.archive import ledgers, of_mechanism, of_meetings, of_notices, trail
from liaison.archive.filing import catalogue, safe_name
from liaison.archive.packing import Packer
from liaison.archive.pages import rendered, said
from liaison.archive.program import verifier
from liaison.archive.scope import COUNTED, FIRST_YEAR, LAST_YEAR, LEFT_OUT, NEVER, Scope, may_archive
from liaison.archive.trail import Stretch
from liaison.audit import AuditLine
from liaison.config import VERSION
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import Meeting
from liaison.meetings.seen import visible_to

FORMAT: Final = 1
VERB: Final = "make_archive"
MOST_SHOWN: Final = 50
NO_YEAR: Final = N_("Please give a year such as 2026.")


@dataclass(frozen=True, slots=True)
class Made:
    """An archive that lies in a file. `manifest`: the SHA-256 of its manifest, its fingerprint."""

    mechanism: Mechanism
    year: int | None
    file_name: str
    manifest: str
    head: str
    files: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What an archive would hold now, and what is left out and why; both in words, with how many."""

    mechanism: Mechanism
    year: int | None
    holds: list[tuple[str, int]]
    left_out: list[tuple[str, int]]
    never: list[str]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An archive that somebody made."""

    at: datetime
    by: str
    agency: str
    year: int | None
    manifest: str
    head: str


async def archivable(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    """The mechanism, for whoever may take its record along. Raises NotFound, NotPermitted."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_archive(viewer, mechanism_id):
        raise NotPermitted(
            N_(
                "The record is taken along by people of the member agencies and by readers. The operator sees the frame alone."
            )
        )
    return mechanism


async def first_year(db: Session, viewer: Viewer, mechanism: Mechanism) -> int:
    """The year from which there may be something to take along: that of the first meeting the viewer may know of, or this one."""
    query = select(func.min(Meeting.local_start)).where(Meeting.mechanism_id == mechanism.id, visible_to(viewer))
    first, this = (await db.execute(query)).scalar_one_or_none(), db.clock.today(mechanism.timezone).year
    return min(first.year, this) if first is not None else this


async def preview(db: Session, viewer: Viewer, mechanism_id: int, year: int | None, words: Words) -> Preview:
    """Count it. Raises NotFound, NotPermitted, Invalid (year)."""
    scope = await _scope(db, viewer, mechanism_id, year, words)
    await of_mechanism.agreement(db, scope, None)
    await of_mechanism.liaisons(db, scope, None)
    await of_meetings.meetings(db, scope, None)
    await ledgers.ledgers(db, scope, None)
    await of_notices.notices(db, scope, None)
    return Preview(
        scope.mechanism, year, said(words, COUNTED, scope.counts), said(words, LEFT_OUT, scope.left_out), _never(words)
    )


async def compose(db: Session, viewer: Viewer, mechanism_id: int, year: int | None, words: Words, target: Path) -> Made:
    """Write the ZIP into the new file `target`, in a session that nothing was read in before. Raises NotFound, NotPermitted, Invalid (year)."""
    if db.get_bind().dialect.name == "postgresql":  # everything as of one instant, as SQLite reads anyway
        await db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    scope = await _scope(db, viewer, mechanism_id, year, words)
    chain = await trail.stretch(db, mechanism_id, *((scope.since, scope.until) if year is not None else (None, None)))
    packer = await asyncio.to_thread(Packer, target, scope.now)
    try:
        pages = {
            "agreement": await of_mechanism.agreement(db, scope, packer),
            "meetings": await of_meetings.meetings(db, scope, packer),
            "ledgers": [*await ledgers.ledgers(db, scope, packer), *await of_mechanism.liaisons(db, scope, packer)],
            "notices": await of_notices.notices(db, scope, packer),
        }
        await _trail(db, scope, packer, chain)
        manifest = await asyncio.to_thread(_finished, scope, packer, chain, pages)
    finally:
        await asyncio.to_thread(packer.close)
    span = str(year) if year is not None else words._("whole record")
    kind = words.pgettext("page", "Archive")
    name = f"{kind}-{scope.mechanism.short_name}-{span}-{scope.today}-{manifest[:8]}"
    return Made(scope.mechanism, year, safe_name(name, ".zip"), manifest, chain.head, len(packer.files))


async def note(db: Session, viewer: Viewer, made: Made) -> None:
    """One line of the trail, before the archive leaves: who took what along, by its fingerprint. Whoever is shown another archive as this
    one finds that it is not."""
    audit.add(
        db,
        viewer,
        VERB,
        f"mechanism:{made.mechanism.id}",
        mechanism_id=made.mechanism.id,
        year=made.year,
        manifest=made.manifest,
        head=made.head,
        files=made.files,
    )


async def earlier(db: Session, viewer: Viewer, mechanism_id: int) -> list[Earlier]:
    """The archives that people of the viewer's own agency made, newest first; a reader reads of their own. Raises NotFound."""
    await mechanisms.get(db, viewer, mechanism_id)
    query = (
        select(AuditLine, Person.name, Person.agency_id)
        .join(Person, Person.id == AuditLine.person_id)
        .where(
            AuditLine.object == f"mechanism:{mechanism_id}",
            AuditLine.verb == VERB,
            Person.agency_id == viewer.agency_id,
        )
        .order_by(AuditLine.number.desc())
        .limit(MOST_SHOWN)
    )
    found = []
    for line, name, _ in await db.execute(query):
        facts: dict[str, Any] = audit.facts_of(line)
        if facts:
            found.append(
                Earlier(line.at, name, viewer.agency_short_name, facts["year"], facts["manifest"], facts["head"])
            )
    return found


async def _scope(db: Session, viewer: Viewer, mechanism_id: int, year: int | None, words: Words) -> Scope:
    mechanism = await archivable(db, viewer, mechanism_id)
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid({"year": NO_YEAR})
    return Scope(
        viewer,
        mechanism,
        year,
        words,
        db.clock.today(mechanism.timezone),
        db.now(),
        bool(db.settings.scanner),
    )


async def _trail(db: Session, scope: Scope, packer: Packer, chain: Stretch) -> None:
    growing = await asyncio.to_thread(packer.open, "audit/trail.jsonl")
    try:
        await asyncio.to_thread(growing.lines, [chain.to_json()])
        async for some in trail.pieces(db, scope.viewer, scope.mechanism.id, chain):
            await asyncio.to_thread(growing.lines, some)
    finally:
        await asyncio.to_thread(growing.close)


def _never(words: Words) -> list[str]:
    return [words._(one) for one in NEVER]


def _finished(scope: Scope, packer: Packer, chain: Stretch, pages: Mapping[str, Any]) -> str:
    words = scope.words
    copy_of = {
        "agency": scope.viewer.agency_short_name or words._("Server console"),
        "person": scope.viewer.name or "",
    }
    listed = list(packer.listed)
    packer.add_table("", words._("List of archived documents"), catalogue(words, listed))
    packer.add("verify.py", verifier())
    facts = {
        "format": FORMAT,
        "made_by": f"liaison {VERSION}",
        "mechanism": scope.mechanism.name,
        "mechanism_id": str(scope.mechanism.id),
        "year": scope.year,
        "as_of": scope.now.astimezone(scope.zone).isoformat(timespec="seconds"),
        "language": words.locale,
        "copy_of": copy_of,
        "head": chain.head,
        "first_line": chain.first,
        "counts": dict(scope.counts),
        "left_out": {name: n for name, n in scope.left_out.items() if n},
    }
    packer.add("style.css", rendered(words, "archive/copy/style.css").encode())
    page = rendered(
        words,
        "archive/copy/index.html",
        mechanism=scope.mechanism,
        year=scope.year,
        copy_of=copy_of,
        as_of=words.moment(scope.now, zone=scope.mechanism.timezone),
        head=chain.head,
        holds=said(words, COUNTED, scope.counts),
        left_out=said(words, LEFT_OUT, scope.left_out),
        never=_never(words),
        catalogue=next(path for path in packer.files if path.endswith(".xlsx") and "/" not in path),
        **pages,
    )
    packer.add("index.html", page.encode())
    return packer.finish(facts)
