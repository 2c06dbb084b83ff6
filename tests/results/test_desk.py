"""我的工作 names what outcomes ask of an agency: a case that another one reports otherwise, and a quarter that another one confirmed."""

import pytest

from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.results.reported import confirm, report

DIFFERS, CONFIRM = "填报不一致", "尚未核对"


@pytest.mark.parametrize("person", ["zhoumin", "liwb"])
async def test_both_agencies_are_told_of_a_case_that_they_report_differently(
    play: Play, program: Program, browser: Browser, person: str
) -> None:
    await report(play, program)
    theirs = await report(play, program, by=play.world.liwb, people=2)
    await browser.sign_in(getattr(play.world, person))
    assert f"1 件与其他单位{DIFFERS}" in await browser.get("/")
    await program.patch(play.world.liwb, f"/outcomes/{theirs['id']}", {"people": 1})
    assert DIFFERS not in await browser.get("/")


async def test_an_agency_is_asked_to_confirm_what_another_one_has_until_it_did(
    play: Play, program: Program, browser: Browser
) -> None:
    await report(play, program)
    await browser.sign_in(play.world.liwb)
    assert CONFIRM not in await browser.get("/")
    await confirm(play, program, play.world.zhoumin)
    assert CONFIRM in await browser.get("/")
    await confirm(play, program, play.world.liwb)
    assert CONFIRM not in await browser.get("/")


async def test_participants_are_asked_nothing(play: Play, program: Program, browser: Browser) -> None:
    await report(play, program)
    await report(play, program, by=play.world.liwb, people=2)
    await confirm(play, program, play.world.zhoumin, **{"from": "2026-07-01", "to": "2026-07-31"})
    await browser.sign_in(play.world.chenzy)
    assert DIFFERS not in await browser.get("/")
