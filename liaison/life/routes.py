"""Ending a mechanism on its pages: what that calls off, and taking it back."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.life import ending
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.permissions import may_end
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, page, see_other, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]


@get("/mechanisms/{mechanism_id:int}/end")
async def end_form(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """What an end on `?on=` (tomorrow) calls off and leaves, with the form."""
    mechanism = await _own(db, viewer, mechanism_id)
    if mechanism.ended_on is not None:
        return see_other(f"/mechanisms/{mechanism_id}")
    tomorrow = db.clock.today(mechanism.timezone) + timedelta(days=1)  # today could not be taken back
    asked_for = Form.of(ends_on=request.query_params.get("on") or tomorrow)
    return await _page(request, db, viewer, mechanism_id, asked_for)


@post("/mechanisms/{mechanism_id:int}/end")
async def end(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """End it, call off what was to come, and tell every member agency."""
    form = await Form.read(request)
    await _own(db, viewer, mechanism_id)

    async def act() -> None:
        ends_on = form.date("ends_on")
        await ending.end(
            db, viewer, mechanism_id, ends_on=ends_on, reason=form.raw("reason"), version=form.whole("version")
        )

    async def again(theirs: Mapping[str, Any]) -> Response[Any]:
        return await _page(request, db, viewer, mechanism_id, form)

    await attempt(db, form, act(), again)
    return see_other(f"/mechanisms/{mechanism_id}")


@post("/mechanisms/{mechanism_id:int}/end/take-back")
async def take_back(db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """It goes on after all."""
    await ending.take_back(db, viewer, mechanism_id)
    return see_other(f"/mechanisms/{mechanism_id}")


async def _own(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_end(viewer, mechanism):
        raise NotPermitted(ending.NOT_LEAD)
    return mechanism


async def _page(request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int, form: Form) -> Response[str]:
    mechanism, words = await _own(db, viewer, mechanism_id), words_of(request)
    day: date = form.typed_date("ends_on") or db.clock.today(mechanism.timezone)
    if not form.given("version"):
        form.values["version"] = [str(mechanism.version)]
    request.state.form_path = f"/mechanisms/{mechanism_id}/end"
    return page(
        request,
        "life/end.html",
        nav="mechanisms",
        mechanism=mechanism,
        form=form,
        day=day,
        open=await ending.unfinished(db, viewer, mechanism, day),
        labels={"ends_on": words._("Ends on"), "reason": words._("Reason")},
    )


router = Router("/", route_handlers=[end_form, end, take_back], include_in_schema=False)
