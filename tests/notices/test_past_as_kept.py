"""Ledgers of referrals as offices keep them: titles above the headings, numbered rows, other brackets and blanks; what they may not hold."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from liaison.calendaring.workdays import region_calendar
from liaison.documents.headed import Wrong
from liaison.documents.tables import rows_in
from liaison.notices import past_table
from liaison.notices.past_table import Past
from tests.callers import Program
from tests.meetings.play import Play
from tests.notices.past import DONE, HEADINGS, LATE, entered, errors, table, upload
from tests.notices.referred import referred

CALENDAR, TODAY = region_calendar("CN"), date(2026, 11, 23)
NEEDED = ["标题", "移送单位", "接收单位", "移送日期", "办理期限"]


def read(rows: Any) -> list[Past | Wrong]:
    return list(past_table.read(rows, today=TODAY, calendar=CALENDAR))


def one_row(*cells: str) -> Past | Wrong:
    (found,) = read([NEEDED, cells])
    return found


def workbook(*rows: list[Any]) -> Any:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A1:F1")
    kept = io.BytesIO()
    book.save(kept)
    return rows_in("台账.xlsx", kept.getvalue())


def test_a_title_above_the_headings_and_numbered_rows_are_passed_over() -> None:
    found = read(
        workbook(
            ["线索移送台账"],
            ["制表单位：区检察院", None, None, "2024年度"],
            [],
            ["序号", *NEEDED],
            [1, "讨薪", "区检察院", "区司法局", date(2023, 12, 31), date(2024, 1, 8)],
            ["=A5+1", "赡养", "区检察院", "区司法局", date(2024, 1, 1), None],
            [3],
        )
    )
    assert [(one.at, one.subject, one.sent_on) for one in found if isinstance(one, Past)] == [
        (5, "讨薪", date(2023, 12, 31)),
        (6, "赡养", date(2024, 1, 1)),
    ]
    assert len(found) == 2


def test_a_table_with_other_headings_is_refused_at_its_first_row() -> None:
    (wrong,) = read([[], ["日期", "名称"], *(["2024-05-06", "甲"] for _ in range(20))])
    assert isinstance(wrong, Wrong)
    assert wrong.cell == "2"


def test_below_a_column_that_is_not_known_each_row_is_read_all_the_same() -> None:
    found = read(
        [["备注", *NEEDED], ["x", "甲", "区检察院", "区司法局", "2024-05-06"], ["y", "乙", "区检察院", "区司法局"]]
    )
    assert [one.cell if isinstance(one, Wrong) else one.subject for one in found] == ["A1", "甲", "E3"]


@pytest.mark.parametrize("day", ["9999-12-31", "2199-12-31", "0001-01-01"])
def test_a_day_out_of_reach_with_working_days_beside_it_is_named(day: str) -> None:
    wrong = one_row("甲", "区检察院", "区司法局", day, "5个工作日")
    assert isinstance(wrong, Wrong)
    assert wrong.cell == "D2"


@pytest.mark.parametrize(
    ("sent", "due"),
    [("2024/5/6 0:00", "5个工作日内"), ("2024年5月6日", "5 个工作日之内"), ("2024.05.06", "2024/5/11 00:00:00")],
)
def test_days_are_read_as_spreadsheets_and_officers_write_them(sent: str, due: str) -> None:
    found = one_row("甲", "区检察院", "区司法局", sent, due)
    assert isinstance(found, Past)
    assert (found.sent_on, found.due_on) == (date(2024, 5, 6), date(2024, 5, 11))


@pytest.mark.parametrize("number", ["11010519491231002X", "13812345678"])
@pytest.mark.parametrize(
    "said", ["清检移〔2024〕1号", "农民工讨薪线索", "欠薪", "已提供法律援助。", "清检函〔2024〕4号"]
)
async def test_no_column_brings_a_persons_number(play: Play, program: Program, said: str, number: str) -> None:
    place = "ABCDEFGHIJKLMNO"[DONE.split(",").index(said)]
    assert set(errors(await upload(play, program, table(DONE.replace(said, number))))) == {f"{place}2"}


async def test_the_other_agencys_brackets_and_blanks_make_no_second_referral(play: Play, program: Program) -> None:
    world = play.world
    await referred(play, program, case_code="清检移〔2026〕9号")
    uncoded = LATE.replace("清检移〔2026〕4号", "")
    await entered(play, program, DONE, uncoded)
    others = (
        DONE.replace("清检移〔2024〕1号", "清检移［2024］ 1 号"),
        uncoded.replace("抚养费线索", " 抚养费 线索"),
        LATE.replace("清检移〔2026〕4号", "清检移(2026)９号"),
    )
    answer = (await upload(play, program, table(*others), by=world.liwb)).json()
    assert (answer["new"], answer["unchanged"]) == (0, 3)
    twice = errors(await upload(play, program, table(LATE, LATE.replace("〔2026〕", "[2026]"), headings=HEADINGS)))
    assert set(twice) == {"A3"}
