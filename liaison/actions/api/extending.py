"""Requests for another date (申请延期), and the other agencies' word on them."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post

from liaison.actions import extending, extension_queries, queries
from liaison.actions.api.shared import Db, Id, Me
from liaison.actions.extension_models import Extension
from liaison.actions.values import extension_json
from liaison.db import Session
from liaison.web.api import Body, body, reply
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest


class ExtensionGiven(Body):
    due_on: date
    reason: str


class RefusalGiven(Body):
    reason: str


class Nothing(Body):
    """No fields."""


@get("/action-items/{action_id:str}/extensions")
async def extensions_of(db: Db, viewer: Me, action_id: Id) -> dict[str, Any]:
    """The requests of an item for another date, newest first, each with what the other agencies said."""
    item = await queries.get(db, viewer, row_id(action_id))
    found = await extension_queries.of_item(db, viewer, item)
    return {"items": [await _json(db, one) for one in found], "next": None}


@post("/action-items/{action_id:str}/extensions")
async def ask(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """Ask for another, later date, with the reason. The liaisons of the other member agencies decide, or the chair of the meeting."""
    given = body(await request.body(), ExtensionGiven)
    item = await queries.get(db, viewer, row_id(action_id))
    extension = await extending.ask(db, viewer, item, due_on=given.due_on, reason=given.reason)
    return await reply(request, db, viewer, await _json(db, extension), status=201)


@post("/extensions/{extension_id:str}/agree", status_code=200)
async def agree(request: AnyRequest, db: Db, viewer: Me, extension_id: Id) -> Response[bytes]:
    """Agree for your agency, or in the chair for all. The date changes when nobody's word is missing any more."""
    body(await request.body(), Nothing)
    extension = await extension_queries.get(db, viewer, row_id(extension_id))
    await extending.agree(db, viewer, extension)
    return await reply(request, db, viewer, await _json(db, extension))


@post("/extensions/{extension_id:str}/refuse", status_code=200)
async def refuse(request: AnyRequest, db: Db, viewer: Me, extension_id: Id) -> Response[bytes]:
    """Refuse it, with the reason; one refusal is enough."""
    given = body(await request.body(), RefusalGiven)
    extension = await extension_queries.get(db, viewer, row_id(extension_id))
    await extending.refuse(db, viewer, extension, reason=given.reason)
    return await reply(request, db, viewer, await _json(db, extension))


@post("/extensions/{extension_id:str}/withdraw", status_code=200)
async def withdraw(request: AnyRequest, db: Db, viewer: Me, extension_id: Id) -> Response[bytes]:
    """Take your request back before it is decided."""
    body(await request.body(), Nothing)
    extension = await extension_queries.get(db, viewer, row_id(extension_id))
    await extending.withdraw(db, viewer, extension)
    return await reply(request, db, viewer, await _json(db, extension))


async def _json(db: Session, extension: Extension) -> dict[str, Any]:
    item = extension.action_item
    asked = await extension_queries.others(db, item) if extension.closed_at is None else None
    return extension_json(extension, ZoneInfo(item.mechanism.timezone), asked)


handlers = [extensions_of, ask, agree, refuse, withdraw]
