"""通报与移送: what came, what was sent, and drafts."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from litestar import get
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotFound
from liaison.mechanisms import queries as mechanisms
from liaison.notices import queries
from liaison.notices.models import KINDS
from liaison.notices.permissions import is_sender, may_write
from liaison.notices.queries import BOXES, RECEIVED, Filters
from liaison.notices.routes.common import Db, Me, shown
from liaison.web.forms import row_id, whole_number
from liaison.web.pages import AnyRequest, words_of

PAGE = 30


@get("/notices")
async def index(request: AnyRequest, db: Db, viewer: Me) -> Response[str]:
    """One box, newest first, narrowed by what stands in the address."""
    given = request.query_params
    filters = Filters(
        box=given["box"] if given.get("box") in BOXES else RECEIVED,
        kind=given["kind"] if given.get("kind") in KINDS else None,
        mechanism_id=whole_number(given.get("mechanism")),
        agency_id=whole_number(given.get("agency")),
        wanted=(given.get("q") or "").strip()[:100] or None,
        open_only=given.get("open") == "1",
    )
    before = row_id(given["before"]) if given.get("before") else None
    rows = await queries.listed(db, viewer, filters, before=before, limit=PAGE + 1)
    own = await own_mechanisms(db, viewer)
    members = {
        member.agency_id: member.agency
        for those in (await mechanisms.members_of(db, [one.id for one in own])).values()
        for member in those
    }

    def address(**changed: Any) -> str:
        said = {
            "box": filters.box if filters.box != RECEIVED else None,
            "kind": filters.kind,
            "mechanism": filters.mechanism_id,
            "agency": filters.agency_id,
            "q": filters.wanted,
            "open": "1" if filters.open_only else None,
            **changed,
        }
        said = {name: value for name, value in said.items() if value is not None}
        return f"/notices?{urlencode(said)}" if said else "/notices"

    return shown(
        request,
        "notices/index.html",
        notices=rows[:PAGE],
        filters=filters,
        mechanisms=own,
        agencies=sorted(members.values(), key=lambda one: (one.sort_order, one.id)),
        writes=[one for one in own if may_write(viewer, one.id) and not one.has_ended(db.clock.today(one.timezone))],
        acts_for=viewer.acts_for,
        toast=await _discarded(request, db, viewer),
        address=address,
        next_url=address(before=rows[PAGE - 1].id) if len(rows) > PAGE else None,
        is_first=before is None,
        is_narrowed=any((filters.kind, filters.mechanism_id, filters.agency_id, filters.wanted, filters.open_only)),
    )


async def _discarded(request: AnyRequest, db: Session, viewer: Viewer) -> SimpleNamespace | None:
    """What was thrown away just now, with its undo, if it is there."""
    notice_id = whole_number(request.query_params.get("discarded"))
    if not notice_id:
        return None
    try:
        notice = await queries.get(db, viewer, notice_id, discarded=True)
    except NotFound:
        return None
    if notice.discarded_at is None or not is_sender(viewer, notice):
        return None
    text = words_of(request)._("The draft is thrown away.")
    return SimpleNamespace(text=text, undo_url=f"/notices/{notice_id}/restore")


async def own_mechanisms(db: Session, viewer: Viewer) -> list[Any]:
    """Those in which the viewer may have notices."""
    found = await mechanisms.mechanisms_visible_to(db, viewer)
    return [one for one in found if one.id in viewer.member_of]


handlers = [index]
