"""Ending a mechanism, for programs."""

from datetime import date
from typing import Any

from litestar import Response, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.life import ending
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.values import mechanism_json
from liaison.web.api import Body, body, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[str]


class EndGiven(Body):
    ends_on: date
    reason: str
    version: int | None = None


@post("/mechanisms/{mechanism_id:str}/end", status_code=200)
async def end(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """End it from `ends_on` (a local date) on: meetings from then on are cancelled, whoever was told of one is mailed, and so is every member
    agency. Only the lead agency's liaison; what is open stays with its agencies."""
    given = body(await request.body(), EndGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    ended = await ending.end(
        db, viewer, mechanism.id, ends_on=given.ends_on, reason=given.reason, version=seen(request, given.version)
    )
    return await reply(request, db, viewer, await _json(db, ended))


@post("/mechanisms/{mechanism_id:str}/end/take-back", status_code=200)
async def take_back(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """It goes on after all, until the day has come."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    return await reply(request, db, viewer, await _json(db, await ending.take_back(db, viewer, mechanism.id)))


async def _json(db: Session, mechanism: Mechanism) -> dict[str, Any]:
    return mechanism_json(mechanism, (await mechanisms.host_rotation(db, [mechanism.id]))[mechanism.id])


api = Router("/", route_handlers=[end, take_back], tags=["mechanisms"])
