"""历次会议 for programs: a whole table of meetings held before, entered at once."""

import asyncio
from typing import Any

from litestar import Response, post
from litestar.params import FromQuery

from liaison.documents.headed import TableRefused
from liaison.documents.tables import rows_in
from liaison.errors import Invalid, NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import past_meetings
from liaison.meetings.api.shared import Db, Id, Me
from liaison.meetings.past_meetings import New
from liaison.meetings.past_table import read
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.web.api import reply
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest
from liaison.web.tables import file_sent


@post("/mechanisms/{mechanism_id:str}/meetings/import", status_code=200)
async def take_in(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, dry_run: FromQuery[bool] = False
) -> Response[bytes]:
    """Bring a table of past meetings: multipart/form-data with one `file` (.xlsx or .csv). All of it is entered as held, without any mail, or
    nothing (422 names each cell); with `dry_run` nothing is kept, and `meetings` have no `id`."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    if not may_schedule(viewer, mechanism.id):
        raise NotPermitted(NOT_YOURS)
    name, content = await file_sent(request)
    today = db.clock.today(mechanism.timezone)
    rows = await asyncio.to_thread(lambda: list(read(rows_in(name, content), today=today)))
    try:
        taken = await past_meetings.take_in(db, viewer, mechanism.id, rows)
    except TableRefused as refusal:
        raise Invalid(refusal.by_cell) from None
    answer = {
        "dry_run": dry_run,
        "new": len(taken.new),
        "unchanged": taken.unchanged,
        "meetings": [_json(one, dry_run=dry_run) for one in taken.new],
    }
    if dry_run:
        await db.rollback()
    return await reply(request, db, viewer, answer)


def _json(one: New, *, dry_run: bool) -> dict[str, Any]:
    return {
        **({} if dry_run else {"id": str(one.id)}),
        "row": one.at,
        "date": one.on.isoformat(),
        "title": one.title,
        "kind": one.kind,
        "ordinal": one.ordinal,
        "ordinal_in_year": one.ordinal_in_year,
    }


HANDLERS = [take_in]
