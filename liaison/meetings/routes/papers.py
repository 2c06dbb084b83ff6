"""会议材料: the form to bring a paper, the page of one with its versions, and the files themselves."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Stream

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, NotPermitted
from liaison.files.kinds import MEDIA_TYPES
from liaison.files.store import Brought
from liaison.meetings import paper_queries, papers, queries
from liaison.meetings.agenda_queries import agenda
from liaison.meetings.models import Meeting
from liaison.meetings.paper_queries import Found, paper_of
from liaison.meetings.paper_rules import brings_to_all, may_bring
from liaison.meetings.routes.agenda import offered
from liaison.meetings.routes.common import shown
from liaison.meetings.routes.show import region
from liaison.web.forms import Form, FormAgain, attempt, row_id
from liaison.web.pages import AnyRequest, see_other, words_of
from liaison.web.papers import bound, handed_out
from liaison.web.uploads import STREAMED, Received, received, take

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
T = TypeVar("T")


@get("/meetings/{meeting_id:int}/papers/new")
async def new_paper(request: AnyRequest, db: Db, viewer: Me, meeting_id: FromPath[int]) -> Response[str]:
    """The form for one more paper; `?item=` the item it belongs to."""
    meeting = await queries.get(db, viewer, meeting_id)
    await papers.refuse_who_brings_nothing(db, viewer, meeting)
    return await _form(request, db, viewer, meeting_id, Form.of(agenda_item_id=request.query_params.get("item")))


@post("/meetings/{meeting_id:int}/papers", **STREAMED)
async def bring(request: AnyRequest, viewer: Me, meeting_id: FromPath[int]) -> Response[Any]:
    """Take the file in, and keep it as a paper of the meeting."""

    async def act(db: Session, got: Received, file: Brought) -> None:
        meeting = await queries.get(db, viewer, meeting_id)
        await papers.add(
            db,
            viewer,
            meeting,
            file,
            title=got.form.raw("title"),
            agenda_item_id=got.form.id("agenda_item_id"),
            audience=got.form.ids("audience"),
        )
        got.form.done()

    async with request.app.state.database.reading() as db:
        meeting = await queries.get(db, viewer, meeting_id)
        await papers.refuse_who_brings_nothing(db, viewer, meeting)
        most = await paper_queries.largest(db)
    await _taken(request, most, act, lambda db, form: _form(request, db, viewer, meeting_id, form))
    return see_other(f"/meetings/{meeting_id}?done=paper_added#papers")


@get("/papers/{paper_id:int}")
async def show_paper(request: AnyRequest, db: Db, viewer: Me, paper_id: FromPath[int]) -> Response[str]:
    """One paper with its versions."""
    return await _page(request, db, viewer, paper_id, Form())


@post("/papers/{paper_id:int}/edit")
async def change_paper(request: AnyRequest, db: Db, viewer: Me, paper_id: FromPath[int]) -> Response[Any]:
    """Title and audience."""
    form = await Form.read(request)
    found = await paper_of(db, viewer, paper_id)
    act = papers.change(
        db, viewer, found, title=form.raw("title"), audience=form.ids("audience"), version=form.whole("version")
    )
    await attempt(db, form, act, lambda theirs: _page(request, db, viewer, paper_id, form, theirs=theirs))
    return see_other(f"/meetings/{found.meeting.id}?done=saved#papers")


@post("/papers/{paper_id:int}/versions", **STREAMED)
async def bring_version(request: AnyRequest, viewer: Me, paper_id: FromPath[int]) -> Response[Any]:
    """Take a newer version in."""

    async def act(db: Session, got: Received, file: Brought) -> None:
        await papers.add_version(db, viewer, await paper_of(db, viewer, paper_id), file)

    async with request.app.state.database.reading() as db:
        found = await paper_of(db, viewer, paper_id)
        if not found.shown.may_keep:
            raise NotPermitted(papers.NOT_YOUR_PAPER)
        most = await paper_queries.largest(db)
    await _taken(request, most, act, lambda db, form: _page(request, db, viewer, paper_id, form))
    return see_other(f"/papers/{paper_id}")


@post("/papers/{paper_id:int}/remove")
async def remove_paper(db: Db, viewer: Me, paper_id: FromPath[int]) -> Response[Any]:
    """Away, with an undo beside."""
    found = await paper_of(db, viewer, paper_id)
    await papers.remove(db, viewer, found)
    return see_other(f"/meetings/{found.meeting.id}?done=paper_removed&paper={paper_id}#papers")


@post("/papers/{paper_id:int}/restore")
async def restore_paper(db: Db, viewer: Me, paper_id: FromPath[int]) -> Response[Any]:
    """Back to where it was."""
    found = await paper_of(db, viewer, paper_id, removed=True)
    await papers.restore(db, viewer, found)
    return see_other(f"/meetings/{found.meeting.id}#papers")


@get("/papers/{paper_id:int}/file", include_in_schema=False)
async def paper_file(request: AnyRequest, db: Db, viewer: Me, paper_id: FromPath[int]) -> Stream:
    """The newest version, or `?version=` another, to be kept: never opened by the browser itself."""
    found = await paper_of(db, viewer, paper_id)
    wanted = request.query_params.get("version")
    return await handed_out(request, viewer, found, row_id(wanted) if wanted is not None else None)


@get("/meetings/{meeting_id:int}/pack.pdf", include_in_schema=False)
async def pack(request: AnyRequest, viewer: Me, meeting_id: FromPath[int]) -> Stream:
    """Agenda and papers as one PDF to print."""
    return await bound(request, viewer, meeting_id)


async def _taken(
    request: AnyRequest,
    most: int,
    act: Callable[[Session, Received, Brought], Awaitable[T]],
    again: Callable[[Session, Form], Awaitable[Response[str]]],
) -> T:
    """Receive the form, and show it again where it is refused."""
    async with received(request, most=most) as got:
        try:
            return await take(request, got, act)
        except Invalid as refusal:
            got.form.take(refusal)
    async with request.app.state.database.reading() as db:
        raise FormAgain(await again(db, got.form))


async def _form(request: AnyRequest, db: Session, viewer: Viewer, meeting_id: int, form: Form) -> Response[str]:
    meeting = await queries.get(db, viewer, meeting_id)
    seen = await agenda(db, viewer, meeting)
    offers = [
        (str(one.id), one.title or "") for one in (*seen.items, *seen.aside) if await _takes(db, viewer, meeting, one)
    ]
    words = words_of(request)
    if brings_to_all(viewer, meeting):
        offers = [("", words._("the meeting as a whole")), *offers]
    return shown(
        request,
        "meetings/paper_form.html",
        path=f"/meetings/{meeting_id}/papers/new",
        form=form,
        meeting=meeting,
        items=offers,
        audience=await offered(db, meeting, None),
        megabytes=await paper_queries.largest(db) // 1024 // 1024,
        kinds=MEDIA_TYPES,
        labels=_labels(request),
    )


async def _takes(db: Session, viewer: Viewer, meeting: Meeting, item: Any) -> bool:
    if item.hidden or item.meeting_id != meeting.id:
        return False
    return may_bring(viewer, meeting, item)


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, paper_id: int, form: Form, *, theirs: Any = None
) -> Response[str]:
    found: Found = await paper_of(db, viewer, paper_id)
    paper, meeting = found.paper, found.meeting
    if theirs or "title" not in form.values:
        form.values |= {"title": [paper.title], "audience": [str(one) for one in sorted(paper.audience or ())]}
    form.values["version"] = [str(paper.version)]
    return shown(
        request,
        "meetings/paper.html",
        path=f"/papers/{paper_id}",
        form=form,
        meeting=meeting,
        paper=found.shown,
        audience=await offered(db, meeting, paper.agenda_item),
        megabytes=await paper_queries.largest(db) // 1024 // 1024,
        kinds=MEDIA_TYPES,
        labels=_labels(request),
        is_stale=bool(theirs),
        **region(db, request, meeting),
    )


def _labels(request: AnyRequest) -> dict[str, str]:
    words = words_of(request)
    return {
        "title": words._("Title"),
        "agenda_item_id": words._("Item"),
        "audience": words._("Who may know of it"),
        "file": words._("File"),
    }


handlers = [
    new_paper,
    bring,
    show_paper,
    change_paper,
    bring_version,
    remove_paper,
    restore_paper,
    paper_file,
    pack,
]
