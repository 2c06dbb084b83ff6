"""移送台账: what was referred and how it stands, narrowed by filters that stand in the address; as a page, and as a table to take along."""

import asyncio
from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from litestar import get
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.documents import spreadsheet
from liaison.errors import NotFound
from liaison.notices import queries
from liaison.notices.leads import category_of
from liaison.notices.ledger import DIRECTIONS, Filters, exported, leads
from liaison.notices.ledger_table import state_of
from liaison.notices.models import STATES
from liaison.notices.permissions import is_enterer, may_write
from liaison.notices.routes.common import Db, Me, shown
from liaison.notices.routes.lists import own_mechanisms
from liaison.web.attached import attached
from liaison.web.forms import row_id, whole_number
from liaison.web.pages import AnyRequest, words_of

PAGE = 30
_NAMES = ("mechanism", "direction", "category", "state", "from", "until")


@get("/referrals")
async def ledger(request: AnyRequest, db: Db, viewer: Me) -> Response[str]:
    """One page of it, newest first."""
    given = request.query_params
    filters = filters_of(given)
    before = row_id(given["before"]) if given.get("before") else None
    rows = await leads(db, viewer, filters, before=before, limit=PAGE + 1)
    own = await own_mechanisms(db, viewer)
    kept = {name: given[name] for name in _NAMES if given.get(name)}
    return shown(
        request,
        "notices/ledger.html",
        lines=rows[:PAGE],
        state_of=state_of,
        filters=filters,
        kept=kept,
        directions=DIRECTIONS,
        states=STATES,
        mechanisms=own,
        writes=[one for one in own if may_write(viewer, one.id) and not one.has_ended(db.clock.today(one.timezone))],
        first_url="/referrals" + _query(kept),
        export="/referrals/ledger.xlsx" + _query(kept),
        next_url="/referrals" + _query({**kept, "before": str(rows[PAGE - 1].notice_id)}) if len(rows) > PAGE else None,
        is_first=before is None,
        toast=await _taken_back(request, db, viewer),
    )


async def _taken_back(request: AnyRequest, db: Session, viewer: Viewer) -> SimpleNamespace | None:
    """What was taken back just now, with its undo, if it is there."""
    notice_id, whole = whole_number(request.query_params.get("taken_back")), request.query_params.get("whole") == "1"
    if not notice_id:
        return None
    try:
        notice = await queries.get(db, viewer, notice_id, discarded=True)
    except NotFound:
        return None
    if not is_enterer(viewer, notice) or (notice.discarded_at is None and not whole):
        return None
    words = words_of(request)
    text = (
        words._("Taken back: of this import all that nobody had done anything with.")
        if whole
        else words._("The referral entered afterwards is taken back.")
    )
    return SimpleNamespace(text=text, undo_url=f"/notices/{notice_id}/take-back/undo{'?whole=1' if whole else ''}")


@get("/referrals/ledger.xlsx")
async def table(request: AnyRequest, db: Db, viewer: Me) -> Response[bytes]:
    """What the address narrows the ledger to, all of its pages."""
    words = words_of(request)
    rows = await exported(db, viewer, filters_of(request.query_params), words)
    content = await asyncio.to_thread(spreadsheet.workbook, {words._("Ledger of referrals"): rows})
    name = f"referrals-{db.clock.today(db.settings.timezone).isoformat()}.xlsx"
    return Response(content, media_type=spreadsheet.MEDIA_TYPE, headers=attached(name))


def filters_of(given: Mapping[str, str]) -> Filters:
    """What the address narrows the ledger to; what cannot be read is left out."""
    return Filters(
        mechanism_id=whole_number(given.get("mechanism")),
        direction=given["direction"] if given.get("direction") in DIRECTIONS else None,
        category=category_of(given["category"])[:40] if given.get("category", "").strip() else None,
        state=given["state"] if given.get("state") in STATES else None,
        sent_from=_day(given.get("from")),
        sent_until=_day(given.get("until")),
    )


def _query(said: Mapping[str, Any]) -> str:
    return f"?{urlencode(said)}" if said else ""


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return day if day is not None and 1949 <= day.year < 2200 else None


handlers = [ledger, table]
