"""Drafts that an annual plan told of: tentative in the liaisons' calendars, under the UID that the invitation will have."""

from datetime import date

from liaison.meetings import announcing, queries, sending_plan
from liaison.meetings.asking import Asked
from tests.feed.conftest import Calendars
from tests.meetings.play import Play
from tests.world import World


async def plan_sent(play: Play) -> None:
    """The plan of 2027, told to everybody."""
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        await sending_plan.send_plan(db, viewer, play.world.mechanism.id, 2027)


async def first_draft(play: Play) -> int:
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        return next(m.id for m in await queries.upcoming(db, viewer) if m.local_on == date(2027, 3, 18))


async def test_a_draft_is_in_nobodys_calendar_until_the_plan_was_sent_and_then_tentative_for_its_liaisons(
    calendars: Calendars, world: World
) -> None:
    await plan_sent(calendars.play)
    for who in (world.zhoumin, world.liwb, world.wuxl):
        answer = await calendars.fetch(who)
        assert answer.text.count("STATUS:TENTATIVE") == 4, who.name
        assert "ATTENDEE" not in answer.text
    for who in (world.chenzy, world.sunl, world.maolin):
        assert "TENTATIVE" not in (await calendars.fetch(who)).text, who.name


async def test_a_draft_that_no_plan_told_of_is_in_no_calendar(calendars: Calendars, world: World) -> None:
    await calendars.play.scheduled(Asked(agency_id=world.sfj.id))
    assert await calendars.entries(world.liwb) == {}


async def test_the_notice_takes_the_place_of_the_draft_under_the_same_uid_with_a_newer_stamp(
    calendars: Calendars, world: World
) -> None:
    play = calendars.play
    await plan_sent(play)
    meeting_id = await first_draft(play)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        uid = meeting.uid
    before = (await calendars.fetch(world.liwb)).text
    assert f"UID:{uid}" in before
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await announcing.send(db, viewer, meeting)
    after = await calendars.fetch(world.liwb)
    assert after.text.count(f"UID:{uid}") == 1
    assert after.text.count("（暂定）") == before.count("（暂定）") - 1


async def test_a_draft_called_off_leaves_the_calendar_and_a_moved_one_moves(calendars: Calendars, world: World) -> None:
    play = calendars.play
    await plan_sent(play)
    meeting_id = await first_draft(play)
    tag = (await calendars.fetch(world.liwb)).headers["ETag"]
    assert (await calendars.fetch(world.liwb, If_None_Match=tag)).status_code == 304
    await calendars.api.post(world.zhoumin, f"/meetings/{meeting_id}/move", {"starts_at": "2027-03-25T09:00:00+08:00"})
    moved = await calendars.fetch(world.liwb, If_None_Match=tag)
    assert "DTSTART;TZID=Asia/Shanghai:20270325T090000" in moved.text
    await calendars.api.post(world.zhoumin, f"/meetings/{meeting_id}/cancel", {})
    assert (await calendars.fetch(world.liwb)).text.count("STATUS:TENTATIVE") == 3
