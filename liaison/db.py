"""The database: one engine pair, sessions that know the site's settings and clock, and how models are built.

SQLite: writers start with BEGIN IMMEDIATE (a deferred BEGIN that then writes fails with "database is locked" whatever the timeout),
readers with BEGIN. PostgreSQL: psycopg at READ COMMITTED; a verb first locks the row it is about (`locked`)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Text,
    event,
    func,
    inspect,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, UOWTransaction, mapped_column
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm.util import identity_key
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.types import TypeDecorator
from sqlalchemy.util import await_only

from liaison import inline_sqlite
from liaison.clock import Clock
from liaison.config import Settings
from liaison.errors import N_, Conflict, NotFound

POOL_WAIT = 10.0
"""Seconds a request waits for a connection before it is told to come again (503)."""
USED_LAST_FIRST = {"pool_use_lifo": True}
"""Each connection keeps its own prepared statements and pages: requests one after the other use one connection, not all in turn."""


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python on both databases (SQLite itself would return it naive)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone: a naive time cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")


class IdSet(TypeDecorator[frozenset[int]]):
    """A small set of ids in one column, as ",3,7,": read with its row, in no statement of its own. NULL is no set at all."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[int] | None, dialect: Dialect) -> str | None:
        return None if value is None else f",{','.join(str(id_) for id_ in sorted(value))},"

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[int] | None:
        return None if value is None else frozenset(int(id_) for id_ in value.split(",") if id_)


def holds_id(column: Any, id_: int) -> ColumnElement[bool]:
    """Whether the set in an `IdSet` column has this id."""
    return type_coerce(column, Text).contains(f",{id_},")


class Base(DeclarativeBase):
    """Every table: an integer id never used again, and constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigId,
        datetime: UTCDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)


class Versioned:
    """A thing that an officer edits in a form: a form opened at an older version is refused instead of overwriting."""

    version: Mapped[int] = mapped_column(default=1)

    def check_version(self, seen: int | None, **theirs: Any) -> None:
        """Refuse with Conflict when the form or caller saw another version than the stored one; None means: not asked to check."""
        if seen is not None and seen != self.version:
            raise Conflict(
                N_("Somebody changed this in the meantime. Compare both versions and save again."), theirs=theirs
            )

    def touch(self) -> None:
        """Count one change."""
        self.version += 1


class Session(AsyncSession):
    """A database session that also knows the site's settings and the time, which verbs take from here."""

    settings: Settings
    clock: Clock

    def now(self) -> datetime:
        """The present UTC instant."""
        return self.clock.now()


T = TypeVar("T", bound=Base)


def columns(model: type[Base], value: type[Any]) -> list[Any]:
    """The columns of a model that a dataclass has too, in the dataclass's order: what a page that only shows its rows reads, because
    making an object of a model costs several times as much."""
    return [getattr(model, field.name) for field in fields(value) if field.name in model.__table__.columns]


