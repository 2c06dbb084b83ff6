"""提请关注: what an agency's liaison writes to their own leader of an overdue item."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post

from liaison.actions import escalating, queries
from liaison.actions.api.shared import Db, Id, Me
from liaison.actions.values import escalation_json
from liaison.web.api import Body, body, named, reply
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest


class EscalationGiven(Body):
    text: str
    to_person_id: str | None = None


@get("/action-items/{action_id:str}/escalations")
async def escalations_of(db: Db, viewer: Me, action_id: Id) -> dict[str, Any]:
    """What your own agency wrote of it, newest first; nothing of any other agency's."""
    item = await queries.get(db, viewer, row_id(action_id))
    zone = ZoneInfo(item.mechanism.timezone)
    return {"items": [escalation_json(one, zone) for one in await escalating.of_item(db, viewer, item)], "next": None}


@post("/action-items/{action_id:str}/escalations")
async def escalate(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """Keep a text to your own leader with an overdue item of your agency; with `to_person_id` mail it to that person of your agency."""
    given = body(await request.body(), EscalationGiven)
    item = await queries.get(db, viewer, row_id(action_id))
    to = named(given.to_person_id) if given.to_person_id is not None else None
    kept = await escalating.escalate(db, viewer, item, text=given.text, to_person_id=to)
    zone = ZoneInfo(item.mechanism.timezone)
    return await reply(request, db, viewer, escalation_json(kept, zone), status=201)


handlers = [escalations_of, escalate]
