"""The shared world is what its table says."""

from liaison.db import Database
from tests.world import World


async def test_roles_follow_the_facts_of_the_day(database: Database, world: World) -> None:
    m = world.mechanism.id
    async with database.reading() as db:
        zhoumin = await world.viewer(db, world.zhoumin)
        qianwei = await world.viewer(db, world.qianwei)
        songhp = await world.viewer(db, world.songhp)
        maolin = await world.viewer(db, world.maolin)
        guyan = await world.viewer(db, world.guyan)
        sunl = await world.viewer(db, world.sunl)
    assert zhoumin.officer_of(m) == world.jcy.id
    assert qianwei.officer_of(m) is None
    assert qianwei.deputy_of(m) == world.jcy.id
    assert songhp.acts_for(m) is None
    assert songhp.member_of[m][-1].left_on is not None
    assert maolin.reader_of == {m}
    assert guyan.operator
    assert not sunl.shares_mechanism_ids()
