"""The steps around a meeting on pages and in the API: shown with day and state, shifted, skipped, done early and taken back with a
reason; the year of them; what the desk asks of whom."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest

from liaison.calendaring.workdays import DayKind
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.meetings import stepping
from liaison.meetings.asking import Asked
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.reminders.test_reminding import LIWB, QIANWEI, WUXL, ZHOUMIN, at, beijing
from tests.reminders.test_steps import four_members, planned, proposed, through
from tests.world import World

OpenAs = Callable[[Person], Awaitable[Browser]]


@pytest.fixture
def open_as(settings: Settings, database: Database, clock: Clock) -> OpenAs:
    async def open_(who: Person) -> Browser:
        return await Browser(settings, database, clock).sign_in(who)

    return open_


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


def seen(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


async def test_the_meeting_shows_each_step_with_its_day_and_how_it_stands(play: Play, open_as: OpenAs) -> None:
    await planned(play, Asked(agency_id=play.world.sfj.id))
    await through(play, "09-24")
    text = seen(await (await open_as(play.world.zhoumin)).get("/meetings/1"))
    assert "议题征集 9月24日（周四） 已完成 9月24日（周四）08:30 4封" in text
    assert "议题报送截止 10月15日（周四）" in text
    assert "会议通知 10月22日（周四）" in text
    assert "时间节点" not in seen(await (await open_as(play.world.chenzy)).get("/meetings"))


async def test_a_step_is_shifted_skipped_done_and_taken_back_on_its_page(play: Play, open_as: OpenAs) -> None:
    await planned(play)
    browser = await open_as(play.world.liwb)
    path = "/meetings/1/steps/call_for_items"
    assert "调整日期" in seen(await browser.get(path))
    refused = await browser.post(path, act="shift", due_on="2026-09-26", reason="", version="0")
    assert refused.status_code == 422
    closed = await browser.post(path, act="shift", due_on="2026-09-26", reason="节前", version="0")
    assert "当天休息，请选择工作日" in closed.text, "a Saturday"
    shifted = await browser.post(path, act="shift", due_on="2026-09-20", reason="节前征集", version="0")
    assert shifted.status_code == 303
    text = seen(await browser.get("/meetings/1"))
    assert "议题征集 9月20日（周日） 调休上班 已调整" in text
    assert "原因：节前征集" in text
    stale = await browser.post(path, act="skip", reason="不征集", version="0")
    assert (stale.status_code, "有人" in seen(stale.text)) == (409, True)
    assert (await browser.post(path, act="skip", reason="不征集", version="1")).status_code == 303
    assert "已跳过 原因：不征集" in seen(await browser.get("/meetings/1"))
    for version in ("2", "3"):  # the skipping, then the shifting
        assert (await browser.post(path, act="undo", version=version)).status_code == 303
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, 1)
        (call, *_) = await stepping.steps_shown(db, meeting)
    assert (call.state, call.shifted, call.date) == ("ahead", False, date(2026, 9, 24))
    assert (await browser.post(path, act="do", reason="提前", version="4")).status_code == 303
    assert {mail.to for mail in await play.delivered()} == {ZHOUMIN, QIANWEI, WUXL}
    gone = seen(await browser.get(path))
    assert "该节点已不能更改" in gone


async def test_doing_a_step_now_says_before_it_is_pressed_how_many_mails_go_and_is_not_offered_without_any(
    play: Play, open_as: OpenAs
) -> None:
    await planned(play, Asked(person_id=play.world.sunl.id), Asked(agency_id=play.world.sfj.id))
    browser = await open_as(play.world.zhoumin)
    call = await browser.get("/meetings/1/steps/call_for_items")
    assert "立即办理（3封邮件）" in call
    assert "尚未通知任何人" in await browser.get("/meetings/1/steps/replies_due")
    assert 'value="do"' not in await browser.get("/meetings/1/steps/replies_due")
    assert "立即办理</button>" in await browser.get("/meetings/1/steps/pre_meeting"), "it has no mails of its own"
    assert (
        await browser.post("/meetings/1/steps/call_for_items", act="do", reason="提前", version="0")
    ).status_code == 303
    assert len(await play.delivered()) == 3
    await proposed(play, 1, play.world.liwb, "法律援助绿色通道")
    await proposed(play, 1, play.world.zhoumin, "移送口径")
    due = await browser.get("/meetings/1/steps/items_due")
    assert "没有可发送的对象" in due
    assert 'value="do"' not in due


async def test_the_api_shifts_skips_does_and_takes_back_with_a_reason(play: Play, api: Program, world: World) -> None:
    await planned(play, Asked(person_id=world.sunl.id))
    path = "/meetings/1/steps"
    by = world.zhoumin
    assert await api.refused(by, "POST", f"{path}/call_for_items/shift", {"due_on": "2026-09-01"}) == (422, ["reason"])
    said = {"due_on": "2026-09-17", "reason": "节前征集"}
    made = await api.post(by, f"{path}/call_for_items/shift", said)
    call = made["deadlines"][0]
    assert (call["date"], call["shifted"], call["reason"], call["version"]) == ("2026-09-17", True, "节前征集", 1)
    stale = {"reason": "不征集", "version": 0}
    assert (await api.refused(by, "POST", f"{path}/call_for_items/skip", stale))[0] == 409
    assert (await api.post(by, f"{path}/call_for_items/skip", {"reason": "不征集"}))["deadlines"][0]["skipped"] is True
    states = [one["state"] for one in (await api.get(by, "/meetings/1"))["deadlines"][:3]]
    assert states == ["skipped", "skipped", "ahead"], "no items are due where none are called for"
    await api.post(by, f"{path}/call_for_items/undo")
    done = (await api.post(by, f"{path}/call_for_items/do", {"reason": "提前征集"}))["deadlines"][0]
    assert (done["state"], done["mails"], done["done_by"]) == ("done", 3, str(by.id))
    assert (await api.refused(by, "POST", f"{path}/call_for_items/undo", {}))[0] == 409, "mails cannot be taken back"
    assert (await api.refused(by, "POST", f"{path}/meeting_notice/do", {"reason": "提前"}))[0] == 409
    assert (await api.refused(by, "POST", f"{path}/lunch/skip", {"reason": "提前"}))[0] == 404
    marked = await api.post(by, f"{path}/pre_meeting/do", {"reason": "已碰头"})
    assert [one["state"] for one in marked["deadlines"] if one["step"] == "pre_meeting"] == ["done"]
    await api.post(by, f"{path}/pre_meeting/undo")
    await play.send(1)
    guest = (await api.get(world.sunl, "/meetings/1"))["deadlines"][0]
    assert (guest["state"], guest["reason"], guest["done_by"]) == ("done", None, None), "why is the officers' own"


async def test_answers_due_on_another_day_is_what_the_notice_says(play: Play, api: Program, world: World) -> None:
    await planned(play, Asked(agency_id=world.sfj.id))
    said = {"due_on": "2026-10-23", "reason": "要定桌签"}
    await api.post(world.zhoumin, "/meetings/1/steps/replies_due/shift", said)
    assert (await api.get(world.zhoumin, "/meetings/1"))["replies_due_on"] == "2026-10-23"
    await play.send(1)
    assert (await through(play, "10-21", "10-23", "10-26"))["10-23"] == {LIWB, WUXL, ZHOUMIN, QIANWEI}


async def test_a_step_left_on_the_wrong_side_of_a_moved_meeting_is_marked(
    play: Play, api: Program, world: World
) -> None:
    await planned(play)
    said = {"due_on": "2026-10-28", "reason": "会前再定"}
    await api.post(world.zhoumin, "/meetings/1/steps/agenda_approved/shift", said)
    await api.post(world.zhoumin, "/meetings/1/move", {"starts_at": "2026-10-22T14:30:00+08:00"})
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, 1)
        found = {one.step: one for one in await stepping.steps_shown(db, meeting)}
    assert found["agenda_approved"].misplaced
    assert not found["meeting_notice"].misplaced


async def test_the_year_shows_every_step_of_every_meeting_to_those_who_see_the_mechanism(
    play: Play, open_as: OpenAs
) -> None:
    world = play.world
    await planned(play)
    await planned(play, title="春节后的例会", local_start=datetime.fromisoformat("2027-03-18T14:30"))
    path = f"/mechanisms/{world.mechanism.id}/steps"
    officer = await open_as(world.liwb)
    text = seen(await officer.get(path))
    assert text.count("议题征集") == 1
    assert "第四季度联席会议" in text
    ahead = seen(await officer.get(f"{path}?year=2027"))
    assert "议题征集 2027年2月18日（周四） 暂定" in ahead
    leader = await (await open_as(world.chenzy)).get(path)
    assert "第四季度联席会议" not in leader, "a draft is the officers'"


async def test_the_desk_asks_an_agency_for_items_and_the_host_for_letters_until_items_are_due(
    play: Play, open_as: OpenAs
) -> None:
    await four_members(play)
    await planned(play)
    assert "征集议题：" not in seen(await (await open_as(play.world.liwb)).get("/"))
    await through(play, "09-24")
    liaison, host = await open_as(play.world.liwb), await open_as(play.world.zhoumin)
    assert "征集议题：第四季度联席会议" in seen(await liaison.get("/"))
    assert "发函征集议题：区人社局" in seen(await host.get("/"))
    await proposed(play, 1, play.world.liwb, "法律援助绿色通道")
    assert "征集议题：第四季度联席会议" not in seen(await liaison.get("/"))
    play.clock.as_of = beijing("10-16T09:00")
    host = await open_as(play.world.zhoumin)
    assert "发函征集议题" not in seen(await host.get("/"))


async def test_other_deadlines_typed_on_the_page_move_the_steps_to_come(play: Play, open_as: OpenAs) -> None:
    await planned(play)
    await at(play, "09-01T08:30")
    fields: dict[str, Any] = {"call_for_items": "30", "version": "1"}
    browser = await open_as(play.world.zhoumin)
    await browser.get(f"/mechanisms/{play.world.mechanism.id}/deadlines")
    done = await browser.post(f"/mechanisms/{play.world.mechanism.id}/deadlines", **fields)
    assert done.status_code == 303
    assert set(await through(play, "09-10", "09-11")) == {"09-11"}


def test_the_days_of_these_tests_are_what_they_say() -> None:
    assert (date(2026, 9, 26).weekday(), DayKind.MAKEUP.value) == (5, "makeup")
