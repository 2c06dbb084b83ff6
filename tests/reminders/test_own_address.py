"""An agency without a liaison is reminded at its own address, and acts by the links that go there (PRACTICE.md 11)."""

import re
from datetime import date

import httpx
import pytest
from sqlalchemy import select

from liaison.actions import assigning
from liaison.actions import queries as actions
from liaison.directory.models import Agency, Person
from liaison.mechanisms import designating
from liaison.mechanisms.models import PAPER, Designation, Member
from liaison.meetings import queries
from liaison.meetings.asking import Asked
from liaison.reminders.models import Reminder
from liaison.reminders.reminding import remind_due
from tests.meetings.play import Mail, Play
from tests.reminders.test_reminding import LIWB, QIANWEI, WUXL, ZHOUMIN, assigned, at, beijing, without_digest

SFJ, JCY = "sfj@sfj.qingzhi.example", "jcy@jcy.qingzhi.example"


async def vacant(play: Play, *terms: str) -> None:
    """These people's terms ended long ago."""
    async with play.database.writing() as db:
        for who in terms:
            (await db.get_one(Designation, play.world.terms[who].id)).ends_on = date(2026, 11, 1)


def link(mail: Mail) -> str:
    return re.search(r"/r/\S+", mail.links[0])[0]


async def test_what_comes_by_office_reaches_the_agency_itself_while_nobody_is_in_office(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.xujie, title="会签移送指引")
    await vacant(play, "liwb", "wuxl", "zhoumin")
    told: dict[str, set[str]] = {}
    for day in range(7, 32):
        if mails := await at(play, f"12-{day:02}T08:30"):
            told[f"12-{day:02}"] = set(mails)
    # 徐洁 has no mailbox: what is for her comes to the agency's address too, in the same mail.
    assert told == {"12-07": {SFJ}, "12-10": {SFJ}, "12-11": {SFJ}, "12-17": {SFJ, JCY, QIANWEI}}


async def test_the_deputy_of_an_agency_without_liaison_is_told_beside_it(play: Play) -> None:
    await without_digest(play)
    await vacant(play, "liwb")
    await assigned(play, owner_id=None)
    mails = await at(play, "12-07T08:30")
    assert set(mails) == {SFJ, WUXL}
    assert "== 清沚区司法局" in mails[SFJ].text.splitlines()


async def test_a_liaison_without_mailbox_is_reminded_at_the_agencys_address(play: Play) -> None:
    await without_digest(play)
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.liwb.id)).mail = None
    await assigned(play, owner_id=None)
    mails = await at(play, "12-07T08:30")
    assert set(mails) == {SFJ, WUXL}
    assert "== 李文博" in mails[SFJ].text.splitlines()


async def test_an_item_whose_owner_no_mail_reaches_is_the_liaisons_from_the_start(play: Play) -> None:
    await without_digest(play)
    async with play.database.writing() as db:
        (await db.get_one(Agency, play.world.sfj.id)).mail = None
    await assigned(play, owner=play.world.xujie)
    assert set(await at(play, "12-07T08:30")) == {LIWB, WUXL}


async def test_where_nothing_reaches_the_responsible_agency_the_host_is_told(play: Play) -> None:
    await without_digest(play)
    await vacant(play, "liwb", "wuxl")
    async with play.database.writing() as db:
        (await db.get_one(Agency, play.world.sfj.id)).mail = None
    await assigned(play, owner_id=None)
    assert set(await at(play, "12-07T08:30")) == {ZHOUMIN, QIANWEI}


async def test_an_agency_that_takes_part_on_paper_is_not_mailed_at_its_own_address_either(play: Play) -> None:
    await without_digest(play)
    await vacant(play, "liwb", "wuxl")
    async with play.database.writing() as db:
        (await db.get_one(Member, play.world.members["sfj"].id)).takes_part = PAPER
    await assigned(play, owner_id=None)
    assert set(await at(play, "12-07T08:30")) == {ZHOUMIN, QIANWEI}


