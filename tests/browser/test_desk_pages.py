"""我的工作 and the list of meetings in a real browser, in both languages and widths; an answer in place, a month turned."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from liaison.db import Session
from liaison.meetings import announcing, queries, scheduling
from liaison.meetings.asking import Asked
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite


async def announce(site: LiveSite, db: Session, day: str, title: str) -> None:
    """A meeting by the lead's liaison to which both liaisons, their agencies and a leader are asked."""
    world = site.world
    viewer = await world.viewer(db, world.zhoumin)
    made = await scheduling.schedule(
        db,
        viewer,
        world.mechanism.id,
        kind="regular",
        title=title,
        local_start=datetime.fromisoformat(f"{day}T14:30"),
        duration_minutes=120,
        location="区检察院三楼第一会议室",
        asked=[Asked(person_id=each.id) for each in (world.zhoumin, world.chenzy)] + [Asked(agency_id=world.sfj.id)],
    )
    await announcing.send(db, viewer, await queries.get(db, viewer, made.id))


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_desk_and_the_list_of_meetings_are_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str
) -> None:
    live_server.in_transaction(lambda db: announce(live_server, db, "2026-11-25", "专题会"))
    live_server.in_transaction(lambda db: announce(live_server, db, "2026-12-17", "第四季度联席会议"))
    for who in (live_server.world.zhoumin, live_server.world.liwb, live_server.world.guyan):
        page = new_page(locale=locale, person=who)
        for path in ("/", "/?month=2026-10", "/?month=2027-02", "/meetings"):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200
            width_checks(page)


def test_an_answer_is_given_in_place_and_the_month_turns_without_leaving(
    new_page: NewPage, live_server: LiveSite, page_checks: Callable[[Page], None]
) -> None:
    live_server.in_transaction(lambda db: announce(live_server, db, "2026-12-17", "第四季度联席会议"))
    page = new_page(person=live_server.world.chenzy)
    page.goto("/")
    page.get_by_role("link", name="下一月：2026年12月").click()
    expect(page.get_by_role("heading", name="2026年12月")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("17.*第四季度联席会议"))).to_be_visible()
    page.get_by_role("button", name="参加", exact=True).click()
    expect(page.get_by_text("目前没有需要您处理的事项。")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("已答复：参加")
    assert page.url.endswith("/?month=2026-12")
    page_checks(page)
    page.go_back()
    expect(page.get_by_role("heading", name="2026年11月")).to_be_visible()
