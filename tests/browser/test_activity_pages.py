"""Joint activities in a real browser: a guest's bad address is named at the form, figures are typed as people write them, and the pages fit a
phone."""

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite


def test_a_lecture_with_a_guest_is_planned_held_and_counted_by_its_officer(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None]
) -> None:
    world = live_server.world
    page = new_page(person=world.zhoumin)
    page.goto(f"/mechanisms/{world.mechanism.id}/meetings/new?kind=lecture")
    expect(page.locator("#f-kind")).to_have_value("lecture")
    page.locator("#f-title").fill("劳动者权益专题讲座")
    page.locator("#f-date").fill("2026-12-17")
    page.locator("#f-time").fill("14:30")
    page.get_by_text("通讯录以外的嘉宾").click()
    guest = {"name": "马守田", "body": "新城社区居委会", "job_title": "主任", "mail": "ma(at)example"}
    for field, text in guest.items():
        page.locator(f"[name='outside.0.{field}']").fill(text)
    page.get_by_role("button", name="保存草稿").click()
    problem = page.get_by_role("link", name="嘉宾1：邮箱")
    expect(problem).to_be_visible()
    problem.click()
    expect(page.locator("[name='outside.0.mail']")).to_be_focused()
    expect(page.locator("[name='outside.0.mail']")).to_have_value("ma(at)example")
    page.locator("[name='outside.0.mail']").fill("")
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_url("**done=scheduled*")
    meeting = page.url.partition("?")[0]
    page.goto(f"{meeting}/send")
    expect(page.get_by_role("link", name="邀请函 (.docx)")).to_be_visible()
    width_checks(page)
    page.goto(f"{meeting}/documents")
    width_checks(page)
    live_server.clock.as_of = datetime(2026, 12, 17, 9, tzinfo=UTC)
    page = new_page(person=world.zhoumin)
    page.goto(f"{meeting}/hold")
    page.get_by_role("button", name="登记").last.click()
    page.wait_for_url("**done=held*")
    page.goto(f"{meeting}/figures")
    width_checks(page)
    page.locator("#f-turnout").fill("1，200")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=counted*")
    expect(page.locator("#_activity")).to_contain_text("1200")
    page.goto(f"/mechanisms/{world.mechanism.id}/activities?year=2026")
    expect(page.locator("tbody").first).to_contain_text("1200")
    width_checks(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="联合接访")).to_be_hidden()
    expect(page.get_by_role("link", name="全部类型")).to_be_visible()
