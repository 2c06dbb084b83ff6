"""Readers for programs."""

from datetime import date
from typing import Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Reader
from liaison.readers import naming, queries
from liaison.web.api import Body, body, named, reply
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[str]


class ReaderGiven(Body):
    person_id: str
    ends_on: date
    starts_on: date | None = None
    basis_ref: str | None = None


class EndGiven(Body):
    pass


@get("/mechanisms/{mechanism_id:str}/readers")
async def readers(db: Db, viewer: Me, mechanism_id: Id) -> dict[str, Any]:
    """Who reads the mechanism, and who did; `views`: how many looks of theirs are on the trail. `ends_on` is the first day without."""
    _, found = await queries.of_mechanism(db, viewer, row_id(mechanism_id))
    return {"items": [{**_json(one.reader), "views": one.views} for one in found], "next": None}


@post("/mechanisms/{mechanism_id:str}/readers")
async def name_reader(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Let somebody of another agency read it for a while (at most a year): the lead agency's liaison, or the operator with `basis_ref`, the
    letter by which the members agreed. The reader and every member agency are mailed; every view is on the trail."""
    given = body(await request.body(), ReaderGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    made = await naming.name_reader(
        db,
        viewer,
        mechanism.id,
        person_id=named(given.person_id),
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        basis_ref=given.basis_ref,
    )
    return await reply(request, db, viewer, _json(made), status=201)


@post("/readers/{reader_id:str}/end", status_code=200)
async def end_reader(request: AnyRequest, db: Db, viewer: Me, reader_id: Id) -> Response[bytes]:
    """They read nothing more from now on."""
    body(await request.body() or b"{}", EndGiven)
    return await reply(request, db, viewer, _json(await naming.end_reader(db, viewer, row_id(reader_id))))


def _json(one: Reader) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "mechanism_id": str(one.mechanism_id),
        "person_id": str(one.person_id),
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "basis_ref": one.basis_ref,
        "named_by": str(one.named_by) if one.named_by else None,
        "ended_early": one.ended_at is not None,
    }


api = Router("/", route_handlers=[readers, name_reader, end_reader], tags=["mechanisms"])
