"""A deputy gets a mail of their own, without calendar part, of what goes to the liaison by office, and of nothing else (DESIGN.md)."""

from liaison.directory.models import Person
from liaison.meetings.asking import Asked
from tests.meetings.play import Play
from tests.reminders.test_reminding import LIWB, WUXL, assigned, at, without_digest


async def test_the_deputy_gets_what_goes_to_the_liaison_by_office(play: Play) -> None:
    await without_digest(play)
    await play.send(await play.scheduled(Asked(agency_id=play.world.sfj.id)))
    mails = await at(play, "12-16T08:30")
    assert set(mails) == {LIWB, WUXL}
    assert all(mail.calendar is None for mail in mails.values())
    assert mails[LIWB].links != mails[WUXL].links


async def test_the_deputy_gets_nothing_that_is_the_liaisons_own(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    await play.send(await play.scheduled(Asked(person_id=play.world.liwb.id)))
    for instant in ("12-07T08:30", "12-10T08:30", "12-16T08:30"):
        mails = await at(play, instant)
        assert "第四季度联席会议" not in mails[WUXL].text if WUXL in mails else set(mails) == {LIWB}, instant


async def test_in_the_digest_too_the_deputy_reads_only_what_is_the_offices(play: Play) -> None:
    await assigned(play, owner=play.world.liwb, title="本人事项", due_on=None)
    await assigned(play, owner_id=None, title="无人负责的事项", due_on=None)
    await play.send(await play.scheduled(Asked(person_id=play.world.liwb.id), Asked(agency_id=play.world.sfj.id)))
    mails = await at(play, "11-30T08:30")
    assert set(mails) == {LIWB, WUXL}
    assert len(mails[LIWB].links) == 4
    assert len(mails[WUXL].links) == 2
    assert "本人事项" not in mails[WUXL].text


async def test_a_deputy_who_reads_the_liaisons_address_is_not_told_the_same_beside_them(play: Play) -> None:
    await without_digest(play)
    async with play.database.writing() as db:
        for who in (play.world.liwb, play.world.wuxl):
            (await db.get_one(Person, who.id)).mail = "yuanzhu@sfj.qingzhi.example"
    await assigned(play, owner_id=None)
    (mail,) = (await at(play, "12-07T08:30")).values()
    assert len(mail.links) == 1
