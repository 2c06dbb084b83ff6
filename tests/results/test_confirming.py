"""核对: every agency that reports confirms a period, and one besides its author; differences stand line by line until they are settled."""

from datetime import date, datetime
from typing import Any

import pytest

from liaison.results.models import OutcomeConfirmation
from liaison.results.reconciling import covered_since, standing
from tests.callers import Program
from tests.meetings.play import Play
from tests.results.reported import QUARTER, confirm, lines, path_of, report

AT = datetime.fromisoformat("2026-10-09T09:00:00+00:00")


def word(agency: int, first: str, last: str) -> OutcomeConfirmation:
    return OutcomeConfirmation(
        agency_id=agency, from_on=date.fromisoformat(first), to_on=date.fromisoformat(last), confirmed_at=AT
    )


def test_confirmations_cover_a_period_together_and_a_missing_day_is_missing() -> None:
    halves = [word(1, "2026-02-01", "2026-03-31"), word(1, "2026-01-01", "2026-01-31")]
    assert covered_since(halves, date(2026, 1, 1), date(2026, 3, 31)) == AT
    assert covered_since(halves, date(2026, 1, 10), date(2026, 2, 10)) == AT
    assert covered_since(halves, date(2026, 1, 1), date(2026, 4, 1)) is None
    gap = [word(1, "2026-01-01", "2026-01-30"), word(1, "2026-02-01", "2026-03-31")]
    assert covered_since(gap, date(2026, 1, 1), date(2026, 3, 31)) is None


@pytest.mark.parametrize(
    ("agencies", "reporting", "is_confirmed"),
    [
        ([1], {1}, False),  # its author alone
        ([2], {1}, False),  # another one, and not its author
        ([1, 2], {1}, True),
        ([1, 3], {1}, True),
        ([1, 2], {1, 2}, True),
        ([1, 3], {1, 2}, False),  # one that reports too is missing
        ([1, 2], set(), True),  # nothing to report, and two say so
        ([], set(), False),
    ],
)
def test_who_must_have_confirmed(agencies: list[int], reporting: set[int], is_confirmed: bool) -> None:
    words = [word(agency, "2026-07-01", "2026-09-30") for agency in agencies]
    found = standing(words, date(2026, 7, 1), date(2026, 9, 30), members=[1, 2, 3], reporting=reporting)
    assert found.is_confirmed is is_confirmed


def test_in_a_mechanism_of_one_its_own_word_is_all_there_is() -> None:
    found = standing([word(1, "2026-07-01", "2026-09-30")], date(2026, 7, 1), date(2026, 9, 30), members=[1], reporting={1})  # fmt: skip
    assert found.is_confirmed


async def test_a_period_is_confirmed_once_author_and_another_agency_said_so(play: Play, program: Program) -> None:
    await report(play, program)
    first = await confirm(play, program, play.world.zhoumin)
    assert (first["confirmed"], first["cases"], first["amount_recovered"]) == (False, 1, "22450.00")
    second = await confirm(play, program, play.world.wuxl)
    assert second["confirmed"] is True
    assert (await confirm(play, program, play.world.liwb))["id"] == second["id"], "twice is once, for the agency"


async def test_what_two_agencies_report_differently_stops_confirming_until_it_is_settled(
    play: Play, program: Program
) -> None:
    await report(play, program)
    theirs = await report(play, program, by=play.world.liwb, people=2, amount_recovered="22450")
    found = (await program.get(play.world.zhoumin, path_of(play, "/differences")))["items"]
    assert [(one["case_code"], one["fields"]) for one in found] == [("支诉2026-001", ["people"])]
    assert [line["people"] for line in found[0]["lines"]] == [1, 2]
    assert (await program.refused(play.world.zhoumin, "POST", path_of(play, "/confirm"), QUARTER))[0] == 409
    await program.patch(play.world.liwb, f"/outcomes/{theirs['id']}", {"people": 1})
    assert (await program.get(play.world.zhoumin, path_of(play, "/differences")))["items"] == []
    await confirm(play, program, play.world.zhoumin)


