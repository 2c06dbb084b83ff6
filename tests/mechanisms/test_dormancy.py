"""休眠: a mechanism without any trace for twice its rhythm is named to its officers, and a new act wakes it."""

from datetime import date, datetime, timedelta

from sqlalchemy import event

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.life.queries import dormant
from liaison.mechanisms.dormancy import YEAR, Dormant, asleep, dormant_after
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import Meeting, Series
from liaison.notices.contact_models import ContactLog
from tests.callers import Browser
from tests.statements import noting
from tests.world import World

NOW = date(2026, 11, 23)


def test_twice_the_rhythm_or_a_year_and_never_less_than_sixty_days() -> None:
    def rule(rrule: str) -> Series:
        return Series(rrule=rrule, starts_on=date(2022, 1, 1))

    quarterly = rule("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=3TH")
    assert dormant_after([quarterly], NOW) == 2 * YEAR / 4
    assert dormant_after([], NOW) == dormant_after([rule("FREQ=YEARLY;UNTIL=20230101")], NOW) == YEAR
    assert dormant_after([rule("FREQ=WEEKLY")], NOW) == timedelta(days=60)
    assert asleep(NOW - YEAR, None, YEAR, NOW) is None
    assert asleep(NOW - YEAR - timedelta(days=1), None, YEAR, NOW) == Dormant(NOW - YEAR - timedelta(days=1))
    assert asleep(None, NOW - 2 * YEAR, YEAR, NOW) == Dormant(None)
    assert asleep(None, None, YEAR, NOW) is None


async def _met(database: Database, world: World, on: datetime) -> None:
    async with database.writing() as db:
        db.add(
            Meeting(
                mechanism_id=world.mechanism.id,
                kind="regular",
                title="联席会议",
                local_start=on.replace(tzinfo=None),
                timezone="Asia/Shanghai",
                duration_minutes=60,
                starts_at=on,
                host_agency_id=world.jcy.id,
                created_at=on,
                uid=f"{on.isoformat()}@test",
                held_at=on,
            )
        )


async def test_it_is_named_to_its_officers_until_something_new_is_on_record(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    await _met(database, world, datetime.fromisoformat("2026-03-19T14:30+08:00"))
    officer, reader = [await Browser(settings, database, clock).sign_in(one) for one in (world.liwb, world.chenzy)]
    page = f"/mechanisms/{world.mechanism.id}"
    assert "休眠的协作机制：支持起诉协作机制" in await officer.get("/")
    assert "休眠" in await officer.get("/mechanisms")
    assert "2026年3月19日" in (await officer.get(page)).partition('id="dormant"')[2][:400]
    assert "休眠" not in await reader.get("/mechanisms")
    async with database.writing() as db:
        noted = {"way": "phone", "subject": "询问进展", "on": NOW, "written_at": db.now()}
        db.add(ContactLog(mechanism_id=world.mechanism.id, agency_id=world.sfj.id, **noted))
    for path in ("/", "/mechanisms", page):
        assert "休眠" not in await officer.get(path)


async def test_four_statements_tell_whatever_mechanisms_are_asked_about(database: Database, world: World) -> None:
    await _met(database, world, datetime.fromisoformat("2025-03-19T14:30+08:00"))
    asked: list[str] = []
    async with database.reading() as db:
        viewer = await world.viewer(db, world.liwb)
        mechanism = await db.get_one(Mechanism, world.mechanism.id)
        note = noting(asked)
        event.listen(database.reader.sync_engine, "before_cursor_execute", note)
        try:
            assert await dormant(db, viewer, [mechanism]) == {mechanism.id: Dormant(date(2025, 3, 19))}
        finally:
            event.remove(database.reader.sync_engine, "before_cursor_execute", note)
    assert len(asked) == 4
