"""The main job in a real browser: schedule, read before sending, send, be answered by people without an account, move, cancel."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.meetings.play import Mail, by_address, mails_in


def test_invited_and_answered(new_page: NewPage, live_server: LiveSite, page_checks: Callable[[Page], None]) -> None:
    world, seen = live_server.world, set[str]()

    def arrived() -> dict[str, Mail]:
        live_server.work()
        return by_address(mails_in(live_server.settings.mail_dir, seen))

    officer = new_page(person=world.zhoumin)
    officer.goto("/")
    officer.get_by_role("link", name="新建会议").first.click()
    page_checks(officer)
    officer.get_by_label("标题").fill("第四季度联席会议")
    officer.locator("input[name=date]").fill("2026-12-17")
    officer.locator("input[name=time]").fill("14:30")
    officer.locator(f"input[name='agency.{world.sfj.id}.asked']").check()
    officer.locator(f"input[name='agency.{world.sfj.id}.seats']").fill("2")
    officer.locator(f"input[name='agency.{world.sfj.id}.requirement']").fill("分管负责同志1名、联络员1名")
    officer.locator("summary", has_text="区检察院").click()
    officer.locator(f"input[name='agency.{world.jcy.id}.asked']").uncheck()
    officer.locator(f"input[name='person.{world.chenzy.id}.asked']").check()
    officer.locator(f"select[name='person.{world.chenzy.id}.role']").select_option("chair")
    officer.locator("input[name='items.0.title']").fill("通报第三季度办理情况")
    officer.locator("input[name='items.0.duration_minutes']").fill("20")
    officer.locator("input[name='items.1.title']").fill("研究线索双向移送指引")
    officer.get_by_role("button", name="保存草稿").click()
    expect(officer.get_by_role("heading", level=1, name="第四季度联席会议")).to_be_visible()
    page_checks(officer)
    assert arrived() == {}

    officer.evaluate("window.isSamePage = true")
    officer.get_by_role("button", name="下移：通报第三季度办理情况").click()
    expect(officer.locator("#agenda h3").first).to_have_text("研究线索双向移送指引")
    expect(officer.get_by_role("button", name="上移：通报第三季度办理情况")).to_be_focused()
    assert officer.evaluate("window.isSamePage")
    assert "/agenda-items/" not in officer.url

    officer.get_by_role("link", name="查看并发送").click()
    expect(officer.get_by_text("liwb@sfj.qingzhi.example")).to_be_visible()
    expect(officer.frame_locator("iframe").get_by_text("陈志远副检察长：").first).to_be_visible()
    page_checks(officer)
    officer.get_by_role("button", name="向3个邮箱发送通知").click()
    expect(officer.get_by_role("region", name="未答复")).to_be_visible()
    page_checks(officer)
    mails = arrived()
    assert set(mails) == {"chenzy@jcy.qingzhi.example", "liwb@sfj.qingzhi.example", "wuxl@sfj.qingzhi.example"}

    liaison = new_page(width=390)
    liaison.goto(mails["liwb@sfj.qingzhi.example"].links[0])
    page_checks(liaison)
    liaison.locator("input[name='names.0.name']").fill("郑国强")
    liaison.locator("input[name='names.0.job_title']").fill("副局长")
    liaison.locator("input[name='names.1.name']").fill("高原")
    liaison.get_by_role("button", name="交回执").click()
    expect(liaison.get_by_text("郑国强").first).to_be_visible()
    page_checks(liaison)

    leader = new_page(width=390)
    leader.goto(mails["chenzy@jcy.qingzhi.example"].links[0] + "?partstat=declined")
    expect(leader.get_by_role("radio", name="请假")).to_be_checked()
    leader.get_by_label("备注").or_(leader.locator("textarea[name=comment]")).first.fill("出差")
    leader.get_by_role("button", name="提交答复").click()
    page_checks(leader)

    officer.reload()
    for text in ("郑国强", "高原", "出差"):
        expect(officer.get_by_text(text).first).to_be_visible()
    page_checks(officer)

    officer.get_by_role("link", name="改期").click()
    page_checks(officer)
    officer.locator("input[name=date]").fill("2026-12-18")
    officer.get_by_role("button", name="改期并通知3个邮箱").click()
    expect(officer.get_by_text("12月18日").first).to_be_visible()
    page_checks(officer)
    moved = arrived()
    assert set(moved) == set(mails)
    assert moved["liwb@sfj.qingzhi.example"].event["SEQUENCE"] == 1
    assert all("改期" in mail.subject for mail in moved.values())
