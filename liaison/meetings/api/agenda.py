"""The agenda of a meeting."""

from typing import Any

from litestar import Response, get, patch, post, put
from msgspec import UNSET, UnsetType

from liaison.meetings import agenda as verbs
from liaison.meetings import overview, queries
from liaison.meetings.api.shared import Db, Id, Me, Page
from liaison.meetings.values import agenda_item_json
from liaison.web.api import Body, body, listed, named, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest


class ItemGiven(Body):
    title: str
    purpose: str
    agency_id: str | None = None
    presenter_id: str | None = None
    duration_minutes: int | None = None


class ItemChange(Body):
    title: str | UnsetType = UNSET
    purpose: str | UnsetType = UNSET
    agency_id: str | UnsetType | None = UNSET
    presenter_id: str | UnsetType | None = UNSET
    duration_minutes: int | UnsetType | None = UNSET
    version: int | None = None


class ActGiven(Body):
    version: int | None = None


class OrderGiven(Body):
    item_ids: list[str]


@get("/meetings/{meeting_id:str}/agenda-items")
async def items_of_meeting(db: Db, viewer: Me, paging: Page, meeting_id: Id) -> dict[str, Any]:
    """The agenda in its order: accepted items, and proposed ones as far as you may see them."""
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    limit, after = paging.limits()
    rows = (await overview.agenda(db, viewer, meeting)).items
    ids = [row.id for row in rows]
    return listed(rows[ids.index(after) + 1 if after in ids else 0 :], limit, agenda_item_json)


@post("/meetings/{meeting_id:str}/agenda-items")
async def add_item(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Put an item on the agenda: accepted at once from the host's liaison, proposed from others."""
    given = body(await request.body(), ItemGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    item = await verbs.add_item(
        db,
        viewer,
        meeting,
        title=given.title,
        purpose=given.purpose,
        agency_id=_id(given.agency_id),
        presenter_id=_id(given.presenter_id),
        duration_minutes=given.duration_minutes,
    )
    return await reply(request, db, viewer, agenda_item_json(item), status=201)


@patch("/agenda-items/{item_id:str}")
async def change_item(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """Change what is given."""
    given = body(await request.body(), ItemChange)
    item = await verbs.item_of(db, viewer, row_id(item_id))
    await verbs.change_item(
        db,
        viewer,
        item,
        title=item.title if given.title is UNSET else given.title,
        purpose=item.purpose if given.purpose is UNSET else given.purpose,
        agency_id=item.agency_id if given.agency_id is UNSET else _id(given.agency_id),
        presenter_id=item.presenter_id if given.presenter_id is UNSET else _id(given.presenter_id),
        duration_minutes=item.duration_minutes if given.duration_minutes is UNSET else given.duration_minutes,
        version=seen(request, given.version),
    )
    return await reply(request, db, viewer, agenda_item_json(item))


@post("/agenda-items/{item_id:str}/accept", status_code=200)
async def accept(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """A proposed item becomes part of the agenda."""
    given = body(await request.body(), ActGiven)
    item = await verbs.item_of(db, viewer, row_id(item_id))
    await verbs.accept_item(db, viewer, item, version=seen(request, given.version))
    return await reply(request, db, viewer, agenda_item_json(item))


@post("/agenda-items/{item_id:str}/withdraw", status_code=200)
async def withdraw(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """Take an item off the agenda."""
    given = body(await request.body(), ActGiven)
    item = await verbs.item_of(db, viewer, row_id(item_id), removed=True)
    await verbs.withdraw_item(db, viewer, item, version=seen(request, given.version))
    return await reply(request, db, viewer, agenda_item_json(item))


@put("/meetings/{meeting_id:str}/agenda-order")
async def order(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Put the agenda in this order; `item_ids` names every item once. Answers the agenda."""
    given = body(await request.body(), OrderGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await verbs.order(db, viewer, meeting, [named(one) for one in given.item_ids])
    items = await queries.agenda(db, meeting.id)
    return await reply(request, db, viewer, {"items": [agenda_item_json(one) for one in items], "next": None})


def _id(text: str | None) -> int | None:
    return named(text) if text is not None else None


HANDLERS = [items_of_meeting, add_item, change_item, accept, withdraw, order]
