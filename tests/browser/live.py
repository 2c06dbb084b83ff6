"""A running site for browsers: uvicorn on a free port of loopback, in a thread of its own, with a world in its database."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import uvicorn

from liaison import worker
from liaison.accounts.sessions import open_session
from liaison.clock import Clock
from liaison.composers import COMPOSERS
from liaison.config import Settings
from liaison.db import Database, Session
from liaison.directory.models import Person
from liaison.mechanisms.calendars import load_calendars
from liaison.opening import open_database
from tests import world
from tests.callers import app_of
from tests.statements import hurried

T = TypeVar("T")
WAIT_SECONDS = 30


@dataclass
class LiveSite:
    """The site and its world. `in_transaction` runs verbs in the server's own loop; `work` sends what is due, as the worker would."""

    settings: Settings
    clock: Clock
    database: Database
    loop: asyncio.AbstractEventLoop
    world: world.World

    @property
    def url(self) -> str:
        return self.settings.base_url

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(WAIT_SECONDS)

    def in_transaction(self, verb: Callable[[Session], Awaitable[T]]) -> T:
        """What `verb(db)` gives; committed."""
        return self.run(_written(self.database, verb))

    def session_key(self, person: Person) -> str:
        """The cookie of a browser in which this person has just signed in."""
        return self.in_transaction(
            lambda db: open_session(db, person.id, user_agent="", source="127.0.0.1", by_office=False)
        )

    def work(self) -> None:
        """Every tick of the worker once: afterwards all mail that is due lies in the Maildir of `settings`."""
        assert self.run(worker.run_once(worker.work_for(self.database, COMPOSERS)))


async def _written(database: Database, verb: Callable[[Session], Awaitable[T]]) -> T:
    async with database.writing() as db:
        return await verb(db)


@contextmanager
def live_site(settings: Settings, clock: Clock, populated: tuple[Path, bytes] | None) -> Iterator[LiveSite]:
    """A site at the migrated, empty database of `settings`, filled with the small world, which is copied where it was made before, and
    answering on loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    settings = replace(settings, base_url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    running: list[LiveSite] = []
    servers: list[uvicorn.Server] = []
    failures: list[BaseException] = []
    ready = threading.Event()

    async def serve() -> None:
        database = hurried(open_database(settings, clock))
        try:
            path = settings.sqlite_path
            if path is None or populated is None:
                built = await _written(database, world.build)
            else:
                built = world.copied(populated, path)
            async with database.reading() as db:
                await load_calendars(db)  # as a server does that starts; the app was wired for an earlier site
            app = app_of(settings, database, clock)
            server = _Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"), ready)
            running.append(LiveSite(settings, clock, database, asyncio.get_running_loop(), built))
            servers.append(server)
            await server.serve(sockets=[listener])
        finally:
            await database.dispose()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="live-site")
    thread.start()
    try:
        assert ready.wait(WAIT_SECONDS)
        if failures:
            raise failures[0]
        yield running[0]
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(WAIT_SECONDS)
        listener.close()


class _Server(uvicorn.Server):
    """Says when it answers; it does not touch the signals of the test's process."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
