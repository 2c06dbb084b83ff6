"""同意 and 提出修改意见, from the page of the version that was read; excusing an agency that has left."""

from collections.abc import Awaitable

from litestar import get, post

from liaison.accounts.viewer import Viewer
from liaison.countersigning.comparing import compared
from liaison.db import Session
from liaison.errors import Conflict, Invalid
from liaison.proposals import queries, signing
from liaison.proposals.content import open_sections
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import readable_versions
from liaison.proposals.routes.common import Db, Id, Me, Page, context_of, shown, to_write, version_page
from liaison.proposals.signing import IS_MEMBER
from liaison.web.forms import Form, FormAgain, attempt
from liaison.web.pages import AnyRequest, see_other, words_of


@post("/proposals/{version_id:int}/sign")
async def sign(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """The viewer's agency agrees to the text whose root stands in the form."""
    form = await Form.read(request)
    proposal, version = await queries.version(db, viewer, version_id)
    act = signing.sign(db, viewer, proposal, version, root=form.raw("root"), text=form.given("text"))
    await _said(request, db, viewer, proposal, version_id, form, act)
    return see_other(f"/proposals/{version_id}?done=agreed#signers")


@post("/proposals/{version_id:int}/request-changes")
async def request_changes(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """The viewer's agency says what is to be changed before it agrees."""
    form = await Form.read(request)
    proposal, version = await queries.version(db, viewer, version_id)
    act = signing.request_changes(
        db, viewer, proposal, version, root=form.raw("root"), text=form.raw("changes"), section_key=form.given("section_key")
    )  # fmt: skip
    await _said(request, db, viewer, proposal, version_id, form, act, text_is="changes")
    return see_other(f"/proposals/{version_id}?done=changes_requested#signers")


@get("/proposals/{version_id:int}/excuse")
async def excuse_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """An agency that has left (`?agency=`): why its consent is not waited for."""
    form = Form.of(agency_id=request.query_params.get("agency"))
    return await _excuse_page(request, db, viewer, version_id, form)


@post("/proposals/{version_id:int}/excuse")
async def excuse(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """Do not wait for it, with the reason; with `taken_back` wait for it again."""
    form = await Form.read(request)
    proposal, version = await to_write(db, viewer, version_id)
    back = form.ticked("taken_back")
    act = signing.excuse(
        db, viewer, proposal, version, agency_id=form.id("agency_id") or 0, reason=form.raw("reason"), taken_back=back
    )
    await attempt(db, form, act, lambda _: _excuse_page(request, db, viewer, version_id, form))
    return see_other(f"/proposals/{version_id}?done={'waited_for' if back else 'excused'}#signers")


async def _said(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    proposal: Proposal,
    version_id: int,
    form: Form,
    act: Awaitable[object],
    *,
    text_is: str = "text",
) -> None:
    """Do it; what is refused is shown on the page again (`text_is`: what the form calls the words), and where the text was changed since,
    on that of the present one with what differs."""
    try:
        await act
        return
    except Invalid as refusal:
        form.take(Invalid({(text_is if name == "text" else name): one for name, one in refusal.errors.items()}))
        status = 422
    except Conflict as refusal:
        if not proposal.is_open:
            raise
        form.take(Invalid({text_is: refusal.message}))
        status = 409
    await db.rollback()
    proposal, read = await queries.version(db, viewer, version_id)
    is_same = read is proposal.document.newest and read.root == form.raw("root")
    if status == 422 or is_same:
        raise FormAgain(await version_page(request, db, viewer, proposal, version_id, form), status)
    form.errors.clear()
    seen = readable_versions(viewer, proposal, db.now())[-1]
    differs = compared(open_sections(read), open_sections(seen))
    again = await version_page(request, db, viewer, proposal, seen.id, form, since_read=differs)
    raise FormAgain(again, 409)


async def _excuse_page(request: AnyRequest, db: Session, viewer: Viewer, version_id: int, form: Form) -> Page:
    proposal, _ = await to_write(db, viewer, version_id)
    found = await context_of(request, db, viewer, proposal, version_id)
    chosen = next((one for one in found["signers"] if str(one.signer.agency_id) == form.raw("agency_id")), None)
    if chosen is None or not (chosen.may_excuse or form.errors):
        raise Conflict(IS_MEMBER)
    return shown(
        request, "proposals/excuse.html", path=f"/proposals/{version_id}/excuse?agency={chosen.signer.agency_id}",
        form=form, labels={"reason": words_of(request)._("Reason")}, chosen=chosen, **found,
    )  # fmt: skip


handlers = [sign, request_changes, excuse_form, excuse]
