"""日常联络记录: a line is added by Enter, and becomes a notice, an agenda item or an action item in one press."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.documents import spreadsheet
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import REGISTERED_WAYS
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.notices import contact_log, contact_queries
from liaison.notices.contact_models import ContactLog
from liaison.notices.contact_queries import Filters
from liaison.notices.contact_rules import NOT_YOURS, told_apart
from liaison.notices.contact_table import table_of
from liaison.notices.routes.common import Db, Id, Me, shown
from liaison.web.forms import Form, attempt, row_id, whole_number
from liaison.web.pages import AnyRequest, fragment, page, see_other, words_of

PAGE = 30
DONE = {
    "added": N_("Noted, for your own agency."),
    "changed": N_("Saved."),
    "removed": N_("The entry is removed."),
    "agenda_item": N_("It is on the agenda, as an item of your agency."),
    "action_item": N_("It is an action item now."),
}
UNDO = {"added": "remove", "removed": "restore"}


@get("/contact-log")
async def index(request: AnyRequest, db: Db, viewer: Me) -> Response[str]:
    """The log of the viewer's agency, newest day first, narrowed by what stands in the address, with the quick add above it."""
    _keepers_only(viewer)
    return await _page(request, db, viewer, Form())


@post("/contact-log")
async def quick_add(request: AnyRequest, db: Db, viewer: Me) -> Response[Any]:
    """One more entry by whom, which way and what; what names a member agency in the first field is taken for it."""
    _keepers_only(viewer)
    form = await Form.read(request)
    mechanism = await mechanisms.get(db, viewer, row_id(form.raw("mechanism_id")))
    _, known = await contact_queries.offered(db, viewer, [mechanism])
    agency_id, counterpart = told_apart(form.raw("counterpart"), known)
    act = contact_log.log(
        db,
        viewer,
        mechanism.id,
        subject=form.raw("subject"),
        way=form.raw("way"),
        counterpart=counterpart,
        with_agency_id=agency_id,
        on=form.date("on"),
        follow_up=form.raw("follow_up"),
    )
    entry = await attempt(db, form, act, lambda _: _page(request, db, viewer, form))
    if not request.htmx:
        return see_other(f"/contact-log?done=added&entry={entry.id}")
    await db.flush()
    return await _page(request, db, viewer, Form.of(mechanism_id=mechanism.id, way=entry.way), done="added", of=entry)


@get("/contact-log/print")
async def print_view(request: AnyRequest, db: Db, viewer: Me) -> Response[str]:
    """What the address narrows the log to, all of it, on paper."""
    rows = await _all(request, db, viewer)
    agency = await db.get(Agency, viewer.agency_id)
    return page(
        request,
        "notices/contact_print.html",
        entries=rows,
        agency=agency,
        way_names=REGISTERED_NAMES,
        several=len({one.mechanism_id for one in rows}) > 1,
        back=_address(_filters(request.query_params)),
    )


@get("/contact-log/contact-log.xlsx")
async def export(request: AnyRequest, db: Db, viewer: Me) -> Response[bytes]:
    """The same as a spreadsheet."""
    words = words_of(request)
    table = table_of(words, await _all(request, db, viewer))
    content = await asyncio.to_thread(spreadsheet.workbook, {words._("Contact log"): table})
    today = db.clock.today(db.settings.timezone)
    headers = {"Content-Disposition": f'attachment; filename="contact-log-{today.isoformat()}.xlsx"'}
    return Response(content, media_type=spreadsheet.MEDIA_TYPE, headers=headers)


@get("/contact-log/{contact_id:int}/edit")
async def edit_form(request: AnyRequest, db: Db, viewer: Me, contact_id: Id) -> Response[str]:
    """One entry, to be changed or removed."""
    entry = await contact_queries.get(db, viewer, contact_id)
    form = Form.of(
        on=entry.on,
        with_agency_id=entry.with_agency_id,
        counterpart=entry.counterpart,
        way=entry.way,
        subject=entry.subject,
        follow_up=entry.follow_up,
        version=entry.version,
    )
    return await _edit_page(request, db, viewer, entry, form)


