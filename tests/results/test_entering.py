"""Outcomes: each agency reports its own cases under a code; a case that two agencies report counts once."""

from typing import Any

import pytest

from liaison.results.terms import adopted
from tests.callers import Program
from tests.meetings.play import Play
from tests.results.reported import LINE, QUARTER, confirm, lines, path_of, report


async def figures(play: Play, program: Program) -> tuple[int, int, str]:
    """What counts: added up from the lines that do."""
    counted = [one for one in await lines(play, program) if one["counts"]]
    fen = sum(int((one["amount_recovered"] or "0.00").replace(".", "")) for one in counted)
    return sum(one["cases"] for one in counted), sum(one["people"] for one in counted), f"{fen // 100}.{fen % 100:02}"


async def test_a_line_is_kept_as_it_was_said_with_its_sum_to_the_fen(play: Play, program: Program) -> None:
    one = await report(play, program, amount_recovered="2.245万元", beneficiary_group="Migrant workers")
    assert (one["amount_recovered"], one["beneficiary_group"], one["cases"]) == ("22450.00", "农民工", 1)
    assert one["agency_id"] == str(play.world.jcy.id)
    assert await program.get(play.world.liwb, f"/outcomes/{one['id']}") == {**one, "confirmed": False}


async def test_a_group_cause_and_result_of_its_own_is_kept_as_written(play: Play, program: Program) -> None:
    one = await report(play, program, beneficiary_group="外卖骑手", cause="工伤待遇", result="检察建议被采纳")
    assert (one["beneficiary_group"], one["cause"], one["result"]) == ("外卖骑手", "工伤待遇", "检察建议被采纳")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"case_code": " "}, "case_code"),
        ({"case_code": "11010519491231002X"}, "case_code"),
        ({"closed_on": "2026-11-24"}, "closed_on"),
        ({"people": -1}, "people"),
        ({"cases": 10000}, "cases"),
        ({"amount_recovered": "约3万元"}, "amount_recovered"),
        ({"cause": "x" * 81}, "cause"),
        ({"beneficiary_group": ""}, "beneficiary_group"),
        ({"result": "绝密★启用前"}, "result"),
    ],
)
async def test_what_is_wrong_is_refused_at_its_field_and_nothing_is_kept(
    play: Play, program: Program, more: dict[str, Any], field: str
) -> None:
    answer = await program.refused(play.world.zhoumin, "POST", path_of(play), LINE | more)
    assert answer == (422, [field])
    assert await lines(play, program) == []


async def test_the_same_line_twice_is_one_and_another_of_its_code_is_refused(play: Play, program: Program) -> None:
    one = await report(play, program)
    assert (await report(play, program))["id"] == one["id"]
    answer = await program.refused(play.world.zhoumin, "POST", path_of(play), LINE | {"people": 2})
    assert answer == (422, ["case_code"])


async def test_signs_that_nobody_sees_make_no_second_case(play: Play, program: Program) -> None:
    one = await report(play, program)
    assert (await report(play, program, case_code="支诉\u200b2026-001\u202e"))["id"] == one["id"]


async def test_a_case_that_two_agencies_report_counts_once_as_the_first_said_it(play: Play, program: Program) -> None:
    await report(play, program)
    await report(play, program, by=play.world.liwb, people=2, amount_recovered="30000")
    assert await figures(play, program) == (1, 1, "22450.00")


async def test_when_the_first_line_is_taken_away_the_other_agencys_counts_until_it_comes_back(
    play: Play, program: Program
) -> None:
    one = await report(play, program)
    await report(play, program, by=play.world.liwb, people=2, amount_recovered=None)
    await program.call(play.world.zhoumin, "DELETE", f"/outcomes/{one['id']}")
    assert await figures(play, program) == (1, 2, "0.00")
    await program.post(play.world.zhoumin, f"/outcomes/{one['id']}/restore")
    assert await figures(play, program) == (1, 1, "22450.00")


async def test_a_changed_code_leaves_and_joins_the_cases_that_it_names(play: Play, program: Program) -> None:
    first = await report(play, program)
    await report(play, program, by=play.world.liwb, case_code="支诉2026-002", people=3)
    await program.patch(play.world.zhoumin, f"/outcomes/{first['id']}", {"case_code": "支诉2026-002"})
    assert (await figures(play, program))[0] == 1
    await program.patch(play.world.zhoumin, f"/outcomes/{first['id']}", {"case_code": "支诉2026-003"})
    assert (await figures(play, program))[:2] == (2, 4)


