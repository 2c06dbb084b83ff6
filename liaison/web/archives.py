"""How an archive goes out: made in a file while no writing transaction is open, noted on the trail, then streamed."""

import asyncio
import secrets

from litestar.response import Stream

from liaison.accounts.viewer import Viewer
from liaison.archive.making import compose, note
from liaison.files.store import coming_in
from liaison.i18n import Words
from liaison.web.attached import attached
from liaison.web.pages import AnyRequest, locale_of, settings_of
from liaison.web.papers import pieces

FINGERPRINT = "X-Manifest-Sha256"


async def archived(request: AnyRequest, viewer: Viewer, mechanism_id: int, year: int | None) -> Stream:
    """The archive of a mechanism in the viewer's language, two at a time. That it was taken along, and its fingerprint, are on the trail
    before the first byte leaves. Raises NotFound, NotPermitted, Invalid (year)."""
    database, settings = request.app.state.database, settings_of(request)
    place = coming_in(settings.data_dir)
    await asyncio.to_thread(place.mkdir, 0o700, True, True)
    target = (place / secrets.token_hex(16)).absolute()
    try:
        async with request.app.state.archives:
            async with database.reading() as db:
                made = await compose(
                    db, viewer, mechanism_id, year, Words(locale_of(request), settings.timezone), target
                )
            async with database.writing() as db:
                await note(db, viewer, made)
        size = target.stat().st_size
        file = await asyncio.to_thread(target.open, "rb")
    finally:
        target.unlink(missing_ok=True)  # it lives until it is read
    return Stream(
        pieces(file),
        media_type="application/zip",
        headers={**attached(made.file_name), "Content-Length": str(size), FINGERPRINT: made.manifest},
    )
