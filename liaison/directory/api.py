"""Agencies, offices and people for programs. Phone and mail are null where the caller may not read them."""

from typing import Any

import msgspec
from litestar import Response, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import UNSET, UnsetType

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import agencies, offices, people, queries
from liaison.directory.permissions import may_read_contact
from liaison.directory.values import agency_json, office_json, person_json
from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.mechanisms.queries import agencies_in_common
from liaison.web.api import Body, Paging, body, listed, named, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Id = FromPath[str]
Text = str | UnsetType | None
Number = int | UnsetType | None


class AgencyGiven(Body):
    short_name: str
    name: str
    kind: Text = UNSET
    mail: Text = UNSET
    phone: Text = UNSET
    locale: Text = UNSET
    sort_order: Number = UNSET


class AgencyChange(Body):
    short_name: Text = UNSET
    name: Text = UNSET
    kind: Text = UNSET
    mail: Text = UNSET
    phone: Text = UNSET
    locale: Text = UNSET
    sort_order: Number = UNSET
    active: bool | UnsetType = UNSET
    version: int | None = None


class OfficeGiven(Body):
    agency_id: str
    name: str
    mail: str
    phone: Text = UNSET


class OfficeChange(Body):
    name: Text = UNSET
    mail: Text = UNSET
    phone: Text = UNSET
    active: bool | UnsetType = UNSET
    version: int | None = None


class PersonGiven(Body):
    name: str
    agency_id: str
    key: Text = UNSET
    office_id: Text = UNSET
    contact_id: Text = UNSET
    department: Text = UNSET
    job_title: Text = UNSET
    rank: Number = UNSET
    mail: Text = UNSET
    phone: Text = UNSET
    locale: Text = UNSET


class PersonChange(Body):
    name: Text = UNSET
    key: Text = UNSET
    office_id: Text = UNSET
    contact_id: Text = UNSET
    department: Text = UNSET
    job_title: Text = UNSET
    rank: Number = UNSET
    mail: Text = UNSET
    phone: Text = UNSET
    locale: Text = UNSET
    agency_admin: bool | UnsetType = UNSET
    operator: bool | UnsetType = UNSET
    version: int | None = None


@get("/agencies")
async def all_agencies(db: Db, viewer: Me, paging: Page, short_name: FromQuery[str | None] = None) -> dict[str, Any]:
    """The active agencies, oldest first; `short_name` finds one."""
    limit, after = paging.limits()
    rows = await queries.agencies(db, viewer, after=after, limit=limit + 1, short_name=short_name)
    common = await agencies_in_common(db, viewer)
    return listed(rows, limit, lambda row: agency_json(row, contact=may_read_contact(viewer, row.id, common)))


@get("/agencies/{agency_id:str}")
async def one_agency(db: Db, viewer: Me, agency_id: Id) -> dict[str, Any]:
    """One agency."""
    return await _agency(db, viewer, row_id(agency_id))


@post("/agencies")
async def add_agency(request: AnyRequest, db: Db, viewer: Me) -> Response[bytes]:
    """Add an agency."""
    given = body(await request.body(), AgencyGiven)
    agency = await agencies.add_agency(db, viewer, **_given(given))
    return await reply(request, db, viewer, agency_json(agency), status=201)


@patch("/agencies/{agency_id:str}")
async def change_agency(request: AnyRequest, db: Db, viewer: Me, agency_id: Id) -> Response[bytes]:
    """Change what is given; `active` takes the agency out of use or back."""
    given = body(await request.body(), AgencyChange)
    id_, version = row_id(agency_id), seen(request, given.version)
    agency = await agencies.change_agency(db, viewer, id_, version=version, **_given(given, "active"))
    if given.active is not UNSET:
        act = agencies.reactivate_agency if given.active else agencies.deactivate_agency
        agency = await act(db, viewer, id_)
    return await reply(request, db, viewer, agency_json(agency))


@get("/offices")
async def all_offices(db: Db, viewer: Me, paging: Page, agency: FromQuery[str | None] = None) -> dict[str, Any]:
    """The active offices, oldest first; `agency` takes those of one agency."""
    limit, after = paging.limits()
    rows = await queries.offices(db, viewer, agency_id=_asked(agency), after=after, limit=limit + 1)
    common = await agencies_in_common(db, viewer)
    return listed(rows, limit, lambda row: office_json(row, contact=may_read_contact(viewer, row.agency_id, common)))


@get("/offices/{office_id:str}")
async def one_office(db: Db, viewer: Me, office_id: Id) -> dict[str, Any]:
    """One office."""
    office = await queries.office(db, viewer, row_id(office_id))
    return office_json(office, contact=await _reads(db, viewer, office.agency_id))


