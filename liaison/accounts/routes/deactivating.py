"""Taking somebody's account into use again, from their page in the directory. Out of use: succession.routes.leaving."""

from typing import Any

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.deactivation import reactivate_person
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.web.pages import see_other

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]


@post("/directory/people/{person_id:int}/reactivate")
async def reactivate(db: Db, viewer: Me, person_id: Id) -> Response[Any]:
    """Take a person's account into use again."""
    await reactivate_person(db, viewer, person_id)
    return see_other(f"/directory/people/{person_id}")


handlers = [reactivate]
