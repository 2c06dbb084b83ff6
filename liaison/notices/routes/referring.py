"""What becomes of a lead on its page: accepted, declined, returned, supplied with what was missing, and feedback on the result."""

from typing import Any

from litestar import post
from litestar.response import Response

from liaison.notices import queries, referring
from liaison.notices.permissions import own_line
from liaison.notices.routes.acting import done
from liaison.notices.routes.common import Db, Id, Me
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest


@post("/notices/{notice_id:int}/accept")
async def accept(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """The own agency takes it up."""
    form = await Form.read(request)
    own = own_line(viewer, await queries.get(db, viewer, notice_id))
    act = referring.accept(db, viewer, own, text=form.raw("text"), phones_ok=form.ticked("phones_ok"))
    return await done(request, db, viewer, notice_id, form, act, "accept")


@post("/notices/{notice_id:int}/decline")
async def decline(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """It does not, for a reason."""
    form = await Form.read(request)
    own = own_line(viewer, await queries.get(db, viewer, notice_id))
    act = referring.decline(db, viewer, own, reason=form.raw("reason"), phones_ok=form.ticked("phones_ok"))
    return await done(request, db, viewer, notice_id, form, act, "decline")


@post("/notices/{notice_id:int}/return")
async def return_(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """Something is missing."""
    form = await Form.read(request)
    own = own_line(viewer, await queries.get(db, viewer, notice_id))
    act = referring.return_(db, viewer, own, reason=form.raw("reason"), phones_ok=form.ticked("phones_ok"))
    return await done(request, db, viewer, notice_id, form, act, "return")


@post("/notices/{notice_id:int}/supplement")
async def supplement(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """The sender supplies it."""
    form = await Form.read(request)
    line = (await queries.get(db, viewer, notice_id)).lead_line()
    act = referring.supplement(db, viewer, line, text=form.raw("text"), phones_ok=form.ticked("phones_ok"))
    return await done(request, db, viewer, notice_id, form, act, "supplement")


@post("/notices/{notice_id:int}/feedback")
async def feedback(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """What came of it."""
    form = await Form.read(request)
    own = own_line(viewer, await queries.get(db, viewer, notice_id))
    act = referring.give_feedback(db, viewer, own, text=form.raw("text"), phones_ok=form.ticked("phones_ok"))
    return await done(request, db, viewer, notice_id, form, act, "feedback")


handlers = [accept, decline, return_, supplement, feedback]
