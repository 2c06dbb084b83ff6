"""Scheduling and changing meetings: who may, what is refused, what stays as it was."""

from datetime import date, datetime, timedelta

import pytest

from liaison import audit
from liaison.directory.models import Agency, Person
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.mechanisms.models import Member
from liaison.meetings import agenda, asking, queries, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from tests.meetings.play import START, Play


async def change(play: Play, meeting_id: int, verb: str, **more: object) -> None:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await getattr(scheduling, verb)(db, viewer, meeting, **more)


@pytest.mark.parametrize("who", ["chenzy", "hejing", "sunl", "guyan", "maolin", "songhp"])
async def test_only_officers_and_deputies_of_the_mechanism_schedule(play: Play, who: str) -> None:
    with pytest.raises(NotPermitted):
        await play.scheduled(by=getattr(play.world, who))


@pytest.mark.parametrize("who", ["zhoumin", "qianwei", "liwb", "wuxl"])
async def test_every_member_agency_schedules_and_hosts_what_it_schedules(play: Play, who: str) -> None:
    meeting_id = await play.scheduled(by=getattr(play.world, who))
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert meeting.host_agency_id == getattr(play.world, who).agency_id


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("title", {"title": "  "}),
        ("title", {"title": "长" * 201}),
        ("title", {"title": "两\n行"}),
        ("kind", {"kind": "party"}),
        ("duration_minutes", {"duration_minutes": 0}),
        ("starts_at", {"local_start": datetime.fromisoformat("1900-01-01T10:00")}),
        ("replies_due_on", {"replies_due_on": (START + timedelta(days=1)).date()}),
        ("host_agency_id", {"host_agency_id": 10**9}),
        ("recorder_id", {"recorder_id": 10**9}),
    ],
)
async def test_what_cannot_be_accepted_is_refused_by_field(play: Play, field: str, more: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        await play.scheduled(**more)  # type: ignore[arg-type]
    assert set(refused.value.errors) == {field}


async def test_a_time_that_the_clocks_skip_is_refused(play: Play) -> None:
    async with play.database.writing() as db:
        _, meeting = await play.meeting(db, await play.scheduled())
        meeting.mechanism.timezone = "Europe/London"
    with pytest.raises(Invalid) as refused:
        await play.scheduled(local_start=datetime.fromisoformat("2027-03-28T01:30"))
    assert set(refused.value.errors) == {"starts_at"}


async def test_a_form_opened_before_somebody_elses_change_is_refused_and_shows_the_stored_values(play: Play) -> None:
    meeting_id = await play.scheduled()
    await change(play, meeting_id, "change", location="新会议室", version=1)
    with pytest.raises(Conflict) as refused:
        await change(play, meeting_id, "change", location="另一间", version=1)
    assert refused.value.theirs["location"] == "新会议室"


async def test_cancelling_twice_is_one_cancellation(play: Play) -> None:
    meeting_id = await play.scheduled()
    await change(play, meeting_id, "cancel", reason="一")
    await change(play, meeting_id, "cancel", reason="二")
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert (meeting.state, meeting.reason) == ("cancelled", "一")


async def test_moving_a_postponed_meeting_is_refused_and_reinstating_gives_it_a_date(play: Play) -> None:
    meeting_id = await play.scheduled()
    await change(play, meeting_id, "postpone")
    with pytest.raises(Conflict):
        await change(play, meeting_id, "move", local_start=START)
    await change(play, meeting_id, "reinstate", local_start=START + timedelta(days=9))
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert (meeting.state, meeting.local_start) == ("draft", START + timedelta(days=9))


async def test_a_cancellation_nobody_heard_of_keeps_the_uid(play: Play) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.liwb.id))
    await play.send(meeting_id)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        uid = meeting.uid
    await change(play, meeting_id, "cancel")
    await change(play, meeting_id, "reinstate", local_start=START)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert meeting.uid == uid


