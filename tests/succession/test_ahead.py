"""What may happen between the day on which a handover is entered and the day on which it takes place."""

from datetime import date

import pytest

from liaison.errors import Conflict
from liaison.mechanisms import members
from liaison.mechanisms.models import Designation
from liaison.succession import handover, queries
from tests.meetings.play import Play
from tests.succession.quarter import DAY, Quarter
from tests.succession.test_handover import assigned, handed_over, owner_of


@pytest.fixture
def quarter(play: Play) -> Quarter:
    return Quarter(play)


async def leaves(quarter: Quarter, on: date) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        operator = await world.viewer(db, world.guyan)
        await members.leave(db, operator, world.members["sfj"].id, left_on=on)


async def test_an_agency_that_leaves_before_the_day_is_asked_to_take_the_handover_back(quarter: Quarter) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        operator = await world.viewer(db, world.guyan)
        await members.join(db, operator, world.mechanism.id, agency_id=world.rsj.id, joined_on=date(2026, 11, 1))
    await handed_over(quarter)
    with pytest.raises(Conflict, match="taken back first"):
        await leaves(quarter, date(2026, 11, 30))
    async with quarter.play.database.writing() as db:
        await handover.take_back(db, await world.viewer(db, world.gonghui), world.terms["liwb"].id)
    await leaves(quarter, date(2026, 11, 30))
    async with quarter.play.database.reading() as db:
        assert (await db.get_one(Designation, world.terms["liwb"].id)).ends_on == date(2026, 11, 30)


async def test_an_agency_that_leaves_on_the_day_keeps_its_items_with_who_had_them(quarter: Quarter) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        operator = await world.viewer(db, world.guyan)
        await members.join(db, operator, world.mechanism.id, agency_id=world.rsj.id, joined_on=date(2026, 11, 1))
    item = await assigned(quarter, "建立线索台账")
    await handed_over(quarter)
    await leaves(quarter, date(2026, 12, 5))
    await quarter.on("12-01T00:01")
    assert (await owner_of(quarter, item))[0] == world.gonghui.id


async def test_liaison_and_deputy_hand_over_on_the_same_day_and_each_passes_its_own(quarter: Quarter) -> None:
    world = quarter.world
    first, second = await assigned(quarter, "主任的事项"), await assigned(quarter, "副手的事项", world.wuxl)
    await handed_over(quarter)
    await handed_over(quarter, "wuxl", to=world.xujie)
    await quarter.on("12-01T00:01")
    assert await owner_of(quarter, first) == (world.gonghui.id, "李文博")
    assert await owner_of(quarter, second) == (world.xujie.id, "吴晓岚")


async def test_who_follows_and_is_followed_the_same_day_passes_everything_on(quarter: Quarter) -> None:
    """A deputy becomes liaison and somebody else deputy, on one day, whichever was entered first."""
    world = quarter.world
    first, second = await assigned(quarter, "主任的事项"), await assigned(quarter, "副手的事项", world.wuxl)
    await handed_over(quarter, "wuxl", to=world.xujie)
    await handed_over(quarter, to=world.wuxl)
    await quarter.on("12-01T00:01")
    assert await owner_of(quarter, first) == (world.wuxl.id, "李文博")
    assert await owner_of(quarter, second) == (world.xujie.id, "吴晓岚")


async def test_of_a_liaison_who_is_followed_the_day_they_follow_what_they_take_over_stays_theirs(
    quarter: Quarter,
) -> None:
    world = quarter.world
    first, second = await assigned(quarter, "主任的事项"), await assigned(quarter, "副手的事项", world.wuxl)
    await handed_over(quarter, to=world.wuxl)
    await handed_over(quarter, "wuxl", to=world.xujie)
    await quarter.on("12-01T00:01")
    assert await owner_of(quarter, first) == (world.wuxl.id, "李文博")
    assert await owner_of(quarter, second) == (world.xujie.id, "吴晓岚")


async def test_an_end_moved_before_the_day_leaves_the_handover_its_day(quarter: Quarter) -> None:
    world = quarter.world
    item = await assigned(quarter, "建立线索台账")
    await handed_over(quarter)
    await quarter.end(on=date(2026, 11, 28))
    await quarter.on("12-01T00:01")
    assert (await owner_of(quarter, item))[0] == world.gonghui.id
    async with quarter.play.database.reading() as db:
        assert (
            await queries.begun_by(db, (await queries.newest_of(db, world.terms["liwb"].id)).to_id)
        ).starts_on == DAY  # type: ignore[arg-type, union-attr]


async def test_a_handover_is_not_taken_back_into_the_term_of_somebody_named_for_later(quarter: Quarter) -> None:
    world = quarter.world
    await handed_over(quarter, acting=True)
    await quarter.fill(world.xujie, date(2026, 12, 20))
    async with quarter.play.database.writing() as db:
        viewer = await world.viewer(db, world.gonghui)
        with pytest.raises(Conflict, match="for a later day"):
            await handover.take_back(db, viewer, world.terms["liwb"].id)
