"""Outcomes, reports and briefs in a real browser: entered, looked at, drafted; every page right in both languages and widths."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.results.reported import MODEL_CASE


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_table_becomes_figures_and_a_brief_and_every_page_is_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str
) -> None:
    page = new_page(locale=locale, person=live_server.world.zhoumin)
    base = f"/mechanisms/{live_server.world.mechanism.id}"
    page.goto(f"{base}/outcomes/import")
    width_checks(page)
    page.locator("#f-file").set_input_files(MODEL_CASE)
    page.locator("form.form-page button[type=submit]").click()
    expect(page.locator("#h-p")).to_be_visible()
    width_checks(page)
    page.locator("input[name=confirmed] ~ .row button").click()
    expect(page.locator("tr[id^=line-]")).to_have_count(39)
    width_checks(page)
    page.locator("tr[id^=line-] a").first.click()
    width_checks(page)
    for path in ("/results", f"{base}/outcomes/new", f"{base}/outcomes/print", f"{base}/report", base):
        page.goto(path)
        width_checks(page)
    page.goto(f"{base}/report/print?from=2021-01-01&to=2022-05-23")
    width_checks(page)
    page.goto(f"{base}/outcomes/confirm?from=2021-01-01&to=2021-12-31")
    width_checks(page)
    page.locator("button.primary").click()
    expect(page.locator("form[action$='/take-back'] button")).to_be_visible()
    page.goto(f"{base}/briefs")
    width_checks(page)
    page.locator(f"form[action='{base}/briefs'] button").nth(4).click()
    assert (
        "86.9万元" in page.locator("#f-text").input_value() or "869,000 yuan" in page.locator("#f-text").input_value()
    )
    width_checks(page)
