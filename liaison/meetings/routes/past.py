"""导入历次会议 on the page: a table brought or pasted, looked at, and then entered; below it what was entered, for the papers of the time."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.documents import spreadsheet
from liaison.documents.headed import TableRefused, Wrong
from liaison.errors import NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import past_meetings
from liaison.meetings.past_meetings import TakenIn
from liaison.meetings.past_queries import entered_afterwards
from liaison.meetings.past_table import read, template
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.routes.common import shown
from liaison.meetings.wording import KIND_NAMES
from liaison.web.forms import Form
from liaison.web.how_far import telling
from liaison.web.pages import AnyRequest, see_other, words_of
from liaison.web.tables import brought, carried, just_entered, rows_brought


@get("/mechanisms/{mechanism_id:int}/meetings/template.xlsx")
async def template_file(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], mechanism_id: FromPath[int]
) -> Response[bytes]:
    """An empty table with the headings and a marked example."""
    await _mechanism(db, viewer, mechanism_id)
    words = words_of(request)
    content = await asyncio.to_thread(spreadsheet.workbook, {words._("Past meetings"): template(words)})
    headers = {"Content-Disposition": 'attachment; filename="meetings-template.xlsx"'}
    return Response(content, media_type=spreadsheet.MEDIA_TYPE, headers=headers)


@get("/mechanisms/{mechanism_id:int}/meetings/import")
async def import_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], mechanism_id: FromPath[int]
) -> Response[str]:
    """The form for a table, and what was entered before."""
    return await _page(request, db, viewer, mechanism_id, Form())


@post("/mechanisms/{mechanism_id:int}/meetings/import")
async def take_in(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], mechanism_id: FromPath[int]
) -> Response[Any]:
    """Look first: what it would bring, or what is wrong, cell by cell. Once that was confirmed, enter it; nobody is mailed."""
    form = await Form.read(request)
    name, content = await brought(request, form)
    mechanism = await _mechanism(db, viewer, mechanism_id)
    today = db.clock.today(mechanism.timezone)
    try:
        with telling(request, viewer, form) as told:
            rows = await asyncio.to_thread(lambda: list(read(rows_brought(name, content), today=today)))
            taken = await past_meetings.take_in(db, viewer, mechanism_id, rows, told=told)
    except TableRefused as refusal:
        await db.rollback()
        wrong, more = refusal.wrong, refusal.more
        return await _page(request, db, viewer, mechanism_id, form, wrong=wrong, more=more, status=422)
    if form.ticked("confirmed"):
        return see_other(f"/mechanisms/{mechanism_id}/meetings/import?new={len(taken.new)}")
    await db.rollback()
    return await _page(request, db, viewer, mechanism_id, form, taken=taken, carry=carried(name, content))


async def _mechanism(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    return mechanism


async def _page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    form: Form,
    *,
    wrong: Sequence[Wrong] = (),
    more: int = 0,
    taken: TakenIn | None = None,
    carry: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[str]:
    mechanism = await _mechanism(db, viewer, mechanism_id)
    words = words_of(request)
    answer = shown(
        request,
        "meetings/past.html",
        path=f"/mechanisms/{mechanism_id}/meetings/import",
        mechanism=mechanism,
        form=form,
        wrong=[one.worded(words) for one in wrong],
        more=more,
        taken=taken,
        entered=await entered_afterwards(db, viewer, mechanism_id),
        just_entered=just_entered(request),
        kind_names=KIND_NAMES,
        **(carry or {}),
    )
    answer.status_code = status
    return answer


handlers = [template_file, import_form, take_in]
