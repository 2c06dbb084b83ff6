"""The clock's mail about one meeting stands beside the notices of that meeting in the reader's mailbox (MAIL.md)."""

from datetime import date

import pytest

from liaison.directory.models import Person
from liaison.mechanisms.models import Mechanism
from liaison.meetings.asking import Asked
from tests.meetings.play import Mail, Play, by_address
from tests.reminders.test_reminding import LIWB, WUXL, assigned, at, without_digest


def chain(mail: Mail) -> tuple[str | None, str | None]:
    return mail.raw["In-Reply-To"], mail.raw["References"]


@pytest.mark.parametrize("mailbox", ["zhichi@meetings.qingzhi.example", "new@elsewhere.example", None])
async def test_a_reminder_of_one_meeting_stands_in_the_thread_of_its_notice(play: Play, mailbox: str | None) -> None:
    await without_digest(play)
    world = play.world
    asked = (Asked(person_id=world.liwb.id), Asked(person_id=world.zhenggq.id), Asked(agency_id=world.sfj.id))
    notices = by_address(await play.send(await play.scheduled(*asked)))
    async with play.database.writing() as db:  # the notices go on from the mailbox that they began with
        (await db.get_one(Mechanism, world.mechanism.id)).mailbox = mailbox
    mails = await at(play, "12-16T08:30")
    assert set(mails) == set(notices) == {LIWB, WUXL}
    for address, mail in mails.items():
        assert chain(mail) == chain(notices[address])
        assert None not in chain(mail)
        assert mail.raw["From"] == notices[address].raw["From"]
        assert mail.raw["Message-ID"] != notices[address].raw["Message-ID"]


async def test_a_reminder_of_several_things_stands_in_no_meetings_thread(play: Play) -> None:
    await without_digest(play)
    world = play.world
    await assigned(play, owner=world.liwb, due_on=date(2026, 12, 16))
    await assigned(play, owner=world.chenzy, lead_agency_id=world.jcy.id, due_on=date(2026, 12, 16))
    await play.send(await play.scheduled(Asked(person_id=world.liwb.id), Asked(person_id=world.hejing.id)))
    await play.send(await play.scheduled(Asked(person_id=world.hejing.id), title="另一个会议"))
    mails = await at(play, "12-16T08:30")
    assert len(mails) == 3
    assert {chain(mail) for mail in mails.values()} == {(None, None)}


async def test_two_people_of_one_meeting_behind_one_address_are_one_mail_in_its_thread(play: Play) -> None:
    await without_digest(play)
    world = play.world
    async with play.database.writing() as db:
        (await db.get_one(Person, world.chenzy.id)).mail = "jcy@jcy.qingzhi.example"
    asked = (Asked(person_id=world.chenzy.id), Asked(person_id=world.fanghua.id))
    (notice,) = await play.send(await play.scheduled(*asked))
    (mail,) = (await at(play, "12-16T08:30")).values()
    assert len(mail.links) == 2
    assert chain(mail) == chain(notice)
