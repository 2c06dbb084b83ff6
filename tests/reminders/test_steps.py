"""The steps from the call for items to the day before the meeting: when each goes, what it says, what an officer makes of it
(PRACTICE.md "One quarter"; who is mailed of each over the whole stretch: test_stretch.py)."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from html import unescape

import pytest

from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid
from liaison.mechanisms import founding
from liaison.mechanisms.models import PAPER, Designation, Member
from liaison.meetings import agenda, deferring, queries, scheduling, stepping
from liaison.meetings.asking import Asked
from liaison.reminders.doing import do_step
from liaison.reminders.reminding import remind_due
from tests.meetings.play import Mail, Play
from tests.reminders.test_reminding import LIWB, QIANWEI, WUXL, ZHOUMIN, at, beijing, without_digest

HOSTS, SFJ = {ZHOUMIN, QIANWEI}, {LIWB, WUXL}
OCTOBER = datetime.fromisoformat("2026-10-29T14:30")
"""A Thursday; between its call for items (24 September) and the day items are due lies National Day."""
DAYS = [f"{day:%m-%d}" for day in (date.fromordinal(date(2026, 9, 21).toordinal() + n) for n in range(39))]
Told = dict[str, set[str]]


async def four_members(play: Play) -> None:
    """区民政局 is back, with its former liaison; 区人社局 takes part on paper, with 孙丽 as its liaison."""
    world, since = play.world, date(2026, 1, 1)
    async with play.database.writing() as db:
        for agency, person, how in ((world.mzj, world.songhp, "online"), (world.rsj, world.sunl, PAPER)):
            db.add(Member(mechanism_id=world.mechanism.id, agency_id=agency.id, joined_on=since, takes_part=how))
            db.add(
                Designation(
                    mechanism_id=world.mechanism.id,
                    agency_id=agency.id,
                    person_id=person.id,
                    role="principal",
                    starts_on=since,
                    may_sign=True,
                    designated_at=play.clock.now(),
                )
            )


async def planned(play: Play, *asked: Asked, at: str = "08-31T09:00", **more: object) -> int:
    """A draft for 29 October, scheduled then."""
    await without_digest(play)
    play.clock.as_of = beijing(at)
    return await play.scheduled(*asked, **{"local_start": OCTOBER, **more})


async def through(play: Play, *days: str) -> Told:
    """The clock at half past eight on each of these days: whom it mailed on which; an address that gets two on one day fails."""
    told: Told = {}
    for day in days:
        play.clock.as_of = beijing(f"{day}T08:30")
        async with play.database.writing() as db:
            await remind_due(db)
        receivers = [mail.to for mail in await play.delivered()]
        assert len(receivers) == len(set(receivers)), "one mail an address and day"
        if receivers:
            told[day] = set(receivers)
    return told


def between(first: str, last: str) -> list[str]:
    return [day for day in DAYS if first <= day <= last]


def link_in(mail: Mail) -> str:
    return re.search(r"/r/[^?\s]+", mail.links[0])[0]


async def proposed(play: Play, meeting_id: int, person: Person, title: str) -> None:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id, person)
        await agenda.add_item(db, viewer, meeting, title=title, purpose="study")


async def test_what_each_mail_says(play: Play) -> None:
    world = play.world
    await four_members(play)
    meeting_id = await planned(play, Asked(agency_id=world.sfj.id), Asked(agency_id=world.rsj.id))
    call = (await at(play, "09-24T08:30"))[LIWB]
    assert call.subject == "【议题征集】第四季度联席会议：征集议题，请于10月15日（周四）前报送"
    for part in (call.text, unescape(re.sub(r"<[^>]+>", "", call.html))):
        assert "拟于2026年10月29日（星期四）14:30—16:30" in part
        assert "承办：区检察院" in part
        assert "收件缘由：区司法局联络员" in part
    due = (await at(play, "10-15T08:30"))[LIWB]
    assert "议题报送今天截止，尚未收到贵单位议题" in due.subject
    assert link_in(due) == link_in(call), "the same link each time"
    notice = (await at(play, "10-22T08:30"))[ZHOUMIN]
    assert notice.subject == "【会议筹备】第四季度联席会议：会议通知应今天发出"
    assert f"/meetings/{meeting_id}/send" in notice.text
    await play.send(meeting_id)
    mails = await at(play, "10-26T08:30")
    assert "答复今天截止，未交回执" in mails[LIWB].subject
    assert "2项答复未到" in mails[ZHOUMIN].subject
    for part in (mails[ZHOUMIN].text, mails[ZHOUMIN].html):
        assert "区司法局 李文博：0553-0000021" in part
        assert "区人社局 孙丽：无电话" in part
    assert "0553-0000021" not in mails[LIWB].text


async def test_the_host_is_not_told_to_call_itself_for_its_own_slip(play: Play) -> None:
    """A line of its own asks the host's liaison for the slip of their agency; the list of whom to call names the others."""
    world = play.world
    await planned(play, Asked(agency_id=world.jcy.id), Asked(agency_id=world.sfj.id))
    await play.send(1)
    mail = (await at(play, "10-26T08:30"))[ZHOUMIN]
    assert "1项答复未到" in mail.text
    assert "未交回执" in mail.text
    assert "区司法局 李文博：0553-0000021" in mail.text
    assert "区检察院 周敏：" not in mail.text


