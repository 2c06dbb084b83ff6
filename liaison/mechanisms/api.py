"""Mechanisms, agreements, members, designations and deadlines for programs."""

from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Response, Router, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import UNSET, UnsetType

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotFound
from liaison.life import queries as life
from liaison.mechanisms import agreement as agreements
from liaison.mechanisms import designating, founding, known, list_checks, queries
from liaison.mechanisms import members as membership
from liaison.mechanisms.clauses import ClauseSaid
from liaison.mechanisms.models import ONLINE, Designation
from liaison.mechanisms.obligations import Obligation
from liaison.mechanisms.permissions import sees_until
from liaison.mechanisms.values import (
    agreement_json,
    clause_json,
    deadlines_json,
    designation_json,
    mechanism_json,
    member_json,
)
from liaison.web.api import Body, Paging, body, listed, named, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Id = FromPath[str]


class MemberGiven(Body):
    agency_id: str
    joined_on: date | None = None
    takes_part: str = ONLINE


YEARS = range(2000, 2200)


class ObligationGiven(Body):
    """meetings or activities (`amount` a `period`: quarter, half, year), answers or minutes (within `amount` working days), liaison."""

    kind: str
    amount: int | None = None
    period: str | None = None


class ClauseGiven(Body):
    number: int
    text: str
    obligation: ObligationGiven | UnsetType | None = UNSET

    def said(self) -> ClauseSaid:
        """As the verb takes it; left out, the obligation beside this number stays."""
        if self.obligation is UNSET or self.obligation is None:
            return ClauseSaid(self.number, self.text, says_obligation=self.obligation is None)
        one = self.obligation
        return ClauseSaid(self.number, self.text, one.kind, one.amount, one.period, True)


class AgreementGiven(Body):
    title: str
    doc_no: str | None = None
    signed_on: date | None = None
    effective_on: date | None = None
    review_on: date | None = None
    clauses: list[ClauseGiven] | None = None
    version: int | None = None


class DeadlinesGiven(Body):
    """Working days around the meeting day: below 0 before, above 0 after."""

    call_for_items: int | UnsetType = UNSET
    items_due: int | UnsetType = UNSET
    pre_meeting: int | UnsetType = UNSET
    agenda_approved: int | UnsetType = UNSET
    meeting_notice: int | UnsetType = UNSET
    replies_due: int | UnsetType = UNSET
    reminder: int | UnsetType = UNSET
    minutes_draft: int | UnsetType = UNSET
    countersign: int | UnsetType = UNSET
    issue: int | UnsetType = UNSET
    version: int | None = None


class MechanismGiven(Body):
    name: str
    lead_agency_id: str
    short_name: str | None = None
    programme: str | None = None
    timezone: str | None = None
    region: str | None = None
    locale: str | None = None
    mailbox: str | None = None
    quorum: int | None = None
    first_ordinal: int | None = None
    needs_closing: bool = False
    must_include: list[str] = msgspec.field(default_factory=list)
    all_sign: bool = False
    silence_consents: bool = False
    host_rotation: list[str] = msgspec.field(default_factory=list)
    members: list[MemberGiven] | None = None
    agreement: AgreementGiven | None = None
    deadlines: DeadlinesGiven | None = None


class MechanismChange(Body):
    name: str | UnsetType = UNSET
    lead_agency_id: str | UnsetType = UNSET
    short_name: str | UnsetType | None = UNSET
    programme: str | UnsetType | None = UNSET
    timezone: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    locale: str | UnsetType = UNSET
    mailbox: str | UnsetType | None = UNSET
    quorum: int | UnsetType | None = UNSET
    first_ordinal: int | UnsetType | None = UNSET
    needs_closing: bool | UnsetType = UNSET
    must_include: list[str] | UnsetType = UNSET
    all_sign: bool | UnsetType = UNSET
    silence_consents: bool | UnsetType = UNSET
    host_rotation: list[str] | UnsetType = UNSET
    ended_on: date | UnsetType | None = UNSET
    version: int | None = None


class MemberChange(Body):
    takes_part: str | UnsetType = UNSET
    left_on: date | UnsetType | None = UNSET
    version: int | None = None


class DesignationGiven(Body):
    person_id: str
    role: str
    starts_on: date
    agency_id: str
    ends_on: date | None = None
    basis_ref: str | None = None
    may_sign: bool | None = None


@get("/mechanisms")
async def all_mechanisms(db: Db, viewer: Me, paging: Page, programme: FromQuery[str | None] = None) -> dict[str, Any]:
    """The mechanisms you may know of, oldest first; with `programme` those of that name."""
    limit, after = paging.limits()
    rows = await queries.mechanisms_visible_to(db, viewer, after=after, limit=limit + 1, programme=programme)
    hosts = await queries.host_rotation(db, [row.id for row in rows])
    return listed(rows, limit, lambda row: mechanism_json(row, hosts[row.id]))


@get("/mechanisms/{mechanism_id:str}")
async def one_mechanism(db: Db, viewer: Me, mechanism_id: Id) -> dict[str, Any]:
    """One mechanism."""
    return await _mechanism(db, viewer, row_id(mechanism_id))


