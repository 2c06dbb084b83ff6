"""On the day an office changes hands, calendars follow it: who gets which mail on which day, and what each calendar then shows."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from liaison.accounts.deactivation import deactivate_person
from liaison.accounts.viewer import COMMAND_LINE
from liaison.audit import AuditLine
from liaison.directory.models import Agency
from liaison.mechanisms import designating
from liaison.mechanisms.models import Designation, Member
from liaison.meetings import announcing, asking, queries, replies, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from liaison.meetings.planning import everybody_of, is_news
from liaison.meetings.replies import SlipName
from liaison.succession.following import apply_due
from tests.meetings.play import START, Play, by_address
from tests.succession.quarter import CHENZY, DAY, GONGHUI, LIWB, SFJ, WUXL, ZHOUMIN, Quarter, told

TITLE = "第四季度联席会议"


@pytest.fixture
def quarter(play: Play) -> Quarter:
    return Quarter(play)


async def test_meetings_pass_to_the_successor_on_the_day_and_not_before(quarter: Quarter) -> None:
    await quarter.announced(quarter.agency, Asked(person_id=quarter.world.chenzy.id))
    first = quarter.calendars[LIWB].events
    await quarter.hand_over(quarter.world.gonghui)
    assert await quarter.tick() == await quarter.on("11-30T23:59") == []
    assert (quarter.shown(LIWB), quarter.shown(GONGHUI)) == ([TITLE], [])
    mails = await quarter.on("12-01T00:01")
    assert told(mails) == {LIWB: "CANCEL", GONGHUI: "REQUEST"}
    assert (quarter.shown(LIWB), quarter.shown(GONGHUI), quarter.shown(CHENZY)) == ([], [TITLE], [TITLE])
    assert await quarter.on("12-01T00:05") == await quarter.on("12-02T09:00") == []
    cancel, request = by_address(mails)[LIWB].event, by_address(mails)[GONGHUI].event
    assert {str(event["UID"]) for event in (cancel, request)} == set(first)
    assert {int(event["SEQUENCE"]) for event in (cancel, request)} == {0}
    assert {str(event["ORGANIZER"]) for event in (cancel, request)} == {"mailto:zhichi@meetings.qingzhi.example"}
    assert str(cancel["ATTENDEE"]) == f"mailto:{LIWB}"
    assert {str(one) for one in request["ATTENDEE"]} == {f"mailto:{GONGHUI}", f"mailto:{CHENZY}"}
    ((sequence, stamp), _), *_ = first.values()
    assert cancel["DTSTAMP"].dt == request["DTSTAMP"].dt == stamp
    assert sequence == 0


async def test_the_mails_say_what_happened_in_the_readers_words(quarter: Quarter) -> None:
    await quarter.announced()
    await quarter.hand_over(quarter.world.gonghui)
    mails = by_address(await quarter.on("12-01T08:30"))
    others = by_address(quarter.changes)[ZHOUMIN]
    assert others.subject == "【联络员变更告知】区司法局：自2026年12月1日（周二）起由龚慧担任联络员（支持起诉协作机制）"
    assert "清沚区司法局告知：自2026年12月1日（星期二）起，由龚慧接替李文博担任联络员。" in others.text
    assert GONGHUI in others.text
    successor, leaver = mails[GONGHUI], mails[LIWB]
    assert successor.subject.startswith(f"【会议通知】{TITLE}")
    assert "清沚区司法局联络员已变更" in successor.text
    assert "请贵局派2人（分管负责同志1名、联络员1名）参加" in successor.text
    assert leaver.subject == f"【会议变更通知】{TITLE}：不再由您办理"
    assert "清沚区司法局联络员已变更" in leaver.text
    assert leaver.links == []
    assert leaver.text.startswith("李文博")


async def test_after_three_days_off_everything_is_made_up_for_once(quarter: Quarter) -> None:
    meeting_id = await quarter.announced()
    await quarter.tick()
    await quarter.hand_over(quarter.world.zhenggq, on=date(2026, 12, 2))
    async with quarter.play.database.writing() as db:
        await quarter.play.world.viewer(db, quarter.world.gonghui)
        second = (await db.scalars(select(Designation).where(Designation.starts_on == date(2026, 12, 2)))).one()
        await designating.hand_over(
            db,
            await quarter.world.viewer(db, quarter.world.gonghui),
            second.id,
            to_person_id=quarter.world.gonghui.id,
            starts_on=date(2026, 12, 3),
        )
    await quarter.play.delivered()
    # Off from 1 to 4 December: two handovers lie in between, and who was in office for a day never heard of the meeting.
    assert told(await quarter.on("12-04T11:07")) == {LIWB: "CANCEL", GONGHUI: "REQUEST"}
    assert await quarter.on("12-04T11:09") == []
    assert (quarter.shown(LIWB), quarter.shown(GONGHUI)) == ([], [TITLE])
    async with quarter.play.database.reading() as db:
        lines = await db.scalars(select(AuditLine).where(AuditLine.object == f"meeting:{meeting_id}"))
        passed = [(line.person_id, line.via) for line in lines if line.verb == "pass_on"]
        assert passed == [(None, "worker")]


async def test_two_workers_at_the_same_moment_bring_it_about_once(quarter: Quarter) -> None:
    for number in range(3):
        await quarter.announced(title=f"第{number}次会议", local_start=START + timedelta(days=number))
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.play.delivered()
    quarter.play.clock.as_of = datetime(2026, 12, 1, 1, 0, tzinfo=quarter.play.clock.now().tzinfo)

    async def worker() -> int:
        async with quarter.play.database.writing() as db:
            return await apply_due(db)

    assert sorted(await asyncio.gather(*(worker() for _ in range(4)))) == [0, 0, 0, 8]
    mails = quarter.arrive(await quarter.play.delivered())
    assert sorted((mail.to, mail.method) for mail in mails) == [(GONGHUI, "REQUEST")] * 3 + [(LIWB, "CANCEL")] * 3


async def test_who_is_asked_by_name_as_well_keeps_that(quarter: Quarter) -> None:
    await quarter.announced(quarter.agency, Asked(person_id=quarter.world.liwb.id))
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.play.delivered()
    mails = by_address(await quarter.on("12-01T09:00"))
    assert {to: mail.method for to, mail in mails.items()} == {LIWB: "REQUEST", GONGHUI: "REQUEST"}
    assert quarter.shown(LIWB) == quarter.shown(GONGHUI) == [TITLE]
    assert "仍请您本人" in mails[LIWB].text
    assert len(mails[LIWB].links) == 1


async def test_a_vacant_office_is_told_at_the_agencys_own_address(quarter: Quarter) -> None:
    await quarter.announced()
    await quarter.end()
    assert await quarter.tick() == []
    assert told(await quarter.on("12-01T09:00")) == {LIWB: "CANCEL", SFJ: "REQUEST"}
    await quarter.fill(quarter.world.gonghui, date(2026, 12, 3))
    await quarter.play.delivered()
    assert told(await quarter.on("12-03T09:00")) == {SFJ: "CANCEL", GONGHUI: "REQUEST"}
    assert (quarter.shown(LIWB), quarter.shown(SFJ), quarter.shown(GONGHUI)) == ([], [], [TITLE])


async def test_an_end_that_is_taken_back_brings_the_meeting_back(quarter: Quarter) -> None:
    await quarter.announced()
    await quarter.end()
    await quarter.on("12-01T09:00")
    await quarter.end(again=True)
    assert told(await quarter.on("12-01T15:00")) == {SFJ: "CANCEL", LIWB: "REQUEST"}
    assert (quarter.shown(SFJ), quarter.shown(LIWB)) == ([], [TITLE])


async def test_who_leaves_the_service_leaves_the_office(quarter: Quarter) -> None:
    await quarter.announced()
    await quarter.tick()
    async with quarter.play.database.writing() as db:
        await deactivate_person(db, COMMAND_LINE, quarter.world.liwb.id)
    assert told(await quarter.tick()) == {LIWB: "CANCEL", SFJ: "REQUEST"}


async def test_while_somebody_acts_the_meetings_are_theirs(quarter: Quarter) -> None:
    await quarter.announced()
    async with quarter.play.database.writing() as db:
        viewer = await quarter.world.viewer(db, quarter.world.gonghui)
        named = {"agency_id": quarter.world.sfj.id, "person_id": quarter.world.gonghui.id, "role": "acting"}
        await designating.designate(
            db, viewer, quarter.world.mechanism.id, **named, starts_on=DAY, ends_on=date(2026, 12, 8)
        )
    await quarter.play.delivered()
    assert told(await quarter.on("12-01T09:00")) == {LIWB: "CANCEL", GONGHUI: "REQUEST"}
    assert told(await quarter.on("12-08T09:00")) == {LIWB: "REQUEST", GONGHUI: "CANCEL"}
    assert (quarter.shown(LIWB), quarter.shown(GONGHUI)) == ([TITLE], [])


async def test_a_deputys_copy_follows_and_who_gets_no_more_copies_is_not_bothered(quarter: Quarter) -> None:
    await quarter.announced()
    await quarter.hand_over(quarter.world.gonghui, role="wuxl")
    (mail,) = await quarter.on("12-01T09:00")
    assert (mail.to, mail.calendar, len(mail.links)) == (GONGHUI, None, 1)
    assert "您现为清沚区司法局副联络员" in mail.text


async def test_a_deputy_who_becomes_liaison_gets_the_meeting_into_the_calendar(quarter: Quarter) -> None:
    await quarter.announced()
    await quarter.hand_over(quarter.world.wuxl, ends_deputy=True)
    await quarter.play.delivered()
    assert told(await quarter.on("12-01T09:00")) == {LIWB: "CANCEL", WUXL: "REQUEST"}
    assert (quarter.shown(LIWB), quarter.shown(WUXL)) == ([], [TITLE])


async def test_two_liaisons_who_read_one_mailbox_get_the_new_link_there(quarter: Quarter) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        for person in (world.liwb, world.gonghui):
            (await db.get_one(type(person), person.id)).mail = None
    await quarter.announced()
    await quarter.hand_over(world.gonghui)
    await quarter.play.delivered()
    (mail,) = await quarter.on("12-01T09:00")
    assert (mail.to, mail.method, len(mail.links)) == (SFJ, "REQUEST", 1)
    assert quarter.shown(SFJ) == [TITLE]


async def test_a_hidden_list_stays_hidden(quarter: Quarter) -> None:
    await quarter.announced(quarter.agency, Asked(person_id=quarter.world.chenzy.id), hides_attendees=True)
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.play.delivered()
    mails = by_address(await quarter.on("12-01T09:00"))
    assert str(mails[GONGHUI].event["ATTENDEE"]) == f"mailto:{GONGHUI}"
    assert str(mails[LIWB].event["ATTENDEE"]) == f"mailto:{LIWB}"


async def test_what_officers_edited_and_did_not_send_stays_untold(quarter: Quarter) -> None:
    world = quarter.world
    meeting_id = await quarter.announced(quarter.agency, Asked(person_id=world.chenzy.id))
    async with quarter.play.database.writing() as db:
        viewer, meeting = await quarter.play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=START + timedelta(days=1), location="二楼")
    async with quarter.play.database.writing() as db:
        viewer, meeting = await quarter.play.meeting(db, meeting_id)
        await scheduling.change(db, viewer, meeting, title="改名的会议")
        chenzy = next(one for one in await queries.attendees(db, meeting_id) if one.person_id == world.chenzy.id)
        await asking.remove_attendee(db, viewer, meeting, await queries.attendee(db, chenzy.id))
    await quarter.hand_over(world.gonghui)
    await quarter.play.delivered()
    mails = by_address(await quarter.on("12-01T09:00"))
    event = mails[GONGHUI].event
    assert (str(event["SUMMARY"]), event["DTSTART"].dt.day, event["SEQUENCE"]) == (TITLE, 17, 0)
    assert "二楼" not in mails[GONGHUI].text
    assert {str(one) for one in event["ATTENDEE"]} == {f"mailto:{GONGHUI}", f"mailto:{CHENZY}"}
    # Sent by an officer, it reaches everybody once, and nobody twice.
    sent = by_address(await quarter.play.send(meeting_id))
    assert {to: mail.method for to, mail in sent.items()} == {GONGHUI: "REQUEST", CHENZY: "CANCEL", WUXL: None}
    assert sent[GONGHUI].event["SEQUENCE"] == 1


async def test_an_agency_taken_off_the_list_and_not_told_so_is_left_as_it_is(quarter: Quarter) -> None:
    meeting_id = await quarter.announced(quarter.agency, Asked(person_id=quarter.world.chenzy.id))
    async with quarter.play.database.writing() as db:
        viewer, meeting = await quarter.play.meeting(db, meeting_id)
        (invitation,) = await queries.invitations(db, meeting_id)
        await asking.remove_invitation(db, viewer, meeting, await queries.invitation(db, invitation.id))
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.play.delivered()
    assert await quarter.on("12-01T09:00") == []


@pytest.mark.parametrize("by_name", ["chenzy", "liwb", "gonghui", "wuxl"])
async def test_after_it_nothing_is_left_to_announce(quarter: Quarter, by_name: str) -> None:
    named = Asked(person_id=getattr(quarter.world, by_name).id, role="optional")
    meeting_id = await quarter.announced(quarter.agency, named)
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.play.delivered()
    await quarter.on("12-01T09:00")
    async with quarter.play.database.reading() as db:
        _, meeting = await quarter.play.meeting(db, meeting_id)
        last = await queries.newest_announcement(db, meeting.uid)
        agenda = await queries.agenda(db, meeting_id, states=("accepted",))
        asked = await everybody_of(db, meeting)
        found, _ = asked.addressees("zh_CN")
        assert not await is_news(db, meeting, agenda, asked, found, last)
        assert (meeting.sequence, meeting.dtstamp) == (last.sequence, last.dtstamp)


async def test_a_returned_slip_stands_and_shows_in_the_successors_calendar(quarter: Quarter) -> None:
    meeting_id = await quarter.announced()
    async with quarter.play.database.writing() as db:
        viewer = await quarter.world.viewer(db, quarter.world.liwb)
        (one,) = await queries.invitations(db, meeting_id)
        invitation = await queries.invitation(db, one.id)
        await replies.return_slip(db, viewer, invitation, [SlipName("郑国强", "副局长", None, None)])
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.play.delivered()
    request = by_address(await quarter.on("12-01T09:00"))[GONGHUI]
    assert request.event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    async with quarter.play.database.writing() as db:
        viewer, meeting = await quarter.play.meeting(db, meeting_id)
        with pytest.raises(Exception, match="answered"):
            await announcing.remind(db, viewer, meeting)


async def test_an_open_slip_is_reminded_of_at_the_successors(quarter: Quarter) -> None:
    meeting_id = await quarter.announced()
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.play.delivered()
    await quarter.on("12-01T09:00")
    async with quarter.play.database.writing() as db:
        viewer, meeting = await quarter.play.meeting(db, meeting_id)
        await announcing.remind(db, viewer, meeting)
    assert [mail.to for mail in await quarter.play.delivered()] == [GONGHUI]


async def test_a_notice_that_had_not_left_goes_to_the_successor_alone(quarter: Quarter) -> None:
    meeting_id = await quarter.play.scheduled(quarter.agency, Asked(person_id=quarter.world.chenzy.id))
    async with quarter.play.database.writing() as db:
        viewer, meeting = await quarter.play.meeting(db, meeting_id)
        await announcing.send(db, viewer, meeting)
    await quarter.hand_over(quarter.world.gonghui)
    mails = by_address(await quarter.on("12-01T09:00"))
    assert {to: mail.method for to, mail in mails.items()} == {
        GONGHUI: "REQUEST", CHENZY: "REQUEST", WUXL: None,
    }  # fmt: skip
    assert {str(one) for one in mails[CHENZY].event["ATTENDEE"]} == {f"mailto:{GONGHUI}", f"mailto:{CHENZY}"}
    assert "会议通知" in mails[CHENZY].subject


@pytest.mark.parametrize("what", ["draft", "cancelled", "past", "left"])
async def test_nothing_passes_of_meetings_nobody_awaits_and_of_an_agency_that_leaves(
    quarter: Quarter, what: str
) -> None:
    if what == "draft":
        await quarter.play.scheduled(quarter.agency)
    else:
        when = {"local_start": datetime.fromisoformat("2026-11-27T09:00")} if what == "past" else {}
        meeting_id = await quarter.announced(**when)
    if what == "cancelled":
        async with quarter.play.database.writing() as db:
            viewer, meeting = await quarter.play.meeting(db, meeting_id)
            await scheduling.cancel(db, viewer, meeting)
        await quarter.play.send(meeting_id)
    await quarter.tick()
    if what == "left":
        async with quarter.play.database.writing() as db:
            member = await db.get_one(Member, quarter.world.members["sfj"].id)
            term = await db.get_one(Designation, quarter.world.terms["liwb"].id)
            member.left_on = term.ends_on = DAY
    else:
        await quarter.hand_over(quarter.world.gonghui)
    await quarter.play.delivered()
    assert await quarter.on("12-01T09:00") == []


async def test_today_is_the_mechanisms_local_day_whatever_the_meetings_zone(quarter: Quarter) -> None:
    meeting_id = await quarter.announced()
    async with quarter.play.database.writing() as db:
        (await db.get_one(Meeting, meeting_id)).timezone = "Europe/London"
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.play.delivered()
    assert told(await quarter.on("12-01T00:10")) == {LIWB: "CANCEL", GONGHUI: "REQUEST"}


async def test_a_successor_whom_no_mail_reaches_is_shown_to_the_officer(quarter: Quarter) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        (await db.get_one(Agency, world.sfj.id)).mail = None
    meeting_id = await quarter.announced()
    await quarter.hand_over(world.xujie)
    await quarter.play.delivered()
    assert told(await quarter.on("12-01T09:00")) == {LIWB: "CANCEL"}
    assert await quarter.on("12-01T09:02") == []
    async with quarter.play.database.reading() as db:
        _, meeting = await quarter.play.meeting(db, meeting_id)
        (unreachable,) = (await everybody_of(db, meeting)).addressees("zh_CN")[1]
        assert (unreachable.agency, unreachable.why) == ("区司法局", "no_address")
