"""Bringing a database to the newest schema: all steps in one transaction, so that a migration that fails half-way leaves nothing.

A file `migrations/versions/0007_….py` has the revision "0007"; knowing the head therefore needs no import of Alembic, which
keeps the start fast."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import Connection

from liaison.config import Settings
from liaison.errors import N_, CannotRun
from liaison.keeping import making
from liaison.paths import data_dir

_ADVISORY_LOCK = 0x6C696169  # one migration at a time on PostgreSQL
RESTORING = "restoring"
"""In place of a revision while `liaison restore` is at work in a PostgreSQL database: nothing else may touch it."""

_SET_REVISION = text("UPDATE alembic_version SET version_num = :revision")


class SchemaError(CannotRun):
    """The database cannot be used by this program; the text says what to do."""


def head() -> str:
    """The newest revision this program knows."""
    return max(_revisions())


def _revisions() -> set[str]:
    return {f.name[:4] for f in (data_dir("migrations") / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")}


def sync_engine(settings: Settings) -> Engine:
    """A blocking engine for migrations and backups; SQLite gets transactional DDL (explicit BEGIN IMMEDIATE)."""
    path = settings.sqlite_path
    if path is None:
        return create_engine(settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 10})

    @event.listens_for(engine, "connect")
    def connect(raw: sqlite3.Connection, record: Any) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def current(connection: Connection) -> str | None:
    """The database's revision; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def ensure_current(settings: Settings) -> str | None:
    """Make the schema fit this program, or raise SchemaError: an embedded SQLite is backed up and migrated, PostgreSQL must have been
    (`liaison migrate`). Returns the revision it came from when something was migrated."""
    if settings.sqlite_path is not None:
        return bring_to_head(settings)
    if revision_of(settings) != head():
        raise SchemaError(N_("The database is not up to date. Run: liaison migrate"))
    return None


def bring_to_head(settings: Settings, *, backup: bool = True) -> str | None:
    """Migrate to the newest schema what is older, after a backup; a migration whose backup cannot be made does not start. Returns the
    revision it came from when something was migrated. `backup=False` is for PostgreSQL, where the database has its own means."""
    found = revision_of(settings)
    if found == head():
        return None
    if found is not None and (backup or settings.sqlite_path is not None):
        _back_up(settings)
    engine = sync_engine(settings)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
    return found or ""


def revision_of(settings: Settings) -> str | None:
    """The revision of the site's database, None for an empty one. Raises SchemaError where this program must leave it alone."""
    engine = sync_engine(settings)
    try:
        with engine.connect() as connection:
            found = current(connection)
    finally:
        engine.dispose()
    if found == RESTORING:
        raise SchemaError(
            N_("A restore into this database was broken off. Drop the database, create it anew and restore again.")
        )
    refuse_unknown(found)
    return found


def refuse_unknown(found: str | None) -> None:
    """Raise SchemaError for data of a newer version than this program, or of one that it never had."""
    if found is None or found in _revisions():
        return
    said = N_("These data are of a version that this program does not know (%(found)s; it knows %(known)s).")
    if found > head():
        said = N_(
            "These data are of a newer version (%(found)s) than this program knows (%(known)s). Install that version."
        )
    raise SchemaError(said, found=found, known=head())


def _back_up(settings: Settings) -> None:
    try:
        making.make_before_migration(settings, head())
    except CannotRun as problem:
        if settings.sqlite_path is not None:
            raise SchemaError(N_("The database was not migrated, for there is no backup of it: %(why)s"), why=problem.message) from problem  # fmt: skip
        raise SchemaError(N_("The database was not migrated, for there is no backup of it: %(why)s Make one by the database's own means, then run: liaison migrate --no-backup"), why=problem.message) from problem  # fmt: skip


def upgrade(engine: Engine, revision: str = "head", *, marked: str | None = None) -> None:
    """Run every missing migration in one transaction; PostgreSQL under an advisory lock, so that two hosts never migrate at once.

    `marked` is the real revision of a database that bears the mark RESTORING, and still bears it afterwards."""
    from alembic import command

    config = alembic_config()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        config.attributes["connection"] = connection
        if marked is not None:
            connection.execute(_SET_REVISION, {"revision": marked})
        command.upgrade(config, revision)
        if marked is not None:
            connection.execute(_SET_REVISION, {"revision": RESTORING})


def alembic_config() -> Any:
    """Alembic's configuration, without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(data_dir("migrations"))).replace("%", "%%"))
    return config
