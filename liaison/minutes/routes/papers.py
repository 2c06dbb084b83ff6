"""Minutes on paper: as .docx, printed from the browser, as text to paste; the countersign sheet and excerpts."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import Document, DocumentVersion
from liaison.countersigning.standing import standing_of, state_of
from liaison.db import Session
from liaison.errors import NotFound
from liaison.i18n import LANGUAGE_TAGS, N_, Words
from liaison.minutes import making, paper
from liaison.web.minutes import handed_out, noted
from liaison.web.pages import AnyRequest, page, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
_STATES = {
    "draft": N_("Draft"),
    "circulating": N_("Being countersigned"),
    "agreed": N_("All agreed, to be issued"),
    "issued": N_("Issued"),
}


@get("/minutes/{version_id:int}/minutes.docx", include_in_schema=False)
async def as_docx(request: AnyRequest, db: Db, viewer: Me, version_id: FromPath[int]) -> Response[bytes]:
    """One version as a paper of the standard."""
    return handed_out(request, viewer, await making.docx(db, viewer, version_id))


@get("/minutes/{version_id:int}/minutes.txt", include_in_schema=False)
async def as_text(request: AnyRequest, db: Db, viewer: Me, version_id: FromPath[int]) -> Response[str]:
    """The same as text to be copied; a browser shows it, and it can be nothing else."""
    text = await making.text(db, viewer, version_id)
    return Response(text, media_type="text/plain", background=noted(request, viewer, version_id))


@get("/minutes/{version_id:int}/sign-sheet.docx", include_in_schema=False)
async def sign_sheet(request: AnyRequest, db: Db, viewer: Me, version_id: FromPath[int]) -> Response[bytes]:
    """会签单: filled as far as agencies have said something."""
    return handed_out(request, viewer, await making.sheet(db, viewer, version_id))


@get("/minutes/{version_id:int}/excerpt/{section:str}", include_in_schema=False)
async def excerpt(
    request: AnyRequest, db: Db, viewer: Me, version_id: FromPath[int], section: FromPath[str]
) -> Response[bytes]:
    """One section (`item-12.docx`), for the agency that it concerns."""
    if not section.endswith(".docx"):
        raise NotFound
    return handed_out(request, viewer, await making.excerpt(db, viewer, version_id, section.removesuffix(".docx")))


@get("/minutes/{version_id:int}/print")
async def print_minutes(request: AnyRequest, db: Db, viewer: Me, version_id: FromPath[int]) -> Response[str]:
    """One version on A4; how it stands is said on the screen and not on paper."""
    minutes, version, said = await making.said(db, viewer, version_id)
    shown = page(
        request,
        "minutes/print.html",
        said=said,
        meeting_id=minutes.meeting_id,
        version=version,
        paper_lang=LANGUAGE_TAGS[paper.words_of(minutes).locale],
        state=_state(words_of(request), minutes.document, version),
        mark_width=max(len(said.mark), 12),
    )
    shown.background = noted(request, viewer, version_id)
    return shown


def _state(words: Words, document: Document, version: DocumentVersion) -> str:
    """第2稿 · 会签中 · 已同意：…；待答复：…"""
    parts = [words._("Version %(n)d of the text", n=version.number)]
    if version.number != document.newest.number:
        return " · ".join([*parts, words._("Replaced by a newer version")])
    state = state_of(document)
    parts.append(words._(_STATES[state]))
    if state == "circulating":
        stands, names = standing_of(version), {one.agency_id: one.agency_name for one in version.signers}
        for text, agencies in (
            (N_("agreed: %(agencies)s"), stands.agreed),
            (N_("asked for changes: %(agencies)s"), stands.wants_changes),
            (N_("to answer: %(agencies)s"), stands.owes),
        ):
            if agencies:
                parts.append(words._(text, agencies=words._(", ").join(names[one] for one in agencies)))
    return " · ".join(parts)


handlers = [as_docx, as_text, sign_sheet, excerpt, print_minutes]