@post("/offices")
async def add_office(request: AnyRequest, db: Db, viewer: Me) -> Response[bytes]:
    """Add an office."""
    given = body(await request.body(), OfficeGiven)
    agency_id = await _agency_named(db, viewer, given.agency_id)
    office = await offices.add_office(db, viewer, agency_id=agency_id, **_given(given, "agency_id"))
    return await reply(request, db, viewer, office_json(office), status=201)


@patch("/offices/{office_id:str}")
async def change_office(request: AnyRequest, db: Db, viewer: Me, office_id: Id) -> Response[bytes]:
    """Change what is given; `active` takes the office out of use or back."""
    given = body(await request.body(), OfficeChange)
    id_, version = row_id(office_id), seen(request, given.version)
    office = await offices.change_office(db, viewer, id_, version=version, **_given(given, "active"))
    if given.active is not UNSET:
        act = offices.reactivate_office if given.active else offices.deactivate_office
        office = await act(db, viewer, id_)
    return await reply(request, db, viewer, office_json(office))


@get("/people")
async def all_people(
    db: Db,
    viewer: Me,
    paging: Page,
    agency: FromQuery[str | None] = None,
    key: FromQuery[str | None] = None,
    q: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """The active people, oldest first; `agency`, `key` and `q` (words of name, post or agency) narrow the list."""
    limit, after = paging.limits()
    rows = await queries.people(
        db,
        viewer,
        agency_id=_asked(agency),
        key=key,
        words=(q or "").strip()[:60] or None,
        after=after,
        limit=limit + 1,
    )
    common = await agencies_in_common(db, viewer)
    return listed(rows, limit, lambda row: person_json(row, contact=may_read_contact(viewer, row.agency_id, common)))


@get("/people/{person_id:str}")
async def one_person(db: Db, viewer: Me, person_id: Id) -> dict[str, Any]:
    """One person."""
    person = await queries.person(db, viewer, row_id(person_id))
    return person_json(person, contact=await _reads(db, viewer, person.agency_id))


@post("/people")
async def add_person(request: AnyRequest, db: Db, viewer: Me) -> Response[bytes]:
    """Add a person to an agency; mail is optional and need not be unique."""
    given = body(await request.body(), PersonGiven)
    agency_id = await _agency_named(db, viewer, given.agency_id)
    person = await people.add_person(db, viewer, agency_id=agency_id, **_given(given, "agency_id"))
    return await reply(request, db, viewer, person_json(person), status=201)


@patch("/people/{person_id:str}")
async def change_person(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Response[bytes]:
    """Change what is given; `agency_admin` and `operator` name somebody or release them."""
    given = body(await request.body(), PersonChange)
    id_, version = row_id(person_id), seen(request, given.version)
    changes = _given(given, "agency_admin", "operator")
    roles = given.agency_admin is not UNSET or given.operator is not UNSET
    if changes or not roles:
        await people.change_person(db, viewer, id_, version=version, **changes)
    if given.agency_admin is not UNSET:
        await people.name_agency_admin(db, viewer, id_, is_admin=given.agency_admin)
    if given.operator is not UNSET:
        await people.name_operator(db, viewer, id_, is_operator=given.operator)
    return await reply(request, db, viewer, await one_person_now(db, viewer, id_))


async def one_person_now(db: Session, viewer: Viewer, person_id: int) -> dict[str, Any]:
    """The person as the caller may see them after an act."""
    await db.flush()
    person = await queries.person(db, viewer, person_id)
    return person_json(person, contact=await _reads(db, viewer, person.agency_id))


async def _agency(db: Session, viewer: Viewer, agency_id: int) -> dict[str, Any]:
    agency = await queries.agency(db, viewer, agency_id)
    return agency_json(agency, contact=await _reads(db, viewer, agency.id))


async def _reads(db: Session, viewer: Viewer, agency_id: int) -> bool:
    return may_read_contact(viewer, agency_id, await agencies_in_common(db, viewer))


async def _agency_named(db: Session, viewer: Viewer, text: str) -> int:
    """The agency a body names, if the caller may know of it. Raises Invalid on its field."""
    agency_id = named(text)
    if not any(row.id == agency_id for row in await queries.agencies_in_order(db, viewer)):
        raise Invalid({"agency_id": N_("There is no such agency.")})
    return agency_id


def _asked(text: str | None) -> int | None:
    return named(text) if text else None


def _given(given: Body, *without: str) -> Any:
    """The fields that the body has, ids as numbers."""
    fields: dict[str, Any] = {
        name: value for name, value in msgspec.structs.asdict(given).items() if value is not UNSET
    }
    for name in ("version", *without):
        fields.pop(name, None)
    for name in ("office_id", "contact_id"):
        if fields.get(name) is not None:
            fields[name] = named(fields[name])
    return fields


api = Router(
    "/",
    route_handlers=[
        all_agencies,
        one_agency,
        add_agency,
        change_agency,
        all_offices,
        one_office,
        add_office,
        change_office,
        all_people,
        one_person,
        add_person,
        change_person,
    ],
)
