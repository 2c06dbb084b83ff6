"""The pages of series and of the annual plan: what an officer sets in words, ticks and plans, and what others only read."""

import re
from datetime import date
from html import unescape
from typing import Any

import httpx
import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.meetings.asking import Asked
from liaison.meetings.models import Series
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.world import World

YEAR_2027 = ["2027-03-18", "2027-06-17", "2027-09-16", "2027-12-16"]


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


@pytest.fixture
async def browser(settings: Settings, database: Database, clock: Clock, world: World) -> Browser:
    return await Browser(settings, database, clock).sign_in(world.zhoumin)


def seen(page: str) -> str:
    """What a reader sees of a page: no tags, no runs of white space."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def ticks(page: str) -> list[str]:
    return re.findall(r'name="dates" value="([^"]+)"[^>]* checked', page)


def hosts(page: str) -> list[str]:
    """The host chosen on each row that may be planned."""
    return re.findall(r'<option value="\d+" selected>([^<]+)</option>', page)


async def test_the_plan_shows_each_date_with_its_day_its_host_and_whether_it_is_certain(
    browser: Browser, world: World, play: Play
) -> None:
    await play.scheduled(Asked(agency_id=world.sfj.id))
    page = await browser.get(f"/mechanisms/{world.mechanism.id}/plan?year=2027")
    assert ticks(page) == [f"{world.series.id}:{day}" for day in YEAR_2027]
    assert "2027年3月18日（周四） 暂定 工作日 与规则一致" in seen(page)
    assert hosts(page) == ["区司法局", "区检察院", "区司法局", "区检察院"]
    assert "安排4次会议" in seen(page)


async def test_what_is_planned_or_past_is_not_offered_again(browser: Browser, world: World, play: Play) -> None:
    meeting_id = await play.scheduled(Asked(agency_id=world.sfj.id), nominal_on=date(2026, 12, 17))
    page = await browser.get(f"/mechanisms/{world.mechanism.id}/plan?year=2026")
    assert ticks(page) == []
    assert f'<a href="/meetings/{meeting_id}">第四季度联席会议</a>' in page
    assert "3月19日（周四） 工作日 与规则一致 – 没有会议记录" in seen(page)
    assert "以后的日期均已安排会议。" in seen(page)


async def test_the_ticked_rows_are_planned_by_one_button_and_the_answer_names_their_number(
    browser: Browser, world: World, play: Play
) -> None:
    where = f"/mechanisms/{world.mechanism.id}/plan"
    await browser.get(f"{where}?year=2027")
    answer = await _post(
        browser, where, {"year": "2027", "dates": [f"{world.series.id}:{day}" for day in YEAR_2027[:3]]}
    )
    assert answer.status_code == 303
    page = await browser.get(answer.headers["location"])
    assert "已安排3次会议，均为草稿，尚未通知任何人。" in seen(page)
    assert ticks(page) == [f"{world.series.id}:2027-12-16"]
    assert await play.delivered() == []


async def test_another_host_than_the_one_whose_turn_it_is_may_be_chosen_date_by_date(
    browser: Browser, world: World, play: Play
) -> None:
    where, first = f"/mechanisms/{world.mechanism.id}/plan", f"{world.series.id}:{YEAR_2027[0]}"
    page = await browser.get(f"{where}?year=2027")
    assert hosts(page)[0] == "区检察院"
    await _post(browser, where, {"year": "2027", "dates": [first], f"host-{first}": str(world.sfj.id)})
    page = seen(await browser.get(f"{where}?year=2027"))
    assert "2027年3月18日（周四） 暂定 工作日 与规则一致 区司法局 支持起诉与法律援助工作联席会议 草稿" in page


async def test_a_host_that_is_no_member_then_is_refused_on_the_date(browser: Browser, world: World) -> None:
    where, first = f"/mechanisms/{world.mechanism.id}/plan", f"{world.series.id}:{YEAR_2027[0]}"
    await browser.get(where)
    answer = await _post(browser, where, {"year": "2027", "dates": [first], f"host-{first}": str(world.mzj.id)})
    assert answer.status_code == 422
    assert 'class="errors"' in answer.text


@pytest.mark.parametrize("picked", [[], ["x"], ["9:2027-03-18"], ["1:2027-03-19"], ["²:2027-03-18"]])
async def test_a_plan_with_nothing_or_nonsense_ticked_comes_back_with_a_word(
    browser: Browser, world: World, picked: list[str]
) -> None:
    where = f"/mechanisms/{world.mechanism.id}/plan"
    await browser.get(where)
    answer = await _post(browser, where, {"year": "2027", "dates": picked})
    assert answer.status_code == 422
    assert 'class="errors"' in answer.text


async def test_a_moved_date_is_explained_on_the_page(browser: Browser, world: World, database: Database) -> None:
    async with database.writing() as db:
        series = await db.get_one(Series, world.series.id)
        series.rrule = "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1"
    page = seen(await browser.get(f"/mechanisms/{world.mechanism.id}/plan?year=2026"))
    assert "10月8日（周四） 工作日 10月1日（周四）为法定节假日，顺延至下一个工作日。" in page


async def test_others_read_the_plan_and_the_series_without_being_offered_anything(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    reader = await Browser(settings, database, clock).sign_in(world.maolin)
    for rest in ("plan?year=2027", "series"):
        page = await reader.get(f"/mechanisms/{world.mechanism.id}/{rest}")
        main = page.partition("<main")[2].partition("</main>")[0]
        assert "<form" not in main
        assert "/series/new" not in main
        assert "/edit" not in main


FORM = {
    "name": "联络员例会",
    "pattern": "month",
    "nth": "-1",
    "weekday": "FR",
    "month": "3",
    "rrule": "",
    "starts_on": "2027-01-01",
    "start_time": "09:30",
    "duration_minutes": "60",
    "roll": "preceding",
    "avoid_makeup": "1",
}


@pytest.mark.parametrize(
    ("changed", "rrule", "roll", "words"),
    [
        ({}, "FREQ=MONTHLY;BYDAY=-1FR", "preceding", "每月最后一个周五"),
        ({"pattern": "quarter"}, "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=-1FR", "preceding", "每季度末月的最后一个周五"),
        (
            {"pattern": "quarter_end", "roll": "following"},
            "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
            "preceding",
            "每季度最后一个工作日",
        ),
        ({"pattern": "rule", "rrule": "freq=yearly", "roll": "none"}, "FREQ=YEARLY", "none", "按规则 FREQ=YEARLY"),
    ],
)
async def test_an_officer_sets_a_rhythm_without_knowing_rules(
    browser: Browser, api: Program, world: World, changed: dict[str, str], rrule: str, roll: str, words: str
) -> None:
    where = f"/mechanisms/{world.mechanism.id}/series"
    assert "第三个" in await browser.get(f"{where}/new")
    saved = await browser.post(f"{where}/new", **FORM | changed)
    assert saved.status_code == 303
    assert words in seen(await browser.get(saved.headers["location"]))
    made = (await api.get(world.zhoumin, where))["items"][1]
    assert (made["rrule"], made["roll"], made["avoid_makeup"]) == (rrule, roll, True)
    assert (made["start_time"], made["duration_minutes"]) == ("09:30", 60)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"pattern": "rule", "rrule": "FREQ=HOURLY"}, "rrule"),
        ({"pattern": ""}, "pattern"),
        ({"weekday": "XX"}, "weekday"),
        ({"start_time": "25:00"}, "start_time"),
        ({"starts_on": ""}, "starts_on"),
        ({"duration_minutes": "eine Stunde"}, "duration_minutes"),
        ({"name": "支持起诉与法律援助工作联席会议"}, "name"),
    ],
)
async def test_a_refused_rhythm_names_the_field_and_keeps_what_was_typed(
    browser: Browser, world: World, changed: dict[str, str], field: str
) -> None:
    where = f"/mechanisms/{world.mechanism.id}/series/new"
    await browser.get(where)
    refused = await browser.post(where, **FORM | {"location": "二楼会议室"} | changed)
    assert refused.status_code == 422
    assert f'href="#f-{field}"' in refused.text
    assert "二楼会议室" in refused.text


async def test_a_series_changed_by_somebody_else_shows_both_versions(
    browser: Browser, api: Program, world: World
) -> None:
    where = f"/series/{world.series.id}/edit"
    page = await browser.get(where)
    assert re.search(r'value="quarter" checked', page)
    await api.patch(world.liwb, f"/series/{world.series.id}", {"name": "季度联席会议"})
    stale = await browser.post(where, **FORM | {"version": "1"})
    assert stale.status_code == 409
    assert "季度联席会议" in seen(stale.text)
    assert "联络员例会" in seen(stale.text)
    assert (await browser.post(where, **FORM | {"version": "2"})).status_code == 303


async def test_a_mechanism_without_a_rhythm_offers_to_set_one(
    browser: Browser, world: World, database: Database
) -> None:
    home = f"/mechanisms/{world.mechanism.id}"
    assert f'href="{home}/plan?year=2026"' in await browser.get(home)
    async with database.writing() as db:
        await db.delete(await db.get_one(Series, world.series.id))
    for page in (home, f"{home}/series", f"{home}/plan"):
        assert f'href="{home}/series/new"' in await browser.get(page)


async def _post(browser: Browser, path: str, fields: dict[str, Any]) -> httpx.Response:
    return await browser.client.post(path, data={"_csrf_token": browser.csrf, **fields})