@post("/contact-log/{contact_id:int}/edit")
async def edit(request: AnyRequest, db: Db, viewer: Me, contact_id: Id) -> Response[Any]:
    """Save it."""
    form = await Form.read(request)
    act = contact_log.change(
        db,
        viewer,
        await contact_queries.get(db, viewer, contact_id),
        subject=form.raw("subject"),
        way=form.raw("way"),
        counterpart=form.raw("counterpart"),
        with_agency_id=form.id("with_agency_id"),
        on=form.date("on"),
        follow_up=form.raw("follow_up"),
        version=form.whole("version"),
    )

    async def again(theirs: Mapping[str, Any]) -> Response[str]:
        stored = await contact_queries.get(db, viewer, contact_id)
        if theirs:
            form.values["version"] = [str(stored.version)]
        return await _edit_page(request, db, viewer, stored, form, theirs=theirs)

    await attempt(db, form, act, again)
    return see_other(f"/contact-log?done=changed#contact-{contact_id}")


@post("/contact-log/{contact_id:int}/remove")
async def remove(db: Db, viewer: Me, contact_id: Id) -> Response[Any]:
    """Take it away, with an undo beside."""
    await contact_log.remove(db, viewer, await contact_queries.get(db, viewer, contact_id))
    return see_other(f"/contact-log?done=removed&entry={contact_id}")


@post("/contact-log/{contact_id:int}/restore")
async def restore(db: Db, viewer: Me, contact_id: Id) -> Response[Any]:
    """Take it back."""
    await contact_log.restore(db, viewer, await contact_queries.get(db, viewer, contact_id, removed=True))
    return see_other(f"/contact-log#contact-{contact_id}")


@post("/contact-log/{contact_id:int}/notice")
async def notice(db: Db, viewer: Me, contact_id: Id) -> Response[Any]:
    """转为通报: to the draft, which is looked at once more before it is sent."""
    draft = await contact_log.make_notice(db, viewer, await contact_queries.get(db, viewer, contact_id))
    return see_other(f"/notices/{draft.id}?done=kept")


@post("/contact-log/{contact_id:int}/agenda-item")
async def agenda_item(db: Db, viewer: Me, contact_id: Id) -> Response[Any]:
    """列为议题 of the next meeting."""
    await contact_log.put_on_agenda(db, viewer, await contact_queries.get(db, viewer, contact_id))
    return see_other(f"/contact-log?done=agenda_item#contact-{contact_id}")


@post("/contact-log/{contact_id:int}/action-item")
async def action_item(db: Db, viewer: Me, contact_id: Id) -> Response[Any]:
    """列为落实事项 of the own agency."""
    await contact_log.assign(db, viewer, await contact_queries.get(db, viewer, contact_id))
    return see_other(f"/contact-log?done=action_item#contact-{contact_id}")


def _keepers_only(viewer: Viewer) -> None:
    if not viewer.acts_in_any():
        raise NotPermitted(NOT_YOURS)


async def _kept(db: Session, viewer: Viewer) -> list[Mechanism]:
    """The mechanisms in which the viewer keeps a log."""
    found = await mechanisms.mechanisms_visible_to(db, viewer)
    return [one for one in found if viewer.acts_for(one.id) is not None]


def _filters(given: Mapping[str, str]) -> Filters:
    """What the address narrows the log to; what cannot be read is left out."""
    return Filters(
        mechanism_id=whole_number(given.get("mechanism")),
        agency_id=whole_number(given.get("agency")),
        wanted=(given.get("q") or "").strip()[:100] or None,
    )


def _address(filters: Filters, path: str = "/contact-log", **more: Any) -> str:
    said = {"mechanism": filters.mechanism_id, "agency": filters.agency_id, "q": filters.wanted, **more}
    said = {name: value for name, value in said.items() if value is not None}
    return f"{path}?{urlencode(said)}" if said else path


