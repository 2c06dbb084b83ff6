"""How the clauses of an agreement were kept, as the record tells it."""

from litestar import get

from liaison.i18n import Words
from liaison.life import queries as life
from liaison.mechanisms import charts, permissions, queries
from liaison.mechanisms.obligations import ANSWERS, COUNTED, MEETINGS, MINUTES, QUARTER, YEAR, Obligation
from liaison.mechanisms.routes.common import Db, Id, Me, Page
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
        may_keep=permissions.may_keep(viewer),
    )


def promised(words: Words, said: Obligation) -> str:
    """What is promised, in a few words."""
    if said.kind in COUNTED:
        each = {
            QUARTER: words._("each quarter"),
            YEAR: words._("each year"),
        }.get(said.period or YEAR, words._("each half-year"))
        if said.kind == MEETINGS:
            meetings = words.ngettext("%(n)d joint meeting", "%(n)d joint meetings", said.amount or 1)
            return words._("at least %(what)s %(each)s", what=meetings, each=each)
        activities = words.ngettext("%(n)d joint activity", "%(n)d joint activities", said.amount or 1)
        return words._("at least %(what)s %(each)s", what=activities, each=each)
    days = words.ngettext("%(n)d working day", "%(n)d working days", said.amount or 1)
    if said.kind == ANSWERS:
        return words._("answers within %(days)s", days=days)
    return (
        words._("minutes issued within %(days)s", days=days)
        if said.kind == MINUTES
        else words._("a liaison at all times")
    )


def part_name(words: Words, period: str | None, number: int) -> str:
    """第一季度, 上半年, 全年."""
    if period == QUARTER:
        return charts.quarter_name(words, number)
    if period == YEAR or period is None:
        return words._("The whole year")
    return words._("First half") if number == 1 else words._("Second half")


handlers = [promises]
