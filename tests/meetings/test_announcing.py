"""Who is told what, and only that: every change of a meeting, as its recipients receive it."""

from datetime import timedelta

import pytest

from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid
from liaison.meetings import announcing, asking, planning, queries, replies, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.replies import SlipName
from tests.meetings.play import START, Play, by_address

LIWB = "liwb@sfj.qingzhi.example"
WUXL = "wuxl@sfj.qingzhi.example"
CHENZY = "chenzy@jcy.qingzhi.example"
MINJIAN = "minjian@jcy.qingzhi.example"


def people(play: Play) -> tuple[Asked, ...]:
    world = play.world
    return (Asked(person_id=world.chenzy.id, role="chair"), Asked(person_id=world.liwb.id))


def agency(play: Play) -> Asked:
    return Asked(agency_id=play.world.sfj.id, seats=2, requirement="分管负责同志1名、联络员1名")


async def move(play: Play, meeting_id: int, **more: object) -> None:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, **{"local_start": START + timedelta(days=1), **more})  # type: ignore[arg-type]


async def test_a_draft_tells_nobody(play: Play) -> None:
    await play.scheduled(*people(play))
    assert await play.delivered() == []


async def test_only_those_asked_are_told_not_the_caller_not_deputies_not_members(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert set(mails) == {CHENZY, LIWB}


async def test_an_agency_is_told_through_its_liaison_and_the_deputy_gets_a_copy_without_calendar(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(agency(play))))
    assert set(mails) == {LIWB, WUXL}
    assert mails[LIWB].method == "REQUEST"
    assert mails[WUXL].calendar is None
    assert len(mails[LIWB].links) == len(mails[WUXL].links) == 1
    assert mails[LIWB].links != mails[WUXL].links
    assert "分管负责同志1名、联络员1名" in mails[LIWB].text


async def test_people_behind_one_address_get_one_mail_that_lists_each_with_a_link_of_their_own(play: Play) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.wuxl.id), Asked(person_id=world.zhenggq.id))
    mails = by_address(await play.send(meeting_id))
    assert set(mails) == {WUXL}
    assert len(set(mails[WUXL].links)) == 2
    assert "吴晓岚" in mails[WUXL].text
    assert "郑国强" in mails[WUXL].text
    attendee = mails[WUXL].event["ATTENDEE"]
    assert attendee.params["CUTYPE"] == "GROUP"


async def test_an_office_is_a_group_that_never_answers_for_its_people(play: Play) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.hanmei.id))
    mail = by_address(await play.send(meeting_id))[MINJIAN]
    assert mail.event["ATTENDEE"].params["CUTYPE"] == "GROUP"
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id, play.world.hanmei)
        (attendee,) = await queries.attendees(db, meeting_id)
        await replies.answer(db, viewer, await queries.attendee(db, attendee.id), partstat="accepted")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.change(db, viewer, meeting, note="请带第三季度清单。")
    mail = by_address(await play.send(meeting_id))[MINJIAN]
    assert mail.event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"


async def test_the_organizer_is_the_mechanisms_mailbox_and_stays_it(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    first = by_address(await play.send(meeting_id))[LIWB]
    assert str(first.event["ORGANIZER"]) == "mailto:zhichi@meetings.qingzhi.example"
    assert first.raw["From"].addresses[0].addr_spec == "zhichi@meetings.qingzhi.example"
    async with play.database.writing() as db:
        _viewer, meeting = await play.meeting(db, meeting_id)
        meeting.mechanism.mailbox = "neu@meetings.qingzhi.example"
    await move(play, meeting_id)
    assert (
        str(by_address(await play.send(meeting_id))[LIWB].event["ORGANIZER"])
        == "mailto:zhichi@meetings.qingzhi.example"
    )


async def test_move_raises_sequence_once_and_asks_everybody_again(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    first = by_address(await play.send(meeting_id))[LIWB]
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id, play.world.liwb)
        mine = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == viewer.person_id)
        await replies.answer(db, viewer, await queries.attendee(db, mine.id), partstat="accepted")
    await move(play, meeting_id, local_start=START + timedelta(days=3))
    await move(play, meeting_id)  # several edits end in one right mail
    mails = by_address(await play.send(meeting_id))
    assert set(mails) == {CHENZY, LIWB}
    second = mails[LIWB]
    assert "改期" in second.subject
    assert (first.event["UID"], first.event["SEQUENCE"], second.event["SEQUENCE"]) == (second.event["UID"], 0, 1)
    assert {a.params["PARTSTAT"] for a in second.event["ATTENDEE"]} == {"NEEDS-ACTION"}
    assert second.event["DTSTART"].dt.isoformat() == "2026-12-18T14:30:00+08:00"
    async with play.database.reading() as db:
        assert {a.partstat for a in await queries.attendees(db, meeting_id)} == {"needs_action"}


