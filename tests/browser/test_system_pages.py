"""The operator's pages in a real browser, in both languages and widths: nothing on the console, nothing that axe-core finds."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from liaison.db import Session
from liaison.mail import outbox
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_operators_pages_are_sound(
    live_server: LiveSite, new_page: NewPage, width_checks: Callable[[Page], None], locale: str
) -> None:
    async def enqueue(db: Session) -> None:
        await outbox.enqueue(
            db, kind="sign_in", about="person:1", address="a@b.example", display_to="a@b.example", locale="zh_CN"
        )

    live_server.in_transaction(enqueue)
    page = new_page(locale=locale, person=live_server.world.guyan)
    for path in (
        "/system",
        "/system/outbox",
        "/system/outbox/1",
        "/system/first-steps",
        "/system/first-steps?how=paste",
    ):
        page.goto(path)
        width_checks(page)
    page.locator("textarea[name=paste]").fill("区财政局\t马强\t科员\t\t\t是")
    page.locator("form:has(textarea) button[type=submit]").click()
    expect(page.locator("tbody").last).to_contain_text("马强")
    width_checks(page)
