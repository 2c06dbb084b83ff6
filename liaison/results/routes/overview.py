"""成效: the mechanisms that one knows of, with what came of each."""

from dataclasses import dataclass

from litestar import get
from litestar.params import FromQuery
from litestar.response import Response

from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.results import queries, sums
from liaison.results.periods import year_of
from liaison.results.permissions import is_outside, may_read_figures
from liaison.results.routes.common import Db, Me, shown
from liaison.results.sums import Sum
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

PAGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One mechanism: what came of it in all and in this year; `lines`: whether its single lines are read too."""

    mechanism: Mechanism
    in_all: Sum
    this_year: Sum
    lines: bool


@get("/results")
async def overview(request: AnyRequest, db: Db, viewer: Me, after: FromQuery[str] = "") -> Response[str]:
    """The mechanisms whose figures the viewer reads, page by page, each with its sums; those of all where they fit one page."""
    found = await mechanisms.mechanisms_visible_to(db, viewer, after=row_id(after) if after else 0, limit=PAGE + 1)
    rows, more = found[:PAGE], len(found) > PAGE
    known = [one for one in rows if may_read_figures(viewer, one.id)]
    year = year_of(db.clock.today(db.settings.timezone).year)
    in_all = await queries.totals(db, viewer, known)
    this_year = await queries.totals(db, viewer, known, year.first, year.last)
    none = sums.total(())
    lines = [
        Line(one, in_all.get(one.id, none), this_year.get(one.id, none), not is_outside(viewer, one.id))
        for one in known
    ]
    return shown(
        request,
        "results/index.html",
        lines=lines,
        total=None if after or more else sums.total(one.in_all for one in lines),
        next_url=f"/results?after={rows[-1].id}" if more else None,
        first=not after,
        year=year.first.year,
    )


handlers = [overview]
