"""放假安排: entering a year's schedule or one day that differs, and taking either back. First a look at what would change, then the act."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from liaison import audit, site
from liaison.accounts.viewer import Viewer
from liaison.calendaring.holiday_notice import GivenDay
from liaison.calendaring.schedules import Change, CorrectedDay, EnteredYear, changes, entered, fits
from liaison.calendaring.workdays import DayKind, UnknownRegion, WorkCalendar, shipped_calendar
from liaison.checks import Check
from liaison.db import Session, locked, one_at_a_time
from liaison.errors import NotFound
from liaison.i18n import N_
from liaison.mechanisms import calendars
from liaison.mechanisms.models import HolidayCalendar, HolidayDay, HolidayYear
from liaison.system.effects import Effects, effects, follow
from liaison.system.holiday_queries import version_of

MOST_DAYS = 200
"""Days off and days worked in return that one year may name."""


@dataclass(frozen=True, slots=True)
class EnterYear:
    """A year's schedule, as announced or as only expected."""

    year: int
    official: bool
    days: tuple[GivenDay, ...]
    source: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectDay:
    """One day that differs from the schedule of its year."""

    on: date
    kind: DayKind
    reason: str


@dataclass(frozen=True, slots=True)
class UndoYear:
    """The schedule that was entered is taken back: what stood before counts again."""

    entry_id: int


@dataclass(frozen=True, slots=True)
class UndoDay:
    """A correction is taken back."""

    correction_id: int


Act = EnterYear | CorrectDay | UndoYear | UndoDay


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would change or has changed; `version` is that of the region's days before it."""

    act: Act
    effects: Effects
    version: int
    moved: int = 0


async def preview(db: Session, viewer: Viewer, region: str, act: Act) -> Preview:
    """What the act would change: days, meetings, deadlines. Nothing is changed. Raises NotPermitted, NotFound, Invalid."""
    site.operators_only(viewer)
    act, before, after, days = await _looked_at(db, region, act)
    return Preview(act, await effects(db, region, before, after, days), await version_of(db, region))


async def apply(
    db: Session, viewer: Viewer, region: str, act: Act, *, move: bool = False, version: int | None = None
) -> Preview:
    """Do it, in one transaction with all that follows from the days; `move`: meetings nobody was told of go where their series' rule
    now puts them, else they keep their dates. Meetings that were announced stay, and no mail leaves.

    Raises NotPermitted, NotFound, Invalid (days, on, kind, reason, …), Conflict when stale."""
    site.operators_only(viewer)
    row = await _locked(db, region)
    row.check_version(version)
    act, before, after, days = await _looked_at(db, region, act)
    found = await effects(db, region, before, after, days, lock=True)
    seen = row.version
    if await _write(db, viewer, region, act):
        row.touch()
        calendars.note_change(db)
        moved = await follow(db, viewer, region, before, after, found, move=move)
        audit.add(db, viewer, _VERBS[type(act)], f"holiday_calendar:{row.id}", region=region, **_said(act), days=len(days), moved=moved)  # fmt: skip
        return Preview(act, found, seen, moved)
    return Preview(act, found, seen)


_VERBS = {
    EnterYear: "enter_holidays",
    CorrectDay: "correct_day",
    UndoYear: "undo_holidays",
    UndoDay: "undo_correction",
}


async def _locked(db: Session, region: str) -> HolidayCalendar:
    """The region's row under a lock; made by the first change of all."""
    await one_at_a_time(db, f"holiday_calendar:{region}")
    id_ = (await db.execute(select(HolidayCalendar.id).where(HolidayCalendar.region == region))).scalar_one_or_none()
    if id_ is not None:
        return await locked(db, HolidayCalendar, id_)
    row = HolidayCalendar(region=region, version=1)
    db.add(row)
    await db.flush()
    return row


