"""Answers and slips: who may give them, until when, and what a later one replaces."""

from datetime import UTC, datetime

import pytest

from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.meetings import queries, replies, scheduling
from liaison.meetings.replies import Registered, SlipName
from tests.meetings.play import START, Play, by_address
from tests.meetings.test_announcing import CHENZY, LIWB, agency, move, people


async def test_a_slip_replaces_the_one_before_and_keeps_who_stays(play: Play) -> None:
    meeting_id = await play.scheduled(agency(play))
    await play.send(meeting_id)

    async def slip(*names: str, **more: object) -> None:
        async with play.database.writing() as db:
            viewer, _ = await play.meeting(db, meeting_id, play.world.liwb)
            (invitation,) = await queries.invitations(db, meeting_id)
            loaded = await queries.invitation(db, invitation.id)
            await replies.return_slip(db, viewer, loaded, [SlipName(name) for name in names], **more)  # type: ignore[arg-type]

    async def names() -> dict[str, int]:
        async with play.database.reading() as db:
            return {a.name: a.id for a in await queries.attendees(db, meeting_id)}

    await slip("郑国强", "李文博")
    first = await names()
    await slip("郑国强", "高原")
    second = await names()
    assert set(first) == {"郑国强", "李文博"}
    assert set(second) == {"郑国强", "高原"}
    assert first["郑国强"] == second["郑国强"]
    await slip(declined=True)
    assert await names() == {}
    with pytest.raises(Invalid) as refused:
        await slip("高原", "")
    assert set(refused.value.errors) == {"names.1.name"}


async def test_a_slip_closes_after_its_date_but_the_host_can_still_enter_it(play: Play) -> None:
    meeting_id = await play.scheduled(agency(play))
    await play.send(meeting_id)
    play.clock.as_of = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id, play.world.liwb)
        (invitation,) = await queries.invitations(db, meeting_id)
        loaded = await queries.invitation(db, invitation.id)
        with pytest.raises(Conflict):
            await replies.return_slip(db, viewer, loaded, [SlipName("郑国强")])
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id)
        loaded = await queries.invitation(db, invitation.id)
        said = Registered(how="phone", said_by="吴晓岚", at=db.now())
        (attendee,) = await replies.return_slip(db, viewer, loaded, [SlipName("郑国强")], registered=said)
        assert attendee.registered is not None
        assert attendee.registered["said_by"] == "吴晓岚"


async def test_a_date_for_slips_that_passed_before_the_notice_is_the_day_of_the_meeting(play: Play) -> None:
    meeting_id = await play.scheduled(agency(play))
    play.clock.as_of = datetime(2026, 12, 16, 1, 0, tzinfo=UTC)
    mail = by_address(await play.send(meeting_id))[LIWB]
    assert "请于12月17日（周四）前填写参会回执" in mail.text
    with pytest.raises(Conflict):  # and nothing has changed by sending it
        await play.send(meeting_id)


async def return_slip(play: Play, meeting_id: int) -> None:
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id, play.world.liwb)
        (invitation,) = await queries.invitations(db, meeting_id)
        await replies.return_slip(db, viewer, await queries.invitation(db, invitation.id), [SlipName("郑国强")])


async def test_who_is_told_late_that_it_moved_can_still_return_the_slip(play: Play) -> None:
    meeting_id = await play.scheduled(agency(play))
    await play.send(meeting_id)
    play.clock.as_of = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
    with pytest.raises(Conflict):
        await return_slip(play, meeting_id)
    await move(play, meeting_id)
    mail = by_address(await play.send(meeting_id))[LIWB]
    assert "请于12月18日（周五）前填写参会回执" in mail.text
    with pytest.raises(Conflict):  # and nothing has changed by sending it
        await play.send(meeting_id)
    await return_slip(play, meeting_id)


async def test_who_is_told_late_that_it_is_on_again_can_still_return_the_slip(play: Play) -> None:
    meeting_id = await play.scheduled(agency(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.postpone(db, viewer, meeting)
    await play.send(meeting_id)
    play.clock.as_of = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.reinstate(db, viewer, meeting, local_start=START)
    await play.send(meeting_id)
    await return_slip(play, meeting_id)


async def test_a_draft_cannot_be_answered(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id, play.world.liwb)
        mine = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == play.world.liwb.id)
        with pytest.raises(Conflict):
            await replies.answer(db, viewer, await queries.attendee(db, mine.id), partstat="accepted")


async def test_an_answer_registered_on_a_draft_is_carried_into_the_first_notice(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id)
        (his,) = [each for each in await queries.attendees(db, meeting_id) if each.person_id == play.world.liwb.id]
        said = Registered(how="phone", said_by="李文博", at=db.now())
        await replies.register(db, viewer, await queries.attendee(db, his.id), said, partstat="accepted")
    mails = by_address(await play.send(meeting_id))
    partstats = {str(one): one.params["PARTSTAT"] for one in mails[LIWB].event["ATTENDEE"]}
    assert partstats == {f"mailto:{LIWB}": "ACCEPTED", f"mailto:{CHENZY}": "NEEDS-ACTION"}
    async with play.database.reading() as db:
        assert (await queries.attendee(db, his.id)).partstat == "accepted"


async def test_nobody_answers_for_somebody_else_but_the_host_registers_what_was_said(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id)
        his = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == play.world.liwb.id)
        loaded = await queries.attendee(db, his.id)
        with pytest.raises(NotPermitted):
            await replies.answer(db, viewer, loaded, partstat="accepted")
        said = Registered(how="phone", said_by="李文博", at=db.now())
        await replies.register(db, viewer, loaded, said, partstat="accepted", substitute={"name": "吴晓岚"})
        assert (loaded.partstat, loaded.answered_via) == ("accepted", "registered")
        assert loaded.substitute == {"name": "吴晓岚", "job_title": None, "phone": None}
