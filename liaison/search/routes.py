"""The page of the search, and the "/" key that leads to it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Router, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid
from liaison.meetings.wording import KIND_NAMES as MEETING_KINDS
from liaison.search import building, queries
from liaison.search.queries import Hits, Search
from liaison.search.showing import KIND_ICONS, KIND_NAMES, Line, line
from liaison.search.words import LONGEST
from liaison.web.forms import Form, row_id
from liaison.web.minutes import excerpts_viewed
from liaison.web.pages import SLASH_COOKIE, AnyRequest, page, see_other, settings_of

FEW = 5
"""So many of each kind stand on the first page; the rest behind a link."""
PAGE = 20

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]


@get("/search")
async def show(request: AnyRequest, db: Db, viewer: Me) -> Response[str]:
    """What is found, by kind; of one kind by the address, newest first and page by page."""
    given = request.query_params
    typed, chosen = given.get("q", "").strip(), given.get("kind")
    kind = chosen if chosen in KIND_NAMES else None
    after = row_id(given["after"]) if given.get("after") and kind else None
    form = Form({"q": [typed]})
    found: dict[str, Hits] = {}
    if typed:
        try:
            search = await queries.begin(db, viewer, typed)
        except Invalid as refusal:
            form.errors = dict(refusal.errors)
        else:
            if kind:
                found = {kind: await queries.find(db, search, kind=kind, after=after, limit=PAGE)}
            else:
                found = await queries.find_few(db, search, KIND_NAMES, limit=FEW)
    groups = {name: _lines(hits, search) for name, hits in found.items() if hits.hits}
    more = {name: hits.after for name, hits in found.items() if hits.after is not None}
    answer = page(
        request,
        "search/show.html",
        nav="search",
        form=form,
        typed=typed,
        kind=kind,
        groups=groups,
        more=more,
        next_url=_address(typed, kind, more[kind]) if kind in more else None,
        is_first=after is None,
        is_built=await building.is_built(db),
        address=lambda kind=None: _address(typed, kind),
        kind_names=KIND_NAMES,
        kind_icons=KIND_ICONS,
        meeting_kinds=MEETING_KINDS,
        longest=LONGEST,
    )
    read = [one.found.id for one in groups.get("minutes", ())]
    return excerpts_viewed(request, viewer, read, answer)


@post("/search/key")
async def switch_key(request: AnyRequest, viewer: Me) -> Response[Any]:
    """Whether "/" leads to the search in this browser: who speaks to their computer may not want single keys to do anything."""
    form = await Form.read(request)
    response = see_other("/search")
    on = form.raw("on") == "1"
    response.set_cookie(
        Cookie(
            key=SLASH_COOKIE,
            value="on" if on else "off",
            max_age=int(timedelta(days=365).total_seconds()),
            secure=settings_of(request).https,
            httponly=True,
            samesite="lax",
        )
    )
    return response


def _lines(hits: Hits, search: Search) -> list[Line]:
    return [line(hit.found, search.wanted) for hit in hits.hits]


def _address(typed: str, kind: str | None = None, after: int | None = None) -> str:
    given = {"q": typed, "kind": kind, "after": after}
    return f"/search?{urlencode({name: value for name, value in given.items() if value})}"


router = Router("", route_handlers=[show, switch_key])
