"""The agenda of a meeting."""

from typing import Any

from litestar import Response, get, patch, post, put
from msgspec import UNSET, UnsetType

from liaison.meetings import agenda as verbs
from liaison.meetings import deferring, queries
from liaison.meetings.agenda_queries import agenda, shown
from liaison.meetings.api.shared import Db, Id, Me, Page, answer_item
from liaison.meetings.scheduling import UNSET as NOT_GIVEN
from liaison.meetings.scheduling import Unset
from liaison.meetings.values import agenda_item_json, move_json
from liaison.web.api import Body, body, listed, named, named_if_given, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest


class ItemGiven(Body):
    title: str
    purpose: str
    agency_id: str | None = None
    presenter_id: str | None = None
    duration_minutes: int | None = None
    audience: tuple[str, ...] = ()


class ItemChange(Body):
    title: str | UnsetType = UNSET
    purpose: str | UnsetType = UNSET
    agency_id: str | UnsetType | None = UNSET
    presenter_id: str | UnsetType | None = UNSET
    duration_minutes: int | UnsetType | None = UNSET
    audience: list[str] | UnsetType = UNSET
    version: int | None = None


class ActGiven(Body):
    version: int | None = None


class ReturnGiven(Body):
    reason: str
    version: int | None = None


class DeferGiven(Body):
    reason: str | None = None
    version: int | None = None


class OrderGiven(Body):
    item_ids: list[str]


@get("/meetings/{meeting_id:str}/agenda-items")
async def items_of_meeting(db: Db, viewer: Me, paging: Page, meeting_id: Id) -> dict[str, Any]:
    """The agenda in its order: accepted items, and proposed ones as far as you may see them. An item with an `audience` that your agency
    is not in stands there `hidden`, without its title."""
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    limit, after = paging.limits()
    rows = (await agenda(db, viewer, meeting)).items
    ids = [row.id for row in rows]
    return listed(rows[ids.index(after) + 1 if after in ids else 0 :], limit, agenda_item_json)


@post("/meetings/{meeting_id:str}/agenda-items")
async def add_item(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Put an item on the agenda: accepted at once from the host's liaison, proposed from others. `audience` are the agencies that may
    know of it; none: all."""
    given = body(await request.body(), ItemGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    item = await verbs.add_item(
        db,
        viewer,
        meeting,
        title=given.title,
        purpose=given.purpose,
        agency_id=named_if_given(given.agency_id),
        presenter_id=named_if_given(given.presenter_id),
        duration_minutes=given.duration_minutes,
        audience=[named(one) for one in given.audience],
    )
    return await answer_item(request, db, viewer, item, status=201)


@get("/agenda-items/{item_id:str}")
async def one_item(db: Db, viewer: Me, item_id: Id) -> dict[str, Any]:
    """One item with its `moves`: from which meeting to which it was deferred, and why."""
    item = await verbs.item_of(db, viewer, row_id(item_id))
    moves = [move_json(one, item.meeting.zone) for one in await deferring.moves_of(db, item)]
    return {**agenda_item_json(await shown(db, viewer, item)), "moves": moves}


@patch("/agenda-items/{item_id:str}")
async def change_item(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """Change what is given. Who may know of it (`audience`, given alone) may be said also once it is accepted, by who brings it."""
    given = body(await request.body(), ItemChange)
    item = await verbs.item_of(db, viewer, row_id(item_id))
    audience = NOT_GIVEN if given.audience is UNSET else [named(one) for one in given.audience]
    others = (given.title, given.purpose, given.agency_id, given.presenter_id, given.duration_minutes)
    if not isinstance(audience, Unset) and all(one is UNSET for one in others):
        await verbs.set_audience(db, viewer, item, audience, version=seen(request, given.version))
        return await answer_item(request, db, viewer, item)
    await verbs.change_item(
        db,
        viewer,
        item,
        title=item.title if given.title is UNSET else given.title,
        purpose=item.purpose if given.purpose is UNSET else given.purpose,
        agency_id=item.agency_id if given.agency_id is UNSET else named_if_given(given.agency_id),
        presenter_id=item.presenter_id if given.presenter_id is UNSET else named_if_given(given.presenter_id),
        duration_minutes=item.duration_minutes if given.duration_minutes is UNSET else given.duration_minutes,
        audience=audience,
        version=seen(request, given.version),
    )
    return await answer_item(request, db, viewer, item)


@post("/agenda-items/{item_id:str}/accept", status_code=200)
async def accept(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """A proposed item becomes part of the agenda, also one that was returned or waits for the next meeting."""
    given = body(await request.body(), ActGiven)
    item = await verbs.item_of(db, viewer, row_id(item_id), unseen=True)
    await verbs.accept_item(db, viewer, item, version=seen(request, given.version))
    return await answer_item(request, db, viewer, item)


@post("/agenda-items/{item_id:str}/return", status_code=200)
async def give_back(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """Back to who proposed it, with the reason, of which they are mailed."""
    given = body(await request.body(), ReturnGiven)
    item = await verbs.item_of(db, viewer, row_id(item_id), unseen=True)
    await deferring.return_item(db, viewer, item, reason=given.reason, version=seen(request, given.version))
    return await answer_item(request, db, viewer, item)


@post("/agenda-items/{item_id:str}/defer", status_code=200)
async def defer(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """To the agenda of the mechanism's next joint meeting, as the same item; its state is `deferred` while none is scheduled.

    Once more it changes nothing; whoever defers it from there too, before it was accepted, gives its present `version`."""
    given = body(await request.body(), DeferGiven)
    item = await verbs.item_of(db, viewer, row_id(item_id), unseen=True)
    await deferring.defer_item(db, viewer, item, reason=given.reason, version=seen(request, given.version))
    return await answer_item(request, db, viewer, item)


@post("/agenda-items/{item_id:str}/withdraw", status_code=200)
async def withdraw(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """Take an item off the agenda."""
    given = body(await request.body(), ActGiven)
    item = await verbs.item_of(db, viewer, row_id(item_id), removed=True)
    await verbs.withdraw_item(db, viewer, item, version=seen(request, given.version))
    return await answer_item(request, db, viewer, item)


@put("/meetings/{meeting_id:str}/agenda-order")
async def order(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Put the agenda in this order; `item_ids` names every item once. Answers the agenda."""
    given = body(await request.body(), OrderGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await verbs.order(db, viewer, meeting, [named(one) for one in given.item_ids])
    items = (await agenda(db, viewer, meeting)).items
    return await reply(request, db, viewer, {"items": [agenda_item_json(one) for one in items], "next": None})


HANDLERS = [items_of_meeting, add_item, one_item, change_item, accept, give_back, defer, withdraw, order]
