"""The page of a mechanism's archive: what would be in it, the file, and which were made before."""

from typing import Any

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.archive import making
from liaison.db import Session
from liaison.errors import Invalid
from liaison.web.archives import archived
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, page, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
WHOLE = "whole"


@get("/mechanisms/{mechanism_id:int}/archive")
async def show(request: AnyRequest, db: Db, viewer: Me, mechanism_id: FromPath[int]) -> Response[str]:
    """What the archive of `?year=` (this one; `whole`: all years) would hold, and what is left out and why."""
    form = Form.of(year=request.query_params.get("year"))
    return await _page(request, db, viewer, mechanism_id, form)


@post("/mechanisms/{mechanism_id:int}/archive")
async def download(request: AnyRequest, viewer: Me, mechanism_id: FromPath[int]) -> Response[Any]:
    """Make it and hand it out."""
    form = await Form.read(request)
    try:
        return await archived(request, viewer, mechanism_id, _year(form))
    except Invalid as refusal:
        form.take(refusal)
        async with request.app.state.database.reading() as db:
            return await _page(request, db, viewer, mechanism_id, form, status=422)


def _year(form: Form) -> int | None:
    if form.raw("year") == WHOLE:
        return None
    year = form.whole("year")
    form.done()
    if year is None:
        raise Invalid({"year": making.NO_YEAR})
    return year


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int, form: Form, *, status: int = 200
) -> Response[str]:
    words, mechanism = words_of(request), await making.archivable(db, viewer, mechanism_id)
    today = db.clock.today(mechanism.timezone)
    found = None
    if not form.errors:
        if not form.given("year"):
            form.values["year"] = [str(today.year)]
        try:
            found = await making.preview(db, viewer, mechanism_id, _year(form), words)
        except Invalid as refusal:
            form.take(refusal)
    return page(
        request,
        "archive/show.html",
        status=status,
        nav="mechanisms",
        mechanism=mechanism,
        form=form,
        found=found,
        years=[*range(today.year + 1, await making.first_year(db, viewer, mechanism) - 1, -1)],
        whole=WHOLE,
        earlier=await making.earlier(db, viewer, mechanism_id),
    )


router = Router("", route_handlers=[show, download])