@post("/mechanisms")
async def found(request: AnyRequest, db: Db, viewer: Me) -> Response[bytes]:
    """Enter a mechanism; without members the lead agency is entered alone and the others join next."""
    given = body(await request.body(), MechanismGiven)
    facts = founding.Facts(
        **_some(given, *founding.FACTS),
        lead_agency_id=named(given.lead_agency_id),
        must_include=tuple(named(agency) for agency in given.must_include),
        host_rotation=tuple(named(agency) for agency in given.host_rotation),
    )
    joining = None
    if given.members is not None:
        joining = [
            founding.Joining(agency_id=named(one.agency_id), joined_on=one.joined_on, takes_part=one.takes_part)
            for one in given.members
        ]
    deadlines = _changes(given.deadlines) if given.deadlines else None
    mechanism = await founding.found(db, viewer, facts, members=joining, deadlines=deadlines)
    if given.agreement is not None:
        await _put_agreement(db, viewer, mechanism.id, given.agreement)
    return await reply(request, db, viewer, await _mechanism(db, viewer, mechanism.id), status=201)


@patch("/mechanisms/{mechanism_id:str}")
async def change_mechanism(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Change what is given."""
    given = body(await request.body(), MechanismChange)
    changes = _changes(given)
    if "lead_agency_id" in changes:
        changes["lead_agency_id"] = named(changes["lead_agency_id"])
    changes |= {name: tuple(map(named, changes[name])) for name in {"host_rotation", "must_include"} & changes.keys()}
    mechanism = await founding.change_mechanism(
        db, viewer, row_id(mechanism_id), changes, version=seen(request, given.version)
    )
    return await reply(request, db, viewer, await _mechanism(db, viewer, mechanism.id))


@get("/mechanisms/{mechanism_id:str}/agreement")
async def agreement(db: Db, viewer: Me, mechanism_id: Id) -> dict[str, Any]:
    """The agreement with its clauses, as a former member knew it; 404 until it is entered."""
    found = await known.agreement(db, viewer, await queries.get(db, viewer, row_id(mechanism_id)))
    if found is None:
        raise NotFound
    return found


@put("/mechanisms/{mechanism_id:str}/agreement")
async def put_agreement(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Enter or replace the agreement; clauses that are given replace all, left out they stay."""
    given = body(await request.body(), AgreementGiven)
    given.version = seen(request, given.version)
    mechanism = await queries.get(db, viewer, row_id(mechanism_id))
    await _put_agreement(db, viewer, mechanism.id, given)
    return await reply(request, db, viewer, await _agreement(db, mechanism.id))


@get("/mechanisms/{mechanism_id:str}/clauses")
async def clauses(db: Db, viewer: Me, mechanism_id: Id, year: FromQuery[int | None] = None) -> dict[str, Any]:
    """The agreement's clauses by number; with `year` each that obliges to something with how it was kept then, as far as you may know."""
    mechanism = await queries.get(db, viewer, row_id(mechanism_id))
    kept: dict[tuple[int, Obligation | None], Any] = {}
    if year is not None and year in YEARS:
        found = await life.promises_kept(db, viewer, mechanism, year)
        kept = {(one.promise.number, one.promise.said): one.to_json() for one in found}
    items, stands = [], await known.agreement(db, viewer, mechanism)
    for one in stands["clauses"] if stands else ():
        of = one["number"], Obligation.from_json(one["obligation"])
        items.append(one | ({"kept": kept[of]} if of in kept else {}))
    return {"items": items, "next": None}


@post("/mechanisms/{mechanism_id:str}/clauses")
async def add_clause(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Enter one more clause."""
    given = body(await request.body(), ClauseGiven)
    clause = await agreements.add_clause(db, viewer, row_id(mechanism_id), given.said())
    return await reply(request, db, viewer, clause_json(clause), status=201)


@get("/mechanisms/{mechanism_id:str}/members")
async def members(
    db: Db,
    viewer: Me,
    mechanism_id: Id,
    on: FromQuery[date | None] = None,
) -> dict[str, Any]:
    """Every membership there was, is or will be, in agency order; those on one local date with `on`."""
    mechanism = await queries.get(db, viewer, row_id(mechanism_id))
    until = sees_until(viewer, mechanism.id, db.clock.today(mechanism.timezone))
    rows = [row for row in await queries.members(db, mechanism.id) if until is None or row.joined_on < until]
    return {"items": [member_json(row) for row in rows if on is None or row.is_member_on(on)], "next": None}


@post("/mechanisms/{mechanism_id:str}/members")
async def join(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """An agency joins."""
    given = body(await request.body(), MemberGiven)
    member = await membership.join(
        db,
        viewer,
        row_id(mechanism_id),
        agency_id=named(given.agency_id),
        joined_on=given.joined_on,
        takes_part=given.takes_part,
    )
    return await reply(request, db, viewer, member_json(member), status=201)


@patch("/members/{member_id:str}")
async def change_member(request: AnyRequest, db: Db, viewer: Me, member_id: Id) -> Response[bytes]:
    """Change how the agency takes part, or enter the day it leaves."""
    given = body(await request.body(), MemberChange)
    version = seen(request, given.version)
    member = await queries.member(db, viewer, row_id(member_id))
    if given.takes_part is not UNSET:
        member = await membership.change_takes_part(db, viewer, member.id, takes_part=given.takes_part, version=version)
        version = None
    if given.left_on is not UNSET:
        member = await membership.leave(db, viewer, member.id, left_on=given.left_on, version=version)
    return await reply(request, db, viewer, member_json(member))


@post("/members/{member_id:str}/confirm-list", status_code=200)
async def confirm_list(request: AnyRequest, db: Db, viewer: Me, member_id: Id) -> Response[bytes]:
    """名单无误: say that your agency's liaison, deputies, people, addresses and phones are right."""
    check = await list_checks.confirm(db, viewer, row_id(member_id))
    by = str(check.confirmed_by) if check.confirmed_by else None
    said = {"member_id": str(check.member_id), "confirmed_at": check.confirmed_at, "confirmed_by": by}
    return await reply(request, db, viewer, said)


@get("/mechanisms/{mechanism_id:str}/designations")
async def designations(db: Db, viewer: Me, mechanism_id: Id, on: FromQuery[date | None] = None) -> dict[str, Any]:
    """Every designation, each with whether it is in office today; with `on` those of one local date, in office on that date."""
    mechanism = await queries.get(db, viewer, row_id(mechanism_id))
    today = db.clock.today(mechanism.timezone)
    until = sees_until(viewer, mechanism.id, today)
    rows = await queries.designations(db, mechanism.id)
    held = queries.with_office(rows, on or (until - timedelta(days=1) if until else today), mechanism.timezone)
    shown = [each for each in held if on is None or each[0].is_in_term_on(on)]
    items = [designation_json(row, held, until) for row, held in shown if until is None or row.starts_on < until]
    return {"items": items, "next": None}


@post("/mechanisms/{mechanism_id:str}/designations")
async def designate(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Name somebody of the agency its liaison, acting liaison or deputy."""
    given = body(await request.body(), DesignationGiven)
    made = await designating.designate(
        db,
        viewer,
        row_id(mechanism_id),
        agency_id=named(given.agency_id),
        person_id=named(given.person_id),
        **_some(given, "role", "starts_on", "ends_on", "basis_ref", "may_sign"),
    )
    return await reply(request, db, viewer, await _designation(db, made), status=201)


@get("/mechanisms/{mechanism_id:str}/deadlines")
async def deadlines(db: Db, viewer: Me, mechanism_id: Id) -> dict[str, Any]:
    """The working days around a meeting day, by step."""
    return deadlines_json(await queries.get(db, viewer, row_id(mechanism_id)))


@put("/mechanisms/{mechanism_id:str}/deadlines")
async def set_deadlines(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Set them; a step left out takes its default."""
    given = body(await request.body(), DeadlinesGiven)
    steps, version = _changes(given), seen(request, given.version)
    mechanism = await founding.set_deadlines(db, viewer, row_id(mechanism_id), steps, version=version)
    await request.app.state.deadlines_changed(db, mechanism)
    return await reply(request, db, viewer, deadlines_json(mechanism))


def _changes(given: Body) -> dict[str, Any]:
    facts = msgspec.structs.asdict(given)
    return {name: value for name, value in facts.items() if value is not UNSET and name != "version"}


def _some(given: Body, *names: str) -> dict[str, Any]:
    return {name: getattr(given, name) for name in names}


async def _mechanism(db: Session, viewer: Viewer, mechanism_id: int) -> dict[str, Any]:
    mechanism = await queries.get(db, viewer, mechanism_id)
    return mechanism_json(mechanism, (await queries.host_rotation(db, [mechanism_id]))[mechanism_id])


async def _put_agreement(db: Session, viewer: Viewer, mechanism_id: int, given: AgreementGiven) -> None:
    facts = agreements.AgreementFacts(**_some(given, "title", "doc_no", "signed_on", "effective_on", "review_on"))
    numbered = None if given.clauses is None else [one.said() for one in given.clauses]
    await agreements.put_agreement(db, viewer, mechanism_id, facts, clauses=numbered, version=given.version)


async def _agreement(db: Session, mechanism_id: int) -> dict[str, Any]:
    found = await queries.agreement(db, mechanism_id)
    if found is None:
        raise NotFound
    return agreement_json(found, await queries.clauses(db, mechanism_id))


async def _designation(db: Session, designation: Designation) -> dict[str, Any]:
    rows = await queries.designations(db, designation.mechanism_id)
    zone = await queries.timezone(db, designation.mechanism_id)
    held = {row.id: in_office for row, in_office in queries.with_office(rows, db.clock.today(zone), zone)}
    return designation_json(designation, held[designation.id])


api = Router(
    "/",
    route_handlers=[
        all_mechanisms,
        one_mechanism,
        found,
        change_mechanism,
        agreement,
        put_agreement,
        clauses,
        add_clause,
        members,
        join,
        change_member,
        confirm_list,
        designations,
        designate,
        deadlines,
        set_deadlines,
    ],
    tags=["mechanisms"],
)
