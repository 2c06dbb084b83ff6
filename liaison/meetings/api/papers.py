"""The papers of a meeting for programs."""

from typing import Any

from litestar import Response, delete, get, patch, post
from litestar.response import Stream
from msgspec import UNSET, UnsetType

from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.files.store import Brought
from liaison.meetings import paper_queries, papers, queries
from liaison.meetings.api.shared import Db, Id, Me, Page
from liaison.meetings.paper_queries import paper_of
from liaison.meetings.scheduling import UNSET as NOT_GIVEN
from liaison.meetings.values import paper_json
from liaison.web.api import Body, body, listed, named, replay, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest
from liaison.web.papers import bound, handed_out
from liaison.web.uploads import STREAMED, Received, received, take


class PaperChange(Body):
    title: str | UnsetType = UNSET
    audience: list[str] | UnsetType = UNSET
    version: int | None = None


@get("/meetings/{meeting_id:str}/papers")
async def papers_of_meeting(db: Db, viewer: Me, paging: Page, meeting_id: Id) -> dict[str, Any]:
    """The papers that you may know of, in the order of the agenda. Others are not counted either."""
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    limit, after = paging.limits()
    rows = await paper_queries.papers_of(db, viewer, meeting)
    ids = [row.id for row in rows]
    return listed(rows[ids.index(after) + 1 if after in ids else 0 :], limit, paper_json)


@post("/meetings/{meeting_id:str}/papers", **STREAMED)
async def add_paper(request: AnyRequest, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Bring a paper: multipart/form-data with `title`, `agenda_item_id`, `audience` (several) before one `file`. The same file with
    the same title once more is the same paper, so a request may be repeated also without an Idempotency-Key."""

    async def act(db: Session, got: Received, file: Brought) -> Response[bytes]:
        digest = got.digest(request)
        await replay(request, db, viewer, digest=digest)
        form = got.form
        item_id = form.given("agenda_item_id")
        paper = await papers.add(
            db,
            viewer,
            await queries.get(db, viewer, row_id(meeting_id)),
            file,
            title=form.raw("title"),
            agenda_item_id=named(item_id) if item_id else None,
            audience=[named(one) for one in form.raws("audience")],
        )
        made = paper_json((await paper_of(db, viewer, paper.id)).shown)
        return await reply(request, db, viewer, made, status=201, digest=digest)

    async with request.app.state.database.reading() as db:
        meeting = await queries.get(db, viewer, row_id(meeting_id))
        await papers.refuse_who_brings_nothing(db, viewer, meeting)
        most = await paper_queries.largest(db)
    async with received(request, most=most) as got:
        return await take(request, got, act)


@get("/papers/{paper_id:str}")
async def one_paper(db: Db, viewer: Me, paper_id: Id) -> dict[str, Any]:
    """One paper with its versions."""
    return paper_json((await paper_of(db, viewer, row_id(paper_id))).shown)


@patch("/papers/{paper_id:str}")
async def change_paper(request: AnyRequest, db: Db, viewer: Me, paper_id: Id) -> Response[bytes]:
    """Call it otherwise, or say who may know of it (`audience`; empty: whoever may know of its item)."""
    given = body(await request.body(), PaperChange)
    found = await paper_of(db, viewer, row_id(paper_id))
    await papers.change(
        db,
        viewer,
        found,
        title=NOT_GIVEN if given.title is UNSET else given.title,
        audience=NOT_GIVEN if given.audience is UNSET else [named(one) for one in given.audience],
        version=seen(request, given.version),
    )
    return await reply(request, db, viewer, paper_json((await paper_of(db, viewer, row_id(paper_id))).shown))


@delete("/papers/{paper_id:str}")
async def remove_paper(db: Db, viewer: Me, paper_id: Id) -> None:
    """Take it away; its files stay, and the trail says who did it."""
    await papers.remove(db, viewer, await paper_of(db, viewer, row_id(paper_id)))


@post("/papers/{paper_id:str}/versions", **STREAMED)
async def add_version(request: AnyRequest, viewer: Me, paper_id: Id) -> Response[bytes]:
    """Bring a newer version: multipart/form-data with one `file`. The same file once more is the same version."""

    async def act(db: Session, got: Received, file: Brought) -> Response[bytes]:
        digest = got.digest(request)
        await replay(request, db, viewer, digest=digest)
        await papers.add_version(db, viewer, await paper_of(db, viewer, row_id(paper_id)), file)
        made = paper_json((await paper_of(db, viewer, row_id(paper_id))).shown)
        return await reply(request, db, viewer, made, status=201, digest=digest)

    async with request.app.state.database.reading() as db:
        if not (await paper_of(db, viewer, row_id(paper_id))).shown.may_keep:
            raise NotPermitted(papers.NOT_YOUR_PAPER)
        most = await paper_queries.largest(db)
    async with received(request, most=most) as got:
        return await take(request, got, act)


@get("/papers/{paper_id:str}/file", include_in_schema=False)
async def paper_file(request: AnyRequest, db: Db, viewer: Me, paper_id: Id) -> Stream:
    """The newest version, or `?version=` another."""
    found = await paper_of(db, viewer, row_id(paper_id))
    wanted = request.query_params.get("version")
    return await handed_out(request, viewer, found, row_id(wanted) if wanted is not None else None)


@get("/meetings/{meeting_id:str}/pack.pdf", include_in_schema=False)
async def pack(request: AnyRequest, viewer: Me, meeting_id: Id) -> Stream:
    """Agenda and papers as one PDF to print."""
    return await bound(request, viewer, row_id(meeting_id))


HANDLERS = [papers_of_meeting, add_paper, one_paper, change_paper, remove_paper, add_version, paper_file, pack]
