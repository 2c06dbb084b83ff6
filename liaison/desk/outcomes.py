"""Outcomes ask of the viewer: cases that their agency and another one report differently, and the last quarter where another agency has
confirmed it already."""

from collections.abc import Collection

from sqlalchemy import and_, func, literal, not_, or_, select, union_all
from sqlalchemy.orm import aliased

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.desk.todos import Todo
from liaison.mechanisms.models import Mechanism
from liaison.results.models import SAID, Outcome, OutcomeConfirmation
from liaison.results.periods import last_quarter

DIFFERS, CONFIRMED = 0, 1


async def outcome_todos(db: Session, viewer: Viewer, own: Collection[Mechanism]) -> list[Todo]:
    """All of it, in one statement, read by the index of what was reported again, however many mechanisms and lines there are."""
    acting = {one.id: one for one in own if viewer.acts_for(one.id) is not None}
    if not acting:
        return []
    today = db.clock.today(db.settings.timezone)
    quarter = last_quarter(today)
    first, again = aliased(Outcome), aliased(Outcome)
    same = and_(
        first.mechanism_id == again.mechanism_id,
        first.case_code == again.case_code,
        first.removed_at.is_(None),
        first.counts,
    )
    differing = (
        select(literal(DIFFERS), again.mechanism_id, func.count(again.id))
        .join(first, same)
        .where(
            again.mechanism_id.in_(acting),
            not_(again.counts),
            again.removed_at.is_(None),
            or_(first.agency_id == viewer.agency_id, again.agency_id == viewer.agency_id),
            or_(*(getattr(first, name).is_distinct_from(getattr(again, name)) for name in SAID)),
        )
        .group_by(again.mechanism_id)
    )
    confirmed = select(literal(CONFIRMED), OutcomeConfirmation.mechanism_id, OutcomeConfirmation.agency_id).where(
        OutcomeConfirmation.mechanism_id.in_(acting),
        OutcomeConfirmation.voided_at.is_(None),
        OutcomeConfirmation.from_on <= quarter.first,
        OutcomeConfirmation.to_on >= quarter.last,
    )
    todos: list[Todo] = []
    by_mechanism: dict[int, set[int]] = {}
    for kind, mechanism_id, number in await db.execute(union_all(differing, confirmed)):
        if kind == DIFFERS:
            name = acting[mechanism_id].short_name
            todos.append(Todo("outcomes_differ", today, mechanism_id, None, name, count=number))
        else:
            by_mechanism.setdefault(mechanism_id, set()).add(number)
    for mechanism_id, agencies in by_mechanism.items():
        if viewer.acts_for(mechanism_id) not in agencies:
            todos.append(Todo("outcomes_confirm", today, mechanism_id, None, acting[mechanism_id].short_name))
    return todos
