"""Making backups of a site: by hand, by night, and before a migration. Blocking: a worker calls it in a thread."""

import os
import secrets
import sqlite3
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from liaison.config import VERSION, Settings
from liaison.errors import N_, CannotRun
from liaison.keeping import archive, copies, rotation
from liaison.keeping.archive import CannotKeep, Manifest, Stop

_LEFT_BEHIND = 86_400
"""Seconds after which a temporary file of a backup that was killed is taken away."""


def never() -> bool:
    """Nothing breaks this backup off."""
    return False


def directory_of(settings: Settings) -> Path:
    """Where backups that the site makes by itself are kept."""
    return settings.data_dir / "backups"


def make(settings: Settings, target: Path, *, with_key: bool = False, stop: Stop = never) -> Manifest:
    """Back the site up into the new file `target`. Raises CannotKeep saying why not; then nothing is left of it."""
    archive.refuse_existing(target)
    database = settings.sqlite_path
    if database is not None and not database.exists():
        raise CannotKeep(N_("There is no database at %(path)s, so there is nothing to back up."), path=database)
    made_at = datetime.now(UTC)
    copy = target.with_name(f".{target.name}.{secrets.token_hex(4)}.database.part")
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if database is not None:
            copies.copy_sqlite(database, copy, stop=stop)
            facts, name = copies.facts_of_sqlite(copy), archive.SQLITE
        else:
            facts, name = copies.dump_postgresql(settings.database_url, copy, stop=stop), archive.POSTGRESQL
        sources = {name: copy} | _papers(settings)
        if with_key:
            sources[archive.KEY] = _key(settings)
        parts = [archive.part_of(part, path) for part, path in sources.items()]
        manifest = Manifest(VERSION, made_at, facts, parts)
        archive.write(target, manifest, list(sources.values()), stop=stop)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise CannotKeep(
            N_("The backup could not be made (%(why)s); nothing is left of it."), why=_why(error)
        ) from error
    finally:
        for tail in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                copy.with_name(copy.name + tail).unlink()
    return manifest


def make_nightly(settings: Settings, day: date, *, stop: Stop = never) -> Path:
    """The backup of one night, and the rotation after it. Raises CannotKeep."""
    target = _own_directory(settings) / rotation.nightly_name(day)
    if not target.exists():  # a worker may have been killed between making it and noting it
        make(settings, target, stop=stop)
    _rotate(target.parent)
    return target


def make_before_migration(settings: Settings, revision: str) -> Path:
    """What a migration to `revision` must have before it starts. Raises CannotKeep."""
    target = _own_directory(settings) / rotation.before_name(revision, datetime.now(UTC))
    try:
        make(settings, target)
    except CannotKeep:
        if not target.exists():  # else a second process that starts at this moment has made just this one
            raise
    _rotate(target.parent)
    return target


def _own_directory(settings: Settings) -> Path:
    directory = directory_of(settings)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotKeep(
            N_("The backup could not be made (%(why)s); nothing is left of it."), why=_why(error)
        ) from error
    return directory


def _papers(settings: Settings) -> dict[str, Path]:
    """Papers are listed after the database was copied: each one it knows was there by then."""
    directory = settings.papers_dir
    found = sorted(path for path in directory.rglob("*") if path.is_file() and not path.is_symlink())
    return {archive.PAPERS + path.relative_to(directory).as_posix(): path for path in found}


def _key(settings: Settings) -> Path:
    path = settings.data_dir / "secret_key"
    if not path.exists():
        raise CannotRun(N_("There is no key at %(path)s: it is set by LIAISON_SECRET_KEY. Keep it where that is kept, and leave out --with-key."), path=path)  # fmt: skip
    return path


def _rotate(directory: Path) -> None:
    with suppress(OSError):
        for name in rotation.outdated(path.name for path in directory.iterdir()):
            (directory / name).unlink(missing_ok=True)
        for path in directory.glob(".*.part*"):
            if time.time() - path.stat().st_mtime > _LEFT_BEHIND:
                path.unlink(missing_ok=True)


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0][:300]
