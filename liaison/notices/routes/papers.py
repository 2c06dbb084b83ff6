"""The papers of a notice: brought to the draft, and handed out to every agency it went to."""

from typing import Any

from litestar import get, post
from litestar.response import Response, Stream

from liaison.db import Session
from liaison.errors import Invalid
from liaison.files.store import Brought
from liaison.meetings.paper_queries import largest
from liaison.notices import papers, queries
from liaison.notices.permissions import refuse_unchangeable
from liaison.notices.routes.common import Db, Id, Me
from liaison.notices.routes.show import notice_page
from liaison.web.attached import DOCX, attached
from liaison.web.forms import FormAgain
from liaison.web.pages import AnyRequest, see_other, settings_of
from liaison.web.papers import kept_file
from liaison.web.uploads import STREAMED, Received, received, take


@post("/notices/{notice_id:int}/papers", **STREAMED)
async def bring(request: AnyRequest, viewer: Me, notice_id: Id) -> Response[Any]:
    """Take the file in, and keep it with the draft."""

    async def act(db: Session, _: Received, file: Brought) -> None:
        await papers.add(db, viewer, await queries.get(db, viewer, notice_id), file)

    async with request.app.state.database.reading() as db:
        refuse_unchangeable(viewer, await queries.get(db, viewer, notice_id))
        most = await largest(db)
    async with received(request, most=most) as got:
        try:
            await take(request, got, act)
            return see_other(f"/notices/{notice_id}?done=paper_added#papers")
        except Invalid as refusal:
            got.form.take(refusal)
    async with request.app.state.database.reading() as db:
        raise FormAgain(await notice_page(request, db, viewer, notice_id, got.form, at="papers"))


@post("/notices/{notice_id:int}/papers/{notice_paper_id:int}/remove")
async def remove(db: Db, viewer: Me, notice_id: Id, notice_paper_id: Id) -> Response[Any]:
    """Away from the draft."""
    await papers.remove(db, viewer, await queries.get(db, viewer, notice_id), notice_paper_id)
    return see_other(f"/notices/{notice_id}?done=paper_removed#papers")


@get("/notices/{notice_id:int}/papers/{notice_paper_id:int}/file", include_in_schema=False)
async def file(request: AnyRequest, db: Db, viewer: Me, notice_id: Id, notice_paper_id: Id) -> Stream:
    """The file, to be kept: never opened by the browser itself."""
    notice = await queries.get(db, viewer, notice_id)
    paper = notice.paper(notice_paper_id)
    paper.refuse_unread(scanner=bool(settings_of(request).scanner))
    return await kept_file(request, paper.stored_name, file_name=paper.file_name, media_type=paper.media_type)


@get("/notices/{notice_id:int}/letter.docx")
async def letter(db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """The notice as a letter, to be brought or kept on file."""
    notice = await queries.get(db, viewer, notice_id)
    made = await papers.make_letter(db, notice)
    return Response(made, media_type=DOCX, headers=attached(f"{notice.subject}.docx"))


handlers = [bring, remove, file, letter]
