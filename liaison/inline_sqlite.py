"""SQLite inside the event loop: aiosqlite's interface without its thread.

A page's queries take well under a millisecond each, and a thread hop costs several times that; so each call runs in the loop, and only
waiting for a lock yields. One writer of this process at a time, in order of asking; another process's lock is awaited up to `wait_seconds`.
Long reads (reports, imports) belong on a plain aiosqlite engine, whose thread keeps the loop free."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

BUSY_SECONDS = 10.0
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8000")


class Cursor:
    def __init__(self, raw: sqlite3.Cursor) -> None:
        self.raw = raw
        self.arraysize = 1

    async def execute(self, sql: str, params: Any = ()) -> None:
        self.raw.execute(sql, params)

    async def executemany(self, sql: str, params: Any) -> None:
        self.raw.executemany(sql, params)

    async def fetchall(self) -> list[Any]:
        return self.raw.fetchall()

    async def fetchone(self) -> Any:
        return self.raw.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self.raw.fetchmany(size or self.arraysize)

    async def close(self) -> None:
        self.raw.close()

    async def __aenter__(self) -> "Cursor":
        return self

    @property
    def description(self) -> Any:
        return self.raw.description

    @property
    def lastrowid(self) -> int | None:
        return self.raw.lastrowid

    @property
    def rowcount(self) -> int:
        return self.raw.rowcount


class Connection:
    """One SQLite connection; `begin` is called by the engine's begin event with the statement that fits reader or writer."""

    def __init__(self, raw: sqlite3.Connection, writer: asyncio.Lock, wait_seconds: float) -> None:
        self.raw = raw
        self._connection: sqlite3.Connection | None = raw  # SQLAlchemy looks here whether it is still open
        self.writer = writer
        self.wait_seconds = wait_seconds
        self.holds = False

    def cursor(self) -> Cursor:
        return Cursor(self.raw.cursor())

    async def begin(self, sql: str) -> None:
        if sql == "BEGIN":
            self.raw.execute(sql)
            return
        end = time.monotonic() + self.wait_seconds
        try:
            await asyncio.wait_for(self.writer.acquire(), self.wait_seconds)
        except TimeoutError:
            raise sqlite3.OperationalError("database is locked") from None
        self.holds = True
        while True:
            try:
                self.raw.execute(sql)
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    self._release()
                    raise
            try:
                await asyncio.sleep(0.005)  # another process writes
            except BaseException:
                self._release()
                raise

    def _release(self) -> None:
        if self.holds:
            self.holds = False
            self.writer.release()

    async def commit(self) -> None:
        try:
            self.raw.commit()
        except sqlite3.Error:
            # A commit that fails (disk full, a deferred constraint) leaves the transaction open, and SQLAlchemy takes it for over.
            self.raw.rollback()
            raise
        finally:
            self._release()

    async def rollback(self) -> None:
        try:
            self.raw.rollback()
        finally:
            self._release()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        self._release()
        self.raw.close()
        self._connection = None

    async def create_function(self, *args: Any, **kwargs: Any) -> None:
        self.raw.create_function(*args, **kwargs)

    @property
    def isolation_level(self) -> str | None:
        return self.raw.isolation_level


def connector(
    path: Path, writer: asyncio.Lock, wait_seconds: float = BUSY_SECONDS
) -> Callable[[], Coroutine[Any, Any, Connection]]:
    """What `create_async_engine(async_creator=…)` takes: opens a connection to the file at `path`, all sharing one queue of writers."""

    async def connect() -> Connection:
        raw = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")
        return Connection(raw, writer, wait_seconds)

    return connect