async def _all(request: AnyRequest, db: Session, viewer: Viewer) -> list[ContactLog]:
    _keepers_only(viewer)
    most = spreadsheet.MOST_ROWS
    rows = await contact_queries.listed(db, viewer, _filters(request.query_params), limit=most + 1)
    if len(rows) > most:
        raise Conflict(N_("These are more than %(most)s entries. Please narrow the list first."), most=most)
    return rows


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, form: Form, *, done: str = "", of: ContactLog | None = None
) -> Response[str]:
    """The page, or for htmx its one region; after a POST the first page of the whole log."""
    words, given = words_of(request), request.query_params if request.method in ("GET", "HEAD") else {}
    filters = _filters(given)
    before = row_id(given["before"]) if given.get("before") else None
    rows = await contact_queries.listed(db, viewer, filters, before=before, limit=PAGE + 1)
    kept = await _kept(db, viewer)
    agencies, known = await contact_queries.offered(db, viewer, kept)
    toast = await _toast(request, db, viewer, done or given.get("done", ""), of or whole_number(given.get("entry")))
    context: dict[str, Any] = {
        "form": form,
        "entries": rows[:PAGE],
        "filters": filters,
        "mechanisms": kept,
        "agencies": agencies,
        "writes": [one for one in kept if not one.has_ended(db.clock.today(one.timezone))],
        "known": [one.text for one in known],
        "ways": [(way, words._(REGISTERED_NAMES[way])) for way in REGISTERED_WAYS],
        "way_names": REGISTERED_NAMES,
        "coming": {one.id: await contact_log.next_meeting(db, viewer, one.id) for one in kept},
        "is_fresh": done == "added" or given.get("done") == "added",
        "labels": _labels(request),
        "print_url": _address(filters, "/contact-log/print"),
        "export_url": _address(filters, "/contact-log/contact-log.xlsx"),
        "first_url": _address(filters) if before is not None else None,
        "next_url": _address(filters, before=rows[PAGE - 1].id) if len(rows) > PAGE else None,
        "is_narrowed": filters != Filters(),
        "toast": toast,
        "inside": bool(request.htmx) and request.method == "POST",
    }
    if context["inside"]:
        return fragment(request, "notices/_contacts.html", **context)
    return shown(request, "notices/contacts.html", path="/contact-log", **context)


async def _toast(
    request: AnyRequest, db: Session, viewer: Viewer, done: str, of: ContactLog | int | None
) -> SimpleNamespace | None:
    """What was done just now, with its undo where there is one."""
    if done not in DONE:
        return None
    undo = None
    if done in UNDO and of:
        try:
            entry = await contact_queries.get(db, viewer, of if isinstance(of, int) else of.id, removed=True)
        except NotFound:
            return None
        if (entry.removed_at is not None) == (done == "removed"):
            undo = f"/contact-log/{entry.id}/{UNDO[done]}"
    return SimpleNamespace(text=words_of(request)._(DONE[done]), undo_url=undo)


def _labels(request: AnyRequest) -> dict[str, str]:
    words = words_of(request)
    return {
        "on": words._("Date"),
        "with_agency_id": words._("Agency"),
        "counterpart": words._("Counterpart"),
        "way": words._("Way"),
        "subject": words._("What about"),
        "follow_up": words._("Follow-up"),
    }


async def _edit_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    entry: ContactLog,
    form: Form,
    *,
    theirs: Mapping[str, Any] | None = None,
) -> Response[str]:
    words = words_of(request)
    agencies, _ = await contact_queries.offered(db, viewer, [entry.mechanism])
    if entry.with_agency is not None and entry.with_agency_id not in {one.id for one in agencies}:
        agencies.append(entry.with_agency)
    return shown(
        request,
        "notices/contact_edit.html",
        path=f"/contact-log/{entry.id}/edit",
        form=form,
        entry=entry,
        agencies=[("", words._("none")), *((one.id, one.short_name) for one in agencies)],
        ways=[(way, words._(REGISTERED_NAMES[way])) for way in REGISTERED_WAYS],
        labels=_labels(request),
        theirs=theirs or {},
    )


handlers = [
    index,
    quick_add,
    print_view,
    export,
    edit_form,
    edit,
    remove,
    restore,
    notice,
    agenda_item,
    action_item,
]
