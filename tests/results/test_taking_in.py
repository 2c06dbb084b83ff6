"""A table of outcomes is taken in whole or not at all, and every place that is wrong is named by its cell."""

import asyncio
import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from liaison.accounts.viewer import COMMAND_LINE
from liaison.documents import spreadsheet
from liaison.documents.tables import rows_in
from liaison.i18n import Words
from liaison.results import outcome_table, queries, taking_in
from liaison.results.models import Outcome
from tests.callers import Program
from tests.meetings.play import Play
from tests.results.reported import MODEL_CASE, confirm, lines, report, upload

DAY = date(2026, 11, 23)
HEADINGS = "编号,办结日期,受助群体,案由,受助人数,追回金额（元）,结果"
ROW = "支诉2026-001,2026-08-12,农民工,追索劳动报酬,1,22450.00,支持起诉意见被采纳"


def table(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *rows]).encode()


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def errors(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.text
    return {error["field"]: error["message"] for error in response.json()["errors"]}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16"])
async def test_the_model_case_comes_in_whatever_its_encoding(play: Play, program: Program, encoding: str) -> None:
    content = MODEL_CASE.read_text("utf-8-sig").encode(encoding)
    taken = (await upload(play, program, content)).json()
    assert (taken["new"], taken["cases"], taken["people"], taken["amount_recovered"]) == (39, 39, 39, "869000.00")
    assert len(await lines(play, program)) == 39


async def test_a_workbook_says_the_same_with_real_dates_and_numbers(play: Play, program: Program) -> None:
    content = workbook(
        [HEADINGS.split(","), ["支诉2026-001", date(2026, 8, 12), "农民工", "追索劳动报酬", 1, 22450.5, "采纳"]]
    )
    assert (await upload(play, program, content, name="成效.xlsx")).json()["amount_recovered"] == "22450.50"


async def test_the_same_table_again_changes_nothing(play: Play, program: Program) -> None:
    await upload(play, program, table(ROW))
    again = (await upload(play, program, table(ROW))).json()
    assert (again["new"], again["unchanged"]) == (0, 1)
    assert len(await lines(play, program)) == 1


async def test_a_dry_run_says_what_would_come_and_keeps_nothing(play: Play, program: Program) -> None:
    taken = (await upload(play, program, table(ROW), query="?dry_run=true")).json()
    assert (taken["dry_run"], taken["new"]) == (True, 1)
    assert await lines(play, program) == []


async def test_one_wrong_cell_stops_the_whole_table_and_each_is_named_by_its_address(
    play: Play, program: Program
) -> None:
    bad = "支诉2026-002,昨天,,追索劳动报酬,一,约3万,采纳"
    found = errors(await upload(play, program, table(ROW, bad)))
    assert set(found) == {"B3", "C3", "E3", "F3"}
    assert await lines(play, program) == []


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([ROW, ROW.replace("22450.00", "1")], "3"),
        ([ROW.replace("支诉2026-001", "11010519491231002X")], "A2"),
        ([ROW.replace("追索劳动报酬", "4111111111111111")], "D2"),
        ([ROW.replace("2026-08-12", "2026-11-24")], "B2"),
        ([ROW.replace("22450.00", "1.2.3")], "F2"),
        ([ROW.replace("22450.00", "22450.005")], "F2"),
        ([], "file"),
    ],
)
async def test_what_is_not_taken_is_named(play: Play, program: Program, rows: list[str], place: str) -> None:
    assert list(errors(await upload(play, program, table(*rows)))) == [place]
    assert await lines(play, program) == []


async def test_a_repeated_code_names_code_and_the_row_where_it_stood(play: Play, program: Program) -> None:
    (message,) = errors(await upload(play, program, table(ROW, ROW))).values()
    assert "支诉2026-001" in message
    assert "2" in message


async def test_a_case_reported_already_and_otherwise_is_named_and_never_overwritten(
    play: Play, program: Program
) -> None:
    await report(play, program)
    (message,) = errors(await upload(play, program, table(ROW.replace(",1,", ",9,")))).values()
    assert "支诉2026-001" in message
    assert (await lines(play, program))[0]["people"] == 1


@pytest.mark.parametrize("headings", ["姓名,单位", HEADINGS.replace("案由", "备注"), HEADINGS + ",身份证号"])
async def test_headings_that_are_not_known_are_refused(play: Play, program: Program, headings: str) -> None:
    assert errors(await upload(play, program, table(ROW, headings=headings)))


async def test_sums_in_ten_thousands_are_read_by_their_heading(play: Play, program: Program) -> None:
    content = table(ROW.replace("22450.00", "2.245"), headings=HEADINGS.replace("（元）", "（万元）"))
    assert (await upload(play, program, content)).json()["amount_recovered"] == "22450.00"


async def test_a_formula_is_refused_by_its_cell_and_never_worked_out(play: Play, program: Program) -> None:
    content = workbook(
        [HEADINGS.split(","), ["支诉2026-001", "2026-08-12", "农民工", "追索劳动报酬", 1, "=1+1", "采纳"]]
    )
    found = errors(await upload(play, program, content, name="成效.xlsx"))
    assert list(found) == ["F2"]


