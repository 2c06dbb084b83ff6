"""工作信息 on the page: drafted in one press from a period or a meeting, edited, and taken along."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.documents.spreadsheet import MOST_ROWS
from liaison.errors import Conflict, Invalid
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.results import brief_queries, briefing
from liaison.results.brief_models import Brief
from liaison.results.periods import half_of, last_quarter, year_of
from liaison.results.routes.common import Db, Id, Me, address, labels, shown
from liaison.web.attached import DOCX, attached
from liaison.web.forms import Form, attempt, row_id
from liaison.web.pages import AnyRequest, see_other, words_of

PAGE = 30
DONE = {"drafted": N_("Drafted from the record. Please look it over and edit it."), "saved": N_("Saved.")}


@get("/mechanisms/{mechanism_id:int}/briefs")
async def index(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """The briefs of the viewer's agency, newest first, and the press that drafts one."""
    return await _list(request, db, viewer, mechanism_id, Form())


@post("/mechanisms/{mechanism_id:int}/briefs")
async def draft(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Draft one on the days that the form names."""
    form = await Form.read(request)
    act = briefing.draft_results(
        db, viewer, mechanism_id, words_of(request), first=form.date("from"), last=form.date("to")
    )
    try:
        brief = await act
        form.done()
        await db.flush()
    except (Invalid, Conflict) as refusal:
        await db.rollback()
        if isinstance(refusal, Invalid):
            form.take(refusal)
        else:
            form.refuse("from", refusal.message.msgid, **refusal.message.params)
        answer = await _list(request, db, viewer, mechanism_id, form)
        answer.status_code = 422
        return answer
    return see_other(f"/briefs/{brief.id}?done=drafted")


@post("/meetings/{meeting_id:int}/brief")
async def draft_meeting(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[Any]:
    """Draft one on a meeting or activity that was held."""
    brief = await briefing.draft_meeting(db, viewer, meeting_id, words_of(request))
    return see_other(f"/briefs/{brief.id}?done=drafted")


@get("/briefs/{brief_id:int}")
async def show(request: AnyRequest, db: Db, viewer: Me, brief_id: Id) -> Response[str]:
    """One brief, to be edited, with what it was drafted from."""
    brief = await brief_queries.get(db, viewer, brief_id)
    return _page(request, brief, Form.of(title=brief.title, text=brief.text, version=brief.version))


@post("/briefs/{brief_id:int}")
async def edit(request: AnyRequest, db: Db, viewer: Me, brief_id: Id) -> Response[Any]:
    """Save it."""
    form = await Form.read(request)
    brief = await brief_queries.get(db, viewer, brief_id)
    act = briefing.edit(
        db, viewer, brief, title=form.raw("title"), text=form.raw("text"), version=form.whole("version")
    )

    async def again(theirs: Mapping[str, Any]) -> Response[str]:
        stored = await brief_queries.get(db, viewer, brief_id)
        if theirs:
            form.values["version"] = [str(stored.version)]
        return _page(request, stored, form, theirs=theirs)

    await attempt(db, form, act, again)
    return see_other(f"/briefs/{brief_id}?done=saved")


@get("/briefs/{brief_id:int}/brief.docx")
async def as_docx(db: Db, viewer: Me, brief_id: Id) -> Response[bytes]:
    """As a paper."""
    brief = await brief_queries.get(db, viewer, brief_id)
    made = await asyncio.to_thread(_docx, brief.title, brief.text)
    return Response(made, media_type=DOCX, headers=attached(f"{brief.title[:80]}.docx"))


@post("/briefs/{brief_id:int}/remove")
async def remove(db: Db, viewer: Me, brief_id: Id) -> Response[Any]:
    """Take it away, with an undo beside."""
    brief = await briefing.remove(db, viewer, await brief_queries.get(db, viewer, brief_id))
    return see_other(f"/mechanisms/{brief.mechanism_id}/briefs?removed={brief_id}")


@post("/briefs/{brief_id:int}/restore")
async def restore(db: Db, viewer: Me, brief_id: Id) -> Response[Any]:
    """Take it back."""
    await briefing.restore(db, viewer, await brief_queries.get(db, viewer, brief_id, removed=True))
    return see_other(f"/briefs/{brief_id}")


def _docx(title: str, text: str) -> bytes:
    from liaison.results.report_paper import brief_to_docx  # python-docx takes 0.2 s to load

    return brief_to_docx(title, text)


async def _list(request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int, form: Form) -> Response[str]:
    given = request.query_params
    before = row_id(given["before"]) if given.get("before") else None
    rows = await brief_queries.listed(db, viewer, mechanism_id, before=before, limit=PAGE + 1)
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    words, today = words_of(request), db.clock.today(mechanism.timezone)
    base = f"/mechanisms/{mechanism_id}/briefs"
    half = half_of(today.year, 1) if today.month > 6 else half_of(today.year - 1, 2)
    periods = [last_quarter(today), half, year_of(today.year).until(today), year_of(today.year - 1)]
    toast = None
    if removed := given.get("removed", ""):
        undo = f"/briefs/{row_id(removed)}/restore"
        toast = SimpleNamespace(text=words._("The brief is taken away."), undo_url=undo)
    return shown(
        request,
        "results/briefs.html",
        path=base,
        mechanism=mechanism,
        briefs=rows[:PAGE],
        form=form,
        periods=[(one.named(words), one) for one in periods],
        next_url=address(base, before=rows[PAGE - 1].id) if len(rows) > PAGE else None,
        toast=toast,
    )


def _page(request: AnyRequest, brief: Brief, form: Form, *, theirs: Mapping[str, Any] | None = None) -> Response[str]:
    words = words_of(request)
    done = request.query_params.get("done", "") if request.method in ("GET", "HEAD") else ""
    return shown(
        request,
        "results/brief.html",
        path=f"/briefs/{brief.id}",
        brief=brief,
        form=form,
        lines=brief.source.get("lines", [])[:MOST_ROWS],
        labels=labels(words),
        theirs=theirs or {},
        toast=SimpleNamespace(text=words._(DONE[done]), undo_url=None) if done in DONE else None,
    )


handlers = [index, draft, draft_meeting, show, edit, as_docx, remove, restore]
