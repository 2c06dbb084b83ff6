"""What pages, API, mails and other features read of mechanisms: members, who is in office on a date, who was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, or_, select, true
from sqlalchemy.orm import joinedload

from liaison.accounts.models import Link
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.directory.queries import named_by
from liaison.errors import NotFound
from liaison.mechanisms.models import (
    DEPUTY,
    Agreement,
    Clause,
    Designation,
    FormerAgreement,
    HostTurn,
    ListCheck,
    Mechanism,
    Member,
)
from liaison.mechanisms.terms import Period, Span, Term, deputy_lanes, holder, office_spans, term_of
from liaison.mechanisms.wordings import Wording, former, present

PERSON_ADDRESS = (joinedload(Person.agency), joinedload(Person.office), joinedload(Person.contact))
PERSON = joinedload(Designation.person).options(*PERSON_ADDRESS)
_OF_MECHANISMS: BindParameter[list[int]] = bindparam("mechanism_ids", expanding=True)
_MEMBERS = select(Member).where(Member.mechanism_id.in_(_OF_MECHANISMS)).options(joinedload(Member.agency))
_DESIGNATIONS = (
    select(Designation)
    .where(Designation.mechanism_id.in_(_OF_MECHANISMS))
    .options(joinedload(Designation.agency), PERSON)
    .order_by(Designation.starts_on, Designation.id)
)


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The mechanisms this viewer may know of; the operator all, in their frame."""
    return true() if viewer.operator else Mechanism.id.in_(viewer.shares_mechanism_ids())


def in_force(today: date) -> ColumnElement[bool]:
    """The mechanisms that have not ended by that local date: one whose end is still to come runs on until then."""
    return or_(Mechanism.ended_on.is_(None), Mechanism.ended_on > today)


async def mechanisms_visible_to(
    db: Session, viewer: Viewer, *, after: int = 0, limit: int = 500, programme: str | None = None
) -> list[Mechanism]:
    """Those mechanisms with their lead agency, oldest first; from the one after id `after`, and only those of that programme."""
    query = select(Mechanism).where(visible_to(viewer), Mechanism.id > after).options(joinedload(Mechanism.lead_agency))
    if programme is not None:
        query = query.where(Mechanism.programme == programme)
    return list(await db.scalars(query.order_by(Mechanism.id).limit(limit)))


async def programmes(db: Session, viewer: Viewer) -> dict[str, int]:
    """The programmes of those mechanisms by name, and how many of them each groups."""
    query = select(Mechanism.programme, func.count()).where(visible_to(viewer), Mechanism.programme.is_not(None))
    rows = await db.execute(query.group_by(Mechanism.programme).order_by(Mechanism.programme))
    return {name: n for name, n in rows if name}


