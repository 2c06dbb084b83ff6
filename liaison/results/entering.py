"""Entering outcomes: an agency reports a case, changes what it said of it, and takes a line away or back. Whatever changes what counts voids
the confirmations of its days."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.permissions import may_see
from liaison.results.models import Outcome, OutcomeConfirmation
from liaison.results.permissions import NOT_YOURS, may_enter
from liaison.results.saying import Said, said

TAKEN = N_("Your agency reports a case of this code already.")


async def enter(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    case_code: str | None,
    closed_on: date | None,
    beneficiary_group: str | None,
    cause: str | None,
    people: int | None,
    cases: int | None = None,
    amount_recovered: str | None = None,
    result: str | None = None,
) -> Outcome:
    """Report a case of the viewer's agency; the sum as it was written (22,450.00, 2.245万元). The very same line again is one. Raises NotFound,
    NotPermitted, Invalid (each field)."""
    mechanism, agency_id = await _own(db, viewer, mechanism_id)
    check = Check()
    line = said(
        check,
        case_code=case_code,
        closed_on=closed_on,
        beneficiary_group=beneficiary_group,
        cause=cause,
        cases=cases,
        people=people,
        amount_recovered=amount_recovered,
        result=result,
        today=db.clock.today(mechanism.timezone),
    )
    check.done()
    assert line is not None
    before = await lines_of(db, mechanism_id, line.case_code)
    own = next((one for one in before if one.agency_id == agency_id), None)
    if own is not None:
        if own.says() == line.says():
            return own
        check.refuse("case_code", TAKEN)
        check.done()
    outcome = Outcome(
        mechanism_id=mechanism_id,
        agency_id=agency_id,
        entered_at=db.now(),
        entered_by=viewer.person_id or None,
        changed_at=db.now(),
        version=1,
        counts=not before,
        **line.facts(),
    )
    says = [one.says() for one in before]
    db.add(outcome)
    await db.flush()
    if not says or any(one != outcome.says() for one in says):
        await void(db, mechanism_id, [*(one.closed_on for one in before), outcome.closed_on], outcome.id)
    _audit_line(db, viewer, "enter_outcome", outcome)
    return outcome


async def change(
    db: Session,
    viewer: Viewer,
    outcome: Outcome,
    *,
    version: int | None = None,
    **changes: Any,
) -> Outcome:
    """Say something else of a case of the own agency: any of what `enter` takes; what is not given stays as it is once the line is locked.
    Raises NotPermitted, Invalid (each field), Conflict (a stale form, or taken away)."""
    mechanism = await _lock(db, viewer, outcome)
    outcome.check_version(version, **outcome.shown())
    if outcome.removed_at is not None:
        raise Conflict(N_("This line was taken away."))
    check = Check()
    line = said(check, **{**outcome.shown(), **changes}, today=db.clock.today(mechanism.timezone))
    if line is not None and line.case_code != outcome.case_code:
        others = await lines_of(db, outcome.mechanism_id, line.case_code)
        if any(one.agency_id == outcome.agency_id for one in others):
            check.refuse("case_code", TAKEN)
    check.done()
    assert line is not None
    was, codes = outcome.facts(), {outcome.case_code, line.case_code}
    if was == line.facts():
        return outcome
    days = {outcome.closed_on, line.closed_on}
    await _rewrite(db, outcome, line)
    for code in codes:
        days |= {one.closed_on for one in await settle(db, outcome.mechanism_id, code)}
    await void(db, outcome.mechanism_id, days, outcome.id)
    _audit_line(db, viewer, "change_outcome", outcome, changed=sorted(name for name, value in line.facts().items() if was[name] != value))  # fmt: skip
    return outcome


async def remove(db: Session, viewer: Viewer, outcome: Outcome, *, version: int | None = None) -> Outcome:
    """Take a line of the own agency away; `restore` undoes it. Twice is once. Raises NotPermitted, Conflict (a stale form)."""
    await _lock(db, viewer, outcome)
    outcome.check_version(version, **outcome.shown())
    if outcome.removed_at is None:
        outcome.removed_at, outcome.removed_by, outcome.counts = db.now(), viewer.person_id or None, False
        await _moved(db, viewer, "remove_outcome", outcome)
    return outcome


async def restore(db: Session, viewer: Viewer, outcome: Outcome) -> Outcome:
    """Undo `remove`. Raises NotPermitted, Conflict (the agency reports a case of this code again)."""
    await _lock(db, viewer, outcome)
    if outcome.removed_at is None:
        return outcome
    if any(one.agency_id == outcome.agency_id for one in await lines_of(db, outcome.mechanism_id, outcome.case_code)):
        raise Conflict(TAKEN)
    outcome.removed_at = outcome.removed_by = None
    await _moved(db, viewer, "restore_outcome", outcome)
    return outcome


async def lines_of(db: Session, mechanism_id: int, case_code: str) -> list[Outcome]:
    """Every agency's line on one case, as far as they stand, the first reported first."""
    query = select(Outcome).where(Outcome.mechanism_id == mechanism_id, Outcome.case_code == case_code)
    return list(await db.scalars(query.where(Outcome.removed_at.is_(None)).order_by(Outcome.id)))


