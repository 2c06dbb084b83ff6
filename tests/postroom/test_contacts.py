"""Who may answer for somebody else, and who no longer: people leave the service, or go to another agency."""

import pytest

from liaison.accounts.deactivation import deactivate_person
from liaison.accounts.viewer import COMMAND_LINE
from liaison.directory import people as directory
from liaison.directory.models import Person
from liaison.errors import Invalid
from tests.meetings.play import Mail, Play, by_address
from tests.meetings.test_announcing import CHENZY, people
from tests.postroom.post import answer, said, take

QIANWEI = "qianwei@jcy.qingzhi.example"
SECRETARY = "mishu@mail.example.org"


async def speaks_for_chenzy(play: Play, address: str, kind: str = "contact") -> None:
    async with play.database.writing() as db:
        admin = await play.world.viewer(db, play.world.hejing)
        await directory.add_known_address(db, admin, play.world.chenzy.id, address=address, kind=kind)


async def invited(play: Play) -> Mail:
    return by_address(await play.send(await play.scheduled(*people(play))))[CHENZY]


@pytest.mark.parametrize("entered", [True, False])
async def test_who_left_the_service_answers_for_nobody_any_more(play: Play, entered: bool) -> None:
    if entered:
        await speaks_for_chenzy(play, QIANWEI)
    else:
        async with play.database.writing() as db:
            person = await db.get(Person, play.world.chenzy.id)
            assert person is not None
            person.contact_id = play.world.qianwei.id
    mail = await invited(play)
    assert await take(play, answer(mail, "ACCEPTED", sender=QIANWEI)) == ("applied", "answered")
    async with play.database.writing() as db:
        await deactivate_person(db, COMMAND_LINE, play.world.qianwei.id)
    assert await take(play, answer(mail, "DECLINED", sender=QIANWEI)) == ("held", "other_sender")
    assert (await said(play, play.world.chenzy.id))[0] == "accepted"


async def test_an_address_outside_the_directory_goes_on_answering(play: Play) -> None:
    await speaks_for_chenzy(play, SECRETARY)
    assert await take(play, answer(await invited(play), "ACCEPTED", sender=SECRETARY)) == ("applied", "answered")


@pytest.mark.parametrize("goes", ["chenzy", "qianwei"])
async def test_whoever_goes_to_another_agency_neither_answers_nor_is_answered_for_there(play: Play, goes: str) -> None:
    await speaks_for_chenzy(play, QIANWEI)
    mail = await invited(play)
    async with play.database.writing() as db:
        operator = await play.world.viewer(db, play.world.guyan)
        await directory.transfer_person(db, operator, getattr(play.world, goes).id, agency_id=play.world.rsj.id)
    async with play.database.writing() as db:
        for name, address in (("chenzy", CHENZY), ("qianwei", QIANWEI)):
            person = await db.get(Person, getattr(play.world, name).id)
            assert person is not None
            person.mail = address
    assert await take(play, answer(mail, "ACCEPTED", sender=QIANWEI)) == ("held", "other_sender")


async def test_an_address_is_another_one_of_one_person_only(play: Play) -> None:
    await speaks_for_chenzy(play, SECRETARY, "alias")
    async with play.database.writing() as db:
        admin = await play.world.viewer(db, play.world.gonghui)
        with pytest.raises(Invalid):
            await directory.add_known_address(db, admin, play.world.liwb.id, address=SECRETARY, kind="alias")
