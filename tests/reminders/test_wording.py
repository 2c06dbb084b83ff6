"""What the clock's mail says to its receiver: why it comes, how near the day is, what falls on a free day; in both languages."""

import re
from datetime import date
from html import unescape

import pytest

from liaison.directory.models import Person
from liaison.meetings import announcing
from liaison.meetings.asking import Asked
from tests.meetings.play import Mail, Play, by_address
from tests.reminders.test_own_address import SFJ, vacant
from tests.reminders.test_reminding import LIWB, QIANWEI, WUXL, ZHOUMIN, assigned, at, beijing, without_digest

CHENZY, HEJING = "chenzy@jcy.qingzhi.example", "hejing@jcy.qingzhi.example"


def both(mail: Mail) -> list[str]:
    """The text part, and what the html part shows."""
    shown = re.sub(r"<(style|title)\b.*?</\1>|<[^>]+>", " ", mail.html, flags=re.DOTALL)
    return [" ".join(part.split()) for part in (mail.text, unescape(shown))]


async def in_english(play: Play, *people: Person) -> None:
    async with play.database.writing() as db:
        for person in people:
            (await db.get_one(Person, person.id)).locale = "en"


async def test_each_receiver_is_told_why_it_comes_to_them(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    mails = await at(play, "12-17T08:30")
    reasons = {
        LIWB: "收件缘由：本事项责任人",
        WUXL: "收件缘由：责任单位（区司法局）副联络员",
        ZHOUMIN: "收件缘由：本机制牵头单位（区检察院）联络员",
        QIANWEI: "收件缘由：本机制牵头单位（区检察院）副联络员",
    }
    assert set(mails) == set(reasons)
    for address, reason in reasons.items():
        assert all(f"{reason} " in part for part in both(mails[address])), address


async def test_the_liaison_of_the_responsible_agency_reads_who_owns_the_item_and_the_owner_does_not(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.zhenggq)
    mails = await at(play, "12-11T08:30")
    assert all(
        "责任单位：区司法局 · 责任人：郑国强 收件缘由：责任单位（区司法局）联络员" in p for p in both(mails[LIWB])
    )
    owners, deputys = (part for part in mails[WUXL].text.split("== ")[1:])
    assert (owners.splitlines()[0], deputys.splitlines()[0]) == ("郑国强", "吴晓岚")
    assert "责任人：郑国强" not in owners
    assert "责任人：郑国强" in deputys


async def test_an_item_without_owner_says_so_and_one_whose_owner_left_too(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner_id=None)
    await assigned(play, owner=play.world.xujie)
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.xujie.id)).deactivated_at = play.clock.now()
    text = (await at(play, "12-07T08:30"))[LIWB].text
    assert "尚未明确责任人" in text
    assert "责任人：徐洁（已离任）" in text


async def test_an_agency_that_reads_it_itself_is_told_that_it_has_no_liaison(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner_id=None)
    await vacant(play, "liwb", "wuxl")
    mail = (await at(play, "12-07T08:30"))[SFJ]
    assert all("收件缘由：责任单位（区司法局）目前没有联络员，故发至单位邮箱" in part for part in both(mail))


async def test_only_who_may_report_is_asked_to_say_so_when_a_date_cannot_be_kept(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    mails = await at(play, "12-17T08:30")
    assert {to for to, mail in mails.items() if "不能按期完成的" in mail.text} == {LIWB, WUXL}
    assert {to for to, mail in mails.items() if "查看事项" in mail.text} == {ZHOUMIN, QIANWEI}


@pytest.mark.parametrize(
    ("due_on", "day", "says"),
    [
        (date(2026, 12, 12), "12-09", "完成时限12月12日（周六） · 当天为周末 · "),
        (date(2026, 12, 12), "12-11", "完成时限12月12日（周六） · 当天为周末，故提前至前一个工作日提醒 · "),
        (date(2026, 12, 12), "12-14", "完成时限12月12日（周六） · 当天为周末 · "),
        (date(2027, 1, 1), "12-31", "完成时限2027年1月1日（周五） · 当天为法定节假日，故提前至前一个工作日提醒 · "),
        (date(2026, 12, 10), "12-10", "完成时限12月10日（周四） · 责任单位"),
    ],
)
async def test_a_due_date_on_a_free_day_is_marked(play: Play, due_on: date, day: str, says: str) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb, due_on=due_on)
    assert all(says in part for part in both((await at(play, f"{day}T08:30"))[LIWB]))


