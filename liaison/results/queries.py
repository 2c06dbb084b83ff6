"""What pages, API and reports read of outcomes. Lines and figures alike go through `in_sight`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased, joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import NotFound, NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.results import reconciling
from liaison.results.achieved import Achieved, years
from liaison.results.models import SAID, Outcome, OutcomeConfirmation
from liaison.results.permissions import MEMBERS_ALONE, in_sight, is_outside, may_read_figures
from liaison.results.reconciling import Difference, Standing
from liaison.results.sums import ZERO, Cell, Sum, by_group, total

AT_ONCE = 200
"""So many mechanisms one statement asks for: SQLite bounds how deep its conditions go."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the lines are narrowed by; both days are included."""

    from_on: date | None = None
    to_on: date | None = None
    agency_id: int | None = None
    group: str | None = None
    cause: str | None = None
    wanted: str | None = None
    """A part of the code."""
    only_differing: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """As the database asks them."""
        found: list[ColumnElement[bool]] = []
        if self.from_on is not None:
            found.append(Outcome.closed_on >= self.from_on)
        if self.to_on is not None:
            found.append(Outcome.closed_on <= self.to_on)
        if self.agency_id is not None:
            found.append(Outcome.agency_id == self.agency_id)
        if self.group is not None:
            found.append(Outcome.beneficiary_group == self.group)
        if self.cause is not None:
            found.append(Outcome.cause == self.cause)
        if self.wanted:
            found.append(Outcome.case_code.contains(self.wanted, autoescape=True))
        if self.only_differing:
            found.append(_is_reported_twice())
        return found


