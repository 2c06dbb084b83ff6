"""What pages and verbs read of handovers."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from liaison.db import Session
from liaison.mechanisms.models import Designation
from liaison.mechanisms.queries import PERSON, PERSON_ADDRESS
from liaison.succession.models import Handover

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


async def ahead(db: Session) -> Sequence[Handover]:
    """Every handover that waits for its day, the earliest first."""
    return (await db.scalars(_all().where(*_AHEAD).order_by(Handover.starts_on, Handover.id))).all()


def _all() -> Select[Handover]:
    return select(Handover).options(*_PARTS)
