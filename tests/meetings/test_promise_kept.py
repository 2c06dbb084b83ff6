"""How a year's promise is kept: held, still to come and missed reconcile; a date left out says why and counts as missed."""

from datetime import date

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms.rhythm import Missed, StripMark, year_rhythm
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.meetings.test_annual_pages import _post, seen
from tests.world import World

TODAY = date(2026, 11, 23)
REASON = "防汛期间全员在岗"


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


@pytest.fixture
async def browser(settings: Settings, database: Database, clock: Clock, world: World) -> Browser:
    return await Browser(settings, database, clock).sign_in(world.zhoumin)


def dates(*days: str, reason: str | None = None) -> list[StripMark]:
    return [StripMark(date.fromisoformat(day), "联席会议", "promised", reason=reason) for day in days]


def met(day: str, state: str = "held") -> StripMark:
    return StripMark(date.fromisoformat(day), "会议", state, "/meetings/1")


PROMISED = dates("2026-03-19", "2026-06-18", "2026-09-17", "2026-12-17")


# --- the rule


def test_held_due_and_missed_make_up_what_was_promised() -> None:
    count = year_rhythm(PROMISED, [met("2026-03-19"), met("2026-09-10")], TODAY).count
    assert (count.promised, count.held, count.due) == (4, 2, 1)
    assert count.missed == (Missed(2, date(2026, 6, 18), None),)


def test_what_is_announced_planned_or_postponed_is_still_to_come() -> None:
    for state in ("announced", "draft", "postponed"):
        count = year_rhythm(PROMISED, [met("2026-12-17", state)], TODAY).count
        assert (count.held, count.due, len(count.missed)) == (0, 1, 3)


def test_a_second_meeting_in_a_quarter_does_not_make_good_for_another() -> None:
    count = year_rhythm(PROMISED, [met("2026-03-19"), met("2026-03-26")], TODAY).count
    assert (count.held, count.due, len(count.missed)) == (1, 1, 2)


def test_a_date_left_out_is_missed_at_once_and_says_why() -> None:
    found = year_rhythm([*PROMISED[:3], *dates("2026-12-17", reason=REASON)], [met("2026-03-19")], TODAY)
    assert found.count.due == 0
    assert found.count.missed[-1] == Missed(4, date(2026, 12, 17), REASON)
    assert found.missed == [2, 3, 4]


def test_of_two_dates_in_a_quarter_a_meeting_answers_the_one_that_is_not_left_out() -> None:
    left_out, other = dates("2026-12-03", reason=REASON), dates("2026-12-17")
    found = year_rhythm([*left_out, *other], [met("2026-12-10", "announced")], TODAY)
    assert [(period.state, period.due) for period in found.periods] == [("missed", tuple(left_out))]
    assert (found.count.due, found.count.missed) == (1, (Missed(12, date(2026, 12, 3), REASON),))
    held_after_all = year_rhythm(left_out, [met("2026-12-03")], TODAY).count
    assert (held_after_all.held, held_after_all.missed) == (1, ())


# --- leaving a date out


async def test_a_date_left_out_is_not_planned_and_stands_with_its_reason_until_it_is_taken_up_again(
    api: Program, world: World
) -> None:
    series = f"/series/{world.series.id}"
    await api.post(world.zhoumin, f"{series}/skip", {"date": "2027-06-17", "reason": REASON})
    plan = {"dates": ["2027-06-17"]}
    assert await api.refused(world.zhoumin, "POST", f"{series}/plan", plan) == (422, ["dates.0"])
    year = (await api.get(world.wuxl, f"/mechanisms/{world.mechanism.id}/promise?from=2027&to=2027"))["items"]
    assert year == [
        {
            "year": 2027,
            "promised": 4,
            "held": 0,
            "due": 3,
            "missed": [{"quarter": 2, "date": "2027-06-17", "reason": REASON}],
        }
    ]
    await api.post(world.wuxl, f"{series}/unskip", {"date": "2027-06-17"})
    await api.post(world.zhoumin, f"{series}/plan", plan, status=201)


async def test_the_turn_passes_over_a_date_that_is_left_out(browser: Browser, api: Program, world: World) -> None:
    await api.post(world.zhoumin, f"/series/{world.series.id}/skip", {"date": "2027-03-18", "reason": REASON})
    page = await browser.get(f"/mechanisms/{world.mechanism.id}/plan?year=2027")
    assert page.count('name="dates"') == 3
    assert "区检察院 区司法局 轮值 尚未安排 不召开 ：2027年6月17日" in seen(page)


async def test_a_new_meeting_is_not_proposed_for_a_date_that_is_left_out(
    browser: Browser, api: Program, world: World
) -> None:
    where = f"/mechanisms/{world.mechanism.id}/meetings/new"
    assert "2026-12-17" in await browser.get(where)
    await api.post(world.zhoumin, f"/series/{world.series.id}/skip", {"date": "2026-12-17", "reason": REASON})
    page = await browser.get(where)
    assert "2026-12-17" not in page
    assert "2027-03-18" in page


async def test_a_date_with_a_meeting_is_not_left_out_and_each_needs_a_reason(
    api: Program, world: World, play: Play
) -> None:
    await play.scheduled()
    path = f"/series/{world.series.id}/skip"
    for day, reason, fields in (
        ("2026-12-17", REASON, ["day"]),
        ("2027-03-19", REASON, ["day"]),  # no date of the series
        ("2027-03-18", " ", ["reason"]),
    ):
        assert await api.refused(world.zhoumin, "POST", path, {"date": day, "reason": reason}) == (422, fields)


async def test_the_pages_count_the_promise_and_say_what_was_missed_and_why(
    browser: Browser, world: World, play: Play
) -> None:
    where = f"/mechanisms/{world.mechanism.id}/plan"
    day = f"{world.series.id}:2026-06-18"
    await browser.get(where)
    answer = await _post(browser, f"{where}/skip", {"day": day, "reason": ""})
    assert (answer.status_code, "防汛" in answer.text) == (422, False)
    await _post(browser, f"{where}/skip", {"day": day, "reason": REASON})
    for page in (f"{where}?year=2026", f"/mechanisms/{world.mechanism.id}?year=2026"):
        text = seen(await browser.get(page))
        assert "约定 4 已召开 0 待召开 1 未召开 3" in text
        assert f"第二季度（6月18日）：{REASON}" in text
    assert "2025 4 0 0 4" in seen(await browser.get(f"{where}?year=2026"))
    await _post(browser, f"{where}/unskip", {"day": day})
    assert REASON not in await browser.get(f"{where}?year=2026")


async def test_an_agency_that_joined_later_is_told_nothing_of_the_years_before(api: Program, world: World) -> None:
    members = f"/mechanisms/{world.mechanism.id}/members"
    await api.post(world.guyan, members, {"agency_id": str(world.rsj.id), "joined_on": "2026-10-01"}, status=201)
    years = (await api.get(world.sunl, f"/mechanisms/{world.mechanism.id}/promise?from=2025&to=2026"))["items"]
    assert [(one["year"], one["promised"]) for one in years] == [(2025, 0), (2026, 1)]
