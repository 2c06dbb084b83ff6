"""An attendance has its meeting's time, so that what somebody is asked to by name is found in order: it never has another."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from liaison.meetings import asking, entering, queries, replies, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.entering import Present
from liaison.meetings.models import Attendee, Meeting
from liaison.meetings.replies import SlipName
from liaison.meetings.zone_data import follow_zone_data
from tests.meetings.play import START, Play

PAST = datetime.fromisoformat("2026-11-20T09:00")


async def attendances(play: Play) -> int:
    """How many there are, by what the database holds; all of them have their meeting's time."""
    async with play.database.reading() as db:
        query = "SELECT count(*), sum(CASE WHEN attendee.starts_at = meeting.starts_at THEN 1 ELSE 0 END) FROM attendee"
        number, right = (await db.execute(text(f"{query} JOIN meeting ON meeting.id = meeting_id"))).one()
        assert number == right
        return int(number)


async def slip_of(play: Play, meeting_id: int, *names: str) -> None:
    async with play.database.writing() as db:
        (asked,) = await queries.invitations(db, meeting_id)
        slip = await queries.invitation(db, asked.id)
        viewer = await play.world.viewer(db, play.world.liwb)
        await replies.return_slip(db, viewer, slip, [SlipName(name) for name in names])


async def test_whatever_happens_to_a_meeting_its_attendances_have_its_time(play: Play) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.sunl.id), Asked(agency_id=world.sfj.id, seats=3))
    assert await attendances(play) == 1
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=START + timedelta(days=1))
        await asking.ask(db, viewer, meeting, [Asked(person_id=world.hanmei.id)])
    assert await attendances(play) == 2
    await play.send(meeting_id)
    await slip_of(play, meeting_id, "郑国强", "李文博")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=START + timedelta(days=2))
    await play.send(meeting_id)
    await slip_of(play, meeting_id, "郑国强", "吴晓岚")
    assert await attendances(play) == 5
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.postpone(db, viewer, meeting)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.reinstate(db, viewer, meeting, local_start=START + timedelta(days=9))
        await asking.ask(db, viewer, meeting, [Asked(person_id=world.chenzy.id)])
    assert await attendances(play) == 6
    async with play.database.writing() as db:
        (await db.get_one(Meeting, meeting_id)).timezone = "Europe/London"
    async with play.database.writing() as db:
        assert await follow_zone_data(db) == 1
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        there = [Present(world.sfj.id, "郑国强")]
        await entering.enter_held(
            db, viewer, world.mechanism.id, kind="topical", title="碰头会", local_start=PAST, duration_minutes=60, present=there
        )  # fmt: skip
    assert await attendances(play) == 7


async def test_the_database_lets_nobody_set_another(play: Play) -> None:
    await play.scheduled(Asked(person_id=play.world.sunl.id))
    with pytest.raises(IntegrityError):
        async with play.database.writing() as db:
            (await db.get_one(Attendee, 1)).starts_at += timedelta(hours=1)


async def test_who_is_only_asked_by_name_reads_lists_in_order_page_by_page_and_what_moved_in_its_new_place(
    play: Play,
) -> None:
    world = play.world
    days = [PAST + timedelta(days=n) for n in (-30, -20, -10, 0)]
    ids = [await play.scheduled(Asked(person_id=world.sunl.id), local_start=day) for day in days]
    draft = await play.scheduled(Asked(person_id=world.sunl.id), local_start=PAST)
    coming, postponed, off = [
        await play.scheduled(Asked(person_id=world.sunl.id), local_start=START + timedelta(days=n)) for n in range(3)
    ]
    await play.scheduled(Asked(person_id=world.hanmei.id))
    async with play.database.writing() as db:
        for meeting_id in {*ids, coming, postponed, off}:
            (await db.get_one(Meeting, meeting_id)).announced_at = db.now()
        (await db.get_one(Meeting, postponed)).postponed_at = db.now()
        (await db.get_one(Meeting, off)).cancelled_at = db.now()
        moved = await db.get_one(Meeting, ids[1])  # from the third place to the last
        moved.starts_at -= timedelta(days=30)
    newest_first = [ids[3], ids[2], ids[0], ids[1]]
    async with play.database.reading() as db:
        viewer = await world.viewer(db, world.sunl)
        found: list[int] = []
        before = None
        while rows := await queries.past(db, viewer, before=before, limit=1):
            found += [meeting.id for meeting in rows]
            before = (rows[-1].starts_at, rows[-1].id)
        assert found == newest_first
        assert [meeting.id for meeting in await queries.upcoming(db, viewer)] == [coming]
        assert [meeting.id for meeting in await queries.set_aside(db, viewer)] == [postponed, off]
        year = (db.now() - timedelta(days=15), db.now() + timedelta(days=365))
        seen = await queries.of_times(db, viewer, [year], limit=9)
        assert [meeting.id for meeting in seen] == [ids[2], ids[3], coming, postponed, off]
        entered = [meeting.id for meeting in await queries.listing(db, viewer, after=ids[0], limit=4)]
        assert entered == [*ids[1:], coming]
        assert draft not in entered
