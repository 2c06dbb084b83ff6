"""Mail without a calendar: progress, done, agenda items; what is quoted, automatic or repeated does nothing."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from liaison.actions import queries as actions
from liaison.actions import reporting
from liaison.actions.models import Progress
from liaison.calendaring.subaddress import tag_of, tagged
from liaison.meetings.models import AgendaItem
from liaison.postroom.plain import agenda_title, answer_in, own_words, says_done
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import LIWB, WUXL, people
from tests.postroom.post import said, take, written
from tests.postroom.test_identity import choose
from tests.reminders.test_reminding import assigned, at, without_digest

MAILBOX = "zhichi@meetings.qingzhi.example"


def mail(subject: str, text: str, *, sender: str = LIWB, to: str = MAILBOX, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = sender, to, subject, "<a@example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


async def progress(play: Play) -> list[tuple[str, bool]]:
    async with play.database.reading() as db:
        return [(each.text, each.unverified) for each in await db.scalars(select(Progress).order_by(Progress.id))]


async def items(play: Play) -> list[tuple[str, str]]:
    async with play.database.reading() as db:
        return [(each.title, each.state) for each in await db.scalars(select(AgendaItem).order_by(AgendaItem.id))]


@pytest.mark.parametrize(
    ("text", "partstat"),
    [
        ("参加", "ACCEPTED"),
        ("参加。\n另带一名同事", "ACCEPTED"),
        ("【参加】", "ACCEPTED"),
        ("Accept", "ACCEPTED"),
        ("请假，当天出差", "DECLINED"),
        ("不参加", "DECLINED"),
        ("decline - on leave", "DECLINED"),
        ("待定", "TENTATIVE"),
        ("参加不了", None),
        ("不一定参加", None),
        ("你好，我参加", None),
        ("acceptance follows", None),
        ("", None),
    ],
)
def test_only_a_first_line_that_is_an_answer_is_one(text: str, partstat: str | None) -> None:
    found = answer_in(text)
    assert (found and found[0]) == partstat


@pytest.mark.parametrize(
    "quoted",
    [
        "> 参加",
        "-----原始邮件-----\n参加",
        "------------------ 原始邮件 ------------------\n参加",
        "-----Original Message-----\n参加",
        "On Mon, 23 Nov 2026 at 12:00, liaison <a@b.example> wrote:\n参加",
        "在 2026-11-23 12:00:00，“协作机制” <a@b.example> 写道：\n参加",
        "发件人: 协作机制 <a@b.example>\n参加",
        "From: liaison\n参加",
        "________________________________\nFrom: x\n参加",
        "发自我的iPhone\n参加",
    ],
)
def test_what_is_quoted_is_nobodys_word(quoted: str) -> None:
    assert own_words(f"已转办\n\n{quoted}") == "已转办"
    assert answer_in(own_words(quoted)) is None


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("议题：欠薪线索移送口径", "欠薪线索移送口径"),
        ("【议题】欠薪线索移送口径", "欠薪线索移送口径"),
        ("Agenda: referral rules", "referral rules"),
        ("Re: 议题: 口径", "口径"),
        ("回复：会议通知", None),
        ("Agendas", None),
        ("议题征集", None),
    ],
)
def test_the_subject_of_an_agenda_item(subject: str, title: str | None) -> None:
    assert agenda_title(subject, "正文") == title


def test_a_subject_without_title_takes_the_first_line() -> None:
    assert agenda_title("议题", "\n关于口径\n详见附件") == "关于口径"
    assert says_done("办结。材料已归档")
    assert not says_done("尚未办结")


async def test_a_reply_to_a_reminder_becomes_a_progress_note(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    reminder = (await at(play, "12-10T08:30"))[LIWB]
    raw = written(reminder, "已与三家单位核对，下周汇总。").as_bytes()
    assert await take(play, raw) == ("applied", "progress")
    assert await progress(play) == [("已与三家单位核对，下周汇总。", True)]
    assert await take(play, raw) == ("applied", "repeated")
    assert len(await progress(play)) == 1


async def test_a_reply_to_a_reminder_from_somebody_else_waits(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    reminder = (await at(play, "12-10T08:30"))[LIWB]
    raw = written(reminder, "已办好一半", sender="x@example.org").as_bytes()
    assert await take(play, raw) == ("held", "other_sender")
    assert await progress(play) == []


async def test_a_reply_to_the_clocks_reminder_of_a_meeting_answers_it(play: Play) -> None:
    await without_digest(play)
    await play.send(await play.scheduled(*people(play)))
    reminder = (await at(play, "12-16T08:30"))[LIWB]
    assert reminder.calendar is None
    raw = written(reminder, "请假，当天出差").as_bytes()
    assert await take(play, raw, received_at=play.clock.now()) == ("applied", "answered")
    assert (await said(play, play.world.liwb.id))[0] == "declined"


async def test_progress_that_holds_what_is_never_kept_waits_and_leaves_nothing(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    reminder = (await at(play, "12-10T08:30"))[LIWB]
    raw = written(reminder, "已联系当事人，证件 11010519491231002X").as_bytes()
    assert await take(play, raw) == ("held", "refused_text")
    assert await progress(play) == []


async def test_a_reply_to_a_reminder_of_two_items_waits(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    await assigned(play, owner=play.world.liwb, title="统一移送文书样式")
    reminder = (await at(play, "12-10T08:30"))[LIWB]
    assert await take(play, written(reminder, "已办好一半").as_bytes()) == ("held", "several_items")
    assert await progress(play) == []


async def test_a_reply_from_an_address_that_several_people_read_waits(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.wuxl)
    await assigned(play, title="统一移送文书样式")  # 郑国强's, who is mailed at 吴晓岚's address
    reminder = (await at(play, "12-10T08:30"))[WUXL]
    assert await take(play, written(reminder, "已办好一半").as_bytes()) == ("held", "several_people")
    assert await progress(play) == []


async def test_progress_that_nobody_vouches_for_waits_where_that_is_chosen(play: Play) -> None:
    await choose(play, hold=True)
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    reminder = (await at(play, "12-10T08:30"))[LIWB]
    assert await take(play, written(reminder, "已办好一半").as_bytes()) == ("held", "unverified")
    assert await progress(play) == []


async def test_a_reply_that_says_done_gets_a_link_back_and_ends_nothing(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    reminder = (await at(play, "12-10T08:30"))[LIWB]
    raw = written(reminder, "办结").as_bytes()
    assert await take(play, raw) == ("applied", "done_asked")
    (back,) = await play.delivered()
    assert back.to == LIWB
    assert len(back.links) == 1
    assert "尚未办结，或并非您所写" in back.text
    await take(play, raw)
    assert await play.delivered() == []


async def test_a_reply_that_says_done_of_what_has_ended_asks_nobody_to_confirm(play: Play) -> None:
    await without_digest(play)
    item_id = await assigned(play, owner=play.world.liwb)
    reminder = (await at(play, "12-10T08:30"))[LIWB]
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.liwb)
        await reporting.complete(db, viewer, await actions.get(db, viewer, item_id))
    assert await take(play, written(reminder, "办结").as_bytes()) == ("stale", "ended")
    assert await play.delivered() == []


async def test_a_mail_about_an_agenda_item_becomes_a_proposal_even_of_the_host(play: Play) -> None:
    await play.send(await play.scheduled(*people(play)))
    assert await take(play, mail("议题：欠薪线索移送口径", "请列入。")) == ("applied", "proposed")
    host = mail("议题：通报", "", sender="zhoumin@jcy.qingzhi.example")
    assert await take(play, host.replace(b"<a@", b"<b@")) == ("applied", "proposed")
    assert await items(play) == [("欠薪线索移送口径", "proposed"), ("通报", "proposed")]


async def test_a_stranger_proposes_nothing(play: Play) -> None:
    await play.send(await play.scheduled(*people(play)))
    assert await take(play, mail("议题：口径", "", sender="x@example.org")) == ("held", "unknown_sender")
    sunl = mail("议题：口径", "", sender="sunl@rsj.qingzhi.example")
    assert await take(play, sunl.replace(b"<a@", b"<b@")) == ("held", "which_meeting")
    assert await items(play) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<l.example.org>"},
        {"Return_Path": "<>"},
    ],
)
async def test_an_automatic_mail_changes_nothing_and_is_not_answered(play: Play, headers: dict[str, str]) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    raw = mail("自动回复", "参加", In_Reply_To=str(mails[LIWB].raw["Message-ID"]), **headers)
    assert await take(play, raw) == ("ignored", "automatic")
    assert (await said(play, play.world.liwb.id))[0] == "needs_action"
    assert await play.delivered() == []


async def test_our_own_mail_that_comes_back_is_ignored(play: Play) -> None:
    assert await take(play, mail("议题：口径", "参加", sender=MAILBOX)) == ("ignored", "own_mail")
    to_one = tagged(MAILBOX, tag_of("s" * 32, "uid", LIWB))
    other = mail("议题：通报", "参加", sender=to_one).replace(b"<a@", b"<b@")
    assert await take(play, other) == ("ignored", "own_mail")


async def test_the_notice_offers_an_answer_by_mail_only_where_mail_is_read(play: Play) -> None:
    offer = "也可直接回复本邮件，首行写“参加”“待定”或“请假”。"
    assert offer not in by_address(await play.send(await play.scheduled(*people(play))))[LIWB].text
    play.database.settings = replace(play.database.settings, inbox_url="maildir:///var/mail/liaison")
    mail = by_address(await play.send(await play.scheduled(*people(play))))[LIWB]
    assert offer in mail.text
    assert offer in mail.html
