"""The contact log for programs: your own agency's notes of contacts between meetings, and what becomes of them."""

from datetime import date
from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.notices import contact_log, contact_queries
from liaison.notices.contact_queries import Filters
from liaison.notices.values import contact_json
from liaison.web.api import Body, Paging, body, listed, named_if_given, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Id = FromPath[str]


class ContactGiven(Body):
    subject: str
    way: str
    counterpart: str | None = None
    with_agency_id: str | None = None
    on: date | None = None
    follow_up: str | None = None


class ContactChange(Body):
    subject: str | None = None
    way: str | None = None
    counterpart: str | msgspec.UnsetType | None = msgspec.UNSET
    with_agency_id: str | msgspec.UnsetType | None = msgspec.UNSET
    on: date | None = None
    follow_up: str | msgspec.UnsetType | None = msgspec.UNSET
    version: int | None = None


class ActGiven(Body):
    pass


@get("/mechanisms/{mechanism_id:str}/contact-log")
async def log_of_mechanism(db: Db, viewer: Me, paging: Page, mechanism_id: Id) -> dict[str, Any]:
    """What your agency noted in this mechanism, newest day first."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    limit, last = paging.limits()
    rows = await contact_queries.listed(db, viewer, Filters(mechanism.id), before=last or None, limit=limit + 1)
    return listed(rows, limit, contact_json)


@post("/mechanisms/{mechanism_id:str}/contact-log")
async def log(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Note a contact, today's unless `on` says otherwise, with a `counterpart`, a member agency or both."""
    given = body(await request.body(), ContactGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    entry = await contact_log.log(
        db,
        viewer,
        mechanism.id,
        subject=given.subject,
        way=given.way,
        counterpart=given.counterpart,
        with_agency_id=named_if_given(given.with_agency_id),
        on=given.on,
        follow_up=given.follow_up,
    )
    return await _answered(request, db, viewer, entry.id, status=201)


@get("/contact-log/{contact_id:str}")
async def one_contact(db: Db, viewer: Me, contact_id: Id) -> dict[str, Any]:
    """One entry with what was made of it."""
    return contact_json(await contact_queries.get(db, viewer, row_id(contact_id)))


@patch("/contact-log/{contact_id:str}")
async def change(request: AnyRequest, db: Db, viewer: Me, contact_id: Id) -> Response[bytes]:
    """Say it otherwise; what was made of it stays as it is."""
    given = body(await request.body(), ContactChange)
    entry = await contact_queries.get(db, viewer, row_id(contact_id))
    agency = given.with_agency_id
    await contact_log.change(
        db,
        viewer,
        entry,
        subject=entry.subject if given.subject is None else given.subject,
        way=entry.way if given.way is None else given.way,
        counterpart=entry.counterpart if given.counterpart is msgspec.UNSET else given.counterpart,
        with_agency_id=entry.with_agency_id if agency is msgspec.UNSET else named_if_given(agency),
        on=given.on or entry.on,
        follow_up=entry.follow_up if given.follow_up is msgspec.UNSET else given.follow_up,
        version=seen(request, given.version),
    )
    return await _answered(request, db, viewer, entry.id)


@delete("/contact-log/{contact_id:str}")
async def remove(request: AnyRequest, db: Db, viewer: Me, contact_id: Id) -> None:
    """Take it away, with If-Match only as you saw it; what was made of it stays."""
    entry = await contact_queries.get(db, viewer, row_id(contact_id))
    await contact_log.remove(db, viewer, entry, version=seen(request, None))


@post("/contact-log/{contact_id:str}/notice", status_code=200)
async def notice(request: AnyRequest, db: Db, viewer: Me, contact_id: Id) -> Response[bytes]:
    """The draft of a notice to that agency: `notice_id` of the answer. Twice is once."""
    body(await request.body(), ActGiven)
    entry = await contact_queries.get(db, viewer, row_id(contact_id))
    await contact_log.make_notice(db, viewer, entry)
    return await _answered(request, db, viewer, entry.id)


@post("/contact-log/{contact_id:str}/agenda-item", status_code=200)
async def agenda_item(request: AnyRequest, db: Db, viewer: Me, contact_id: Id) -> Response[bytes]:
    """An item of your agency for the next meeting: `agenda_item_id` of the answer. Twice is once."""
    body(await request.body(), ActGiven)
    entry = await contact_queries.get(db, viewer, row_id(contact_id))
    await contact_log.put_on_agenda(db, viewer, entry)
    return await _answered(request, db, viewer, entry.id)


@post("/contact-log/{contact_id:str}/action-item", status_code=200)
async def action_item(request: AnyRequest, db: Db, viewer: Me, contact_id: Id) -> Response[bytes]:
    """An action item of your agency: `action_item_id` of the answer. Twice is once."""
    body(await request.body(), ActGiven)
    entry = await contact_queries.get(db, viewer, row_id(contact_id))
    await contact_log.assign(db, viewer, entry)
    return await _answered(request, db, viewer, entry.id)


async def _answered(
    request: AnyRequest, db: Session, viewer: Viewer, contact_id: int, *, status: int = 200
) -> Response[bytes]:
    await db.flush()
    shown = contact_json(await contact_queries.get(db, viewer, contact_id))
    return await reply(request, db, viewer, shown, status=status)


handlers = [log_of_mechanism, log, one_contact, change, remove, notice, agenda_item, action_item]
