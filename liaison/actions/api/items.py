"""Action items for programs: the ledger, one item, progress, and how it ends."""

from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, patch, post
from litestar.params import FromQuery, QueryParameter
from msgspec import UNSET, UnsetType

from liaison.accounts.viewer import Viewer
from liaison.actions import assigning, closing, extension_queries, figure_queries, queries, reminding, reporting
from liaison.actions.api.shared import Db, Id, Me, Page, acted, full, shown
from liaison.actions.models import ActionItem
from liaison.actions.queries import Filters
from liaison.actions.values import change_json, figures_json, progress_json, reminder_json
from liaison.checks import Check
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries as meetings
from liaison.meetings.replies import Registered
from liaison.web.api import Body, RegisteredGiven, body, listed, named, reply
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

STATUSES = ("open", "overdue", "done", "not_possible")


class ActionGiven(Body):
    title: str
    lead_agency_id: str
    supporting_agency_ids: list[str] = msgspec.field(default_factory=list)
    owner_id: str | None = None
    due_on: date | None = None
    decision_id: str | None = None


class ActionChange(Body):
    title: str | UnsetType = UNSET
    lead_agency_id: str | UnsetType = UNSET
    supporting_agency_ids: list[str] | UnsetType = UNSET
    owner_id: str | UnsetType | None = UNSET
    due_on: date | UnsetType | None = UNSET
    reason: str | None = None
    version: int | None = None


class ProgressGiven(Body):
    text: str
    registered: RegisteredGiven | None = None


class CompleteGiven(Body):
    note: str | None = None
    version: int | None = None


class ReasonGiven(Body):
    reason: str
    version: int | None = None


class TransferGiven(Body):
    lead_agency_id: str | None = None
    owner_id: str | None = None
    reason: str | None = None
    version: int | None = None


class RemindGiven(Body):
    again: bool = False


class VersionGiven(Body):
    version: int | None = None


@get("/action-items")
async def all_items(
    db: Db,
    viewer: Me,
    paging: Page,
    mechanism: FromQuery[str | None] = None,
    agency: FromQuery[str | None] = None,
    owner: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    due_before: FromQuery[date | None] = None,
) -> dict[str, Any]:
    """The ledger as far as you may see it, in the order in which items were entered. `status` is open, overdue, done or
    not_possible; `agency` finds what it leads or supports; `owner` is a person."""
    check = Check()
    if status is not None:
        check.choice("status", status, STATUSES)
    check.done()
    limit, after = paging.limits()
    filters = Filters(
        mechanism_id=row_id(mechanism) if mechanism else None,
        agency_id=row_id(agency) if agency else None,
        owner_id=row_id(owner) if owner else None,
        status=status,
        due_before=due_before,
    )
    today = db.clock.today(db.settings.timezone)
    rows = await queries.listing(db, viewer, filters, today=today, after=after, limit=limit + 1)
    return await _listed(db, viewer, rows, limit)


