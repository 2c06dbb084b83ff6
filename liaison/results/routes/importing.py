"""A table of outcomes on the page: brought or pasted, looked at, and then taken in."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.documents import spreadsheet
from liaison.documents.headed import TableRefused, Wrong
from liaison.errors import NotPermitted
from liaison.mechanisms.models import Mechanism
from liaison.results import queries, taking_in
from liaison.results.outcome_table import read, template
from liaison.results.permissions import NOT_YOURS
from liaison.results.routes.common import Db, Id, Me, address, labels, shown
from liaison.results.taking_in import TakenIn
from liaison.web.forms import Form
from liaison.web.how_far import telling
from liaison.web.pages import AnyRequest, see_other, words_of
from liaison.web.tables import PASTED, brought, carried, rows_brought


@get("/mechanisms/{mechanism_id:int}/outcomes/template.xlsx")
async def template_file(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """An empty table with the headings and a marked example."""
    await queries.readable(db, viewer, mechanism_id)
    words = words_of(request)
    content = await asyncio.to_thread(spreadsheet.workbook, {words._("Outcomes"): template(words)})
    headers = {"Content-Disposition": 'attachment; filename="outcomes-template.xlsx"'}
    return Response(content, media_type=spreadsheet.MEDIA_TYPE, headers=headers)


@get("/mechanisms/{mechanism_id:int}/outcomes/import")
async def import_form(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """The form for a table."""
    mechanism = await queries.readable(db, viewer, mechanism_id)
    if viewer.acts_for(mechanism_id) is None:
        raise NotPermitted(NOT_YOURS)
    return _page(request, mechanism, Form())


@post("/mechanisms/{mechanism_id:int}/outcomes/import")
async def take_in(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Look first: what it would bring, or what is wrong, cell by cell. Once that was confirmed, take it in."""
    form = await Form.read(request)
    name, content = await brought(request, form)
    mechanism = await queries.readable(db, viewer, mechanism_id)
    if viewer.acts_for(mechanism_id) is None:
        raise NotPermitted(NOT_YOURS)
    today = db.clock.today(mechanism.timezone)
    source = None if name == PASTED else name
    try:
        with telling(request, viewer, form) as told:
            rows = await asyncio.to_thread(lambda: list(read(rows_brought(name, content), today=today)))
            taken = await taking_in.take_in(
                db, viewer, mechanism_id, iter(rows), source=source, of=len(rows), told=told
            )
    except TableRefused as refusal:
        await db.rollback()
        mechanism = await queries.readable(db, viewer, mechanism_id)
        return _page(request, mechanism, form, wrong=refusal.wrong, more=refusal.more, status=422)
    if form.ticked("confirmed"):
        return see_other(address(f"/mechanisms/{mechanism_id}/outcomes", done="taken_in"))
    await db.rollback()
    mechanism = await queries.readable(db, viewer, mechanism_id)
    return _page(request, mechanism, form, taken=taken, carry=carried(name, content))


def _page(
    request: AnyRequest,
    mechanism: Mechanism,
    form: Form,
    *,
    wrong: Sequence[Wrong] = (),
    more: int = 0,
    taken: TakenIn | None = None,
    carry: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[str]:
    words = words_of(request)
    answer = shown(
        request,
        "results/outcome_import.html",
        path=f"/mechanisms/{mechanism.id}/outcomes/import",
        mechanism=mechanism,
        form=form,
        wrong=[one.worded(words) for one in wrong],
        more=more,
        taken=taken,
        **(carry or {}),
        labels=labels(words),
    )
    answer.status_code = status
    return answer


handlers = [template_file, import_form, take_in]
