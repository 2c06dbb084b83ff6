"""What the clock does with notices: half time, the day, and the sender the working day after; across National Day; nothing twice."""

from datetime import date

from sqlalchemy import select

from liaison.calendaring.workdays import DayKind
from liaison.directory.models import Person
from liaison.mechanisms.models import PAPER, Member
from liaison.system import holidays
from liaison.system.holidays import CorrectDay
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.notices.sent import LIWB, QIANWEI, SUBJECT, WUXL, ZHOUMIN, line, mails, morning, sent
from tests.reminders.test_reminding import beijing


async def test_a_notice_nobody_answers_across_national_day_is_spoken_of_on_three_working_days(
    play: Play, program: Program
) -> None:
    """Sent on Tuesday 29 September with five working days: due on 12 October; half of them is the 9th, the third one."""
    play.clock.as_of = beijing("09-29T15:00")
    await sent(play, program)
    await mails(play)
    told = {}
    days = [f"09-{day}" for day in (29, 30)] + [f"10-{day:02}" for day in range(1, 17)]
    for day in days:
        if got := await morning(play, day):
            told[day] = set(got)
    assert told == {"10-09": {LIWB, WUXL}, "10-12": {LIWB, WUXL}, "10-13": {ZHOUMIN, QIANWEI}}


async def test_the_reminder_leads_to_the_notice_and_the_sender_is_offered_a_draft_to_their_own_leader(
    play: Play, program: Program, browser: Browser
) -> None:
    world, made = play.world, await sent(play, program)
    await mails(play)
    half = (await morning(play, "11-26"))[LIWB]
    assert (half.subject, SUBJECT in half.text, len(half.links)) == (
        "【信息通报】来自区检察院：4天后到期，待答复", True, 1
    )  # fmt: skip
    await morning(play, "11-30")
    late = (await morning(play, "12-01"))[ZHOUMIN]
    assert late.subject == "【信息通报】11月23日（周一）发出：区司法局未答复，期限为11月30日（周一）"
    assert "区司法局未答复" in late.text
    await browser.sign_in(world.zhoumin)
    assert "逾期未答复" in await browser.get("/")
    form = await browser.get(f"/notices/{made['id']}/escalate")
    assert "至今未收到答复" in form
    answer = await browser.post(f"/notices/{made['id']}/escalate", text="请协调。", to_person_id=str(world.chenzy.id))
    assert answer.status_code == 303
    got = await mails(play)
    assert set(got) == {"chenzy@jcy.qingzhi.example"}
    assert SUBJECT not in got["chenzy@jcy.qingzhi.example"].subject
    again = await browser.post(f"/notices/{made['id']}/escalate", text="请协调。", to_person_id=str(world.chenzy.id))
    assert again.status_code == 303
    assert await mails(play) == {}, "a form sent twice is one mail"
    other = await browser.post(f"/notices/{made['id']}/escalate", text="请协调。", to_person_id=str(world.zhenggq.id))
    assert other.status_code == 422, "nothing goes to another agency's leader"


async def test_who_has_answered_or_only_had_to_acknowledge_is_not_reminded(play: Play, program: Program) -> None:
    world = play.world
    asks = await sent(play, program)
    await mails(play)
    await sent(play, program, purpose="information", subject="供知悉一件")
    tells = (await program.get(world.liwb, f"/mechanisms/{world.mechanism.id}/notices"))["items"][0]
    await mails(play)
    await program.post(world.liwb, f"/notices/{asks['id']}/answer", {"text": "属实。"})
    await program.post(world.liwb, f"/notices/{tells['id']}/acknowledge")
    await mails(play)
    for day in ("11-26", "11-30", "12-01"):
        assert await morning(play, day) == {}


async def test_an_acknowledged_notice_that_wants_an_answer_is_still_reminded_of(play: Play, program: Program) -> None:
    made = await sent(play, program)
    await mails(play)
    await program.post(play.world.liwb, f"/notices/{made['id']}/acknowledge")
    assert set(await morning(play, "11-30")) == {LIWB, WUXL}


async def test_several_notices_come_in_one_mail_of_the_morning(play: Play, program: Program) -> None:
    for n in range(3):
        await sent(play, program, subject=f"第{n}件")
        await mails(play)
    got = await morning(play, "11-30")
    assert set(got) == {LIWB, WUXL}
    assert all(f"第{n}件" in got[LIWB].text for n in range(3))


async def test_after_the_other_date_was_agreed_to_reminders_follow_it(play: Play, program: Program) -> None:
    world, made = play.world, await sent(play, program)
    path = f"/notices/{made['id']}"
    await mails(play)
    await program.post(world.liwb, f"{path}/offer", {"due_on": "2026-12-04", "text": "材料未齐。"})
    await mails(play)
    await program.post(world.zhoumin, f"{path}/agree", {"agency_id": str(world.sfj.id)})
    await mails(play)
    told = {day: set(got) for day in ("11-30", "12-01", "12-04", "12-07") if (got := await morning(play, day))}
    assert told == {"11-30": {LIWB, WUXL}, "12-04": {LIWB, WUXL}, "12-07": {ZHOUMIN, QIANWEI}}


async def test_a_paper_member_is_a_task_for_the_sender_and_no_mail(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    async with play.database.writing() as db:
        (await db.scalars(select(Member).where(Member.agency_id == world.sfj.id))).one().takes_part = PAPER
    made = await sent(play, program)
    assert await mails(play) == {}
    await browser.sign_in(world.zhoumin)
    assert "待送达纸质件" in await browser.get("/")
    page = await browser.get(f"/notices/{made['id']}")
    assert "纸质" in page
    letter = await browser.client.get(f"/notices/{made['id']}/letter.docx")
    assert letter.status_code == 200
    assert letter.content[:2] == b"PK"
    said = {"what": "acknowledged", "how": "paper", "said_by": "李文博", "said_on": "2026-11-23", "said_at": "09:00"}
    done = await browser.post(f"/notices/{made['id']}/agencies/{world.sfj.id}/register", **said)
    assert done.status_code == 303, done.text
    assert "待送达纸质件" not in await browser.get("/")


async def test_the_successor_in_office_is_reminded_and_not_the_predecessor(play: Play, program: Program) -> None:
    made = await sent(play, program)
    await mails(play)
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.liwb.id)).deactivated_at = play.clock.now()
    got = await morning(play, "11-30")
    assert set(got) == {"sfj@sfj.qingzhi.example", WUXL}
    assert made["state"] == "sent"


async def test_a_day_that_is_corrected_afterwards_moves_the_reminders_and_not_the_deadline(
    play: Play, program: Program
) -> None:
    """Due on Monday 30 November, which becomes free: the reminder of the day goes on the Friday before, and that of half the time earlier."""
    world, made = play.world, await sent(play, program)
    await mails(play)
    play.clock.as_of = beijing("11-24T10:00")
    async with play.database.writing() as db:
        operator = await world.viewer(db, world.guyan)
        await holidays.apply(db, operator, "CN", CorrectDay(date(2026, 11, 30), DayKind.HOLIDAY, "停电"))
    days = [f"11-{day}" for day in (25, 26, 27, 30)] + ["12-01"]
    told = {day: set(got) for day in days if (got := await morning(play, day))}
    assert told == {"11-25": {LIWB, WUXL}, "11-27": {LIWB, WUXL}, "12-01": {ZHOUMIN, QIANWEI}}
    assert line(await program.get(world.zhoumin, f"/notices/{made['id']}"), world.sfj)["due_on"] == "2026-11-30"