async def test_nothing_goes_on_free_days_and_a_step_is_made_up_for_on_the_next_working_day_once(play: Play) -> None:
    await planned(play)
    assert await through(play, *between("10-01", "10-07")) == {}
    assert await through(play, "10-08", "10-09", "10-10") == {"10-08": {*HOSTS, *SFJ}}, "10 October is worked in return"


async def test_after_an_outage_over_three_steps_only_the_newest_goes(play: Play) -> None:
    meeting_id = await planned(play, Asked(agency_id=play.world.sfj.id))
    await proposed(play, meeting_id, play.world.liwb, "法律援助绿色通道")
    mails = await at(play, "10-21T10:00")  # call, items due and pre-meeting went by
    assert set(mails) == HOSTS
    assert "议程待审定，有1项报送议题" in mails[ZHOUMIN].subject
    assert await through(play, "10-21", "10-22") == {"10-22": HOSTS}


@pytest.mark.parametrize("verb", [deferring.return_item, deferring.defer_item])
async def test_an_agency_whose_only_item_was_returned_or_deferred_is_asked_when_items_are_due(
    play: Play, verb: Callable[..., Awaitable[object]]
) -> None:
    meeting_id = await planned(play)
    await through(play, "09-24")
    await proposed(play, meeting_id, play.world.liwb, "法律援助绿色通道")
    async with play.database.writing() as db:
        host, _ = await play.meeting(db, meeting_id)
        (item,) = await queries.agenda(db, meeting_id)
        await verb(db, host, await agenda.item_of(db, host, item.id), reason="请补充数据")
    await play.delivered()
    assert (await through(play, "10-15"))["10-15"] == {*HOSTS, *SFJ}


async def test_steps_that_lay_before_the_meeting_was_planned_are_left_out(play: Play) -> None:
    await planned(play, at="09-24T08:31")
    assert await through(play, *between("09-24", "10-21")) == {}, "who was not called is not asked why nothing came"
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, 1)
        steps = {one.step: one.state for one in await stepping.steps_shown(db, meeting)}
    assert (steps["call_for_items"], steps["meeting_notice"]) == ("before", "ahead")


async def test_a_draft_planned_after_its_notice_was_due_is_shown_as_late_and_nobody_is_mailed_of_it(play: Play) -> None:
    await planned(play, at="10-22T09:00")
    assert await through(play, *between("10-22", "10-29")) == {}
    play.clock.as_of = beijing("10-23T09:00")
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, 1)
        steps = {one.step: one.state for one in await stepping.steps_shown(db, meeting)}
    assert steps["meeting_notice"] == "late"
    assert steps["pre_meeting"] == steps["agenda_approved"] == "before", "nobody is late with what lay before the plan"


async def test_once_the_notice_is_out_nobody_is_late_with_the_agenda(play: Play) -> None:
    meeting_id = await planned(play, Asked(agency_id=play.world.sfj.id))
    states = {}
    for told in (False, True):
        play.clock.as_of = beijing("10-22T09:00")
        if told:
            await play.send(meeting_id)
        async with play.database.reading() as db:
            _, meeting = await play.meeting(db, meeting_id)
            steps = {one.step: one.state for one in await stepping.steps_shown(db, meeting)}
        states[told] = (steps["pre_meeting"], steps["agenda_approved"])
    assert states == {False: ("late", "late"), True: ("passed", "passed")}


