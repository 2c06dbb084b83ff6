"""Mail that waits, while the meeting, the office or the mailbox it speaks of goes on: whose it is, and what may still be done with it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from liaison.errors import Conflict
from liaison.mechanisms.models import Mechanism
from liaison.meetings import scheduling
from liaison.postroom import queries, settling
from liaison.postroom.models import IncomingMail
from tests.meetings.play import START, Play, by_address
from tests.meetings.test_announcing import LIWB, move, people
from tests.postroom.post import NOON, answer, said, take, written
from tests.postroom.test_answers import REPORT
from tests.postroom.test_plain import items, mail
from tests.postroom.test_settling import ELSEWHERE, attendee_of
from tests.reminders.test_reminding import assigned, at, without_digest


async def newest(play: Play) -> IncomingMail:
    async with play.database.reading() as db:
        return (await db.scalars(select(IncomingMail).order_by(IncomingMail.id.desc()).limit(1))).one()


async def count(play: Play) -> None:
    """The host's liaison counts the newest mail as 李文博's answer."""
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        row = await queries.get(db, viewer, (await newest(play)).id)
        his = await attendee_of(db, play.world.liwb.id)
        await settling.count_answer(db, viewer, row, attendee_id=his.id, partstat="accepted")


@pytest.mark.parametrize("plain", [False, True])
async def test_an_answer_that_waited_while_the_meeting_moved_is_not_counted_for_the_new_time(
    play: Play, plain: bool
) -> None:
    meeting_id = await play.scheduled(*people(play))
    invited = by_address(await play.send(meeting_id))[LIWB]
    raw = written(invited, "参加", sender=ELSEWHERE).as_bytes()
    await take(play, raw if plain else answer(invited, "ACCEPTED", sender=ELSEWHERE))
    await move(play, meeting_id)
    await play.send(meeting_id)
    with pytest.raises(Conflict, match="earlier time"):
        await count(play)
    assert (await said(play, play.world.liwb.id))[0] == "needs_action"


async def test_an_answer_that_waited_while_the_meeting_was_reinstated_is_not_counted_for_the_new_date(
    play: Play,
) -> None:
    meeting_id = await play.scheduled(*people(play))
    invited = by_address(await play.send(meeting_id))[LIWB]
    await take(play, answer(invited, "ACCEPTED", sender=ELSEWHERE))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.cancel(db, viewer, meeting)
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.reinstate(db, viewer, meeting, local_start=START)
    await play.send(meeting_id)
    with pytest.raises(Conflict, match="earlier time"):
        await count(play)


async def test_an_answer_that_waited_while_only_the_text_changed_counts(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await take(play, answer(by_address(await play.send(meeting_id))[LIWB], "ACCEPTED", sender=ELSEWHERE))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.change(db, viewer, meeting, note="请带材料。")
    await play.send(meeting_id)
    await count(play)
    assert (await said(play, play.world.liwb.id))[0] == "accepted"


async def test_who_answers_a_reminder_of_the_former_time_has_not_answered_the_new_one(play: Play) -> None:
    await without_digest(play)
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    reminder = (await at(play, "12-16T08:30"))[LIWB]
    play.clock.as_of = play.clock.now().replace(minute=40)
    await move(play, meeting_id)
    await play.send(meeting_id)
    now = play.clock.now()
    assert await take(play, written(reminder, "参加").as_bytes(), received_at=now) == ("stale", "earlier_time")
    assert (await said(play, play.world.liwb.id))[0] == "needs_action"


async def test_who_answers_a_reminder_of_the_present_time_has_answered(play: Play) -> None:
    await without_digest(play)
    await play.send(await play.scheduled(*people(play)))
    reminder = (await at(play, "12-16T08:30"))[LIWB]
    assert await take(play, written(reminder, "参加").as_bytes(), received_at=play.clock.now()) == (
        "applied",
        "answered",
    )


async def test_a_reply_that_waits_is_seen_by_the_officers_of_what_was_answered(play: Play) -> None:
    """Also where the mechanism has no mailbox of its own, whose name would tell."""
    await without_digest(play)
    async with play.database.writing() as db:
        await db.execute(update(Mechanism).values(mailbox=None))
    await assigned(play, owner=play.world.liwb)
    reminder = (await at(play, "12-10T08:30"))[LIWB]
    raw = written(reminder, "已办好一半", sender="x@example.org").as_bytes()
    assert await take(play, raw) == ("held", "other_sender")
    mail_id = (await newest(play)).id
    async with play.database.reading() as db:
        assert await queries.waiting(db, await play.world.viewer(db, play.world.guyan)) == 0
        assert await queries.waiting(db, await play.world.viewer(db, play.world.liwb)) == 1
        assert (await queries.get(db, await play.world.viewer(db, play.world.zhoumin), mail_id)).id == mail_id


async def test_a_mail_that_came_back_is_seen_by_the_officers_of_what_it_was_about(play: Play) -> None:
    async with play.database.writing() as db:
        await db.execute(update(Mechanism).values(mailbox=None))
    meeting_id = await play.scheduled(*people(play))
    invited = by_address(await play.send(meeting_id))[LIWB]
    report = REPORT.format(message_id=invited.raw["Message-ID"], address=LIWB).replace("zhichi@", "liaison@")
    assert await take(play, report.encode()) == ("applied", "bounced")
    row = await newest(play)
    assert (row.mechanism_id, row.meeting_id) == (play.world.mechanism.id, meeting_id)


async def test_the_mailbox_of_a_mechanism_is_known_in_whatever_case_it_was_entered(play: Play) -> None:
    async with play.database.writing() as db:
        await db.execute(update(Mechanism).values(mailbox="ZhiChi@Meetings.Qingzhi.example"))
    assert await take(play, mail("请问", "能否调整？")) == ("held", "not_understood")
    assert (await newest(play)).mechanism_id == play.world.mechanism.id


async def test_a_proposal_to_another_mechanisms_mailbox_is_none_to_the_one_without(play: Play) -> None:
    await play.send(await play.scheduled(*people(play)))
    async with play.database.writing() as db:
        await db.execute(update(Mechanism).values(mailbox=None))
        own = (await db.scalars(select(Mechanism))).one()
        facts = {"timezone": own.timezone, "region": own.region, "locale": own.locale, "quorum": 1, "deadlines": {}}
        db.add(
            Mechanism(
                name="另一机制",
                short_name="另一",
                mailbox="Other@meetings.qingzhi.example",
                lead_agency_id=play.world.rsj.id,
                **facts,
            )
        )
    other = mail("议题：欠薪线索移送口径", "请列入。", to="other@meetings.qingzhi.example")
    assert await take(play, other) == ("held", "which_meeting")
    assert await items(play) == []


async def test_what_was_counted_by_itself_cannot_be_dismissed(play: Play) -> None:
    invited = by_address(await play.send(await play.scheduled(*people(play))))[LIWB]
    await take(play, answer(invited, "ACCEPTED"))
    mail_id = (await newest(play)).id
    for press in (settling.dismiss, settling.settle_by_hand):
        async with play.database.writing() as db:
            viewer = await play.world.viewer(db, play.world.zhoumin)
            with pytest.raises(Conflict):
                await press(db, viewer, await queries.get(db, viewer, mail_id))
    assert (await newest(play)).settled_as is None


async def test_what_was_marked_as_settled_by_mistake_waits_again_and_a_counted_answer_does_not(play: Play) -> None:
    invited = by_address(await play.send(await play.scheduled(*people(play))))[LIWB]
    await take(play, answer(invited, "ACCEPTED", sender=ELSEWHERE))
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        row = (await queries.listing(db, viewer, state="held"))[0]
        await settling.settle_by_hand(db, viewer, row)
        await db.flush()
        assert await queries.waiting(db, viewer) == 0
        await settling.reopen(db, viewer, row)
        await db.flush()
        assert await queries.waiting(db, viewer) == 1
    await count(play)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        with pytest.raises(Conflict):
            await settling.reopen(db, viewer, await queries.get(db, viewer, (await newest(play)).id))


async def test_who_is_told_that_the_time_stays_may_answer_that_mail(play: Play) -> None:
    invited = by_address(await play.send(await play.scheduled(*people(play))))[LIWB]
    await take(play, answer(invited, "TENTATIVE", method="COUNTER", more="DTSTART:20261218T010000Z"))
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        await settling.decline_proposal(db, viewer, await queries.get(db, viewer, (await newest(play)).id))
    (declined,) = await play.delivered()
    assert await take(play, written(declined, "参加").as_bytes()) == ("applied", "answered")
    assert (await said(play, play.world.liwb.id))[0] == "accepted"


async def test_the_last_word_of_a_person_stands_whichever_notice_of_the_present_time_they_answer(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    first = by_address(await play.send(meeting_id))[LIWB]
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.change(db, viewer, meeting, location="区司法局二楼会议室")
    second = by_address(await play.send(meeting_id))[LIWB]
    assert int(second.event["SEQUENCE"]) > int(first.event["SEQUENCE"])
    assert await take(play, written(second, "参加").as_bytes()) == ("applied", "answered")
    later = written(first, "请假，临时出差").as_bytes()
    assert await take(play, later, received_at=NOON + timedelta(minutes=5)) == ("applied", "answered")
    assert (await said(play, play.world.liwb.id))[0] == "declined"
    earlier = written(first, "待定").as_bytes()
    assert await take(play, earlier, received_at=NOON + timedelta(minutes=2)) == ("stale", "older_answer")
