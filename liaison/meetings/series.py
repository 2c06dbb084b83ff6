"""The series a mechanism's regular meetings follow, as an import enters it."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any, TypedDict, Unpack

from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.calendaring.recurrence import RuleRefused, parse_rule
from liaison.calendaring.workdays import Roll
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import Series
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.wording import rule_refused


class SeriesFields(TypedDict, total=False):
    """A series as a file or a program gives it; a field left out is not touched."""

    rrule: str
    starts_on: date
    start_time: time
    duration_minutes: int
    roll: str
    avoid_makeup: bool
    location: str | None


async def put_series(
    db: Session, viewer: Viewer, mechanism_id: int, name: str, **given: Unpack[SeriesFields]
) -> tuple[Series, bool]:
    """Enter the series of this name, or change it to what is given; the series, and whether anything changed.

    Meetings already proposed keep their dates. Raises NotPermitted, Invalid."""
    await locked(db, Mechanism, mechanism_id)
    if not (may_schedule(viewer, mechanism_id) or viewer.operator):
        raise NotPermitted(NOT_YOURS)
    query = select(Series).where(Series.mechanism_id == mechanism_id, Series.name == name)
    series = (await db.execute(query)).scalar_one_or_none()
    values = _checked(name, {**(_stored(series) if series else {}), **given})
    if series is None:
        series = Series(mechanism_id=mechanism_id, **values)
        db.add(series)
    elif all(getattr(series, field) == value for field, value in values.items()):
        return series, False
    else:
        for field, value in values.items():
            setattr(series, field, value)
        series.touch()
    await db.flush()
    audit.add(
        db, viewer, "put_series", f"series:{series.id}", mechanism_id=mechanism_id, name=name, rrule=values["rrule"]
    )
    return series, True


async def add_series(
    db: Session, viewer: Viewer, mechanism_id: int, *, name: str, **given: Unpack[SeriesFields]
) -> Series:
    """Enter a new series. Raises NotPermitted, Invalid (also for a name that the mechanism has already)."""
    await locked(db, Mechanism, mechanism_id)
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    values = _checked(name, given)
    await _free_name(db, mechanism_id, values["name"])
    series = Series(mechanism_id=mechanism_id, version=1, **values)
    db.add(series)
    await db.flush()
    _audit(db, viewer, "add_series", series)
    return series


async def change_series(
    db: Session,
    viewer: Viewer,
    series: Series,
    *,
    version: int | None = None,
    name: str | None = None,
    **given: Unpack[SeriesFields],
) -> Series:
    """Change what is given; meetings already proposed keep their dates. Raises NotPermitted, Invalid, Conflict when stale."""
    await locked(db, Mechanism, series.mechanism_id)
    await locked(db, Series, series.id)
    if not may_schedule(viewer, series.mechanism_id):
        raise NotPermitted(NOT_YOURS)
    series.check_version(version, name=series.name, rrule=series.rrule)
    values = _checked(series.name if name is None else name, {**_stored(series), **given})
    if values["name"] != series.name:
        await _free_name(db, series.mechanism_id, values["name"])
    for field, value in values.items():
        setattr(series, field, value)
    series.touch()
    _audit(db, viewer, "change_series", series)
    return series


async def _free_name(db: Session, mechanism_id: int, name: str) -> None:
    taken = select(Series.id).where(Series.mechanism_id == mechanism_id, Series.name == name)
    if (await db.execute(taken)).first() is not None:
        raise Invalid({"name": N_("This mechanism has a series of this name already.")})


def _audit(db: Session, viewer: Viewer, verb: str, series: Series) -> None:
    audit.add(
        db,
        viewer,
        verb,
        f"series:{series.id}",
        mechanism_id=series.mechanism_id,
        name=series.name,
        rrule=series.rrule,
        starts_on=series.starts_on.isoformat(),
    )


def _stored(series: Series) -> Mapping[str, Any]:
    return {field: getattr(series, field) for field in SeriesFields.__annotations__}


def _checked(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    check = Check()
    starts_on = check.day("starts_on", given.get("starts_on"), required=True)
    rrule = check.required_text("rrule", given.get("rrule"), most=300)
    if rrule and starts_on:
        try:
            parse_rule(rrule, starts_on=starts_on)
        except RuleRefused as refusal:
            message = rule_refused(refusal)
            check.refuse("rrule", message.msgid, **message.params)
    if given.get("start_time") is None:
        check.refuse("start_time", N_("Please give a time."))
    values = {
        "name": check.required_text("name", name, most=120),
        "rrule": rrule.upper(),
        "starts_on": starts_on,
        "start_time": given.get("start_time"),
        "duration_minutes": check.number(
            "duration_minutes", given.get("duration_minutes"), least=5, most=1440, required=True
        ),
        "roll": check.choice("roll", given.get("roll") or Roll.FOLLOWING, tuple(Roll)),
        "avoid_makeup": given.get("avoid_makeup") is not False,
        "location": check.text("location", given.get("location"), most=200),
    }
    check.done()
    return values
