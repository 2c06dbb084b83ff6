"""The rules that a mechanism's regular meetings follow."""

from datetime import date, time
from typing import Annotated, Any

import msgspec
from litestar import Response, get, patch, post
from litestar.params import QueryParameter
from msgspec import UNSET, UnsetType

from liaison.calendaring.workdays import Rolled
from liaison.errors import Invalid
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import annual, queries, skipping
from liaison.meetings import series as verbs
from liaison.meetings.api.shared import Db, Id, Me, Page, brief
from liaison.meetings.values import series_json
from liaison.meetings.wording import why_moved
from liaison.web.api import Body, body, listed, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest, words_of


class SeriesGiven(Body):
    name: str
    rrule: str
    starts_on: date
    start_time: str
    duration_minutes: int
    roll: str = "following"
    avoid_makeup: bool = True
    location: str | None = None


class SeriesChange(Body):
    name: str | UnsetType = UNSET
    rrule: str | UnsetType = UNSET
    starts_on: date | UnsetType = UNSET
    start_time: str | UnsetType = UNSET
    duration_minutes: int | UnsetType = UNSET
    roll: str | UnsetType = UNSET
    avoid_makeup: bool | UnsetType = UNSET
    location: str | UnsetType | None = UNSET
    version: int | None = None


class PlanGiven(Body):
    dates: list[date]
    hosts: dict[str, str] = msgspec.field(default_factory=dict)


class SkipGiven(Body):
    date: date
    reason: str


class UnskipGiven(Body):
    date: date


@get("/mechanisms/{mechanism_id:str}/series")
async def series_of_mechanism(db: Db, viewer: Me, paging: Page, mechanism_id: Id) -> dict[str, Any]:
    """The mechanism's series, oldest first."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    limit, after = paging.limits()
    rows = [one for one in await queries.series_of(db, mechanism.id, seen_by=viewer) if one.id > after]
    return listed(rows, limit, series_json)


@post("/mechanisms/{mechanism_id:str}/series")
async def add_series(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Enter the rule of regular meetings: an RRULE of days (RFC 5545), the local start time, and how dates leave free days."""
    given = body(await request.body(), SeriesGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    made = await verbs.add_series(db, viewer, mechanism.id, **_fields(given))
    return await reply(request, db, viewer, series_json(made), status=201)


@get("/series/{series_id:str}")
async def one_series(db: Db, viewer: Me, series_id: Id) -> dict[str, Any]:
    """One series."""
    return series_json(await queries.series(db, viewer, row_id(series_id)))


@patch("/series/{series_id:str}")
async def change_series(request: AnyRequest, db: Db, viewer: Me, series_id: Id) -> Response[bytes]:
    """Change what is given; meetings already planned keep their dates."""
    given = body(await request.body(), SeriesChange)
    series = await queries.series(db, viewer, row_id(series_id))
    changed = await verbs.change_series(db, viewer, series, version=seen(request, given.version), **_fields(given))
    return await reply(request, db, viewer, series_json(changed))


@get("/series/{series_id:str}/dates")
async def dates_of_series(
    request: AnyRequest,
    db: Db,
    viewer: Me,
    series_id: Id,
    first: Annotated[str | None, QueryParameter(name="from", description="the first day, such as 2026-01-01")] = None,
    last: Annotated[str | None, QueryParameter(name="to", description="the last day, at most five years later")] = None,
) -> dict[str, Any]:
    """The days that the rule names from one day to another, both included, moved off free days; an agency that joined later or has
    left sees those of its own time.

    `nominal` is where the rule itself puts it, `why` (code, params, and text in your language) why it moved; `certain` is false while
    it rests on a holiday calendar that is not published yet."""
    series = await queries.series(db, viewer, row_id(series_id))
    mechanism = await mechanisms.get(db, viewer, series.mechanism_id)
    start, end = _day("from", first), _day("to", last)
    words = words_of(request)
    found = await annual.dates_of(db, viewer, series, mechanism.region, start, end)
    return {"items": [_date_json(one, words) for one in found], "next": None}


@post("/series/{series_id:str}/plan")
async def plan_series(request: AnyRequest, db: Db, viewer: Me, series_id: Id) -> Response[bytes]:
    """Plan a draft meeting on each of these dates of the series, with hosts in turn but for those that `hosts` names (agency ids by
    date); nobody is told.

    A date that has its meeting already is left as it is, so that planning twice changes nothing; `items` are the meetings of all the
    dates. 201 if any was planned, else 200."""
    given = body(await request.body(), PlanGiven)
    series = await queries.series(db, viewer, row_id(series_id))
    hosts = {(series.id, _day("hosts", day)): row_id(host) for day, host in given.hosts.items()}
    planned = await annual.plan(db, viewer, series.mechanism_id, [(series.id, day) for day in given.dates], hosts)
    meetings = sorted([*planned.made, *planned.kept], key=lambda meeting: (meeting.starts_at, meeting.id))
    answer = {"items": [brief(one, db.now()) for one in meetings], "next": None}
    return await reply(request, db, viewer, answer, status=201 if planned.made else 200)


@post("/series/{series_id:str}/skip", status_code=200)
async def skip_date(request: AnyRequest, db: Db, viewer: Me, series_id: Id) -> Response[bytes]:
    """Leave a promised date out, with the reason: it counts as missed. Refused while a meeting is planned for it."""
    given = body(await request.body(), SkipGiven)
    series = await queries.series(db, viewer, row_id(series_id))
    row = await skipping.skip(db, viewer, series, given.date, reason=given.reason)
    answer = {"date": given.date, "nominal": row.nominal_on, "reason": row.reason, "skipped_at": row.skipped_at}
    return await reply(request, db, viewer, answer)


@post("/series/{series_id:str}/unskip", status_code=200)
async def unskip_date(request: AnyRequest, db: Db, viewer: Me, series_id: Id) -> Response[bytes]:
    """Take a date up again that was left out."""
    given = body(await request.body(), UnskipGiven)
    series = await queries.series(db, viewer, row_id(series_id))
    await skipping.unskip(db, viewer, series, given.date)
    return await reply(request, db, viewer, {"date": given.date, "reason": None})


def _day(field: str, text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise Invalid({field: N_("Please give a date such as 2026-12-17.")}) from None


def _date_json(day: Rolled, words: Words) -> dict[str, Any]:
    why = {"code": day.why.code, "params": dict(day.why.params)} if day.why else None
    return {
        "date": day.date,
        "nominal": day.nominal,
        "certain": day.certain,
        "why": {**why, "text": why_moved(why, words)} if why else None,
    }


def _fields(given: SeriesGiven | SeriesChange) -> dict[str, Any]:
    fields = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not UNSET}
    fields.pop("version", None)
    if "start_time" in fields:
        try:
            start_time = time.fromisoformat(fields["start_time"])
        except ValueError:
            start_time = None
        if start_time is None or start_time.tzinfo is not None:  # the zone is the mechanism's
            raise Invalid({"start_time": N_("Please give a time such as 14:30.")})
        fields["start_time"] = start_time.replace(second=0, microsecond=0)
    return fields


HANDLERS = [
    series_of_mechanism,
    add_series,
    one_series,
    change_series,
    dates_of_series,
    plan_series,
    skip_date,
    unskip_date,
]
