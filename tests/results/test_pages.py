"""The pages of outcomes: entered, changed, taken away and back; a table looked at and taken in; a period confirmed on what was seen."""

import re
from datetime import date, datetime, timedelta

import pytest

from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.results.reported import LINE, MODEL_CASE, QUARTER, confirm, lines, report
from tests.results.test_taking_in import ROW, table

TYPED = {
    "case_code": "支诉2026-007",
    "closed_on": "2026-08-20",
    "beneficiary_group": "农民工",
    "cause": "追索劳动报酬",
    "cases": "1",
    "people": "3",
    "amount_recovered": "3.2万元",
    "result": "采纳",
}


def base(play: Play) -> str:
    return f"/mechanisms/{play.world.mechanism.id}/outcomes"


async def test_a_case_is_entered_shown_with_its_sum_and_undone(play: Play, program: Program, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"{base(play)}/new")
    answer = await browser.post(f"{base(play)}/new", **TYPED)
    page = await browser.get(answer.headers["location"])
    assert "支诉2026-007" in page
    assert "32,000" in page
    undo = re.search(r'action="(/outcomes/\d+/remove)"', page)
    assert undo is not None
    back = await browser.post(undo[1])
    page = await browser.get(back.headers["location"])
    assert "支诉2026-007" not in re.sub(r"<div class=\"toast.*", "", page)
    restore = re.search(r'action="(/outcomes/\d+/restore)"', page)
    assert restore is not None
    await browser.post(restore[1])
    assert [one["people"] for one in await lines(play, program)] == [3]


async def test_the_second_button_brings_the_form_again_with_the_day(play: Play, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"{base(play)}/new")
    answer = await browser.post(f"{base(play)}/new", **TYPED, another="1")
    assert 'value="2026-08-20"' in await browser.get(answer.headers["location"])


async def test_what_is_wrong_stays_typed_and_is_named_at_its_field(
    play: Play, program: Program, browser: Browser
) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"{base(play)}/new")
    answer = await browser.post(f"{base(play)}/new", **{**TYPED, "amount_recovered": "约三万", "people": "三"})
    assert answer.status_code == 422
    assert 'value="约三万"' in answer.text
    assert 'value="三"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert await lines(play, program) == []


async def test_a_form_of_an_older_version_shows_both_and_saves_nothing(
    play: Play, program: Program, browser: Browser
) -> None:
    one = await report(play, program)
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"/outcomes/{one['id']}/edit")
    await program.patch(play.world.qianwei, f"/outcomes/{one['id']}", {"people": 567})
    answer = await browser.post(f"/outcomes/{one['id']}/edit", **TYPED, version="1")
    assert answer.status_code == 409
    assert 'value="支诉2026-007"' in answer.text
    assert "567" in answer.text, "what stands there now is shown beside it"
    assert (await lines(play, program))[0]["people"] == 567


async def test_another_agency_says_what_it_has_otherwise_beginning_with_the_line(
    play: Play, program: Program, browser: Browser
) -> None:
    one = await report(play, program)
    await browser.sign_in(play.world.liwb)
    assert f"/new?like={one['id']}" in await browser.get(base(play))
    page = await browser.get(f"{base(play)}/new?like={one['id']}")
    assert 'value="22450.00"' in page
    answer = await browser.post(f"{base(play)}/new", **{**TYPED, "case_code": one["case_code"]})
    assert answer.status_code == 303
    shown = await browser.get(f"{base(play)}?differing=1")
    assert shown.count("支诉2026-001</th>") + shown.count("支诉2026-001 <") == 2


async def test_a_table_is_looked_at_before_it_is_taken_in(play: Play, program: Program, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"{base(play)}/import")
    looked = await browser.upload(f"{base(play)}/import", "成效.csv", MODEL_CASE.read_bytes())
    assert "86.9" in looked.text
    assert await lines(play, program) == [], "looking changes nothing"
    kept = dict(re.findall(r'<input type="hidden" name="(name|content|confirmed)" value="([^"]*)">', looked.text))
    answer = await browser.post(f"{base(play)}/import", **kept)
    assert answer.status_code == 303
    page = await browser.get(answer.headers["location"])
    assert "869,000" in page
    assert len(await lines(play, program)) == 39


async def test_pasted_cells_are_taken_in_too_and_wrong_ones_stay_in_the_box(
    play: Play, program: Program, browser: Browser
) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"{base(play)}/import")
    pasted = table(ROW.replace("22450.00", "2万5")).decode().replace(",", "\t")
    answer = await browser.post(f"{base(play)}/import", paste=pasted)
    assert answer.status_code == 422
    assert "F2" in answer.text
    assert "2万5" in answer.text.split("<textarea")[1]
    looked = await browser.post(f"{base(play)}/import", paste=pasted.replace("2万5", "22450"))
    kept = dict(re.findall(r'<input type="hidden" name="(name|content|confirmed)" value="([^"]*)">', looked.text))
    assert (await browser.post(f"{base(play)}/import", **kept)).status_code == 303
    assert [one["amount_recovered"] for one in await lines(play, program)] == ["22450.00"]


