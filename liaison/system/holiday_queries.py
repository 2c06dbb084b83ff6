"""What the pages and the API read of the working days: the regions of this site, their years, and what was entered by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from liaison.calendaring.schedules import days_of
from liaison.calendaring.schedules import entered as entered_days
from liaison.calendaring.workdays import DayKind, WorkCalendar, shipped_calendar
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import NotFound
from liaison.mechanisms.calendars import facts
from liaison.mechanisms.models import HolidayCalendar, HolidayDay, HolidayYear, Mechanism

YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Entry:
    """A year's schedule or one day as somebody entered it; what no longer counts is kept and shown."""

    row: HolidayYear | HolidayDay
    by: str | None
    undone_by: str | None
    counts: bool

    @property
    def at(self) -> datetime:
        return self.row.entered_at


@dataclass(frozen=True, slots=True)
class YearOfDays:
    """The days of one region and year, and what was entered for it, newest first."""

    region: str
    year: int
    version: int
    calendar: WorkCalendar
    official: bool
    entries: Sequence[Entry]
    corrections: Sequence[Entry]

    @property
    def standing(self) -> Entry | None:
        """The schedule that counts; None where it is the shipped one."""
        return next((each for each in self.entries if each.counts), None)

    def special(self) -> list[tuple[date, DayKind, str | None]]:
        """The days off and the days worked in return, with what is known about each: the holiday, or why it was corrected."""
        named: dict[date, str | None] = {}
        if self.standing is not None and isinstance(self.standing.row, HolidayYear):
            named = {date.fromisoformat(on): name for on, _, name in self.standing.row.days}
        reasons = {
            each.row.on: each.row.reason
            for each in reversed(self.corrections)
            if each.counts and isinstance(each.row, HolidayDay)
        }
        kinds = ((day, self.calendar.kind(day)) for day in days_of(self.year))
        return [
            (day, kind, reasons.get(day) or named.get(day))
            for day, kind in kinds
            if kind in (DayKind.HOLIDAY, DayKind.MAKEUP) or day in reasons
        ]


async def regions(db: Session) -> list[str]:
    """The regions whose days this site uses, its own first."""
    used = {*await db.scalars(select(Mechanism.region).distinct()), *await db.scalars(select(HolidayCalendar.region))}
    return [db.settings.region, *sorted(used - {db.settings.region})]


async def version_of(db: Session, region: str) -> int:
    """How often the days of a region were changed here, counted from 1."""
    query = select(HolidayCalendar.version).where(HolidayCalendar.region == region)
    return (await db.execute(query)).scalar_one_or_none() or 1


async def year_of_days(db: Session, region: str, year: int) -> YearOfDays:
    """One year as everybody may read it. Raises NotFound for a region that nobody here uses."""
    if year not in YEARS or region not in await regions(db):
        raise NotFound
    by, undone_by = aliased(Person), aliased(Person)

    def named(query: Select[Any, Any, Any], model: type[HolidayYear] | type[HolidayDay]) -> Select[Any, Any, Any]:
        joined = query.outerjoin(by, by.id == model.entered_by).outerjoin(undone_by, undone_by.id == model.undone_by)
        return joined.where(model.region == region).order_by(model.id.desc())

    query = named(select(HolidayYear, by.name, undone_by.name), HolidayYear)
    years = (await db.execute(query.where(HolidayYear.year == year))).all()
    first, last = date(year, 1, 1), date(year, 12, 31)
    query = named(select(HolidayDay, by.name, undone_by.name), HolidayDay)
    days = (await db.execute(query.where(HolidayDay.on.between(first, last)))).all()
    standing = next((row.id for row, _, _ in years if row.undone_at is None), None)
    seen: set[date] = set()
    corrections = []
    for row, name, other in days:
        counts = row.undone_at is None and row.corrects_id == standing and row.on not in seen
        if counts:
            seen.add(row.on)
        corrections.append(Entry(row, name, other, counts))
    # Not `region_calendar`: a change of this very transaction counts already.
    calendar, _ = entered_days(shipped_calendar(region), *await facts(db, region))
    return YearOfDays(
        region,
        year,
        await version_of(db, region),
        calendar,
        year in calendar.official_years,
        [Entry(row, name, other, row.id == standing) for row, name, other in years],
        corrections,
    )
