"""The ledger as a spreadsheet: taken along, and brought back after a look at what would change."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions import ledger_import
from liaison.actions.ledger_export import exported
from liaison.actions.ledger_import import TakenIn
from liaison.actions.ledger_table import HEADINGS, LedgerRefused, Wrong, uploaded
from liaison.actions.routes.common import Db, Me, shown
from liaison.actions.routes.ledger import filters_of
from liaison.documents import spreadsheet
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.web.forms import Form
from liaison.web.how_far import telling
from liaison.web.pages import AnyRequest, see_other, words_of

NOT_HERE = N_("Only liaison officers and deputies of this mechanism may do this.")


@get("/actions/ledger.xlsx")
async def export(request: AnyRequest, db: Db, viewer: Me) -> Response[bytes]:
    """What the address narrows the ledger to, all of its pages."""
    words = words_of(request)
    today = db.clock.today(db.settings.timezone)
    table = await exported(db, viewer, filters_of(request.query_params), words, today=today)
    content = await asyncio.to_thread(spreadsheet.workbook, {words._("Ledger"): table})
    headers = {"Content-Disposition": f'attachment; filename="ledger-{today.isoformat()}.xlsx"'}
    return Response(content, media_type=spreadsheet.MEDIA_TYPE, headers=headers)


@get("/actions/import")
async def import_form(request: AnyRequest, viewer: Me) -> Response[str]:
    """The form for the table that comes back."""
    _officers_only(viewer)
    return _page(request, Form())


@post("/actions/import")
async def take_in(request: AnyRequest, db: Db, viewer: Me) -> Response[Any]:
    """Look first: what would change, or what is wrong, row by row. Once that was confirmed, take it in."""
    _officers_only(viewer)
    form, words = await Form.read(request), words_of(request)
    try:
        with telling(request, viewer, form) as told:
            table = await _table(request, form)
            taken = await ledger_import.take_in(db, viewer, table, words, told=told)
    except LedgerRefused as refusal:
        await db.rollback()
        return _page(request, form, wrong=refusal.wrong, status=422)
    if form.ticked("confirmed"):
        return see_other(f"/actions?taken={len(taken.rows)}")
    await db.rollback()
    return _page(request, form, taken=taken, rows=json.dumps(table, ensure_ascii=False))


async def _table(request: AnyRequest, form: Form) -> list[list[str]]:
    if kept := form.raw("rows"):
        try:
            table = json.loads(kept)
        except ValueError:
            table = None
        if isinstance(table, list) and all(isinstance(row, list) for row in table):
            return [[str(cell) for cell in row] for row in table]
    file = (await request.form()).get("file")
    content = await file.read() if isinstance(file, UploadFile) else b""
    return await asyncio.to_thread(uploaded, content)


def _officers_only(viewer: Viewer) -> None:
    if not viewer.acts_in_any():
        raise NotPermitted(NOT_HERE)


def _page(
    request: AnyRequest,
    form: Form,
    *,
    wrong: Sequence[Wrong] = (),
    taken: TakenIn | None = None,
    rows: str = "",
    status: int = 200,
) -> Response[str]:
    words = words_of(request)
    answer = shown(
        request,
        "actions/import.html",
        path="/actions/import",
        form=form,
        wrong=[one.worded(words) for one in wrong],
        taken=taken,
        headings={name: words._(heading) for name, heading in HEADINGS.items()},
        rows=rows,
    )
    answer.status_code = status
    return answer


handlers = [export, import_form, take_in]
