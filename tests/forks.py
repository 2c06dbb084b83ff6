"""Processes for the tests to kill, forked from a program that has loaded what they need: to load it costs more than most of them do."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from multiprocessing import get_context
from typing import Any

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.mail.worker", "tests.mail.poller"])

Main = Callable[[dict[str, Any]], Awaitable[None]]


class Forked:
    """A process of its own that runs `main(given)`; it is spoken to like one of asyncio's."""

    def __init__(self, main: Main, given: dict[str, Any]) -> None:
        self._process = _CONTEXT.Process(target=_run, args=(main, given), daemon=True)
        self._process.start()

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def send_signal(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    async def wait(self) -> int:
        """Its exit code, once it has ended."""
        await asyncio.to_thread(self._process.join)
        assert self.returncode is not None
        return self.returncode


def _run(main: Main, given: dict[str, Any]) -> None:
    asyncio.run(main(given))  # type: ignore[arg-type]
