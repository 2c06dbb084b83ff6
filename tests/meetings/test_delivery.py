"""送达情况: who holds the present date, who was told another way, and sending to exactly those who were not."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from liaison.accounts.deactivation import deactivate_person
from liaison.accounts.viewer import COMMAND_LINE
from liaison.directory import people as directory
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.mail.bounces import mark_bounced
from liaison.mail.models import OutboxMail
from liaison.meetings import announcing, scheduling, telling
from liaison.meetings.delivery import Line, missing
from liaison.meetings.replies import Registered
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import CHENZY, LIWB, move, people
from tests.meetings.test_pages import OpenAs, open_as

__all__ = ["open_as"]  # the fixture


async def lines(play: Play, meeting_id: int) -> dict[str, Line]:
    async with play.database.reading() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        return {line.name: line for line in await telling.lines_of(db, viewer, meeting)}


async def bounce(play: Play, address: str) -> None:
    async with play.database.writing() as db:
        newest = select(OutboxMail.message_id).where(OutboxMail.address == address).order_by(OutboxMail.id.desc())
        message_id = (await db.scalars(newest)).first() or ""
        assert await mark_bounced(db, message_id, status="5.1.1", words="user unknown") is not None


async def resend(play: Play, meeting_id: int, count: int) -> int:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        return await telling.resend_to_missing(db, viewer, meeting, count=count)


async def tell(play: Play, meeting_id: int, attendee_id: int, at: datetime | None = None) -> None:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        said = Registered("phone", "陈志远", at or db.now())
        await telling.note_told(db, viewer, meeting, registered=said, attendee_id=attendee_id)


async def test_who_was_sent_the_notice_holds_it_until_it_comes_back(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    assert all(line.holds_it for line in (await lines(play, meeting_id)).values())
    await bounce(play, CHENZY)
    found = await lines(play, meeting_id)
    assert (found["陈志远"].knows, found["李文博"].knows) == (False, True)
    assert found["陈志远"].mails[0].reason == "mailbox_unknown"
    assert missing(list(found.values())) == [CHENZY]


async def test_exactly_those_who_lack_it_are_sent_it_once_more(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    await bounce(play, CHENZY)
    with pytest.raises(Conflict):
        await resend(play, meeting_id, 2)
    assert await resend(play, meeting_id, 1) == 1
    assert set(by_address(await play.delivered())) == {CHENZY}
    assert all(line.knows for line in (await lines(play, meeting_id)).values())
    with pytest.raises(Conflict):
        await resend(play, meeting_id, 0)


async def test_a_move_not_yet_delivered_is_on_its_way_and_needs_no_second_mail(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    await move(play, meeting_id)

    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await announcing.send(db, viewer, meeting)
    found = list((await lines(play, meeting_id)).values())
    assert [(line.holds_it, line.on_its_way) for line in found] == [(False, True), (False, True)]
    assert missing(found) == []
    await play.delivered()
    assert all(line.holds_it for line in (await lines(play, meeting_id)).values())


async def test_told_by_phone_counts_until_the_time_changes_again(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    await bounce(play, CHENZY)
    line = (await lines(play, meeting_id))["陈志远"]
    await tell(play, meeting_id, line.id)
    told = (await lines(play, meeting_id))["陈志远"]
    assert told.knows
    assert told.told is not None
    assert (told.told.to_whom, told.told.how) == ("陈志远", "phone")
    await move(play, meeting_id)
    await play.send(meeting_id)
    await bounce(play, CHENZY)
    assert not (await lines(play, meeting_id))["陈志远"].knows


async def test_nobody_was_told_before_the_notice_or_in_the_future(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    line = (await lines(play, meeting_id))["陈志远"]
    for at in (datetime(2026, 11, 1, tzinfo=UTC), play.clock.now() + timedelta(hours=1)):
        with pytest.raises(Invalid) as refused:
            await tell(play, meeting_id, line.id, at)
        assert set(refused.value.errors) == {"registered.at"}


async def test_whoever_does_not_run_the_meeting_sees_no_ledger(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    async with play.database.reading() as db:
        viewer, meeting = await play.meeting(db, meeting_id, play.world.chenzy)
        with pytest.raises(NotPermitted):
            await telling.lines_of(db, viewer, meeting)


async def test_who_only_held_a_notice_that_came_back_gets_no_cancellation(play: Play) -> None:

    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    await bounce(play, CHENZY)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.cancel(db, viewer, meeting)
    assert set(by_address(await play.send(meeting_id))) == {LIWB}


async def test_a_mail_in_trial_mode_reaches_nobody(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        await db.execute(update(OutboxMail).where(OutboxMail.address == LIWB).values(trial_to="o@example.org"))
    assert not (await lines(play, meeting_id))["李文博"].holds_it


async def test_on_the_page_one_is_noted_as_told_and_the_notice_goes_again_once_confirmed(
    play: Play, open_as: OpenAs
) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    await bounce(play, CHENZY)
    await bounce(play, LIWB)
    browser, path = await open_as(play.world.zhoumin), f"/meetings/{meeting_id}/deliveries"
    page = await browser.get(path)
    line = (await lines(play, meeting_id))["陈志远"]
    assert f'value="attendee:{line.id}"' in page
    said = {"how": "phone", "said_by": "陈志远", "said_on": "2026-11-23", "said_at": "09:00"}
    refused = await browser.post(f"{path}/told", **said)
    assert (refused.status_code, 'href="#f-asked"' in refused.text) == (422, True)
    assert (await browser.post(f"{path}/told", asked=f"attendee:{line.id}", **said)).status_code == 303
    assert f'value="attendee:{line.id}"' not in await browser.get(path)
    asked = await browser.post(f"{path}/resend", count="1")
    assert (asked.status_code, 'name="confirmed"' in asked.text) == (200, True)
    assert await play.delivered() == []
    assert (await browser.post(f"{path}/resend", count="1", confirmed="1")).status_code == 303
    assert set(by_address(await play.delivered())) == {LIWB}
    other = await open_as(play.world.chenzy)  # asked, and runs nothing
    await other.get(f"/meetings/{meeting_id}")
    assert (await other.post(f"{path}/resend", count="1")).status_code == 403


async def test_who_has_another_address_by_now_is_sent_it_there(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    await bounce(play, CHENZY)
    await give_address(play, play.world.chenzy, "chen.zy@jcy.qingzhi.example")
    line = (await lines(play, meeting_id))["陈志远"]
    assert (line.address, line.knows, line.mails[0].state) == ("chen.zy@jcy.qingzhi.example", False, "bounced")
    assert await resend(play, meeting_id, 1) == 1
    (mail,) = await play.delivered()
    assert (mail.to, mail.method, len(mail.links)) == ("chen.zy@jcy.qingzhi.example", "REQUEST", 1)
    assert all(line.knows for line in (await lines(play, meeting_id)).values())


async def test_who_got_it_at_a_former_address_knows_it(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    await give_address(play, play.world.chenzy, "chen.zy@jcy.qingzhi.example")
    assert all(line.knows for line in (await lines(play, meeting_id)).values())


async def test_who_left_keeps_nobody_else_from_being_sent_it(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    await bounce(play, CHENZY)
    await bounce(play, LIWB)
    async with play.database.writing() as db:
        await deactivate_person(db, COMMAND_LINE, play.world.chenzy.id)
    assert await resend(play, meeting_id, 1) == 1
    assert set(by_address(await play.delivered())) == {LIWB}


async def give_address(play: Play, person: Person, mail: str) -> None:
    async with play.database.writing() as db:
        admin = await play.world.viewer(db, play.world.hejing)
        await directory.change_person(db, admin, person.id, mail=mail)
