"""The pages of meetings, through the real app: what officers see, type, send, and what is refused without losing a word."""

import re
from collections.abc import Awaitable, Callable
from datetime import date
from html import unescape

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.mechanisms.models import Member
from liaison.meetings import queries, scheduling
from liaison.meetings.asking import Asked
from tests.callers import Browser
from tests.meetings.play import START, Play

OpenAs = Callable[[Person], Awaitable[Browser]]


@pytest.fixture
def open_as(settings: Settings, database: Database, clock: Clock) -> OpenAs:
    async def sign_in(who: Person) -> Browser:
        return await Browser(settings, database, clock).sign_in(who)

    return sign_in


def seen(page: str) -> str:
    """What a reader sees of a page: no tags, no runs of white space."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def version_in(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


def button(page: str) -> list[str]:
    """The words on the primary buttons."""
    found = re.findall(r'<(?:button|a) class="btn primary".*?</(?:button|a)>', page, re.DOTALL)
    return [seen(each).strip() for each in found]


def new_meeting(play: Play) -> dict[str, str]:
    """新建会议 filled in with an agency, a person and two items."""
    world = play.world
    return {
        "kind": "regular",
        "title": "第四季度联席会议",
        "date": "2026-12-17",
        "time": "14:30",
        "duration_minutes": "120",
        "location": "区检察院三楼第一会议室",
        "host_agency_id": str(world.jcy.id),
        f"agency.{world.sfj.id}.asked": "1",
        f"agency.{world.sfj.id}.seats": "2",
        f"agency.{world.sfj.id}.requirement": "分管负责同志1名、联络员1名",
        f"person.{world.chenzy.id}.asked": "1",
        f"person.{world.chenzy.id}.role": "chair",
        "guests.1.person_id": str(world.sunl.id),
        "guests.1.role": "in_attendance",
        "items.0.title": "通报第三季度办理情况",
        "items.0.purpose": "report",
        "items.0.duration_minutes": "20",
        "items.2.title": "研究线索双向移送指引",
        "items.2.purpose": "study",
        "items.2.agency_id": str(world.sfj.id),
        "items.2.presenter_id": str(world.liwb.id),
        "items.2.duration_minutes": "40",
    }


async def test_the_form_proposes_the_next_date_of_the_series_with_weekday_and_kind_of_day(
    play: Play, open_as: OpenAs
) -> None:
    browser = await open_as(play.world.zhoumin)
    page = await browser.get(f"/mechanisms/{play.world.mechanism.id}/meetings/new")
    assert 'value="2026-12-17"' in page
    assert "2026年12月17日（星期四）" in seen(page)
    assert "工作日" in seen(page)
    assert "2027年3月18日（周四） 暂定" in seen(page)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-10-10", "调休上班"),
        ("2026-10-01", "法定节假日"),
        ("2026-12-19", "周末"),
        ("2027-03-18", "工作日 暂定"),
    ],
)
async def test_a_chosen_date_says_whether_it_is_a_working_day_and_whether_that_is_certain(
    play: Play, open_as: OpenAs, day: str, words: str
) -> None:
    browser = await open_as(play.world.zhoumin)
    assert words in seen(await browser.get(f"/mechanisms/{play.world.mechanism.id}/meetings/day?date={day}"))


async def test_a_draft_is_saved_with_everybody_asked_and_its_agenda_and_tells_nobody(
    play: Play, open_as: OpenAs
) -> None:
    browser = await open_as(play.world.zhoumin)
    path = f"/mechanisms/{play.world.mechanism.id}/meetings/new"
    await browser.get(path)
    saved = await browser.post(path, **new_meeting(play))
    assert saved.status_code == 303
    page = await browser.get(saved.headers["location"])
    assert "2项 · 共60分钟，余60分钟" in seen(page)
    assert "名额 0/2" in seen(page)
    assert "陈志远 副检察长 主持人" in seen(page)
    assert "12月17日（周四）14:30—16:30" in seen(page)
    assert button(page) == ["查看并发送"]
    assert await play.delivered() == []


async def test_a_refused_form_keeps_every_row_and_names_each_field(play: Play, open_as: OpenAs) -> None:
    browser = await open_as(play.world.zhoumin)
    path = f"/mechanisms/{play.world.mechanism.id}/meetings/new"
    await browser.get(path)
    wrong = new_meeting(play) | {
        f"agency.{play.world.sfj.id}.seats": "0",
        "items.2.duration_minutes": "9999",
        "note": "请携带清单",
    }
    refused = await browser.post(path, **wrong)
    assert refused.status_code == 422
    assert f'href="#f-agency.{play.world.sfj.id}.seats"' in refused.text
    for typed in ("第四季度联席会议", "研究线索双向移送指引", "分管负责同志1名、联络员1名", "请携带清单", "9999"):
        assert typed in refused.text
    refused = await browser.post(path, **new_meeting(play) | {"items.2.duration_minutes": "9999"})
    assert refused.status_code == 422
    assert 'href="#f-items.2.duration_minutes"' in refused.text
    assert "议题3" in seen(refused.text)
    async with play.database.reading() as db:
        assert await queries.past(db, await play.world.viewer(db, play.world.zhoumin)) == []
        assert await queries.upcoming(db, await play.world.viewer(db, play.world.zhoumin)) == []


async def test_the_review_names_everybody_with_the_reason_and_the_button_the_count(play: Play, open_as: OpenAs) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(agency_id=world.sfj.id, seats=2), Asked(person_id=world.hanmei.id))
    browser = await open_as(world.zhoumin)
    page = await browser.get(f"/meetings/{meeting_id}/send")
    text = seen(page)
    assert "李文博 liwb@sfj.qingzhi.example 区司法局回执" in text
    assert "第五检察部 minjian@jcy.qingzhi.example 转韩梅" in text
    assert "副联络员抄送，不带日历" in text
    assert button(page) == ["向3个邮箱发送通知"]


async def test_the_preview_is_a_frame_that_may_do_nothing_and_its_links_open_nothing(
    play: Play, open_as: OpenAs
) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id))
    browser = await open_as(world.zhoumin)
    page = await browser.client.get(f"/meetings/{meeting_id}/send")
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    address = f"/meetings/{meeting_id}/send/preview?address=chenzy@jcy.qingzhi.example"
    shown = await browser.client.get(f"{address}&note=请准时")
    assert shown.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "请准时" in shown.text
    links = set(re.findall(r"/r/([^\"?<]+)", shown.text))
    assert links
    assert {(await browser.client.get(f"/r/{link}")).status_code for link in links} == {404}
    assert "METHOD:REQUEST" in (await browser.get(f"{address}&part=calendar"))
    assert "陈志远" in (await browser.get(f"{address}&part=text"))


async def test_sending_from_the_page_sends_the_line_and_shows_what_became_of_each_mail(
    play: Play, open_as: OpenAs
) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(agency_id=world.sfj.id), Asked(person_id=world.chenzy.id))
    browser = await open_as(world.zhoumin)
    await browser.get(f"/meetings/{meeting_id}/send")
    reviewed = await browser.post(f"/meetings/{meeting_id}/send", then="review", note="请准时参加。")
    assert reviewed.status_code == 200
    assert "请准时参加。" in reviewed.text
    assert await play.delivered() == []
    sent = await browser.post(f"/meetings/{meeting_id}/send", then="send", note="请准时参加。")
    assert sent.status_code == 303
    assert "等待发送" in seen(await browser.get(f"/meetings/{meeting_id}"))
    mails = await play.delivered()
    assert all("请准时参加。" in mail.text for mail in mails)
    page = await browser.get(f"/meetings/{meeting_id}")
    assert "已发送" in seen(page)
    assert "第1版" in seen(page)
    assert button(page) == ["提醒未答复的1人、1个单位"]
    assert "0553-0000021" in page


async def test_nobody_asked_is_refused_with_the_way_to_ask(play: Play, open_as: OpenAs) -> None:
    meeting_id = await play.scheduled()
    browser = await open_as(play.world.zhoumin)
    await browser.get(f"/meetings/{meeting_id}/send")
    refused = await browser.post(f"/meetings/{meeting_id}/send", then="send")
    assert refused.status_code == 422
    assert f'href="/meetings/{meeting_id}/people"' in refused.text


async def test_saving_a_move_alone_tells_nobody_until_the_changes_are_sent(play: Play, open_as: OpenAs) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id))
    await play.send(meeting_id)
    browser = await open_as(world.zhoumin)
    form = await browser.get(f"/meetings/{meeting_id}/move")
    assert button(form) == ["改期并通知1个邮箱"]
    when = {"date": "2026-12-18", "time": "09:00", "duration_minutes": "90", "location": "三楼会议室"}
    saved = await browser.post(f"/meetings/{meeting_id}/move", then="save", **when)
    assert saved.status_code == 303
    assert await play.delivered() == []
    page = await browser.get(f"/meetings/{meeting_id}")
    assert button(page) == ["发送变更"]
    assert "尚未通知任何人" in seen(page)


async def test_cancel_and_tell_does_both_in_one_step_and_reinstate_follows(play: Play, open_as: OpenAs) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id))
    await play.send(meeting_id)
    browser = await open_as(world.zhoumin)
    assert button(await browser.get(f"/meetings/{meeting_id}/cancel")) == ["取消会议并通知1个邮箱"]
    await browser.post(f"/meetings/{meeting_id}/cancel", then="send", reason="与区委会议冲突")
    (mail,) = await play.delivered()
    assert mail.method == "CANCEL"
    assert "与区委会议冲突" in mail.text
    assert "会议已取消" in seen(await browser.get(f"/meetings/{meeting_id}"))
    when = {"date": "2026-12-22", "time": "14:30", "duration_minutes": "120"}
    await browser.get(f"/meetings/{meeting_id}/reinstate")
    await browser.post(f"/meetings/{meeting_id}/reinstate", then="send", **when)
    (mail,) = await play.delivered()
    assert mail.method == "REQUEST"


async def test_a_stale_form_shows_both_versions_and_keeps_what_was_typed(play: Play, open_as: OpenAs) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.chenzy.id))
    browser = await open_as(play.world.zhoumin)
    form = await browser.get(f"/meetings/{meeting_id}/edit")
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id, by=play.world.qianwei)
        await scheduling.change(db, viewer, meeting, title="钱伟改的标题")
    fields = {"title": "周敏改的标题", "kind": "regular", "host_agency_id": str(play.world.jcy.id), "then": "save"}
    refused = await browser.post(f"/meetings/{meeting_id}/edit", version=version, **fields)
    assert refused.status_code == 409
    assert "钱伟改的标题" in refused.text
    assert 'value="周敏改的标题"' in refused.text
    newer = re.search(r'name="version" value="(\d+)"', refused.text)[1]
    saved = await browser.post(f"/meetings/{meeting_id}/edit", version=newer, **fields)
    assert saved.status_code == 303


async def test_agenda_items_move_one_place_and_htmx_gets_the_region_alone(play: Play, open_as: OpenAs) -> None:
    browser = await open_as(play.world.zhoumin)
    path = f"/mechanisms/{play.world.mechanism.id}/meetings/new"
    await browser.get(path)
    saved = await browser.post(path, **new_meeting(play))
    page = await browser.get(saved.headers["location"])
    first, second = re.findall(r'data-item="(\d+)"', page)
    swapped = await browser.post(f"/agenda-items/{first}/move", htmx=True, direction="down")
    assert re.match(r'\s*<section class="card" id="agenda"', swapped.text)
    assert re.findall(r'data-item="(\d+)"', swapped.text) == [second, first]
    removed = await browser.post(f"/agenda-items/{first}/remove")
    page = await browser.get(removed.headers["location"])
    assert re.findall(r'data-item="(\d+)"', page) == [second]
    assert f'action="/agenda-items/{first}/restore"' in page
    restored = await browser.post(f"/agenda-items/{first}/restore")
    assert re.findall(r'data-item="(\d+)"', await browser.get(restored.headers["location"])) == [second, first]


async def test_who_is_not_host_edits_a_meeting_and_is_not_offered_another_host(play: Play, open_as: OpenAs) -> None:
    meeting_id = await play.scheduled()
    path = f"/meetings/{meeting_id}/edit"
    assert '<select id="f-host_agency_id"' in await (await open_as(play.world.zhoumin)).get(path)
    browser = await open_as(play.world.liwb)
    page = await browser.get(path)
    assert 'name="host_agency_id"' not in page
    saved = await browser.post(path, title="联席会议", kind="regular", version=version_in(page))
    assert saved.status_code == 303
    taken = await browser.post(path, title="联席会议", kind="regular", host_agency_id=str(play.world.sfj.id))
    assert taken.status_code == 403


async def test_the_move_page_says_that_the_date_for_answers_goes_with_the_former_date(
    play: Play, open_as: OpenAs
) -> None:
    meeting_id = await play.scheduled(replies_due_on=date(2026, 12, 14))
    page = seen(await (await open_as(play.world.zhoumin)).get(f"/meetings/{meeting_id}/move"))
    assert "改期后答复截止日重新按本机制的时限计算" in page


async def test_the_reminder_goes_to_those_who_have_not_answered_and_to_nobody_else(play: Play, open_as: OpenAs) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id), Asked(person_id=world.sunl.id))
    await play.send(meeting_id)
    guest = await open_as(world.sunl)
    own = re.search(r"/attendees/(\d+)/answer", await guest.get(f"/meetings/{meeting_id}"))[0]
    await guest.post(own, partstat="accepted")
    browser = await open_as(world.zhoumin)
    assert button(await browser.get(f"/meetings/{meeting_id}")) == ["提醒未答复的1人"]
    await browser.post(f"/meetings/{meeting_id}/remind")
    assert [mail.to for mail in await play.delivered()] == ["chenzy@jcy.qingzhi.example"]


async def test_who_is_added_later_is_told_by_the_next_sending_and_who_stays_is_not_added_twice(
    play: Play, open_as: OpenAs
) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(agency_id=world.sfj.id, seats=2), Asked(person_id=world.chenzy.id))
    await play.send(meeting_id)
    browser = await open_as(world.zhoumin)
    form = await browser.get(f"/meetings/{meeting_id}/people")
    ticked = dict.fromkeys(re.findall(r'name="([a-z]+\.\d+\.asked)" value="1" checked', form), "1")
    assert set(ticked) == {f"agency.{world.sfj.id}.asked", f"person.{world.chenzy.id}.asked"}
    more = {f"agency.{world.sfj.id}.seats": "3", f"person.{world.chenzy.id}.role": "required"}
    await browser.post(
        f"/meetings/{meeting_id}/people",
        **ticked,
        **more,
        **{"guests.0.person_id": str(world.sunl.id), "guests.0.role": "in_attendance"},
    )
    text = seen(await browser.get(f"/meetings/{meeting_id}"))
    assert "名额 0/3" in text
    assert text.count("陈志远 副检察长") == 1
    assert "孙丽 大队长 列席" in text


async def test_a_hidden_list_shows_a_guest_only_themselves(play: Play, open_as: OpenAs) -> None:
    world = play.world
    meeting_id = await play.scheduled(
        Asked(person_id=world.chenzy.id), Asked(person_id=world.sunl.id), hides_attendees=True
    )
    await play.send(meeting_id)
    text = seen(await (await open_as(world.sunl)).get(f"/meetings/{meeting_id}"))
    assert "孙丽" in text
    assert "陈志远" not in text


async def test_those_who_only_come_see_neither_mails_nor_phones_nor_buttons(play: Play, open_as: OpenAs) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(agency_id=world.sfj.id), Asked(person_id=world.chenzy.id))
    await play.send(meeting_id)
    page = await (await open_as(world.chenzy)).get(f"/meetings/{meeting_id}")
    for hidden in ("0553-0000021", "liwb@sfj.qingzhi.example", "/remind", "/edit", "/resend"):
        assert hidden not in page


async def test_an_agency_that_takes_part_on_paper_is_marked_so_among_those_asked_to_a_draft(
    play: Play, open_as: OpenAs
) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Member, play.world.members["sfj"].id)).takes_part = "paper"
    meeting_id = await play.scheduled(Asked(agency_id=play.world.jcy.id), Asked(agency_id=play.world.sfj.id))
    page = await (await open_as(play.world.zhoumin)).get(f"/meetings/{meeting_id}")
    marked = [seen(each.partition("</h3>")[0]) for each in page.split('<div class="agency-answers">')[1:]]
    assert ["书面" in each for each in marked] == ["司法局" in each for each in marked]
    assert len(marked) == 2


async def test_the_own_slip_is_marked_among_those_not_answered_and_offers_no_own_number(
    play: Play, open_as: OpenAs
) -> None:
    meeting_id = await play.scheduled(Asked(agency_id=play.world.jcy.id), Asked(agency_id=play.world.sfj.id))
    await play.send(meeting_id)

    async def waiting(who: Person) -> list[str]:
        page = await (await open_as(who)).get(f"/meetings/{meeting_id}")
        card = page.partition('<section class="card" id="waiting"')[2].partition("</section>")[0]
        return card.split("<li>")[1:]

    own, other = await waiting(play.world.zhoumin)
    assert ("本单位" in own, "tel:" in own, "本单位" in other, "tel:0553-0000021" in other) == (
        True,
        False,
        False,
        True,
    )
    own, _ = await waiting(play.world.qianwei)
    assert ("本单位" in own, "tel:0553-0000011" in own) == (True, True), "the deputy may call the liaison"


async def test_the_printed_sheet_has_agenda_and_list(play: Play, open_as: OpenAs) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.chenzy.id))
    text = seen(await (await open_as(play.world.zhoumin)).get(f"/meetings/{meeting_id}/print"))
    assert "2026年12月17日（星期四）14:30—16:30" in text
    assert "陈志远" in text
    assert START.year == 2026
