"""Agenda items on 我的工作: proposed ones for who accepts them, returned ones for who proposed them, and not what lies far ahead."""

import re
from datetime import UTC, datetime
from typing import Any

from liaison.meetings import agenda, deferring
from liaison.meetings.asking import Asked
from tests.desk.pages import announced, needs, offered
from tests.meetings.play import Play
from tests.world import World


async def test_a_proposed_item_is_accepted_in_place_by_the_host(browse: Any, play: Play, world: World) -> None:
    meeting_id = await announced(play, Asked(person_id=world.liwb.id))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id, world.liwb)
        await agenda.add_item(db, viewer, meeting, title="涉欠薪法律援助绿色通道", purpose="study")
    browser = await browse(world.zhoumin)
    page = await browser.get("/")
    assert needs(page) == ["请审定议题：涉欠薪法律援助绿色通道"]
    path = re.findall(r'action="(/desk/items/\d+)"', page)[0]
    accepted = await browser.post(path, htmx=True, version=offered(page, path))
    assert "“涉欠薪法律援助绿色通道”已列入议程。" in accepted.text
    assert needs(accepted.text) == ["请发送通知：第四季度联席会议"]


async def test_a_returned_item_waits_for_who_proposed_it_until_it_is_sent_again(
    browse: Any, play: Play, world: World
) -> None:
    meeting_id = await announced(play, Asked(person_id=world.liwb.id))
    title, again = "研究线索双向移送指引", "研究线索双向移送指引（第二稿）"
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id, world.liwb)
        await agenda.add_item(db, viewer, meeting, title="涉欠薪法律援助绿色通道", purpose="study")
        item = await agenda.add_item(db, viewer, meeting, title=title, purpose="study")
        await db.flush()
        host, _ = await play.meeting(db, meeting_id)
        await deferring.return_item(db, host, await agenda.item_of(db, host, item.id), reason="请补充附件")
    for who in (world.liwb, world.wuxl):
        assert f"请修改退回的议题：{title}" in needs(await (await browse(who)).get("/"))
    assert f"请修改退回的议题：{title}" not in needs(await (await browse(world.zhoumin)).get("/"))
    browser, edit = await browse(world.liwb), f"/agenda-items/{item.id}/edit"
    typed = {
        "title": again,
        "purpose": "study",
        "agency_id": str(world.sfj.id),
        "version": offered(await browser.get(edit), edit),
    }
    saved = await browser.post(edit, **typed)
    assert "议题已重新报送。" in await browser.get(saved.headers["location"].partition("#")[0])
    assert needs(await (await browse(world.wuxl)).get("/")) == []


async def test_who_chairs_a_meeting_is_offered_its_proposed_items_and_nobody_else_is(
    browse: Any, play: Play, world: World
) -> None:
    asked = (Asked(person_id=world.chenzy.id, role="chair"), Asked(person_id=world.zhenggq.id))
    meeting_id = await announced(play, *asked)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id, world.liwb)
        await agenda.add_item(db, viewer, meeting, title="涉欠薪法律援助绿色通道", purpose="study")
    assert "请审定议题：涉欠薪法律援助绿色通道" not in needs(await (await browse(world.zhenggq)).get("/"))
    browser = await browse(world.chenzy)
    page = await browser.get("/")
    assert "请审定议题：涉欠薪法律援助绿色通道" in needs(page)
    path = re.findall(r'action="(/desk/items/\d+)"', page)[0]
    accepted = await browser.post(path, htmx=True, version=offered(page, path))
    assert "“涉欠薪法律援助绿色通道”已列入议程。" in accepted.text


async def test_what_was_deferred_to_a_far_meeting_is_to_be_decided_once_its_call_for_items_is_near(
    browse: Any, play: Play, world: World
) -> None:
    meeting_id = await play.scheduled()
    await play.scheduled(local_start=datetime.fromisoformat("2027-03-18T14:30"), title="一季度联席会议")
    async with play.database.writing() as db:
        member, meeting = await play.meeting(db, meeting_id, world.liwb)
        item = await agenda.add_item(db, member, meeting, title="研究移送口径", purpose="study")
        await deferring.defer_item(db, await world.viewer(db, world.zhoumin), item)
    said = "研究移送口径"
    assert said not in await (await browse(world.zhoumin)).get("/")
    play.clock.as_of = datetime(2027, 2, 12, 1, 0, tzinfo=UTC)
    assert said in await (await browse(world.zhoumin)).get("/")
