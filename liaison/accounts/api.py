"""Who one is, and taking an account into use again, for programs. Out of use: succession.api."""

from typing import Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.deactivation import reactivate_person
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import queries
from liaison.directory.values import person_json
from liaison.web.api import reply
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[str]


@get("/me")
async def me(db: Db, viewer: Me) -> dict[str, Any]:
    """The person whose token this is, with what they are today."""
    person = await queries.person(db, viewer, viewer.person_id)
    designations = [
        {
            "id": str(one.designation_id),
            "mechanism_id": str(one.mechanism_id),
            "agency_id": str(one.agency_id),
            "role": one.role,
            "in_office": one.in_office,
            "may_sign": one.may_sign,
        }
        for one in viewer.designations
    ]
    readings = sorted(str(id_) for id_ in viewer.reader_of)
    return {**person_json(person), "designations": designations, "reader_of": readings}


@post("/people/{person_id:str}/reactivate", status_code=200)
async def reactivate(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Response[bytes]:
    """Take an account into use again."""
    person = await reactivate_person(db, viewer, row_id(person_id))
    return await reply(request, db, viewer, person_json(person))


api = Router("/", route_handlers=[me, reactivate])