async def get(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    """The mechanism with its lead agency, if this viewer may see it. Raises NotFound."""
    query = (
        select(Mechanism)
        .where(Mechanism.id == mechanism_id, visible_to(viewer))
        .options(joinedload(Mechanism.lead_agency))
    )
    mechanism = (await db.execute(query)).scalar_one_or_none()
    if mechanism is None:
        raise NotFound
    return mechanism


async def host_rotation(db: Session, mechanism_ids: Iterable[int]) -> dict[int, list[Agency]]:
    """The agencies that host in turn, in order, by mechanism; an empty list means: always the lead agency."""
    ids = list(mechanism_ids)
    query = (
        select(HostTurn)
        .where(HostTurn.mechanism_id.in_(ids))
        .options(joinedload(HostTurn.agency))
        .order_by(HostTurn.position)
    )
    turns: dict[int, list[Agency]] = {mechanism_id: [] for mechanism_id in ids}
    for turn in await db.scalars(query):
        turns[turn.mechanism_id].append(turn.agency)
    return turns


async def agreement(db: Session, mechanism_id: int) -> Agreement | None:
    """The document the mechanism rests on, once it is entered."""
    return (await db.execute(select(Agreement).where(Agreement.mechanism_id == mechanism_id))).scalar_one_or_none()


async def clauses(db: Session, mechanism_id: int) -> list[Clause]:
    """The agreement's clauses, by number."""
    query = (
        select(Clause)
        .join(Agreement, Agreement.id == Clause.agreement_id)
        .where(Agreement.mechanism_id == mechanism_id)
    )
    return list(await db.scalars(query.order_by(Clause.number)))


async def wordings(db: Session, mechanism_id: int) -> list[Wording]:
    """Every wording of the agreement that held, oldest first; the last one is the present. Empty until one is entered."""
    stands = await agreement(db, mechanism_id)
    if stands is None:
        return []
    before = select(FormerAgreement).where(FormerAgreement.mechanism_id == mechanism_id).order_by(FormerAgreement.id)
    found = [former(one) for one in await db.scalars(before)]
    return [*found, present(stands, await clauses(db, mechanism_id))]


async def members(db: Session, mechanism_id: int) -> list[Member]:
    """Every membership there was, is or will be, in agency order, with the agency."""
    return (await members_of(db, [mechanism_id]))[mechanism_id]


async def members_of(db: Session, mechanism_ids: Iterable[int]) -> dict[int, list[Member]]:
    """The same for several mechanisms."""
    found: dict[int, list[Member]] = {mechanism_id: [] for mechanism_id in mechanism_ids}
    rows = await db.scalars(_MEMBERS, {"mechanism_ids": list(found)})
    for member in sorted(rows, key=lambda m: (m.agency.sort_order, m.agency_id, m.joined_on)):
        found[member.mechanism_id].append(member)
    return found


async def members_on(db: Session, mechanism_id: int, on: date) -> list[Member]:
    """The members on that local date, in agency order, with the agency."""
    return [member for member in await members(db, mechanism_id) if member.is_member_on(on)]


async def member(db: Session, viewer: Viewer, member_id: int) -> Member:
    """One membership with mechanism and agency, if this viewer may see the mechanism. Raises NotFound."""
    query = (
        select(Member)
        .join(Mechanism, Mechanism.id == Member.mechanism_id)
        .where(Member.id == member_id, visible_to(viewer))
        .options(joinedload(Member.mechanism), joinedload(Member.agency))
    )
    found = (await db.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def designation(db: Session, viewer: Viewer, designation_id: int) -> Designation:
    """One designation with mechanism, agency and person, if this viewer may see the mechanism. Raises NotFound."""
    query = (
        select(Designation)
        .join(Mechanism, Mechanism.id == Designation.mechanism_id)
        .where(Designation.id == designation_id, visible_to(viewer))
        .options(joinedload(Designation.mechanism), joinedload(Designation.agency), PERSON)
    )
    found = (await db.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def designations(db: Session, mechanism_id: int) -> list[Designation]:
    """Every designation there was, is or will be, by start, with agency and person (and what their address needs)."""
    return await _designations(db, [mechanism_id])


def with_office(rows: list[Designation], on: date, timezone: str) -> list[tuple[Designation, bool]]:
    """Each designation with whether it is the one in office for its agency on that local date."""
    holders = {row.agency_id: _holder(rows, row.agency_id, on, timezone) for row in rows}
    return [(row, holders[row.agency_id] is row) for row in rows]


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who acts for whom in one mechanism on one local date; designations with agency, person and what their address needs."""

    members: list[Member]
    in_office: dict[int, Designation | None]
    """By member agency; None is a vacancy."""
    deputies: dict[int, list[Designation]]

    def of_agency(self, agency_id: int | None) -> list[Designation]:
        """Who may act for that agency: who is in office, and its deputies."""
        holder = self.in_office.get(agency_id or 0)
        return [*([holder] if holder else []), *self.deputies.get(agency_id or 0, ())]

    def everybody(self) -> list[Designation]:
        """Everybody who is told by office."""
        return [d for d in self.in_office.values() if d] + [d for them in self.deputies.values() for d in them]


async def on_duty(db: Session, mechanism: Mechanism, on: date) -> OnDuty:
    """`members_on`, `in_office` and `deputies` of one date, in two statements."""
    return (await on_duty_of(db, [mechanism], on))[mechanism.id]


async def on_duty_of(db: Session, mechanisms: Iterable[Mechanism], on: date) -> dict[int, OnDuty]:
    """The same for several mechanisms, by id."""
    zones = {mechanism.id: mechanism.timezone for mechanism in mechanisms}
    memberships = await members_of(db, zones)
    rows: dict[int, list[Designation]] = {mechanism_id: [] for mechanism_id in zones}
    for row in await _designations(db, zones):
        rows[row.mechanism_id].append(row)
    return {
        mechanism_id: _duty([m for m in memberships[mechanism_id] if m.is_member_on(on)], rows[mechanism_id], on, zone)
        for mechanism_id, zone in zones.items()
    }


def _duty(members_then: list[Member], rows: list[Designation], on: date, timezone: str) -> OnDuty:
    deputies_then: dict[int, list[Designation]] = {m.agency_id: [] for m in members_then}
    for row in rows:
        term = term_of(row, timezone)
        if row.role == DEPUTY and row.agency_id in deputies_then and term is not None and term.covers(on):
            deputies_then[row.agency_id].append(row)
    holders = {agency_id: _holder(rows, agency_id, on, timezone) for agency_id in deputies_then}
    return OnDuty(members_then, holders, deputies_then)


@dataclass(frozen=True, slots=True)
class AtStake:
    """What a handover touches."""

    deputies: list[Person]
    """The agency's deputies today, without whoever holds the office."""
    links: int
    """Mailed links tied to the office and still open: they end with it."""


async def at_stake(db: Session, designation: Designation) -> AtStake:
    """What ends or may end when this term is handed over."""
    today = db.clock.today(designation.mechanism.timezone)
    found = (await deputies(db, designation.mechanism_id, today)).get(designation.agency_id, [])
    query = select(func.count()).where(
        Link.designation_id == designation.id, Link.revoked_at.is_(None), Link.expires_at > db.now()
    )
    others = [each.person for each in found if each.person_id != designation.person_id]
    return AtStake(others, int((await db.execute(query)).scalar_one()))


async def in_office(db: Session, mechanism_id: int, on: date) -> dict[int, Designation | None]:
    """Who is liaison of each member agency on that local date: the acting one, else the principal; None is a vacancy.

    A deactivated person holds no office. With agency and person (and what their address needs)."""
    return (await on_duty(db, await db.get_one(Mechanism, mechanism_id), on)).in_office


async def deputies(db: Session, mechanism_id: int, on: date) -> dict[int, list[Designation]]:
    """The deputies of each member agency on that local date, without deactivated people."""
    return (await on_duty(db, await db.get_one(Mechanism, mechanism_id), on)).deputies


def _holder(rows: list[Designation], agency_id: int, on: date, timezone: str) -> Designation | None:
    terms = [(row, term_of(row, timezone)) for row in rows if row.agency_id == agency_id]
    chosen = holder([term for _, term in terms if term], on)
    return next((row for row, term in terms if chosen is not None and term == chosen), None)


@dataclass(frozen=True, slots=True)
class AgencyHistory:
    """One agency in one mechanism through time: its memberships, its liaisons and vacancies, its deputies."""

    agency: Agency
    member_id: int
    """The newest membership."""
    periods: list[Period]
    takes_part: str
    terms: list[Term]
    spans: list[Span]
    lanes: list[list[Span]]
    people: dict[int, Person]
    """By designation id."""

    def is_member_on(self, day: date) -> bool:
        return any(Span(p.starts_on, p.ends_on, None).covers(day) for p in self.periods)

    def span_on(self, day: date) -> Span | None:
        """Who is in office, or the vacancy, on that day; None when the agency is no member then."""
        return next((span for span in self.spans if span.covers(day)), None)

    def deputies_on(self, day: date) -> list[Term]:
        return [span.term for lane in self.lanes for span in lane if span.term and span.covers(day)]


async def histories(db: Session, mechanisms: Iterable[Mechanism]) -> dict[int, list[AgencyHistory]]:
    """By mechanism: each agency that was, is or will be a member, in agency order."""
    zones = {mechanism.id: mechanism.timezone for mechanism in mechanisms}
    memberships = await members_of(db, zones)
    rows = await _designations(db, zones)
    found: dict[int, list[AgencyHistory]] = {}
    for mechanism_id, zone in zones.items():
        own = [row for row in rows if row.mechanism_id == mechanism_id]
        by_agency: dict[int, list[Member]] = {}
        for each in memberships[mechanism_id]:
            by_agency.setdefault(each.agency_id, []).append(each)
        found[mechanism_id] = [
            _history(times, [r for r in own if r.agency_id == a], zone) for a, times in by_agency.items()
        ]
    return found


def _history(times: list[Member], rows: list[Designation], timezone: str) -> AgencyHistory:
    periods = [Period(m.joined_on, m.left_on) for m in times]
    terms = [term for row in rows if (term := term_of(row, timezone))]
    return AgencyHistory(
        agency=times[0].agency,
        member_id=times[-1].id,
        periods=periods,
        takes_part=times[-1].takes_part,
        terms=terms,
        spans=office_spans(periods, terms),
        lanes=deputy_lanes(terms),
        people={row.id: row.person for row in rows},
    )


async def agencies_in_common(db: Session, viewer: Viewer) -> frozenset[int]:
    """The agencies whose people's phone and mail the viewer may read: the own one, members today of a mechanism in which the own one
    is a member today, and the bodies from outside that the own one entered."""
    query = (
        select(Member.agency_id, Member.joined_on, Member.left_on, Member.mechanism_id, Mechanism.timezone)
        .join(Mechanism, Mechanism.id == Member.mechanism_id)
        .where(Member.mechanism_id.in_(viewer.member_of.keys()))
    )
    present: dict[int, set[int]] = {}
    for row in await db.execute(query):
        today = db.clock.today(row.timezone)
        if row.joined_on <= today and (row.left_on is None or today < row.left_on):
            present.setdefault(row.mechanism_id, set()).add(row.agency_id)
    shared = (agencies for agencies in present.values() if viewer.agency_id in agencies)
    entered = await db.scalars(select(Agency.id).where(Agency.kept_by_id == viewer.agency_id))
    return frozenset({viewer.agency_id, *entered}.union(*shared))


async def choosable_agencies(db: Session, *, kept_by: int | None = None) -> list[Agency]:
    """The active agencies in their order, for a form that names one; with the bodies from outside that agency `kept_by` entered."""
    query = (
        select(Agency).where(Agency.deactivated_at.is_(None), named_by(kept_by)).order_by(Agency.sort_order, Agency.id)
    )
    return list(await db.scalars(query))


async def choosable_people(db: Session, agency_ids: Iterable[int]) -> list[Person]:
    """The active people of these agencies, by agency order, rank and name, with the agency."""
    query = (
        select(Person)
        .where(Person.agency_id.in_(list(agency_ids)), Person.deactivated_at.is_(None))
        .options(joinedload(Person.agency))
    )
    people = await db.scalars(query)
    return sorted(people, key=lambda p: (p.agency.sort_order, p.agency_id, p.rank or 99, p.id))


async def _designations(db: Session, mechanism_ids: Iterable[int]) -> list[Designation]:
    return list(await db.scalars(_DESIGNATIONS, {"mechanism_ids": list(mechanism_ids)}))


async def timezone(db: Session, mechanism_id: int) -> str:
    """The IANA zone whose local dates its terms and memberships count in. Raises NotFound."""
    zone = (await db.execute(select(Mechanism.timezone).where(Mechanism.id == mechanism_id))).scalar_one_or_none()
    if zone is None:
        raise NotFound
    return zone


async def lists_confirmed(
    db: Session, *, mechanism_id: int | None = None, agency_id: int | None = None
) -> dict[int, tuple[datetime, str | None]]:
    """By member, when the list was last said to be right, and by whom (None: from the agency's own mailbox)."""
    query = (
        select(ListCheck.member_id, ListCheck.confirmed_at, Person.name)
        .join(Member, Member.id == ListCheck.member_id)
        .outerjoin(Person, Person.id == ListCheck.confirmed_by)
        .where(ListCheck.confirmed_at.is_not(None))
        .order_by(ListCheck.confirmed_at, ListCheck.id)
    )
    if mechanism_id is not None:
        query = query.where(Member.mechanism_id == mechanism_id)
    if agency_id is not None:
        query = query.where(Member.agency_id == agency_id)
    return {member_id: (at, name) for member_id, at, name in await db.execute(query) if at is not None}