async def _looked_at(db: Session, region: str, act: Act) -> tuple[Act, WorkCalendar, WorkCalendar, list[Change]]:
    """The act with its words as they are kept, the calendar before and after it, and the days that differ."""
    try:
        shipped = await asyncio.to_thread(shipped_calendar, region)  # some regions take 0.4 s the first time
    except UnknownRegion:
        raise NotFound from None
    years, days = await calendars.facts(db, region)
    before, standing = entered(shipped, years, days)
    touched: set[int] = set()
    match act:
        case EnterYear():
            act = _checked_year(act)
            years = [*years, EnteredYear(0, act.year, act.official, act.days)]
            touched = {act.year}
        case CorrectDay():
            act = _checked_day(before, act)
            current = standing.get(act.on.year)
            days = [*days, CorrectedDay(act.on, act.kind, current.id if current else None)]
            touched = {act.on.year}
        case UndoYear():
            gone = next((each for each in standing.values() if each.id == act.entry_id), None)
            if gone is None:
                raise NotFound
            years = [each for each in years if each.id != gone.id]
            touched = {gone.year}
        case UndoDay():
            wrong = next((each for each in days if each.id == act.correction_id), None)
            if wrong is None:
                raise NotFound
            days = [each for each in days if each.id != wrong.id]
            touched = {wrong.on.year}
    after, _ = entered(shipped, years, days)
    around = {year + step for year in touched for step in (-1, 0, 1)}
    return act, before, after, changes(before, after, around)


async def _write(db: Session, viewer: Viewer, region: str, act: Act) -> bool:
    """Put the facts into their tables; False where they stand there already."""
    by: dict[str, Any] = {"entered_by": viewer.person_id or None, "entered_at": db.now()}
    years, days = await calendars.facts(db, region)
    match act:
        case EnterYear():
            newest = next((each for each in reversed(years) if each.year == act.year), None)
            corrected = newest is not None and any(each.corrects == newest.id for each in days)
            if newest is not None and not corrected and (newest.official, newest.days) == (act.official, act.days):
                return False
            rows = [[day.on.isoformat(), day.kind.value, day.name] for day in act.days]
            db.add(HolidayYear(region=region, year=act.year, official=act.official, days=rows, source=act.source, **by))
        case CorrectDay():
            newest = next((each for each in reversed(years) if each.year == act.on.year), None)
            corrects = newest.id if newest else None
            db.add(HolidayDay(region=region, on=act.on, kind=act.kind.value, reason=act.reason, corrects_id=corrects, **by))  # fmt: skip
        case UndoYear():
            entry = await db.get(HolidayYear, act.entry_id)
            assert entry is not None
            entry.undone_at, entry.undone_by = db.now(), viewer.person_id or None
        case UndoDay():
            row = await db.get(HolidayDay, act.correction_id)
            assert row is not None
            row.undone_at, row.undone_by = db.now(), viewer.person_id or None
    await db.flush()
    return True


def _checked_year(act: EnterYear) -> EnterYear:
    check = Check()
    check.number("year", act.year, least=2000, most=2199)
    source = check.text("source", act.source, most=200)
    days = tuple(replace(day, name=check.text("days", day.name, most=40)) for day in act.days)
    if len(act.days) > MOST_DAYS:
        check.refuse("days", N_("At most %(most)s days are named in a year."), most=MOST_DAYS)
    check.done()
    return replace(act, source=source, days=days)


def _checked_day(calendar: WorkCalendar, act: CorrectDay) -> CorrectDay:
    check = Check()
    check.day("on", act.on)
    reason = check.required_text("reason", act.reason, most=200)
    if not fits(calendar, act.on, act.kind):
        check.refuse(
            "kind", N_("A day of the weekend is free, worked in return or off; any other day is worked or off.")
        )
    elif calendar.kind(act.on) is act.kind:
        check.refuse("kind", N_("The day is that already."))
    check.done()
    return replace(act, reason=reason)


def _said(act: Act) -> dict[str, Any]:
    match act:
        case EnterYear():
            return {"year": act.year, "official": act.official, "source": act.source}
        case CorrectDay():
            return {"on": act.on.isoformat(), "kind": act.kind.value, "reason": act.reason}
        case UndoYear():
            return {"entry": act.entry_id}
        case UndoDay():
            return {"correction": act.correction_id}
