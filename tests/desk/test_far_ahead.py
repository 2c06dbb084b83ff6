"""What lies far ahead is nothing to do yet."""

from datetime import UTC, datetime
from typing import Any

from liaison.meetings import agenda, deferring
from tests.desk.test_desk import browse, play
from tests.meetings.play import Play
from tests.world import World

__all__ = ["browse", "play"]


async def test_what_was_deferred_to_a_far_meeting_is_to_be_decided_once_its_call_for_items_is_near(
    browse: Any, play: Play, world: World
) -> None:
    meeting_id = await play.scheduled()
    await play.scheduled(local_start=datetime.fromisoformat("2027-03-18T14:30"), title="一季度联席会议")
    async with play.database.writing() as db:
        member, meeting = await play.meeting(db, meeting_id, world.liwb)
        item = await agenda.add_item(db, member, meeting, title="研究移送口径", purpose="study")
        await deferring.defer_item(db, await world.viewer(db, world.zhoumin), item)
    said = "研究移送口径"
    assert said not in await (await browse(world.zhoumin)).get("/")
    play.clock.as_of = datetime(2027, 2, 12, 1, 0, tzinfo=UTC)
    assert said in await (await browse(world.zhoumin)).get("/")
