"""What is typed into a page that was left open too long survives, with htmx and without, in a real browser (UX 44)."""

from datetime import timedelta

from playwright.sync_api import expect

from liaison.accounts import credentials, passwords
from liaison.clock import Clock
from liaison.meetings import queries
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.browser.test_desk_pages import announce
from tests.conftest import NOW

PASSWORD = "一句容易记住的话，很长"


def test_an_answer_typed_before_the_session_ran_out_is_sent_after_signing_in(
    new_page: NewPage, live_server: LiveSite, clock: Clock
) -> None:
    world = live_server.world
    live_server.in_transaction(lambda db: announce(live_server, db, "2026-12-17", "第四季度联席会议"))
    hash_ = passwords.hash_password(PASSWORD)
    live_server.in_transaction(lambda db: credentials.set_password(db, world.chenzy.id, hash_, via="cli"))
    page = new_page(person=world.chenzy)
    page.goto("/meetings/1")
    page.locator("#own-answer [name=comment]").fill("下午要开庭")
    clock.as_of = NOW + timedelta(minutes=40)
    page.locator("#own-answer").get_by_role("button", name="请假").click()  # htmx
    expect(page.get_by_text("您填写的内容已保留")).to_be_visible()
    page.get_by_label("邮箱或短名").or_(page.locator("[name=account]")).first.fill(world.chenzy.key or "")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("下午要开庭")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#own-answer")).to_be_visible()
    said = live_server.in_transaction(lambda db: queries.attendees(db, 1))
    [answer] = [one for one in said if one.person_id == world.chenzy.id]
    assert (answer.partstat, answer.comment) == ("declined", "下午要开庭")


def test_a_part_that_htmx_asks_for_leaves_what_is_being_typed_where_it_is(
    new_page: NewPage, live_server: LiveSite, clock: Clock
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(f"/mechanisms/{live_server.world.mechanism.id}/meetings/new")
    page.locator("[name=title]").fill("专题会")
    clock.as_of = NOW + timedelta(minutes=40)
    page.locator("[name=date]").fill("2026-12-18")
    page.locator("[name=date]").blur()
    expect(page.locator("#toasts").get_by_text("您已退出登录")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("专题会")
