"""What is kept of annual plans: the dates left out, and what was sent."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from liaison.db import Session
from liaison.meetings.models import Series
from liaison.meetings.plan_models import SentPlan, SkippedDate

Reasons = dict[tuple[str, date], str]
"""Why dates were left out, by the name of their series and the date that its rule names."""


async def skipped_of(db: Session, mechanism_ids: Collection[int]) -> dict[int, Reasons]:
    """The dates left out in each of these mechanisms."""
    found: dict[int, Reasons] = {mechanism_id: {} for mechanism_id in mechanism_ids}
    query = select(Series.mechanism_id, Series.name, SkippedDate.nominal_on, SkippedDate.reason)
    query = query.join(SkippedDate, SkippedDate.series_id == Series.id).where(Series.mechanism_id.in_(mechanism_ids))
    for mechanism_id, name, nominal_on, reason in await db.execute(query):
        found[mechanism_id][name, nominal_on] = reason
    return found


async def sent_plans(db: Session, mechanism_id: int, year: int) -> list[SentPlan]:
    """What the member agencies were told of the year, oldest first."""
    query = select(SentPlan).where(SentPlan.mechanism_id == mechanism_id, SentPlan.year == year)
    return list(await db.scalars(query.order_by(SentPlan.number)))