async def settle(db: Session, mechanism_id: int, case_code: str) -> list[Outcome]:
    """See to it that of the lines on one case the first reported one counts, and give them."""
    lines = await lines_of(db, mechanism_id, case_code)
    for n, one in enumerate(lines):
        one.counts = n == 0
    return lines


async def void(db: Session, mechanism_id: int, days: Iterable[date], outcome_id: int) -> None:
    """Take back every agency's word on a period that one of these days lies in, because of that line."""
    query = select(OutcomeConfirmation).where(
        OutcomeConfirmation.mechanism_id == mechanism_id, OutcomeConfirmation.voided_at.is_(None)
    )
    changed = sorted(set(days))
    for one in await db.scalars(query):
        if any(one.from_on <= day <= one.to_on for day in changed):
            one.voided_at, one.voided_by_id = db.now(), outcome_id


async def _own(db: Session, viewer: Viewer, mechanism_id: int) -> tuple[Mechanism, int]:
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not may_see(viewer, mechanism_id):
        raise NotFound
    agency_id = viewer.acts_for(mechanism_id)
    if agency_id is None:
        raise NotPermitted(NOT_YOURS)
    return mechanism, agency_id


async def _lock(db: Session, viewer: Viewer, outcome: Outcome) -> Mechanism:
    mechanism = await locked(db, Mechanism, outcome.mechanism_id)
    await locked(db, Outcome, outcome.id)
    if not may_enter(viewer, outcome.mechanism_id, outcome.agency_id):
        raise NotPermitted(NOT_YOURS)
    return mechanism


async def _rewrite(db: Session, outcome: Outcome, line: Said) -> None:
    for name, value in line.facts().items():
        setattr(outcome, name, value)
    outcome.changed_at = db.now()
    outcome.touch()
    await db.flush()


async def _moved(db: Session, viewer: Viewer, verb: str, outcome: Outcome) -> None:
    outcome.touch()
    await db.flush()
    lines = await settle(db, outcome.mechanism_id, outcome.case_code)
    others = [one for one in lines if one.id != outcome.id]
    if not others or any(one.says() != outcome.says() for one in others):  # what another agency says too is as it was
        await void(db, outcome.mechanism_id, [outcome.closed_on, *(one.closed_on for one in others)], outcome.id)
    _audit_line(db, viewer, verb, outcome)


def _audit_line(db: Session, viewer: Viewer, verb: str, outcome: Outcome, **params: Any) -> None:
    """One line of the audit trail, with the code and without what happened to whom."""
    audit.add(
        db, viewer, verb, f"outcome:{outcome.id}", mechanism_id=outcome.mechanism_id, code=outcome.case_code, **params
    )
