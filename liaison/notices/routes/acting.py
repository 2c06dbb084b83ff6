"""What is done with a notice on its page: opened, acknowledged, answered, passed on, put off, closed, taken up, brought to the own leader."""

from collections.abc import Awaitable
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions.escalating import receivers
from liaison.db import Session
from liaison.meetings import queries as meetings
from liaison.notices import answering, closing, deadlines, escalating, queries, taking_up
from liaison.notices.models import Notice
from liaison.notices.permissions import own_line
from liaison.notices.routes.common import Db, Id, Me, shown
from liaison.notices.routes.show import notice_page
from liaison.notices.saying import draft_of
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of


@post("/notices/{notice_id:int}/open")
async def open_(db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """Read it; the sender sees since when."""
    await answering.open_(db, viewer, own_line(viewer, await queries.get(db, viewer, notice_id)))
    return see_other(f"/notices/{notice_id}")


@post("/notices/{notice_id:int}/acknowledge")
async def acknowledge(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """The own agency has it."""
    form = await Form.read(request)
    own = own_line(viewer, await queries.get(db, viewer, notice_id))
    act = answering.acknowledge(db, viewer, own, text=form.raw("text"))
    return await done(request, db, viewer, notice_id, form, act, "acknowledged")


@post("/notices/{notice_id:int}/answer")
async def answer(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """The own agency's answer in a few words; a formal one is a notice of its own."""
    form = await Form.read(request)
    own = own_line(viewer, await queries.get(db, viewer, notice_id))
    return await done(
        request, db, viewer, notice_id, form, answering.answer(db, viewer, own, text=form.raw("text")), "answered"
    )


@post("/notices/{notice_id:int}/offer")
async def offer(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """Another date by which the own agency can answer."""
    form = await Form.read(request)
    own = own_line(viewer, await queries.get(db, viewer, notice_id))
    wanted = form.date("due_on")
    act = deadlines.offer(db, viewer, own, due_on=wanted, text=form.raw("text"))
    await attempt(db, form, act, lambda _: notice_page(request, db, viewer, notice_id, form, at="offered"))
    moved = own.offered_due_on is not None and own.offered_due_on != wanted
    return see_other(f"/notices/{notice_id}?done={'moved' if moved else 'offered'}")


@post("/notices/{notice_id:int}/pass-on")
async def pass_on(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """It concerns another agency."""
    form = await Form.read(request)
    own = own_line(viewer, await queries.get(db, viewer, notice_id))
    act = answering.pass_on(db, viewer, own, to_agency_id=form.id("to_agency_id"), text=form.raw("text"))
    return await done(request, db, viewer, notice_id, form, act, "passed_on")


@post("/notices/{notice_id:int}/correct")
async def correct(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """What was registered for the own agency is not so."""
    form = await Form.read(request)
    own = own_line(viewer, await queries.get(db, viewer, notice_id))
    return await done(
        request, db, viewer, notice_id, form, answering.correct(db, viewer, own, text=form.raw("text")), "corrected"
    )


@post("/notices/{notice_id:int}/agencies/{agency_id:int}/agree")
async def agree(request: AnyRequest, db: Db, viewer: Me, notice_id: Id, agency_id: Id) -> Response[Any]:
    """The other date will do."""
    form = await Form.read(request)
    line = (await queries.get(db, viewer, notice_id)).line_of(agency_id)
    await deadlines.agree(db, viewer, line, due_on=form.date("due_on"))
    return see_other(f"/notices/{notice_id}?done=agreed")


@post("/notices/{notice_id:int}/agencies/{agency_id:int}/refuse")
async def refuse(request: AnyRequest, db: Db, viewer: Me, notice_id: Id, agency_id: Id) -> Response[Any]:
    """It will not."""
    form = await Form.read(request)
    line = (await queries.get(db, viewer, notice_id)).line_of(agency_id)
    act = deadlines.refuse(db, viewer, line, text=form.raw("text"), due_on=form.date("due_on"))
    return await done(request, db, viewer, notice_id, form, act, "refused")


@post("/notices/{notice_id:int}/close")
async def close(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """No answer is needed any more."""
    form = await Form.read(request)
    act = closing.close(db, viewer, await queries.get(db, viewer, notice_id), reason=form.raw("reason"))
    return await done(request, db, viewer, notice_id, form, act, "closed")


@post("/notices/{notice_id:int}/agenda-item")
async def agenda_item(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """An item of a meeting's agenda, in one press."""
    form = await Form.read(request)
    notice = await queries.get(db, viewer, notice_id)
    meeting = await meetings.get(db, viewer, form.id("meeting_id") or 0)
    await taking_up.put_on_agenda(db, viewer, notice, meeting)
    return see_other(f"/notices/{notice_id}?done=agenda_item")


@post("/notices/{notice_id:int}/action-item")
async def action_item(db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """An action item of the own agency, in one press."""
    await taking_up.assign(db, viewer, await queries.get(db, viewer, notice_id))
    return see_other(f"/notices/{notice_id}?done=action_item")


@get("/notices/{notice_id:int}/escalate")
async def escalate_form(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[str]:
    """The draft to the own leader; nothing is kept or sent before it is confirmed."""
    notice = await queries.get(db, viewer, notice_id)
    escalating.ask(db, viewer, notice)
    owing = notice.unanswered_on(db.clock.today(notice.mechanism.timezone))
    return await _escalate_page(request, db, notice, Form.of(text=draft_of(words_of(request), notice, owing)))


@post("/notices/{notice_id:int}/escalate")
async def escalate(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """Keep it; with somebody chosen, mail it to them."""
    form = await Form.read(request)
    notice = await queries.get(db, viewer, notice_id)
    to = form.id("to_person_id")

    async def again(_: Any) -> Response[str]:
        return await _escalate_page(request, db, await queries.get(db, viewer, notice_id), form)

    await attempt(db, form, escalating.escalate(db, viewer, notice, text=form.raw("text"), to_person_id=to), again)
    return see_other(f"/notices/{notice_id}?done={'escalated' if to else 'escalation_kept'}")


async def _escalate_page(request: AnyRequest, db: Session, notice: Notice, form: Form) -> Response[str]:
    return shown(
        request,
        "notices/escalate.html",
        path=f"/notices/{notice.id}/escalate",
        form=form,
        notice=notice,
        people=await receivers(db, notice.from_agency_id),
    )


async def done(
    request: AnyRequest, db: Session, viewer: Viewer, notice_id: int, form: Form, act: Awaitable[Any], what: str
) -> Response[Any]:
    """Do it and show the notice; a refusal is shown beside the form that it is about."""
    await attempt(db, form, act, lambda _: notice_page(request, db, viewer, notice_id, form, at=what))
    return see_other(f"/notices/{notice_id}?done={what}")


handlers = [
    open_,
    acknowledge,
    answer,
    offer,
    pass_on,
    correct,
    agree,
    refuse,
    close,
    agenda_item,
    action_item,
    escalate_form,
    escalate,
]