async def test_tomorrow_and_today_are_named_as_such(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb, due_on=date(2026, 12, 12))
    await assigned(play, owner=play.world.chenzy, lead_agency_id=play.world.jcy.id, due_on=date(2026, 12, 11))
    await play.send(await play.scheduled(Asked(person_id=play.world.hejing.id)))
    await in_english(play, play.world.chenzy)
    mails = await at(play, "12-11T08:30")
    assert mails[LIWB].subject == "【落实事项】建立线索编号登记台账：明天到期"
    assert mails[CHENZY].subject == "[Action items] 建立线索编号登记台账: due today"
    mail = (await at(play, "12-16T08:30"))[HEJING]
    assert mail.subject == "【会议提醒】第四季度联席会议：明天14:30，未答复"
    assert all("（明天14:30，未答复）" in part or "明天14:30，未答复 2026年" in part for part in both(mail))


async def test_a_mail_of_meetings_alone_says_nothing_of_dates_kept_and_whom_to_ask(play: Play) -> None:
    await without_digest(play)
    world = play.world
    await play.send(
        await play.scheduled(
            Asked(person_id=world.chenzy.id, role="chair"),
            Asked(person_id=world.hejing.id),
            Asked(agency_id=world.sfj.id),
        )
    )
    mails = await at(play, "12-16T08:30")
    for mail in mails.values():
        for part in both(mail):
            assert "不能按期完成的" not in part
            assert "联系人：区检察院 周敏 0553-0000011" in part
    reasons = {to: re.search(r"收件缘由：(\S*)", mail.text)[1] for to, mail in mails.items()}
    assert reasons == {
        CHENZY: "会议主持人",
        HEJING: "受邀参加会议",
        LIWB: "受邀单位（区司法局）联络员",
        WUXL: "受邀单位（区司法局）副联络员",
    }


async def test_the_same_in_english(play: Play) -> None:
    await without_digest(play)
    await in_english(play, play.world.liwb, play.world.wuxl)
    await assigned(play, owner=play.world.liwb, due_on=date(2026, 12, 12))
    mail = (await at(play, "12-11T08:30"))[LIWB]
    for part in both(mail):
        assert "due tomorrow" in part
        assert (
            "due on Sat 12 Dec · that day is a weekend, so this comes on the working day before · responsible" in part
        )
        assert "Why this comes here: owner of this item" in part
        assert "If a due date cannot be kept" in part
    deputys = both((await at(play, "12-14T08:30"))[WUXL])[0]
    assert "owner: 李文博 Why this comes here: deputy liaison of the responsible agency (区司法局)" in deputys


async def test_a_reminder_to_answer_says_today_and_tomorrow_and_whom_it_is_for(play: Play) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id), Asked(agency_id=world.sfj.id))
    await play.send(meeting_id)
    for instant, word in (("12-13T10:00", "明天"), ("12-14T10:00", "今天")):
        play.clock.as_of = beijing(instant)
        async with play.database.writing() as db:
            await announcing.remind(db, *await play.meeting(db, meeting_id))
        mails = by_address(await play.delivered())
        for address, why in (
            (CHENZY, "您收到此邮件，是因为您在本次会议的参会名单中。"),
            (LIWB, "是因为您是清沚区司法局的联络员。"),
        ):
            for part in both(mails[address]):
                assert f"请于12月14日（周一，{word}）前" in part
                assert why in part
