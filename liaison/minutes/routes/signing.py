"""同意 and 提出修改意见, from the page of the version that was read; excusing an agency that has left."""

from collections.abc import Awaitable
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.countersigning.comparing import compared
from liaison.countersigning.models import CONSENTS
from liaison.countersigning.showing import EXCUSED
from liaison.countersigning.signing import AGREED_ALREADY, EXCUSED_ALREADY
from liaison.db import Session
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.meetings.permissions import is_host
from liaison.minutes import queries, signing
from liaison.minutes.models import Minutes
from liaison.minutes.reading import sections_for
from liaison.minutes.routes.common import Db, Id, Me, context_of, shown, version_page
from liaison.minutes.signing import IS_MEMBER
from liaison.web.forms import Form, FormAgain, attempt
from liaison.web.pages import AnyRequest, see_other, words_of

_NOT_EXCUSED = {EXCUSED: EXCUSED_ALREADY, **dict.fromkeys(CONSENTS, AGREED_ALREADY)}
"""Why an agency that stands so is not let off."""


@post("/minutes/{version_id:int}/sign")
async def sign(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """The viewer's agency agrees to the text whose root stands in the form."""
    form = await Form.read(request)
    minutes, version = await queries.version(db, viewer, version_id)
    act = signing.sign(db, viewer, minutes, version, root=form.raw("root"), text=form.given("text"))
    await _said(request, db, viewer, minutes, version_id, form, act)
    return see_other(f"/minutes/{version_id}?done=agreed#signers")


@post("/minutes/{version_id:int}/request-changes")
async def request_changes(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """The viewer's agency says what is to be changed before it agrees."""
    form = await Form.read(request)
    minutes, version = await queries.version(db, viewer, version_id)
    act = signing.request_changes(
        db, viewer, minutes, version, root=form.raw("root"), text=form.raw("changes"), section_key=form.given("section_key")
    )  # fmt: skip
    await _said(request, db, viewer, minutes, version_id, form, act, text_is="changes")
    return see_other(f"/minutes/{version_id}?done=changes_requested#signers")


@get("/minutes/{version_id:int}/excuse")
async def excuse_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[str]:
    """An agency that has left (`?agency=`): why its consent is not waited for."""
    form = Form.of(agency_id=request.query_params.get("agency"))
    return await _excuse_page(request, db, viewer, version_id, form)


@post("/minutes/{version_id:int}/excuse")
async def excuse(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """Do not wait for it, with the reason; with `taken_back` wait for it again."""
    form = await Form.read(request)
    minutes, version = await queries.version(db, viewer, version_id)
    back = form.ticked("taken_back")
    act = signing.excuse(
        db, viewer, minutes, version, agency_id=form.id("agency_id") or 0, reason=form.raw("reason"), taken_back=back
    )
    await attempt(db, form, act, lambda _: _excuse_page(request, db, viewer, version_id, form))
    return see_other(f"/minutes/{version_id}?done={'waited_for' if back else 'excused'}#signers")


async def _said(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    minutes: Minutes,
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
        if minutes.issued_at is not None:
            raise
        form.take(Invalid({text_is: refusal.message}))
        status = 409
    await db.rollback()
    minutes, read = await queries.version(db, viewer, version_id)
    is_same = read is minutes.document.newest and read.root == form.raw("root")
    if status == 422 or is_same:
        raise FormAgain(await version_page(request, db, viewer, minutes, version_id, form), status)
    form.errors.clear()
    seen = await queries.seen_version(db, viewer, minutes)
    was = await sections_for(db, viewer, minutes, read)
    now = await sections_for(db, viewer, minutes, seen)
    again = await version_page(request, db, viewer, minutes, seen.id, form, since_read=compared(was, now))
    raise FormAgain(again, 409)


async def _excuse_page(request: AnyRequest, db: Session, viewer: Viewer, version_id: int, form: Form) -> Response[str]:
    minutes, _ = await queries.version(db, viewer, version_id)
    if not is_host(viewer, minutes.meeting):
        raise NotPermitted(N_("Only the host's liaison decides this."))
    found = await context_of(db, viewer, minutes, version_id)
    chosen = next((one for one in found["signers"] if str(one.signer.agency_id) == form.raw("agency_id")), None)
    if chosen is None or not (chosen.may_excuse or form.errors):
        raise Conflict(_NOT_EXCUSED.get(chosen.state if chosen else "", IS_MEMBER))
    labels = {"reason": words_of(request)._("Reason")}
    return shown(
        request, "minutes/excuse.html", path=f"/minutes/{version_id}/excuse?agency={chosen.signer.agency_id}",
        form=form, labels=labels, chosen=chosen, **found,
    )  # fmt: skip


handlers = [sign, request_changes, excuse_form, excuse]
