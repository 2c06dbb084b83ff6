"""Agreements that are to be reviewed within 90 days, or were: for officers of the lead agency, and for the operator, who enters the new
date."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.desk.todos import Todo
from liaison.mechanisms.models import Agreement, Mechanism
from liaison.mechanisms.permissions import may_keep
from liaison.mechanisms.queries import in_force
from liaison.mechanisms.review import SOON, is_near


async def reviews(db: Session, viewer: Viewer, own: Mapping[Mechanism, date | None], today: date) -> list[Todo]:
    """One thing to do each, until a later date is entered. `own`: the viewer's mechanisms with the date of their agreement's review."""
    if may_keep(viewer):
        query = (
            select(Mechanism.id, Mechanism.short_name, Agreement.review_on)
            .join(Agreement, Agreement.mechanism_id == Mechanism.id)
            .where(Agreement.review_on <= today + SOON, in_force(today))
        )
        rows = await db.execute(query.order_by(Mechanism.id))
        return [Todo("review", day, id_, None, name, count=1) for id_, name, day in rows]
    return [
        Todo("review", day, mechanism.id, None, mechanism.short_name)
        for mechanism, day in own.items()
        if is_near(day, today) and viewer.acts_for(mechanism.id) == mechanism.lead_agency_id
    ]
