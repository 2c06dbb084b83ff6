"""The pages on which a time is looked for: nothing typed is lost, each act does what it says."""

import re
from datetime import timedelta

from sqlalchemy import select

from liaison.directory.models import Person
from liaison.mechanisms.models import PAPER, Member
from liaison.meetings import queries as meetings
from liaison.polls import queries
from tests.callers import Browser
from tests.meetings.play import Play
from tests.polls.asked import FIRST, SECOND, ask, read, say

TYPED = {
    "times.0.date": "2026-12-08", "times.0.time": "14:30", "times.0.duration_minutes": "120",
    "times.2.date": "2027-01-01", "times.2.time": "09:00", "times.2.duration_minutes": "60",
    "title": "商请协助会", "note": "请各单位支持", "due_on": "2026-11-30",
}  # fmt: skip


async def newest(play: Play) -> int | None:
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        found = await queries.of_mechanism(db, viewer, play.world.mechanism.id)
    return found[0].id if found else None


async def test_looking_first_shows_free_days_and_other_meetings_and_asks_nobody(play: Play, browser: Browser) -> None:
    await play.scheduled(title="碰头会", local_start=FIRST)
    await browser.sign_in(play.world.zhoumin)
    await browser.get("/mechanisms/1/time-polls/new")
    page = (await browser.post("/mechanisms/1/time-polls/new", check="1", **TYPED)).text
    assert "同时有会议：碰头会" in page
    assert "暂定" in page  # 2027 has not been announced
    assert 'value="2026-12-08"' in page
    assert await newest(play) is None


async def test_a_refused_form_keeps_what_was_typed_and_names_the_row(play: Play, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get("/mechanisms/1/time-polls/new")
    wrong = TYPED | {"times.2.date": "2026-11-20"}
    answer = await browser.post("/mechanisms/1/time-polls/new", **wrong)
    assert answer.status_code == 422
    assert re.search(r'href="#f-times\.2\.date">备选时间3：日期', answer.text)
    assert "请各单位支持" in answer.text
    assert await newest(play) is None


async def test_asking_leads_to_the_question_and_empty_rows_are_left_out(play: Play, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get("/mechanisms/1/time-polls/new")
    answer = await browser.post("/mechanisms/1/time-polls/new", **TYPED)
    assert answer.status_code == 303
    page = await browser.get(answer.headers["location"])
    assert "征询已发出" in page
    assert page.count('scope="row"') == 2


async def test_the_form_for_a_meeting_that_is_asked_about_already_leads_to_that_question(
    play: Play, browser: Browser
) -> None:
    draft = await play.scheduled()
    poll_id = await ask(play, meeting_id=draft)
    await browser.sign_in(play.world.liwb)
    answer = await browser.client.get(f"/mechanisms/1/time-polls/new?meeting={draft}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/time-polls/{poll_id}")


async def test_the_own_agency_answers_and_takes_it_back_on_the_page(play: Play, browser: Browser) -> None:
    poll_id = await ask(play)
    one, two = (await read(play, poll_id)).candidates
    await browser.sign_in(play.world.wuxl)
    assert "请答复哪个时间方便：商请协助会" in await browser.get("/")
    page = await browser.get(f"/time-polls/{poll_id}")
    assert f"/time-polls/{poll_id}/close" not in page
    half = await browser.post(f"/time-polls/{poll_id}/answer", comment="待核", **{f"choices.{one.id}": "can"})
    assert half.status_code == 422
    assert "待核" in half.text
    said = {f"choices.{one.id}": "can", f"choices.{two.id}": "cannot"}
    assert (await browser.post(f"/time-polls/{poll_id}/answer", **said)).status_code == 303
    assert "撤回答复" in await browser.get(f"/time-polls/{poll_id}")
    assert (await browser.post(f"/time-polls/{poll_id}/withdraw")).status_code == 303
    assert "撤回答复" not in await browser.get(f"/time-polls/{poll_id}")


async def test_who_asks_registers_what_another_agency_said_by_phone(play: Play, browser: Browser) -> None:
    poll_id = await ask(play)
    play.clock.as_of = play.clock.now() + timedelta(hours=1)
    one, two = (await read(play, poll_id)).candidates
    await browser.sign_in(play.world.qianwei)
    address = f"/time-polls/{poll_id}/agencies/{play.world.sfj.id}/register"
    await browser.get(address)
    said = {"how": "phone", "said_by": "李文博", "said_on": "2026-11-23", "said_at": "09:30"}
    fields = said | {f"choices.{one.id}": "can", f"choices.{two.id}": "if_need_be"}
    assert (await browser.post(address, **fields | {"said_by": ""})).status_code == 422
    assert (await browser.post(address, **fields)).status_code == 303
    page = await browser.get(f"/time-polls/{poll_id}")
    assert "代登记" in page
    assert "必要时可以" in page


async def test_picking_fills_the_form_for_the_new_meeting(play: Play, browser: Browser) -> None:
    poll_id = await ask(play)
    await say(play, poll_id, play.world.liwb, "cannot", "can")
    two = (await read(play, poll_id)).candidates[1]
    await browser.sign_in(play.world.zhoumin)
    address = f"/time-polls/{poll_id}/candidates/{two.id}/pick"
    page = await browser.get(address)
    assert "李文博" in page
    answer = await browser.post(address)
    assert answer.status_code == 303
    form = await browser.get(answer.headers["location"])
    for name, value in (
        ("date", f"{SECOND:%Y-%m-%d}"),
        ("time", "09:00"),
        ("duration_minutes", "90"),
        ("title", "商请协助会"),
    ):
        assert re.search(rf'<input[^>]*name="{name}"[^>]*value="{value}"', form), name
    assert "按此时间新建会议" in await browser.get(f"/time-polls/{poll_id}")


async def test_picking_for_a_draft_leads_back_and_on_to_its_notice(play: Play, browser: Browser) -> None:
    draft = await play.scheduled()
    poll_id = await ask(play, meeting_id=draft)
    one = (await read(play, poll_id)).candidates[0]
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"/time-polls/{poll_id}")
    answer = await browser.post(f"/time-polls/{poll_id}/candidates/{one.id}/pick")
    assert answer.headers["location"] == f"/time-polls/{poll_id}?done=picked"
    assert f'href="/meetings/{draft}"' in await browser.get(f"/time-polls/{poll_id}")
    async with play.database.reading() as db:
        meeting = await meetings.get(db, await play.world.viewer(db, play.world.zhoumin), draft)
    assert meeting.local_start == FIRST


async def test_ending_without_a_time_asks_for_the_reason(play: Play, browser: Browser) -> None:
    poll_id = await ask(play)
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"/time-polls/{poll_id}/close")
    assert (await browser.post(f"/time-polls/{poll_id}/close", reason="")).status_code == 422
    assert (await browser.post(f"/time-polls/{poll_id}/close", reason="各方均有冲突")).status_code == 303
    assert "各方均有冲突" in await browser.get(f"/time-polls/{poll_id}")
    assert "已结束，未定时间" in await browser.get("/mechanisms/1/time-polls")


