"""Figures of the ledger by responsible agency for a period: open, done, on time, overdue, days late, carried over, extensions. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date

from liaison.actions.models import DONE

ALL = 0
"""In the place of an agency: all of them together."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One item as the figures see it; all dates are local to its mechanism. `finished_on`: when it was reported done."""

    agency_id: int
    assigned_on: date
    due_on: date | None
    ended_how: str | None
    ended_on: date | None
    finished_on: date | None
    carried: int = 0
    extensions: int = 0
    """requests for another date that were agreed to within the period"""


@dataclass(frozen=True, slots=True)
class Figures:
    """One agency's figures. What was no longer possible counts neither as open nor as done."""

    agency_id: int
    open: int
    """at the end of the period"""
    overdue: int
    """of those, past their due date by then; what was reported done by then is not: its owner owes nothing"""
    waiting: int
    """of those that are open, reported done and not closed by then"""
    done: int
    """closed as done within the period"""
    on_time: int
    """of those, by their due date, or without one"""
    late_days: int
    """days after the due date, of those that were done late, all together"""
    carried: int
    """of what is open or was done, how many were carried over at least once"""
    extensions: int

    @property
    def late(self) -> int:
        """How many were done after their due date."""
        return self.done - self.on_time

    @property
    def average_days_late(self) -> float | None:
        """Of those that were done late; None where none was."""
        return round(self.late_days / self.late, 1) if self.late else None


def figures(facts: Iterable[Fact], first: date, last: date) -> list[Figures]:
    """By responsible agency, for the days from `first` to `last`, both included. Items assigned later do not count."""
    by_agency: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact.assigned_on <= last:
            by_agency.setdefault(fact.agency_id, []).append(fact)
    return [_of_agency(agency_id, mine, first, last) for agency_id, mine in by_agency.items()]


def total(found: Sequence[Figures]) -> Figures:
    """合计 of all agencies: sums, and the average over all that was done late."""
    return Figures(ALL, *(sum(getattr(one, field.name) for one in found) for field in fields(Figures)[1:]))


def _of_agency(agency_id: int, facts: list[Fact], first: date, last: date) -> Figures:
    still_open = [one for one in facts if one.ended_on is None or one.ended_on > last]
    done = [one for one in facts if one.ended_how == DONE and one.ended_on and first <= one.ended_on <= last]
    owed = [one for one in still_open if one.finished_on is None or one.finished_on > last]
    late = [days for one in done if (days := _days_late(one)) > 0]
    return Figures(
        agency_id,
        open=len(still_open),
        overdue=sum(one.due_on is not None and one.due_on < last for one in owed),
        waiting=len(still_open) - len(owed),
        done=len(done),
        on_time=len(done) - len(late),
        late_days=sum(late),
        carried=sum(one.carried > 0 for one in (*still_open, *done)),
        extensions=sum(one.extensions for one in facts),
    )


def _days_late(fact: Fact) -> int:
    finished = fact.finished_on or fact.ended_on
    return (finished - fact.due_on).days if finished is not None and fact.due_on is not None else 0
