"""线索移送台账 for programs: a whole table of referrals of before, entered at once, and taken back."""

import asyncio
from typing import Any

from litestar import Response, post
from litestar.params import FromQuery

from liaison.calendaring.workdays import region_calendar
from liaison.documents.headed import TableRefused
from liaison.documents.tables import rows_in
from liaison.errors import Invalid, NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.notices import past_referrals, queries, taking_back
from liaison.notices.api.common import Db, Id, Me
from liaison.notices.past_referrals import New
from liaison.notices.past_table import read
from liaison.notices.permissions import NOT_YOURS, may_write
from liaison.web.api import Body, body, reply
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest
from liaison.web.tables import file_sent


class TakeBackGiven(Body):
    whole: bool = False


@post("/mechanisms/{mechanism_id:str}/referrals/import", status_code=200)
async def take_in(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, dry_run: FromQuery[bool] = False
) -> Response[bytes]:
    """Bring a ledger of referrals of before: multipart/form-data with one `file` (.xlsx or .csv). All of it is entered, without any mail, or
    nothing (422 names each cell); with `dry_run` nothing is kept, and `referrals` have no `id`."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    if not may_write(viewer, mechanism.id):
        raise NotPermitted(NOT_YOURS)
    name, content = await file_sent(request)
    today, calendar = db.clock.today(mechanism.timezone), region_calendar(mechanism.region)
    rows = await asyncio.to_thread(lambda: list(read(rows_in(name, content), today=today, calendar=calendar)))
    try:
        taken = await past_referrals.take_in(db, viewer, mechanism.id, rows)
    except TableRefused as refusal:
        raise Invalid(refusal.by_cell) from None
    answer = {
        "dry_run": dry_run,
        "new": len(taken.new),
        "unchanged": taken.unchanged,
        "referrals": [_json(one, dry_run=dry_run) for one in taken.new],
    }
    if dry_run:
        await db.rollback()
    return await reply(request, db, viewer, answer)


@post("/notices/{notice_id:str}/take-back")
async def take_back(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """撤回补录: take back what your agency entered afterwards, as long as nobody has done anything with it; with `whole` everything of its
    import that nobody has touched."""
    given = body(await request.body(), TakeBackGiven)
    notice = await queries.get(db, viewer, row_id(notice_id), discarded=True)
    count = await taking_back.take_back(db, viewer, notice, whole=given.whole)
    return await reply(request, db, viewer, {"taken_back": count})


@post("/notices/{notice_id:str}/take-back/undo")
async def undo(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """It stands again; with `whole` everything that was taken back with it."""
    given = body(await request.body(), TakeBackGiven)
    notice = await queries.get(db, viewer, row_id(notice_id), discarded=True)
    count = await taking_back.restore(db, viewer, notice, whole=given.whole)
    return await reply(request, db, viewer, {"restored": count})


def _json(one: New, *, dry_run: bool) -> dict[str, Any]:
    return {
        **({} if dry_run else {"id": str(one.id)}),
        "row": one.at,
        "sent_on": one.on.isoformat(),
        "case_code": one.case_code,
        "subject": one.subject,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "state": one.state,
    }


handlers = [take_in, take_back, undo]
