"""Answers that come by mail: whose they are, which one counts, and what waits for an officer."""

from datetime import timedelta

from liaison.mail.bounces import bad_addresses
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import CHENZY, LIWB, move, people
from tests.postroom.post import NOON, answer, said, take, written


async def test_the_answer_of_a_client_counts_and_is_marked_unverified(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert await take(play, answer(mails[LIWB], "ACCEPTED")) == ("applied", "answered")
    assert await said(play, play.world.liwb.id) == ("accepted", True, None)


async def test_the_newest_answer_wins_in_any_order_and_repetition(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    first, second = answer(mails[LIWB], "ACCEPTED"), answer(mails[LIWB], "DECLINED", at=NOON + timedelta(minutes=1))
    assert await take(play, second) == ("applied", "answered")
    assert await take(play, first) == ("stale", "older_answer")
    assert await take(play, second) == ("applied", "repeated")
    assert (await said(play, play.world.liwb.id))[0] == "declined"


async def test_an_answer_to_the_earlier_time_is_kept_and_not_counted(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    mails = by_address(await play.send(meeting_id))
    await move(play, meeting_id)
    await play.send(meeting_id)
    assert await take(play, answer(mails[LIWB], "ACCEPTED")) == ("stale", "earlier_time")
    assert (await said(play, play.world.liwb.id))[0] == "needs_action"


async def test_nobody_answers_for_somebody_else(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert await take(play, answer(mails[LIWB], "ACCEPTED", sender=CHENZY)) == ("held", "other_sender")
    assert (await said(play, play.world.liwb.id))[0] == "needs_action"


async def test_a_plain_word_answers_and_what_is_quoted_below_does_not(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert await take(play, written(mails[LIWB], "请假，当天出差").as_bytes()) == ("applied", "answered")
    assert (await said(play, play.world.liwb.id))[0] == "declined"
    assert await take(play, written(mails[CHENZY], "参加不了，另有安排").as_bytes()) == ("held", "not_understood")
    assert (await said(play, play.world.chenzy.id))[0] == "needs_action"


async def test_a_bounce_marks_the_mail_and_the_address_wherever_the_person_appears(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    report = REPORT.format(message_id=mails[LIWB].raw["Message-ID"], address=LIWB)
    assert await take(play, report.replace("\n", "\r\n").encode()) == ("applied", "bounced")
    async with play.database.reading() as db:
        assert await bad_addresses(db, [LIWB, CHENZY]) == {LIWB: "mailbox_unknown"}
    assert await take(play, report.replace("5.1.1", "5.1.2").encode()) == ("applied", "bounced")
    unknown = REPORT.format(message_id="<nobody@example.org>", address=CHENZY)
    assert await take(play, unknown.encode()) == ("ignored", "report")


async def test_a_delay_is_no_bounce(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    report = REPORT.format(message_id=mails[LIWB].raw["Message-ID"], address=LIWB).replace("failed", "delayed")
    assert await take(play, report.encode()) == ("ignored", "report")
    async with play.database.reading() as db:
        assert await bad_addresses(db, [LIWB]) == {}


REPORT = """From: MAILER-DAEMON@mx.qingzhi.example
To: zhichi@meetings.qingzhi.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.qingzhi.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: x

x
--b--
"""
