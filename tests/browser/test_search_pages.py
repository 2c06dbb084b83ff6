"""The search in a real browser: its pages in both languages and widths, and the key that leads to it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.browser.test_desk_pages import announce


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_pages_of_the_search_are_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str
) -> None:
    live_server.in_transaction(lambda db: announce(live_server, db, "2026-12-17", "第四季度联席会议"))
    page = new_page(locale=locale, person=live_server.world.zhoumin)
    for path in ("/search", "/search?q=会", "/search?q=没有的词", "/search?q=检察", "/search?q=联席会议&kind=meeting"):
        page.goto(path)
        width_checks(page)


def test_the_key_leads_to_the_field_and_enter_to_what_is_found(new_page: NewPage, live_server: LiveSite) -> None:
    live_server.in_transaction(lambda db: announce(live_server, db, "2026-12-17", "第四季度联席会议"))
    page = new_page(person=live_server.world.zhoumin)
    page.goto("/directory")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("联席/")  # while somebody types it is a character
    expect(page.locator("#find")).to_have_value("联席/")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("联席")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.get_by_role("button", name="停用该键").click()
    page.goto("/directory")
    page.keyboard.press("/")
    expect(page.locator("#find")).not_to_be_focused()


def test_on_a_phone_and_without_script_the_search_is_one_press_away(new_page: NewPage, live_server: LiveSite) -> None:
    page = new_page(width=390, person=live_server.world.zhoumin, script=False)
    page.goto("/")
    page.get_by_role("link", name="搜索").click()
    page.locator("#q").fill("文博")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("mark").first).to_have_text("文博")
