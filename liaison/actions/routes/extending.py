"""申请延期: asking for another date, and the other agencies' word on it, on the item's page and behind the mailed link."""

from collections.abc import Awaitable
from typing import Any

from litestar import post
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts import links
from liaison.accounts.models import Link
from liaison.accounts.viewer import Viewer
from liaison.actions import extending, extension_queries, queries
from liaison.actions.extension_models import Extension
from liaison.actions.permissions import decides_as
from liaison.actions.routes.common import Db, Me, renamed
from liaison.actions.routes.show import acted
from liaison.db import Session
from liaison.errors import Conflict, Gone, Invalid, NotFound
from liaison.i18n import N_
from liaison.web.api import Body, body
from liaison.web.forms import Form, FormAgain
from liaison.web.links import LinkPages, opened
from liaison.web.pages import AnyRequest, page, see_other

NOT_YOURS = N_("You no longer decide about this request.")


class DecisionGiven(Body):
    """What a program answers for the liaison whom the link was mailed to: {"agree": true}, or {"agree": false, "reason"}."""

    agree: bool
    reason: str | None = None


@post("/actions/{action_id:int}/extensions")
async def ask(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """Ask for another date."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    act = ask_by(form, db, viewer, item)
    return await acted(request, db, viewer, action_id, form, act, "asked#extensions")


def ask_by(form: Form, db: Session, viewer: Viewer, item: Any) -> Awaitable[Extension]:
    """The request that a form makes; its fields are called so that they are none of the other forms on the page."""
    due_on = form.date("new_due_on")
    return renamed(
        extending.ask(db, viewer, item, due_on=due_on, reason=form.raw("why")), due_on="new_due_on", reason="why"
    )


@post("/extensions/{extension_id:int}/agree")
async def agree(request: AnyRequest, db: Db, viewer: Me, extension_id: FromPath[int]) -> Response[Any]:
    """Agree to it."""
    extension = await extension_queries.get(db, viewer, extension_id)
    await extending.agree(db, viewer, extension)
    return see_other(f"/actions/{extension.action_item_id}?done=agreed#extensions")


@post("/extensions/{extension_id:int}/refuse")
async def refuse(request: AnyRequest, db: Db, viewer: Me, extension_id: FromPath[int]) -> Response[Any]:
    """Refuse it, with the reason."""
    form = await Form.read(request)
    extension = await extension_queries.get(db, viewer, extension_id)
    action_id = extension.action_item_id
    act = renamed(extending.refuse(db, viewer, extension, reason=form.raw("why_not")), reason="why_not")
    return await acted(request, db, viewer, action_id, form, act, "refused#extensions")


@post("/extensions/{extension_id:int}/withdraw")
async def withdraw(request: AnyRequest, db: Db, viewer: Me, extension_id: FromPath[int]) -> Response[Any]:
    """Take it back."""
    extension = await extension_queries.get(db, viewer, extension_id)
    await extending.withdraw(db, viewer, extension)
    return see_other(f"/actions/{extension.action_item_id}?done=withdrawn#extensions")


async def show_link(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """What is asked, and the two answers; changes nothing."""
    return await _page(request, db, viewer, await _asked(db, link, viewer), Form())


async def act_by_link(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """Record the answer, and say so."""
    extension = await _asked(db, link, viewer)
    speaks_json = request.content_type[0] == "application/json"
    if speaks_json:
        given = body(await request.body(), DecisionGiven)
        form = Form.of(answer="agree" if given.agree else "refuse", why_not=given.reason)
    else:
        form = await Form.read(request)
    try:
        if form.raw("answer") == "agree":
            await extending.agree(db, viewer, extension)
        else:
            await renamed(extending.refuse(db, viewer, extension, reason=form.raw("why_not")), reason="why_not")
    except (Invalid, Conflict) as refusal:
        if speaks_json:
            raise
        form.take(refusal if isinstance(refusal, Invalid) else Invalid({"why_not": refusal.message}))
        await db.rollback()
        link, viewer = await opened(request, db, request.path_params["token"])
        again = await _page(request, db, viewer, await _asked(db, link, viewer), form)
        raise FormAgain(again, refusal.status) from None
    await db.flush()
    return await _page(
        request, db, viewer, extension, Form(), said="agreed" if form.raw("answer") == "agree" else "refused"
    )


async def _asked(db: Session, link: Link, viewer: Viewer) -> Extension:
    try:
        extension = await extension_queries.get(db, viewer, link.object_id)
    except NotFound:
        raise Gone(NOT_YOURS) from None
    asked = await extension_queries.others(db, extension.action_item)
    if decides_as(viewer, extension, asked) is None:
        raise Gone(NOT_YOURS)
    return extension


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, extension: Extension, form: Form, *, said: str | None = None
) -> Response[str]:
    item = extension.action_item
    asked = await extension_queries.others(db, item)
    role = decides_as(viewer, extension, asked)
    own = next(
        (a for a in extension.answers if a.as_chair == (role == "chair") and a.agency_id == viewer.agency_id), None
    )
    return page(
        request,
        "actions/extension_link.html",
        form=form,
        item=item,
        extension=extension,
        own=own,
        others=asked,
        zone=item.mechanism.timezone,
        said=said,
        viewer=None,
        path=request.url.path,
    )


LINK_PAGES = {links.EXTENSION: LinkPages(show_link, act_by_link)}
handlers = [ask, agree, refuse, withdraw]
