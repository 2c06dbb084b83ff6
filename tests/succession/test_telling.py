"""联络员变更告知: the other agencies are told of another liaison on the day, once; deputies copied; by letter where no mail goes."""

from datetime import date

import pytest
from sqlalchemy import select

from liaison.accounts.viewer import COMMAND_LINE
from liaison.mechanisms import designating
from liaison.mechanisms.models import Member
from liaison.succession.models import ChangeLetter
from liaison.succession.telling import note_delivered
from tests.meetings.play import Play, by_address
from tests.succession.quarter import DAY, QIANWEI, ZHOUMIN, Quarter, told

BOTH = {ZHOUMIN: None, QIANWEI: None}


@pytest.fixture
def quarter(play: Play) -> Quarter:
    return Quarter(play)


def changes(quarter: Quarter) -> dict[str, str | None]:
    """Who was told since the last time this was asked."""
    found, quarter.changes = told(quarter.changes), []
    return found


async def test_the_others_are_told_on_the_day_once_and_their_deputies_get_a_copy(quarter: Quarter) -> None:
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.tick()
    await quarter.on("11-30T23:59")
    assert quarter.changes == []
    await quarter.on("12-01T00:01")
    mails = by_address(quarter.changes)
    assert changes(quarter) == BOTH
    assert "您作为成员单位副联络员收到此抄送件" in mails[QIANWEI].text
    assert "副联络员" not in mails[ZHOUMIN].text
    await quarter.on("12-02T09:00")
    assert changes(quarter) == {}


async def test_a_handover_taken_back_or_made_up_for_after_an_outage_is_told_as_it_stands(quarter: Quarter) -> None:
    await quarter.tick()
    first = await quarter.hand_over(quarter.world.zhenggq)
    async with quarter.play.database.writing() as db:
        admin = await quarter.world.viewer(db, quarter.world.gonghui)
        await designating.hand_over(
            db, admin, first.id, to_person_id=quarter.world.gonghui.id, starts_on=date(2026, 12, 3)
        )
    await quarter.on("12-07T09:00")
    (mail, _) = quarter.changes
    assert "自2026年12月3日（星期四）起，由龚慧接替郑国强担任联络员" in mail.text
    assert changes(quarter) == BOTH


async def test_an_acting_liaison_is_told_of_and_so_is_the_return_of_the_principal_each_time(quarter: Quarter) -> None:
    world = quarter.world
    await quarter.tick()
    for first, back in ((DAY, date(2026, 12, 4)), (date(2026, 12, 8), date(2026, 12, 10))):
        async with quarter.play.database.writing() as db:
            await designating.designate(
                db,
                await world.viewer(db, world.gonghui),
                world.mechanism.id,
                agency_id=world.sfj.id,
                person_id=world.gonghui.id,
                role="acting",
                starts_on=first,
                ends_on=back,
            )
        await quarter.on(f"12-{first.day:02}T09:00")
        assert "由龚慧代替李文博担任代理联络员" in quarter.changes[0].text
        assert changes(quarter) == BOTH
        await quarter.on(f"12-{back.day:02}T09:00")
        assert f"自2026年12月{back.day}日" in quarter.changes[0].text
        assert "由李文博接替龚慧担任联络员" in quarter.changes[0].text
        assert changes(quarter) == BOTH


async def test_no_mail_tells_of_a_first_liaison_a_deputy_a_vacancy_or_an_import(quarter: Quarter) -> None:
    world = quarter.world
    await quarter.tick()
    async with quarter.play.database.writing() as db:
        db.add(Member(mechanism_id=world.mechanism.id, agency_id=world.rsj.id, joined_on=date(2026, 11, 1)))
    async with quarter.play.database.writing() as db:
        named = {"agency_id": world.rsj.id, "person_id": world.sunl.id, "basis_ref": "清人社函〔2026〕3号"}
        operator = await world.viewer(db, world.guyan)
        day = date(2026, 11, 23)
        await designating.designate(db, operator, world.mechanism.id, role="principal", starts_on=day, **named)
    await quarter.hand_over(world.zhenggq, role="wuxl")
    await quarter.end()
    await quarter.on("12-02T09:00")
    assert changes(quarter) == {}
    async with quarter.play.database.writing() as db:
        named = {"agency_id": world.sfj.id, "person_id": world.gonghui.id, "role": "principal"}
        await designating.designate(db, COMMAND_LINE, world.mechanism.id, starts_on=date(2026, 12, 2), **named)
    await quarter.on("12-03T09:00")
    assert changes(quarter) == {}


async def test_who_fills_a_vacancy_is_told_of(quarter: Quarter) -> None:
    await quarter.tick()
    await quarter.end()
    await quarter.on("12-02T09:00")
    await quarter.fill(quarter.world.gonghui, date(2026, 12, 4))
    await quarter.on("12-04T09:00")
    assert "自2026年12月4日（星期五）起，由龚慧担任联络员" in quarter.changes[0].text
    assert changes(quarter) == BOTH


async def test_an_agency_on_paper_is_told_by_letter_until_somebody_says_that_it_was_delivered(quarter: Quarter) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        db.add(
            Member(
                mechanism_id=world.mechanism.id, agency_id=world.rsj.id, joined_on=date(2026, 11, 1), takes_part="paper"
            )
        )
    await quarter.hand_over(world.gonghui)
    await quarter.on("12-01T09:00")
    assert changes(quarter) == BOTH
    async with quarter.play.database.writing() as db:
        (letter,) = await db.scalars(select(ChangeLetter))
        assert (letter.to_agency_id, letter.on, letter.done_at) == (world.rsj.id, DAY, None)
        await note_delivered(db, await world.viewer(db, world.zhoumin), letter.id)
        assert letter.done_by == world.zhoumin.id
    await quarter.on("12-02T09:00")
    async with quarter.play.database.reading() as db:
        assert len((await db.scalars(select(ChangeLetter))).all()) == 1