async def test_a_draft_is_seen_by_officers_only_and_a_guest_sees_just_the_meeting_they_are_asked_to(play: Play) -> None:
    world = play.world
    mine = await play.scheduled(Asked(person_id=world.sunl.id))
    other = await play.scheduled(Asked(person_id=world.chenzy.id))
    async with play.database.reading() as db:
        for who in (world.chenzy, world.sunl, world.guyan):
            with pytest.raises(NotFound):
                await play.meeting(db, mine, who)
        await play.meeting(db, mine, world.wuxl)
    await play.send(mine)
    await play.send(other)
    async with play.database.reading() as db:
        await play.meeting(db, mine, world.sunl)
        await play.meeting(db, mine, world.chenzy)
        with pytest.raises(NotFound):
            await play.meeting(db, other, world.sunl)
        with pytest.raises(NotFound):
            await play.meeting(db, other, world.guyan)  # the operator reads no meetings by being operator
        with pytest.raises(NotFound):
            await play.meeting(db, other, world.songhp)  # of an agency that left before


async def test_who_is_to_chair_knows_of_the_draft_and_settles_its_agenda(play: Play) -> None:
    """The mail of the day the agenda is approved leads the chair there; not whoever is asked otherwise, nor a chair who was taken off."""
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id, role="chair"), Asked(person_id=world.sunl.id))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id, world.liwb)
        item = await agenda.add_item(db, viewer, meeting, title="研究线索移送指引", purpose="study")
        await db.flush()
        chair, _ = await play.meeting(db, meeting_id, world.chenzy)
        await agenda.accept_item(db, chair, await agenda.item_of(db, chair, item.id))
        assert [one.id for one in await queries.upcoming(db, chair)] == [meeting_id]
        with pytest.raises(NotFound):
            await play.meeting(db, meeting_id, world.sunl)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        attendee = next(one for one in await queries.attendees(db, meeting_id) if one.person_id == world.chenzy.id)
        await asking.remove_attendee(db, viewer, meeting, attendee)
    async with play.database.reading() as db:
        with pytest.raises(NotFound):
            await play.meeting(db, meeting_id, world.chenzy)


async def test_another_date_forgets_the_date_for_answers_and_the_reason_of_the_former(play: Play) -> None:
    meeting_id = await play.scheduled(replies_due_on=date(2026, 12, 14))
    await change(play, meeting_id, "move", local_start=START, duration_minutes=60)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert meeting.replies_due_on == date(2026, 12, 14)  # the start is the same
    await change(play, meeting_id, "move", local_start=START - timedelta(days=7), reason="场地冲突")
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert meeting.replies_due_on is None
    await change(play, meeting_id, "change", replies_due_on=date(2026, 12, 8))
    await change(play, meeting_id, "postpone")
    await change(play, meeting_id, "reinstate", local_start=START)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert meeting.replies_due_on is None


@pytest.mark.parametrize("verb", ["move", "reinstate"])
async def test_no_minutes_at_all_are_not_the_minutes_it_had(play: Play, verb: str) -> None:
    meeting_id = await play.scheduled()
    if verb == "reinstate":
        await change(play, meeting_id, "cancel")
    with pytest.raises(Invalid) as refused:
        await change(play, meeting_id, verb, local_start=START, duration_minutes=0)
    assert set(refused.value.errors) == {"duration_minutes"}


async def test_another_length_keeps_the_reason_and_a_provisional_date(play: Play) -> None:
    why = {"code": "holiday"}
    meeting_id = await play.scheduled(provisional=True, why_moved=why)
    async with play.database.writing() as db:
        (await db.get_one(Meeting, meeting_id)).reason = "场地冲突"
    await change(play, meeting_id, "move", local_start=START, duration_minutes=90)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert (meeting.duration_minutes, meeting.reason) == (90, "场地冲突")
        assert (meeting.provisional, meeting.why_moved) == (True, why)
    await change(play, meeting_id, "move", local_start=START + timedelta(hours=1))
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert (meeting.reason, meeting.provisional, meeting.why_moved) == (None, False, None)


async def test_nobody_takes_the_meeting_of_another_host_for_their_own_agency(play: Play) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id))

    async def hand_over(who: Person, to: Agency) -> None:
        async with play.database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id, who)
            await scheduling.change(db, viewer, meeting, host_agency_id=to.id)

    for who in (world.liwb, world.wuxl):
        with pytest.raises(NotPermitted):
            await hand_over(who, world.sfj)
        await hand_over(who, world.jcy)  # what a form sends that leaves the host as it is
    await hand_over(world.qianwei, world.sfj)
    await hand_over(world.zhoumin, world.jcy)  # a draft of the agency that scheduled it
    await hand_over(world.zhoumin, world.sfj)
    await play.send(meeting_id)
    with pytest.raises(NotPermitted):
        await hand_over(world.zhoumin, world.jcy)
    await hand_over(world.liwb, world.jcy)


