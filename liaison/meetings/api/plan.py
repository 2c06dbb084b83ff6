"""The annual plan as a whole: its dates, sending it, and how the promise is kept."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import QueryParameter

from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.rhythm import YearRhythm
from liaison.meetings import annual, queries
from liaison.meetings.annual import Proposal
from liaison.meetings.api.shared import Db, Id, Me
from liaison.meetings.plan_queries import sent_plans
from liaison.meetings.sending_plan import send_plan
from liaison.web.api import Body, body, reply
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

MOST_YEARS = 10
Year = Annotated[int | None, QueryParameter(ge=2000, le=2199, description="this year where none is given")]


class SendGiven(Body):
    year: int
    number: int | None = None


@get("/mechanisms/{mechanism_id:str}/plan")
async def plan_of_year(db: Db, viewer: Me, mechanism_id: Id, year: Year = None) -> dict[str, Any]:
    """The dates of a year by all series: certain or provisional, what the day is, who hosts or would, the meeting planned for it, or why
    it is left out. `sent` says when and how often the plan was told."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    chosen = year if year is not None else db.clock.today(mechanism.timezone).year
    rows = await annual.proposals(db, viewer, mechanism, chosen)
    sent = await sent_plans(db, mechanism.id, chosen) if mechanism.id in viewer.shares_mechanism_ids() else []
    return {
        "year": chosen,
        "items": [_row_json(row) for row in rows],
        "next": None,
        "sent": {"number": sent[-1].number, "at": sent[-1].sent_at} if sent else None,
    }


@post("/mechanisms/{mechanism_id:str}/plan/send", status_code=200)
async def send(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Plan what has no draft yet and tell the member agencies of the year; again, only what changed. `number` is the one you expect it
    to get: 1 for the plan itself. 409 where there is nothing to tell."""
    given = body(await request.body(), SendGiven)
    if not 2000 <= given.year <= 2199:
        raise Invalid({"year": N_("Please give a year from 2000 to 2199.")})
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    sent = await send_plan(db, viewer, mechanism.id, given.year, number=given.number)
    return await reply(request, db, viewer, {"year": sent.year, "number": sent.number, "at": sent.sent_at})


@get("/mechanisms/{mechanism_id:str}/promise")
async def promise_kept(
    db: Db,
    viewer: Me,
    mechanism_id: Id,
    first: Annotated[int | None, QueryParameter(name="from", ge=2000, le=2199, description="the first year")] = None,
    last: Annotated[
        int | None, QueryParameter(name="to", ge=2000, le=2199, description="the last year, at most nine later")
    ] = None,
) -> dict[str, Any]:
    """Year by year how many regular meetings the series promise, and how many were held, are still to come, or were missed, with the
    quarter (or the month, where a quarter promises several) and the reason where one was given. By default this year and five before."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    today = db.clock.today(mechanism.timezone)
    until = last if last is not None else today.year
    since = first if first is not None else until - 5
    if not since <= until < since + MOST_YEARS:
        raise Invalid({"to": N_("Please ask for one to ten years, the first one first.")})
    rhythms = await queries.rhythms_of(db, viewer, mechanism, range(since, until + 1), today)
    return {"items": [_year_json(year, rhythm) for year, rhythm in rhythms.items()], "next": None}


def _year_json(year: int, rhythm: YearRhythm) -> dict[str, Any]:
    count, period = rhythm.count, "month" if rhythm.by_month else "quarter"
    return {
        "year": year,
        "promised": count.promised,
        "held": count.held,
        "due": count.due,
        "missed": [{period: one.period, "date": one.date, "reason": one.reason} for one in count.missed],
    }


def _row_json(row: Proposal) -> dict[str, Any]:
    return {
        "series_id": str(row.series.id),
        "date": row.day.date,
        "nominal": row.day.nominal,
        "certain": row.day.certain,
        "day": row.kind,
        "host_agency_id": str(row.host.id) if row.host else None,
        "meeting_id": str(row.meeting.id) if row.meeting else None,
        "skipped": row.skipped,
    }


HANDLERS = [plan_of_year, send, promise_kept]
