"""A report as a spreadsheet: figures that can be added up, texts that stay texts, and a page that prints."""

import io

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from liaison.documents.report_sheet import to_xlsx

TABLE = (
    "按受助群体",
    ["受助群体", "件数", "追回金额（元）", "同比"],
    [["农民工", "31", "869,000", "+12.5%"], ["老年人", "1,008", "22,450.50", "—"], ["=1+1", "=1+1", "@x", "2021年"]],
)


@pytest.fixture(scope="module")
def sheet() -> Worksheet:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx("某机制工作成效报告", "2021年", [TABLE, TABLE], ["注。"])))
    assert len(book.worksheets) == 1
    return book.worksheets[0]


def test_figures_are_numbers_and_everything_else_is_text(sheet: Worksheet) -> None:
    rows = {str(row[0].value): row for row in sheet.iter_rows()}
    assert [cell.value for cell in rows["农民工"][1:3]] == [31, 869000]
    assert [cell.value for cell in rows["老年人"][1:3]] == [1008, 22450.5]
    assert [cell.data_type for cell in rows["农民工"]] == ["s", "n", "n", "s"]
    assert [cell.data_type for cell in rows["=1+1"]] == ["s"] * 4, "nothing is worked out"


def test_it_prints_upright_on_a4_as_wide_as_the_paper(sheet: Worksheet) -> None:
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)


def test_a_report_without_a_table_is_its_title() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx("标题", "2021年", [], [])))
    assert [row[0].value for row in book.worksheets[0].iter_rows()] == ["标题", "2021年"]
