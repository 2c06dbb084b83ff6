"""The pages of the directory and of one's own account, in both languages and widths."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from liaison.accounts.sign_in import printed_link, set_up_link
from liaison.db import Session
from liaison.directory.models import Person
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite

LOCALES = pytest.mark.parametrize("locale", ["zh_CN", "en"])


@LOCALES
def test_the_directory_pages_are_right_in_both_languages_and_widths(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str
) -> None:
    world = live_server.world
    addresses = (
        "/directory",
        "/directory?q=副",
        "/directory?q=没有这个人",
        f"/directory/agencies/{world.jcy.id}",
        f"/directory/agencies/{world.sfj.id}",
        f"/directory/people/{world.qianwei.id}",
        f"/directory/people/{world.sunl.id}",
        f"/directory/people/{world.qianwei.id}/edit",
        f"/directory/agencies/{world.jcy.id}/people/new",
        f"/directory/agencies/{world.jcy.id}/offices/new",
        f"/directory/offices/{world.wujianbu.id}/edit",
        "/account",
    )
    page = new_page(locale=locale, person=world.hejing)
    for address in addresses:
        page.goto(address)
        width_checks(page)
    operator = new_page(locale=locale, person=world.guyan)
    for address in (
        "/directory",
        "/directory/agencies/new",
        f"/directory/agencies/{world.rsj.id}/edit",
        f"/directory/people/{world.sunl.id}/transfer",
        f"/directory/people/{world.sunl.id}",
    ):
        operator.goto(address)
        width_checks(operator)


@LOCALES
def test_the_ways_in_are_right_in_both_languages_and_widths(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str
) -> None:
    page = new_page(locale=locale)
    for address in ("/sign-in", "/password", "/sign-in/sent"):
        page.goto(address)
        width_checks(page)
    page.goto("/sign-in")
    page.locator("#f-account").fill("zhoumin")
    page.locator("#f-password").fill("not the one")
    page.locator("button.primary").click()
    page.wait_for_selector(".errors")
    assert page.locator("#f-account").input_value() == "zhoumin"
    width_checks(page)
    page.goto(live_server.in_transaction(lambda db: printed_link(db, live_server.world.zhoumin.id)))
    width_checks(page)
    page.locator("button.primary").click()
    page.wait_for_url(f"{live_server.url}/")


@LOCALES
def test_the_first_operator_sets_the_site_up_from_the_printed_link(
    new_page: NewPage, live_server: LiveSite, page_checks: Callable[[Page], None], locale: str
) -> None:
    async def without_operator(db: Session) -> str | None:
        await db.execute(update(Person).values(operator_at=None))
        return await set_up_link(db)

    link = live_server.in_transaction(without_operator)
    assert link is not None
    page = new_page(width=390, locale=locale)
    page.goto(link)
    page_checks(page)
    page.locator("#f-agency_name").fill("清沚区信访局")
    page.locator("#f-agency_short_name").fill("区信访局")
    page.locator("#f-name").fill("吕晴")
    page.locator("#f-mail").fill("lvqing@xfj.qingzhi.example")
    page.locator("#f-new_password").fill("一句容易记住的话，很长")
    page.locator("#f-repeated").fill("一句容易记住的话，很长")
    page.locator("button.primary").click()
    page.wait_for_url("**/system/first-steps")
    page.goto("/account")
    page_checks(page)
