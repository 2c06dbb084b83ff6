"""How minutes go out: papers to be kept and never opened by the browser itself; what a reader (查阅人员) sees is on the trail."""

from collections.abc import Sequence
from typing import Any, TypeVar

from litestar.background_tasks import BackgroundTask
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.minutes import making
from liaison.minutes.making import Made
from liaison.web.afterwards import noted_afterwards
from liaison.web.attached import DOCX, attached
from liaison.web.pages import AnyRequest

T = TypeVar("T")


def handed_out(request: AnyRequest, viewer: Viewer, made: Made) -> Response[bytes]:
    """The file; what a reader takes is one line of the trail."""
    headers = attached(made.file_name)
    return Response(made.content, headers=headers, media_type=DOCX, background=noted(request, viewer, made.version_id))


def noted(request: AnyRequest, viewer: Viewer, version_id: int) -> BackgroundTask | None:
    """The line of the trail about what a reader (查阅人员) took or printed, written once it was answered; nothing for anybody else."""
    return noted_afterwards(request, viewer, version_id, making.note_reading)


def viewed(request: AnyRequest, viewer: Viewer, version_id: int, answer: Response[Any]) -> Response[Any]:
    """The answer, after which it is on the trail that a reader opened this version: one line a day; nothing for anybody else."""
    answer.background = noted_afterwards(request, viewer, version_id, making.note_viewing)
    return answer


def excerpts_viewed(
    request: AnyRequest, viewer: Viewer, version_ids: Sequence[int], answer: Response[T]
) -> Response[T]:
    """The same for an answer with excerpts of several minutes, as far as a reader found them."""

    async def note(db: Session, viewer: Viewer, _: int) -> None:
        for version_id in version_ids:
            await making.note_viewing(db, viewer, version_id)

    if version_ids:
        answer.background = noted_afterwards(request, viewer, version_ids[0], note)
    return answer
