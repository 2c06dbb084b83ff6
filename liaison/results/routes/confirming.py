"""核对 on the page: the quarters of a year, one period with what differs, and the agency's word."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Conflict, Invalid
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.rhythm import year_named
from liaison.results import confirming, queries
from liaison.results.models import SAID
from liaison.results.periods import Period, last_quarter, quarters
from liaison.results.reconciling import Standing
from liaison.results.routes.common import Db, Id, Me, address, day_in_address, labels, shown
from liaison.results.sums import Sum
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, see_other, words_of


@dataclass(frozen=True, slots=True)
class Quarter:
    """One row of the year."""

    period: Period
    sum: Sum
    standing: Standing


@get("/mechanisms/{mechanism_id:int}/outcomes/confirm")
async def show(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """The period that the address names, else the quarter that ended last."""
    mechanism = await queries.readable(db, viewer, mechanism_id, lines=True)
    return await _page(request, db, viewer, mechanism, _asked(request, db.clock.today(mechanism.timezone)))


@post("/mechanisms/{mechanism_id:int}/outcomes/confirm")
async def confirm(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Confirm for one's agency what the page showed, every line as it stood there."""
    form = await Form.read(request)
    first, last = form.date("from"), form.date("to")
    try:
        form.done()
        await confirming.confirm(db, viewer, mechanism_id, from_on=first, to_on=last, mark=form.raw("mark"))
        await db.flush()
    except (Conflict, Invalid) as refusal:
        await db.rollback()
        mechanism = await queries.readable(db, viewer, mechanism_id, lines=True)
        words = words_of(request)
        said = refusal.message if isinstance(refusal, Conflict) else next(iter(refusal.errors.values()))
        today = db.clock.today(mechanism.timezone)
        period = Period(first, last) if first and last and first <= last else last_quarter(today)
        answer = await _page(request, db, viewer, mechanism, period, refused=said.worded(words._))
        answer.status_code = refusal.status
        return answer
    return see_other(address(f"/mechanisms/{mechanism_id}/outcomes/confirm", from_=first, to=last))


@post("/mechanisms/{mechanism_id:int}/outcomes/confirm/take-back")
async def take_back(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Take the agency's word on that period back."""
    form = await Form.read(request)
    await queries.readable(db, viewer, mechanism_id, lines=True)
    first, last = form.date("from"), form.date("to")
    if form.errors or first is None or last is None:
        return see_other(f"/mechanisms/{mechanism_id}/outcomes/confirm")
    await confirming.take_back(db, viewer, mechanism_id, from_on=first, to_on=last)
    return see_other(address(f"/mechanisms/{mechanism_id}/outcomes/confirm", from_=first, to=last))


def _asked(request: AnyRequest, today: date) -> Period:
    given = request.query_params
    first, last = day_in_address(given, "from"), day_in_address(given, "to")
    if first is not None and last is not None and first <= last:
        return Period(first, last)
    year, ended = year_named(given.get("year", "")), last_quarter(today)
    if year is None or year > today.year or year == ended.first.year:
        return ended
    return quarters(year, today)[-1]


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, mechanism: Mechanism, period: Period, *, refused: str = ""
) -> Response[str]:
    words, today = words_of(request), db.clock.today(mechanism.timezone)
    year = min(period.last, today).year
    rows = [
        Quarter(
            one,
            await queries.sums(db, viewer, mechanism, one.first, one.last),
            await queries.standing(db, mechanism, one.first, one.last),
        )
        for one in quarters(year, today)
    ]
    standing = await queries.standing(db, mechanism, period.first, period.last)
    named = {one.agency_id for row in rows for one in row.standing.words} | {one.agency_id for one in standing.words}
    return shown(
        request,
        "results/confirm.html",
        path=f"/mechanisms/{mechanism.id}/outcomes/confirm",
        mechanism=mechanism,
        year=year,
        rows=rows,
        period=period,
        sum=await queries.sums(db, viewer, mechanism, period.first, period.last),
        mark=await queries.mark(db, viewer, mechanism, period.first, period.last),
        standing=standing,
        agencies=await queries.agencies(db, named),
        differences=await queries.differences(db, viewer, mechanism, period.first, period.last),
        voided=[
            one
            for one in await queries.voided(db, mechanism.id, period.first, period.last)
            if one.agency_id not in standing.confirmed_by
        ],
        said=SAID,
        own=viewer.acts_for(mechanism.id),
        sees_all=await queries.sees_all(db, viewer, mechanism, period.first, period.last),
        not_all_seen=words._(confirming.NOT_ALL_SEEN),
        labels=labels(words),
        today=today,
        zone=ZoneInfo(mechanism.timezone),
        refused=refused,
    )


handlers = [show, confirm, take_back]
