"""Asking for a time: who is asked, by one mail with one link; what is refused; who is reminded."""

from datetime import date, datetime, timedelta

import pytest

from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.mechanisms.models import PAPER, Designation, Mechanism, Member
from liaison.meetings import queries as meetings
from liaison.meetings import scheduling
from liaison.polls import asking, queries, settling
from liaison.polls.asking import Proposed
from tests.callers import Browser
from tests.meetings.play import START, Play, by_address
from tests.polls.asked import FIRST, LIWB, SECOND, SFJ, TIMES, ZHOUMIN, ask, link_in, read, say

PASSED = datetime.fromisoformat("2026-11-23T08:59")
"""A minute before now."""


async def test_each_other_agencys_liaison_gets_one_mail_with_one_link_and_who_asks_gets_none(play: Play) -> None:
    await ask(play)
    mails = by_address(await play.delivered())
    assert set(mails) == {LIWB}
    mail = mails[LIWB]
    assert mail.subject == "【会议时间征询】请于11月27日前答复：商请协助会"
    assert "清沚区人民检察院" in mail.text
    assert "1. 2026年12月8日（星期二）14:30—16:30" in mail.text
    assert "2. 2026年12月10日（星期四）09:00—10:30" in mail.text
    assert len(mail.links) == 1
    assert mail.links[0] in mail.html
    assert mail.calendar is None


async def test_when_a_deputy_asks_the_own_liaison_is_asked_too(play: Play) -> None:
    await ask(play, by=play.world.qianwei)
    assert {mail.to for mail in await play.delivered()} == {LIWB, ZHOUMIN}


async def test_an_agency_on_paper_is_asked_without_a_mail_and_marked_so(play: Play, browser: Browser) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Member, play.world.members["sfj"].id)).takes_part = PAPER
    poll = await read(play, await ask(play))
    assert {row.agency_id for row in poll.answers} == {play.world.jcy.id, play.world.sfj.id}
    assert await play.delivered() == []
    await browser.sign_in(play.world.zhoumin)
    assert "书面参加，未以邮件征询" in await browser.get(f"/time-polls/{poll.id}")


async def test_an_agency_without_a_liaison_is_asked_at_its_own_address(play: Play) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Designation, play.world.terms["liwb"].id)).ends_on = date(2026, 11, 1)
    await ask(play)
    assert {mail.to for mail in await play.delivered()} == {SFJ}


async def test_a_mechanism_with_a_mailbox_is_named_as_its_sender_whatever_it_is_called(play: Play) -> None:
    async with play.database.writing() as db:
        mechanism = await db.get_one(Mechanism, play.world.mechanism.id)
        mechanism.short_name, mechanism.mailbox = "检察<支持起诉>, 协作", "zhichi@qingzhi.example"
    await ask(play)
    (mail,) = await play.delivered()
    assert mail.raw["From"].addresses[0].display_name == "检察<支持起诉>, 协作"
    assert mail.raw["From"].addresses[0].addr_spec == "zhichi@qingzhi.example"


async def test_who_left_the_mechanism_is_not_asked(play: Play) -> None:
    poll = await read(play, await ask(play))
    assert play.world.mzj.id not in {row.agency_id for row in poll.answers}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"candidates": TIMES[:1]}, "candidates"),
        ({"candidates": [Proposed(FIRST + timedelta(days=n), 60) for n in range(7)]}, "candidates"),
        ({"candidates": (TIMES[0], TIMES[0])}, "candidates.1.starts_at"),
        ({"candidates": (TIMES[0], Proposed(PASSED, 60)), "due_on": PASSED.date()}, "candidates.1.starts_at"),
        ({"candidates": (TIMES[0], Proposed(SECOND, 4))}, "candidates.1.duration_minutes"),
        ({"due_on": date(2026, 11, 22)}, "due_on"),
        ({"due_on": date(2026, 12, 9)}, "due_on"),
        ({"due_on": None}, "due_on"),
        ({"title": " "}, "title"),
    ],
)
async def test_what_cannot_be_asked_is_refused_on_its_field(play: Play, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await ask(play, **wrong)
    assert list(refusal.value.errors) == [field]
    assert await play.delivered() == []


async def test_only_officers_and_deputies_ask(play: Play) -> None:
    for who in (play.world.chenzy, play.world.hejing, play.world.songhp, play.world.guyan):
        with pytest.raises(NotPermitted):
            await ask(play, by=who)


async def test_a_meeting_with_a_date_is_not_asked_about_and_one_without_only_once_at_a_time(play: Play) -> None:
    draft = await play.scheduled()
    first = await ask(play, meeting_id=draft)
    assert (await read(play, first)).title == "第四季度联席会议"
    with pytest.raises(Conflict, match="being asked about this meeting already"):
        await ask(play, meeting_id=draft)
    announced = await play.scheduled(title="专题会议")
    async with play.database.writing() as db:
        _, meeting = await play.meeting(db, announced)
        meeting.announced_at = db.now()
    with pytest.raises(Conflict, match="has a date"):
        await ask(play, meeting_id=announced)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, announced)
        await scheduling.postpone(db, viewer, meeting)
    assert await ask(play, meeting_id=announced)


