"""One action item: what it is, how it goes, and the acts that move it on."""

from collections.abc import Awaitable, Mapping
from types import SimpleNamespace
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions import dating, escalating, extension_queries, queries, reminding, reporting
from liaison.actions.models import ActionItem
from liaison.actions.passing import former_owners
from liaison.actions.permissions import decides_as, judges_as, may_escalate, may_read_end, may_withdraw, supports_as
from liaison.actions.routes.common import Db, Me, shown
from liaison.actions.showing import line, lines
from liaison.db import Session
from liaison.i18n import N_
from liaison.meetings.values import decision_label
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.web.forms import Form, attempt, local_or
from liaison.web.pages import AnyRequest, fragment, see_other, words_of

DONE = {
    "reported": N_("The progress note is saved."),
    "completed": N_("Marked as done."),
    "ended": N_("Recorded as no longer possible."),
    "reopened": N_("The item is open again."),
    "changed": N_("The action item is saved."),
    "date_corrected": N_("The due date is corrected; its agency is mailed."),
    "asked": N_("Another date is asked for. The other agencies' liaisons decide."),
    "agreed": N_("Your agreement is recorded."),
    "refused": N_("The other date is refused."),
    "withdrawn": N_("The request is withdrawn."),
    "closed": N_("The item is closed as done."),
    "sent_back": N_("The item is sent back."),
    "escalated": N_("The mail to your leader goes out."),
    "kept": N_("The text is kept with the item."),
    "reminded": N_("The reminder goes out."),
}


@get("/actions/{action_id:int}")
async def show_item(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[str]:
    """The item's page."""
    return await item_page(request, db, viewer, action_id, Form())


@post("/actions/{action_id:int}/progress")
async def report(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """One note on how it goes."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    act = reporting.report(db, viewer, item, form.raw("text"))
    return await acted(request, db, viewer, action_id, form, act, "reported")


@post("/actions/{action_id:int}/complete")
async def complete(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """办结, with an undo beside."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    act = reporting.complete(db, viewer, item, note=form.raw("note"), version=form.whole("version"))
    await attempt(db, form, act, lambda theirs: item_page(request, db, viewer, action_id, form, theirs))
    if request.htmx:
        pick = form.raw("next").startswith("/actions")
        return await _line(request, db, viewer, item, DONE["completed"], undo=True, pick=pick)
    return see_other(f"{local_or(form, f'/actions/{action_id}')}?done=completed&item={action_id}")


@post("/actions/{action_id:int}/not-possible")
async def give_up(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """终止办理（情况变化）, with the reason."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    act = reporting.give_up(db, viewer, item, reason=form.raw("reason"), version=form.whole("version"))
    return await acted(request, db, viewer, action_id, form, act, "ended")


@post("/actions/{action_id:int}/reopen")
async def reopen(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """It goes on after all."""
    item = await queries.get(db, viewer, action_id)
    await reporting.reopen(db, viewer, item)
    if request.htmx:
        return await _line(request, db, viewer, item, DONE["reopened"], undo=False)
    return see_other(f"/actions/{action_id}?done=reopened")


async def _line(
    request: AnyRequest, db: Session, viewer: Viewer, item: ActionItem, said: str, *, undo: bool, pick: bool = False
) -> Response[str]:
    """The item's line alone, for a list in which it was acted on."""
    words = words_of(request)
    today = db.clock.today(item.mechanism.timezone)
    await db.flush()
    return fragment(
        request,
        "actions/_line.html",
        line=line(words, viewer, item, today, (await queries.carried(db, [item])).get(item.id, 0)),
        pick=pick,
        toast=SimpleNamespace(text=words._(said), undo_url=f"/actions/{item.id}/reopen" if undo else None),
    )


async def acted(
    request: AnyRequest, db: Session, viewer: Viewer, action_id: int, form: Form, act: Awaitable[object], done: str
) -> Response[Any]:
    """Do what a form on the item's page asks for, and go back there with what was `done` (a word of DONE, perhaps with #part); refused,
    the page says why."""
    await attempt(db, form, act, lambda theirs: item_page(request, db, viewer, action_id, form, theirs))
    return see_other(f"/actions/{action_id}?done={done}")


async def item_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    action_id: int,
    form: Form,
    theirs: Mapping[str, Any] = {},
) -> Response[str]:
    """The page, also with what a form typed that was refused."""
    words = words_of(request)
    item = await queries.get(db, viewer, action_id)
    (one,) = lines(words, viewer, [item], db.now(), await queries.carried(db, [item]))
    done = request.query_params.get("done", "")
    toast = None
    if done in DONE:
        undo = f"/actions/{action_id}/reopen" if done in ("completed", "ended") and one.may_report else None
        toast = SimpleNamespace(text=words._(DONE[done]), undo_url=undo)
    return shown(
        request,
        "actions/show.html",
        path=f"/actions/{action_id}",
        decision_label=decision_label,
        form=form,
        theirs=theirs,
        line=one,
        item=item,
        zone=item.mechanism.timezone,
        former_owners=await former_owners(db, item.id),
        progress=await queries.progress_of(db, viewer, item),
        tells_end=may_read_end(viewer, item, db.now()),
        ended_by=await queries.person(db, item.ended_by),
        registered_names=REGISTERED_NAMES,
        **await _dates(db, viewer, item),
        reminders=await reminding.of_item(db, viewer, item),
        may_close=await may_close(db, viewer, item),
        supports=None if one.may_report else supports_as(viewer, item),
        may_remind=one.may_change
        and item.ended_at is None
        and not item.waits_for_closing
        and await reminding.receiver(db, viewer, item) is not None,
        may_correct=item.ended_at is None and not item.waits_for_closing and await dating.may_correct(db, viewer, item),
        may_escalate=one.state == "overdue" and may_escalate(viewer, item),
        escalations=await escalating.of_item(db, viewer, item),
        reported_by=await queries.person(db, item.reported_done_by),
        own_agency=viewer.acts_for(item.mechanism_id) == item.lead_agency_id,
        toast=toast,
    )


async def may_close(db: Session, viewer: Viewer, item: ActionItem) -> bool:
    """Whether it is reported done and the viewer may close it, or send it back."""
    if not item.waits_for_closing:
        return False
    return judges_as(viewer, item, await extension_queries.others(db, item), asked_by=item.reported_done_by) is not None


async def _dates(db: Session, viewer: Viewer, item: ActionItem) -> dict[str, Any]:
    """The requests for another date and the former dates and owners; whose word is missing, and what the viewer may do with it."""
    found = await extension_queries.of_item(db, viewer, item)
    open_ = next((one for one in found if one.closed_at is None), None)
    asked = await extension_queries.others(db, item) if open_ is not None else None
    may_decide = False
    if open_ is not None and asked is not None and item.ended_at is None:
        role = decides_as(viewer, open_, asked)
        own = viewer.officer_of(item.mechanism_id) or 0
        may_decide = role == "chair" or (role == "officer" and open_.answer_of(own) is None)
    return {
        "extensions": found,
        "open_extension": open_,
        "others": asked,
        "may_decide": may_decide,
        "may_withdraw": open_ is not None and may_withdraw(viewer, open_),
        "history": await extension_queries.changes_of(db, viewer, item),
    }


handlers = [show_item, report, complete, give_up, reopen]
