"""What is on the trail once something was answered: what readers (查阅人员) opened and took."""

from collections.abc import Awaitable, Callable

from litestar.background_tasks import BackgroundTask

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.web.pages import AnyRequest


def noted_afterwards(
    request: AnyRequest, viewer: Viewer, thing_id: int, note: Callable[[Session, Viewer, int], Awaitable[None]]
) -> BackgroundTask | None:
    """`note` in a transaction of its own, once it was answered; nothing for anybody who is no reader."""
    if not viewer.reader_of:
        return None

    async def write() -> None:
        async with request.app.state.database.writing() as db:
            await note(db, viewer, thing_id)

    return BackgroundTask(write)
