"""The agenda on a meeting's page, and the page of one item: add, change, put in order, accept, return, defer, take off and put back."""

from collections.abc import Awaitable
from types import SimpleNamespace
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.meetings import agenda as verbs
from liaison.meetings import deferring, queries
from liaison.meetings.agenda_queries import agenda
from liaison.meetings.agenda_queries import shown as item_seen
from liaison.meetings.models import PURPOSES, AgendaItem, Meeting
from liaison.meetings.permissions import may_arrange, may_propose, may_set_audience, may_withdraw
from liaison.meetings.routes.common import both_versions, choices, on_field, shown
from liaison.meetings.routes.show import DONE, recorded, region
from liaison.meetings.wording import PURPOSE_NAMES
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, fragment, see_other, words_of


@get("/meetings/{meeting_id:int}/agenda-items/new")
async def new_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """The form for one more item."""
    form = Form.of(purpose="study", agency_id=viewer.agency_id)
    return await _page(request, db, viewer, meeting_id, None, form)


@post("/meetings/{meeting_id:int}/agenda-items/new")
async def add_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """Add it: accepted at once from the host's liaison, proposed from others."""
    form = await Form.read(request)
    meeting = await queries.get(db, viewer, meeting_id)
    act = on_field("agency_id", verbs.add_item(db, viewer, meeting, **_typed(form)))
    await attempt(db, form, act, lambda _: _page(request, db, viewer, meeting_id, None, form))
    return see_other(f"/meetings/{meeting_id}#{_place(db, meeting)}")


@get("/agenda-items/{item_id:int}/edit")
async def edit_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[str]:
    """The form for one item."""
    item = await verbs.item_of(db, viewer, item_id)
    form = Form.of(
        title=item.title,
        purpose=item.purpose,
        agency_id=item.agency_id,
        presenter_id=item.presenter_id,
        duration_minutes=item.duration_minutes,
        audience=sorted(item.audience or ()),
    )
    return await _page(request, db, viewer, item.meeting_id, item_id, form)


@post("/agenda-items/{item_id:int}/edit")
async def change_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """Save it."""
    form = await Form.read(request)
    item = await verbs.item_of(db, viewer, item_id)
    meeting_id, place, was = item.meeting_id, _place(db, item.meeting), item.state
    act = on_field("agency_id", verbs.change_item(db, viewer, item, **_typed(form), version=form.whole("version")))
    await attempt(db, form, act, lambda theirs: _page(request, db, viewer, meeting_id, item_id, form, theirs=theirs))
    said = "?done=item_again" if (was, item.state) == ("returned", "proposed") else ""
    return see_other(f"/meetings/{meeting_id}{said}#{place}")


@post("/agenda-items/{item_id:int}/move")
async def move_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """One place up or down."""
    form = await Form.read(request)
    item = await verbs.item_of(db, viewer, item_id, unseen=True)
    form.choice("direction", form.raw("direction"), ("up", "down"))
    form.done()
    await verbs.move_item(db, viewer, item, up=form.raw("direction") == "up")
    return await _agenda(request, db, viewer, item)


@post("/agenda-items/{item_id:int}/accept")
async def accept_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """审定."""
    item = await verbs.item_of(db, viewer, item_id, unseen=True)
    await verbs.accept_item(db, viewer, item)
    return await _agenda(request, db, viewer, item)


@get("/agenda-items/{item_id:int}")
async def show_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[str]:
    """One item with its history, and what the host decides about it."""
    return await _item_page(request, db, viewer, item_id, Form())


@post("/agenda-items/{item_id:int}/return")
async def return_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """退回, with the reason."""
    form = await Form.read(request)
    item = await verbs.item_of(db, viewer, item_id, unseen=True)
    act = deferring.return_item(db, viewer, item, reason=form.raw("reason"), version=form.whole("version"))
    return await _decided(request, db, viewer, item, form, act, done="item_returned")


@post("/agenda-items/{item_id:int}/defer")
async def defer_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """暂缓, to the next meeting."""
    form = await Form.read(request)
    item = await verbs.item_of(db, viewer, item_id, unseen=True)
    act = deferring.defer_item(db, viewer, item, reason=form.raw("reason"), version=form.whole("version"))
    return await _decided(request, db, viewer, item, form, act, done="item_deferred")


