"""Outcomes ask of the viewer: cases that their agency and another one report differently, periods that their agency had confirmed before a
line was changed, and the last quarter where another agency has confirmed it already."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Date, and_, exists, func, literal, not_, or_, select, type_coerce, union_all
from sqlalchemy.orm import aliased

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.desk.todos import Todo
from liaison.mechanisms.models import Mechanism
from liaison.results.models import SAID, Outcome, OutcomeConfirmation
from liaison.results.periods import last_quarter
from liaison.results.reconciling import are_covered

DIFFERS, CONFIRMED, VOIDED = 0, 1, 2


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
        select(
            literal(DIFFERS), again.mechanism_id, func.count(again.id), _least(again.closed_on), _most(again.closed_on)
        )
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
    word = OutcomeConfirmation
    confirmed = select(literal(CONFIRMED), word.mechanism_id, word.agency_id, word.from_on, word.to_on).where(
        word.mechanism_id.in_(acting),
        word.voided_at.is_(None),
        word.from_on <= quarter.last,
        word.to_on >= quarter.first,
    )
    later = aliased(OutcomeConfirmation)
    again_given = exists().where(
        later.mechanism_id == word.mechanism_id,
        later.agency_id == word.agency_id,
        later.voided_at.is_(None),
        later.confirmed_at >= word.voided_at,
        later.from_on <= word.to_on,
        later.to_on >= word.from_on,
    )
    voided = (
        select(literal(VOIDED), word.mechanism_id, func.count(word.id), _least(word.from_on), _most(word.to_on))
        .where(
            word.mechanism_id.in_(acting),
            word.agency_id == viewer.agency_id,
            word.voided_by_id.is_not(None),
            not_(again_given),
        )
        .group_by(word.mechanism_id)
    )
    todos: list[Todo] = []
    spans: dict[int, dict[int, list[tuple[date, date]]]] = {}
    for kind, mechanism_id, number, first_day, last_day in await db.execute(union_all(differing, confirmed, voided)):
        if kind == CONFIRMED:
            spans.setdefault(mechanism_id, {}).setdefault(number, []).append((first_day, last_day))
            continue
        name = "outcomes_differ" if kind == DIFFERS else "outcomes_voided"
        days = first_day, last_day
        todos.append(Todo(name, today, mechanism_id, None, acting[mechanism_id].short_name, count=number, days=days))
    asked_anew = {todo.subject_id for todo in todos if todo.kind == "outcomes_voided"}
    for mechanism_id, by_agency in spans.items():
        agencies = {one for one, days in by_agency.items() if are_covered(days, quarter.first, quarter.last)}
        if agencies and viewer.acts_for(mechanism_id) not in agencies and mechanism_id not in asked_anew:
            days, name = (quarter.first, quarter.last), acting[mechanism_id].short_name
            todos.append(Todo("outcomes_confirm", today, mechanism_id, None, name, days=days))
    return todos


def _least(day: Any) -> Any:
    return type_coerce(func.min(day), Date)


def _most(day: Any) -> Any:
    return type_coerce(func.max(day), Date)
