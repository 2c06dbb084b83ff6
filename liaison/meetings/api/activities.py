"""Joint activities for programs: who co-hosts one and whom it is for, what was counted, and a mechanism's year of them."""

from typing import Any

import msgspec
from litestar import Response, get, put
from litestar.params import FromQuery

from liaison.checks import Check
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import activities, activity_queries, queries
from liaison.meetings.activity_models import FIGURES, ActivityFigures
from liaison.meetings.activity_table import Held, sums
from liaison.meetings.api.shared import Db, Id, Me
from liaison.meetings.models import ACTIVITIES, Meeting
from liaison.web.api import Body, body, named, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

YEARS = range(2000, 2200)


class ActivityGiven(Body):
    co_host_agency_ids: list[str] = msgspec.field(default_factory=list)
    co_hosts: list[str] = msgspec.field(default_factory=list)
    audience_groups: list[str] = msgspec.field(default_factory=list)
    version: int | None = None


class FiguresGiven(Body):
    brochures: int | None = None
    consultations: int | None = None
    turnout: int | None = None
    leads: int | None = None
    version: int | None = None


@get("/meetings/{meeting_id:str}/activity")
async def activity(db: Db, viewer: Me, meeting_id: Id) -> dict[str, Any]:
    """Of a joint activity its co-hosts, audience and figures."""
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    return _json(await _whole(db, meeting))


@put("/meetings/{meeting_id:str}/activity")
async def describe_activity(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Say who co-hosts it, by `co_host_agency_ids` and by name, and whom it is for; what is left out is taken away. Told by
    `send`. `version` is the meeting's."""
    given = body(await request.body(), ActivityGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await activities.describe(
        db,
        viewer,
        meeting,
        co_host_ids=[named(one) for one in given.co_host_agency_ids],
        co_host_names=given.co_hosts,
        audience_groups=given.audience_groups,
        version=seen(request, given.version),
    )
    return await reply(request, db, viewer, _json(await _whole(db, meeting)))


@put("/meetings/{meeting_id:str}/figures")
async def count_activity(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Enter what was counted at an activity that was held; null is what nobody counted."""
    given = body(await request.body(), FiguresGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    figures = {name: getattr(given, name) for name in FIGURES}
    await activities.count(db, viewer, meeting, figures, version=seen(request, given.version))
    return await reply(request, db, viewer, _json(await _whole(db, meeting)))


@get("/mechanisms/{mechanism_id:str}/activities")
async def activities_of_mechanism(
    db: Db, viewer: Me, mechanism_id: Id, year: FromQuery[int | None] = None, kind: FromQuery[str | None] = None
) -> dict[str, Any]:
    """The activities of a year (this one) that you may know of, in order of time, of one `kind` or of all, and `sums` of those that were held."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    if kind is not None:
        check = Check()
        check.choice("kind", kind, ACTIVITIES)
        check.done()
    year = year if year is not None and year in YEARS else db.clock.today(mechanism.timezone).year
    found = await activity_queries.of_year(db, viewer, mechanism.id, year, kind=kind)
    total = [{"kind": one.kind, "held": one.held, **one.figures} for one in sums(found)]
    return {"items": [_json(one) for one in found], "next": None, "sums": total}


async def _whole(db: Any, meeting: Meeting) -> Held:
    hosts = [one.agency for one in await activity_queries.co_hosts(db, meeting.id)]
    return Held(meeting, hosts, await activity_queries.figures(db, meeting.id))


def _json(one: Held) -> dict[str, Any]:
    meeting = one.meeting
    return {
        "meeting_id": str(meeting.id),
        "kind": meeting.kind,
        "title": meeting.title,
        "date": meeting.local_on,
        "state": meeting.state,
        "host_agency_id": str(meeting.host_agency_id),
        "co_hosts": [
            {"agency_id": str(each.id) if each.kept_by_id is None else None, "name": each.name} for each in one.co_hosts
        ],
        "audience_groups": meeting.audience_groups or [],
        "version": meeting.version,
        "figures": _figures(one.figures),
    }


def _figures(found: ActivityFigures | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {**{name: getattr(found, name) for name in FIGURES}, "version": found.version}


HANDLERS = [activity, describe_activity, count_activity, activities_of_mechanism]
