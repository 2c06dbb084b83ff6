"""The rules that a mechanism's regular meetings follow."""

from datetime import date, time
from typing import Any

import msgspec
from litestar import Response, get, patch, post
from msgspec import UNSET, UnsetType

from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries
from liaison.meetings import series as verbs
from liaison.meetings.api.shared import Db, Id, Me, Page
from liaison.meetings.values import series_json
from liaison.web.api import Body, body, listed, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest


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


@get("/mechanisms/{mechanism_id:str}/series")
async def series_of_mechanism(db: Db, viewer: Me, paging: Page, mechanism_id: Id) -> dict[str, Any]:
    """The mechanism's series, oldest first."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    limit, after = paging.limits()
    rows = [one for one in await queries.series_of(db, mechanism.id) if one.id > after]
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


def _fields(given: SeriesGiven | SeriesChange) -> dict[str, Any]:
    fields = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not UNSET}
    fields.pop("version", None)
    if "start_time" in fields:
        try:
            fields["start_time"] = time.fromisoformat(fields["start_time"]).replace(
                second=0, microsecond=0, tzinfo=None
            )
        except ValueError:
            raise Invalid({"start_time": N_("Please give a time such as 14:30.")}) from None
    return fields


HANDLERS = [series_of_mechanism, add_series, one_series, change_series]