async def test_nothing_chosen_and_nothing_pasted_is_said(play: Play, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"{base(play)}/import")
    assert (await browser.post(f"{base(play)}/import")).status_code == 422


@pytest.mark.parametrize("fields", [{"content": "汉"}, {"content": "w7w="}, {"paste": "a\rb"}, {"paste": "x" * 140000}])
@pytest.mark.parametrize("name", ["paste.tsv", "x.csv"])
async def test_whatever_a_form_sends_as_a_table_is_refused_in_words(
    play: Play, browser: Browser, fields: dict[str, str], name: str
) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"{base(play)}/import")
    assert (await browser.post(f"{base(play)}/import", name=name, **fields)).status_code == 422


async def test_a_line_that_stood_already_is_not_offered_to_be_undone(
    play: Play, program: Program, browser: Browser
) -> None:
    await program.post(play.world.zhoumin, f"/mechanisms/{play.world.mechanism.id}/outcomes", {**LINE}, status=201)
    play.clock.as_of = play.clock.now() + timedelta(hours=1)
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"{base(play)}/new")
    answer = await browser.post(f"{base(play)}/new", **{**TYPED, **{name: str(value) for name, value in LINE.items()}})
    assert "/remove" not in await browser.get(answer.headers["location"])


def mark_in(page: str) -> str:
    """What stands for the lines that the page shows."""
    found = re.search(r'name="mark" value="(\w+)"', page)
    assert found is not None
    return found[1]


async def test_a_line_that_is_taken_away_twice_is_taken_away_once(
    play: Play, program: Program, browser: Browser
) -> None:
    line = await report(play, program)
    await browser.sign_in(play.world.zhoumin)
    await browser.get(base(play))
    for _ in range(2):
        assert (await browser.post(f"/outcomes/{line['id']}/remove")).status_code == 303
    assert await lines(play, program) == []


async def test_a_period_is_confirmed_on_the_lines_that_were_shown_and_taken_back(
    play: Play, program: Program, browser: Browser
) -> None:
    await report(play, program)
    await confirm(play, program, play.world.zhoumin)
    await browser.sign_in(play.world.liwb)
    page = await browser.get(f"{base(play)}/confirm")
    assert "2026年第三季度" in page, "the quarter that ended last is what there is to confirm"
    seen = {"mark": mark_in(page), **QUARTER}
    [line] = await lines(play, program)
    await program.patch(play.world.zhoumin, f"/outcomes/{line['id']}", {"cause": "追索抚养费"})
    stale = await browser.post(f"{base(play)}/confirm", **seen)
    assert (stale.status_code, "这一时期的数据有变动" in stale.text) == (409, True), "other words under the same sums"
    assert (await browser.post(f"{base(play)}/confirm", **QUARTER)).status_code == 409, "nothing was looked at"
    answer = await browser.post(f"{base(play)}/confirm", **{**seen, "mark": mark_in(stale.text)})
    assert answer.status_code == 303
    assert "confirm/take-back" in await browser.get(answer.headers["location"])
    await browser.post(f"{base(play)}/confirm/take-back", **QUARTER)
    assert "confirm/take-back" not in await browser.get(answer.headers["location"])


async def test_a_difference_is_marked_where_it_lies_and_stops_the_button(
    play: Play, program: Program, browser: Browser
) -> None:
    await report(play, program)
    await report(play, program, by=play.world.liwb, people=2)
    await browser.sign_in(play.world.liwb)
    page = await browser.get(f"{base(play)}/confirm")
    assert page.count("<mark>") == 2
    assert 'name="mark"' not in page


async def test_a_year_that_began_is_shown_by_its_own_quarters(play: Play, browser: Browser) -> None:
    play.clock.as_of = datetime.fromisoformat("2027-02-10T02:00:00+00:00")
    await browser.sign_in(play.world.zhoumin)
    assert "2026年各季度" in await browser.get(f"{base(play)}/confirm"), "the quarter that ended last"
    assert "2027年各季度" in await browser.get(f"{base(play)}/confirm?year=2027")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/confirm",
        "/print",
        "?from=x&to=2026-99-01&agency=abc&group=x&before=",
        "/confirm?year=9999",
        "/confirm?from=2026-09-30&to=2026-07-01",
        "/confirm?from=9999-01-01&to=9999-12-30",
    ],
)
async def test_an_address_that_makes_no_sense_shows_the_page_all_the_same(
    play: Play, browser: Browser, path: str
) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"{base(play)}{path}")


async def test_the_overview_sums_what_each_mechanism_reports(play: Play, program: Program, browser: Browser) -> None:
    await report(play, program)
    await report(play, program, case_code="支诉2025-001", closed_on=date(2025, 1, 6).isoformat(), people=4)
    await browser.sign_in(play.world.chenzy)
    page = await browser.get("/results")
    assert re.search(r'data-h="受助人数">5<', page)
    assert re.search(r'data-h="2026年件数">1<', page)
