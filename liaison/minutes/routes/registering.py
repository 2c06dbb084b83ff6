"""代登记: what an agency signed on paper, with a scan, or said another way; and the scans themselves."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response, Stream

from liaison.accounts.viewer import Viewer
from liaison.countersigning import queries as documents
from liaison.countersigning.writing import NOT_CIRCULATED, NOT_NEWEST
from liaison.db import Session
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.files.kinds import MEDIA_TYPES
from liaison.files.store import Brought
from liaison.i18n import N_
from liaison.meetings import paper_queries
from liaison.meetings.permissions import is_host
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.minutes import queries, signing
from liaison.minutes.permissions import may_register
from liaison.minutes.routes.common import Db, Id, Me, context_of, shown
from liaison.web import sign_offs
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, words_of
from liaison.web.papers import kept_file
from liaison.web.uploads import STREAMED

NOT_YOURS = N_("You may register answers of your own agency; others are registered by the host.")


@get("/minutes/{version_id:int}/register")
async def register_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[str]:
    """What came back from an agency (`?agency=`)."""
    minutes, _ = await queries.version(db, viewer, version_id)
    now = db.now().astimezone(minutes.meeting.zone)
    form = sign_offs.blank(request.query_params.get("agency"), now)
    return await _page(request, db, viewer, version_id, form)


@post("/minutes/{version_id:int}/register", **STREAMED)
async def register(request: AnyRequest, viewer: Me, version_id: Id) -> Response[Any]:
    """Keep it, with the scan if there is one; it counts, and is shown as registered."""
    return await sign_offs.registered(
        request,
        refuse=lambda db: _registrable(db, viewer, version_id),
        act=lambda db, form, file: _register(db, viewer, version_id, form, file),
        again=lambda db, form: _page(request, db, viewer, version_id, form),
        done=f"/minutes/{version_id}?done=registered#signers",
    )


@get("/sign-offs/{sign_off_id:int}/scan", include_in_schema=False)
async def scan(request: AnyRequest, db: Db, viewer: Me, sign_off_id: FromPath[int]) -> Stream:
    """The sheet that was signed on paper, for whoever reads that version; to be kept, never opened by the browser itself."""
    word = await documents.sign_off(db, sign_off_id)
    await queries.version(db, viewer, word.document_version_id)
    if not word.scan:
        raise NotFound
    return await kept_file(
        request,
        word.scan["stored_name"],
        file_name=word.scan["file_name"],
        media_type=MEDIA_TYPES[word.scan["kind"]],
    )


async def _register(db: Session, viewer: Viewer, version_id: int, form: Form, file: Brought | None) -> None:
    minutes, version = await queries.version(db, viewer, version_id)
    told = sign_offs.said(form, file, minutes.meeting.zone)
    try:
        await signing.register(
            db, viewer, minutes, version, root=form.raw("root"), agency_id=told.agency_id, state=told.state,
            paper=told.paper, registered=told.registered, text=form.given("text"),
        )  # fmt: skip
    except Invalid as refusal:
        raise sign_offs.by_field(refusal) from None


async def _registrable(db: Session, viewer: Viewer, version_id: int) -> dict[str, Any]:
    """What the page shows, for whoever may register something. Raises NotFound, NotPermitted, Conflict (not the newest, not circulated,
    issued)."""
    minutes, version = await queries.version(db, viewer, version_id)
    meeting, document = minutes.meeting, minutes.document
    if not is_host(viewer, meeting) and not any(
        may_register(viewer, meeting, minutes.document, one.agency_id) for one in version.signers
    ):
        raise NotPermitted(NOT_YOURS)
    document.refuse_in_force()
    if version.id != document.newest.id:
        raise Conflict(NOT_NEWEST)
    if version.circulated_at is None:
        raise Conflict(NOT_CIRCULATED)
    return await context_of(db, viewer, minutes, version_id)


async def _page(request: AnyRequest, db: Session, viewer: Viewer, version_id: int, form: Form) -> Response[str]:
    found, words = await _registrable(db, viewer, version_id), words_of(request)
    offered = [one.signer for one in found["signers"] if one.may_register]
    return shown(
        request,
        "minutes/register.html",
        path=f"/minutes/{version_id}/register",
        form=form,
        offered=offered,
        ways=[(way, words._(REGISTERED_NAMES[way])) for way in sign_offs.WAYS],
        kinds=sign_offs.SCANS,
        megabytes=await paper_queries.largest(db) // 1024 // 1024,
        labels=sign_offs.labels(words),
        **found,
    )


handlers = [register_form, register, scan]
