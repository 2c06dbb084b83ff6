"""提醒 and 催办 of one item, and one act on several items of the ledger at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from litestar import post
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions import assigning, queries, reminding, reporting
from liaison.actions.beside import owners
from liaison.actions.models import ActionItem
from liaison.actions.reminding import RemindedToday
from liaison.actions.routes.common import Db, Me, choice_of_owner, shown
from liaison.db import Session
from liaison.errors import Conflict, Invalid, Message, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.web.confirming import confirm_page
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, see_other, words_of

MOST = 100
BULK = {
    "due": N_("Set the due date"),
    "owner": N_("Hand to somebody else"),
    "complete": N_("Mark as done"),
    "remind": N_("Remind"),
}
CHOOSE = N_("Please choose action items first.")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item: done, or refused with the reason."""

    item_id: int
    title: str
    reason: str | None


@post("/actions/{action_id:int}/remind")
async def remind(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """One mail; a second one on the same day only once that was confirmed."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    try:
        await reminding.remind(db, viewer, item, again=form.ticked("confirmed"))
    except RemindedToday:
        await db.rollback()
        return confirm_page(
            request,
            nav="actions",
            question=N_("A reminder of this item went out today already. Send another?"),
            button=N_("Send another reminder"),
            action=f"/actions/{action_id}/remind",
            back=f"/actions/{action_id}",
        )
    return see_other(f"/actions/{action_id}?done=reminded#reminders")


@post("/actions/bulk")
async def bulk(request: AnyRequest, db: Db, viewer: Me) -> Response[Any]:
    """The same act on the items that were ticked: first the question with their number, then each with what became of it."""
    form, words = await Form.read(request), words_of(request)
    act = form.raw("act")
    ids = list(dict.fromkeys(form.ids("id")))[:MOST]
    if act not in BULK or not ids:
        raise Conflict(CHOOSE)
    items = [item for each in ids if (item := await _item(db, viewer, each)) is not None]
    if not items:
        raise Conflict(CHOOSE)
    verb = _verb(db, viewer, form, act) if form.ticked("confirmed") else None
    if verb is None or form.errors:
        mechanisms = sorted({item.mechanism_id for item in items})
        answer = shown(
            request,
            "actions/bulk.html",
            path="/actions",
            form=form,
            act=act,
            names=BULK,
            items=items,
            owners=await owners(db, mechanisms, db.clock.today(db.settings.timezone)) if act == "owner" else [],
            results=None,
        )
        answer.status_code = 422 if form.errors else 200
        return answer
    results = []
    for item in items:
        refusal = await _refusal(verb(item))
        results.append(Result(item.id, item.title, refusal.worded(words._) if refusal else None))
    await db.flush()
    return shown(
        request,
        "actions/bulk.html",
        path="/actions",
        form=form,
        act=act,
        names=BULK,
        items=items,
        owners=[],
        results=results,
    )


def _verb(db: Session, viewer: Viewer, form: Form, act: str) -> Callable[[ActionItem], Awaitable[Any]] | None:
    """The act on one item, with what the form says; None where it does not say enough."""
    if act == "due":
        due_on = form.date("due_on")
        if due_on is None:
            form.refuse("due_on", N_("Please give a date."))
        return lambda item: assigning.change(db, viewer, item, due_on=due_on, reason=form.raw("reason"))
    if act == "owner":
        agency_id, owner_id = choice_of_owner(form)
        if agency_id is None and owner_id is None:
            form.refuse("who", N_("Please choose who takes this over."))
        return lambda item: assigning.transfer(
            db, viewer, item, lead_agency_id=agency_id, owner_id=owner_id, reason=form.raw("reason")
        )
    if act == "complete":
        return lambda item: reporting.complete(db, viewer, item, note=form.raw("note"))
    return lambda item: reminding.remind(db, viewer, item)


async def _refusal(act: Awaitable[Any]) -> Message | None:
    try:
        await act
    except Invalid as refusal:
        return next(iter(refusal.errors.values()))
    except (Conflict, NotPermitted) as refusal:
        return refusal.message
    return None


async def _item(db: Session, viewer: Viewer, item_id: int) -> ActionItem | None:
    try:
        return await queries.get(db, viewer, item_id)
    except NotFound:
        return None


handlers = [remind, bulk]
