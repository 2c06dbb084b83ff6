"""Outcomes for programs: each agency's lines, what differs, confirmation of a period, and a whole table at once."""

import asyncio
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.documents.headed import TableRefused
from liaison.documents.tables import rows_in
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.results import confirming, entering, queries, reporting, taking_in
from liaison.results.models import Outcome
from liaison.results.outcome_table import read
from liaison.results.permissions import NOT_YOURS
from liaison.results.queries import Filters
from liaison.results.reconciling import unconfirmed
from liaison.results.values import confirmation_json, difference_json, outcome_json, report_json, taken_json
from liaison.web.api import Body, Paging, body, listed, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest
from liaison.web.tables import file_sent

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Id = FromPath[str]
Unset = msgspec.UnsetType
EVER = date(1949, 1, 1), date(2199, 12, 31)


class OutcomeGiven(Body):
    case_code: str
    closed_on: date
    beneficiary_group: str
    cause: str
    people: int
    cases: int | None = None
    amount_recovered: str | None = None
    result: str | None = None


class OutcomeChange(Body):
    case_code: str | Unset = msgspec.UNSET
    closed_on: date | Unset = msgspec.UNSET
    beneficiary_group: str | Unset = msgspec.UNSET
    cause: str | Unset = msgspec.UNSET
    people: int | Unset = msgspec.UNSET
    cases: int | Unset = msgspec.UNSET
    amount_recovered: str | Unset | None = msgspec.UNSET
    result: str | Unset | None = msgspec.UNSET
    version: int | None = None


class ConfirmGiven(Body, rename={"from_": "from"}):
    from_: date
    to: date
    cases: int | None = None
    people: int | None = None
    amount_recovered: str | None = None


@get("/mechanisms/{mechanism_id:str}/outcomes")
async def outcomes(request: AnyRequest, db: Db, viewer: Me, paging: Page, mechanism_id: Id) -> dict[str, Any]:
    """The lines that stand, in the order in which they were entered; `from` and `to` (both included) narrow by the day of closing, `agency`
    by who reports. `confirmed`: whether its agency and another one confirmed that day."""
    mechanism = await queries.readable(db, viewer, row_id(mechanism_id), lines=True)
    limit, last = paging.limits()
    first, until = period_asked(request)
    agency = request.query_params.get("agency")
    filters = Filters(first, until, row_id(agency) if agency else None)
    rows = await queries.by_number(db, viewer, mechanism, filters, after=last, limit=limit + 1)
    waits = await _unconfirmed(db, mechanism, rows)
    return listed(rows, limit, lambda one: outcome_json(one, confirmed=not waits[one.id]))


@post("/mechanisms/{mechanism_id:str}/outcomes")
async def enter(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Report a case of your agency. `amount_recovered` is yuan as a decimal string, or as it is written, such as 2.245万元."""
    given = body(await request.body(), OutcomeGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    outcome = await entering.enter(db, viewer, mechanism.id, **msgspec.structs.asdict(given))
    return await reply(request, db, viewer, outcome_json(outcome), status=201)


@post("/mechanisms/{mechanism_id:str}/outcomes/import", status_code=200)
async def take_in(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, dry_run: FromQuery[bool] = False
) -> Response[bytes]:
    """Bring a table of your agency: multipart/form-data with one `file` (.xlsx or .csv). All of it is taken in, or nothing (422 names each
    cell); with `dry_run` nothing is kept."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    if viewer.acts_for(mechanism.id) is None:
        raise NotPermitted(NOT_YOURS)
    name, content = await file_sent(request)
    today = db.clock.today(mechanism.timezone)
    try:
        rows = await asyncio.to_thread(lambda: list(read(rows_in(name, content), today=today)))
        taken = await taking_in.take_in(db, viewer, mechanism.id, iter(rows), source=name[:100])
    except TableRefused as refusal:
        raise Invalid(refusal.by_cell) from None
    answer = taken_json(taken, dry_run=dry_run)
    if dry_run:
        await db.rollback()
    return await reply(request, db, viewer, answer)


@get("/outcomes/{outcome_id:str}")
async def one_outcome(db: Db, viewer: Me, outcome_id: Id) -> dict[str, Any]:
    """One line."""
    outcome = await queries.get(db, viewer, row_id(outcome_id))
    waits = await _unconfirmed(db, outcome.mechanism, [outcome])
    return outcome_json(outcome, confirmed=not waits[outcome.id])


@patch("/outcomes/{outcome_id:str}")
async def change(request: AnyRequest, db: Db, viewer: Me, outcome_id: Id) -> Response[bytes]:
    """Say something else of a case of your agency; confirmations of its days fall."""
    given = body(await request.body(), OutcomeChange)
    outcome = await queries.get(db, viewer, row_id(outcome_id))
    said = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not msgspec.UNSET}
    said.pop("version")
    version = seen(request, given.version)
    await entering.change(db, viewer, outcome, **said, version=version)
    return await reply(request, db, viewer, outcome_json(outcome))


