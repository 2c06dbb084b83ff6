"""Entering working days as tests do it: the operator's acts, a made-up schedule of 2027, and how rules see the days afterwards."""

from datetime import date

from sqlalchemy import select

from liaison.calendaring.holiday_notice import parse_notice
from liaison.calendaring.workdays import DayKind, region_calendar
from liaison.db import Database
from liaison.meetings import annual
from liaison.meetings.models import Meeting
from liaison.system import holidays
from liaison.system.holidays import Act, CorrectDay, EnterYear, Preview
from tests.world import World

NOTICE = """关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月20日（周六）上班。
三、植树：3月18日（周四）放假，共1天。"""
YEAR = EnterYear(2027, True, parse_notice(NOTICE).days, "国办发明电〔2026〕0号")
MARCH, JUNE = date(2027, 3, 18), date(2027, 6, 17)
POWER_CUT = CorrectDay(date(2026, 12, 8), DayKind.HOLIDAY, "全区停电检修")


class Site:
    """The operator's acts, each in a transaction of its own."""

    def __init__(self, database: Database, world: World) -> None:
        self.database, self.world = database, world

    async def apply(self, act: Act, *, move: bool = False, version: int | None = None) -> Preview:
        async with self.database.writing() as db:
            operator = await self.world.viewer(db, self.world.guyan)
            return await holidays.apply(db, operator, "CN", act, move=move, version=version)

    async def preview(self, act: Act) -> Preview:
        async with self.database.reading() as db:
            operator = await self.world.viewer(db, self.world.guyan)
            return await holidays.preview(db, operator, "CN", act)

    async def planned(self, *days: date) -> list[int]:
        """The meetings of the world's series on these days, as drafts."""
        async with self.database.writing() as db:
            officer = await self.world.viewer(db, self.world.zhoumin)
            picks = [(self.world.series.id, day) for day in days]
            return [one.id for one in (await annual.plan(db, officer, self.world.mechanism.id, picks)).made]

    async def meeting(self, id_: int) -> Meeting:
        async with self.database.reading() as db:
            return (await db.scalars(select(Meeting).where(Meeting.id == id_))).one()

    async def kind(self, day: date) -> DayKind:
        """As rules see it, after whatever session came before."""
        async with self.database.reading():
            return region_calendar("CN").kind(day)