async def readable(db: Session, viewer: Viewer, mechanism_id: int, *, lines: bool = False) -> Mechanism:
    """The mechanism whose figures (or single `lines`) the viewer reads. Raises NotFound, NotPermitted (figures alone)."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_read_figures(viewer, mechanism_id):
        raise NotPermitted(MEMBERS_ALONE)
    if lines and is_outside(viewer, mechanism_id):
        raise NotPermitted(MEMBERS_ALONE)
    return mechanism


async def get(db: Session, viewer: Viewer, outcome_id: int, *, removed: bool = False) -> Outcome:
    """One line with agency and mechanism; `removed`: also one that was taken away. Raises NotFound."""
    query = select(Outcome).where(Outcome.id == outcome_id)
    query = query.options(joinedload(Outcome.agency), joinedload(Outcome.mechanism))
    found = (await db.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None or is_outside(viewer, found.mechanism_id) or (found.removed_at is not None and not removed):
        raise NotFound
    sight = select(Outcome.id).where(Outcome.id == outcome_id, in_sight(viewer, found.mechanism))
    if (await db.scalars(sight)).first() is None:
        raise NotFound
    return found


async def listed(
    db: Session,
    viewer: Viewer,
    mechanism: Mechanism,
    filters: Filters,
    *,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Outcome]:
    """The lines that stand, newest day first from the one before that line on, each with its agency."""
    query = _standing(viewer, mechanism).where(*filters.conditions()).options(joinedload(Outcome.agency))
    if before is not None:
        last = await get(db, viewer, before, removed=True)
        query = query.where(
            or_(Outcome.closed_on < last.closed_on, and_(Outcome.closed_on == last.closed_on, Outcome.id < last.id))
        )
    return (await db.scalars(query.order_by(Outcome.closed_on.desc(), Outcome.id.desc()).limit(limit))).all()


async def by_number(
    db: Session, viewer: Viewer, mechanism: Mechanism, filters: Filters, *, after: int, limit: int
) -> Sequence[Outcome]:
    """The lines that stand in the order of their ids, after that one, each with its agency."""
    query = _standing(viewer, mechanism).where(*filters.conditions(), Outcome.id > after)
    return (await db.scalars(query.options(joinedload(Outcome.agency)).order_by(Outcome.id).limit(limit))).all()


async def cells(
    db: Session, viewer: Viewer, mechanism: Mechanism, from_on: date | None, to_on: date | None
) -> list[Cell]:
    """What counts in those days (both included, None: from the first or to the last on record), added up by group, cause, result, agency,
    month, and whether money was recovered."""
    month, paid = _month(db), Outcome.amount_recovered > literal_column("0")
    query = select(
        Outcome.beneficiary_group,
        Outcome.cause,
        Outcome.result,
        Outcome.agency_id,
        month,
        func.sum(Outcome.cases),
        func.sum(Outcome.people),
        func.sum(Outcome.amount_recovered),
        paid,
    ).where(
        Outcome.mechanism_id == mechanism.id,
        Outcome.removed_at.is_(None),
        Outcome.counts,
        in_sight(viewer, mechanism),
        *Filters(from_on, to_on).conditions(),
    )
    groups = (Outcome.beneficiary_group, Outcome.cause, Outcome.result, Outcome.agency_id, month, paid)
    return [_cell(row) for row in await db.execute(query.group_by(*groups))]


async def sums(db: Session, viewer: Viewer, mechanism: Mechanism, from_on: date | None, to_on: date | None) -> Sum:
    """The sums of those days."""
    return total(await cells(db, viewer, mechanism, from_on, to_on))


async def totals(
    db: Session, viewer: Viewer, of: Sequence[Mechanism], from_on: date | None = None, to_on: date | None = None
) -> dict[int, Sum]:
    """By mechanism the sums of those days, however many mechanisms there are; one without a line is left out."""
    found: dict[int, Sum] = {}
    for start in range(0, len(of), AT_ONCE):
        seen = [and_(Outcome.mechanism_id == one.id, in_sight(viewer, one)) for one in of[start : start + AT_ONCE]]
        query = select(
            Outcome.mechanism_id,
            func.sum(Outcome.cases),
            func.sum(Outcome.people),
            func.sum(Outcome.amount_recovered),
        ).where(Outcome.removed_at.is_(None), Outcome.counts, or_(*seen), *Filters(from_on, to_on).conditions())
        for id_, cases, people, amount in await db.execute(query.group_by(Outcome.mechanism_id)):
            found[id_] = Sum("", int(cases), int(people), amount or ZERO)
    return found


async def mark(db: Session, viewer: Viewer, mechanism: Mechanism, from_on: date, to_on: date) -> str:
    """What stands for every line of those days as it is now (`reconciling.mark_of`)."""
    query = select(Outcome.id, Outcome.version).where(
        Outcome.mechanism_id == mechanism.id,
        Outcome.removed_at.is_(None),
        in_sight(viewer, mechanism),
        *Filters(from_on, to_on).conditions(),
    )
    return reconciling.mark_of((row.id, row.version) for row in await db.execute(query.order_by(Outcome.id)))


async def agencies(db: Session, ids: Iterable[int]) -> dict[int, Agency]:
    """Agencies by id, for their names and colours."""
    return {one.id: one for one in await db.scalars(select(Agency).where(Agency.id.in_(set(ids))))}


async def sums_of(db: Session, viewer: Viewer, mechanism: Mechanism, filters: Filters) -> Sum:
    """The sums of the lines that a list is narrowed to, each case once."""
    sums = (func.sum(Outcome.cases), func.sum(Outcome.people), func.sum(Outcome.amount_recovered))
    query = select(*sums).where(
        Outcome.mechanism_id == mechanism.id,
        Outcome.removed_at.is_(None),
        Outcome.counts,
        in_sight(viewer, mechanism),
        *filters.conditions(),
    )
    cases, people, amount = (await db.execute(query)).one()
    return Sum("", int(cases or 0), int(people or 0), amount or ZERO)


async def differences(
    db: Session, viewer: Viewer, mechanism: Mechanism, from_on: date, to_on: date
) -> list[Difference]:
    """The cases with a line in those days that agencies report differently, each with all its lines and their agencies."""
    here = aliased(Outcome)
    codes = select(here.case_code).where(
        here.mechanism_id == mechanism.id,
        here.removed_at.is_(None),
        here.closed_on >= from_on,
        here.closed_on <= to_on,
    )
    query = _standing(viewer, mechanism).where(Outcome.case_code.in_(codes), _is_reported_twice())
    rows = await db.scalars(query.options(joinedload(Outcome.agency)).order_by(Outcome.id))
    return reconciling.differences(rows)


async def confirmations(db: Session, mechanism_id: int, from_on: date, to_on: date) -> Sequence[OutcomeConfirmation]:
    """The agencies' words on periods that share a day with those, as far as nothing changed since, with agency and person."""
    query = select(OutcomeConfirmation).where(
        OutcomeConfirmation.mechanism_id == mechanism_id,
        OutcomeConfirmation.voided_at.is_(None),
        OutcomeConfirmation.from_on <= to_on,
        OutcomeConfirmation.to_on >= from_on,
    )
    query = query.options(joinedload(OutcomeConfirmation.agency), joinedload(OutcomeConfirmation.person))
    return (await db.scalars(query.order_by(OutcomeConfirmation.id))).all()


async def voided(db: Session, mechanism_id: int, from_on: date, to_on: date) -> Sequence[OutcomeConfirmation]:
    """The words on such periods that a later change took back, with agency, newest first: kept readable."""
    query = select(OutcomeConfirmation).where(
        OutcomeConfirmation.mechanism_id == mechanism_id,
        OutcomeConfirmation.voided_by_id.is_not(None),
        OutcomeConfirmation.from_on <= to_on,
        OutcomeConfirmation.to_on >= from_on,
    )
    query = query.options(joinedload(OutcomeConfirmation.agency))
    return (await db.scalars(query.order_by(OutcomeConfirmation.voided_at.desc()).limit(20))).all()


async def standing(db: Session, mechanism: Mechanism, from_on: date, to_on: date) -> Standing:
    """How a period stands with the members of its last day (of today, where it lies before they were entered) and whoever reported in it."""
    words = await confirmations(db, mechanism.id, from_on, to_on)
    members, reporting = await _concerned(db, mechanism, from_on, to_on)
    return reconciling.standing(words, from_on, to_on, members=members, reporting=reporting)


