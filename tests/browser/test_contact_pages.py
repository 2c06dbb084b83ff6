"""The contact log in a real browser: line after line by Enter, on one page that stays where it is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_line_after_line_is_noted_by_enter_and_every_page_of_the_log_is_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str
) -> None:
    page = new_page(locale=locale, person=live_server.world.zhoumin)
    page.goto("/contact-log?q=x")
    width_checks(page)
    page.locator("#f-counterpart").focus()
    for subject in ("讨薪线索核实", "法律援助律师名单"):
        page.keyboard.type("区司法局 李文博")
        page.locator("#f-subject").fill(subject)
        page.keyboard.press("Enter")
        expect(page.locator("#contacts li h3").first).to_have_text(subject)
        expect(page.locator("#f-counterpart")).to_be_focused()
    expect(page).to_have_url(f"{live_server.url}/contact-log")
    expect(page.locator("#contacts li")).to_have_count(2)
    width_checks(page)
    page.locator("#toasts form button").click()
    expect(page.locator("#contacts li")).to_have_count(1)
    page.locator("#contacts form[action$='/notice'] button").click()
    expect(page.locator("h1")).to_have_text("讨薪线索核实")
    page.goto("/contact-log")
    expect(page.locator("#contacts a.tag")).to_have_count(1)
    page.locator("form.contact summary").click()
    page.locator("#f-on").fill("2099-01-05")
    page.locator("#f-counterpart").fill("某律师")
    page.locator("#f-subject").fill("约谈")
    page.keyboard.press("Enter")
    expect(page.locator("#contacts .err-msg")).to_have_count(
        1
    )  # said by the page in its own language, not by the browser
    expect(page.locator("#f-subject")).to_have_value("约谈")
    for path in ("/contact-log", "/contact-log/1/edit", "/contact-log/print"):
        page.goto(path)
        width_checks(page)


def test_a_line_is_noted_without_script(new_page: NewPage, live_server: LiveSite) -> None:
    page = new_page(person=live_server.world.zhoumin, script=False)
    page.goto("/contact-log")
    page.locator("#f-counterpart").fill("某律师")
    page.locator("#f-subject").fill("讨薪线索核实")
    page.keyboard.press("Enter")
    expect(page.locator("#contacts li h3")).to_have_text("讨薪线索核实")
