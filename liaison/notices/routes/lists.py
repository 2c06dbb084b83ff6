"""通报与移送: what came, what was sent, and drafts."""

from typing import Any
from urllib.parse import urlencode

from litestar import get
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.notices import queries
from liaison.notices.models import KINDS
from liaison.notices.permissions import may_write
from liaison.notices.queries import BOXES, RECEIVED, Filters
from liaison.notices.routes.common import Db, Me, shown
from liaison.web.forms import row_id, whole_number
from liaison.web.pages import AnyRequest

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
    own = await _mechanisms(db, viewer)
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
        writes=[one for one in own if may_write(viewer, one.id) and one.ended_on is None],
        acts_for=viewer.acts_for,
        address=address,
        next_url=address(before=rows[PAGE - 1].id) if len(rows) > PAGE else None,
        is_first=before is None,
        is_narrowed=any((filters.kind, filters.mechanism_id, filters.agency_id, filters.wanted, filters.open_only)),
    )


async def _mechanisms(db: Session, viewer: Viewer) -> list[Any]:
    """Those in which the viewer may have notices."""
    found = await mechanisms.mechanisms_visible_to(db, viewer)
    return [one for one in found if one.id in viewer.member_of]


handlers = [index]
