"""The operator's pages in a real browser, in both languages and widths: nothing on the console, nothing that axe-core finds."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from liaison.db import Session
from liaison.mail import outbox
from liaison.meetings import announcing, annual
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


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_holiday_schedule_is_entered_by_pasting_and_confirming(
    live_server: LiveSite, new_page: NewPage, width_checks: Callable[[Page], None], locale: str
) -> None:
    async def plan(db: Session) -> None:
        officer = await live_server.world.viewer(db, live_server.world.zhoumin)
        picks = [(live_server.world.series.id, date(2027, month, day)) for month, day in ((3, 18), (6, 17))]
        made = (await annual.plan(db, officer, live_server.world.mechanism.id, picks)).made
        await announcing.send(db, officer, made[1])

    live_server.in_transaction(plan)
    page = new_page(locale=locale, person=live_server.world.guyan)
    page.goto("/system/holidays")
    width_checks(page)
    page.locator("textarea[name=text]").fill("2027年放假安排\n1月1日（周六）放假，共1天。")
    page.locator("form:has(textarea) button[type=submit]").click()
    expect(page.get_by_role("alert")).to_contain_text("1月1日(周六)")
    width_checks(page)
    notice = "2027年放假安排\n1月1日（周五）放假，共1天。3月18日、6月17日放假。3月20日（周六）上班。"
    page.locator("textarea[name=text]").fill(notice)
    page.locator("form:has(textarea) button[type=submit]").click()
    expect(page.locator("#moves-title")).to_be_visible()
    expect(page.locator("#stays-title")).to_be_visible()
    width_checks(page)
    page.locator("button[value=move]").click()
    page.wait_for_url("**/calendar/CN/2027?moved=1")
    expect(page.locator(".toast")).to_be_visible()
    width_checks(page)
    page.locator("input[name=on]").fill("2027-05-20")
    page.locator("input[name=reason]").fill("区庆")
    page.locator("form:has(input[name=on]) button[type=submit]").click()
    width_checks(page)
    page.locator("button[value=keep]").click()
    expect(page.locator("section[aria-labelledby=history-title]")).to_contain_text("区庆")
    width_checks(page)
