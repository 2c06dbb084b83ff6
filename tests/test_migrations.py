"""Migrations: they make what the models say, and one that stops half-way leaves nothing, on SQLite and on PostgreSQL."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, inspect, text
from sqlalchemy.exc import IntegrityError

from liaison import migrate, models
from liaison.config import Settings, checked
from tests.conftest import ON_POSTGRESQL, SECRET
from tests.postgres import Server

ZONE = UTC if ON_POSTGRESQL else None
"""SQLite keeps instants without their zone."""
REVISIONS = [script.revision for script in ScriptDirectory.from_config(migrate.alembic_config()).walk_revisions()][::-1]

CATALOGUE = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master ORDER BY type, name",
    "postgresql": (
        "SELECT 'relation', c.relname, c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' "
        "UNION ALL SELECT 'constraint', conname, contype::text FROM pg_constraint JOIN pg_namespace n ON n.oid = connamespace WHERE n.nspname = 'public' "
        "UNION ALL SELECT 'column', table_name || '.' || column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
        "UNION ALL SELECT 'trigger', tgname, '' FROM pg_trigger WHERE NOT tgisinternal "
        "UNION ALL SELECT 'extension', extname, '' FROM pg_extension ORDER BY 1, 2, 3"
    ),
}


class PowerCut(Exception):
    """What stops a migration in these tests."""


@contextmanager
def empty_settings(directory: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of a database without any table."""
    if ON_POSTGRESQL:
        with request.getfixturevalue("postgres_server").empty() as url:
            yield checked(Settings(data_dir=directory, secret_key=SECRET, database_url=url))
    else:
        yield checked(Settings(data_dir=directory, secret_key=SECRET))


