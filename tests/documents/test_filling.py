"""Templates that agencies bring: their fields are filled, and nothing else in them has any effect."""

import io
import zipfile
from collections.abc import Callable

import docx
import pytest

from liaison.documents.filling import fields_in, fill
from liaison.documents.refusals import LARGEST, NotATemplate


def made(build: Callable[[docx.document.Document], object]) -> bytes:
    document = docx.Document()
    build(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def with_part(content: bytes, name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            if one.filename != name:
                new.writestr(one, old.read(one))
        new.writestr(name, data)
    return out.getvalue()


def test_fields_are_found_in_text_tables_heads_and_feet_each_once() -> None:
    def build(document: docx.document.Document) -> None:
        document.add_paragraph("定于{{会议时间}}召开{{ 会议名称 }}，{{会议时间}}")
        document.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{姓名}}"
        document.sections[0].header.paragraphs[0].text = "{{doc_no}}"

    assert fields_in(made(build)) == ["会议时间", "会议名称", "姓名", "doc_no"]


def test_a_field_that_an_editor_divided_into_runs_is_filled_and_keeps_the_text_around_it() -> None:
    def build(document: docx.document.Document) -> None:
        paragraph = document.add_paragraph("请于{")
        for text in ("{会议", "时间}", "}到", "{{地点}}"):
            paragraph.add_run(text)

    filled = fill(made(build), {"会议时间": "周四", "地点": "三楼"}, [])
    assert texts(filled) == ["请于周四到三楼"]


def test_a_paragraph_of_one_field_becomes_a_paragraph_for_each_line() -> None:
    filled = fill(made(lambda d: [d.add_paragraph("{{议题}}"), d.add_paragraph("完")]), {"议题": "甲\n乙\n丙"}, [])
    assert texts(filled) == ["甲", "乙", "丙", "完"]


def test_a_table_row_with_a_field_of_a_list_is_repeated_for_each_entry() -> None:
    def build(document: docx.document.Document) -> None:
        table = document.add_table(rows=2, cols=2)
        for cell, text in zip(
            table.rows[0].cells + table.rows[1].cells, ["姓名", "单位", "{{姓名}}", "{{单位}}"], strict=True
        ):
            cell.text = text

    people = [{"姓名": "周敏", "单位": "检察院"}, {"姓名": "李文博", "单位": "司法局"}]
    filled = docx.Document(io.BytesIO(fill(made(build), {}, [(frozenset({"姓名", "单位"}), people)])))
    assert [[cell.text for cell in row.cells] for row in filled.tables[0].rows] == [
        ["姓名", "单位"],
        ["周敏", "检察院"],
        ["李文博", "司法局"],
    ]


def test_what_is_filled_in_is_text_and_never_a_field_again() -> None:
    filled = fill(made(lambda d: d.add_paragraph("{{a}}{{b}}")), {"a": "{{b}}", "b": "<w:p/>&"}, [])
    assert texts(filled) == ["{{b}}<w:p/>&"]


def test_an_unknown_field_stays_as_it_stands() -> None:
    assert texts(fill(made(lambda d: d.add_paragraph("{{谁}}")), {}, [])) == ["{{谁}}"]


PLAIN = made(lambda document: document.add_paragraph("{{title}}"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_docx"),
        (b"PK\x03\x04 and nothing", "not_docx"),
        (b"x" * (LARGEST + 1), "too_large"),
        (with_part(PLAIN, "word/vbaProject.bin", b"x"), "macros"),
        (with_part(PLAIN, "word/bomb.bin", b"\0" * (21 * 1024 * 1024)), "too_much_inside"),
        (with_part(PLAIN, "[Content_Types].xml", b"<Types/>"), "not_docx"),
        (with_part(PLAIN, "word/document.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "not_docx"),
        (with_part(PLAIN, "word/document.xml", b"<not closed"), "not_docx"),
        (
            with_part(PLAIN, "word/_rels/settings.xml.rels", b'<Relationship TargetMode="External" Target="//x/y"/>'),
            "points_outside",
        ),
    ],
    ids=["empty", "broken", "large", "macros", "bomb", "other", "entities", "malformed", "outside"],
)
def test_a_file_that_is_no_template_or_could_do_harm_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(NotATemplate) as refused:
        fields_in(content)
    assert refused.value.code == code
