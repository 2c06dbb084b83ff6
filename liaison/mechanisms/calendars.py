"""The working days of every region in use, loaded at the start of a process: later asking costs nothing, and never holds up the event loop."""

import asyncio

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from liaison.calendaring.workdays import UnknownRegion, region_calendar
from liaison.db import Session
from liaison.mechanisms.models import Mechanism

log = structlog.get_logger(__name__)


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