async def test_each_step_goes_to_an_agency_once(play: Play) -> None:
    await without_digest(play)
    await vacant(play, "liwb", "wuxl")
    await assigned(play, owner_id=None)
    assert set(await at(play, "12-10T08:30")) == {SFJ}
    for instant in ("12-10T08:31", "12-07T08:30", "12-10T10:00"):
        assert await at(play, instant) == {}, instant
    async with play.database.reading() as db:
        (row,) = (await db.scalars(select(Reminder))).all()
    assert (row.person_id, row.agency_id) == (None, play.world.sfj.id)


async def test_a_missing_slip_is_asked_for_at_the_agencys_address_and_filled_in_from_there(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    await without_digest(play)
    await vacant(play, "liwb", "wuxl")
    meeting_id = await play.scheduled(Asked(agency_id=play.world.sfj.id), replies_due_on=date(2026, 12, 17))
    assert {mail.to for mail in await play.send(meeting_id)} == {SFJ}
    mail = (await at(play, "12-16T08:30"))[SFJ]
    done = await anybody.post(link(mail), data={"names.1.name": "龚慧"})
    assert done.status_code == 200
    async with play.database.reading() as db:
        assert [a.name for a in await queries.attendees(db, meeting_id)] == ["龚慧"]


async def test_the_agencys_link_reports_on_its_item_until_it_has_a_liaison(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    await without_digest(play)
    world = play.world
    await vacant(play, "liwb", "wuxl")
    item_id = await assigned(play, owner_id=None)
    path = link((await at(play, "12-11T08:30"))[SFJ])
    assert "建立线索编号登记台账" in (await anybody.get(path)).text
    for _ in range(2):  # a button pressed twice is one note
        assert (await anybody.post(path, data={"text": "已征求意见"})).status_code == 200
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.gonghui)
        item = await actions.get(db, viewer, item_id)
        assert [one.text for one in await actions.progress_of(db, viewer, item)] == ["已征求意见"]
        await designating.designate(
            db,
            await world.viewer(db, world.gonghui),
            world.mechanism.id,
            agency_id=world.sfj.id,
            person_id=world.liwb.id,
            role="principal",
            starts_on=date(2026, 12, 11),
        )
    assert (await anybody.get(path)).status_code == (await anybody.post(path, data={"done": "1"})).status_code == 410


async def test_the_hosts_link_shows_the_item_and_reports_nothing(play: Play, anybody: httpx.AsyncClient) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    await vacant(play, "zhoumin", "qianwei")
    path = link((await at(play, "12-17T08:30"))[JCY])
    assert "建立线索编号登记台账" in (await anybody.get(path)).text
    assert (await anybody.post(path, data={"text": "请抓紧"})).status_code == 403


async def test_an_agency_that_has_a_liaison_when_the_mail_is_written_is_sent_no_link_that_opens_nothing(
    play: Play,
) -> None:
    await without_digest(play)
    world = play.world
    await vacant(play, "liwb", "wuxl")
    await assigned(play, owner_id=None)
    play.clock.as_of = beijing("12-10T08:30")
    async with play.database.writing() as db:
        assert await remind_due(db) == 1
        (await db.get_one(Designation, world.terms["liwb"].id)).ends_on = None
    assert await play.delivered() == []


@pytest.mark.parametrize("reader", ["liaison", "agency"])
async def test_who_spoke_for_the_agency_that_handed_the_item_over_meanwhile_is_not_mailed(
    play: Play, reader: str
) -> None:
    """Else the former agency's liaison would be told of it as the host's, and the agency itself by a link that opens nothing."""
    await without_digest(play)
    world = play.world
    if reader == "agency":
        await vacant(play, "liwb", "wuxl")
    item_id = await assigned(play, owner_id=None)
    play.clock.as_of = beijing("12-10T08:30")
    async with play.database.writing() as db:
        assert await remind_due(db) == (1 if reader == "agency" else 2)
        viewer = await world.viewer(db, world.zhoumin)
        await assigning.transfer(db, viewer, await actions.get(db, viewer, item_id), lead_agency_id=world.jcy.id)
    assert await play.delivered() == []