@delete("/outcomes/{outcome_id:str}")
async def remove(request: AnyRequest, db: Db, viewer: Me, outcome_id: Id) -> None:
    """Take a line of your agency away, with If-Match only as you saw it; `restore` undoes it."""
    await entering.remove(db, viewer, await queries.get(db, viewer, row_id(outcome_id)), version=seen(request, None))


@post("/outcomes/{outcome_id:str}/restore", status_code=200)
async def restore(request: AnyRequest, db: Db, viewer: Me, outcome_id: Id) -> Response[bytes]:
    """Undo the taking away. Twice is once."""
    outcome = await queries.get(db, viewer, row_id(outcome_id), removed=True)
    await entering.restore(db, viewer, outcome)
    return await reply(request, db, viewer, outcome_json(outcome))


@get("/mechanisms/{mechanism_id:str}/outcomes/differences")
async def differences(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> dict[str, Any]:
    """The cases that agencies report differently, with a line between `from` and `to`."""
    mechanism = await queries.readable(db, viewer, row_id(mechanism_id), lines=True)
    first, last = period_asked(request)
    found = await queries.differences(db, viewer, mechanism, first or EVER[0], last or EVER[1])
    return {"items": [difference_json(one) for one in found], "next": None}


@post("/mechanisms/{mechanism_id:str}/outcomes/confirm", status_code=200)
async def confirm(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Confirm for your agency that the figures from `from` to `to` (both included) are right; with `cases`, `people` or `amount_recovered`
    only if they are these. 409 while agencies report a case of that period differently."""
    given = body(await request.body(), ConfirmGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    word = await confirming.confirm(
        db,
        viewer,
        mechanism.id,
        from_on=given.from_,
        to_on=given.to,
        cases=given.cases,
        people=given.people,
        amount_recovered=_decimal(given.amount_recovered),
    )
    standing = await queries.standing(db, mechanism, word.from_on, word.to_on)
    told = confirmation_json(word, ZoneInfo(mechanism.timezone))
    return await reply(request, db, viewer, {**told, "confirmed": standing.is_confirmed})


@get("/mechanisms/{mechanism_id:str}/report")
async def report(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> dict[str, Any]:
    """The report on the days `from` to `to` (both included; else from the first case on record to today). Unconfirmed rows count, and are
    marked by `confirmed`. Money is yuan."""
    mechanism = await queries.readable(db, viewer, row_id(mechanism_id))
    first, last = period_asked(request)
    return report_json(await reporting.report(db, viewer, mechanism, first, last))


def period_asked(request: AnyRequest) -> tuple[date | None, date | None]:
    """`from` and `to` of the address. Raises Invalid for what is no date."""
    found: list[date | None] = []
    for name in ("from", "to"):
        text = request.query_params.get(name)
        try:
            found.append(date.fromisoformat(text) if text else None)
        except ValueError:
            raise Invalid({name: N_("Please give a date such as 2026-12-17.")}) from None
    return found[0], found[1]


def _decimal(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text) if text is not None else None
    except InvalidOperation:
        number = Decimal("NaN")
    if number is not None and not number.is_finite():
        raise Invalid({"amount_recovered": N_("Please give a number.")})
    return number


async def _unconfirmed(db: Session, mechanism: Mechanism, rows: Sequence[Outcome]) -> dict[int, bool]:
    """By line, whether it waits to be confirmed."""
    if not rows:
        return {}
    days = [one.closed_on for one in rows]
    words = await queries.confirmations(db, mechanism.id, min(days), max(days))
    members = await mechanisms.members_on(db, mechanism.id, db.clock.today(mechanism.timezone))
    return dict(unconfirmed(rows, words, [one.agency_id for one in members]))


handlers = [outcomes, enter, take_in, one_outcome, change, remove, restore, differences, confirm, report]
