"""Taking somebody's account out of use, from their page in the directory, and back."""

from typing import Any

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.deactivation import deactivate_person, reactivate_person
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import queries
from liaison.directory.permissions import may_deactivate
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.web.confirming import confirm_page
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, see_other

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]


@post("/directory/people/{person_id:int}/deactivate")
async def deactivate(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Response[Any]:
    """Take a person's account out of use, once that was confirmed."""
    form = await Form.read(request)
    person = await queries.person(db, viewer, person_id)
    back = f"/directory/people/{person_id}"
    if not form.ticked("confirmed"):
        if not may_deactivate(viewer, person.agency_id):
            raise NotPermitted(N_("Only the person's agency and the operator may deactivate somebody."))
        return confirm_page(
            request,
            nav="directory",
            question=N_(
                "Deactivate %(name)s? Sign-in, tokens and mailed links end at once; an office shows as vacant."
            ),
            button=N_("Deactivate"),
            action=f"{back}/deactivate",
            back=back,
            name=person.name,
        )
    await deactivate_person(db, viewer, person_id)
    return see_other(back)


@post("/directory/people/{person_id:int}/reactivate")
async def reactivate(db: Db, viewer: Me, person_id: Id) -> Response[Any]:
    """Take a person's account into use again."""
    await reactivate_person(db, viewer, person_id)
    return see_other(f"/directory/people/{person_id}")


handlers = [deactivate, reactivate]
