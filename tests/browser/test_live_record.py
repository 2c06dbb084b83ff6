"""Writing the record while the meeting runs, in a real browser: no word is lost, whatever the network and a second recorder do."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions.models import ActionItem
from liaison.clock import Clock
from liaison.db import Session
from liaison.meetings import recorded
from liaison.web.access import session_cookie
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.browser.test_held_pages import note_text, running_meeting
from tests.conftest import NOW


def opened(new_page: NewPage, site: LiveSite, meeting_id: int, *, locale: str = "zh_CN") -> Page:
    """The page of a running meeting with the notes on the whole of it unfolded."""
    page = new_page(person=site.world.zhoumin, locale=locale)
    page.goto(f"/meetings/{meeting_id}")
    if not page.locator("#note-all").is_visible():
        page.locator("summary", has_text="全会记录").click()
    return page


def saved(page: Page, version: int) -> None:
    expect(page.locator("#note-saved-all input")).to_have_value(str(version))
    expect(page.locator("form[data-unsaved]")).to_have_count(0)


def test_notes_are_saved_within_a_second_of_typing_and_the_cursor_stays(
    new_page: NewPage, live_server: LiveSite, page_checks: Callable[[Page], None]
) -> None:
    page = opened(new_page, live_server, running_meeting(live_server))
    field = page.locator("#note-all")
    field.fill("陈志远主持。")
    field.press("Home")
    field.press_sequentially("会上，")
    began = time.monotonic()
    expect(page.locator("form[data-unsaved]")).to_have_count(1)
    expect(page.locator("form[data-unsaved]")).to_have_count(0)
    assert time.monotonic() - began < 3  # half a second of waiting, and what a busy machine takes
    expect(page.locator("#note-saved-all")).to_contain_text("已保存")
    assert field.evaluate("field => [document.activeElement === field, field.selectionStart]") == [True, 3]
    field.press_sequentially("由")
    expect(field).to_have_value("会上，由陈志远主持。")
    page_checks(page)


def test_notes_typed_while_the_network_is_away_stay_in_the_page_and_are_saved_when_it_is_back(
    new_page: NewPage, live_server: LiveSite
) -> None:
    meeting_id = running_meeting(live_server)
    page = opened(new_page, live_server, meeting_id)
    page.context.set_offline(True)
    page.locator("#note-all").fill("陈志远主持会议。")
    expect(page.locator(".away").filter(has_text="未保存：网络不通")).to_be_visible()
    page.locator("#note-all").fill("陈志远主持会议。议程两项。")
    expect(page.locator(".away").filter(has_text="4 秒后重试")).to_be_visible()
    kept = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert kept == "[{},{}]"
    page.context.set_offline(False)  # the browser says so, and the page does not wait for its pause to end
    saved(page, 1)
    expect(page.locator(".away:visible")).to_have_count(0)
    assert note_text(live_server, meeting_id) == "陈志远主持会议。议程两项。"


def test_a_save_whose_answer_was_lost_is_not_taken_for_somebody_else(new_page: NewPage, live_server: LiveSite) -> None:
    meeting_id = running_meeting(live_server)
    page = opened(new_page, live_server, meeting_id)
    lost: list[str] = []

    def answer_lost(route: object) -> None:
        if not lost:
            lost.append(route.fetch().text())  # type: ignore[attr-defined]
            route.abort("connectionreset")  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/notes", answer_lost)
    page.locator("#note-all").fill("第一句。")
    expect(page.locator(".away:visible")).to_have_count(1)
    page.locator("#note-all").fill("第一句。第二句。")
    saved(page, 2)
    assert lost
    assert note_text(live_server, meeting_id) == "第一句。第二句。"


def test_notes_typed_after_the_session_ran_out_are_saved_on_coming_back_from_signing_in(
    new_page: NewPage, live_server: LiveSite, clock: Clock
) -> None:
    meeting_id = running_meeting(live_server)
    page = opened(new_page, live_server, meeting_id)
    clock.as_of = NOW + timedelta(minutes=40)
    page.locator("#note-all").fill("陈志远主持会议。")
    expect(page.locator("#toasts").get_by_text("您已退出登录")).to_be_visible()
    expect(page.locator("#note-all")).to_have_value("陈志远主持会议。")
    name = session_cookie(live_server.settings.https)
    key = live_server.session_key(live_server.world.zhoumin)
    page.context.add_cookies([{"name": name, "value": key, "url": live_server.url}])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    saved(page, 1)
    assert note_text(live_server, meeting_id) == "陈志远主持会议。"


@pytest.mark.parametrize(
    ("button", "kept"),
    [
        ("两段都保留，再修改", "周敏记：议程两项。\n\n李文博补充意见。"),
        ("保留我的", "李文博补充意见。"),
        ("采用对方的", "周敏记：议程两项。"),
    ],
)
def test_what_two_recorders_wrote_is_shown_side_by_side_and_kept_as_they_choose(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], button: str, kept: str
) -> None:
    meeting_id = running_meeting(live_server)
    first, second = (opened(new_page, live_server, meeting_id) for _ in range(2))
    first.locator("#note-all").fill("周敏记：议程两项。")
    saved(first, 1)
    second.locator("#note-all").fill("李文博补充意见。")
    both = second.locator("#note-saved-all .both")
    expect(both).to_contain_text("周敏记：议程两项。")
    expect(both).to_contain_text("李文博补充意见。")
    if kept == "李文博补充意见。":
        width_checks(second)
    second.locator("#note-all").press("End")
    second.locator("#note-all").press_sequentially(" ")
    second.wait_for_timeout(1200)
    assert note_text(live_server, meeting_id) == "周敏记：议程两项。"  # typing on settles nothing
    second.locator("#note-all").press("Backspace")
    second.get_by_role("button", name=button).click()
    expect(second.locator("form[data-unsaved]")).to_have_count(0)
    expect(second.locator("#note-all")).to_have_value(kept)
    assert note_text(live_server, meeting_id) == kept


def test_notes_are_saved_before_the_next_item_is_taken_up(new_page: NewPage, live_server: LiveSite) -> None:
    meeting_id = running_meeting(live_server)
    page = opened(new_page, live_server, meeting_id)
    page.get_by_role("button", name="开始讨论").first.click()
    page.locator(".ag-item.now textarea").first.fill("情况已通报。")
    page.locator(".ag-item.now").get_by_role("button", name="议毕，进入下一项").click()
    expect(page.locator(".ag-item.now h3")).to_contain_text("研究移送指引")
    expect(page.get_by_text("情况已通报。")).to_have_count(1)
    page.locator(".ag-item.now textarea").first.fill("讨论第二稿。")
    page.context.set_offline(True)
    page.locator(".ag-item.now").get_by_role("button", name="已议").click()
    expect(page.locator("#toasts").get_by_text("记录尚未保存，其他操作未执行")).to_be_visible()
    expect(page.locator(".ag-item.now textarea").first).to_have_value("讨论第二稿。")


def test_a_decision_that_is_written_and_not_recorded_is_not_lost_with_the_item(
    new_page: NewPage, live_server: LiveSite
) -> None:
    page = opened(new_page, live_server, running_meeting(live_server))
    page.get_by_role("button", name="开始讨论").first.click()
    now = page.locator(".ag-item.now")
    now.locator("summary", has_text="记录议定事项").click()
    now.locator("form.decide textarea").fill("每月对账。")
    now.get_by_role("button", name="议毕，进入下一项").click()
    expect(page.locator("#toasts").get_by_text("议定事项尚未记录")).to_be_visible()
    expect(page.locator("form.decide textarea:focus")).to_have_value("每月对账。")
    now.get_by_role("button", name="记为议定事项").click()
    expect(page.locator("#decision-list")).to_contain_text("每月对账。")
    now.get_by_role("button", name="议毕，进入下一项").click()
    expect(now.locator("h3")).to_contain_text("研究移送指引")


def test_the_next_date_is_chosen_beside_the_running_agenda(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None]
) -> None:
    page = opened(new_page, live_server, running_meeting(live_server))
    card = page.locator("#next-meeting")
    card.get_by_role("link", name="商定时间").click()
    card.get_by_label("开始时间").fill("10:00")
    card.get_by_role("link", name="下一月").click()
    expect(card.locator("h2")).to_have_text("2027年1月")
    card.locator(".pick-day").get_by_role("link", name="14", exact=True).click()
    expect(card.get_by_label("日期")).to_have_value("2027-01-14")
    expect(card.get_by_label("开始时间")).to_have_value("10:00")
    width_checks(page)
    card.get_by_role("link", name="返回，不保存").click()
    expect(card).to_contain_text("时间尚未商定")
    card.get_by_role("link", name="商定时间").click()
    card.get_by_label("日期").fill("2027-01-14")
    card.get_by_role("button", name="确定时间").click()
    expect(card).to_contain_text("1月14日（周四）")


def test_a_stem_goes_where_the_cursor_stands_by_keyboard_too(new_page: NewPage, live_server: LiveSite) -> None:
    page = opened(new_page, live_server, running_meeting(live_server))
    field = page.locator("#note-all")
    field.fill("第一句。交换清单。")
    for _ in range(5):
        field.press("ArrowLeft")
    page.keyboard.press("Shift+Tab")  # the last of the three buttons before the field: 要求
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#note-all:focus")).to_have_value("第一句。会议议定：交换清单。")
    saved(page, 1)


def test_a_decision_and_its_action_item_are_recorded_in_one_step_without_leaving_the_item(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None]
) -> None:
    meeting_id = running_meeting(live_server)
    page = opened(new_page, live_server, meeting_id)
    page.get_by_role("button", name="开始讨论").first.click()
    now = page.locator(".ag-item.now")
    now.locator("summary", has_text="记录议定事项").click()
    form = now.locator("form.decide")
    form.get_by_role("button", name="会议议定").click()
    page.keyboard.type("区司法局建立线索编号登记台账。")
    form.get_by_role("combobox", name="牵头单位").select_option(label="区司法局")
    form.get_by_role("checkbox", name="区检察院").check()
    form.get_by_label("完成时限").fill("2026-12-12")
    expect(form.get_by_text("周末")).to_be_visible()
    form.get_by_role("button", name="记为议定事项").click()
    tail = "（牵头单位：区司法局；配合单位：区检察院；完成时限：2026年12月12日，周六）"
    expect(page.locator("#decision-list")).to_contain_text("会议议定：区司法局建立线索编号登记台账。" + tail)
    row = page.locator("#action-list tr", has_text="区司法局建立线索编号登记台账")
    expect(row).to_contain_text("12月12日")
    expect(row).to_contain_text("区检察院")
    expect(form.locator("textarea")).to_have_value("")
    width_checks(page)
    page.locator("#toasts").get_by_role("button", name="撤销").click()
    expect(page.locator("#decision-list s")).to_contain_text("线索编号登记台账")

    async def item(db: Session) -> ActionItem:
        assert len(await recorded.decisions(db, COMMAND_LINE, meeting_id)) == 1
        return await db.get_one(ActionItem, 1)

    assert live_server.in_transaction(item).ended_how == "not_possible"