async def test_nothing_is_dropped_because_its_column_has_no_heading(play: Play, program: Program) -> None:
    found = errors(await upload(play, program, table(ROW + ",3000", headings=HEADINGS + ",")))
    assert list(found) == ["H2"]


async def test_of_several_sheets_none_is_guessed_and_a_hidden_one_is_none(play: Play, program: Program) -> None:
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("二")):
        sheet.append(HEADINGS.split(","))
        sheet.append(ROW.split(","))
    out = io.BytesIO()
    book.save(out)
    assert list(errors(await upload(play, program, out.getvalue(), name="x.xlsx"))) == ["file"]
    book.active.sheet_state = "hidden"
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    assert (await upload(play, program, out.getvalue(), name="x.xlsx")).json()["new"] == 1


async def test_another_agencys_lines_are_not_taken_in_from_a_table(play: Play, program: Program) -> None:
    headings = HEADINGS + ",填报单位"
    found = errors(await upload(play, program, table(ROW + ",区司法局", headings=headings)))
    assert list(found) == ["2"]
    taken = (await upload(play, program, table(ROW + ",区检察院", headings=headings))).json()
    assert taken["new"] == 1


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe", b"PK\x03\x04", b"\xff\xfe", "编号\n".encode(), b"a" * 1_400_001]
)
@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.pdf", "x"])
async def test_what_is_no_table_is_refused(play: Play, program: Program, content: bytes, name: str) -> None:
    assert errors(await upload(play, program, content, name=name))


async def test_lines_that_differ_from_another_agencys_are_taken_in_and_counted_as_differing(
    play: Play, program: Program
) -> None:
    await report(play, program, by=play.world.liwb, people=2)
    taken = (await upload(play, program, table(ROW))).json()
    assert (taken["new"], taken["differing"], taken["people"]) == (1, 1, 0), "the case counts already"
    assert [one["counts"] for one in await lines(play, program)] == [True, False]


async def test_a_table_voids_the_confirmations_of_its_days_alone(play: Play, program: Program) -> None:
    for who in (play.world.zhoumin, play.world.liwb):
        await confirm(play, program, who)
        await confirm(play, program, who, **{"from": "2025-01-01", "to": "2025-12-31"})
    await upload(play, program, table(ROW))
    assert (await confirm(play, program, play.world.liwb))["confirmed"] is False
    old = await confirm(play, program, play.world.liwb, **{"from": "2025-01-01", "to": "2025-12-31"})
    assert old["confirmed"] is True


async def test_what_is_written_out_reads_back_and_holds_no_formula(play: Play, program: Program) -> None:
    await report(play, program, case_code="=HYPERLINK(1)", cause="+追索")
    await report(play, program, case_code="支诉2026-002", amount_recovered=None, result=None, cases=0)
    for locale in ("zh_CN", "en"):
        async with play.database.reading() as db:
            viewer = await play.world.viewer(db, play.world.zhoumin)
            mechanism = await queries.readable(db, viewer, play.world.mechanism.id, lines=True)
            found = await queries.listed(db, viewer, mechanism, queries.Filters())
            rows = outcome_table.table_of(Words(locale, "Asia/Shanghai"), found)
        content = spreadsheet.workbook({"成效": rows})
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        taken = (await upload(play, program, content, name="x.xlsx")).json()
        assert (taken["new"], taken["unchanged"]) == (0, 2)


async def test_rows_are_taken_in_chunk_by_chunk(play: Play) -> None:
    """However many rows there are, one chunk of them is held at once."""
    rows = [f"支诉{n:05},2026-08-12,农民工,追索劳动报酬,1,1.00,采纳" for n in range(2000)]
    read = outcome_table.read(rows_in("x.csv", table(*rows)), today=play.clock.today("Asia/Shanghai"))
    async with play.database.writing() as db:
        taken = await taking_in.take_in(db, COMMAND_LINE, play.world.mechanism.id, read, agency="区检察院")
        assert taken.new == 2000
        assert len(taken.first) == taking_in.SHOWN
        assert (await db.execute(select(func.count(Outcome.id)))).scalar_one() == 2000
        assert not [one for one in db.identity_map.values() if isinstance(one, Outcome)], "no row stays in memory"


def test_the_model_case_is_the_one_that_is_shipped() -> None:
    assert Path(MODEL_CASE).read_bytes().startswith(b"\xef\xbb\xbf"), (
        "with a mark of its encoding, as spreadsheets write it"
    )


async def test_whoever_waits_hears_how_many_rows_are_read_and_others_go_on_meanwhile(play: Play) -> None:
    rows = list(
        outcome_table.read(rows_in("x.csv", table(*(ROW.replace("001", str(n)) for n in range(600)))), today=DAY)
    )
    heard: list[tuple[int, int, int]] = []
    turns: list[int] = []

    async def others() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        beside = asyncio.create_task(others())
        told = lambda done, of: heard.append((done, of, len(turns)))  # noqa: E731
        await taking_in.take_in(db, viewer, play.world.mechanism.id, iter(rows), of=len(rows), told=told)
        beside.cancel()
    assert [(done, of) for done, of, _ in heard] == [(250, 600), (500, 600), (600, 600)]
    assert heard[0][2] < heard[1][2] < heard[2][2]
