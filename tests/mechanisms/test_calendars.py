"""Calendars of every region in use are there before the first request needs them."""

from litestar.testing import AsyncTestClient
from sqlalchemy import update

from liaison.app import create_app
from liaison.calendaring.workdays import shipped_calendar
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms.calendars import load_calendars
from liaison.mechanisms.models import Mechanism
from tests.world import World


def is_loaded(region: str) -> bool:
    """Whether asking for the calendar now costs nothing."""
    before = shipped_calendar.cache_info().misses
    shipped_calendar(region)
    return shipped_calendar.cache_info().misses == before


async def test_a_server_begins_with_the_calendars_in_use(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    async with database.writing() as db:
        await db.execute(update(Mechanism).where(Mechanism.id == world.mechanism.id).values(region="GB-ENG"))
    shipped_calendar.cache_clear()
    async with AsyncTestClient(create_app(settings, clock=clock)):
        pass
    assert is_loaded("GB-ENG")
    assert is_loaded(settings.region)


async def test_a_region_nobody_knows_does_not_stop_the_start(database: Database, world: World) -> None:
    async with database.writing() as db:
        await db.execute(update(Mechanism).where(Mechanism.id == world.mechanism.id).values(region="XX"))
    async with database.reading() as db:
        await load_calendars(db)
