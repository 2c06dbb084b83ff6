"""How looking for a time ends: the meeting has it, everybody who was asked is told once; or none, with the reason."""

from datetime import timedelta

import pytest

from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.mechanisms.models import Member
from liaison.meetings import scheduling
from liaison.meetings.asking import Asked
from liaison.polls import queries, settling
from liaison.polls.models import TimePoll
from tests.callers import Browser
from tests.meetings.play import Play, by_address
from tests.polls.asked import FIRST, LIWB, SECOND, ZHOUMIN, ask, read, say


async def pick(play: Play, poll_id: int, number: int = 1, *, by: Person | None = None) -> TimePoll:
    viewer = await play.viewer(by or play.world.zhoumin)
    async with play.database.writing() as db:
        poll = await queries.get(db, viewer, poll_id)
        return await settling.pick(db, viewer, poll, poll.candidates[number].id)


async def close(play: Play, poll_id: int, reason: str = "各方均有冲突", *, by: Person | None = None) -> TimePoll:
    viewer = await play.viewer(by or play.world.zhoumin)
    async with play.database.writing() as db:
        return await settling.close(db, viewer, await queries.get(db, viewer, poll_id), reason=reason)


async def test_the_draft_gets_the_time_and_length_and_stays_a_draft(play: Play) -> None:
    draft = await play.scheduled()
    poll_id = await ask(play, meeting_id=draft)
    await play.delivered()
    await pick(play, poll_id)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, draft)
    assert (meeting.state, meeting.local_start, meeting.duration_minutes) == ("draft", SECOND, 90)


async def test_the_postponed_meeting_is_reinstated_with_the_time(play: Play) -> None:
    meeting_id = await play.scheduled()
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.postpone(db, viewer, meeting)
    await pick(play, await ask(play, meeting_id=meeting_id), 0)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
    assert (meeting.postponed_at, meeting.local_start, meeting.duration_minutes) == (None, FIRST, 120)


async def test_everybody_who_was_asked_is_told_once_and_no_calendar_goes_with_it(play: Play) -> None:
    poll_id = await ask(play, by=play.world.qianwei)
    await play.delivered()
    await say(play, poll_id, play.world.liwb, "cannot", "can")
    await pick(play, poll_id, by=play.world.qianwei)
    await pick(play, poll_id, by=play.world.qianwei)
    mails = by_address(await play.delivered())
    assert set(mails) == {LIWB, ZHOUMIN}
    assert mails[LIWB].subject == "【会议时间】时间定于12月10日（周四）09:00：商请协助会"
    assert "2026年12月10日（星期四）09:00—10:30" in mails[LIWB].text
    assert mails[LIWB].calendar is None
    assert "感谢答复。会议时间定于：" in mails[LIWB].text
    assert "感谢" not in mails[ZHOUMIN].text, "who has not answered is not thanked for it"
    assert "会议时间定于：" in mails[ZHOUMIN].text
    assert await play.delivered() == []


async def test_the_host_is_to_tell_agencies_on_paper_which_time_was_picked_until_the_notice_goes(
    play: Play, browser: Browser
) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Member, play.world.members["sfj"].id)).takes_part = "paper"
    draft, said = await play.scheduled(Asked(agency_id=play.world.sfj.id)), "会议时间已定，请书面告知：区司法局"
    for meeting_id in (draft, None):
        poll_id = await ask(play, meeting_id=meeting_id)
        await browser.sign_in(play.world.zhoumin)
        assert said not in await browser.get("/")
        await pick(play, poll_id)
        assert said in await browser.get("/")
        if meeting_id is not None:
            await browser.sign_in(play.world.liwb)
            assert said not in await browser.get("/"), "who is told tells nobody"
            await play.send(meeting_id)
            await browser.sign_in(play.world.zhoumin)
            assert said not in await browser.get("/")
    play.clock.as_of = play.clock.now() + timedelta(days=8)
    await browser.sign_in(play.world.zhoumin)
    assert said not in await browser.get("/")


async def test_one_time_is_picked_and_no_other_after_it(play: Play) -> None:
    poll_id = await ask(play)
    await pick(play, poll_id)
    for act in (pick(play, poll_id, 0), close(play, poll_id)):
        with pytest.raises(Conflict, match="has ended"):
            await act
    poll = await read(play, poll_id)
    assert poll.state == "picked"
    assert poll.picked is not None
    assert poll.picked.local_start == SECOND


async def test_ended_without_a_time_needs_a_reason_which_those_asked_read(play: Play) -> None:
    poll_id = await ask(play)
    await play.delivered()
    with pytest.raises(Invalid):
        await close(play, poll_id, " ")
    await close(play, poll_id)
    await close(play, poll_id)
    mails = await play.delivered()
    assert [(mail.to, mail.subject) for mail in mails] == [(LIWB, "【会议时间征询】已结束，未定时间：商请协助会")]
    assert "各方均有冲突" in mails[0].text
    assert (await read(play, poll_id)).state == "closed"
    with pytest.raises(Conflict):
        await say(play, poll_id, play.world.liwb, "can", "can")
    with pytest.raises(Conflict):
        await pick(play, poll_id)


async def test_only_the_agency_that_asks_and_the_host_pick_and_end(play: Play) -> None:
    poll_id = await ask(play)
    for who in (play.world.liwb, play.world.wuxl):
        with pytest.raises(NotPermitted):
            await pick(play, poll_id, by=who)
        with pytest.raises(NotPermitted):
            await close(play, poll_id, by=who)
    draft = await play.scheduled()
    hosted = await ask(play, meeting_id=draft, by=play.world.liwb)
    await pick(play, hosted, by=play.world.zhoumin)


async def test_a_time_that_has_passed_is_not_picked(play: Play) -> None:
    poll_id = await ask(play)
    play.clock.as_of = play.clock.now() + timedelta(days=16)
    with pytest.raises(Conflict, match="has passed"):
        await pick(play, poll_id, 0)
    await pick(play, poll_id, 1)


async def test_a_meeting_that_got_a_date_meanwhile_keeps_it(play: Play) -> None:
    draft = await play.scheduled()
    poll_id = await ask(play, meeting_id=draft)
    async with play.database.writing() as db:
        _, meeting = await play.meeting(db, draft)
        meeting.announced_at = db.now()
    with pytest.raises(Conflict, match="has a date by now"):
        await pick(play, poll_id)
    assert (await read(play, poll_id)).state == "open"