@pytest.fixture
def empty(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    with empty_settings(tmp_path, request) as settings:
        yield settings


@pytest.fixture
def engine(empty: Settings) -> Iterator[Engine]:
    engine = migrate.sync_engine(empty)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def walking(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database that goes from revision to revision as these tests do, so that none of them begins at the first."""
    directory = tmp_path_factory.mktemp("walking")
    with empty_settings(directory, request) as settings:
        engine = migrate.sync_engine(settings)
        yield engine
        engine.dispose()


@pytest.fixture
def before(walking: Engine, revision: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database of its own at the revision before this one."""
    if earlier := REVISIONS[: REVISIONS.index(revision)]:
        migrate.upgrade(walking, earlier[-1])
    walking.dispose()
    if ON_POSTGRESQL:
        server: Server = request.getfixturevalue("postgres_server")
        with server.copy(walking.url.database) as url:
            engine = migrate.sync_engine(checked(Settings(data_dir=tmp_path, secret_key=SECRET, database_url=url)))
            yield engine
            engine.dispose()
    else:
        settings = checked(Settings(data_dir=tmp_path, secret_key=SECRET))
        if earlier:
            shutil.copyfile(str(walking.url.database), tmp_path / "liaison.db")
        engine = migrate.sync_engine(settings)
        yield engine
        engine.dispose()


ONLY_READS = re.compile(r"\s*(SELECT\b|PRAGMA [^=]*$)")


@contextmanager
def stopped_before(engine: Engine, change: int, at_each_read: Callable[[], None]) -> Iterator[list[str]]:
    """Stop before statement number `change` of those that may change something (from 1), having called `at_each_read` before every
    statement that only reads since the change before it. The list is what was sent."""
    sent: list[str] = []
    changes = 0

    def count(connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        nonlocal changes
        sent.append(sql)
        if not ONLY_READS.match(sql):
            changes += 1
            if changes == change:
                raise PowerCut(sql)
        elif changes == change - 1:
            at_each_read()

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", count)


def catalogue(engine: Engine) -> list[tuple[Any, ...]]:
    """Everything the database has: tables, columns, indexes, constraints, triggers."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(CATALOGUE[engine.dialect.name]))]


def test_the_migrations_make_exactly_what_the_models_say(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": is_of_the_models}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, models.metadata) == []


def is_of_the_models(name: str | None, kind: str, parents: Any) -> bool:
    """All but SQLite's full-text table and the tables it keeps itself in, which no model can say."""
    return kind != "table" or not (name or "").startswith("search_words")


def test_the_newest_file_is_the_head_of_the_migrations(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert migrate.current(connection) == migrate.head() == REVISIONS[-1]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_migration_stopped_before_any_of_its_statements_leaves_nothing(before: Engine, revision: str) -> None:
    """Stopped for real before whatever may change something. Before what only reads, somebody else sees nothing of the migration."""
    engine = before
    somebody_else = create_engine(engine.url)
    found = catalogue(engine)

    def nothing_is_seen() -> None:
        assert catalogue(somebody_else) == found

    change = 0
    while True:
        change += 1
        with stopped_before(engine, change, nothing_is_seen) as sent:
            try:
                migrate.upgrade(engine, revision)
            except PowerCut:
                assert catalogue(engine) == found, sent[-1]
            else:
                break
    assert change > 1
    assert catalogue(engine) != found
    somebody_else.dispose()


def test_meetings_that_had_one_number_twice_keep_it_and_no_third_one_gets_it(engine: Engine) -> None:
    for earlier in REVISIONS[: REVISIONS.index("0006")]:
        migrate.upgrade(engine, earlier)
    held = [("2025-12-18", 4), ("2026-03-19", 4), ("2026-06-18", 4), ("2026-09-17", None)]
    with engine.begin() as connection:
        insert(connection, "agency", short_name="甲")
        insert(connection, "mechanism", lead_agency_id=1, deadlines="{}")
        for number, (day, in_year) in enumerate(held, 1):
            start = datetime.fromisoformat(f"{day} 14:30")
            facts = {"local_start": start, "starts_at": start, "uid": str(number), "ordinal_in_year": in_year}
            insert(connection, "meeting", mechanism_id=1, host_agency_id=1, **facts)
    migrate.upgrade(engine, "0006")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT ordinal_year, ordinal_in_year FROM meeting ORDER BY id")).all()
        assert rows == [(2025, 4), (2026, 4), (None, 4), (None, None)]
        with pytest.raises(IntegrityError):
            connection.execute(text("UPDATE meeting SET ordinal_year = 2026, ordinal_in_year = 4 WHERE id = 4"))


def insert(connection: Connection, name: str, /, **values: Any) -> None:
    """One row as an earlier version stored it; of what it must have besides, only the kind matters here."""
    table, some_day = Table(name, MetaData(), autoload_with=connection), datetime.fromisoformat("2026-01-01 09:00")
    for column in table.columns:
        if not column.nullable and column.name != "id":
            kind = str(column.type)
            filler = some_day if "TIME" in kind else 0 if "INT" in kind else False if "BOOL" in kind else "x"
            values.setdefault(column.name, filler)
    connection.execute(table.insert(), [values])


@pytest.mark.parametrize("had_data", [True, False])
def test_a_site_that_has_data_is_to_build_the_index_of_its_search(engine: Engine, had_data: bool) -> None:
    migrate.upgrade(engine, REVISIONS[REVISIONS.index("0042") - 1])
    if had_data:
        with engine.begin() as connection:
            insert(connection, "agency", short_name="甲")
    migrate.upgrade(engine, "0042")
    with engine.connect() as connection:
        built = connection.execute(text("SELECT count(*) FROM search_build WHERE built_at IS NOT NULL")).scalar_one()
    assert built == (0 if had_data else 1)


def test_attendances_of_before_have_the_time_of_their_meeting_and_follow_it(engine: Engine) -> None:
    migrate.upgrade(engine, "0003")
    tables = MetaData()
    tables.reflect(engine)
    at = datetime(2026, 12, 17, 6, 30, tzinfo=UTC if ON_POSTGRESQL else None)

    def insert_row(table: str, **given: Any) -> None:
        """A row whose other columns are as empty as they may be."""
        empty: dict[type, Any] = {int: 0, str: "x", bool: False, datetime: at, date: at.date(), object: {}}
        rest = {c.name: empty[c.type.python_type] for c in tables.tables[table].columns if not c.nullable}
        connection.execute(tables.tables[table].insert(), rest | given)

    with engine.begin() as connection:
        insert_row("agency", id=1)
        insert_row("mechanism", id=1, lead_agency_id=1)
        for n in (1, 2):
            insert_row("meeting", id=n, uid=str(n), mechanism_id=1, host_agency_id=1, starts_at=at + timedelta(days=n))
            insert_row("attendee", id=n, meeting_id=n, agency_id=1)
    migrate.upgrade(engine)
    same = text(
        "SELECT count(*) FROM attendee JOIN meeting m ON m.id = meeting_id AND m.starts_at = attendee.starts_at"
    )
    if not ON_POSTGRESQL:
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
        engine.dispose()
    with engine.begin() as connection:
        assert connection.execute(same).scalar_one() == 2
        connection.execute(tables.tables["meeting"].update().values(starts_at=at))
        assert connection.execute(same).scalar_one() == 2


def test_notices_of_before_bear_the_day_of_sending_where_their_mechanism_is_and_drafts_that_of_writing(
    engine: Engine,
) -> None:
    migrate.upgrade(engine, "0042")
    night, next_ = (datetime.fromisoformat(f"2026-03-0{day} 17:30+00:00") for day in (1, 2))
    with engine.begin() as connection:
        insert(connection, "agency", short_name="甲")
        for n, timezone in enumerate(("Asia/Shanghai", "Europe/London"), 1):
            insert(connection, "mechanism", lead_agency_id=1, timezone=timezone, deadlines="{}", name=timezone)
            one = {"mechanism_id": n, "from_agency_id": 1, "written_at": night.replace(tzinfo=ZONE)}
            insert(connection, "notice", **one)
            insert(connection, "notice", **one, sent_at=next_.replace(tzinfo=ZONE))
            insert(connection, "notice_addressee", notice_id=2 * n, from_agency_id=1, agency_id=1)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        days = connection.execute(text("SELECT dated_on FROM notice ORDER BY id")).scalars()
        assert [str(day) for day in days] == ["2026-03-02", "2026-03-03", "2026-03-01", "2026-03-02"]
        days = connection.execute(text("SELECT dated_on FROM notice_addressee ORDER BY id")).scalars()
        assert [str(day) for day in days] == ["2026-03-03", "2026-03-02"]
        kept = {one["name"] for one in inspect(connection).get_indexes("notice_addressee")}
        partial = {"remind_on", "open", "awaited", "lead_to", "lead_from"}
        assert {f"ix_notice_addressee_{name}" for name in partial} <= kept
        if not ON_POSTGRESQL:
            master = "SELECT count(*) FROM sqlite_master WHERE name LIKE 'ix_notice_addressee_%' AND sql LIKE '%WHERE%'"
            assert connection.execute(text(master)).scalar_one() == len(partial), "found by what is little"