async def test_a_line_cannot_come_back_beside_another_of_its_agency(play: Play, program: Program) -> None:
    one = await report(play, program)
    await program.call(play.world.zhoumin, "DELETE", f"/outcomes/{one['id']}")
    await report(play, program, people=2)
    answer = await program.refused(play.world.zhoumin, "POST", f"/outcomes/{one['id']}/restore")
    assert answer == (409, [])


async def test_a_stale_change_is_refused_and_changes_nothing(play: Play, program: Program) -> None:
    one = await report(play, program)
    await program.patch(play.world.qianwei, f"/outcomes/{one['id']}", {"people": 2, "version": 1})
    answer = await program.refused(play.world.zhoumin, "PATCH", f"/outcomes/{one['id']}", {"people": 3, "version": 1})
    assert answer[0] == 409
    assert (await lines(play, program))[0]["people"] == 2


async def test_nobody_changes_or_takes_away_what_another_agency_said(play: Play, program: Program) -> None:
    one = await report(play, program)
    for method, body in (("PATCH", {"people": 2}), ("DELETE", None)):
        assert (await program.refused(play.world.liwb, method, f"/outcomes/{one['id']}", body))[0] == 403
    assert (await program.refused(play.world.chenzy, "PATCH", f"/outcomes/{one['id']}", {"people": 2}))[0] == 403
    assert (await program.refused(play.world.sunl, "GET", f"/outcomes/{one['id']}"))[0] == 404


async def test_an_agency_that_left_reads_what_was_entered_while_it_was_a_member(play: Play, program: Program) -> None:
    one = await report(play, program)  # 区民政局 left in 2025
    assert (await program.refused(play.world.songhp, "GET", f"/outcomes/{one['id']}"))[0] == 404
    assert await lines(play, program, play.world.songhp) == []


async def test_a_reader_from_outside_reads_no_single_line(play: Play, program: Program) -> None:
    one = await report(play, program)
    assert (await program.refused(play.world.maolin, "GET", path_of(play)))[0] == 403
    assert (await program.refused(play.world.maolin, "GET", f"/outcomes/{one['id']}"))[0] == 404


async def test_lines_are_narrowed_by_day_and_agency(play: Play, program: Program) -> None:
    await report(play, program)
    await report(play, program, case_code="支诉2025-009", closed_on="2025-12-31")
    await report(play, program, by=play.world.liwb, case_code="援2026-1", closed_on="2026-09-30")
    assert [one["case_code"] for one in await lines(play, program, query="?from=2026-01-01&to=2026-09-30")] == [
        "支诉2026-001",
        "援2026-1",
    ]
    assert [one["case_code"] for one in await lines(play, program, query=f"?agency={play.world.sfj.id}")] == [
        "援2026-1"
    ]
    assert (await program.refused(play.world.zhoumin, "GET", path_of(play, "?from=2026-13-01")))[1] == ["from"]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("支持起诉意见被采纳", "adopted"),
        ("采纳", "adopted"),
        ("部分采纳", "in_part"),
        ("支持起诉意见未被采纳", "not_adopted"),
        ("不予采纳", "not_adopted"),
        ("调解结案", None),
        ("未予采纳", "not_adopted"),
        ("未获采纳", "not_adopted"),
        ("拒绝采纳", "not_adopted"),
        ("建议未被法院采纳", "not_adopted"),
        ("部分采纳，部分未采纳", "in_part"),
        ("未全部采纳", "in_part"),
        ("尚待采纳", None),
        (None, None),
    ],
)
def test_the_words_of_a_result_say_whether_it_was_adopted(result: str | None, said: str | None) -> None:
    assert adopted(result) == said


async def test_a_period_once_confirmed_is_named_in_the_day_that_a_later_line_touches(
    play: Play, program: Program
) -> None:
    await report(play, program)
    await confirm(play, program, play.world.zhoumin)
    await confirm(play, program, play.world.liwb)
    await report(play, program, case_code="支诉2026-100", closed_on="2026-10-08")
    assert [one["confirmed"] for one in await lines(play, program)] == [True, False], QUARTER
