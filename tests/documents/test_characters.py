"""What was stored once makes a file, whatever is in it: characters that XML has no place for, and names that Excel takes for no sheet."""

import io
import zipfile

import docx
import openpyxl
import pytest

from liaison.checks import Check
from liaison.documents.layout import Paper
from liaison.documents.spreadsheet import tables_of, workbook

UNFIT = "\x00\x08\x1f\ufffe\uffff\ud800"


@pytest.mark.parametrize("one", ["\ufffe", "\uffff", "\ud800", "\x00"])
def test_no_text_is_taken_in_with_a_character_that_no_file_holds(one: str) -> None:
    check = Check()
    check.text("title", f"建立{one}台账", most=80)
    assert list(check.errors) == ["title"]


def test_a_sheet_holds_what_was_stored_without_what_nobody_sees() -> None:
    assert tables_of(workbook({f"台{UNFIT}账": [["事项"], [f"建立{UNFIT}台账\n二"]]})) == [[["事项"], ["建立台账\n二"]]]


def test_a_paper_holds_what_was_stored_without_what_nobody_sees() -> None:
    paper = Paper()
    paper.name(f"纪{UNFIT}要" * 200)
    paper.title(f"纪{UNFIT}要")
    paper.body(f"会议{UNFIT}议定")
    paper.table(["事项"], [[f"台{UNFIT}账"]], [100])
    read = docx.Document(io.BytesIO(paper.to_bytes()))
    assert "会议议定" in [one.text for one in read.paragraphs]
    assert read.tables[0].cell(1, 0).text == "台账"
    assert read.core_properties.title == ("纪要" * 200)[:255]


def test_sheets_are_called_by_their_titles_as_far_as_excel_takes_them() -> None:
    long = "关于建立支持起诉与法律援助协作机制的若干意见（试行）及实施细则说明"
    titles = [
        "意见[2026]: 一*二?三/四\\五",
        "意见 2026  一 二 三 四 五",
        long,
        long + "二",
        "[]",
        "'",
        "😀" * 20,
        "Aa",
        "aA ",
    ]
    names = openpyxl.load_workbook(io.BytesIO(workbook({one: [["x"]] for one in titles}))).sheetnames
    assert names[0] == "意见 2026 一 二 三 四 五"
    assert names[2] == long[:31]
    assert names[3] == long[:27] + " (2)"
    assert names[4:6] == ["Sheet5", "Sheet6"]
    assert names[6] == "😀" * 15
    assert names[7:] == ["Aa", "aA (2)"]
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")


def test_a_book_of_such_sheets_opens() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook({"a/b": [["1"]], "a\\b": [["2"]]}))) as made:
        assert made.testzip() is None
    assert tables_of(workbook({"a/b": [["1"]], "a\\b": [["2"]]})) == [[["1"]], [["2"]]]
