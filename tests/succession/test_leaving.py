"""Somebody leaves: what they were to do at meetings passes to whoever is named, or waits for the host's liaison; none of it is lost."""

from html import unescape

import pytest
from sqlalchemy import text

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.meetings import agenda, scheduling
from liaison.meetings import queries as meetings
from liaison.meetings.asking import Asked
from liaison.meetings.models import AgendaItem, Meeting
from liaison.succession import leaving, roles, transferring
from liaison.succession.left import left_open
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.succession.quarter import Quarter
from tests.succession.test_handover import handed_over


@pytest.fixture
def quarter(play: Play) -> Quarter:
    return Quarter(play)


async def with_roles(quarter: Quarter, who: Person) -> tuple[int, int]:
    """A meeting that they record, and on whose agenda they present an item: both ids."""
    world = quarter.world
    meeting_id = await quarter.play.scheduled(Asked(person_id=world.chenzy.id))
    async with quarter.play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        meeting = await meetings.get(db, viewer, meeting_id)
        await scheduling.change(db, viewer, meeting, recorder_id=who.id)
        item = await agenda.add_item(
            db, viewer, meeting, title="研究欠薪线索移送", purpose="study", presenter_id=who.id
        )
        return meeting_id, item.id


async def who_does(quarter: Quarter, meeting_id: int, item_id: int) -> tuple[int | None, int | None]:
    async with quarter.play.database.reading() as db:
        return (await db.get_one(Meeting, meeting_id)).recorder_id, (await db.get_one(AgendaItem, item_id)).presenter_id


async def open_at(quarter: Quarter, who: Person) -> list[tuple[str, list[str], int]]:
    async with quarter.play.database.reading() as db:
        found = await left_open(db, await quarter.world.viewer(db, who))
        return [(one.role, list(one.names), one.count) for one in found]


async def leave(quarter: Quarter, how: str, who: Person, to: int | None = None) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        operator = await world.viewer(db, world.guyan)
        if how == "transfer":
            await transferring.transfer(db, operator, who.id, agency_id=world.rsj.id, meeting_roles_to_id=to)
        else:
            await leaving.deactivate(db, operator, who.id, meeting_roles_to_id=to)


LEAVES = pytest.mark.parametrize("how", ["transfer", "deactivation"])


@LEAVES
async def test_roles_pass_to_whoever_of_the_agency_is_named(quarter: Quarter, how: str) -> None:
    world = quarter.world
    found = await with_roles(quarter, world.wuxl)
    await leave(quarter, how, world.wuxl, world.xujie.id)
    assert await who_does(quarter, *found) == (world.xujie.id, world.xujie.id)
    assert await open_at(quarter, world.zhoumin) == []


@LEAVES
async def test_roles_left_open_wait_for_the_hosts_liaison_until_somebody_is_named(quarter: Quarter, how: str) -> None:
    world = quarter.world
    meeting_id, item_id = await with_roles(quarter, world.wuxl)
    await leave(quarter, how, world.wuxl)
    assert await who_does(quarter, meeting_id, item_id) == (None, None)
    assert await open_at(quarter, world.zhoumin) == [("presenter", ["吴晓岚"], 1), ("recorder", ["吴晓岚"], 1)]
    assert await open_at(quarter, world.liwb) == []
    async with quarter.play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        meeting = await meetings.get(db, viewer, meeting_id)
        await scheduling.change(db, viewer, meeting, recorder_id=world.qianwei.id)
    assert await open_at(quarter, world.zhoumin) == [("presenter", ["吴晓岚"], 1)]


@LEAVES
async def test_who_is_to_chair_is_asked_by_name_so_the_host_is_told_that_they_left(quarter: Quarter, how: str) -> None:
    world = quarter.world
    await quarter.play.scheduled(Asked(person_id=world.zhenggq.id, role="chair"))
    await leave(quarter, how, world.zhenggq, world.xujie.id)
    assert await open_at(quarter, world.zhoumin) == [("chair", ["郑国强"], 1)]


