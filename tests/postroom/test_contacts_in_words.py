"""Somebody who reads another's mail writes back: for the one person whose mail they read, never for several, never by a calendar."""

from sqlalchemy import select, update

from liaison.directory.models import Person
from liaison.meetings.address_models import AddressAnswer
from liaison.meetings.asking import Asked
from liaison.meetings.models import Attendee
from tests.meetings.play import Mail, Play, by_address
from tests.postroom.post import answer, said, take, written

WUXL = "wuxl@sfj.qingzhi.example"


async def invitation(play: Play, *others: Person) -> Mail:
    """The notice to zhenggq, whose mail wuxl reads."""
    asked = [Asked(person_id=play.world.zhenggq.id), *(Asked(person_id=each.id) for each in others)]
    return by_address(await play.send(await play.scheduled(*asked)))[WUXL]


async def noted(play: Play) -> list[str]:
    async with play.database.reading() as db:
        return [each.partstat for each in await db.scalars(select(AddressAnswer))]


async def test_a_contact_answers_in_words_for_the_one_person_whose_mail_they_read(play: Play) -> None:
    mail = await invitation(play)
    assert await take(play, written(mail, "请假，当天出差").as_bytes()) == ("applied", "answered")
    assert await said(play, play.world.zhenggq.id) == ("declined", True, WUXL)
    async with play.database.reading() as db:
        one = (await db.scalars(select(Attendee).where(Attendee.person_id == play.world.zhenggq.id))).one()
    assert one.answered_by == play.world.wuxl.id
    assert await noted(play) == []


async def test_a_contact_who_was_asked_too_answers_for_nobody_with_one_word(play: Play) -> None:
    mail = await invitation(play, play.world.wuxl)
    assert await take(play, written(mail, "参加").as_bytes()) == ("applied", "answered_by_address")
    assert (await said(play, play.world.zhenggq.id))[0] == "needs_action"
    assert (await said(play, play.world.wuxl.id))[0] == "needs_action"
    assert await noted(play) == ["accepted"]


async def test_a_contact_who_reads_the_mail_of_two_answers_for_neither(play: Play) -> None:
    async with play.database.writing() as db:
        same = {"mail": None, "contact_id": play.world.wuxl.id}
        await db.execute(update(Person).where(Person.id == play.world.liwb.id).values(**same))
    mail = await invitation(play, play.world.liwb)
    assert await take(play, written(mail, "参加").as_bytes()) == ("applied", "answered_by_address")
    assert (await said(play, play.world.zhenggq.id))[0] == "needs_action"
    assert await noted(play) == ["accepted"]


async def test_the_calendar_of_a_contact_answers_for_nobody(play: Play) -> None:
    mail = await invitation(play)
    assert await take(play, answer(mail, "ACCEPTED")) == ("applied", "answered_by_address")
    assert (await said(play, play.world.zhenggq.id))[0] == "needs_action"


async def test_nobody_else_answers_for_the_person_whose_contact_was_mailed(play: Play) -> None:
    mail = await invitation(play)
    other = written(mail, "参加", sender="chenzy@jcy.qingzhi.example").as_bytes()
    assert await take(play, other) == ("held", "other_sender")
    assert (await said(play, play.world.zhenggq.id))[0] == "needs_action"


async def test_an_offices_mailbox_answers_for_nobody(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(Asked(person_id=play.world.hanmei.id))))
    (mail,) = mails.values()
    assert await take(play, written(mail, "参加").as_bytes()) == ("applied", "answered_by_address")
    assert (await said(play, play.world.hanmei.id))[0] == "needs_action"
