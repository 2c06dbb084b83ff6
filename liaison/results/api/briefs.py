"""Briefs for programs: drafted from the record, edited, taken away and back; each agency its own."""

from datetime import date
from typing import Any

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.results import brief_queries, briefing
from liaison.results.brief_models import Brief
from liaison.results.values import brief_json
from liaison.web.api import Body, Paging, body, listed, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Id = FromPath[str]


class BriefGiven(Body, rename={"from_": "from"}):
    from_: date | None = None
    to: date | None = None
    meeting_id: str | None = None


class BriefChange(Body):
    title: str | None = None
    text: str | None = None
    version: int | None = None


@get("/mechanisms/{mechanism_id:str}/briefs")
async def briefs(db: Db, viewer: Me, paging: Page, mechanism_id: Id) -> dict[str, Any]:
    """The briefs of your agency, newest first."""
    limit, last = paging.limits()
    rows = await brief_queries.listed(db, viewer, row_id(mechanism_id), before=last or None, limit=limit + 1)
    return listed(rows, limit, brief_json)


@post("/mechanisms/{mechanism_id:str}/briefs")
async def draft(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Draft one on the outcomes of a period (`from`, `to`; else everything so far), or on a meeting of this mechanism that was held."""
    given, words = body(await request.body(), BriefGiven), words_of(request)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    if given.meeting_id is None:
        brief = await briefing.draft_results(db, viewer, mechanism.id, words, first=given.from_, last=given.to)
    else:
        brief = await briefing.draft_meeting(db, viewer, row_id(given.meeting_id), words)
        if brief.mechanism_id != mechanism.id:
            raise Invalid({"meeting_id": N_("This meeting is of another mechanism.")})
    return await _answered(request, db, viewer, brief, status=201)


@get("/briefs/{brief_id:str}")
async def one_brief(db: Db, viewer: Me, brief_id: Id) -> dict[str, Any]:
    """One brief with what it was drafted from."""
    return brief_json(await brief_queries.get(db, viewer, row_id(brief_id)))


@patch("/briefs/{brief_id:str}")
async def edit(request: AnyRequest, db: Db, viewer: Me, brief_id: Id) -> Response[bytes]:
    """Say it in your own words; `drafted_text` and `source` stay."""
    given = body(await request.body(), BriefChange)
    brief = await brief_queries.get(db, viewer, row_id(brief_id))
    title = brief.title if given.title is None else given.title
    text = brief.text if given.text is None else given.text
    await briefing.edit(db, viewer, brief, title=title, text=text, version=seen(request, given.version))
    return await _answered(request, db, viewer, brief)


@delete("/briefs/{brief_id:str}")
async def remove(db: Db, viewer: Me, brief_id: Id) -> None:
    """Take it away; `restore` undoes it."""
    await briefing.remove(db, viewer, await brief_queries.get(db, viewer, row_id(brief_id)))


@post("/briefs/{brief_id:str}/restore", status_code=200)
async def restore(request: AnyRequest, db: Db, viewer: Me, brief_id: Id) -> Response[bytes]:
    """Undo the taking away. Twice is once."""
    brief = await brief_queries.get(db, viewer, row_id(brief_id), removed=True)
    await briefing.restore(db, viewer, brief)
    return await _answered(request, db, viewer, brief)


async def _answered(
    request: AnyRequest, db: Session, viewer: Viewer, brief: Brief, *, status: int = 200
) -> Response[bytes]:
    await db.flush()
    stored = await brief_queries.get(db, viewer, brief.id)
    return await reply(request, db, viewer, brief_json(stored), status=status)


handlers = [briefs, draft, one_brief, edit, remove, restore]
