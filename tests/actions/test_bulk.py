"""提醒 by hand, and one act on several items of the ledger: who is mailed, how often, and what became of each item."""

from datetime import date, timedelta
from typing import Any

import pytest

from liaison.actions import assigning, queries, reminding, reporting
from liaison.actions.models import ActionItem
from liaison.actions.reminding import RemindedToday
from liaison.config import Settings
from liaison.directory.models import Person
from liaison.errors import Conflict, NotPermitted
from liaison.mechanisms.models import Designation
from tests.callers import Browser, Program
from tests.meetings.play import Play

LIWB, WUXL, SFJ = "liwb@sfj.qingzhi.example", "wuxl@sfj.qingzhi.example", "sfj@sfj.qingzhi.example"


async def assigned(play: Play, title: str = "建立线索台账", **more: Any) -> int:
    world = play.world
    given: dict[str, Any] = {"lead_agency_id": world.sfj.id, "owner_id": world.wuxl.id, "due_on": date(2026, 12, 10)}
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        return (await assigning.assign(db, viewer, world.mechanism.id, title=title, **given | more)).id


async def remind(play: Play, by: Person, item_id: int, *, again: bool = False) -> list[str]:
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, by)
        await reminding.remind(db, viewer, await queries.get(db, viewer, item_id), again=again)
    return [mail.to for mail in await play.delivered()]


async def test_within_the_agency_the_owner_is_reminded_from_another_one_its_liaison(play: Play) -> None:
    item_id = await assigned(play)
    assert await remind(play, play.world.liwb, item_id) == [WUXL]
    assert await remind(play, play.world.zhoumin, item_id, again=True) == [LIWB]


async def test_an_agency_without_a_liaison_is_reminded_at_its_own_address(play: Play) -> None:
    item_id = await assigned(play)
    async with play.database.writing() as db:
        (await db.get_one(Designation, play.world.terms["liwb"].id)).ends_on = date(2026, 11, 1)
    assert await remind(play, play.world.zhoumin, item_id) == [SFJ]


async def test_not_twice_on_one_day_unless_said_so_and_the_page_says_who_was_reminded(play: Play) -> None:
    item_id = await assigned(play)
    await remind(play, play.world.zhoumin, item_id)
    with pytest.raises(RemindedToday):
        await remind(play, play.world.liwb, item_id)
    play.clock.as_of = play.clock.now() + timedelta(days=1)
    assert await remind(play, play.world.liwb, item_id) == [WUXL]
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        found = await reminding.of_item(db, viewer, await queries.get(db, viewer, item_id))
        assert [(one.person_id, one.by_id) for one in found] == [
            (play.world.wuxl.id, play.world.liwb.id),
            (play.world.liwb.id, play.world.zhoumin.id),
        ]


async def test_nobody_is_reminded_of_what_ended_and_only_officers_and_deputies_remind(play: Play) -> None:
    item_id = await assigned(play)
    for person in (play.world.zhenggq, play.world.gonghui):
        with pytest.raises(NotPermitted):
            await remind(play, person, item_id)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.liwb)
        await reporting.complete(db, viewer, await queries.get(db, viewer, item_id))
    with pytest.raises(Conflict):
        await remind(play, play.world.zhoumin, item_id)


async def test_the_mail_says_who_reminds_and_its_link_reports(play: Play) -> None:
    item_id = await assigned(play)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        await reminding.remind(db, viewer, await queries.get(db, viewer, item_id))
    (mail,) = await play.delivered()
    assert mail.subject == "【落实事项】提醒：建立线索台账"
    assert "区检察院周敏提醒您" in mail.text
    assert len(mail.links) == 1


async def test_the_page_asks_before_a_second_reminder_and_the_api_wants_it_said(play: Play, settings: Settings) -> None:
    item_id = await assigned(play)
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)
    await browser.get(f"/actions/{item_id}")
    assert (await browser.post(f"/actions/{item_id}/remind")).status_code == 303
    asked = await browser.post(f"/actions/{item_id}/remind")
    assert "要再发一次吗" in asked.text
    assert (await browser.post(f"/actions/{item_id}/remind", confirmed="1")).status_code == 303
    api = Program(settings, play.database, play.clock)
    path = f"/action-items/{item_id}/remind"
    assert (await api.refused(play.world.zhoumin, "POST", path, {}))[0] == 409
    assert (await api.post(play.world.zhoumin, path, {"again": True}))["person_id"] == str(play.world.liwb.id)


async def chosen(browser: Browser, act: str, ids: list[int], **fields: str) -> Any:
    body = {"_csrf_token": browser.csrf, "act": act, "id": [str(one) for one in ids], **fields}
    return await browser.client.post("/actions/bulk", data=body)


async def test_several_items_are_asked_about_by_number_and_each_says_what_became_of_it(
    play: Play, settings: Settings
) -> None:
    world = play.world
    mine = await assigned(play, "甲事项", lead_agency_id=world.jcy.id, owner_id=world.zhoumin.id)
    theirs = await assigned(play, "乙事项")
    browser = await Browser(settings, play.database, play.clock).sign_in(world.zhoumin)
    page = await browser.get("/actions")
    assert page.count('form="bulk"') == 2
    asked = await chosen(browser, "complete", [mine, theirs])
    assert "已勾选2项" in asked.text
    assert "将这2项标记办结" in asked.text
    async with play.database.reading() as db:
        assert (await db.get_one(ActionItem, mine)).ended_at is None, "asked first"
    done = await chosen(browser, "complete", [mine, theirs], confirmed="1")
    assert "已处理1项" in done.text
    assert "1项未处理" in done.text
    assert "进展由责任人" in done.text
    async with play.database.reading() as db:
        ended = [(await db.get_one(ActionItem, each)).ended_how for each in (mine, theirs)]
    assert ended == ["done", None]


async def test_a_date_an_owner_and_a_reminder_for_several_items(play: Play, settings: Settings) -> None:
    world = play.world
    ids = [await assigned(play, "甲事项"), await assigned(play, "乙事项")]
    browser = await Browser(settings, play.database, play.clock).sign_in(world.liwb)
    await browser.get("/actions")
    assert (await chosen(browser, "due", ids, confirmed="1", due_on="")).status_code == 422
    dated = await chosen(browser, "due", ids, confirmed="1", due_on="2026-12-20")
    assert dated.text.count("已处理") == 3, "the count and each of them; nothing is 办结 by another date"
    assert "办结" not in dated.text
    await chosen(browser, "owner", ids, confirmed="1", who=f"person:{world.zhenggq.id}", reason="分工调整")
    async with play.database.reading() as db:
        rows = [await db.get_one(ActionItem, each) for each in ids]
        assert {(one.due_on, one.owner_id) for one in rows} == {(date(2026, 12, 20), world.zhenggq.id)}
    again = await chosen(browser, "remind", ids, confirmed="1")
    assert "已处理2项" in again.text
    assert "2项未处理" in (await chosen(browser, "remind", ids, confirmed="1")).text
    assert (await chosen(browser, "complete", [])).status_code == 409
