"""The working days of every region in use: what is shipped, loaded at the start of a process, and what the site entered itself."""

import asyncio
import time
from datetime import date
from typing import Any, Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from liaison.calendaring.holiday_notice import GivenDay
from liaison.calendaring.schedules import CorrectedDay, EnteredYear, entered
from liaison.calendaring.workdays import (
    Corrections,
    DayKind,
    UnknownRegion,
    WorkCalendar,
    region_calendar,
    shipped_calendar,
    use_corrections,
)
from liaison.db import Database, Session
from liaison.mechanisms.models import HolidayCalendar, HolidayDay, HolidayYear, Mechanism

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = 5.0
"""Seconds after which a process looks whether another one has changed the days."""
_CHANGED: Final = "holiday_calendar_changed"
_VERSION = select(func.coalesce(func.sum(HolidayCalendar.version), 0))


class SiteCalendars(Corrections):
    """What one site has entered, as one process knows it: read before its first session, after each change of its own, and else
    looked after every few seconds by one short statement beside whatever session comes next."""

    def __init__(self) -> None:
        super().__init__()
        self._version: int | None = None
        self._look_at = 0.0

    def use(self) -> None:
        """`region_calendar` answers for this site, in this task and those it starts."""
        use_corrections(self)

    async def follow(self, database: Database) -> None:
        """Read anew what was changed. Where nothing was read yet, a database that is away is an error like in every session."""
        now = time.monotonic()
        if self._version is not None and now < self._look_at:
            return
        self._look_at = now + LOOK_EVERY  # before the look: what is saved here meanwhile sets it back
        try:
            async with database.session(database.reader) as db:
                version = (await db.execute(_VERSION)).scalar_one()
                if version != self._version:
                    self.calendars = await _entered_calendars(db)
        except SQLAlchemyError as error:
            if self._version is None:
                raise
            log.warning("calendars_not_followed", why=type(error).__name__)
            return
        self._version = version

    def saved(self, db: Session) -> None:
        """A change that was committed here is read before the next session."""
        if db.info.pop(_CHANGED, False):
            self._look_at = 0.0


def note_change(db: Session) -> None:
    """This transaction changes the days of a region."""
    db.info[_CHANGED] = True


async def load_calendars(db: Session) -> None:
    """Load the calendars of the site and of every mechanism (0.4 s each for regions other than CN) in a thread.

    A database that is away at this moment stops nothing: a calendar is then loaded when it is first asked for."""
    try:
        regions = {db.settings.region, *await db.scalars(select(Mechanism.region).distinct())}
    except SQLAlchemyError as error:
        log.warning("calendars_not_loaded", why=type(error).__name__)
        regions = {db.settings.region}
    for region in sorted(regions):
        try:
            await asyncio.to_thread(region_calendar, region)
        except UnknownRegion:
            log.warning("unknown_region", region=region)


async def facts(db: Session, region: str) -> tuple[list[EnteredYear], list[CorrectedDay]]:
    """What was entered for a region and not undone, oldest first: years and single days."""
    years = select(HolidayYear).where(HolidayYear.region == region, HolidayYear.undone_at.is_(None))
    days = select(HolidayDay).where(HolidayDay.region == region, HolidayDay.undone_at.is_(None))
    return (
        [_year(row) for row in await db.scalars(years.order_by(HolidayYear.id))],
        [
            CorrectedDay(row.on, DayKind(row.kind), row.corrects_id, row.id)
            for row in await db.scalars(days.order_by(HolidayDay.id))
        ],
    )


def _year(row: HolidayYear) -> EnteredYear:
    """A year's schedule as a value."""
    return EnteredYear(row.id, row.year, row.official, tuple(_day(each) for each in row.days))


async def _entered_calendars(db: Session) -> dict[str, WorkCalendar]:
    found = {}
    for region in await db.scalars(select(HolidayCalendar.region)):
        try:
            shipped = await asyncio.to_thread(shipped_calendar, region)
        except UnknownRegion:
            log.warning("unknown_region", region=region)
            continue
        found[region], _ = entered(shipped, *await facts(db, region))
    return found


def _day(stored: list[Any]) -> GivenDay:
    on, kind, name = stored
    return GivenDay(date.fromisoformat(on), DayKind(kind), name)
