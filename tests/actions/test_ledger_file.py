"""The ledger as a spreadsheet: what it says, that no cell is a formula, and that it comes back row by row, all or nothing."""

import io
from datetime import date
from html import unescape
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event

from liaison.actions import assigning, queries, reporting
from liaison.actions.ledger_export import exported
from liaison.actions.ledger_import import TakenIn, take_in
from liaison.actions.ledger_table import LedgerRefused
from liaison.actions.models import ActionItem
from liaison.actions.queries import Filters
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.documents.spreadsheet import tables_of, workbook
from liaison.i18n import Words
from tests.callers import Browser
from tests.statements import noting
from tests.world import World

TODAY = date(2026, 11, 23)
ZH, EN = Words("zh_CN", "Asia/Shanghai", TODAY), Words("en", "Asia/Shanghai", TODAY)
TITLE, LEAD, OWNER, SUPPORTING, DUE, STATE, NOTE = range(1, 8)
Table = list[list[str]]


async def assigned(database: Database, world: World, title: str, **more: Any) -> int:
    given: dict[str, Any] = {"lead_agency_id": world.sfj.id, "owner_id": world.liwb.id, "due_on": date(2026, 12, 10)}
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        return (await assigning.assign(db, viewer, world.mechanism.id, title=title, **given | more)).id


@pytest.fixture
async def items(database: Database, world: World) -> list[int]:
    return [
        await assigned(database, world, "建立线索台账", supporting_agency_ids=[world.jcy.id]),
        await assigned(database, world, "=1+1", due_on=date(2026, 12, 20)),
    ]


async def table_for(database: Database, world: World, person: Person, words: Words = ZH) -> Table:
    async with database.reading() as db:
        viewer = await world.viewer(db, person)
        return await exported(db, viewer, Filters(), words, today=TODAY)


async def taken(database: Database, world: World, table: Table, person: Person | None = None) -> TakenIn:
    async with database.writing() as db:
        return await take_in(db, await world.viewer(db, person or world.liwb), table, ZH)


async def refusals(database: Database, world: World, table: Table, person: Person | None = None) -> list[str]:
    with pytest.raises(LedgerRefused) as refused:
        await taken(database, world, table, person)
    return [one.worded(ZH) for one in refused.value.wrong]


async def test_a_row_says_what_the_ledger_says(database: Database, world: World, items: list[int]) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        await reporting.report(db, viewer, await queries.get(db, viewer, items[0]), "已完成一半")
    head, first, _ = await table_for(database, world, world.zhoumin)
    row = dict(zip(head, first, strict=True))
    assert row["落实事项"] == "建立线索台账"
    assert (row["责任单位"], row["责任人"], row["配合单位"]) == ("区司法局", "李文博", "区检察院")
    assert (row["完成时限"], row["最新进展"], row["协作机制"]) == ("2026-12-10", "已完成一半", "支持起诉协作机制")


async def test_no_cell_is_a_formula(database: Database, world: World, items: list[int]) -> None:
    table = await table_for(database, world, world.zhoumin)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook({"台账": table}))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert sheet.cell(3, 2).value == "=1+1"


def test_a_column_is_as_wide_as_its_texts_and_long_ones_are_wrapped() -> None:
    rows = [["编号", "事项"], ["1-1-8b237f36", "研究" * 40], ["", "短"]]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook({"台账": rows}))).active
    assert sheet is not None
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (15, 44)
    assert sheet["B2"].alignment.wrap_text


async def test_the_same_table_changes_nothing_in_whichever_language_it_was_written_out(
    database: Database, world: World, items: list[int]
) -> None:
    for words in (ZH, EN):
        written = tables_of(workbook({"x": await table_for(database, world, world.liwb, words)}))[0]
        assert await taken(database, world, written) == TakenIn([], 2)
    async with database.reading() as db:
        assert [(await db.get_one(ActionItem, each)).version for each in items] == [1, 1]


async def test_changed_cells_go_through_the_verbs(database: Database, world: World, items: list[int]) -> None:
    table = await table_for(database, world, world.liwb)
    table[1][TITLE], table[1][DUE], table[1][OWNER] = "建立线索编号台账", "2026-12-31", "吴晓岚"
    table[2][STATE], table[2][NOTE] = "办结", "已建成"
    first, second = (await taken(database, world, table)).rows
    assert (first.row, [*first.changes]) == (2, ["title", "owner", "due"])
    assert (second.row, [*second.changes]) == (3, ["state", "note"])
    assert first.changes["due"] == ("2026-12-10", "2026-12-31")
    async with database.reading() as db:
        one, two = [await db.get_one(ActionItem, each) for each in items]
        assert (one.title, one.due_on, one.owner_id) == ("建立线索编号台账", date(2026, 12, 31), world.wuxl.id)
        assert (two.ended_how, two.ended_note) == ("done", "已建成")


