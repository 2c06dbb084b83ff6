"""The page of a mechanism's readers: who they are, naming and ending, and what they looked at."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.readers import naming, queries
from liaison.readers.permissions import may_name, needs_basis
from liaison.readers.wording import what
from liaison.web.forms import Form, attempt, whole_number
from liaison.web.pages import AnyRequest, page, see_other, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]


@get("/mechanisms/{mechanism_id:int}/readers")
async def show(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """Who reads it and did, with the form for who may name one, and what was looked at."""
    return await _page(request, db, viewer, mechanism_id, Form())


@post("/mechanisms/{mechanism_id:int}/readers")
async def name_reader(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Name somebody; the reader and every member agency are told."""
    form = await Form.read(request)
    await queries.of_mechanism(db, viewer, mechanism_id)

    async def act() -> None:
        days = {name: form.date(name) for name in ("starts_on", "ends_on")}
        person_id, basis_ref = form.id("person_id"), form.given("basis_ref")
        await naming.name_reader(db, viewer, mechanism_id, person_id=person_id, basis_ref=basis_ref, **days)

    async def again(theirs: Mapping[str, Any]) -> Response[Any]:
        return await _page(request, db, viewer, mechanism_id, form)

    await attempt(db, form, act(), again)
    return see_other(f"/mechanisms/{mechanism_id}/readers")


@post("/mechanisms/{mechanism_id:int}/readers/{reader_id:int}/end")
async def end_reader(db: Db, viewer: Me, mechanism_id: Id, reader_id: Id) -> Response[Any]:
    """They read nothing more from now on."""
    await naming.end_reader(db, viewer, reader_id, mechanism_id=mechanism_id)
    return see_other(f"/mechanisms/{mechanism_id}/readers")


async def _page(request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int, form: Form) -> Response[str]:
    mechanism, found = await queries.of_mechanism(db, viewer, mechanism_id)
    today, words = db.clock.today(mechanism.timezone), words_of(request)
    names = may_name(viewer, mechanism)
    if names and not form.values:
        form = Form.of(starts_on=today, ends_on=today + timedelta(days=30))
    looks = await queries.views(db, viewer, mechanism_id, before=whole_number(request.query_params.get("before")))
    return page(
        request,
        "readers/show.html",
        nav="mechanisms",
        mechanism=mechanism,
        form=form,
        found=found,
        looks=looks,
        older=looks[-1].number if len(looks) == queries.AT_ONCE else None,
        may_name=names,
        letter=needs_basis(viewer, mechanism),
        people=await queries.choosable(db, viewer, mechanism) if names else [],
        local=today,
        last=timedelta(days=1),
        what=lambda verb, path: what(words, verb, path),
        labels={
            "person_id": words._("Reader"),
            "starts_on": words._("Reads from"),
            "ends_on": words._("First day without access"),
            "basis_ref": words._("Basis (number of the letter)"),
        },
    )


router = Router("", route_handlers=[show, name_reader, end_reader])
