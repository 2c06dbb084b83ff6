"""How papers of minutes go out: to be kept and never opened by the browser itself."""

from litestar.background_tasks import BackgroundTask
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.minutes import making
from liaison.minutes.making import Made
from liaison.web.attached import DOCX, attached
from liaison.web.pages import AnyRequest


def handed_out(request: AnyRequest, viewer: Viewer, made: Made) -> Response[bytes]:
    """The file; what a reader takes is one line of the trail."""
    headers = attached(made.file_name)
    return Response(made.content, headers=headers, media_type=DOCX, background=noted(request, viewer, made.version_id))


def noted(request: AnyRequest, viewer: Viewer, version_id: int) -> BackgroundTask | None:
    """The line of the trail about what a reader (查阅人员) looked into, written once it was answered; nothing for anybody else."""
    if not viewer.reader_of:
        return None

    async def note() -> None:
        async with request.app.state.database.writing() as db:
            await making.note_reading(db, viewer, version_id)

    return BackgroundTask(note)