async def test_changed_unknown_and_repeated_numbers_are_named_by_row(
    database: Database, world: World, items: list[int]
) -> None:
    table = await table_for(database, world, world.liwb)
    number = table[1][0]
    for wrong in ("999", number[:-1] + ("0" if number[-1] != "0" else "1"), f"9{number}"):
        table[1][0] = wrong
        (text,) = await refusals(database, world, table)
        assert text.startswith("第2行，编号（请勿改动）"), text
    table[1] = list(table[2])
    (text,) = await refusals(database, world, table)
    assert "第2行" in text
    assert text.startswith("第3行")


async def test_rows_that_change_nothing_cost_no_statements_of_their_own(
    database: Database, world: World, items: list[int]
) -> None:
    asked: list[str] = []

    note = noting(asked)

    event.listen(database.writer.sync_engine, "before_cursor_execute", note)
    table, counts = await table_for(database, world, world.zhoumin), []
    for rows in (table[:2], table):
        asked.clear()
        assert (await taken(database, world, rows)).rows == []
        counts.append(len(asked))
    assert counts[0] == counts[1] > 0


async def test_a_row_of_somebody_elses_mechanism_is_unknown(database: Database, world: World, items: list[int]) -> None:
    table = await table_for(database, world, world.liwb)
    assert len(await refusals(database, world, table, world.guyan)) == 2


async def test_one_wrong_row_keeps_all_rows_out_and_every_wrong_one_is_named(
    database: Database, world: World, items: list[int]
) -> None:
    table = await table_for(database, world, world.liwb)
    table[1][TITLE] = "改好的一行"
    table[2][LEAD], table[2][OWNER], table[2][DUE] = "区民政局二", "张三", "明天"
    wrong = await refusals(database, world, table)
    assert len(wrong) == 2, wrong
    assert wrong[0].startswith("第3行，责任单位")
    table[2][LEAD] = "区司法局"
    wrong = await refusals(database, world, table)
    assert [one.partition("：")[0] for one in wrong] == ["第3行，责任人", "第3行，完成时限"]
    async with database.reading() as db:
        assert (await db.get_one(ActionItem, items[0])).title == "建立线索台账"


async def test_a_row_that_somebody_changed_since_it_was_exported_is_refused(
    database: Database, world: World, items: list[int]
) -> None:
    table = await table_for(database, world, world.liwb)
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        await assigning.change(db, viewer, await queries.get(db, viewer, items[0]), title="别人改的")
    table[1][TITLE] = "我改的"
    (text,) = await refusals(database, world, table)
    assert "导出后" in text


async def test_nobody_may_more_by_a_table_than_on_the_page(database: Database, world: World, items: list[int]) -> None:
    table = await table_for(database, world, world.zhoumin)
    table[1][STATE] = "办结"
    (text,) = await refusals(database, world, table, world.zhoumin)
    assert "进展由责任人" in text
    table[1][STATE] = "终止办理"
    assert len(await refusals(database, world, table)) == 1


async def test_the_page_shows_what_would_change_and_takes_it_in_once_confirmed(
    database: Database, world: World, items: list[int], settings: Settings, clock: Clock
) -> None:
    browser = await Browser(settings, database, clock).sign_in(world.liwb)
    await browser.get("/actions?status=all")
    answer = await browser.client.get("/actions/ledger.xlsx?status=all")
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    table = tables_of(answer.content)[0]
    table[1][TITLE] = "改好的一行"
    looked = await browser.upload("/actions/import", "台账.xlsx", workbook({"x": table}))
    assert "改好的一行" in looked.text
    assert "建立线索台账 → <b>改好的一行</b>" in looked.text, "what stood there, and what is to"
    async with database.reading() as db:
        assert (await db.get_one(ActionItem, items[0])).title == "建立线索台账", "nothing before it was confirmed"
    rows = looked.text.split('name="rows" value="')[1].split('"')[0]
    done = await browser.post("/actions/import", rows=unescape(rows), confirmed="1")
    assert done.headers["location"] == "/actions?taken=1"
    async with database.reading() as db:
        assert (await db.get_one(ActionItem, items[0])).title == "改好的一行"
    nothing = await browser.post("/actions/import")
    assert (nothing.status_code, "请选择文件" in nothing.text) == (422, True)


async def test_whoever_waits_hears_how_many_rows_are_done(database: Database, world: World, items: list[int]) -> None:
    table = await table_for(database, world, world.liwb)
    heard: list[tuple[int, int]] = []
    async with database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        await take_in(db, viewer, table, ZH, told=lambda done, of: heard.append((done, of)))
    assert heard == [(0, 2), (1, 2), (2, 2)]