async def test_who_sent_an_item_before_the_mail_is_written_is_not_told_that_none_came(play: Play) -> None:
    meeting_id = await planned(play)
    await through(play, "09-24")
    play.clock.as_of = beijing("10-15T08:30")
    async with play.database.writing() as db:
        await remind_due(db)
    await proposed(play, meeting_id, play.world.liwb, "法律援助绿色通道")
    assert {mail.to for mail in await play.delivered()} == HOSTS


@pytest.mark.parametrize("kind", ["publicity", "pre_meeting", "topical"])
async def test_items_are_called_for_by_joint_meetings_only(play: Play, kind: str) -> None:
    await planned(play, kind=kind)
    assert await through(play, *DAYS) == {"10-22": HOSTS}


async def test_who_left_office_since_the_mail_was_called_for_is_not_told_and_the_successor_reads_the_due_day(
    play: Play,
) -> None:
    await planned(play)
    play.clock.as_of = beijing("09-24T08:30")
    async with play.database.writing() as db:
        await remind_due(db)
    async with play.database.writing() as db:
        (await db.get_one(Designation, play.world.terms["liwb"].id)).ends_on = date(2026, 9, 24)
    assert {mail.to for mail in await play.delivered()} == {*HOSTS, WUXL}
    assert (await through(play, "10-15"))["10-15"] == {*HOSTS, WUXL, "sfj@sfj.qingzhi.example"}


async def test_two_workers_call_once(play: Play) -> None:
    await planned(play)
    play.clock.as_of = beijing("09-24T08:30")

    async def worker() -> int:
        async with play.database.writing() as db:
            return await remind_due(db)

    assert sum(await asyncio.gather(worker(), worker())) == 4
    assert len(await play.delivered()) == 4


async def test_a_meeting_moved_after_the_call_is_not_called_for_again_and_the_rest_goes_for_its_new_date(
    play: Play,
) -> None:
    meeting_id = await planned(play, Asked(agency_id=play.world.sfj.id))
    assert await through(play, *between("09-24", "10-16")) == {"09-24": {*HOSTS, *SFJ}, "10-15": {*HOSTS, *SFJ}}
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=datetime.fromisoformat("2026-11-26T14:30"))
    november = [
        f"{month:02}-{day:02}" for month, day in [(10, d) for d in range(17, 32)] + [(11, d) for d in range(1, 26)]
    ]
    told = await through(play, *november)
    assert told == {"11-12": {*HOSTS, *SFJ}, "11-19": HOSTS}, "items due and the notice, by the new date"


async def test_a_postponed_meeting_is_silent_and_its_steps_count_from_when_it_is_reinstated(play: Play) -> None:
    meeting_id = await planned(play)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.postpone(db, viewer, meeting)
    assert await through(play, *between("09-24", "10-12")) == {}
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.reinstate(db, viewer, meeting, local_start=OCTOBER)
    assert await through(play, *between("10-13", "10-22")) == {"10-22": HOSTS}


async def test_a_skipped_call_means_that_no_items_are_asked_for_at_all(play: Play) -> None:
    meeting_id = await planned(play)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await stepping.skip_step(db, viewer, meeting, "call_for_items", reason="专题研究，不征集议题")
    assert await through(play, *between("09-21", "10-21")) == {}
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await stepping.undo_step(db, viewer, meeting, "call_for_items")
    assert await through(play, "10-22") == {"10-22": HOSTS}


async def test_when_the_skipping_of_a_shifted_step_is_taken_back_its_reason_goes_with_it(play: Play) -> None:
    meeting_id = await planned(play)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await stepping.shift_step(db, viewer, meeting, "call_for_items", due_on=date(2026, 9, 17), reason="节前征集")
        await stepping.skip_step(db, viewer, meeting, "call_for_items", reason="专题研究，不征集议题")
        await stepping.undo_step(db, viewer, meeting, "call_for_items")
        step = next(one for one in await stepping.steps_shown(db, meeting) if one.step == "call_for_items")
    assert (step.date, step.shifted, step.reason) == (date(2026, 9, 17), True, None)


async def test_a_shifted_step_goes_on_its_day_and_stays_there_when_the_meeting_moves(play: Play) -> None:
    meeting_id = await planned(play)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await stepping.shift_step(db, viewer, meeting, "call_for_items", due_on=date(2026, 9, 17), reason="节前征集")
    play.clock.as_of = beijing("09-01T10:00")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=datetime.fromisoformat("2026-10-30T14:30"))
        await db.flush()
        call, due, *_ = await stepping.steps_shown(db, meeting)
    assert (call.date, call.shifted, due.date, due.shifted) == (date(2026, 9, 17), True, date(2026, 10, 16), False)
    assert await through(play, "09-16", "09-17", "09-18", *between("09-21", "10-14")) == {"09-17": {*HOSTS, *SFJ}}


