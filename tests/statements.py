"""How the tests' databases are quicker than a site's: what a statement compiles to is kept for a whole test process, since every test has an
engine of its own, which would compile all anew; and nobody waits for the disk. And how statements are counted."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import event

from liaison.db import Database

_Key = tuple[Any, ...]
T = TypeVar("T", bound=Database)


class _Compiled(dict[_Key, Any]):
    """SQLAlchemy's keys begin with the engine's dialect; one process of tests has only one kind of database."""

    def get(self, key: _Key, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: _Key, value: Any) -> None:
        super().__setitem__(key[1:], value)


_COMPILED = _Compiled()


def hurried(database: T) -> T:
    """The database, its engines using what earlier tests of this process compiled, and as SQLite without fsync; so is the tests'
    PostgreSQL."""
    if database.is_sqlite:
        event.listen(database.reader.sync_engine, "connect", _without_fsync)
    same_engine = database.reader is database.writer
    database.reader = database.reader.execution_options(compiled_cache=_COMPILED)
    database.writer = database.reader if same_engine else database.writer.execution_options(compiled_cache=_COMPILED)
    return database


def _without_fsync(connection: Any, record: Any) -> None:
    connection.driver_connection.raw.execute("PRAGMA synchronous=OFF")


def noting(asked: list[str]) -> Callable[..., None]:
    """What listens to an engine, and notes every statement; but for the look at the working days, which goes out every few seconds beside
    whatever session comes next (mechanisms.calendars)."""

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "FROM holiday_calendar" not in statement:
            asked.append(statement)

    return note