async def test_the_host_may_do_without(quarter: Quarter, settings: Settings, database: Database, clock: Clock) -> None:
    world = quarter.world
    meeting_id, _ = await with_roles(quarter, world.wuxl)
    await leave(quarter, "deactivation", world.wuxl)
    browser = await Browser(settings, database, clock).sign_in(world.zhoumin)
    desk = unescape(await browser.get("/"))
    assert "吴晓岚已离开，请另行确定记录人" in desk
    assert "吴晓岚已离开，请另行确定1项议题的汇报人" in desk
    assert (await browser.post(f"/meetings/{meeting_id}/left-roles", role="recorder")).status_code == 303
    assert await open_at(quarter, world.zhoumin) == [("presenter", ["吴晓岚"], 1)]


@pytest.mark.parametrize("form", ["transfer", "deactivate"])
async def test_the_forms_name_what_is_left_open_and_offer_the_liaison_in_office(
    quarter: Quarter, settings: Settings, database: Database, clock: Clock, form: str
) -> None:
    world = quarter.world
    found = await with_roles(quarter, world.wuxl)
    browser = await Browser(settings, database, clock).sign_in(world.guyan)
    path = f"/directory/people/{world.wuxl.id}/{form}"
    page = unescape(await browser.get(path))
    assert "1次会议的记录人" in page
    assert "1个议题的汇报人" in page
    assert f'<option value="{world.liwb.id}" selected>' in page
    assert "研究欠薪线索移送" not in page, "the operator reads no agenda"
    refused = await browser.post(path, agency_id=str(world.rsj.id), meeting_roles_to_id=str(world.zhoumin.id))
    assert refused.status_code == 422
    given = {"agency_id": str(world.rsj.id), "meeting_roles_to_id": str(world.liwb.id)}
    assert (await browser.post(path, **given)).status_code == 303
    assert await who_does(quarter, *found) == (world.liwb.id, world.liwb.id)


async def test_programs_name_who_takes_the_roles_over(
    quarter: Quarter, settings: Settings, database: Database, clock: Clock
) -> None:
    world, program = quarter.world, Program(settings, database, clock)
    found = await with_roles(quarter, world.wuxl)
    path = f"/people/{world.wuxl.id}/deactivate"
    wrong = {"meeting_roles_to_id": str(world.zhoumin.id)}
    assert await program.refused(world.gonghui, "POST", path, wrong) == (422, ["meeting_roles_to_id"])
    await program.post(world.gonghui, path, {"meeting_roles_to_id": str(world.xujie.id)})
    assert await who_does(quarter, *found) == (world.xujie.id, world.xujie.id)


async def test_an_item_that_waits_for_a_meeting_passes_with_the_office_and_stays_with_its_mechanism(
    quarter: Quarter,
) -> None:
    world = quarter.world
    _, item_id = await with_roles(quarter, world.liwb)
    async with quarter.play.database.writing() as db:
        await db.execute(text("UPDATE agenda_item SET state = 'deferred'"))
        await db.execute(text("UPDATE meeting SET starts_at = '2026-11-02 01:00:00+00:00'"))
    async with quarter.play.database.reading() as db:
        found = await roles.presenter(db, world.liwb.id, None, roles.Where(world.mechanism.id))
        assert [(one.id, one.on) for one in found] == [(item_id, None)]
        assert not await roles.presenter(db, world.liwb.id, None, roles.Where(world.mechanism.id + 1))


async def test_who_moved_before_the_day_of_the_handover_keeps_what_they_took_on_elsewhere(quarter: Quarter) -> None:
    world = quarter.world
    await handed_over(quarter)
    await leave(quarter, "transfer", world.liwb)
    meeting_id, item_id = await with_roles(quarter, world.liwb)
    await quarter.on("12-01T00:01")
    assert await who_does(quarter, meeting_id, item_id) == (world.liwb.id, world.liwb.id)
