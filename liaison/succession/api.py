"""Handing an office over and moving people, for programs."""

from datetime import date
from typing import Any

import msgspec
from litestar import Response, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import queries as directory
from liaison.directory.permissions import may_read_contact
from liaison.directory.values import person_json
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import designating
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Designation
from liaison.mechanisms.permissions import may_designate
from liaison.mechanisms.values import designation_json
from liaison.succession import handover, leaving, moving, queries, transferring
from liaison.web.api import Body, body, named, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[str]


class DesignationChange(Body):
    ends_on: date | None
    version: int | None = None


class HandoverGiven(Body):
    to_person_id: str
    starts_on: date
    basis_ref: str | None = None
    acting: bool = False
    ends_deputy: bool = False
    keep_action_item_ids: list[str] = msgspec.field(default_factory=list)
    version: int | None = None


class TransferGiven(Body):
    agency_id: str
    office_id: str | UnsetType | None = UNSET
    contact_id: str | UnsetType | None = UNSET
    department: str | UnsetType | None = UNSET
    job_title: str | UnsetType | None = UNSET
    rank: int | UnsetType | None = UNSET
    mail: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    open_items: str = transferring.LIAISON
    meeting_roles_to_id: str | None = None
    version: int | None = None


class DeactivationGiven(Body):
    meeting_roles_to_id: str | None = None


@patch("/designations/{designation_id:str}")
async def change_designation(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Response[bytes]:
    """End a term, move its end, or let it run on (null)."""
    given = body(await request.body(), DesignationChange)
    changed = await designating.change_end(
        db, viewer, row_id(designation_id), ends_on=given.ends_on, version=seen(request, given.version)
    )
    return await reply(request, db, viewer, await _designation(db, changed))


@get("/designations/{designation_id:str}/handover")
async def one_handover(db: Db, viewer: Me, designation_id: Id) -> dict[str, Any]:
    """What passes when this term is handed over, the ids by kind; once a handover is entered also to whom and from when (`applied_at`:
    when its day was applied; until then it can be taken back)."""
    term = await mechanisms.designation(db, viewer, row_id(designation_id))
    if not may_designate(viewer, term.mechanism_id, term.agency_id):
        raise NotPermitted(N_("Each agency designates its own people: its administrator or its liaison in office."))
    found = await queries.newest_of(db, term.id)
    moves, kept = (found.moved, found.kept_ids) if found else (None, frozenset())
    if moves is None:
        on = found.starts_on if found else db.clock.today(term.mechanism.timezone)
        kinds = await moving.found(db, moving.Office(term, on), viewer)
        moves = {
            kind.key: [one.id for one in things if not (kind.may_stay and one.id in kept)] for kind, things in kinds
        }
    is_own = viewer.agency_id == term.agency_id
    hidden = set() if is_own else {kind.key for kind in moving.MOVES if kind.of_agency}
    return {
        "from_id": str(term.id),
        "to_id": str(found.to_id) if found else None,
        "to_person_id": str(found.to_person_id) if found else None,
        "starts_on": found.starts_on if found else None,
        "applied_at": found.applied_at if found else None,
        "moves": {key: [str(id_) for id_ in ids] for key, ids in moves.items() if key not in hidden},
        "keep_action_item_ids": [str(id_) for id_ in sorted(kept)],
    }


@post("/designations/{designation_id:str}/handover", status_code=200)
async def hand_over(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Response[bytes]:
    """End the term on a day and begin the successor's; what the leaver has in hand by office passes on that day, but the action items
    named in `keep_action_item_ids`. Answers the new designation."""
    given = body(await request.body(), HandoverGiven)
    made = await handover.hand_over(
        db,
        viewer,
        row_id(designation_id),
        to_person_id=named(given.to_person_id),
        starts_on=given.starts_on,
        basis_ref=given.basis_ref,
        acting=given.acting,
        ends_deputy=given.ends_deputy,
        keep_ids=[named(id_) for id_ in given.keep_action_item_ids],
        version=seen(request, given.version),
    )
    return await reply(request, db, viewer, await _designation(db, made))


@post("/designations/{designation_id:str}/handover/take-back", status_code=200)
async def take_back(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Response[bytes]:
    """Undo a handover whose day has not come; answers the designation that goes on."""
    kept = await handover.take_back(db, viewer, row_id(designation_id))
    return await reply(request, db, viewer, await _designation(db, kept))


@post("/people/{person_id:str}/transfer", status_code=200)
async def transfer(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Response[bytes]:
    """Move a person to another post; to another agency only the operator does. There their designations for the former agency end today,
    and their open action items stay with it: `open_items` says whether its liaison in office gets them (liaison) or nobody yet (nobody);
    `meeting_roles_to_id`: who of it records and presents in their place at meetings to come (null: the hosts' liaisons see to it)."""
    given = body(await request.body(), TransferGiven)
    agency_id, id_ = named(given.agency_id), row_id(person_id)
    if not any(row.id == agency_id for row in await directory.agencies_in_order(db, viewer)):
        raise Invalid({"agency_id": N_("There is no such agency.")})
    facts: Any = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not UNSET}
    facts["version"] = seen(request, given.version)
    for name in ("office_id", "contact_id"):
        if facts.get(name) is not None:
            facts[name] = named(facts[name])
    facts["meeting_roles_to_id"] = _named(given.meeting_roles_to_id)
    await transferring.transfer(db, viewer, id_, **{**facts, "agency_id": agency_id})
    await db.flush()
    person = await directory.person(db, viewer, id_)
    reads = may_read_contact(viewer, person.agency_id, await mechanisms.agencies_in_common(db, viewer))
    return await reply(request, db, viewer, person_json(person, contact=reads))


@post("/people/{person_id:str}/deactivate", status_code=200)
async def deactivate(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Response[bytes]:
    """Take an account out of use: sessions, tokens and mailed links end at once. `meeting_roles_to_id`: who of the agency records
    and presents in their place at meetings to come (null: the hosts' liaisons see to it)."""
    given = body(await request.body() or b"{}", DeactivationGiven)
    to = _named(given.meeting_roles_to_id)
    person = await leaving.deactivate(db, viewer, row_id(person_id), meeting_roles_to_id=to)
    return await reply(request, db, viewer, person_json(person))


def _named(given: str | None) -> int | None:
    return named(given) if given is not None else None


async def _designation(db: Session, designation: Designation) -> dict[str, Any]:
    rows = await mechanisms.designations(db, designation.mechanism_id)
    zone = await mechanisms.timezone(db, designation.mechanism_id)
    held = {row.id: in_office for row, in_office in mechanisms.with_office(rows, db.clock.today(zone), zone)}
    return designation_json(designation, held[designation.id])


api = Router(
    "/",
    route_handlers=[change_designation, one_handover, hand_over, take_back, transfer, deactivate],
    tags=["mechanisms"],
)