@get("/action-items/figures")
async def figures_of_period(
    db: Db,
    viewer: Me,
    since: Annotated[
        date | None, QueryParameter(name="from", description="this year's first where none is given")
    ] = None,
    until: Annotated[date | None, QueryParameter(name="to", description="today where none is given")] = None,
    mechanism: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """By responsible agency, for the days from `from` to `to`: open and overdue at their end, done, on time and late within them, how many
    were carried over, and the extensions agreed to."""
    chosen = row_id(mechanism) if mechanism else None
    today = db.clock.today(db.settings.timezone)
    first = since or date(today.year, 1, 1)
    found = await figure_queries.of_period(db, viewer, first, until or today, mechanism_id=chosen)
    return {"items": [figures_json(one) for _, one in found], "next": None}


@get("/meetings/{meeting_id:str}/action-items")
async def items_of_meeting(db: Db, viewer: Me, paging: Page, meeting_id: Id) -> dict[str, Any]:
    """The items that this meeting asked for."""
    meeting = await meetings.get(db, viewer, row_id(meeting_id))
    limit, after = paging.limits()
    rows = [item for item in await queries.of_meeting(db, viewer, meeting.id) if item.id > after]
    return await _listed(db, viewer, rows, limit)


@post("/meetings/{meeting_id:str}/action-items")
async def assign_in_meeting(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Give one agency something to do, from this meeting and perhaps from one of its decisions."""
    given = body(await request.body(), ActionGiven)
    meeting = await meetings.get(db, viewer, row_id(meeting_id))
    item = await assigning.assign(db, viewer, meeting.mechanism_id, meeting=meeting, **_fields(given))
    return await reply(request, db, viewer, await full(db, viewer, item), status=201)


@post("/mechanisms/{mechanism_id:str}/action-items")
async def assign_between_meetings(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Give one agency something to do between meetings."""
    given = body(await request.body(), ActionGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    item = await assigning.assign(db, viewer, mechanism.id, **_fields(given))
    return await reply(request, db, viewer, await full(db, viewer, item), status=201)


@get("/action-items/{action_id:str}")
async def one_item(db: Db, viewer: Me, action_id: Id) -> dict[str, Any]:
    """One item with its progress and with its former dates and owners, newest first."""
    item = await queries.get(db, viewer, row_id(action_id))
    zone = ZoneInfo(item.mechanism.timezone)
    notes = [progress_json(one, zone) for one in await queries.progress_of(db, viewer, item)]
    history = [change_json(one, zone) for one in await extension_queries.changes_of(db, viewer, item)]
    reminders = [reminder_json(one, zone) for one in await reminding.of_item(db, viewer, item)]
    return {**await full(db, viewer, item), "progress": notes, "history": history, "reminders": reminders}


@patch("/action-items/{action_id:str}")
async def change(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """Change what is given of an open item. Once it was told, its agency sets an earlier `due_on` and asks for a later one by an extension;
    the host agency's liaison or the chair of the meeting corrects a wrong one with a `reason`, which the agency is mailed."""
    given = body(await request.body(), ActionChange)
    return await acted(request, db, viewer, action_id, assigning.change, given.version, **_fields(given))


@post("/action-items/{action_id:str}/progress")
async def report(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """How it goes; with `registered` what was told another way."""
    given = body(await request.body(), ProgressGiven)
    item = await queries.get(db, viewer, row_id(action_id))
    registered = Registered(**msgspec.structs.asdict(given.registered)) if given.registered else None
    progress = await reporting.report(db, viewer, item, given.text, registered=registered)
    return await reply(request, db, viewer, progress_json(progress, ZoneInfo(item.mechanism.timezone)), status=201)


@post("/action-items/{action_id:str}/complete", status_code=200)
async def complete(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """Done."""
    given = body(await request.body(), CompleteGiven)
    return await acted(request, db, viewer, action_id, reporting.complete, given.version, note=given.note)


@post("/action-items/{action_id:str}/not-possible", status_code=200)
async def give_up(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """No longer possible, with the reason."""
    given = body(await request.body(), ReasonGiven)
    return await acted(request, db, viewer, action_id, reporting.give_up, given.version, reason=given.reason)


@post("/action-items/{action_id:str}/transfer", status_code=200)
async def transfer(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """Hand an open item over: to another owner with their agency, or to another agency whose owner is still to be named."""
    given = body(await request.body(), TransferGiven)
    to = {name: named(each) for name in ("lead_agency_id", "owner_id") if (each := getattr(given, name)) is not None}
    return await acted(request, db, viewer, action_id, assigning.transfer, given.version, reason=given.reason, **to)


@post("/action-items/{action_id:str}/reopen", status_code=200)
async def reopen(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """It goes on after all."""
    given = body(await request.body(), VersionGiven)
    return await acted(request, db, viewer, action_id, reporting.reopen, given.version)


@post("/action-items/{action_id:str}/close", status_code=200)
async def close(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """Close what is reported done, where the mechanism asks for it (`needs_closing`)."""
    given = body(await request.body(), VersionGiven)
    return await acted(request, db, viewer, action_id, closing.close, given.version)


@post("/action-items/{action_id:str}/send-back", status_code=200)
async def send_back(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """Send back what is reported done, with the reason: it goes on."""
    given = body(await request.body(), ReasonGiven)
    return await acted(request, db, viewer, action_id, closing.send_back, given.version, reason=given.reason)


@post("/action-items/{action_id:str}/remind", status_code=200)
async def remind(request: AnyRequest, db: Db, viewer: Me, action_id: Id) -> Response[bytes]:
    """Remind of it by one mail: within the responsible agency the owner, from another one its liaison. A second time on the same day only
    with `again`."""
    given = body(await request.body(), RemindGiven)
    item = await queries.get(db, viewer, row_id(action_id))
    sent = await reminding.remind(db, viewer, item, again=given.again)
    zone = ZoneInfo(item.mechanism.timezone)
    return await reply(request, db, viewer, {"action_item_id": str(item.id), **reminder_json(sent, zone)})


async def _listed(db: Session, viewer: Viewer, rows: list[ActionItem], limit: int) -> dict[str, Any]:
    carried = await queries.carried(db, rows[:limit])
    return listed(rows, limit, lambda item: shown(db, viewer, item, carried))


def _fields(given: ActionGiven | ActionChange) -> dict[str, Any]:
    fields = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not UNSET}
    fields.pop("version", None)
    for name in ("lead_agency_id", "owner_id", "decision_id"):
        if fields.get(name) is not None:
            fields[name] = named(fields[name])
    if "supporting_agency_ids" in fields:
        fields["supporting_agency_ids"] = [named(one) for one in fields["supporting_agency_ids"]]
    return fields


handlers = [
    all_items,
    figures_of_period,
    items_of_meeting,
    assign_in_meeting,
    assign_between_meetings,
    one_item,
    change,
    report,
    complete,
    give_up,
    transfer,
    reopen,
    close,
    send_back,
    remind,
]
