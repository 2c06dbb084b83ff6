"""我的工作 names what outcomes ask of an agency: a case that another one reports otherwise, a period that was changed after it had confirmed
it, and a quarter that another one confirmed."""

import pytest

from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.results.reported import QUARTER, confirm, path_of, report

DIFFERS, CONFIRM, CHANGED = "填报不一致", "尚未核对", "本单位核对后成效数据有变动"


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


async def test_a_quarter_that_another_agency_confirmed_month_by_month_is_asked_for_too(
    play: Play, program: Program, browser: Browser
) -> None:
    await report(play, program)
    await browser.sign_in(play.world.liwb)
    months = [("2026-07-01", "2026-07-31"), ("2026-08-01", "2026-08-31"), ("2026-09-01", "2026-09-30")]
    for first, last in months:
        assert CONFIRM not in await browser.get("/")
        await confirm(play, program, play.world.zhoumin, **{"from": first, "to": last})
    assert CONFIRM in await browser.get("/")
    for first, last in months:
        await confirm(play, program, play.world.liwb, **{"from": first, "to": last})
    assert CONFIRM not in await browser.get("/")


async def test_an_agency_that_had_confirmed_what_was_changed_since_is_told_until_it_confirms_again(
    play: Play, program: Program, browser: Browser
) -> None:
    line = await report(play, program)
    await confirm(play, program, play.world.liwb)
    await program.patch(play.world.zhoumin, f"/outcomes/{line['id']}", {"people": 2})
    await browser.sign_in(play.world.liwb)
    desk = await browser.get("/")
    assert f"{CHANGED}" in desk
    assert "outcomes/confirm?from=2026-07-01&to=2026-09-30" in desk
    await confirm(play, program, play.world.liwb)
    assert CHANGED not in await browser.get("/")
    await browser.sign_in(play.world.wuxl)
    assert CHANGED not in await browser.get("/"), "who had confirmed nothing is told nothing"


async def test_an_agency_that_took_its_own_word_back_is_not_asked_for_it_again(
    play: Play, program: Program, browser: Browser
) -> None:
    await report(play, program)
    await confirm(play, program, play.world.liwb)
    await browser.sign_in(play.world.liwb)
    await browser.get("/")
    await browser.post(path_of(play, "/confirm/take-back"), **QUARTER)
    assert CHANGED not in await browser.get("/")


async def test_a_difference_outside_last_quarter_is_found_where_it_lies(
    play: Play, program: Program, browser: Browser
) -> None:
    await report(play, program, closed_on="2026-02-03")
    await report(play, program, by=play.world.liwb, closed_on="2026-02-05")
    await browser.sign_in(play.world.liwb)
    assert "outcomes/confirm?from=2026-02-05&to=2026-02-05" in await browser.get("/")
    assert "<mark>" in await browser.get(path_of(play, "/confirm?from=2026-02-05&to=2026-02-05"))


async def test_participants_are_asked_nothing(play: Play, program: Program, browser: Browser) -> None:
    await report(play, program)
    await report(play, program, by=play.world.liwb, people=2)
    await confirm(play, program, play.world.zhoumin, **{"from": "2026-07-01", "to": "2026-07-31"})
    await browser.sign_in(play.world.chenzy)
    assert DIFFERS not in await browser.get("/")
