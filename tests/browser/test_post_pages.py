"""What came in by mail and who holds the date, in a real browser: what waits is understood and settled, also without script or mouse."""

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

from liaison.actions import assigning
from liaison.db import Session
from liaison.directory import people
from liaison.meetings.asking import Asked
from liaison.postroom import queries
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import LIWB
from tests.meetings.test_announcing import people as chair_and_liwb
from tests.postroom.post import answer, take, written
from tests.postroom.test_answers import REPORT

MINJIAN = "minjian@jcy.qingzhi.example"
ELSEWHERE = "lwb@mail.example.org"
UNASKED = "wuxl@sfj.qingzhi.example"
ANOTHER_TIME = "DTSTART:20261218T010000Z\r\nDTEND:20261218T030000Z"


def filled_postroom(site: LiveSite) -> dict[str, int]:
    """A meeting that was announced, and one mail of each kind that waits about it, by reason; `bounced` is the report of one that came back."""
    play = Play(site.database, site.world, site.clock, site.settings.mail_dir)

    async def act() -> dict[str, int]:
        meeting = await play.scheduled(*chair_and_liwb(play), Asked(person_id=site.world.hanmei.id))
        mails = by_address(await play.send(meeting))
        for raw in (
            answer(mails[LIWB], "TENTATIVE", sender=ELSEWHERE, comment="可能晚到半小时"),
            written(mails[MINJIAN], "参加").as_bytes(),
            answer(mails[LIWB], "TENTATIVE", method="COUNTER", more=ANOTHER_TIME, comment="当天下午有会"),
            answer(mails[LIWB], "ACCEPTED", sender=UNASKED, attendee=UNASKED),
            REPORT.format(message_id=mails[LIWB].raw["Message-ID"], address=LIWB).encode(),
        ):
            await take(play, raw, received_at=site.clock.now())
        async with site.database.reading() as db:
            rows = await queries.listing(db, await play.viewer(site.world.zhoumin))
        return {row.reason: row.id for row in rows} | {"meeting": meeting}

    return site.run(act())


def test_every_page_of_mail_and_of_free_days_is_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None]
) -> None:
    made, world = filled_postroom(live_server), live_server.world
    assert set(made) == {"other_sender", "answered_by_address", "counter", "uninvited", "bounced", "meeting"}

    async def fill(db: Session) -> None:
        viewer = await world.viewer(db, world.zhoumin)
        await people.add_known_address(db, viewer, world.zhoumin.id, address="zm@mail.example.org", kind="alias")
        await assigning.assign(
            db,
            viewer,
            world.mechanism.id,
            title="建立线索编号登记台账",
            lead_agency_id=world.jcy.id,
            due_on=date(2026, 12, 6),
        )

    live_server.in_transaction(fill)
    mails = [f"/incoming/{number}" for reason, number in made.items() if reason != "meeting"]
    for locale, free_day in (("zh_CN", "周末"), ("en", "weekend")):
        page = new_page(locale=locale, person=world.zhoumin)
        for path in (
            "/incoming?show=all",
            *mails,
            f"/meetings/{made['meeting']}/deliveries",
            f"/directory/people/{world.zhoumin.id}",
            "/actions",
        ):
            answered = page.goto(path)
            assert answered is not None
            assert answered.status == 200
            for closed in page.locator("details.card > summary").all():
                closed.click()
            width_checks(page)
        expect(page.get_by_role("row", name="建立线索编号登记台账").get_by_text(free_day)).to_be_visible()
        operator = new_page(locale=locale, person=world.guyan)
        operator.goto("/system")
        width_checks(operator)


def test_a_held_mail_says_what_it_is_about_and_offers_what_helps(new_page: NewPage, live_server: LiveSite) -> None:
    made, world = filled_postroom(live_server), live_server.world
    host, own = new_page(person=world.zhoumin), new_page(person=world.liwb)

    host.goto(f"/incoming/{made['counter']}")
    proposed = host.get_by_role("region", name="对方建议另定时间")
    for said in ("12月18日（周五）09:00—11:00", "原定 12月17日（周四）14:30—16:30", "当天下午有会"):
        expect(proposed).to_contain_text(said)

    naming = "登记这是谁的邮箱"
    host.goto(f"/incoming/{made['other_sender']}")
    expect(host.get_by_role("complementary", name="邮件信息")).to_contain_text("李文博")
    expect(host.get_by_role("heading", name=naming)).to_have_count(0)  # another agency's person: theirs to say
    own.goto(f"/incoming/{made['other_sender']}")
    expect(own.get_by_role("heading", name=naming)).to_be_visible()
    for page in (host, own):
        page.goto(f"/incoming/{made['uninvited']}")
        expect(page.get_by_role("heading", name=naming)).to_have_count(0)  # whose address it is, is known
    expect(host.get_by_role("link", name="添加单位或人员")).to_be_visible()


def test_who_was_told_is_noted_and_a_held_answer_counted_by_keyboard_without_script(
    new_page: NewPage, live_server: LiveSite
) -> None:
    made = filled_postroom(live_server)
    page = new_page(person=live_server.world.zhoumin, script=False)
    page.goto(f"/meetings/{made['meeting']}/deliveries")
    expect(page.get_by_role("row", name="李文博")).to_contain_text("已退信")
    page.get_by_label("告知对象").select_option(label="区司法局 李文博")
    page.get_by_label("接听（接收）人").fill("李文博")
    page.get_by_role("button", name="记录").press("Enter")
    expect(page.get_by_role("row", name="李文博")).to_contain_text("已另行告知")

    page.goto("/incoming")
    page.get_by_role("link", name="Re: 【会议通知】").last.press("Enter")
    page.wait_for_url(f"**/incoming/{made['other_sender']}")
    page.get_by_label("谁的答复").focus()
    for key in ("Tab", "ArrowDown", "ArrowUp", "Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("已处理").first).to_be_visible()
    page.goto(f"/meetings/{made['meeting']}")
    expect(page.get_by_text("待定").first).to_be_visible()
