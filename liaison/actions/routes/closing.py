"""办结需确认: closing what is reported done, or sending it back."""

from typing import Any

from litestar import post
from litestar.params import FromPath
from litestar.response import Response

from liaison.actions import closing, queries
from liaison.actions.routes.common import Db, Me, renamed
from liaison.actions.routes.show import acted
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest


@post("/actions/{action_id:int}/close")
async def close(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """It is done."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    act = closing.close(db, viewer, item, version=form.whole("version"))
    return await acted(request, db, viewer, action_id, form, act, "closed")


@post("/actions/{action_id:int}/send-back")
async def send_back(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """It is not done yet, with the reason."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    act = renamed(
        closing.send_back(db, viewer, item, reason=form.raw("why_back"), version=form.whole("version")),
        reason="why_back",
    )
    return await acted(request, db, viewer, action_id, form, act, "sent_back")


handlers = [close, send_back]