async def confirmed_until(db: Session, mechanism: Mechanism, first: date, last: date) -> date | None:
    """Until which day everything from `first` on is confirmed; `last`: the last day with a line."""
    words = await confirmations(db, mechanism.id, first, last)
    if not words:
        return None
    members, reporting = await _concerned(db, mechanism, first, last)
    return reconciling.confirmed_until(words, first, last, members=members, reporting=reporting)


async def _concerned(db: Session, mechanism: Mechanism, from_on: date, to_on: date) -> tuple[list[int], set[int]]:
    """The members who are asked to confirm a period, and those of them that reported in it: none that joined later, which does not see all of
    it, and none that left, for which nobody could confirm any more."""
    today = db.clock.today(mechanism.timezone)
    members = await mechanisms.members_on(db, mechanism.id, min(to_on, today))
    if len(members) < 2:  # from before the agencies were entered here
        members = await mechanisms.members_on(db, mechanism.id, today)
    reporting = select(Outcome.agency_id).where(Outcome.mechanism_id == mechanism.id, Outcome.removed_at.is_(None))
    reporting = reporting.where(*Filters(from_on, to_on).conditions()).distinct()
    present = {one.agency_id for one in await mechanisms.members_on(db, mechanism.id, today)}
    asked = [one.agency_id for one in members if one.agency_id in present]
    return asked, set(await db.scalars(reporting)) & set(asked)


async def span(db: Session, viewer: Viewer, mechanism: Mechanism) -> tuple[date, date] | None:
    """The first and the last day on which a line stands; None where there is none."""
    query = select(func.min(Outcome.closed_on), func.max(Outcome.closed_on)).where(
        Outcome.mechanism_id == mechanism.id, Outcome.removed_at.is_(None), in_sight(viewer, mechanism)
    )
    first, last = (await db.execute(query)).one()
    return (first, last) if first is not None else None


async def achieved(db: Session, viewer: Viewer, mechanism: Mechanism) -> Achieved | None:
    """What came of a mechanism so far; None for whoever reads no figures of it."""
    if not may_read_figures(viewer, mechanism.id):
        return None
    days, outside = await span(db, viewer, mechanism), is_outside(viewer, mechanism.id)
    found = await cells(db, viewer, mechanism, None, None) if days else []
    today = db.clock.today(mechanism.timezone)
    return Achieved(
        groups=by_group(found, outside=outside),
        cells=() if outside else found,
        years=years(found, days[0], max(days[1], today)) if days else (),
        total=total(found),
        since_on=days[0] if days else None,
        confirmed_until=await confirmed_until(db, mechanism, *days) if days else None,
        reads_lines=not outside,
    )


async def sees_all(db: Session, viewer: Viewer, mechanism: Mechanism, from_on: date, to_on: date) -> bool:
    """Whether no line of those days is out of the viewer's sight."""
    of_it = select(func.count(Outcome.id)).where(
        Outcome.mechanism_id == mechanism.id, Outcome.removed_at.is_(None), *Filters(from_on, to_on).conditions()
    )
    in_all = (await db.execute(of_it)).scalar_one()
    return (await db.execute(of_it.where(in_sight(viewer, mechanism)))).scalar_one() == in_all


async def words_used(db: Session, viewer: Viewer, mechanism: Mechanism) -> tuple[list[str], list[str], list[str]]:
    """The groups, causes and results that lines of this mechanism name, for forms and filters."""
    found: list[list[str]] = []
    for column in (Outcome.beneficiary_group, Outcome.cause, Outcome.result):
        query = select(column).where(Outcome.mechanism_id == mechanism.id, Outcome.removed_at.is_(None))
        rows = await db.scalars(query.where(in_sight(viewer, mechanism)).distinct().order_by(column).limit(100))
        found.append([one for one in rows if one])
    return found[0], found[1], found[2]


def _standing(viewer: Viewer, mechanism: Mechanism) -> Select[Any]:
    return select(Outcome).where(
        Outcome.mechanism_id == mechanism.id, Outcome.removed_at.is_(None), in_sight(viewer, mechanism)
    )


def _is_reported_twice() -> ColumnElement[bool]:
    """Whether another line stands on the same case and says something else."""
    other = aliased(Outcome)
    differs = [getattr(other, name).is_distinct_from(getattr(Outcome, name)) for name in SAID]
    return exists().where(
        other.mechanism_id == Outcome.mechanism_id,
        other.case_code == Outcome.case_code,
        other.id != Outcome.id,
        other.removed_at.is_(None),
        or_(*differs),
    )


def _month(db: Session) -> Any:
    """The month in which a case was closed, as 2026-03; without parameters, which PostgreSQL could not find again in GROUP BY."""
    if db.settings.sqlite_path is not None:
        return func.substr(Outcome.closed_on, literal_column("1"), literal_column("7"))
    return func.to_char(Outcome.closed_on, literal_column("'YYYY-MM'"))


def _cell(row: Any) -> Cell:
    group, cause, result, agency_id, month, number, people, amount, paid = row
    return Cell(group, cause, result, agency_id, str(month), int(number), int(people), amount or ZERO, bool(paid))
