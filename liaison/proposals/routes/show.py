"""The page of one version of a proposal, what differs from the version before or from the agreement that holds, and its papers."""

from types import SimpleNamespace
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.countersigning.comparing import compared
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.proposals import content, making, queries
from liaison.proposals.making import Made
from liaison.proposals.permissions import readable_versions
from liaison.proposals.routes.common import Db, Id, Me, Page, context_of, shown, version_page
from liaison.proposals.viewing import note_viewing
from liaison.web.afterwards import noted_afterwards
from liaison.web.attached import DOCX, attached
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, words_of

DONE = {
    "drafted": N_("The draft is kept. Nobody but your agency sees it yet."),
    "saved": N_("The text is saved."),
    "circulated": N_("It is circulated to be signed."),
    "agreed": N_("It is recorded that your agency agrees."),
    "changes_requested": N_("It is recorded what your agency asks to be changed."),
    "registered": N_("It is registered."),
    "reminded": N_("Those who have not answered are reminded."),
    "excused": N_("This agency is no longer waited for."),
    "waited_for": N_("This agency is waited for again."),
    "in_force": N_("It is put in force. Every member agency is told."),
    "withdrawn": N_("It is withdrawn."),
}


@get("/proposals/{version_id:int}")
async def show(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """The page of one version."""
    proposal, _ = await queries.version(db, viewer, version_id)
    done = DONE.get(request.query_params.get("done", ""))
    toast = SimpleNamespace(text=words_of(request)._(done), undo_url=None) if done else None
    answer = await version_page(request, db, viewer, proposal, version_id, Form(), toast=toast)
    return _viewed(request, viewer, version_id, answer)


@get("/proposals/{version_id:int}/changes")
async def changes(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """What differs from the version before that the viewer may read; of a first version of the agreement, from the agreement that held when
    it was written."""
    proposal, version = await queries.version(db, viewer, version_id)
    readable = readable_versions(viewer, proposal, db.now())
    before = next((one for one in reversed(readable) if one.number < version.number), None)
    was, against = (content.open_sections(before), None) if before is not None else ([], None)
    if before is None and proposal.joins_id is None:
        wordings = await mechanisms.wordings(db, proposal.mechanism_id)
        held = [one for one in wordings if one.document_id != proposal.document_id]
        later = proposal.took_effect_on
        held = [one for one in held if later is None or one.held.starts_on < later]
        against = held[-1] if held else None
        was = content.sections_shown(words_of(request), against.clauses) if against is not None else []
    found = await context_of(request, db, viewer, proposal, version_id)
    now = content.open_sections(version) if against is None else content.sections_shown(
        words_of(request), content.version_text(version.head, version.sections).clauses
    )  # fmt: skip
    answer = shown(
        request, "proposals/changes.html", before=before, against=against, compared=compared(was, now),
        head_changed=before is not None and before.head != version.head, **found,
    )  # fmt: skip
    return _viewed(request, viewer, version_id, answer)


@get("/proposals/{version_id:int}/text.docx")
async def as_docx(request: AnyRequest, db: Db, viewer: Me, version_id: FromPath[int]) -> Response[Any]:
    """The text as a paper, with room for the parties to sign."""
    return _viewed(request, viewer, version_id, _handed_out(await making.docx(db, viewer, version_id)))


@get("/proposals/{version_id:int}/sign-sheet.docx")
async def sign_sheet(request: AnyRequest, db: Db, viewer: Me, version_id: FromPath[int]) -> Response[Any]:
    """会签单: filled as far as agencies have said something."""
    return _viewed(request, viewer, version_id, _handed_out(await making.sheet(db, viewer, version_id)))


def _viewed(request: AnyRequest, viewer: Viewer, version_id: int, answer: Response[Any]) -> Response[Any]:
    """The answer, after which it is on the trail that a reader (查阅人员) opened this version."""
    answer.background = noted_afterwards(request, viewer, version_id, note_viewing)
    return answer


def _handed_out(made: Made) -> Response[bytes]:
    return Response(made.content, headers=attached(made.file_name), media_type=DOCX)


handlers = [show, changes, as_docx, sign_sheet]
