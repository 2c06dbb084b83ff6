"""`liaison restore`: what a backup holds, and how it becomes a working site again.

A site is made beside its place and settled there (`system.after_restore`) before it gets its name; a database of PostgreSQL bears a mark
instead of its revision until then. So nothing can run on it half-way, and a restore that was broken off is begun anew."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text

from liaison import audit, migrate
from liaison.clock import Clock
from liaison.composers import COMPOSERS
from liaison.config import Settings, with_secret_key
from liaison.countersigning.queries import files_of_scans
from liaison.db import Database
from liaison.errors import N_, CannotRun
from liaison.files.scanning import files_of_papers
from liaison.i18n import Words
from liaison.keeping import archive, copies
from liaison.keeping.archive import Damaged, Manifest
from liaison.models import FILES
from liaison.opening import open_database
from liaison.system.after_restore import Settled, settle


class NotEmpty(CannotRun):
    """A restore never overwrites: the text says what is there and what to do."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A backup that was found whole; `trail_checked` is False where that takes a server (PostgreSQL)."""

    manifest: Manifest
    needs_migration: bool
    trail_checked: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what was settled."""

    manifest: Manifest
    settled: Settled
    new_key: bool
    lost: list[str]
    """The papers that the database knows and whose files the backup does not have."""


async def examine(file: Path) -> Examined:
    """Unpack a backup into a temporary directory and look at everything. Raises Damaged and other CannotRun."""
    with tempfile.TemporaryDirectory(prefix="liaison-check-") as directory:
        place = Path(directory)
        manifest = _unpacked(file, place)
        older = manifest.facts.revision != migrate.head()
        if not manifest.is_sqlite:
            if copies.readable_dump(place / archive.POSTGRESQL) is False:
                raise Damaged(
                    N_("This backup is damaged or was changed: %(part)s. Take another one."), part=archive.POSTGRESQL
                )
            return Examined(manifest, older, trail_checked=False)
        settings = Settings(data_dir=place, database_url=f"sqlite:///{place / archive.SQLITE}", secret_key="-" * 32)
        _upgrade(settings)
        database = open_database(settings, Clock())
        try:
            await _check_trail(database, manifest)
            if lost := await _lost_papers(database, manifest):
                raise Damaged(
                    N_(
                        "The file %(part)s of a paper is missing or another one: it was lost before this backup was made."
                    ),
                    part=lost[0],
                )
        finally:
            await database.dispose()
        return Examined(manifest, older, trail_checked=True)


async def restore(settings: Settings, file: Path) -> Restored:
    """Make the site of a backup anew at its empty place. Raises NotEmpty, Damaged and other CannotRun; then nothing was changed."""
    _refuse_data(settings)
    with _alone(settings), _place_beside(settings) as place:
        _refuse_data(settings)  # a restore that ended just now may have put a site here
        manifest = _unpacked(file, place)
        if manifest.is_sqlite != (settings.sqlite_path is not None):
            raise CannotRun(
                N_(
                    "This is a backup of SQLite, and LIAISON_DATABASE_URL names PostgreSQL. Restore it without that setting."
                )
                if manifest.is_sqlite
                else N_("This is a backup of PostgreSQL. Set LIAISON_DATABASE_URL to an empty PostgreSQL database.")
            )
        _fit_key(settings, place)
        ours = settings.data_dir / archive.KEY
        new_key = not (settings.secret_key or ours.exists() or manifest.with_key)
        if settings.sqlite_path is not None:
            settled, lost = await _sqlite(settings, place, manifest)
        else:
            settled, lost = await _postgresql(settings, place, manifest)
        return Restored(manifest, settled, new_key, lost)


async def _sqlite(settings: Settings, place: Path, manifest: Manifest) -> tuple[Settled, list[str]]:
    made = place / archive.SQLITE
    beside = replace(settings, database_url=f"sqlite:///{made}", secret_key=_key(settings, place))
    _upgrade(beside)
    settled = await _settled(beside, manifest, mark=False)
    copies.close_log(made)
    assert settings.sqlite_path is not None
    settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    _move_files(settings, place)
    _move(made, settings.sqlite_path)  # last: from here on there is a site
    return settled


async def _postgresql(settings: Settings, place: Path, manifest: Manifest) -> tuple[Settled, list[str]]:
    mark = f"RESET search_path; UPDATE alembic_version SET version_num = '{migrate.RESTORING}';"
    copies.load_postgresql(settings.database_url, place / archive.POSTGRESQL, mark)
    _upgrade(settings, marked=manifest.facts.revision)
    settled = await _settled(settings, manifest, mark=True)
    _move_files(settings, place)
    return settled


async def _settled(settings: Settings, manifest: Manifest, *, mark: bool) -> tuple[Settled, list[str]]:
    database = open_database(settings, Clock())
    try:
        await _check_trail(database, manifest)
        async with database.writing() as db:
            settled = await settle(db, made_at=manifest.made_at, composers=COMPOSERS)
            if mark:
                await db.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": migrate.head()})
        return settled, await _lost_papers(database, manifest)
    finally:
        await database.dispose()


def worded(words: Words, manifest: Manifest, timezone: str) -> list[str]:
    """What a backup says of itself, for a terminal."""
    facts = manifest.facts
    counts = facts.counts
    return [
        words._("Backup of %(when)s, made by liaison %(version)s, schema %(revision)s.", when=f"{manifest.made_at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S %z}", version=manifest.program, revision=facts.revision),
        words._("In it: %(agencies)s agencies, %(people)s people, %(mechanisms)s mechanisms, %(meetings)s meetings, %(actions)s action items, %(mails)s mails, %(lines)s lines of the audit trail, %(papers)s papers.",
            agencies=counts.get("agency", 0), people=counts.get("person", 0), mechanisms=counts.get("mechanism", 0), meetings=counts.get("meeting", 0), actions=counts.get("action_item", 0),
            mails=counts.get("outbox_mail", 0), lines=counts.get("audit_line", 0), papers=sum(part.name.startswith(archive.PAPERS) for part in manifest.parts)),
        words._("Audit trail up to %(number)s:%(hash)s", number=facts.head_number, hash=facts.head_hash),
        words._("The secret key is in it: keep this file as safe as the key.") if manifest.with_key else words._("The secret key is not in it: without that key links in mails already sent do not work any more."),
    ]  # fmt: skip


def _unpacked(file: Path, place: Path) -> Manifest:
    """The parts of a backup in `place`, each as the manifest says, and a database this program can run."""
    manifest = archive.unpack(file, place)
    if manifest.facts.revision > migrate.head():
        raise CannotRun(
            N_(
                "These data are of a newer version (%(found)s) than this program knows (%(known)s). Install that version."
            ),
            found=manifest.facts.revision,
            known=migrate.head(),
        )
    if not manifest.is_sqlite:
        if not (place / archive.POSTGRESQL).exists():
            raise Damaged(
                N_("This backup is damaged or was changed: %(part)s. Take another one."), part=archive.POSTGRESQL
            )
        return manifest
    copy = place / archive.SQLITE
    if wrong := copies.unsound(copy):
        raise Damaged(N_("The database in this backup is not sound: %(why)s. Take another one."), why=wrong)
    found = copies.facts_of_sqlite(copy)
    counts = {
        name: found.counts.get(name, -1) for name in manifest.facts.counts
    }  # another version may count other tables
    if replace(found, counts=counts) != manifest.facts:
        raise Damaged(N_("This backup is damaged or was changed: %(part)s. Take another one."), part=archive.MANIFEST)
    return manifest


def _upgrade(settings: Settings, *, marked: str | None = None) -> None:
    """Migrate a copy to the newest schema. One that bears the mark of a restore (`marked`: its real revision) bears it afterwards too."""
    engine = migrate.sync_engine(settings)
    try:
        migrate.upgrade(engine, marked=marked)
    finally:
        engine.dispose()


async def _check_trail(database: Database, manifest: Manifest) -> None:
    async with database.reading() as db:
        broken = await audit.broken_at(db)
        if broken is not None:
            raise Damaged(N_("The audit trail does not fit at line %(number)s: it was changed."), number=broken)
        if await audit.head(db) != (manifest.facts.head_number, manifest.facts.head_hash):
            raise Damaged(
                N_("This backup is damaged or was changed: %(part)s. Take another one."), part=archive.MANIFEST
            )


async def _lost_papers(database: Database, manifest: Manifest) -> list[str]:
    """The papers that the database knows and that are not in the backup as they were brought. A look at a backup finds fault with
    that; a restore goes on without them, and names them."""
    held = {part.name: part.sha256 for part in manifest.parts}
    async with database.reading() as db:
        files = [*await files_of_papers(db, FILES), *await files_of_scans(db)]
    known = [(archive.PAPERS + stored_name, sha256) for stored_name, sha256 in files]
    return [name for name, sha256 in known if held.get(name) != sha256]


def _refuse_data(settings: Settings) -> None:
    """Raises NotEmpty where anything would be overwritten."""
    path = settings.sqlite_path
    there = [settings.papers_dir] if _holds_files(settings.papers_dir) else []
    if path is not None:
        there += [
            each
            for each in (path.with_name(path.name + tail) for tail in ("", "-wal", "-shm", "-journal"))
            if each.exists()
        ]
    elif not copies.is_empty_postgresql(settings.database_url):
        raise NotEmpty(N_("The database holds data, and a restore never overwrites any. Create an empty database, and name it in LIAISON_DATABASE_URL."))  # fmt: skip
    if there:
        raise NotEmpty(N_("%(path)s exists, and a restore never overwrites data. Stop liaison and move it away, or name another LIAISON_DATA_DIR."), path=there[0])  # fmt: skip


def _holds_files(directory: Path) -> bool:
    return directory.is_dir() and any(directory.iterdir())


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Hold the data directory: two restores into one place would take each other's copies away. The hold ends with the process."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    held = os.open(settings.data_dir, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise CannotRun(
            N_("Another restore into %(path)s is under way. Wait for its end."), path=settings.data_dir
        ) from None
    try:
        yield
    finally:
        os.close(held)


@contextmanager
def _place_beside(settings: Settings) -> Iterator[Path]:
    """A directory on the same disk as the site; what a restore that was killed left there goes first. None but ours lives (`_alone`)."""
    for left in settings.data_dir.glob(".restoring-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.data_dir) as directory:
        yield Path(directory)


def _key(settings: Settings, place: Path) -> str:
    for path in (place / archive.KEY, settings.data_dir / archive.KEY):
        if not settings.secret_key and path.exists():
            return path.read_text(encoding="utf-8").strip()
    return with_secret_key(settings).secret_key


def _fit_key(settings: Settings, place: Path) -> None:
    """The key in a backup never replaces another one."""
    ours, theirs = settings.data_dir / archive.KEY, place / archive.KEY
    if theirs.exists():
        told = theirs.read_text(encoding="utf-8").strip()
        here = settings.secret_key or (ours.read_text(encoding="utf-8").strip() if ours.exists() else told)
        if here != told:
            raise NotEmpty(N_("The key in this backup is another one than this site has. Move %(path)s away (or unset LIAISON_SECRET_KEY) to take the backup's."), path=ours)  # fmt: skip


def _move_files(settings: Settings, place: Path) -> None:
    key, papers = place / archive.KEY, place / "papers"
    if key.exists() and not settings.secret_key and not (settings.data_dir / archive.KEY).exists():
        _move(key, settings.data_dir / archive.KEY)
    if papers.exists():
        target = settings.papers_dir
        if target.exists():
            target.rmdir()
        _move(papers, target)


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:  # the database may be on another disk than the data directory
        beside = target.with_name(f".{target.name}.restoring")
        shutil.copyfile(source, beside)
        beside.chmod(0o600)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.rename(target)
