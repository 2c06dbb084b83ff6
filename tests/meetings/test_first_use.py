"""What a first user of the product ran into: each rule that mends it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from liaison.errors import Conflict, Invalid
from liaison.mail import outbox
from liaison.mechanisms.models import Member
from liaison.meetings import announcing, overview, planning, queries, replies, scheduling, suggesting
from liaison.meetings.asking import Asked
from liaison.meetings.permissions import may_see_remarks
from liaison.meetings.replies import Registered, SlipName
from tests.meetings.play import Play


async def test_the_host_agency_sees_its_meeting_whatever_the_date_it_joined_on(play: Play) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Member, play.world.members["jcy"].id)).joined_on = date(2026, 11, 23)
    meeting_id = await play.scheduled(by=play.world.qianwei, local_start=datetime.fromisoformat("2026-11-20T09:00"))
    async with play.database.reading() as db:
        for who in (play.world.zhoumin, play.world.qianwei):
            assert (await play.meeting(db, meeting_id, who))[1].id == meeting_id


async def test_remarks_are_read_by_the_own_agency_and_those_who_run_the_meeting(play: Play) -> None:
    meeting_id = await play.scheduled(Asked(agency_id=play.world.sfj.id), Asked(person_id=play.world.sunl.id))
    await play.send(meeting_id)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        reads = {
            key: may_see_remarks(await play.viewer(getattr(play.world, key)), meeting, play.world.sfj.id)
            for key in ("zhoumin", "liwb", "gonghui", "sunl", "chenzy")
        }
    assert reads == {"zhoumin": True, "liwb": True, "gonghui": True, "sunl": False, "chenzy": False}


async def test_what_lies_in_the_past_is_neither_sent_nor_is_an_announced_meeting_moved_there(play: Play) -> None:
    past = datetime.fromisoformat("2026-11-20T09:00")
    draft = await play.scheduled(Asked(person_id=play.world.chenzy.id), local_start=past)
    with pytest.raises(Conflict, match="lies in the past"):
        await play.send(draft)
    told = await play.scheduled(Asked(person_id=play.world.chenzy.id))
    await play.send(told)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, told)
        with pytest.raises(Invalid) as refused:
            await scheduling.move(db, viewer, meeting, local_start=past)
        assert set(refused.value.errors) == {"starts_at"}


async def test_a_reason_alone_is_no_new_notice(play: Play) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.chenzy.id))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=meeting.local_start, reason="会议室另有安排")
        with pytest.raises(announcing.NothingNew):
            await announcing.send(db, viewer, meeting)
        assert len(await queries.announcements(db, meeting_id)) == 1


async def test_who_never_got_the_notice_is_not_reminded(play: Play) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.chenzy.id))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        last = await queries.newest_announcement(db, meeting.uid)
        assert await planning.untold(db, meeting, last) == set()
        for mail in await outbox.deliveries(db, about=f"meeting:{meeting_id}"):
            mail.trial_to = "zhoumin@jcy.qingzhi.example"  # it went out while the site was tried out
        await db.flush()
        assert await planning.untold(db, meeting, last) == {"chenzy@jcy.qingzhi.example"}
        with pytest.raises(Conflict, match="has not reached"):
            await announcing.remind(db, viewer, meeting)


async def test_after_a_move_everybody_may_be_reminded_anew_and_old_answers_are_known_as_such(play: Play) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.chenzy.id), Asked(agency_id=play.world.sfj.id))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await announcing.remind(db, viewer, meeting)
        said = Registered("phone", "陈志远", db.now())
        person = await queries.attendee(db, (await queries.attendees(db, meeting_id))[0].id)
        await replies.register(db, viewer, person, said, partstat="accepted", comment="提前到")
        slip = await queries.invitation(db, (await queries.invitations(db, meeting_id))[0].id)
        await replies.return_slip(db, viewer, slip, [SlipName("郑国强")], registered=said)
        await scheduling.move(db, viewer, meeting, local_start=meeting.local_start + timedelta(days=1))
    await play.send(meeting_id)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert meeting.reminded_at is None
        assert all(a.answered_for_earlier_time for a in await queries.attendees(db, meeting_id))
        assert all(i.returned_for_earlier_time for i in await queries.invitations(db, meeting_id))


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2026, 11, 22)])
async def test_answers_cannot_be_due_on_a_day_that_has_passed(play: Play, day: date) -> None:
    with pytest.raises(Invalid) as refused:
        await play.scheduled(replies_due_on=day)
    assert set(refused.value.errors) == {"replies_due_on"}


async def test_what_is_registered_was_said_within_a_year_of_the_meeting_and_names_an_answer(play: Play) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.chenzy.id))
    await play.send(meeting_id)
    long_ago = Registered("phone", "陈志远", datetime(1, 1, 2, tzinfo=UTC))
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id)
        person = await queries.attendee(db, (await queries.attendees(db, meeting_id))[0].id)
        with pytest.raises(Invalid) as refused:
            await replies.register(db, viewer, person, long_ago, partstat="accepted")
        assert set(refused.value.errors) == {"registered.at"}
        with pytest.raises(Invalid) as refused:
            await replies.register(db, viewer, person, replace(long_ago, at=db.now()), partstat="")
        assert "%" not in refused.value.errors["partstat"].msgid


async def test_people_and_slips_are_counted_apart_and_nobody_twice(play: Play) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.zhenggq.id), Asked(agency_id=world.sfj.id))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        slip = await queries.invitation(db, (await queries.invitations(db, meeting_id))[0].id)
        said = Registered("phone", "李文博", db.now())
        await replies.return_slip(db, viewer, slip, [SlipName("郑国强"), SlipName("李文博")], registered=said)
        shown = await overview.answers(db, viewer, meeting)
        assert (shown.counts, shown.missing_people, shown.missing_slips) == ({"accepted": 1, "needs_action": 1}, 1, 0)
        assert shown.agencies[0].named - slip.seats == 1
        await scheduling.move(db, viewer, meeting, local_start=meeting.local_start + timedelta(days=1))
        await announcing.send(db, viewer, meeting)
        shown = await overview.answers(db, viewer, meeting)
        assert (shown.missing_people, shown.missing_slips, len(shown.waiting)) == (1, 1, 2)


async def test_a_new_meeting_proposes_what_the_last_regular_one_asked(play: Play) -> None:
    await play.scheduled(Asked(agency_id=play.world.sfj.id, seats=3, requirement="联络员1名"))
    async with play.database.reading() as db:
        viewer = await play.viewer(play.world.zhoumin)
        asked = await suggesting.last_asked(db, viewer, play.world.mechanism)
    assert {id_: (one.seats, one.requirement) for id_, one in asked.items()} == {play.world.sfj.id: (3, "联络员1名")}
