"""A promised date is left out with its reason (不召开), or taken up again."""

from datetime import date

from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import Rolled
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.meetings import annual
from liaison.meetings.models import Series
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.plan_models import SkippedDate

LONGEST_REASON = 200


async def skip(db: Session, viewer: Viewer, series: Series, day: date, *, reason: str) -> SkippedDate:
    """Leave a date of the series out: no meeting is planned for it and it counts as missed, with this reason beside it.

    Also of a date that has passed without a meeting. Again with another reason, that one stands. Nobody is told until the plan is
    sent. Raises NotPermitted, Invalid (`day`, also while a meeting is planned for it; `reason`)."""
    named = await _named(db, viewer, series, day)
    check = Check()
    said = check.required_text("reason", reason, most=LONGEST_REASON)
    if await annual.answered(db, series, named) is not None:
        check.refuse("day", N_("A meeting is planned for this date. Please cancel it first."))
    check.done()
    row = await _stored(db, series, named)
    if row is None:
        row = SkippedDate(series_id=series.id, nominal_on=named.nominal)
        db.add(row)
    row.reason, row.skipped_at, row.skipped_by = said, db.now(), viewer.person_id or None
    _audit(db, viewer, "skip_date", series, named, reason=said)
    return row


async def unskip(db: Session, viewer: Viewer, series: Series, day: date) -> None:
    """Take a date up again that was left out; of one that was not, nothing happens. Raises NotPermitted, Invalid (`day`)."""
    named = await _named(db, viewer, series, day)
    row = await _stored(db, series, named)
    if row is not None:
        await db.delete(row)
        _audit(db, viewer, "unskip_date", series, named)


async def _named(db: Session, viewer: Viewer, series: Series, day: date) -> Rolled:
    mechanism = await locked(db, Mechanism, series.mechanism_id)
    if not may_schedule(viewer, series.mechanism_id):
        raise NotPermitted(NOT_YOURS)
    check = Check()
    check.day("day", day)
    check.done()
    named = await annual.dates_of(db, viewer, series, mechanism.region, day, day)
    if not named:
        raise Invalid({"day": N_("This is no date of the series.")})
    return named[0]


async def _stored(db: Session, series: Series, day: Rolled) -> SkippedDate | None:
    query = select(SkippedDate).where(SkippedDate.series_id == series.id, SkippedDate.nominal_on == day.nominal)
    return (await db.execute(query)).scalar_one_or_none()


def _audit(db: Session, viewer: Viewer, verb: str, series: Series, day: Rolled, **more: str) -> None:
    about = f"series:{series.id}"
    audit.add(db, viewer, verb, about, mechanism_id=series.mechanism_id, day=day.date.isoformat(), **more)
