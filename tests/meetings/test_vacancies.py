"""A notice that asks an agency without a liaison: named, and where nothing reaches it sent only with a reason that is kept."""

from datetime import date
from html import unescape

from sqlalchemy import select, update

from liaison.audit import AuditLine
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Agency
from liaison.mechanisms.models import Designation
from liaison.meetings.asking import Asked
from liaison.meetings.models import Announcement
from tests.callers import Browser, Program
from tests.meetings.play import Play


async def vacant(play: Play, *, mail: str | None = None) -> int:
    """A draft that asks 区司法局, whose liaison's term is over."""
    world = play.world
    meeting_id = await play.scheduled(Asked(agency_id=world.sfj.id), Asked(person_id=world.chenzy.id))
    async with play.database.writing() as db:
        over = update(Designation).where(Designation.id == world.terms["liwb"].id)
        await db.execute(over.values(ends_on=date(2026, 11, 1)))
        await db.execute(update(Agency).where(Agency.id == world.sfj.id).values(mail=mail))
    return meeting_id


async def test_a_notice_that_reaches_nobody_is_sent_only_with_a_reason_which_is_kept(
    play: Play, program: Program
) -> None:
    meeting_id, world = await vacant(play), play.world
    path = f"/meetings/{meeting_id}/send"
    assert await program.refused(world.zhoumin, "POST", path, {}) == (422, ["vacancy_reason"])
    assert await program.refused(world.zhoumin, "POST", path, {"vacancy_reason": " "}) == (422, ["vacancy_reason"])
    await program.post(world.zhoumin, path, {"vacancy_reason": "已电话告知"})
    async with play.database.reading() as db:
        (announcement,) = await db.scalars(select(Announcement))
        assert announcement.vacancy == {"reason": "已电话告知", "agencies": ["清沚区司法局"]}
        line = (await db.scalars(select(AuditLine).where(AuditLine.verb == "send"))).one()
        assert "已电话告知" in (line.payload or "")


async def test_the_page_names_the_agency_asks_for_the_reason_and_shows_it_on_the_deliveries(
    play: Play, browser: Browser
) -> None:
    meeting_id = await vacant(play)
    await browser.sign_in(play.world.zhoumin)
    page = await browser.get(f"/meetings/{meeting_id}/send")
    assert "联络员空缺，且无单位邮箱：清沚区司法局" in page
    refused = await browser.post(f"/meetings/{meeting_id}/send", then="send")
    assert refused.status_code == 422
    assert "请商该单位指定联络员" in refused.text
    sent = await browser.post(f"/meetings/{meeting_id}/send", then="send", vacancy_reason="已电话告知")
    assert sent.status_code == 303
    deliveries = unescape(await browser.get(f"/meetings/{meeting_id}/deliveries"))
    assert "发送时下列单位联络员空缺且无单位邮箱：清沚区司法局" in deliveries
    assert "原因：已电话告知" in deliveries


async def test_an_agency_with_an_address_of_its_own_is_named_and_does_not_hold_the_notice_up(
    play: Play, browser: Browser, program: Program
) -> None:
    meeting_id = await vacant(play, mail="sfj@sfj.qingzhi.example")
    await browser.sign_in(play.world.zhoumin)
    page = await browser.get(f"/meetings/{meeting_id}/send")
    assert "联络员空缺：清沚区司法局" in page
    assert 'name="vacancy_reason"' not in page
    await program.post(play.world.zhoumin, f"/meetings/{meeting_id}/send", {"vacancy_reason": "不需要"})
    async with play.database.reading() as db:
        assert [one.vacancy for one in await db.scalars(select(Announcement))] == [None]


async def test_a_move_over_a_vacancy_is_saved_and_told_once_a_reason_is_given(play: Play, browser: Browser) -> None:
    meeting_id = await vacant(play, mail="sfj@sfj.qingzhi.example")
    await play.send(meeting_id)
    async with play.database.writing() as db:
        await db.execute(update(Agency).where(Agency.id == play.world.sfj.id).values(mail=None))
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"/meetings/{meeting_id}/move")
    moved = {"date": "2026-12-18", "time": "14:30", "duration_minutes": "120", "then": "send"}
    answer = await browser.post(f"/meetings/{meeting_id}/move", **moved)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/meetings/{meeting_id}/send#vacant")
    assert "12月18日" in await browser.get(f"/meetings/{meeting_id}")
    async with play.database.reading() as db:
        assert len((await db.scalars(select(Announcement))).all()) == 1


async def test_a_vacancy_stands_red_and_in_words_before_admin_officers_and_operator(
    play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    await vacant(play)
    world = play.world
    for who, said in (
        (world.gonghui, "贵单位目前没有联络员"),
        (world.zhoumin, "区司法局目前没有联络员"),
        (world.guyan, "区司法局目前没有联络员"),
    ):
        browser = await Browser(settings, database, clock).sign_in(who)
        desk = await browser.get("/")
        todo = desk[desk.index(f'id="todo-vacancy-{world.mechanism.id}"') :].partition("</li>")[0]
        assert said in todo
        assert '<span class="dot bad">' in todo
        assert "也没有单位邮箱" in todo
        page = await browser.get(f"/mechanisms/{world.mechanism.id}")
        card = page[page.index("联络员空缺</b>") :].partition("</p>")[0]
        assert "空缺</span>" in card
        assert "自2026年11月1日起空缺" in card