async def test_who_asks_sees_whom_the_mail_did_not_reach_and_why(play: Play, browser: Browser) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.liwb.id)).mail = "liwb@sfj..example"
    poll_id = await ask(play)
    await browser.sign_in(play.world.zhoumin)
    assert "邮件未送达" in await browser.get(f"/time-polls/{poll_id}")
    await browser.sign_in(play.world.wuxl)
    assert "邮件未送达" not in await browser.get(f"/time-polls/{poll_id}")


async def test_the_meetings_page_leads_to_the_question_while_it_runs_and_offers_no_second_one(
    play: Play, browser: Browser
) -> None:
    meeting_id = await play.scheduled()
    await browser.sign_in(play.world.zhoumin)
    new = f"/mechanisms/1/time-polls/new?meeting={meeting_id}"
    page = await browser.get(f"/meetings/{meeting_id}")
    assert (new in page, "正在征询各单位会议时间" in page) == (True, False)
    poll_id = await ask(play, meeting_id=meeting_id)
    page = await browser.get(f"/meetings/{meeting_id}")
    assert re.search(rf'正在征询各单位会议时间.*<a href="/time-polls/{poll_id}">查看答复</a>', page)
    assert new not in page


async def test_the_press_that_reminds_counts_whom_its_mail_reaches(play: Play, browser: Browser) -> None:
    poll_id = await ask(play)
    await browser.sign_in(play.world.zhoumin)
    page = await browser.get(f"/time-polls/{poll_id}")
    assert "提醒未答复的1个单位" in page, "the own agency is not mailed"
    assert "2个单位中0个已答复" in page, "who is not mailed has not answered for that"
    async with play.database.writing() as db:
        member = (await db.scalars(select(Member).where(Member.agency_id == play.world.sfj.id))).one()
        member.takes_part = PAPER
    assert "提醒未答复" not in await browser.get(f"/time-polls/{poll_id}")