async def locked(db: Session, model: type[T], id_: int, *options: Any) -> T:
    """The row under a lock until the transaction ends, freshly read; the first statement of a verb that changes it. Raises NotFound.

    A row that the caller holds already is read again in place, and keeps what was loaded beside it; `options` say what to load
    with a row that was not."""
    held = db.identity_map.get(identity_key(model, id_))
    if held is not None:
        await db.flush()  # a refresh would forget what was changed and not yet written
        await db.refresh(held, [column.key for column in inspect(model).column_attrs], with_for_update=True)
        return held
    query = select(model).where(model.id == id_).options(*options).with_for_update(of=model)
    row = (await db.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


async def one_at_a_time(db: Session, what: str) -> None:
    """Wait until no other writing transaction that named the same thing is under way: for what has no row yet to lock.

    SQLite has one writer at a time anyway."""
    if db.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
        await db.execute(select(func.pg_advisory_xact_lock(key)))


def insert_into(db: Session, model: type[Base]) -> Any:
    """An INSERT in the words of the database in use: both know ON CONFLICT, each says it in its own way."""
    return (sqlite.insert if db.settings.sqlite_path is not None else postgresql.insert)(model)


PASSING = ("08", "40", "53", "57", "55P03", "25006")
"""How PostgreSQL's codes begin for what passes: connection lost, rolled back, too much asked of it, stopping or starting, locked, a
standby that is not the primary yet."""


def is_passing(error: DBAPIError) -> bool:
    """Whether the same may go well in a moment: the database is locked, away, or too busy; no mistake of ours."""
    said = str(error.orig)
    if error.connection_invalidated or "database is locked" in said or "database table is locked" in said:
        return True
    code = getattr(error.orig, "sqlstate", None)
    if code is not None:
        return str(code).startswith(PASSING)
    # PostgreSQL without a code: the server was never reached, or went away.
    lost = type(error.orig).__module__.startswith("psycopg")
    return lost and isinstance(error, OperationalError | InterfaceError)


class Surroundings(Protocol):
    """What rules ask for without a session, bound to the task that opens one: so that two sites in one process keep theirs apart."""

    def use(self) -> None:
        """For this task and those it starts."""

    async def follow(self, database: "Database") -> None:
        """Before each session: what another process saved is noticed after a while, what this one saved at once."""

    def saved(self, db: Session) -> None:
        """After each commit."""


class Database:
    """The engines of one process, made by `create_app`, the worker and the CLI, and disposed by them."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        before_commit: Callable[[Session], Awaitable[None]] | None = None,
        after_flush: Callable[[SyncSession, UOWTransaction], None] | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.before_commit = before_commit
        self._sync_session = type("SiteSession", (SyncSession,), {})
        if after_flush is not None:
            event.listen(self._sync_session, "after_flush", after_flush)
        self.surroundings = surroundings
        self.after_commit: Callable[[Session], None] | None = None
        """Set by a worker in this process: what was saved may call for mail, which need not wait for the next round."""
        self._queue = asyncio.Lock()
        self.reader, self.writer = _engines(settings, self._queue)

    @property
    def is_sqlite(self) -> bool:
        return self.settings.sqlite_path is not None

    @property
    def is_writing(self) -> bool:
        """Whether this process writes to SQLite at the moment, so that whoever wants to write as well waits until that is over."""
        return self._queue.locked()

    def session(self, engine: AsyncEngine) -> Session:
        db = Session(engine, sync_session_class=self._sync_session, expire_on_commit=False)
        db.settings = self.settings
        db.clock = self.clock
        return db

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """A session that only reads; nothing it does is kept."""
        await self._surround()
        async with self.session(self.reader) as db:
            yield db

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        """One transaction: leaving commits (audit sealed first), raising rolls back. It begins with the first statement."""
        await self._surround()
        async with self.session(self.writer) as db:
            yield db
            if db.in_transaction() or db.new:
                await db.flush()
                if self.before_commit:
                    await self.before_commit(db)
                await db.commit()
                if self.surroundings:
                    self.surroundings.saved(db)
                if self.after_commit:
                    self.after_commit(db)

    async def _surround(self) -> None:
        if self.surroundings:
            self.surroundings.use()
            await self.surroundings.follow(self)

    async def dispose(self) -> None:
        await self.reader.dispose()


def _engines(settings: Settings, queue: asyncio.Lock) -> tuple[AsyncEngine, AsyncEngine]:
    path = settings.sqlite_path
    if path is None:
        url = settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_async_engine(
            url,
            hide_parameters=True,
            pool_size=10,
            max_overflow=10,
            pool_timeout=POOL_WAIT,
            pool_pre_ping=True,
            **USED_LAST_FIRST,
        )
        return engine, engine
    engine = create_async_engine(
        "sqlite+aiosqlite://",
        hide_parameters=True,  # an error in the log names no person and no mail
        async_creator=inline_sqlite.connector(path, queue),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=10,
        pool_timeout=POOL_WAIT,
        max_overflow=20,
        **USED_LAST_FIRST,
    )
    event.listen(engine.sync_engine, "begin", _begin)
    return engine, engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")


def _begin(connection: SyncConnection) -> None:
    statement = connection.get_execution_options().get("sqlite_begin", "BEGIN")
    await_only(connection.connection.driver_connection.begin(statement))  # type: ignore[union-attr]
