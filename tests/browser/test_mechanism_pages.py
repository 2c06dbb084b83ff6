"""The mechanism's pages in a real browser: nothing on the console, no sideways scrolling, axe-core clean, in both languages and widths."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from liaison.db import Session
from liaison.mechanisms.models import Mechanism
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite

PAGES = {
    "zhoumin": (
        "/mechanisms",
        "/mechanisms/1",
        "/programmes",
        "/programmes?name=府检联动",
        "/mechanisms/1/designations/new",
        "/designations/1",
        "/mechanisms/1/deadlines",
        "/mechanisms/1/series",
        "/mechanisms/1/series/new",
        "/series/1/edit",
        "/mechanisms/1/plan",
        "/mechanisms/1/plan?year=2027",
        "/mechanisms/1/plan/send?year=2027",
        "/mechanisms/1/plan/skip?day=1:2027-06-17",
    ),
    "guyan": (
        "/mechanisms/new",
        "/mechanisms/1/edit",
        "/mechanisms/1/agreement",
        "/mechanisms/1/members/new",
        "/members/1",
    ),
    "songhp": ("/mechanisms/1", "/mechanisms/1/series", "/mechanisms/1/plan"),
}


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_page_of_a_mechanism_is_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str
) -> None:
    for who, paths in PAGES.items():
        page = new_page(locale=locale, person=getattr(live_server.world, who))
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200
            for closed in page.locator("details.data > summary").all():
                closed.click()
            width_checks(page)


def test_a_handover_is_done_from_the_mechanism_page(
    new_page: NewPage, live_server: LiveSite, page_checks: Callable[[Page], None]
) -> None:
    page = new_page(person=live_server.world.hejing)
    page.goto("/mechanisms/1")
    page.get_by_role("link", name="变更：周敏").click()
    page.get_by_label("接任人员").select_option(label="陈志远 · 副检察长")
    page.get_by_label("接任起始日期").fill("2022-05-01")
    expect(page.locator("#f-starts_on-words")).to_contain_text("2022年5月1日")
    page.get_by_role("button", name="交接").click()
    expect(page.get_by_role("alert")).to_contain_text("现指定期限自2022年5月23日开始")
    page_checks(page)
    page.get_by_label("接任起始日期").fill("2026-11-23")
    page.get_by_role("button", name="交接").click()
    expect(page.locator("#members")).to_contain_text("陈志远")
    expect(page.locator("#members")).not_to_contain_text("周敏")


def test_the_button_of_the_annual_plan_names_how_many_dates_are_ticked(
    new_page: NewPage, live_server: LiveSite, page_checks: Callable[[Page], None]
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto("/mechanisms/1/plan?year=2027")
    expect(page.get_by_role("button", name="安排4次会议")).to_be_visible()
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_role("button", name="安排3次会议").click()
    expect(page.get_by_role("status")).to_contain_text("已安排3次会议")
    expect(page.get_by_role("button", name="安排1次会议")).to_be_visible()
    page_checks(page)


def test_a_long_name_of_a_fact_leaves_its_value_room_on_a_phone(
    new_page: NewPage, live_server: LiveSite, page_checks: Callable[[Page], None]
) -> None:
    async def recorded_from_the_eighteenth(db: Session) -> None:
        (await db.get_one(Mechanism, live_server.world.mechanism.id)).first_ordinal = 18

    live_server.in_transaction(recorded_from_the_eighteenth)
    page = new_page(width=390, locale="en", person=live_server.world.zhoumin)
    page.goto("/mechanisms/1")
    expect(page.locator("#arrangements")).to_contain_text("Number of the first meeting recorded here")
    page_checks(page)


def test_the_labels_of_a_printed_sheet_stand_on_one_line_in_either_language(
    new_page: NewPage, live_server: LiveSite
) -> None:
    term = live_server.world.terms["zhoumin"].id
    for locale in ("zh_CN", "en"):
        page = new_page(locale=locale, person=live_server.world.zhoumin)
        page.goto(f"/designations/{term}/sheet")
        heights = page.evaluate("[...document.querySelectorAll('.meta b')].map(one => one.getClientRects()[0].height)")
        assert heights
        assert max(heights) == min(heights), locale
