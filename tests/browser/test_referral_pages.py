"""移送台账 in a real browser: its filters stand in one line, and the rows of its table end alike."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite


def test_the_filters_of_the_ledger_stand_in_line_and_the_last_row_has_no_border(
    new_page: NewPage, live_server: LiveSite
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    _refer(page, live_server)
    page.goto("/referrals")
    fields = page.locator(".filters input:visible, .filters select")
    expect(fields).to_have_count(5)
    bottoms = fields.evaluate_all("found => found.map(one => Math.round(one.getBoundingClientRect().bottom))")
    assert len(set(bottoms)) == 1
    assert page.locator(".filters label > span").count() == 5, "each has its label above it"
    cells = page.locator(".tbl tbody tr:last-child > *")
    borders = cells.evaluate_all("found => found.map(one => getComputedStyle(one).borderBottomWidth)")
    assert set(borders) == {"0px"}


def _refer(page: Page, site: LiveSite) -> None:
    page.goto(f"/mechanisms/{site.world.mechanism.id}/notices/new?kind=referral")
    page.locator("input[name=to_agency_ids]").first.check()
    page.locator("#f-subject").fill("农民工讨薪线索")
    page.locator("#f-text").fill("请审查是否受理。")
    page.locator("button[name=send]").click()
    page.locator("form[action$='/send'] button").click()
    expect(page.locator("h1")).to_have_text("农民工讨薪线索")
