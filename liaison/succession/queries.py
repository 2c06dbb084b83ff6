"""What pages and verbs read of handovers."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Person
from liaison.mechanisms.models import Designation, Mechanism, Member
from liaison.mechanisms.queries import PERSON, PERSON_ADDRESS, in_office
from liaison.succession.models import ChangeLetter, Handover

_FROM = joinedload(Handover.from_)
_PARTS = (
    _FROM.options(joinedload(Designation.mechanism), joinedload(Designation.agency), PERSON),
    joinedload(Handover.to_person).options(*PERSON_ADDRESS),
)
_AHEAD = (Handover.applied_at.is_(None), Handover.taken_back_at.is_(None))


async def get(db: Session, handover_id: int) -> Handover:
    """One handover with both people, the term that ends, its agency and its mechanism."""
    return (await db.scalars(select(Handover).where(Handover.id == handover_id).options(*_PARTS))).one()


async def ahead_of(db: Session, designation_id: int) -> Handover | None:
    """The handover by which this term is going to end, whose day was not applied yet."""
    return (await db.scalars(_all().where(Handover.from_id == designation_id, *_AHEAD))).first()


async def newest_of(db: Session, designation_id: int) -> Handover | None:
    """The handover by which this term ended or is going to end; None where it was none, or was taken back."""
    query = _all().where(Handover.from_id == designation_id, Handover.taken_back_at.is_(None))
    return (await db.scalars(query.order_by(Handover.id.desc()).limit(1))).first()


async def begun_by(db: Session, designation_id: int) -> Handover | None:
    """The handover by which this term began or is going to begin."""
    return (await db.scalars(_all().where(Handover.to_id == designation_id))).first()


async def successor_ahead(db: Session, person: Person, mechanism_id: int, agency_id: int) -> Person | None:
    """Who is named to follow somebody in their agency's office on a day to come, and belongs to that agency."""
    query = _all().join(Designation, Designation.id == Handover.from_id)
    query = query.where(
        Designation.person_id == person.id,
        Designation.mechanism_id == mechanism_id,
        Designation.agency_id == agency_id,
        *_AHEAD,
    )
    found = (await db.scalars(query.order_by(Handover.starts_on, Handover.id))).all()
    named = (one.to_person for one in found)
    return next((one for one in named if one.agency_id == agency_id and one.deactivated_at is None), None)


async def likely_successor(db: Session, person: Person) -> Person | None:
    """Who else is liaison of somebody's agency today, else who is named to follow them, in the first mechanism that has one."""
    # not DISTINCT: PostgreSQL cannot compare the json columns of a mechanism
    theirs = select(Member.mechanism_id).where(Member.agency_id == person.agency_id)
    for mechanism in (await db.scalars(select(Mechanism).where(Mechanism.id.in_(theirs)).order_by(Mechanism.id))).all():
        today = db.clock.today(mechanism.timezone)
        officer = (await in_office(db, mechanism.id, today)).get(person.agency_id)
        if officer is not None and officer.person_id != person.id:
            return officer.person
        if (follows := await successor_ahead(db, person, mechanism.id, person.agency_id)) is not None:
            return follows
    return None


async def ahead(db: Session) -> Sequence[Handover]:
    """Every handover that waits for its day, the earliest first."""
    return (await db.scalars(_all().where(*_AHEAD).order_by(Handover.starts_on, Handover.id))).all()


def _all() -> Select[Handover]:
    return select(Handover).options(*_PARTS)


async def letters_of(db: Session, designation_id: int) -> Sequence[ChangeLetter]:
    """The agencies that are told of this liaison by letter, with them; those not delivered first."""
    query = select(ChangeLetter).where(ChangeLetter.designation_id == designation_id)
    query = query.options(joinedload(ChangeLetter.to_agency))
    return (await db.scalars(query.order_by(ChangeLetter.done_at.is_not(None), ChangeLetter.id))).all()


async def letters_to_deliver(db: Session, viewer: Viewer) -> Sequence[ChangeLetter]:
    """The letters about a change of liaison that the viewer is to have delivered, with term, its agency and mechanism, and addressee: as
    liaison or deputy of the lead agency; where that one is told by letter itself, of the agency whose liaison changed."""
    acting = {each.mechanism_id: each.agency_id for each in viewer.designations}
    if not acting:
        return []
    query = (
        select(ChangeLetter)
        .join(Designation, Designation.id == ChangeLetter.designation_id)
        .where(ChangeLetter.done_at.is_(None), Designation.mechanism_id.in_(acting))
        .options(
            joinedload(ChangeLetter.to_agency),
            joinedload(ChangeLetter.designation).options(
                joinedload(Designation.mechanism), joinedload(Designation.agency), joinedload(Designation.person)
            ),
        )
        .order_by(ChangeLetter.id)
    )
    rows = (await db.scalars(query)).all()
    told_by_letter = {(row.designation_id, row.to_agency_id) for row in rows}

    def whose(row: ChangeLetter) -> int:
        lead = row.designation.mechanism.lead_agency_id
        return row.designation.agency_id if (row.designation_id, lead) in told_by_letter else lead

    return [row for row in rows if acting[row.designation.mechanism_id] == whose(row)]
