"""提请关注 of an overdue item of one's own agency: the draft, changed, then kept, copied or sent to the own leader."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions import escalating, queries
from liaison.actions.escalation_models import draft_of
from liaison.actions.routes.common import Db, Me, shown
from liaison.db import Session
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of


@get("/actions/{action_id:int}/escalate")
async def draft(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[str]:
    """The draft; nothing is kept or sent before it is confirmed."""
    item = await queries.get(db, viewer, action_id)
    escalating.ask(db, viewer, item)
    newest = await queries.progress_of(db, viewer, item)
    text = draft_of(
        words_of(request), item, db.clock.today(item.mechanism.timezone), newest[0].text if newest else None
    )
    return await _page(request, db, viewer, action_id, Form.of(text=text))


@post("/actions/{action_id:int}/escalate")
async def escalate(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """Keep it; with somebody chosen, mail it to them."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    to = form.id("to_person_id")
    act = escalating.escalate(db, viewer, item, text=form.raw("text"), to_person_id=to)
    await attempt(db, form, act, lambda _: _page(request, db, viewer, action_id, form))
    return see_other(f"/actions/{action_id}?done={'escalated' if to else 'kept'}#escalations")


async def _page(request: AnyRequest, db: Session, viewer: Viewer, action_id: int, form: Form) -> Response[str]:
    item = await queries.get(db, viewer, action_id)
    return shown(
        request,
        "actions/escalate.html",
        path=f"/actions/{action_id}/escalate",
        form=form,
        item=item,
        people=await escalating.receivers(db, item.lead_agency_id),
    )


handlers = [draft, escalate]
