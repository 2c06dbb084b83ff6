"""The page of an official paper, as LibreOffice sets it and as the file says it."""

import io
import re
import zipfile

import docx
import pytest

from liaison.documents import letter, name_cards, sheet
from liaison.documents.layout import Paper, width_of
from liaison.documents.letter import Letter, Table
from tests.documents.office import Laid, laid_out

LETTER = Letter(
    issuing_agency="清沚区人民检察院",
    doc_no="清检函〔2026〕4号",
    title="关于召开第四季度联席会议的函",
    to="清沚区司法局：",
    paragraphs=[("", "定于2026年12月17日召开“支持起诉”联席会议——请参加。"), ("一、时间", "下午"), ("", "汉" * 28 * 20)],
    date="2026年12月7日",
    note="（联系人：周敏，电话：0553-0000011）",
    attachment_label="附件：",
    attachments=[Table("回执", ["姓名", "职务", "手机", "备注"], [["", "", "", ""]] * 3, (30, 44, 40, 42))],
)


def xml(content: bytes, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read(part).decode()


AGENCIES = ("某局", "清沚区人民检察院", "清沚区人力资源和社会保障局劳动保障监察大队联合工作专班办公室")


def full_pages() -> bytes:
    paper = Paper()
    paper.paragraph("汉" * 28 * 50)
    return paper.to_bytes()


def long_sheet() -> bytes:
    rows = [[str(n), "某局", "姓名", "", ""] for n in range(1, 61)]
    grid = sheet.Grid(["序号", "单位", "姓名", "职务", "签名"], rows, (12, 46, 30, 42, 26))
    return sheet.to_docx(sheet.Sheet("签到表", [sheet.Heading("一、名单"), sheet.Facts([("时间：", "下午")]), grid]))


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Laid]:
    papers = {
        "full": full_pages(),
        "letter": letter.to_docx(LETTER),
        "sheet": long_sheet(),
        "cards": name_cards.to_docx([("周敏", "清沚区人民检察院"), ("欧阳建国", "清沚区司法局")]),
    }
    papers |= {
        agency: letter.to_docx(Letter(agency, "", "函", "", [("", "正文")], "2026年12月7日")) for agency in AGENCIES
    }
    return laid_out(papers, tmp_path_factory.mktemp("papers"))


def test_a_page_holds_22_lines_of_28_characters_on_a4(laid: dict[str, Laid]) -> None:
    pages = laid["full"].pages
    lines = [re.findall("汉+", page) for page in pages]
    assert [len(page) for page in lines] == [22, 22, 6]
    assert {len(line) for page in lines for line in page} == {28}
    assert {(round(wide), round(high)) for wide, high in laid["full"].sizes} == {(595, 842)}
    assert [re.search(r"— *(\d) *—", page)[1] for page in pages] == ["1", "2", "3"]


def test_margins_and_fonts_are_those_of_the_standard() -> None:
    content = letter.to_docx(LETTER)
    section = docx.Document(io.BytesIO(content)).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(each.mm) for each in margins] == [37, 35, 28, 26]
    everything = "".join(xml(content, part) for part in parts_of(content))
    for font in ("仿宋_GB2312", "方正小标宋简体", "黑体"):
        assert f'w:eastAsia="{font}"' in everything
    assert "linesAndChars" not in everything


def parts_of(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return [name for name in parts.namelist() if re.match(r"word/(document|header|footer)\d*\.xml", name)]


def test_quotation_marks_and_dashes_are_set_in_the_chinese_font() -> None:
    document = docx.Document(io.BytesIO(letter.to_docx(LETTER)))
    marks = [run for paragraph in document.paragraphs for run in paragraph.runs if run.text in ("“", "”", "——")]
    assert [run.text for run in marks] == ["“", "”", "——"]
    assert {run.font.name for run in marks} == {"仿宋_GB2312"}


def test_a_letter_names_its_agency_in_red_has_its_number_no_number_on_page_one_and_its_slip_apart(
    laid: dict[str, Laid],
) -> None:
    first, second, slip = laid["letter"].pages
    assert first.replace(" ", "").split()[:2] == ["清沚区人民检察院", "清检函〔2026〕4号"]
    assert "关于召开第四季度联席会议的函" in first
    assert not re.search(r"— *1 *—", first)
    assert re.search(r"— *2 *—", second)
    assert "2026年12月7日" in second.replace(" ", "")
    assert slip.split()[:2] == ["附件", "回执"]
    content = letter.to_docx(LETTER)
    head = xml(content, next(part for part in parts_of(content) if "thickThin" in xml(content, part)))
    assert "FF0000" in head


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_name_of_the_agency_takes_one_line_however_long_it_is(agency: str, laid: dict[str, Laid]) -> None:
    assert agency in laid[agency].pages[0].replace(" ", "").split("\n")


def test_sheets_repeat_the_head_of_their_table_on_every_page(laid: dict[str, Laid]) -> None:
    pages = laid["sheet"].pages
    assert len(pages) > 2
    assert all("签名" in page for page in pages)


def test_the_columns_of_a_table_are_as_wide_as_they_were_asked_for_also_in_the_grid() -> None:
    paper = Paper()
    made = paper.table(["序号", "时间"], [["1", "14:30"]], (14, 142))
    assert [round(column.width.mm) for column in made.columns] == [14, 142]


def test_a_name_card_is_printed_twice_a_page_for_both_sides(laid: dict[str, Laid]) -> None:
    found = [re.sub(r"[ \u3000]", "", page) for page in laid["cards"].pages]
    assert [re.findall("周敏|欧阳建国", page) for page in found] == [["周敏", "周敏"], ["欧阳建国", "欧阳建国"]]


def test_control_characters_never_reach_the_file() -> None:
    assert "清检函" in xml(letter.to_docx(Letter("a", "清检函\x00\x0b", "t", "", [("", "b\x1f")], "d")))


@pytest.mark.parametrize(("text", "wide"), [("汉字", 2), ("2026年", 3), ("ab", 1)])
def test_letters_and_digits_are_half_as_wide(text: str, wide: float) -> None:
    assert width_of(text) == wide
