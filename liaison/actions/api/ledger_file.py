"""The ledger's table coming back from a program."""

import asyncio
from typing import Any

from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.params import FromQuery

from liaison.actions import ledger_import
from liaison.actions.api.shared import Db, Id, Me
from liaison.actions.ledger_table import LedgerRefused, uploaded
from liaison.actions.permissions import may_assign
from liaison.actions.values import taken_json
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.web.api import reply
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest, words_of


@post("/mechanisms/{mechanism_id:str}/ledger", status_code=200)
async def take_in(
    request: AnyRequest,
    db: Db,
    viewer: Me,
    mechanism_id: Id,
    dry_run: FromQuery[bool] = False,
) -> Response[bytes]:
    """Bring an exported ledger back: multipart/form-data with one `file` (.xlsx). A changed row changes its item, a row without a number
    is a new item of the meeting that it names. All of it is taken in, or nothing (422 names row and column: `rows.3.due`); with `dry_run`
    nothing is kept."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    if not may_assign(viewer, mechanism.id):
        raise NotPermitted(N_("Only liaison officers and deputies of this mechanism may do this."))
    await request.body()  # kept, so that a repetition can be told by it
    file = (await request.form()).get("file")
    content = await file.read() if isinstance(file, UploadFile) else b""
    try:
        table = await asyncio.to_thread(uploaded, content)
        taken = await ledger_import.take_in(db, viewer, table, words_of(request), mechanism_id=mechanism.id)
    except LedgerRefused as refusal:
        raise Invalid({_field(one.row, one.column): one.message for one in reversed(refusal.wrong)}) from None
    answer: dict[str, Any] = taken_json(taken, dry_run=dry_run)
    if dry_run:
        await db.rollback()
    return await reply(request, db, viewer, answer)


def _field(row: int | None, column: str) -> str:
    return ".".join(part for part in ("rows", str(row), column) if part) if row is not None else "file"


handlers = [take_in]
