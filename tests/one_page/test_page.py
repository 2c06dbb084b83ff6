"""一页纸: what it says of a mechanism, who reads it, and that it is one page on paper."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from liaison.accounts.viewer import COMMAND_LINE
from liaison.mechanisms import founding
from liaison.mechanisms.models import Member
from tests.callers import Browser, Program
from tests.documents.office import laid_out
from tests.meetings.play import Play
from tests.minutes.held import held


async def with_much(play: Play, program: Program, items: int) -> str:
    """A held meeting whose minutes wait for 区司法局, and so many overdue items of it."""
    world = play.world
    meeting = await held(play, program)
    for n in range(items):
        await program.post(
            world.zhoumin,
            f"/meetings/{meeting}/action-items",
            {"title": f"落实事项{n}" + "很长的标题" * 20, "lead_agency_id": str(world.sfj.id), "due_on": "2026-11-20"},
            status=201,
        )
    made = await program.post(world.zhoumin, f"/meetings/{meeting}/minutes", status=201)
    await program.post(world.zhoumin, f"/minutes/{made['id']}/circulate")
    await program.post(world.zhoumin, f"/minutes/{made['id']}/sign", {"root": made["root"]})
    return meeting


async def test_it_says_what_waits_for_whom_and_what_is_overdue(play: Play, program: Program, browser: Browser) -> None:
    world = play.world
    await with_much(play, program, 1)
    text = await (await browser.sign_in(world.zhoumin)).get(f"/mechanisms/{world.mechanism.id}/one-page")
    assert "区司法局：纪要待会签1份、逾期事项1项" in text
    assert "11月19日 2026年第四季度联席…：已同意1/2，待区司法局签署（" in text
    assert "逾期3天" in text
    assert "目前未办结1项，其中逾期1项" in text


async def test_it_says_that_a_correction_is_being_signed_and_who_is_not_waited_for_is_not_counted(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = (await program.get(world.zhoumin, f"/meetings/{await with_much(play, program, 0)}/minutes"))["id"]
    root = (await program.get(world.zhoumin, f"/minutes/{sent}"))["root"]
    await program.post(world.liwb, f"/minutes/{sent}/sign", {"root": root})
    await program.post(world.zhoumin, f"/minutes/{sent}/issue")
    page = f"/mechanisms/{world.mechanism.id}/one-page"
    assert "已同意" not in await (await browser.sign_in(world.zhoumin)).get(page)
    new = await program.post(world.zhoumin, f"/minutes/{sent}/correct", {"reason": "日期有误"}, status=201)
    await program.post(world.zhoumin, f"/minutes/{new['id']}/circulate")
    text = await browser.get(page)
    assert "区司法局：纪要待会签1份" in text
    assert "：已同意0/2，待区检察院、区司法局签署" in text
    async with play.database.writing() as db:
        (await db.get_one(Member, world.members["sfj"].id)).left_on = play.clock.today("Asia/Shanghai")
    given = {"agency_id": str(world.sfj.id), "reason": "已退出"}
    await program.post(world.zhoumin, f"/minutes/{new['id']}/excuse", given)
    assert "：已同意0/1，待区检察院签署" in await browser.get(page)


async def test_what_was_reported_done_by_its_date_is_in_time_however_late_it_is_closed(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    async with play.database.writing() as db:
        await founding.change_mechanism(db, COMMAND_LINE, world.mechanism.id, {"needs_closing": True})
    given = {"title": "建立线索台账", "lead_agency_id": str(world.sfj.id), "due_on": "2026-11-24"}
    item = await program.post(world.zhoumin, f"/mechanisms/{world.mechanism.id}/action-items", given, status=201)
    await program.post(world.liwb, f"/action-items/{item['id']}/complete")
    play.clock.as_of = play.clock.now() + timedelta(days=3)
    await program.post(world.zhoumin, f"/action-items/{item['id']}/close")
    text = await (await browser.sign_in(world.zhoumin)).get(f"/mechanisms/{world.mechanism.id}/one-page")
    assert "办结1项（按期1项）" in text


@pytest.mark.parametrize("items", [0, 60])
async def test_it_is_one_page_on_paper_whatever_it_says(
    play: Play, program: Program, tmp_path: Path, items: int
) -> None:
    world = play.world
    await with_much(play, program, items)
    play.clock.as_of = play.clock.now() + timedelta(minutes=1)
    browser = await Browser(play.database.settings, play.database, play.clock).sign_in(world.zhoumin)
    answer = await browser.client.get(f"/mechanisms/{world.mechanism.id}/one-page.docx")
    assert answer.status_code == 200
    assert len((await asyncio.to_thread(laid_out, {"page": answer.content}, tmp_path))["page"].pages) == 1


async def test_whoever_does_not_see_the_mechanism_of_today_does_not_read_it(play: Play, program: Program) -> None:
    world = play.world
    for who, status in (
        (world.chenzy, 200),
        (world.maolin, 200),
        (world.songhp, 404),
        (world.guyan, 404),
        (world.sunl, 404),
    ):
        browser = await Browser(play.database.settings, play.database, play.clock).sign_in(who)
        assert (await browser.client.get(f"/mechanisms/{world.mechanism.id}/one-page")).status_code == status, who.name
