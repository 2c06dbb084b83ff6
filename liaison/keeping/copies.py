"""A whole copy of the database at one moment, while others go on writing: SQLite by its backup interface, PostgreSQL by pg_dump."""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from liaison.errors import N_, CannotRun
from liaison.keeping.archive import CannotKeep, Damaged, Facts, Stop

COUNTED: Final = ("agency", "person", "mechanism", "meeting", "action_item", "outbox_mail", "audit_line")
GENESIS: Final = "0" * 64
_PAGES = 4096  # 16 MB at a time; in between a stop is seen
_PASSWORD = re.compile(r"^(postgresql://[^:/@?]*):([^@/?]*)@")
_EMPTY = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm') "
    "AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
)


def copy_sqlite(source: Path, target: Path, *, stop: Stop) -> None:
    """Copy a database that others use into the file `target`, as of one moment. Raises CannotKeep, sqlite3.Error."""

    def go_on(status: int, remaining: int, total: int) -> None:
        if stop():
            raise CannotKeep(N_("The backup was broken off because the program ends."))

    with (
        closing(
            sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=10, isolation_level=None)
        ) as there,
        closing(sqlite3.connect(target, isolation_level=None)) as here,
    ):
        there.execute("BEGIN")  # what is read stays as of now, so that others' writing never starts the copy anew
        there.execute("SELECT count(*) FROM sqlite_master").fetchone()
        here.execute("PRAGMA synchronous=OFF")  # the packed file is what is flushed to the disk
        there.backup(here, pages=_PAGES, progress=go_on)
        here.execute("PRAGMA journal_mode=DELETE")  # one plain file, without a log beside it


def facts_of_sqlite(path: Path) -> Facts:
    """What a copy says of itself. Raises sqlite3.Error where it is none."""
    with closing(sqlite3.connect(path)) as raw:
        return _facts(lambda sql: raw.execute(sql).fetchone(), "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '{}'")  # fmt: skip


def unsound(path: Path) -> str | None:
    """What SQLite's own check finds wrong with a copy; None when it is sound."""
    try:
        with closing(sqlite3.connect(path)) as raw:
            found: str = raw.execute("PRAGMA integrity_check(1)").fetchone()[0]
            broken = raw.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return found if found != "ok" else f"foreign key of {broken[0]}" if broken else None


def close_log(path: Path) -> None:
    """Bring a database that nobody uses any more into its one plain file, on the disk, so that the file can be moved."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.execute("PRAGMA journal_mode=DELETE")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def missing_tool(*names: str) -> str | None:
    """The first of these programs that is not installed here."""
    return next((name for name in names if shutil.which(name) is None), None)


def dump_postgresql(url: str, target: Path, *, stop: Stop) -> Facts:
    """Dump the whole database as of one moment. Raises CannotKeep, SQLAlchemyError."""
    _need("pg_dump")
    engine = create_engine(_driver(url), poolclass=NullPool)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            facts = _facts(
                lambda sql: connection.execute(text(sql)).first(),
                "SELECT 1 FROM pg_class WHERE oid = to_regclass('{}')",
            )
            _run(
                ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-comments", "--compress=0"],
                url,
                [f"--snapshot={snapshot}", f"--file={target}"],
                stop=stop,
            )
    finally:
        engine.dispose()
    return facts


def readable_dump(dump: Path) -> bool | None:
    """Whether pg_restore can read it; None where pg_restore is not installed."""
    if missing_tool("pg_restore"):
        return None
    done = subprocess.run(["pg_restore", "--file=/dev/null", dump], capture_output=True, check=False)
    return done.returncode == 0


def is_empty_postgresql(url: str) -> bool:
    """Whether there is no table yet."""
    engine = create_engine(_driver(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return not connection.execute(text(_EMPTY)).scalar_one()
    finally:
        engine.dispose()


def load_postgresql(url: str, dump: Path, then: str) -> None:
    """Load a dump into an empty database and run the statement `then`, all in one transaction. Raises CannotKeep."""
    _need("pg_restore", "psql")
    with tempfile.TemporaryDirectory(prefix="liaison-") as directory:
        script, last = Path(directory) / "all.sql", Path(directory) / "then.sql"
        last.write_text(f"{then}\n", encoding="utf-8")
        plain = ["pg_restore", "--no-owner", "--no-privileges", "--no-comments", f"--file={script}", str(dump)]
        done = subprocess.run(plain, capture_output=True, check=False)
        if done.returncode:
            raise Damaged(N_("pg_restore cannot read the dump: %(why)s"), why=_last_line(done.stderr))
        _run(
            ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"],
            url,
            [f"--file={script}", f"--file={last}"],
            stop=lambda: False,
        )


def _need(*names: str) -> None:
    if name := missing_tool(*names):
        raise CannotKeep(N_("%(name)s is not installed. Install the PostgreSQL client of the server's version (Debian: postgresql-client), or make backups by the database's own means."), name=name)  # fmt: skip


def _run(command: list[str], url: str, rest: list[str], *, stop: Stop) -> None:
    """Run a client program of PostgreSQL on the database; the password goes by the environment, where other users do not see it."""
    environment = dict(os.environ)
    if found := _PASSWORD.match(url):
        environment["PGPASSWORD"] = unquote(found[2])
        url = _PASSWORD.sub(r"\1@", url)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*command, f"--dbname={url}", *rest], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        )  # fmt: skip
        while True:
            try:
                process.wait(0.5)
                break
            except subprocess.TimeoutExpired:
                if stop():
                    process.terminate()
                    process.wait()
                    raise CannotKeep(N_("The backup was broken off because the program ends.")) from None
        if process.returncode:
            said.seek(0)
            raise CannotKeep(N_("%(name)s: %(why)s"), name=command[0], why=_last_line(said.read()))


def _last_line(said: bytes) -> str:
    """What a program said last, or first of an error."""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return next((line for line in lines if "error:" in line.lower()), lines[-1] if lines else "?")[:400]


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _facts(ask: Callable[[str], Any], has_table: str) -> Facts:
    if ask(has_table.format("alembic_version")) is None:
        raise CannotRun(N_("There is no site in this database yet, so there is nothing to back up."))
    revision = ask("SELECT version_num FROM alembic_version")
    head = ask("SELECT number, hash FROM audit_head") if ask(has_table.format("audit_head")) else None
    counts = {name: ask(f"SELECT count(*) FROM {name}")[0] for name in COUNTED if ask(has_table.format(name))}
    return Facts(revision[0] if revision else "", head[0] if head else 0, head[1] if head else GENESIS, counts)
