"""How the clauses of an agreement were kept, as the record tells it."""

from datetime import timedelta

from litestar import get

from liaison.i18n import Words
from liaison.life import queries as life
from liaison.mechanisms import charts, permissions, queries
from liaison.mechanisms.obligations import QUARTER, YEAR
from liaison.mechanisms.routes.common import Db, Id, Me, Page
from liaison.mechanisms.wording import promised
from liaison.web.forms import whole_number
from liaison.web.pages import AnyRequest, page, words_of

YEARS = range(2000, 2200)


@get("/mechanisms/{mechanism_id:int}/promises")
async def promises(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """Each clause with an obligation and how it was kept in `?year=` (this one)."""
    mechanism = await queries.get(db, viewer, mechanism_id)
    asked_for, this = whole_number(request.query_params.get("year")), db.clock.today(mechanism.timezone).year
    year = asked_for if asked_for is not None and asked_for in YEARS else this
    words = words_of(request)
    return page(
        request,
        "mechanisms/promises.html",
        nav="mechanisms",
        mechanism=mechanism,
        year=year,
        kept=await life.promises_kept(db, viewer, mechanism, year),
        promised=lambda said: promised(words, said),
        part_name=lambda period, number: part_name(words, period, number),
        day_before=lambda day: day - timedelta(days=1),
        may_keep=permissions.may_keep(viewer),
    )


def part_name(words: Words, period: str | None, number: int) -> str:
    """第一季度, 上半年, 全年."""
    if period == QUARTER:
        return charts.quarter_name(words, number)
    if period == YEAR or period is None:
        return words._("The whole year")
    return words._("First half") if number == 1 else words._("Second half")


handlers = [promises]
