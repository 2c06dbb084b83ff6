"""Something that is saved stands still in the middle, at a statement that the test names, until the test lets it go on: as on a slow disk."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.util import await_only

from liaison.db import Database


class Hold:
    """One statement that waits; `reached` is set once it does."""

    def __init__(self, beginning: str, nth: int) -> None:
        self.beginning, self.left = beginning, nth
        self.reached, self.gate = asyncio.Event(), asyncio.Event()

    def before(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(self.beginning):
            return
        self.left -= 1
        if self.left == 0:
            self.reached.set()
            await_only(self.gate.wait())

    def let_go(self) -> None:
        """From within the loop of the site; from elsewhere by `loop.call_soon_threadsafe`."""
        self.gate.set()


@contextmanager
def held(database: Database, beginning: str, nth: int = 1) -> Iterator[Hold]:
    """The `nth` statement of this beginning waits until the test says `let_go`."""
    hold = Hold(beginning, nth)
    event.listen(database.writer.sync_engine, "before_cursor_execute", hold.before)
    try:
        yield hold
    finally:
        event.remove(database.writer.sync_engine, "before_cursor_execute", hold.before)
