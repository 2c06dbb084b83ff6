"""A table of outcomes on the page: brought or pasted, looked at, and then taken in."""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.response import Response

from liaison.documents import spreadsheet
from liaison.documents.headed import TableRefused, Wrong
from liaison.documents.tables import MOST_BYTES, pasted_rows, rows_in
from liaison.errors import Message, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.results import queries, taking_in
from liaison.results.outcome_table import Row, read, template
from liaison.results.permissions import NOT_YOURS
from liaison.results.routes.common import Db, Id, Me, address, labels, shown
from liaison.results.taking_in import TakenIn
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, see_other, words_of

PASTED = "paste.tsv"
"""The name that pasted cells go by from the look at them to their taking in."""


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
    name, content = await _brought(request, form)
    mechanism = await queries.readable(db, viewer, mechanism_id)
    if viewer.acts_for(mechanism_id) is None:
        raise NotPermitted(NOT_YOURS)
    if not content:
        wrong = [Wrong("", "", Message(N_("Please choose a file, or paste cells.")))]
        return _page(request, mechanism, form, wrong=wrong, status=422)
    today = db.clock.today(mechanism.timezone)
    rows = await asyncio.to_thread(_rows, name, content, today)
    try:
        taken = await taking_in.take_in(db, viewer, mechanism_id, iter(rows), source=None if name == PASTED else name)
    except TableRefused as refusal:
        await db.rollback()
        mechanism = await queries.readable(db, viewer, mechanism_id)
        return _page(request, mechanism, form, wrong=refusal.wrong, more=refusal.more, status=422)
    if form.ticked("confirmed"):
        return see_other(address(f"/mechanisms/{mechanism_id}/outcomes", done="taken_in"))
    await db.rollback()
    mechanism = await queries.readable(db, viewer, mechanism_id)
    return _page(request, mechanism, form, taken=taken, name=name, content=base64.b64encode(content).decode())


async def _brought(request: AnyRequest, form: Form) -> tuple[str, bytes]:
    """Name and content of what came: looked at before, chosen now, or pasted."""
    if kept := form.raw("content"):
        try:
            return form.raw("name")[:100], base64.b64decode(kept, validate=True)
        except binascii.Error:
            return "", b""
    file = (await request.form()).get("file")
    if isinstance(file, UploadFile) and file.filename:
        return file.filename[:100], await file.read(MOST_BYTES + 1)
    return PASTED, form.raw("paste").strip("\r\n").encode()


def _rows(name: str, content: bytes, today: Any) -> list[Row | Wrong]:
    table = pasted_rows(content.decode()) if name == PASTED else rows_in(name, content)
    return list(read(table, today=today))


def _page(
    request: AnyRequest,
    mechanism: Mechanism,
    form: Form,
    *,
    wrong: Sequence[Wrong] = (),
    more: int = 0,
    taken: TakenIn | None = None,
    name: str = "",
    content: str = "",
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
        name="" if name == PASTED else name,
        kept_name=name,
        content=content,
        labels=labels(words),
    )
    answer.status_code = status
    return answer


handlers = [template_file, import_form, take_in]