async def test_items_are_not_called_for_after_the_day_they_are_due(play: Play) -> None:
    meeting_id = await planned(play)

    async def shifted(step: str, due_on: date) -> None:
        async with play.database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id)
            await stepping.shift_step(db, viewer, meeting, step, due_on=due_on, reason="调整")

    for step, due_on in (("call_for_items", date(2026, 10, 16)), ("items_due", date(2026, 9, 23))):
        with pytest.raises(Invalid):
            await shifted(step, due_on)
    await shifted("items_due", date(2026, 10, 19))
    await shifted("call_for_items", date(2026, 10, 16))
    assert await through(play, *between("09-21", "10-16")) == {"10-16": {*HOSTS, *SFJ}}


async def test_a_step_done_early_sends_its_mails_at_once_and_the_clock_sends_none_of_them(play: Play) -> None:
    meeting_id = await planned(play)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        row = await do_step(db, viewer, meeting, "call_for_items", reason="国庆前征集")
    assert (row.mails, row.done_by) == (3, play.world.zhoumin.id)
    assert {mail.to for mail in await play.delivered()} == {QIANWEI, *SFJ}, "without who pressed"
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        with pytest.raises(Conflict):
            await do_step(db, viewer, meeting, "call_for_items", reason="再来一次")
    assert await through(play, *between("09-21", "10-14")) == {}
    assert await through(play, "10-15") == {"10-15": {*HOSTS, *SFJ}}


async def test_a_reminder_that_is_skipped_does_not_go_and_a_shifted_one_goes_on_its_day(play: Play) -> None:
    skipped, shifted = [await planned(play, Asked(person_id=play.world.liwb.id)) for _ in range(2)]
    await play.send(skipped)
    await play.send(shifted)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, skipped)
        await stepping.skip_step(db, viewer, meeting, "reminder", reason="已电话确认")
        viewer, meeting = await play.meeting(db, shifted)
        await stepping.shift_step(db, viewer, meeting, "reminder", due_on=date(2026, 10, 27), reason="提前一天")
    async with play.database.writing() as db:
        for meeting_id in (skipped, shifted):
            viewer, meeting = await play.meeting(db, meeting_id)
            await stepping.skip_step(db, viewer, meeting, "replies_due", reason="口头答复")
    assert await through(play, *between("10-26", "10-29")) == {"10-27": {LIWB}}


async def test_a_reminder_of_a_former_date_takes_nothing_from_the_date_that_is_told_after_it(play: Play) -> None:
    meeting_id = await planned(play, Asked(person_id=play.world.liwb.id))
    await play.send(meeting_id)
    assert await through(play, "10-26") == {"10-26": {LIWB, *HOSTS}}
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=datetime.fromisoformat("2026-11-05T14:30"))
    assert await through(play, "10-28") == {"10-28": {LIWB}}, "of the date that was told"
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        with pytest.raises(Conflict):
            await do_step(db, viewer, meeting, "reminder", reason="提前提醒")
    await play.send(meeting_id)
    told = await through(play, "10-29", "10-30", "11-02", "11-03", "11-04", "11-05")
    assert told == {"11-02": {LIWB, *HOSTS}, "11-04": {LIWB}}


async def test_nobody_is_asked_to_answer_for_a_date_that_was_not_told(play: Play) -> None:
    meeting_id = await planned(play, Asked(person_id=play.world.liwb.id))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=datetime.fromisoformat("2026-10-22T14:30"))
    assert await through(play, "10-19") == {}
    play.clock.as_of = beijing("10-19T09:00")
    await play.send(meeting_id)
    assert await through(play, "10-20", "10-21", "10-22") == {"10-21": {LIWB}}


async def test_other_deadlines_are_followed_from_the_next_morning_on(play: Play) -> None:
    await planned(play)
    play.clock.as_of = beijing("09-01T10:00")
    assert set(await through(play, "09-02")) == {"09-02"}  # whether the lists are right
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        given = {"call_for_items": -30}
        changed = await founding.set_deadlines(db, viewer, play.world.mechanism.id, given)
        await stepping.deadlines_changed(db, changed)
    assert await through(play, "09-10", "09-11", "09-14") == {"09-11": {*HOSTS, *SFJ}}
