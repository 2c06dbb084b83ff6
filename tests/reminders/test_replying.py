"""What the clock's mail says of replies to it: just what becomes of them."""

from dataclasses import replace

import pytest

from tests.meetings.play import Play
from tests.meetings.test_announcing import people
from tests.postroom.post import take, written
from tests.reminders.test_reminding import LIWB, ZHOUMIN, assigned, at, without_digest

LINK = "链接只打开办理页面，在页面上确认后才生效。"
PROGRESS = "回复本邮件即记为进展；首行写“办结”的，将收到确认链接。"
ANSWER = "也可直接回复本邮件，首行写“参加”“待定”或“请假”。"


@pytest.fixture(autouse=True)
async def _mail_is_read(play: Play) -> None:
    await without_digest(play)
    play.database.settings = replace(play.database.settings, inbox_url="maildir:///var/mail/liaison")


async def test_a_reminder_of_one_item_says_that_a_reply_is_progress_and_it_is(play: Play) -> None:
    await assigned(play, owner=play.world.liwb)
    mail = (await at(play, "12-10T08:30"))[LIWB]
    assert LINK in mail.text
    assert PROGRESS in mail.text
    assert PROGRESS in mail.html
    assert ANSWER not in mail.text
    assert await take(play, written(mail, "已汇总").as_bytes()) == ("applied", "progress")


async def test_a_reminder_of_a_meeting_says_how_to_answer_and_that_counts(play: Play) -> None:
    await play.send(await play.scheduled(*people(play)))
    mail = (await at(play, "12-16T08:30"))[LIWB]
    assert ANSWER in mail.text
    assert PROGRESS not in mail.text
    now = play.clock.now()
    assert await take(play, written(mail, "请假").as_bytes(), received_at=now) == ("applied", "answered")


async def test_a_reminder_of_several_items_offers_no_reply(play: Play) -> None:
    await assigned(play, owner=play.world.liwb)
    await assigned(play, owner=play.world.liwb, title="另一事项")
    mail = (await at(play, "12-10T08:30"))[LIWB]
    assert PROGRESS not in mail.text
    assert await take(play, written(mail, "已汇总").as_bytes()) == ("held", "several_items")


async def test_who_may_not_report_is_not_offered_it(play: Play) -> None:
    await assigned(play, owner=play.world.liwb)
    mail = (await at(play, "12-17T08:30"))[ZHOUMIN]
    assert PROGRESS not in mail.text
    assert await take(play, written(mail, "已汇总").as_bytes()) == ("held", "not_permitted")


async def test_where_no_mail_is_read_nothing_is_offered(play: Play) -> None:
    play.database.settings = replace(play.database.settings, inbox_url="")
    await assigned(play, owner=play.world.liwb)
    mail = (await at(play, "12-10T08:30"))[LIWB]
    assert LINK in mail.text
    assert PROGRESS not in mail.text
