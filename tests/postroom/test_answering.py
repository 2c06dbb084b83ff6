"""What a mail gets back by itself: at most one mail, to the address that was asked, a few times a day, and no automatic mail at all."""

from datetime import timedelta

from sqlalchemy import func, select

from liaison.mail import answering
from liaison.mail.models import OutboxMail
from tests.meetings.play import Mail, Play, by_address
from tests.meetings.test_announcing import LIWB, people
from tests.postroom.post import NOON, answer, take, written
from tests.reminders.test_reminding import assigned, at, without_digest


def refresh(mail: Mail, minute: int = 0, *, sender: str = "") -> bytes:
    return answer(mail, "NEEDS-ACTION", method="REFRESH", at=NOON + timedelta(minutes=minute), sender=sender)


async def sent_back(play: Play) -> list[str]:
    return [mail.to.rpartition("<")[2].rstrip(">") for mail in await play.delivered()]


async def test_the_invitation_is_sent_again_three_times_a_day_to_one_address_and_then_no_more(play: Play) -> None:
    play.clock.as_of = NOON
    mail = by_address(await play.send(await play.scheduled(*people(play))))[LIWB]
    for minute in range(3):
        assert await take(play, refresh(mail, minute)) == ("applied", "refresh")
        assert await sent_back(play) == [LIWB]
    for minute in (3, 4):
        assert await take(play, refresh(mail, minute, sender="x@example.org")) == ("ignored", "answered_enough")
        assert await sent_back(play) == []
    play.clock.as_of = NOON + timedelta(hours=25)
    assert await take(play, refresh(mail, 5)) == ("applied", "refresh")
    assert await sent_back(play) == [LIWB]


async def test_an_officer_still_sends_the_notice_again_and_another_meeting_is_sent_again_too(play: Play) -> None:
    play.clock.as_of = NOON
    mail = by_address(await play.send(await play.scheduled(*people(play))))[LIWB]
    other = by_address(await play.send(await play.scheduled(*people(play))))[LIWB]
    for minute in range(3):
        await take(play, refresh(mail, minute))
        await play.delivered()
    assert await take(play, refresh(mail, 3)) == ("ignored", "answered_enough")
    assert await take(play, refresh(other)) == ("applied", "refresh")
    assert await sent_back(play) == [LIWB]


async def test_the_same_mail_delivered_again_gets_nothing_more(play: Play) -> None:
    mail = by_address(await play.send(await play.scheduled(*people(play))))[LIWB]
    raw = refresh(mail)
    for _ in range(3):
        assert await take(play, raw) == ("applied", "refresh")
    await play.delivered()
    assert await take(play, raw) == ("applied", "refresh")
    assert await sent_back(play) == []
    async with play.database.reading() as db:
        answers = select(func.count()).where(OutboxMail.once_key.startswith("answer:"))
        assert await db.scalar(answers) == 1


async def test_an_automatic_mail_that_asks_for_the_invitation_gets_nothing(play: Play) -> None:
    mail = by_address(await play.send(await play.scheduled(*people(play))))[LIWB]
    assert await take(play, b"Auto-Submitted: auto-replied\n" + refresh(mail)) == ("ignored", "automatic")
    assert await sent_back(play) == []
    assert (await take(play, b"Auto-Submitted: auto-generated\n" + answer(mail, "ACCEPTED"))) == ("applied", "answered")


async def test_two_machines_that_answer_each_other_end_after_ten_mails_a_day(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    reminder = (await at(play, "12-10T08:30"))[LIWB]
    verdicts = []
    for number in range(answering.MOST_A_DAY + 2):
        verdicts.append(await take(play, written(reminder, f"办结\n{number}").as_bytes()))
        assert len(await sent_back(play)) == (verdicts[-1] == ("applied", "done_asked"))
    assert verdicts.count(("applied", "done_asked")) == answering.MOST_A_DAY
    assert verdicts[-2:] == [("held", "answered_enough")] * 2
