"""导入线索移送台账 on the page: a table brought or pasted, looked at, and then entered; below it what was entered, to be looked over or taken back."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.db import Session
from liaison.documents import spreadsheet
from liaison.documents.headed import TableRefused, Wrong
from liaison.errors import NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.notices import past_referrals, queries, taking_back
from liaison.notices.past_queries import imports
from liaison.notices.past_referrals import TakenIn
from liaison.notices.past_table import read, template
from liaison.notices.permissions import NOT_YOURS, may_write
from liaison.notices.routes.common import Db, Id, Me, shown
from liaison.web.attached import attached
from liaison.web.forms import Form
from liaison.web.how_far import telling
from liaison.web.pages import AnyRequest, see_other, words_of
from liaison.web.tables import brought, carried, just_entered, rows_brought

SHOWN = 100
"""So many of the new ones are listed before they are entered."""


@get("/mechanisms/{mechanism_id:int}/referrals/template.xlsx")
async def template_file(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """An empty table with the headings and a marked example."""
    await _mechanism(db, viewer, mechanism_id)
    words = words_of(request)
    content = await asyncio.to_thread(spreadsheet.workbook, {words._("Ledger of referrals"): template(words)})
    return Response(content, media_type=spreadsheet.MEDIA_TYPE, headers=attached("referrals-template.xlsx"))


@get("/mechanisms/{mechanism_id:int}/referrals/import")
async def import_form(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """The form for a table, and what was entered before."""
    return await _page(request, db, viewer, mechanism_id, Form())


@post("/mechanisms/{mechanism_id:int}/referrals/import")
async def take_in(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Look first: what it would bring, or what is wrong, cell by cell. Once that was confirmed, enter it; nobody is mailed."""
    form = await Form.read(request)
    name, content = await brought(request, form)
    mechanism = await _mechanism(db, viewer, mechanism_id)
    today, calendar = db.clock.today(mechanism.timezone), region_calendar(mechanism.region)
    try:
        with telling(request, viewer, form) as told:
            rows = await asyncio.to_thread(
                lambda: list(read(rows_brought(name, content), today=today, calendar=calendar))
            )
            taken = await past_referrals.take_in(db, viewer, mechanism_id, rows, told=told)
    except TableRefused as refusal:
        await db.rollback()
        wrong, more = refusal.wrong, refusal.more
        return await _page(request, db, viewer, mechanism_id, form, wrong=wrong, more=more, status=422)
    if form.ticked("confirmed"):
        return see_other(f"/mechanisms/{mechanism_id}/referrals/import?new={len(taken.new)}")
    await db.rollback()
    return await _page(request, db, viewer, mechanism_id, form, taken=taken, carry=carried(name, content))


@post("/notices/{notice_id:int}/take-back")
async def take_back(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """撤回补录, with an undo beside; with `whole` everything of its import."""
    form = await Form.read(request)
    notice = await queries.get(db, viewer, notice_id, discarded=True)
    await taking_back.take_back(db, viewer, notice, whole=form.ticked("whole"))
    return see_other(f"/referrals?taken_back={notice_id}{'&whole=1' if form.ticked('whole') else ''}")


@post("/notices/{notice_id:int}/take-back/undo")
async def undo(db: Db, viewer: Me, notice_id: Id, whole: FromQuery[str] = "") -> Response[Any]:
    """It stands again."""
    notice = await queries.get(db, viewer, notice_id, discarded=True)
    await taking_back.restore(db, viewer, notice, whole=whole == "1")
    return see_other("/referrals" if whole == "1" else f"/notices/{notice_id}")


async def _mechanism(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_write(viewer, mechanism_id):
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
        "notices/past.html",
        path=f"/mechanisms/{mechanism_id}/referrals/import",
        mechanism=mechanism,
        form=form,
        wrong=[one.worded(words) for one in wrong],
        more=more,
        taken=taken,
        most_shown=SHOWN,
        imports=await imports(db, viewer, mechanism_id),
        just_entered=just_entered(request),
        **(carry or {}),
    )
    answer.status_code = status
    return answer


handlers = [template_file, import_form, take_in, take_back, undo]