@pytest.mark.parametrize("act", ["enter", "change", "remove", "restore"])
async def test_whatever_changes_what_counts_voids_the_confirmations_of_its_day(
    play: Play, program: Program, act: str
) -> None:
    one = await report(play, program)
    gone = await report(play, program, case_code="支诉2026-009")
    await program.call(play.world.zhoumin, "DELETE", f"/outcomes/{gone['id']}")
    for who in (play.world.zhoumin, play.world.liwb):
        await confirm(play, program, who)
    acts: dict[str, Any] = {
        "enter": lambda: report(play, program, case_code="支诉2026-002", closed_on="2026-07-01"),
        "change": lambda: program.patch(play.world.zhoumin, f"/outcomes/{one['id']}", {"people": 2}),
        "remove": lambda: program.call(play.world.zhoumin, "DELETE", f"/outcomes/{one['id']}"),
        "restore": lambda: program.post(play.world.zhoumin, f"/outcomes/{gone['id']}/restore"),
    }
    await acts[act]()
    again = await confirm(play, program, play.world.liwb)
    assert again["confirmed"] is False, "its author's word is void too"


async def test_a_case_moved_out_of_a_confirmed_period_voids_both_periods(play: Play, program: Program) -> None:
    one = await report(play, program)
    later = {"from": "2026-10-01", "to": "2026-10-31"}
    for who in (play.world.zhoumin, play.world.liwb):
        await confirm(play, program, who)
        await confirm(play, program, who, **later)
    await program.patch(play.world.zhoumin, f"/outcomes/{one['id']}", {"closed_on": "2026-10-02"})
    assert (await confirm(play, program, play.world.liwb))["confirmed"] is False
    assert (await confirm(play, program, play.world.liwb, **later))["confirmed"] is False


async def test_a_line_that_says_what_another_agencys_says_voids_nothing(play: Play, program: Program) -> None:
    await report(play, program)
    await confirm(play, program, play.world.zhoumin)
    await report(play, program, by=play.world.liwb)
    assert (await confirm(play, program, play.world.liwb))["confirmed"] is True


async def test_a_line_that_said_the_same_voids_nothing_when_it_goes_either(play: Play, program: Program) -> None:
    await report(play, program)
    theirs = await report(play, program, by=play.world.liwb)
    for who in (play.world.zhoumin, play.world.liwb):
        await confirm(play, program, who)
    await program.call(play.world.liwb, "DELETE", f"/outcomes/{theirs['id']}")
    assert (await confirm(play, program, play.world.liwb))["confirmed"] is True
    await program.post(play.world.liwb, f"/outcomes/{theirs['id']}/restore")
    assert (await confirm(play, program, play.world.zhoumin))["confirmed"] is True


async def test_figures_that_are_no_number_are_refused(play: Play, program: Program) -> None:
    for text in ("sNaN", "NaN", "Infinity", "x"):
        answer = await program.refused(play.world.liwb, "POST", path_of(play, "/confirm"), {**QUARTER, "amount_recovered": text})  # fmt: skip
        assert answer == (422, ["amount_recovered"])


async def test_a_line_outside_a_confirmed_period_leaves_it_alone(play: Play, program: Program) -> None:
    await report(play, program)
    await confirm(play, program, play.world.zhoumin)
    await report(play, program, case_code="支诉2026-100", closed_on="2026-10-01")
    assert (await confirm(play, program, play.world.liwb))["confirmed"] is True


async def test_figures_that_changed_since_they_were_looked_at_are_not_confirmed(play: Play, program: Program) -> None:
    await report(play, program)
    seen = {**QUARTER, "cases": 1, "people": 1, "amount_recovered": "22450.00"}
    await report(play, program, case_code="支诉2026-002")
    assert (await program.refused(play.world.liwb, "POST", path_of(play, "/confirm"), seen))[0] == 409
    await confirm(play, program, play.world.liwb, cases=2, people=2, amount_recovered="44900")


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"from": "2026-09-30", "to": "2026-07-01"}, "to"),
        ({"from": "2026-07-01", "to": "2026-11-24"}, "to"),
        ({"from": "1900-01-01", "to": "2026-07-01"}, "from"),
    ],
)
async def test_a_period_that_cannot_be_is_refused(
    play: Play, program: Program, days: dict[str, str], field: str
) -> None:
    assert (await program.refused(play.world.zhoumin, "POST", path_of(play, "/confirm"), days)) == (422, [field])


async def test_participants_readers_and_others_confirm_nothing(play: Play, program: Program) -> None:
    await report(play, program)
    for who, status in ((play.world.chenzy, 403), (play.world.maolin, 403), (play.world.songhp, 403), (play.world.sunl, 404)):  # fmt: skip
        assert (await program.refused(who, "POST", path_of(play, "/confirm"), QUARTER))[0] == status
    assert not any(one["confirmed"] for one in await lines(play, program))
