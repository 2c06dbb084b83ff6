"""Every test gets a real database of its own, built by the migrations: a copied SQLite file, or a PostgreSQL database from a template."""

import asyncio
import gc
import hashlib
import os
import pickle
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import jinja2
import pytest
import structlog

from liaison import migrate, templating
from liaison.clock import Clock
from liaison.config import Settings, checked
from liaison.db import Database
from liaison.i18n import LOCALES
from liaison.opening import open_database
from liaison.paths import data_dir
from tests import browser as chromium
from tests import postgres
from tests.callers import Browser, Program, visitor
from tests.meetings.play import Play
from tests.statements import hurried
from tests.world import World, build, copied

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday 2026-11-23 09:00 in Beijing: the day most tests take place on."""

SECRET = "test-secret-key-of-more-than-32-characters"
ON_POSTGRESQL = os.environ.get("LIAISON_TEST_DATABASE") == "postgresql"

MEMORY = Path("/dev/shm")
ENOUGH = 2_000_000_000
"""Bytes: far more than tests have on disk at one time, since what a test that passed has written is removed after it."""


def in_memory() -> bool:
    """Whether tests can write into memory: where this machine has it, with room, and files that were written there may be run."""
    try:
        has = os.statvfs(MEMORY)
    except OSError:
        return False
    runs = not has.f_flag & os.ST_NOEXEC
    return runs and os.access(MEMORY, os.W_OK) and has.f_bavail * has.f_frsize > ENOUGH


if "TMPDIR" not in os.environ and in_memory():  # what is written through to the disk would wait for it
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None  # asked for anew

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes start here: each would compile everything again
sys.dont_write_bytecode = False


def pytest_collection_finish() -> None:
    """From here on garbage is looked for, never among what was there before, and seldom among what outlived many tests: that is what is
    kept for a whole process, and most of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def no_setting_of_the_tests() -> None:
    """Liaison refuses LIAISON_… names that it does not know, so what runs here and in processes of their own must not see this one."""
    os.environ.pop("LIAISON_TEST_DATABASE", None)


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """By default structlog writes out every local variable of every frame, which takes seconds for one logged failure."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_before(pytestconfig: pytest.Config) -> None:
    """What a template compiles to is kept from run to run, for as long as nothing changes that it is made by; to compile them all takes
    seconds in each process. Jinja compares the template itself."""
    makers = [data_dir("locale").rglob("*.mo"), [Path(templating.__file__)]]
    made_by = hashlib.sha256(b"".join(path.read_bytes() for paths in makers for path in sorted(paths)))
    for locale in LOCALES:
        kept = pytestconfig.cache.mkdir(f"templates-{locale}-{made_by.hexdigest()[:16]}-{jinja2.__version__}")
        templating.environment(locale).bytecode_cache = jinja2.FileSystemBytecodeCache(str(kept))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the newest schema, made once and copied by every test."""
    directory = tmp_path_factory.mktemp("migrated")
    settings = checked(Settings(data_dir=directory, secret_key=SECRET))
    migrate.ensure_current(settings)
    engine = migrate.sync_engine(settings)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    engine.dispose()
    return directory / "liaison.db"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One PostgreSQL server for the whole run."""
    with postgres.server() as running:
        yield running


@contextmanager
def migrated_settings(directory: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of a site whose database is migrated and empty; its data directory is `directory`."""
    if ON_POSTGRESQL:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        with server.database() as url:
            yield checked(Settings(data_dir=directory, secret_key=SECRET, database_url=url))
    else:
        shutil.copyfile(request.getfixturevalue("migrated_file"), directory / "liaison.db")
        yield checked(Settings(data_dir=directory, secret_key=SECRET))


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of a site whose database is migrated and empty."""
    with migrated_settings(tmp_path, request) as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    """Stands still at NOW; a test sets `clock.as_of` to move it."""
    return Clock(as_of=NOW)


@pytest.fixture
async def database(settings: Settings, clock: Clock) -> AsyncIterator[Database]:
    """The migrated, empty database."""
    opened = hurried(open_database(settings, clock))
    yield opened
    await opened.dispose()


@pytest.fixture(scope="session")
def populated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes] | None:
    """The same file with the small world in it, made once, and that world as it was read: to build it costs more than most tests. None
    on PostgreSQL."""
    if ON_POSTGRESQL:
        return None
    migrated_file = request.getfixturevalue("migrated_file")
    directory = tmp_path_factory.mktemp("populated")
    shutil.copyfile(migrated_file, directory / "liaison.db")

    async def make() -> World:
        database = open_database(checked(Settings(data_dir=directory, secret_key=SECRET)), Clock(as_of=NOW))
        async with database.writing() as db:
            made = await build(db)
        await database.dispose()
        return made

    made = asyncio.run(make())
    with closing(sqlite3.connect(directory / "liaison.db")) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return directory / "liaison.db", pickle.dumps(made)


@pytest.fixture
async def world(database: Database, populated: tuple[Path, bytes] | None) -> World:
    """The small named world of tests/world.py, committed."""
    path = database.settings.sqlite_path
    if path is None or populated is None or database.writer.pool.checkedin():  # type: ignore[attr-defined]  # something was written before
        async with database.writing() as db:
            return await build(db)
    return copied(populated, path)


@pytest.fixture
def play(database: Database, world: World, clock: Clock, tmp_path: Path) -> Play:
    """The world with a mailbox in which everything arrives."""
    return Play(database, world, clock, tmp_path / "mail")


@pytest.fixture
def program(settings: Settings, database: Database, clock: Clock) -> Program:
    """Callers of the JSON API."""
    return Program(settings, database, clock)


@pytest.fixture
def browser(settings: Settings, database: Database, clock: Clock) -> Browser:
    """A browser in which nobody is signed in yet."""
    return Browser(settings, database, clock)


@pytest.fixture
def anybody(settings: Settings, database: Database, clock: Clock) -> httpx.AsyncClient:
    """Somebody without an account, who reads Chinese."""
    client = visitor(settings, database, clock)
    client.headers["Accept-Language"] = "zh-CN"
    return client


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A run without the browser tests says so."""
    if why := chromium.left_out():
        terminalreporter.write_line(f"Browser tests were left out: {why}.", yellow=True)
