"""What minutes put on the desk, whose, and until when."""

from datetime import date
from typing import Any

from liaison.desk.queries import desk
from liaison.directory.models import Person
from liaison.mechanisms.models import PAPER
from tests.callers import Program
from tests.meetings.play import Play
from tests.minutes.test_clock import took_place, written
from tests.minutes.test_mails import change
from tests.reminders.test_reminding import beijing


async def todos(play: Play, who: Person) -> list[tuple[str, date | None, tuple[str, ...]]]:
    """Of minutes: what, by when, which agencies."""
    viewer = await play.viewer(who)
    async with play.database.reading() as db:
        shown = await desk(db, viewer, date(2026, 11, 1))
    return [
        (one.kind, one.due_on, one.names)
        for one in shown.todos
        if one.kind == "sign" or one.kind.startswith("minutes_") or (one.kind == "mail" and one.text)
    ]


async def test_the_host_drafts_circulates_and_issues_and_each_agency_signs(play: Play, program: Program) -> None:
    world = play.world
    meeting = await took_place(play, program)
    assert await todos(play, world.zhoumin) == [("minutes_draft", date(2026, 11, 30), ())]
    assert await todos(play, world.qianwei) == [("minutes_draft", date(2026, 11, 30), ())]
    assert await todos(play, world.liwb) == []
    await written(play, program, meeting, circulate=False)
    assert await todos(play, world.zhoumin) == [("minutes_circulate", date(2026, 11, 30), ())]
    sent = await written(play, program, meeting)
    sign = [("sign", date(2026, 12, 3), ())]
    for who in (world.zhoumin, world.liwb):
        assert await todos(play, who) == sign
    assert await todos(play, world.wuxl) == []
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    given = {"root": sent["root"], "text": "改为5个工作日"}
    await program.post(world.liwb, f"/minutes/{sent['id']}/request-changes", given)
    assert await todos(play, world.zhoumin) == [("minutes_changes", date(2026, 11, 26), ("区司法局",))]
    assert await todos(play, world.liwb) == []
    await program.post(world.liwb, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    assert await todos(play, world.zhoumin) == [("minutes_issue", date(2026, 12, 7), ())]
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/issue")
    for who in (world.zhoumin, world.liwb):
        assert await todos(play, who) == []


async def test_the_host_fetches_signatures_on_paper_and_sees_what_is_overdue(play: Play, program: Program) -> None:
    world = play.world
    meeting = await took_place(play, program)
    await written(play, program, meeting)
    play.clock.as_of = beijing("12-04T09:00")
    late = ("minutes_unsigned", date(2026, 12, 3), ("区司法局",))
    assert await todos(play, world.zhoumin) == [("sign", date(2026, 12, 3), ()), late]
    await change(play, world.members["sfj"], takes_part=PAPER)
    paper = ("minutes_paper", date(2026, 12, 3), ("区司法局",))
    assert await todos(play, world.zhoumin) == [("sign", date(2026, 12, 3), ()), paper]


async def test_the_host_is_asked_at_once_whether_an_agency_that_has_left_is_waited_for(
    play: Play, program: Program, browser: Any
) -> None:
    world = play.world
    meeting = await took_place(play, program)
    sent = await written(play, program, meeting)
    await change(play, world.members["sfj"], left_on=date(2026, 11, 27))
    play.clock.as_of = beijing("11-27T09:00")
    left = ("minutes_left", date(2026, 11, 27), ("区司法局",))
    assert await todos(play, world.zhoumin) == [left, ("sign", date(2026, 12, 3), ())]
    page = await (await browser.sign_in(world.zhoumin)).get("/")
    assert "已退出机制，尚未签署：区司法局" in page
    assert "是否等待其签署由您决定，并须说明理由。" in page
    play.clock.as_of = beijing("12-04T09:00")
    assert [one[0] for one in await todos(play, world.zhoumin)] == ["sign", "minutes_left"]
    given = {"agency_id": str(world.sfj.id), "reason": "已退出"}
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/excuse", given)
    assert [one[0] for one in await todos(play, world.zhoumin)] == ["sign"]


async def test_the_host_sees_whom_the_circulated_minutes_did_not_reach(play: Play, program: Program) -> None:
    world = play.world
    meeting = await took_place(play, program)
    await change(play, world.liwb, mail="liwb@@sfj")
    await written(play, program, meeting)
    assert [one[0] for one in await todos(play, world.zhoumin)] == ["mail", "sign"]
    assert [one[0] for one in await todos(play, world.liwb)] == ["sign"]


async def test_the_page_words_each_of_them(play: Play, program: Program, browser: Any) -> None:
    meeting = await took_place(play, program)
    page = await (await browser.sign_in(play.world.zhoumin)).get("/")
    assert "纪要待起草：第四季度联席会议" in page
    assert f'href="/meetings/{meeting}/minutes"' in page