async def test_the_chair_accepts_and_orders_items_and_does_no_more(play: Play) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id, role="chair"), Asked(person_id=world.sunl.id))
    async with play.database.writing() as db:
        host, meeting = await play.meeting(db, meeting_id)
        first = await agenda.add_item(db, host, meeting, title="通报情况", purpose="report")
        theirs, _ = await play.meeting(db, meeting_id, world.liwb)
        second = await agenda.add_item(db, theirs, meeting, title="研究指引", purpose="study")
    await play.send(meeting_id)
    async with play.database.writing() as db:
        chair, meeting = await play.meeting(db, meeting_id, world.chenzy)
        item = await agenda.item_of(db, chair, second.id)
        await agenda.accept_item(db, chair, item)
        await agenda.order(db, chair, meeting, [second.id, first.id])
        with pytest.raises(NotPermitted):
            await agenda.withdraw_item(db, chair, item)
        guest, _ = await play.meeting(db, meeting_id, world.sunl)
        with pytest.raises(NotPermitted):
            await agenda.order(db, guest, meeting, [first.id, second.id])


async def test_an_agency_that_rejoins_sees_both_its_periods_and_not_what_lay_between(play: Play) -> None:
    world = play.world
    days = {"first": "2024-03-21", "between": "2025-09-18", "second": "2026-12-17"}
    meetings = {
        name: await play.scheduled(local_start=datetime.fromisoformat(f"{day}T14:30")) for name, day in days.items()
    }
    async with play.database.writing() as db:
        db.add(Member(mechanism_id=world.mechanism.id, agency_id=world.mzj.id, joined_on=date(2026, 1, 1)))
        for meeting_id in meetings.values():
            (await db.get_one(Meeting, meeting_id)).announced_at = db.now()
    async with play.database.reading() as db:
        viewer = await world.viewer(db, world.songhp)
        seen = {meeting.id for meeting in await queries.listing(db, viewer)}
    assert seen == {meetings["first"], meetings["second"]}


async def test_who_is_not_host_asks_only_their_own_people(play: Play) -> None:
    world = play.world
    meeting_id = await play.scheduled()
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id, world.liwb)
        await asking.ask(db, viewer, meeting, [Asked(person_id=world.zhenggq.id)])
        with pytest.raises(NotPermitted):
            await asking.ask(db, viewer, meeting, [Asked(person_id=world.chenzy.id)])


async def test_asking_twice_is_one_attendee(play: Play) -> None:
    meeting_id = await play.scheduled(
        Asked(person_id=play.world.liwb.id), Asked(person_id=play.world.liwb.id, role="chair")
    )
    async with play.database.reading() as db:
        assert [a.role for a in await queries.attendees(db, meeting_id)] == ["chair"]


async def test_the_hosts_items_stand_at_once_and_others_are_proposed(play: Play) -> None:
    world = play.world
    meeting_id = await play.scheduled()
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        first = await agenda.add_item(db, viewer, meeting, title="通报情况", purpose="report", duration_minutes=20)
        theirs, _ = await play.meeting(db, meeting_id, world.liwb)
        second = await agenda.add_item(db, theirs, meeting, title="研究指引", purpose="study")
        assert (first.state, second.state) == ("accepted", "proposed")
        assert second.agency_id == world.sfj.id
        with pytest.raises(NotPermitted):
            await agenda.accept_item(db, theirs, second)
        await agenda.accept_item(db, viewer, second)
        await agenda.order(db, viewer, meeting, [second.id, first.id])
        with pytest.raises(Invalid):
            await agenda.order(db, viewer, meeting, [second.id])
    async with play.database.reading() as db:
        assert [item.title for item in await queries.agenda(db, meeting_id)] == ["研究指引", "通报情况"]


async def test_every_act_is_one_audit_line_and_the_chain_holds(play: Play) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.liwb.id))
    await change(play, meeting_id, "cancel")
    async with play.database.reading() as db:
        assert await audit.broken_at(db) is None
