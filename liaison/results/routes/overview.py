"""成效: the mechanisms that one knows of, with what came of each."""

from dataclasses import dataclass

from litestar import get
from litestar.response import Response

from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.results import queries, sums
from liaison.results.periods import year_of
from liaison.results.permissions import is_outside, may_read_figures
from liaison.results.routes.common import Db, Me, shown
from liaison.results.sums import Sum
from liaison.web.pages import AnyRequest


@dataclass(frozen=True, slots=True)
class Line:
    """One mechanism: what came of it in all and in this year; `lines`: whether its single lines are read too."""

    mechanism: Mechanism
    in_all: Sum
    this_year: Sum
    lines: bool


@get("/results")
async def overview(request: AnyRequest, db: Db, viewer: Me) -> Response[str]:
    """Every mechanism whose figures the viewer reads, with its sums."""
    known = [one for one in await mechanisms.mechanisms_visible_to(db, viewer) if may_read_figures(viewer, one.id)]
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
        total=sums.total(one.in_all for one in lines),
        year=year.first.year,
    )


handlers = [overview]
