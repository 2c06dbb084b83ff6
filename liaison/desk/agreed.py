"""What was agreed in the viewer's mechanisms, read in one statement: when they meet, when the agreement is reviewed, whether anything is
put to the members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms.models import Agreement, Mechanism
from liaison.mechanisms.queries import in_force
from liaison.meetings.models import Series
from liaison.meetings.plan_models import SkippedDate
from liaison.meetings.plan_queries import Reasons
from liaison.proposals.queries import something_open


@dataclass(frozen=True, slots=True)
class Agreed:
    """Of mechanisms that have not ended."""

    rules: Mapping[Mechanism, Sequence[Series]]
    """The rules of their meetings."""
    skipped: Mapping[int, Reasons]
    """By mechanism the dates left out."""
    reviewed: Mapping[Mechanism, date | None]
    """When the agreement is to be reviewed."""
    under_way: frozenset[int]
    """The mechanisms in which something is put to the members."""


async def agreed_in(db: Session, viewer: Viewer, today: date) -> Agreed:
    """All of it, of the viewer's mechanisms."""
    query = (
        select(Mechanism, Series, SkippedDate, Agreement.review_on, something_open())
        .outerjoin(Agreement, Agreement.mechanism_id == Mechanism.id)
        .outerjoin(Series, Series.mechanism_id == Mechanism.id)
        .outerjoin(SkippedDate, SkippedDate.series_id == Series.id)
        .where(Mechanism.id.in_(viewer.shares_mechanism_ids()), in_force(today))
        .order_by(Mechanism.id, Series.id)
    )
    found: dict[Mechanism, dict[int, Series]] = {}
    skipped: dict[int, Reasons] = {}
    reviewed: dict[Mechanism, date | None] = {}
    under_way: set[int] = set()
    for mechanism, series, left_out, review_on, has_open in await db.execute(query):
        reviewed[mechanism] = review_on
        under_way |= {mechanism.id} if has_open else set()
        reasons = skipped.setdefault(mechanism.id, {})
        found.setdefault(mechanism, {}).update({series.id: series} if series else {})
        if left_out is not None:
            reasons[series.name, left_out.nominal_on] = left_out.reason
    rules = {mechanism: list(each.values()) for mechanism, each in found.items()}
    return Agreed(rules, skipped, reviewed, frozenset(under_way))
