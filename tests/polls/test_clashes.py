"""What else takes place at a time, and what of it somebody may know."""

from datetime import date, datetime, timedelta

from liaison.directory.models import Person
from liaison.mechanisms.models import Designation, Mechanism, Member
from liaison.meetings import announcing, scheduling
from liaison.meetings.asking import Asked
from liaison.polls import queries
from liaison.polls.clashes import Clash
from liaison.polls.showing import times
from tests.meetings.play import Play
from tests.polls.asked import FIRST, SECOND, ask

SECRET = "未成年人保护会商"


async def clashes(play: Play, poll_id: int, who: Person) -> list[list[Clash]]:
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, who)
        return [list(one.clashes) for one in await times(db, viewer, await queries.get(db, viewer, poll_id))]


async def elsewhere(play: Play, *, start: datetime, sent: bool = True) -> int:
    """A meeting at which 区司法局 takes part, of a mechanism that it shares with 区人社局 alone."""
    world = play.world
    async with play.database.writing() as db:
        other = Mechanism(
            name="另一机制", short_name="另一机制", timezone="Asia/Shanghai", region="CN", locale="zh_CN",
            lead_agency_id=world.rsj.id, deadlines={},
        )  # fmt: skip
        db.add(other)
        await db.flush()
        joined = date(2024, 1, 1)
        for agency in (world.rsj, world.sfj):
            db.add(Member(mechanism_id=other.id, agency_id=agency.id, joined_on=joined))
        db.add(
            Designation(
                mechanism_id=other.id, agency_id=world.rsj.id, person_id=world.sunl.id, role="principal",
                starts_on=joined, designated_at=db.now(),
            )
        )  # fmt: skip
        await db.flush()
        viewer = await world.viewer(db, world.sunl)
        meeting = await scheduling.schedule(
            db, viewer, other.id, kind="topical", title=SECRET, local_start=start, duration_minutes=60,
            asked=[Asked(agency_id=world.sfj.id)],
        )  # fmt: skip
        if sent:
            await announcing.send(db, viewer, meeting)
        return meeting.id


async def test_a_meeting_of_the_mechanism_that_overlaps_is_named_and_one_that_only_touches_is_not(play: Play) -> None:
    inside = await play.scheduled(title="碰头会", local_start=FIRST + timedelta(minutes=119), duration_minutes=30)
    await play.scheduled(title="之前", local_start=FIRST - timedelta(minutes=60), duration_minutes=60)
    await play.scheduled(title="之后", local_start=FIRST + timedelta(minutes=120), duration_minutes=60)
    long = await play.scheduled(title="三天", local_start=SECOND - timedelta(days=2), duration_minutes=3 * 24 * 60)
    poll_id = await ask(play)
    first, second = await clashes(play, poll_id, play.world.zhoumin)
    assert first == [Clash(long, "三天"), Clash(inside, "碰头会")]
    assert second == [Clash(long, "三天")]


async def test_the_meeting_that_looks_for_a_time_and_meetings_that_are_off_are_no_clash(play: Play) -> None:
    draft = await play.scheduled(local_start=FIRST)
    off = await play.scheduled(title="取消的", local_start=FIRST)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, off)
        await scheduling.cancel(db, viewer, meeting)
    assert await clashes(play, await ask(play, meeting_id=draft), play.world.zhoumin) == [[], []]


async def test_another_mechanisms_meeting_is_named_to_its_own_people_and_a_bare_fact_to_others(play: Play) -> None:
    meeting_id = await elsewhere(play, start=FIRST)
    poll_id = await ask(play)
    assert await clashes(play, poll_id, play.world.zhoumin) == [[Clash()], []]
    assert await clashes(play, poll_id, play.world.liwb) == [[Clash(meeting_id, SECRET)], []]


async def test_nothing_is_told_of_a_draft_that_the_reader_may_not_see(play: Play) -> None:
    await elsewhere(play, start=FIRST, sent=False)
    assert await clashes(play, await ask(play), play.world.zhoumin) == [[], []]
