"""The running server: web and worker in one process, started and stopped together."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator

import uvicorn

from liaison import worker
from liaison.app import create_app
from liaison.clock import Clock
from liaison.composers import COMPOSERS
from liaison.config import Settings, proxies
from liaison.db import Database
from liaison.errors import N_, CannotRun
from liaison.opening import open_database

GRACE_SECONDS = 20
SETTLED_SECONDS = 1
"""So long after the start everything is loaded, and whoever waited for the first answer has it."""


class CannotListen(CannotRun):
    """The address is taken, or not this machine's."""


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: the process ends when web and worker both have, with exit code 0."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    with_worker: bool = True,
    access_log: bool = True,
    on_start: Callable[[Database], Awaitable[None]] | None = None,
) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish what is in hand. `on_start` runs once requests are being answered.

    Raises CannotListen."""
    listener = _listen(host, port)
    database = open_database(settings, Clock())
    server = _Server(
        uvicorn.Config(
            create_app(settings, database=database),
            log_config=None,
            access_log=access_log,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=proxies(settings),
            timeout_graceful_shutdown=GRACE_SECONDS,
            lifespan="on",
        )
    )
    work = worker.work_for(database, COMPOSERS) if with_worker else None

    def stop() -> None:
        server.should_exit = True
        if work is not None:
            work.stop.set()

    _on_signals(stop)
    jobs = [asyncio.create_task(server.serve(sockets=[listener]))]
    try:
        ready = asyncio.create_task(server.ready.wait())
        await asyncio.wait([ready, *jobs], return_when=asyncio.FIRST_COMPLETED)
        if work is not None and ready.done():  # only now: its first round would hold up the first answers
            jobs.append(asyncio.create_task(worker.run(work)))
        asyncio.get_running_loop().call_later(SETTLED_SECONDS, _keep_what_is_loaded)
        if on_start is not None and ready.done():
            await on_start(database)
        ready.cancel()
        await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        stop()
        await asyncio.gather(*jobs)
    finally:
        stop()
        await asyncio.gather(*jobs, return_exceptions=True)
        await database.dispose()


async def work(settings: Settings, clock: Clock, *, once: bool) -> bool:
    """The worker alone: until SIGTERM, or `once` through every tick; False when a tick failed."""
    database = open_database(settings, clock)
    try:
        job = worker.work_for(database, COMPOSERS)
        _on_signals(job.stop.set)
        if once:
            return await worker.run_once(job)
        await worker.run(job)
        return True
    finally:
        await database.dispose()


def _keep_what_is_loaded() -> None:
    """What is there by now stays until the end: what the start left over goes, which takes a tenth of a second once, and no later
    look for garbage goes through the rest."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C ends the process at once there
            loop.add_signal_handler(number, stop)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(256)
    except OSError as error:
        raise CannotListen(
            N_("Cannot listen on %(host)s port %(port)s: %(why)s."), host=host, port=port, why=error.strerror or error
        ) from error
    return listener