@post("/agenda-items/{item_id:int}/audience")
async def set_audience(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """知悉范围."""
    form = await Form.read(request)
    item = await verbs.item_of(db, viewer, item_id)
    act = verbs.set_audience(db, viewer, item, form.ids("audience"), version=form.whole("version"))
    return await _decided(request, db, viewer, item, form, act, done="saved")


@post("/agenda-items/{item_id:int}/remove")
async def remove_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """Off the agenda, with an undo beside."""
    item = await verbs.item_of(db, viewer, item_id)
    await verbs.withdraw_item(db, viewer, item)
    if not request.htmx:
        return see_other(f"/meetings/{item.meeting_id}?done=item_removed&item={item_id}#{_place(db, item.meeting)}")
    said = DONE["item_removed"]
    toast = SimpleNamespace(text=words_of(request)._(said), undo_url=f"/agenda-items/{item_id}/restore")
    return await _agenda(request, db, viewer, item, toast=toast)


@post("/agenda-items/{item_id:int}/restore")
async def restore_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """Back to where it stood."""
    item = await verbs.item_of(db, viewer, item_id, removed=True)
    await verbs.restore_item(db, viewer, item)
    return await _agenda(request, db, viewer, item)


async def _agenda(
    request: AnyRequest, db: Session, viewer: Viewer, item: AgendaItem, toast: Any = None
) -> Response[Any]:
    """The region alone for htmx, else the way back to the page."""
    if not request.htmx:
        return see_other(f"/meetings/{item.meeting_id}#{_place(db, item.meeting)}")
    meeting = await queries.get(db, viewer, item.meeting_id)
    if _place(db, meeting) == "running":
        await db.flush()
        found = await recorded(db, request, viewer, meeting)
        return fragment(request, "meetings/_running.html", meeting=meeting, **found)
    return fragment(
        request,
        "meetings/_agenda.html",
        meeting=meeting,
        agenda=await agenda(db, viewer, meeting),
        toast=toast,
        **region(db, request, meeting),
    )


def _place(db: Session, meeting: Meeting) -> str:
    """The region in which the page shows the agenda: from the day of the meeting on as it goes."""
    return "running" if meeting.takes_place_by(db.clock.today(meeting.timezone)) else "agenda"


def _typed(form: Form) -> dict[str, Any]:
    return {
        "title": form.raw("title"),
        "purpose": form.raw("purpose"),
        "agency_id": form.id("agency_id"),
        "presenter_id": form.id("presenter_id"),
        "duration_minutes": form.whole("duration_minutes"),
        "audience": form.ids("audience"),
    }


async def _page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    meeting_id: int,
    item_id: int | None,
    form: Form,
    *,
    theirs: Any = None,
) -> Response[str]:
    meeting: Meeting = await queries.get(db, viewer, meeting_id)
    item = await verbs.item_of(db, viewer, item_id) if item_id else None
    if not (may_withdraw(viewer, meeting, item) if item else may_propose(viewer, meeting)):
        raise NotPermitted(N_("Only the host's liaison may change this item."))
    words = words_of(request)
    path = f"/agenda-items/{item_id}/edit" if item else f"/meetings/{meeting_id}/agenda-items/new"
    labels = {
        "title": words._("Item"),
        "purpose": words._("Purpose"),
        "agency_id": words._("Agency"),
        "presenter_id": words._("Presenter"),
        "duration_minutes": words._("Minutes wanted"),
        "audience": words._("Who may know of it"),
    }
    return shown(
        request,
        "meetings/item.html",
        path=path,
        form=form,
        meeting=meeting,
        item=item,
        action=path,
        place=_place(db, meeting),
        labels=labels,
        choices=await choices(db, meeting.local_on, meeting.mechanism_id),
        audience=await offered(db, meeting, item),
        may_set_audience=item is None or may_set_audience(viewer, meeting, item),
        purposes=[(purpose, words._(PURPOSE_NAMES[purpose])) for purpose in PURPOSES],
        stale=both_versions(request, form, theirs or {}, labels),
    )


async def offered(db: Session, meeting: Meeting, item: AgendaItem | None) -> list[Agency]:
    """The agencies that a form offers as audience: the members, those asked, and those chosen before."""
    found = {one.id: one for one in (await choices(db, meeting.local_on, meeting.mechanism_id)).members}
    found |= {one.agency_id: one.agency for one in await queries.invitations(db, meeting.id)}
    found |= {one.agency_id: one.agency for one in await queries.attendees(db, meeting.id)}
    for agency_id in (item.audience or ()) if item else ():
        if agency_id not in found:
            found[agency_id] = await db.get_one(Agency, agency_id)
    return sorted(found.values(), key=lambda one: (one.sort_order, one.id))


async def _decided(
    request: AnyRequest, db: Session, viewer: Viewer, item: AgendaItem, form: Form, act: Awaitable[Any], *, done: str
) -> Response[Any]:
    """What the item's page asks for is done: back to the meeting whose agenda it was on; refused, the page again."""
    item_id, meeting_id = item.id, item.meeting_id
    await attempt(db, form, act, lambda theirs: _item_page(request, db, viewer, item_id, form, theirs=theirs))
    return see_other(f"/meetings/{meeting_id}?done={done}#agenda")


async def _item_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    item_id: int,
    form: Form,
    *,
    theirs: Any = None,
) -> Response[str]:
    item = await verbs.item_of(db, viewer, item_id, unseen=True)
    meeting, seen = item.meeting, await item_seen(db, viewer, item)
    open_ = meeting.held_at is None
    proposer = await db.get(Person, item.proposed_by) if seen.proposed_by else None
    return shown(
        request,
        "meetings/item_show.html",
        path=f"/agenda-items/{item_id}",
        form=form,
        meeting=meeting,
        item=seen,
        proposer=proposer,
        moves=await deferring.moves_of(db, item),
        audience=await offered(db, meeting, item),
        may_arrange=open_ and may_arrange(viewer, meeting, await queries.chairs(db, meeting.id)),
        may_edit=open_ and not seen.hidden and may_withdraw(viewer, meeting, item),
        may_set_audience=open_ and not seen.hidden and may_set_audience(viewer, meeting, item),
        is_stale=bool(theirs),
        **region(db, request, meeting),
    )


handlers = [
    new_item,
    show_item,
    add_item,
    edit_item,
    change_item,
    move_item,
    accept_item,
    return_item,
    defer_item,
    set_audience,
    remove_item,
    restore_item,
]
