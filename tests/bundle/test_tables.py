"""Tables from CSV files, spreadsheets and the clipboard: the headings say what they hold."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from liaison.bundle import workbook
from liaison.bundle.tables import as_paste, bundle_of_tables, csv_rows, pasted_rows
from liaison.bundle.values import Bundle, BundleRefused
from liaison.documents import spreadsheet

PEOPLE = [
    ["单位", "姓名", "职务", "电话", "邮箱", "是否联络员", "指定日期"],
    ["区检察院", "周敏", "四级检察官助理", "0553-0000011", "zhoumin@jcy.qingzhi.example", "是", "2022年5月23日"],
    ["区司法局", "吴晓岚", "科员", "", "", "副联络员", ""],
]


def refused(tables: list[list[list[str]]], **how: bool) -> list[tuple[int | None, str]]:
    with pytest.raises(BundleRefused) as caught:
        bundle_of_tables(tables, **how)
    return [(each.line, each.field) for each in caught.value.lines]


def people(bundle: Bundle) -> list[tuple[str | None, str | None, str | None, date | None]]:
    return [(p.text("agency"), p.text("name"), p.text("liaison"), p.day("starts_on")) for p in bundle.people]


def test_a_table_of_people_says_who_is_liaison_since_when() -> None:
    assert people(bundle_of_tables([PEOPLE])) == [
        ("区检察院", "周敏", "principal", date(2022, 5, 23)),
        ("区司法局", "吴晓岚", "deputy", None),
    ]


def test_columns_may_stand_in_any_order_and_in_english() -> None:
    table = [["Liaison", "Name", "Agency"], ["yes", "Zhou Min", "Procuratorate"]]
    assert people(bundle_of_tables([table])) == [("Procuratorate", "Zhou Min", "principal", None)]


def test_pasted_cells_without_headings_mean_agency_name_title_phone_mail_liaison() -> None:
    rows = pasted_rows(
        "区检察院\t周敏\t助理\t0553-0000011\tzhoumin@jcy.qingzhi.example\t是\r\n\r\n区司法局\t李文博\r\n"
    )
    assert people(bundle_of_tables([rows])) == [
        ("区检察院", "周敏", "principal", None),
        ("区司法局", "李文博", None, None),
    ]


def test_a_pasted_cell_may_hold_a_line_break() -> None:
    assert pasted_rows('区检察院\t"周\n敏"') == [["区检察院", "周\n敏"]]


def test_what_was_read_can_be_put_back_into_the_paste_box() -> None:
    rows = [["a", 'b"c', "d\te", "f\ng"], ["", "=1", "x", ""]]
    assert pasted_rows(as_paste(rows)) == rows


def test_an_agency_only_named_beside_a_person_is_new_where_that_is_asked_for() -> None:
    bundle = bundle_of_tables([PEOPLE], new_agencies=True)
    assert [(a.text("short_name"), a.text("name"), a.only_new) for a in bundle.agencies] == [
        ("区检察院", "区检察院", True),
        ("区司法局", "区司法局", True),
    ]
    assert bundle_of_tables([PEOPLE]).agencies == ()


def test_an_error_names_row_and_heading() -> None:
    table = [*PEOPLE, ["区司法局", "", "", "", "not a mail", "也许", ""]]
    assert refused([table]) == [(4, "姓名"), (4, "邮箱"), (4, "是否联络员")]


def test_an_unknown_column_is_refused() -> None:
    assert refused([[["单位", "姓名", "身高"], ["a", "b", "c"]]]) == [(1, "身高")]


def test_a_table_of_another_kind_is_refused() -> None:
    assert refused([[["编号", "办结日期", "受助群体", "案由", "受助人数", "追回金额（元）", "结果"]]]) == [(1, "")]


def test_a_table_without_agency_needs_one_told() -> None:
    table = [["姓名"], ["周敏"]]
    assert refused([table]) == [(2, "people.agency")]
    assert people(bundle_of_tables([table], agency="区检察院")) == [("区检察院", "周敏", None, None)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_is_read_in_the_encodings_and_with_the_marks_of_spreadsheet_programs(
    encoding: str, delimiter: str
) -> None:
    text = "\r\n".join(delimiter.join(row) for row in PEOPLE)
    assert people(bundle_of_tables([csv_rows(text.encode(encoding))])) == people(bundle_of_tables([PEOPLE]))


def test_a_spreadsheet_is_read_as_texts_with_its_dates() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in PEOPLE:
        sheet.append(row)
    sheet["G2"] = date(2022, 5, 23)
    sheet["D3"] = 13800000000
    out = io.BytesIO()
    book.save(out)
    bundle = bundle_of_tables(workbook.tables_of(out.getvalue()))
    assert people(bundle)[0] == ("区检察院", "周敏", "principal", date(2022, 5, 23))
    assert bundle.people[1].text("phone") == "13800000000"


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_template_filled_in_is_read(locale: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.template(chinese=locale == "zh_CN")))
    agencies, persons = book.worksheets
    agencies.append(["区检察院", "清沚区人民检察院"])
    persons.append(["区检察院", "周敏"])
    out = io.BytesIO()
    book.save(out)
    bundle = bundle_of_tables(workbook.tables_of(out.getvalue()))
    assert bundle.agencies[0].text("name") == "清沚区人民检察院"
    assert people(bundle) == [("区检察院", "周敏", None, None)]


def test_a_made_cell_is_text_even_when_it_looks_like_a_formula() -> None:
    texts = ["=1+1", "+1", "-1", "@cmd", '=HYPERLINK("http://x")']
    sheet = openpyxl.load_workbook(io.BytesIO(spreadsheet.workbook({"x": [texts]}))).worksheets[0]
    assert [(cell.value, cell.data_type) for cell in next(sheet.iter_rows())] == [(text, "s") for text in texts]


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        zipped(word__document_xml=b"<x/>"),
        zipped(xl__workbook_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        zipped(xl__workbook_xml='<!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16")),
        zipped(xl__workbook_xml=b"<x/>", xl__big_xml=b" " * (spreadsheet.MOST_UNPACKED + 1)),
        zipped(xl__workbook_xml=b"no xml"),
        b"x" * (spreadsheet.MOST_PACKED + 1),
    ],
    ids=["empty", "cut", "word", "entity", "entity-utf16", "bomb", "damaged", "large"],
)
def test_what_is_no_sound_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(BundleRefused):
        workbook.tables_of(content)
