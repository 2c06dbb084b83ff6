"""我的工作 and the list of meetings, through the real app: what needs whom, one act each, and in how many statements."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from sqlalchemy import event, update

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Agency, Person
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Designation
from liaison.meetings import agenda, announcing, queries, replies, scheduling
from liaison.meetings.asking import Asked, ask
from tests.callers import visitor
from tests.desk.pages import announced, needs, offered
from tests.meetings.play import Play
from tests.statements import noting
from tests.world import World


async def test_who_is_not_signed_in_is_asked_to(settings: Settings, database: Database, clock: Clock) -> None:
    for path in ("/", "/meetings"):
        response = await visitor(settings, database, clock).get(path)
        assert (response.status_code, response.headers["location"]) == (303, f"/sign-in?next={path}")


async def test_with_nothing_to_do_the_page_says_so_and_names_the_next_meeting(
    browse: Any, play: Play, world: World
) -> None:
    page = await (await browse(world.chenzy)).get("/")
    assert "目前没有需要您处理的事项。" in page
    await announced(play, Asked(person_id=world.liwb.id))
    page = await (await browse(world.chenzy)).get("/")
    assert "下一次会议：第四季度联席会议，12月17日（周四）14:30—16:30。" in page


async def test_an_answer_is_given_in_place_and_leaves_the_list(
    browse: Any, play: Play, world: World, database: Database
) -> None:
    meeting_id = await announced(play, Asked(person_id=world.chenzy.id))
    browser = await browse(world.chenzy)
    page = await browser.get("/")
    assert needs(page) == ["请答复是否参加：第四季度联席会议"]
    path = re.findall(r'action="(/desk/answers/\d+)"', page)[0]
    answered = await browser.post(path, htmx=True, partstat="accepted")
    assert answered.status_code == 200
    assert answered.text.lstrip().startswith('<section class="card" id="needs"')
    assert "已答复：参加" in answered.text
    assert needs(answered.text) == []
    async with database.reading() as db:
        assert [a.partstat for a in await queries.attendees(db, meeting_id)] == ["accepted"]


async def test_an_answer_that_came_meanwhile_is_not_overwritten_from_the_desk(
    browse: Any, play: Play, world: World, database: Database
) -> None:
    meeting_id = await announced(play, Asked(person_id=world.chenzy.id))
    browser = await browse(world.chenzy)
    page = await browser.get("/")
    path = re.findall(r'action="(/desk/answers/\d+)"', page)[0]
    async with database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id, world.chenzy)
        asked = await queries.attendee(db, (await queries.attendees(db, meeting_id))[0].id)
        await replies.answer(db, viewer, asked, partstat="declined")
    refused = await browser.post(path, htmx=True, partstat="accepted", version=offered(page, path))
    assert "在此期间已有人作了修改，未作任何处理。" in refused.text
    async with database.reading() as db:
        assert [a.partstat for a in await queries.attendees(db, meeting_id)] == ["declined"]


async def test_a_stale_press_without_a_script_shows_the_desk_as_it_stands_with_the_reason_in_words(
    browse: Any, play: Play, world: World
) -> None:
    await announced(play, Asked(person_id=world.chenzy.id))
    browser = await browse(world.chenzy)
    path = re.findall(r'action="(/desk/answers/\d+)"', page := await browser.get("/"))[0]
    await browser.post(path, partstat="tentative", version=offered(page, path))
    for language, said in (("zh-CN", "已有人作了修改，未作任何处理。"), ("en", "so nothing was done. The list shows")):
        browser.client.headers["Accept-Language"] = language
        refused = await browser.post(path, partstat="declined", version=offered(page, path))
        assert (refused.status_code, said in refused.text, 'id="needs"' in refused.text) == (409, True, True)
        assert "substitute.name" not in refused.text, "the code of a field"


async def test_without_script_the_answer_leads_back_to_the_page(browse: Any, play: Play, world: World) -> None:
    await announced(play, Asked(person_id=world.chenzy.id))
    browser = await browse(world.chenzy)
    path = re.findall(r'action="(/desk/answers/\d+)"', await browser.get("/"))[0]
    answered = await browser.post(path, partstat="declined")
    assert (answered.status_code, answered.headers["location"]) == (303, "/")


async def test_nobody_answers_for_another_from_the_desk(browse: Any, play: Play, world: World) -> None:
    await announced(play, Asked(person_id=world.chenzy.id))
    path = re.findall(r'action="(/desk/answers/\d+)"', await (await browse(world.chenzy)).get("/"))[0]
    other, stranger = await browse(world.liwb), await browse(world.sunl)
    for browser, status in ((other, 403), (stranger, 404)):
        await browser.get("/")
        assert (await browser.post(path, partstat="accepted")).status_code == status


async def test_the_agencys_liaison_and_deputy_are_asked_for_its_slip(browse: Any, play: Play, world: World) -> None:
    await announced(play, Asked(agency_id=world.sfj.id, seats=2))
    for who in (world.liwb, world.wuxl):
        assert needs(await (await browse(who)).get("/")) == ["请交回执：第四季度联席会议"]
    for who in (world.zhenggq, world.chenzy, world.zhoumin):
        assert needs(await (await browse(who)).get("/")) == []


async def test_a_draft_and_later_changes_wait_to_be_sent_until_everybody_holds_them(
    browse: Any, play: Play, world: World, database: Database
) -> None:
    browser = await browse(world.zhoumin)
    meeting_id = await play.scheduled(Asked(person_id=world.liwb.id))
    assert needs(await browser.get("/")) == ["请发送通知：第四季度联席会议"]
    await play.send(meeting_id)
    assert needs(await browser.get("/")) == []

    async def change(**what: object) -> None:
        async with database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id)
            await scheduling.change(db, viewer, meeting, **what)  # type: ignore[arg-type]

    await change(location="区司法局三楼")
    page = await browser.get("/")
    assert needs(page) == ["请发送通知：第四季度联席会议"]
    assert "上次通知后有改动" in page
    await change(location="区检察院三楼第一会议室")
    assert needs(await browser.get("/")) == []
    async with database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await ask(db, viewer, meeting, [Asked(person_id=world.chenzy.id)])
    assert needs(await browser.get("/")) == ["请发送通知：第四季度联席会议"]
    await play.send(meeting_id)
    async with database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.cancel(db, viewer, meeting)
    assert "尚不知情" in await browser.get("/")
    await play.send(meeting_id)
    assert needs(await browser.get("/")) == ["约定的会议尚未安排：支持起诉协作机制"]  # the quarter is open again


async def test_a_draft_of_next_year_is_nothing_to_do_yet(browse: Any, play: Play, world: World) -> None:
    await play.scheduled(local_start=datetime.fromisoformat("2027-03-18T14:30"), title="一季度联席会议")
    page = await (await browse(world.zhoumin)).get("/")
    assert ("请发送通知" in page, "一季度联席会议" in page) == (False, True)


async def test_who_no_mail_reaches_is_no_change_to_send(browse: Any, play: Play, world: World) -> None:
    async with play.database.writing() as db:
        await db.execute(update(Person).where(Person.id == world.wuxl.id).values(mail=None))
        await db.execute(update(Person).where(Person.id == world.zhenggq.id).values(contact_id=None))
        world.sfj.mail = None
        await db.merge(world.sfj)
    await announced(play, Asked(person_id=world.liwb.id), Asked(person_id=world.zhenggq.id))
    assert needs(await (await browse(world.zhoumin)).get("/")) == []


async def test_mails_that_did_not_arrive_are_told_to_the_host_first(browse: Any, play: Play, world: World) -> None:
    meeting_id = await announced(play, Asked(person_id=world.liwb.id), Asked(agency_id=world.jcy.id))
    async with play.database.writing() as db:
        mails = update(OutboxMail).where(OutboxMail.about == f"meeting:{meeting_id}")
        await db.execute(
            mails.where(OutboxMail.address.startswith("liwb")).values(state="bounced", reason="mailbox_full")
        )
    page = await (await browse(world.zhoumin)).get("/")
    assert needs(page) == ["1封通知未送达：第四季度联席会议", "请交回执：第四季度联席会议"]
    assert "李文博：收件人邮箱已满" in page or "李文博：" in page
    assert "未送达" not in await (await browse(world.liwb)).get("/")


async def test_shortly_before_the_meeting_one_press_reminds_those_who_have_not_answered(
    browse: Any, play: Play, world: World, clock: Clock
) -> None:
    await announced(play, Asked(person_id=world.liwb.id), Asked(person_id=world.chenzy.id))
    clock.as_of = datetime(2026, 12, 14, 1, 0, tzinfo=UTC)
    browser = await browse(world.zhoumin)
    page = await browser.get("/")
    assert needs(page) == ["2份未答复：第四季度联席会议"]
    path = re.findall(r'action="(/desk/reminders/\d+)"', page)[0]
    assert needs((await browser.post(path, htmx=True)).text) == []
    assert len(await play.delivered()) == 2
    again = await browser.post(path, htmx=True)
    assert "不足一小时" in again.text or 'class="note warn"' in again.text
    assert (await browser.post(path)).status_code == 409


async def test_vacancies_alert_every_member_and_a_term_that_ends_its_own_agency(
    browse: Any, play: Play, world: World, database: Database
) -> None:
    async with database.writing() as db:
        terms = update(Designation)
        await db.execute(terms.where(Designation.id == world.terms["liwb"].id).values(ends_on=date(2026, 11, 1)))
        await db.execute(terms.where(Designation.id == world.terms["zhoumin"].id).values(ends_on=date(2026, 12, 31)))
    lead = needs(await (await browse(world.zhoumin)).get("/"))
    assert lead == ["约定的会议尚未安排：支持起诉协作机制", "联络员周敏的指定期限38天后到期", "区司法局目前没有联络员"]
    assert needs(await (await browse(world.wuxl)).get("/")) == ["贵单位目前没有联络员"]


async def test_the_most_urgent_stands_first_and_what_is_late_says_by_how_much(
    browse: Any, play: Play, world: World, clock: Clock
) -> None:
    await announced(play, Asked(agency_id=world.jcy.id), replies_due_on=date(2026, 11, 25))
    await announced(play, Asked(person_id=world.zhoumin.id), title="专题会", replies_due_on=date(2026, 11, 24))
    await play.scheduled(title="年度总结会")
    clock.as_of = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
    page = await (await browse(world.zhoumin)).get("/")
    assert [each for each in needs(page) if "未答复" not in each] == [
        "请答复是否参加：专题会",
        "请交回执：第四季度联席会议",
        "请发送通知：年度总结会",
    ]
    assert re.findall(r"逾期(\d)天", page) == ["2", "1"]


async def test_an_operator_of_an_empty_site_is_led_to_the_first_steps(browse: Any, database: Database) -> None:
    async with database.writing() as db:
        agency = Agency(short_name="区数据局", name="清沚区数据局")
        db.add(agency)
        await db.flush()
        guyan = Person(name="顾岩", agency_id=agency.id, operator_at=db.now())
        db.add(guyan)
        await db.flush()
    assert "/system/first-steps" in await (await browse(guyan)).get("/")


async def test_once_there_is_a_mechanism_nobody_is_led_there(browse: Any, world: World) -> None:
    assert "/system/first-steps" not in await (await browse(world.guyan)).get("/")


async def test_an_operator_is_told_of_mails_that_did_not_arrive(browse: Any, play: Play, world: World) -> None:
    await announced(play, Asked(person_id=world.liwb.id))
    async with play.database.writing() as db:
        await db.execute(update(OutboxMail).values(state="refused", reason="mailbox_full", final_at=db.now()))
    assert needs(await (await browse(world.guyan)).get("/")) == ["1封邮件未送达"]


async def test_the_month_marks_free_days_makeup_days_and_meetings(browse: Any, play: Play, world: World) -> None:
    meeting_id = await announced(play, Asked(person_id=world.liwb.id))
    browser = await browse(world.zhoumin)
    page = await browser.get("/?month=2026-12")
    assert re.search(rf'<a href="/meetings/{meeting_id}" title="第四季度联席会议">17<', page)
    october = await browser.get("/?month=2026-10")
    assert re.search(r'class="rest holiday">\s*<span>1<small>休</small>', october)
    assert re.search(r'class="makeup">\s*<span>10<small>班</small>', october)
    assert "2027年放假安排尚未公布" in await browser.get("/?month=2027-01")
    for month in ("x", "0000-13", "9999-99"):
        assert "2026年11月" in await browser.get(f"/?month={month}")


async def test_the_promised_rhythm_says_what_was_kept_set_and_missed(
    browse: Any, play: Play, world: World, clock: Clock
) -> None:
    clock.as_of = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
    await announced(play, Asked(person_id=world.liwb.id), local_start=datetime.fromisoformat("2026-09-17T14:30"))
    clock.as_of = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    await announced(play, Asked(person_id=world.liwb.id))
    page = await (await browse(world.chenzy)).get("/")
    assert "每季度召开一次会议" in page
    said = [re.sub(r"<[^>]+>", "", each) for each in re.findall(r"</span><span>([^<]*季度.*?)</span></li>", page)]
    assert said == ["第一季度至第二季度：没有会议记录", "第三季度：已召开", "第四季度：已定于12月17日（周四）"]


async def test_the_list_shows_coming_set_aside_and_past_meetings_page_by_page(
    browse: Any, play: Play, world: World, clock: Clock, database: Database
) -> None:
    clock.as_of = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    for n in range(1, 26):
        await play.scheduled(
            title=f"联络会{n:02}", local_start=datetime.fromisoformat(f"2026-02-{n:02}T09:00"), kind="pre_meeting"
        )
    clock.as_of = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    await announced(play, Asked(person_id=world.chenzy.id), Asked(agency_id=world.sfj.id))
    postponed = await announced(play, Asked(person_id=world.chenzy.id), title="年度总结会")
    async with database.writing() as db:
        viewer, meeting = await play.meeting(db, postponed)
        await scheduling.postpone(db, viewer, meeting)
        await announcing.send(db, viewer, meeting)
    browser = await browse(world.zhoumin)
    page = await browser.get("/meetings")
    titles = re.findall(r'<h3><a href="/meetings/\d+">([^<]+)</a>', page)
    assert titles[:2] == ["第四季度联席会议", "年度总结会"]
    assert titles[2:] == [f"联络会{n:02}" for n in range(25, 5, -1)]
    assert "1人未答复" in page
    assert "1份回执未交" in page
    assert f"/mechanisms/{world.mechanism.id}/meetings/new" in page
    earlier = unescape(re.findall(r'href="(/meetings\?[^"]+)" rel="next"', page)[0])
    rest = await browser.get(earlier)
    assert re.findall(r'<h3><a href="/meetings/\d+">([^<]+)</a>', rest) == [f"联络会{n:02}" for n in range(5, 0, -1)]
    assert 'rel="next"' not in rest
    assert re.findall(r"<h3>", await browser.get(f"/meetings?mechanism={world.mechanism.id + 1}")) == []
    reader = await (await browse(world.chenzy)).get("/meetings")
    assert "联络会" not in reader  # drafts
    assert "/meetings/new" not in reader


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement the database is asked."""
    asked: list[str] = []

    note = noting(asked)

    engines = {database.reader.sync_engine, database.writer.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def test_the_page_takes_at_most_twenty_five_statements_however_many_meetings_there_are(
    browse: Any, play: Play, world: World, statements: list[str]
) -> None:
    browser = await browse(world.zhoumin)
    for n in range(1, 6):
        everybody = [Asked(person_id=each.id) for each in (world.liwb, world.chenzy, world.zhoumin)]
        meeting_id = await announced(
            play, *everybody, Asked(agency_id=world.sfj.id), local_start=datetime.fromisoformat(f"2026-12-{n:02}T09:00")
        )
        async with play.database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id, world.liwb)
            await agenda.add_item(db, viewer, meeting, title=f"议题{n}", purpose="study")
            attendee = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == viewer.person_id)
            attendee = await queries.attendee(db, attendee.id)
            await replies.answer(db, viewer, attendee, partstat="accepted")
    await browser.get("/")
    statements.clear()
    page = await browser.get("/")
    assert len(needs(page)) >= 10
    assert len(statements) <= 25, "\n".join(statements)
