"""The undo beside a decision that was just recorded, and its action item with it."""

from typing import Any

from litestar import post
from litestar.params import FromPath
from litestar.response import Response

from liaison.actions import deciding
from liaison.actions.routes.common import Db, Me
from liaison.meetings import recording
from liaison.web.pages import AnyRequest, see_other


@post("/decisions/{decision_id:int}/take-back")
async def take_back(request: AnyRequest, db: Db, viewer: Me, decision_id: FromPath[int]) -> Response[Any]:
    """Undo."""
    decision = await recording.decision_of(db, viewer, decision_id)
    await deciding.take_back(db, viewer, decision)
    return see_other(f"/meetings/{decision.meeting_id}?done=taken_back#decisions")


handlers = [take_back]