async def test_an_agency_that_joined_since_is_told_that_a_question_is_open(play: Play) -> None:
    world, meeting_id = play.world, await play.scheduled()
    await ask(play, meeting_id=meeting_id)
    async with play.database.writing() as db:
        to = {"mechanism_id": world.mechanism.id, "agency_id": world.rsj.id}
        db.add(Member(**to, joined_on=date(2026, 11, 23)))
        since = {"starts_on": date(2026, 11, 23), "designated_at": db.now()}
        db.add(Designation(**to, **since, person_id=world.sunl.id, role="principal", may_sign=True))
    with pytest.raises(Conflict, match="before your agency joined"):
        await ask(play, meeting_id=meeting_id, by=world.sunl)


async def test_a_meeting_may_be_asked_about_anew_once_the_former_question_has_ended(play: Play) -> None:
    draft = await play.scheduled()
    first = await ask(play, meeting_id=draft)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        await settling.close(db, viewer, await queries.get(db, viewer, first), reason="各方均有冲突")
    assert await ask(play, meeting_id=draft) != first


async def test_only_those_who_have_not_answered_are_reminded_and_once_an_hour(play: Play) -> None:
    poll_id = await ask(play, by=play.world.qianwei)
    asked = link_in(await play.delivered())
    await say(play, poll_id, play.world.zhoumin, "can", "can")

    async def remind() -> int:
        async with play.database.writing() as db:
            viewer = await play.world.viewer(db, play.world.qianwei)
            return await asking.remind(db, viewer, await queries.get(db, viewer, poll_id))

    assert await remind() == 1
    mails = await play.delivered()
    assert [mail.subject for mail in mails] == ["【会议时间征询】提醒：请于11月27日前答复：商请协助会"]
    assert link_in(mails) == asked
    with pytest.raises(Conflict, match="within the last hour"):
        await remind()
    play.clock.as_of = play.clock.now() + timedelta(hours=1)
    assert await remind() == 1
    await play.delivered()
    await say(play, poll_id, play.world.liwb, "can", "cannot")
    play.clock.as_of = play.clock.now() + timedelta(hours=1)
    with pytest.raises(Conflict, match="Every agency has answered"):
        await remind()


async def test_where_no_mail_reaches_who_has_not_answered_the_reminder_is_refused_and_does_not_count(
    play: Play,
) -> None:
    poll_id = await ask(play)
    await play.delivered()
    async with play.database.writing() as db:
        (await db.get_one(Member, play.world.members["sfj"].id)).takes_part = "paper"

    async def reminded() -> int:
        async with play.database.writing() as db:
            viewer = await play.world.viewer(db, play.world.zhoumin)
            return await asking.remind(db, viewer, await queries.get(db, viewer, poll_id))

    with pytest.raises(Conflict, match="can be mailed"):
        await reminded()
    assert (await read(play, poll_id)).reminded_at is None


async def test_a_mail_that_has_not_left_is_not_sent_once_the_agency_answered_or_the_question_ended(play: Play) -> None:
    poll_id = await ask(play)
    await say(play, poll_id, play.world.liwb, "can", "can")
    assert await play.delivered() == []


async def test_nobody_is_asked_or_reminded_of_a_time_for_a_meeting_that_was_called_off(play: Play) -> None:
    meeting_id = await play.scheduled()
    poll_id = await ask(play, meeting_id=meeting_id)
    viewer = await play.viewer(play.world.zhoumin)
    async with play.database.writing() as db:
        await scheduling.cancel(db, viewer, await meetings.get(db, viewer, meeting_id))
    assert await play.delivered() == []
    with pytest.raises(Conflict):
        async with play.database.writing() as db:
            await asking.remind(db, viewer, await queries.get(db, viewer, poll_id))


async def test_who_reads_of_the_question_are_the_officers_and_deputies_of_the_agencies_asked(play: Play) -> None:
    poll_id = await ask(play)
    world = play.world
    async with play.database.reading() as db:
        for who in (world.zhoumin, world.qianwei, world.liwb, world.wuxl):
            viewer = await world.viewer(db, who)
            assert [poll.id for poll in await queries.of_mechanism(db, viewer, world.mechanism.id)] == [poll_id]
        for who in (world.chenzy, world.hejing, world.maolin, world.songhp, world.sunl, world.guyan):
            assert not await queries.of_mechanism(db, await world.viewer(db, who), world.mechanism.id)


async def test_what_waits_on_the_desk_is_what_the_own_agency_has_not_answered_and_still_may(play: Play) -> None:
    poll_id = await ask(play)

    async def waiting() -> list[int]:
        async with play.database.reading() as db:
            return [one.id for one in await queries.waiting(db, await play.world.viewer(db, play.world.wuxl))]

    assert await waiting() == [poll_id]
    await say(play, poll_id, play.world.liwb, "can", "can")
    assert await waiting() == []
    other = await ask(play, title="专题会议")
    assert await waiting() == [other]
    play.clock.as_of = datetime.fromisoformat("2026-11-28T00:00+08:00")
    assert await waiting() == []


async def test_the_draft_itself_stays_as_it_is_while_the_agencies_are_asked(play: Play) -> None:
    draft = await play.scheduled()
    await ask(play, meeting_id=draft)
    async with play.database.reading() as db:
        meeting = await meetings.get(db, await play.world.viewer(db, play.world.zhoumin), draft)
    assert (meeting.state, meeting.local_start) == ("draft", START)
