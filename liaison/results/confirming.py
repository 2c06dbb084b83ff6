"""核对: an agency's word that the figures of a period are right, and taking it back."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.permissions import may_see
from liaison.results import queries
from liaison.results.models import OutcomeConfirmation
from liaison.results.permissions import NOT_YOURS

OPEN_DIFFERENCES = N_("The agencies report %(n)s cases of this period differently. Please settle them first.")
NOT_ALL_SEEN = N_(
    "Lines of this period were entered before your agency joined; who does not see them cannot confirm it."
)
CHANGED = N_("Lines of this period have changed since you looked. Please look again.")


async def confirm(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    from_on: date | None,
    to_on: date | None,
    cases: int | None = None,
    people: int | None = None,
    amount_recovered: Decimal | None = None,
    mark: str | None = None,
) -> OutcomeConfirmation:
    """Confirm for the viewer's agency that the figures of the days from `from_on` to `to_on` (local dates, both included) are right; with the
    figures that were looked at, only if they still are; with the `mark` of the lines that were (`queries.mark`), only if none of them has
    changed in any word. Twice is once. Raises NotFound, NotPermitted, Invalid (from, to), Conflict (the
    agencies' lines differ, not all is seen, the figures changed)."""
    mechanism, agency_id = await _own(db, viewer, mechanism_id)
    check, today = Check(), db.clock.today(mechanism.timezone)
    from_on, to_on = check.day("from", from_on, required=True), check.day("to", to_on, required=True)
    if from_on and to_on:
        if to_on < from_on:
            check.refuse("to", N_("The end must not lie before the start."))
        if to_on > today:
            check.refuse("to", N_("This lies in the future."))
    check.done()
    assert from_on is not None
    assert to_on is not None
    if not await queries.sees_all(db, viewer, mechanism, from_on, to_on):
        raise Conflict(NOT_ALL_SEEN)
    if differing := await queries.differences(db, viewer, mechanism, from_on, to_on):
        raise Conflict(OPEN_DIFFERENCES, n=len(differing))
    sums = await queries.sums(db, viewer, mechanism, from_on, to_on)
    looked_at = (cases, people, amount_recovered)
    if any(seen is not None and seen != now for seen, now in zip(looked_at, sums.figures(), strict=True)):
        raise Conflict(CHANGED)
    standing = await queries.confirmations(db, mechanism_id, from_on, to_on)
    for one in standing:
        if (one.agency_id, one.from_on, one.to_on) == (agency_id, from_on, to_on):
            return one
    if mark is not None and mark != await queries.mark(db, viewer, mechanism, from_on, to_on):
        raise Conflict(CHANGED)
    word = OutcomeConfirmation(
        mechanism_id=mechanism_id,
        agency_id=agency_id,
        from_on=from_on,
        to_on=to_on,
        cases=sums.cases,
        people=sums.people,
        amount_recovered=sums.amount_recovered,
        confirmed_at=db.now(),
        confirmed_by=viewer.person_id or None,
    )
    db.add(word)
    await db.flush()
    _audit_line(db, viewer, "confirm_outcomes", word)
    return word


async def take_back(db: Session, viewer: Viewer, mechanism_id: int, *, from_on: date, to_on: date) -> int:
    """Take the own agency's word on every period back that shares a day with this one; how many there were. Raises NotFound, NotPermitted."""
    _, agency_id = await _own(db, viewer, mechanism_id)
    query = select(OutcomeConfirmation).where(
        OutcomeConfirmation.mechanism_id == mechanism_id,
        OutcomeConfirmation.agency_id == agency_id,
        OutcomeConfirmation.voided_at.is_(None),
        OutcomeConfirmation.from_on <= to_on,
        OutcomeConfirmation.to_on >= from_on,
    )
    words = (await db.scalars(query)).all()
    for word in words:
        word.voided_at = db.now()
        _audit_line(db, viewer, "take_confirmation_back", word)
    return len(words)


async def _own(db: Session, viewer: Viewer, mechanism_id: int) -> tuple[Mechanism, int]:
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not may_see(viewer, mechanism_id):
        raise NotFound
    agency_id = viewer.acts_for(mechanism_id)
    if agency_id is None:
        raise NotPermitted(NOT_YOURS)
    return mechanism, agency_id


def _audit_line(db: Session, viewer: Viewer, verb: str, word: OutcomeConfirmation) -> None:
    days = {"from": word.from_on.isoformat(), "to": word.to_on.isoformat()}
    audit.add(db, viewer, verb, f"mechanism:{word.mechanism_id}", mechanism_id=word.mechanism_id, **days)
