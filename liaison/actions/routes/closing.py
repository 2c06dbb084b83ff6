"""办结需确认: closing what is reported done, or sending it back."""

from typing import Any

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions import closing, queries
from liaison.actions.routes.common import renamed
from liaison.actions.routes.show import item_page
from liaison.db import Session
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]


@post("/actions/{action_id:int}/close")
async def close(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """It is done."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    act = closing.close(db, viewer, item, version=form.whole("version"))
    await attempt(db, form, act, lambda theirs: item_page(request, db, viewer, action_id, form, theirs))
    return see_other(f"/actions/{action_id}?done=closed")


@post("/actions/{action_id:int}/send-back")
async def send_back(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """It is not done yet, with the reason."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    act = renamed(
        closing.send_back(db, viewer, item, reason=form.raw("why_back"), version=form.whole("version")),
        reason="why_back",
    )
    await attempt(db, form, act, lambda theirs: item_page(request, db, viewer, action_id, form, theirs))
    return see_other(f"/actions/{action_id}?done=sent_back")


handlers = [close, send_back]