async def test_a_change_of_text_keeps_sequence_and_answers(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id, play.world.liwb)
        mine = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == viewer.person_id)
        await replies.answer(db, viewer, await queries.attendee(db, mine.id), partstat="accepted")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.change(db, viewer, meeting, note="请带第三季度清单。")
    mail = by_address(await play.send(meeting_id))[LIWB]
    assert mail.event["SEQUENCE"] == 0
    assert {str(a): a.params["PARTSTAT"] for a in mail.event["ATTENDEE"]}[f"mailto:{LIWB}"] == "ACCEPTED"
    assert "变更" in mail.subject


async def test_moved_and_moved_back_before_sending_is_nothing_to_send(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    await move(play, meeting_id)
    await move(play, meeting_id, local_start=START)
    with pytest.raises(Conflict):
        await play.send(meeting_id)
    assert await play.delivered() == []


async def test_cancel_goes_to_who_was_told_with_the_same_uid_and_the_next_sequence(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    first = by_address(await play.send(meeting_id))[LIWB]
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await asking.ask(db, viewer, meeting, [Asked(person_id=play.world.wuxl.id)])  # never told
        await scheduling.cancel(db, viewer, meeting, reason="主持人临时有事")
    mails = by_address(await play.send(meeting_id))
    assert set(mails) == {CHENZY, LIWB}
    cancelled = mails[LIWB]
    assert cancelled.method == "CANCEL"
    assert cancelled.event["STATUS"] == "CANCELLED"
    assert (cancelled.event["UID"], cancelled.event["SEQUENCE"]) == (first.event["UID"], 1)
    assert "取消" in cancelled.subject
    assert "主持人临时有事" in cancelled.text
    assert cancelled.links == []


async def test_a_meeting_never_announced_cancels_in_silence(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.cancel(db, viewer, meeting)
    with pytest.raises(Conflict):
        await play.send(meeting_id)
    assert await play.delivered() == []


async def test_a_mail_that_was_never_sent_is_never_cancelled(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await announcing.send(db, viewer, meeting)  # no worker runs
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.cancel(db, viewer, meeting)
    assert await play.send(meeting_id) == []


async def test_postpone_says_that_the_date_follows_and_reinstating_is_a_new_meeting_in_calendars(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    first = by_address(await play.send(meeting_id))[LIWB]
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.postpone(db, viewer, meeting)
    off = by_address(await play.send(meeting_id))[LIWB]
    assert off.method == "CANCEL"
    assert "延期" in off.subject
    assert "另行通知" in off.text
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.reinstate(db, viewer, meeting, local_start=START + timedelta(days=7))
    again = by_address(await play.send(meeting_id))[LIWB]
    assert again.method == "REQUEST"
    assert again.event["SEQUENCE"] == 0
    assert again.event["UID"] != first.event["UID"]
    assert "恢复" in again.text


async def test_reinstating_at_another_date_asks_everybody_again(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play), agency(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        chair = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == play.world.chenzy.id)
        one = await queries.attendee(db, chair.id)
        await replies.answer(db, await play.world.viewer(db, play.world.chenzy), one, partstat="accepted")
        invitation = await queries.invitation(db, (await queries.invitations(db, meeting_id))[0].id)
        await replies.return_slip(db, await play.world.viewer(db, play.world.liwb), invitation, [SlipName("郑国强")])
        await scheduling.postpone(db, viewer, meeting)
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.reinstate(db, viewer, meeting, local_start=START + timedelta(days=7))
    again = by_address(await play.send(meeting_id))
    partstats = {str(one): one.params["PARTSTAT"] for one in again[CHENZY].event["ATTENDEE"]}
    assert set(partstats.values()) == {"NEEDS-ACTION"}
    async with play.database.reading() as db:
        asked = {a.name: a.partstat for a in await queries.attendees(db, meeting_id) if a.person_id}
        assert set(asked.values()) == {"needs_action"}
        assert (await queries.invitations(db, meeting_id))[0].returned_at is None


async def test_a_removed_person_gets_a_cancel_naming_only_them_and_the_others_an_update(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        gone = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == play.world.liwb.id)
        await asking.remove_attendee(db, viewer, meeting, gone)
    mails = by_address(await play.send(meeting_id))
    assert set(mails) == {CHENZY, LIWB}
    assert (mails[LIWB].method, mails[CHENZY].method) == ("CANCEL", "REQUEST")
    assert str(mails[LIWB].event["ATTENDEE"]) == f"mailto:{LIWB}"
    assert mails[LIWB].event["SEQUENCE"] == 0


async def test_an_added_person_gets_a_full_request_at_the_current_sequence(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    await move(play, meeting_id)
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await asking.ask(db, viewer, meeting, [Asked(person_id=play.world.wuxl.id)])
    added = by_address(await play.send(meeting_id))[WUXL]
    assert (added.method, added.event["SEQUENCE"]) == ("REQUEST", 1)
    assert "会议通知" in added.subject


async def test_a_hidden_list_shows_each_only_themselves_and_an_added_guest_is_no_news_to_others(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play), hides_attendees=True)
    mails = by_address(await play.send(meeting_id))
    assert str(mails[LIWB].event["ATTENDEE"]) == f"mailto:{LIWB}"
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await asking.ask(db, viewer, meeting, [Asked(person_id=play.world.wuxl.id)])
    assert set(by_address(await play.send(meeting_id))) == {WUXL}


async def test_edits_after_sending_do_not_slip_into_a_mail_composed_later(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await announcing.send(db, viewer, meeting)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.change(db, viewer, meeting, location="尚未告知的地点")
    assert all("尚未告知的地点" not in mail.text for mail in await play.delivered())


async def test_nobody_asked_is_refused_naming_the_field(play: Play) -> None:
    with pytest.raises(Invalid) as refused:
        await play.send(await play.scheduled())
    assert set(refused.value.errors) == {"attendees"}


async def test_people_without_any_address_are_told_another_way(play: Play) -> None:
    async with play.database.writing() as db:
        nomail = Person(name="无邮箱", agency_id=play.world.sjj.id, phone="0553-0000099", version=1)
        db.add(nomail)
        await db.flush()
        nomail_id = nomail.id
    meeting_id = await play.scheduled(Asked(person_id=nomail_id))
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        planned = await planning.plan(db, meeting)
    assert [(one.name, one.why, one.phone) for one in planned.unreachable] == [("无邮箱", "no_address", "0553-0000099")]
    assert await play.send(meeting_id) == []


async def test_reminder_goes_only_to_who_has_not_answered(play: Play) -> None:
    world = play.world
    meeting_id = await play.scheduled(*people(play), agency(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id, world.chenzy)
        mine = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == world.chenzy.id)
        await replies.answer(db, viewer, await queries.attendee(db, mine.id), partstat="declined")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        assert await announcing.remind(db, viewer, meeting) == 1
    (mail,) = await play.delivered()
    assert mail.to == LIWB
    assert mail.calendar is None
    assert "会议提醒" in mail.subject
    assert len(mail.links) == 2  # his own answer, and his agency's slip


async def test_who_answers_before_the_worker_runs_is_not_reminded(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await announcing.remind(db, viewer, meeting)
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id, play.world.liwb)
        mine = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == play.world.liwb.id)
        await replies.answer(db, viewer, await queries.attendee(db, mine.id), partstat="tentative")
    assert [mail.to for mail in await play.delivered()] == [CHENZY]
