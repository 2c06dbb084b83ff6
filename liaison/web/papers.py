"""How a paper's file goes out: to be kept and never opened by the browser itself, piece by piece."""

import asyncio
from collections.abc import AsyncIterator

from litestar.background_tasks import BackgroundTask
from litestar.response import Stream

from liaison.accounts.viewer import Viewer
from liaison.errors import NotFound
from liaison.files.store import CHUNK
from liaison.keeping.making import papers_of
from liaison.meetings import papers
from liaison.meetings.paper_queries import Found
from liaison.web.attached import attached
from liaison.web.pages import AnyRequest, settings_of


async def handed_out(request: AnyRequest, viewer: Viewer, found: Found, number: int | None) -> Stream:
    """One version of a paper, by default the newest; what a reader takes is one line of the trail. Raises NotFound, and Conflict for
    one that waits for the virus scanner."""
    version, stored_name = found.readable(number)
    path = papers_of(settings_of(request)) / stored_name
    if not await asyncio.to_thread(path.is_file):
        raise NotFound

    async def pieces() -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(path.open, "rb")
        try:
            while piece := await asyncio.to_thread(file.read, CHUNK):
                yield piece
        finally:
            file.close()

    async def noted() -> None:
        async with request.app.state.database.writing() as db:
            await papers.note_reading(db, viewer, found.meeting, found.paper.id, version.number)

    return Stream(
        pieces,
        media_type=version.media_type,
        headers={**attached(version.file_name), "Content-Length": str(version.bytes)},
        background=BackgroundTask(noted) if found.meeting.mechanism_id in viewer.reader_of else None,
    )
