"""A programme groups the mechanisms that one may see; and nothing is scheduled in a mechanism that has ended."""

from datetime import date, datetime

import pytest
from sqlalchemy import update

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.errors import Invalid
from liaison.mechanisms.models import Mechanism, Member
from liaison.meetings.scheduling import schedule
from tests.callers import Browser, Program
from tests.world import World


async def test_its_page_and_the_list_show_those_of_its_mechanisms_that_one_may_see(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    async with database.writing() as db:
        site = {"timezone": "Asia/Shanghai", "region": "CN", "locale": "zh_CN", "deadlines": {}}
        for name, programme, agency in (("甲机制", "府检联动", world.rsj), ("乙机制", None, world.sfj)):
            more = Mechanism(name=name, short_name=name, programme=programme, lead_agency_id=agency.id, **site)
            db.add(more)
            await db.flush()
            db.add(Member(mechanism_id=more.id, agency_id=agency.id, joined_on=date(2026, 1, 1)))
    sfj, rsj, operator = [
        await Browser(settings, database, clock).sign_in(one) for one in (world.liwb, world.sunl, world.guyan)
    ]
    page = await sfj.get("/programmes?name=府检联动")
    assert world.mechanism.name in page
    assert "甲机制" not in page
    assert "李文博" in page
    listed = await sfj.get("/mechanisms")
    assert (
        listed.index("府检联动")
        < listed.index(world.mechanism.name)
        < listed.index("其他协作机制")
        < listed.index("乙机制")
    )
    other = await rsj.get("/programmes?name=府检联动")
    assert "甲机制" in other
    assert world.mechanism.name not in other
    unseen, missing = [await sfj.client.get(f"/programmes?name={name}") for name in ("丙", "府检")]
    assert unseen.status_code == missing.status_code == 404
    assert "2 个协作机制" in await operator.get("/programmes")
    assert '<option value="府检联动">' in await operator.get("/mechanisms/new")
    found = await Program(settings, database, clock).get(world.guyan, "/mechanisms?programme=府检联动")
    assert {one["name"] for one in found["items"]} == {world.mechanism.name, "甲机制"}


async def test_nothing_is_scheduled_on_or_after_the_day_a_mechanism_ends(database: Database, world: World) -> None:
    async with database.writing() as db:
        await db.execute(update(Mechanism).values(ended_on=date(2026, 12, 18)))
        viewer = await world.viewer(db, world.zhoumin)
        given = {"kind": "regular", "title": "联席会议", "duration_minutes": 60}
        day_before = datetime.fromisoformat("2026-12-17T14:30")
        assert (await schedule(db, viewer, world.mechanism.id, local_start=day_before, **given)).id
        with pytest.raises(Invalid) as refused:
            await schedule(db, viewer, world.mechanism.id, local_start=day_before.replace(day=18), **given)
        assert set(refused.value.errors) == {"starts_at"}
