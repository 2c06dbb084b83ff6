"""How a paper's file goes out: to be kept and never opened by the browser itself, piece by piece."""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from typing import BinaryIO

from litestar.background_tasks import BackgroundTask
from litestar.response import Stream

from liaison.accounts.viewer import Viewer
from liaison.errors import Conflict, NotFound
from liaison.files.running import run
from liaison.files.store import CHUNK, coming_in
from liaison.i18n import N_
from liaison.meetings import papers, queries
from liaison.meetings.models import Meeting
from liaison.meetings.packs import pack_of
from liaison.meetings.paper_queries import Found
from liaison.web.attached import attached
from liaison.web.pages import AnyRequest, settings_of

BINDING = 60.0
"""Seconds within which a pack must be bound."""


async def bound(request: AnyRequest, viewer: Viewer, meeting_id: int) -> Stream:
    """Agenda and papers that the viewer may know of as one PDF. It is bound by a program of its own, of which two run at a time, while
    no transaction is open. Raises NotFound, and Conflict where that program could not do it in its limits."""
    database, place = request.app.state.database, coming_in(settings_of(request).data_dir)
    await asyncio.to_thread(place.mkdir, 0o700, True, True)
    target = (place / secrets.token_hex(16)).absolute()
    async with database.reading() as db:
        meeting = await queries.get(db, viewer, meeting_id)
        pack, papers_in_it = await pack_of(db, viewer, meeting, target)
    try:
        async with request.app.state.packs:
            done = await run([sys.executable, "-m", "liaison.files.packing"], given=pack.to_json(), seconds=BINDING)
        if done != 0 or not target.is_file():
            raise Conflict(
                N_("The pack could not be bound: one of the papers takes too much. Please save them one by one.")
            )
        size = target.stat().st_size
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    read = [(one.id, one.newest.number) for one in papers_in_it]
    file = await asyncio.to_thread(target.open, "rb")
    target.unlink()  # it lives until it is read
    return Stream(
        pieces(file),
        media_type="application/pdf",
        headers={**attached(f"{meeting.title}.pdf"), "Content-Length": str(size)},
        background=_noted(request, viewer, meeting, read),
    )


async def pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    """What is left of an open file, piece by piece; then it is closed."""
    try:
        while piece := await asyncio.to_thread(file.read, CHUNK):
            yield piece
    finally:
        file.close()


def _noted(
    request: AnyRequest, viewer: Viewer, meeting: Meeting, read: Sequence[tuple[int, int]]
) -> BackgroundTask | None:
    """What a reader takes is on the trail."""
    if meeting.mechanism_id not in viewer.reader_of:
        return None

    async def note() -> None:
        async with request.app.state.database.writing() as db:
            for paper_id, number in read:
                await papers.note_reading(db, viewer, meeting, paper_id, number)

    return BackgroundTask(note)


async def handed_out(request: AnyRequest, viewer: Viewer, found: Found, number: int | None) -> Stream:
    """One version of a paper, by default the newest; what a reader takes is one line of the trail. Raises NotFound, and Conflict for
    one that waits for the virus scanner."""
    version, stored_name = found.readable(number)
    read = _noted(request, viewer, found.meeting, [(found.paper.id, version.number)])
    return await kept_file(
        request, stored_name, file_name=version.file_name, media_type=version.media_type, background=read
    )


async def kept_file(
    request: AnyRequest,
    stored_name: str,
    *,
    file_name: str,
    media_type: str,
    background: BackgroundTask | None = None,
) -> Stream:
    """A file that lies among the papers, to be kept under this name. Raises NotFound."""
    path = settings_of(request).papers_dir / stored_name
    if not await asyncio.to_thread(path.is_file):
        raise NotFound
    file = await asyncio.to_thread(path.open, "rb")
    size = path.stat().st_size
    return Stream(
        pieces(file),
        media_type=media_type,
        headers={**attached(file_name), "Content-Length": str(size)},
        background=background,
    )
