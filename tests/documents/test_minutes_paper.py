"""Minutes on paper, as LibreOffice sets them and as the file says it.

`pictures/minutes.png` is page one as it was looked at and found right. To renew it after a change that was meant: run this module with
LIAISON_RENEW_PICTURES=1, look at the picture, and commit it."""

import io
import os
import re
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from PIL import Image, ImageChops, ImageFilter

from liaison.documents.bottom import Bottom, at_the_bottom
from liaison.documents.layout import Paper
from liaison.documents.minutes import Foot, Minutes, People, Section, SignSheet
from liaison.documents.minutes_paper import mark_size, sign_sheet_to_docx, to_docx
from liaison.documents.structure import parts_of_line
from tests.documents.office import Laid, Line, laid_out
from tests.documents.test_layout import parts_of, xml

PICTURE = Path(__file__).parent / "pictures" / "minutes.png"
LOWER_EDGE = 297 - 35
FOOT = Foot(
    [
        ("抄报：", "区委政法委。"),
        ("抄送：", "区人大常委会办公室、区人力资源和社会保障局、区民政局、区总工会、区妇联。"),
    ],
    "清沚区人民检察院",
    "2026年11月27日印发",
    [f"全文校验值（SHA-256）：{'0d' * 32}", f"印发时操作日志：123:{'0d' * 32}"],
)
MINUTES = Minutes(
    mark="清沚区支持起诉与法律援助协作机制联席会议纪要",
    draft="",
    doc_no="清检会纪〔2026〕4号",
    agency="清沚区人民检察院",
    date="2026年11月27日",
    title="2026年第四季度联席会议",
    subtitle="",
    opening="2026年11月19日，区检察院副检察长陈志远主持召开2026年第四季度联席会议，议题：研究“农民工欠薪”线索移送指引。现将会议议定事项纪要如下：",
    sections=[
        Section("a", "一、研究线索移送指引", "（一）统一移送。会议议定，3个工作日内移送（牵头单位：区检察院；完成时限：2026年12月7日，周一）。"),
        Section("b", "二、另行通知", "", f"本项仅限有关单位知悉。\n校验值：{'ab' * 32}"),
    ],
    people=[People("出席：", [("区检察院", "陈志远、周敏"), ("区司法局", "李文博")]), People("列席：", [("区司法局", "吴晓岚")])],
    remarks=["记录人：徐洁"],
    foot=FOOT,
)  # fmt: skip
MARKS = ("纪要", MINUTES.mark, "清沚区" * 40 + "纪要", "Minutes of the WWW Mechanism Joint Meeting")
ENDINGS = (*range(6), 12, *range(21, 28))
"""So many lines of text: among them those with which page one and page two just hold the foot, and just do not."""
NAMES = [f"欧阳建国{n}" for n in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"]


def with_lines(many: int, **more: object) -> Minutes:
    """Minutes whose text has so many lines of 28 characters more."""
    text = "\n".join("汉" * 26 for _ in range(many))
    return replace(MINUTES, sections=[Section("a", "一、议题", text)], people=[], **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Laid]:
    papers = {"minutes": to_docx(MINUTES)}
    papers |= {f"mark{n}": to_docx(replace(MINUTES, mark=mark)) for n, mark in enumerate(MARKS)}
    papers |= {f"lines{n}": to_docx(with_lines(n)) for n in ENDINGS}
    papers["many"] = to_docx(replace(with_lines(0), sections=[Section("a", "一、议题", "汉" * 28 * 90)]))
    papers["draft"] = to_docx(
        replace(MINUTES, draft="征求意见稿（第2稿）", doc_no="", date="", foot=Foot([], "某局", "", FOOT.small[:1]))
    )
    papers["twenty"] = to_docx(replace(MINUTES, people=[People("代为参会：", [("区检察院", "、".join(NAMES))])]))
    rows = [
        ["清沚区人民检察院", "同意", "方华\n（纸质）", "", "2026年11月23日"],
        ["清沚区司法局", "□ 同意", "", "", ""],
    ]
    heads = ["单位", "意见", "负责人签字", "盖章", "日期"]
    papers["sheet"] = sign_sheet_to_docx(
        SignSheet("会议纪要会签单", [("会签截止：", "2026年11月26日")], heads, rows, [])
    )
    return laid_out(papers, tmp_path_factory.mktemp("minutes"))


def foot_of(page: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of the text, and those of the foot, without the page number."""
    lines = [one for one in page if not re.fullmatch(r"—\d+—", one.text)]
    first = next((n for n, one in enumerate(lines) if one.text.startswith("抄报")), len(lines))
    return lines[:first], lines[first:]


def test_the_paper_is_a4_with_22_lines_of_28_characters(laid: dict[str, Laid]) -> None:
    many = laid["many"]
    assert {(round(wide), round(high)) for wide, high in many.sizes} == {(595, 842)}
    full = [re.findall("汉+", page) for page in many.pages][1:4]
    assert {len(lines) for lines in full} == {22}
    assert {len(line) for lines in full for line in lines} == {28}


def test_fonts_are_those_of_the_standard_by_name() -> None:
    content = to_docx(MINUTES)
    everything = "".join(xml(content, part) for part in parts_of(content))
    for font in ("仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"):
        assert f'w:eastAsia="{font}"' in everything, font
    document = docx.Document(io.BytesIO(content))
    by_text = {run.text: run for paragraph in document.paragraphs for run in paragraph.runs}
    for text, font in (("一、研究线索移送指引", "黑体"), ("（一）统一移送。", "楷体_GB2312"), ("出席：", "黑体")):
        assert f'w:eastAsia="{font}"' in by_text[text]._r.xml, text
        assert 'w:hint="eastAsia"' in by_text[text]._r.xml
    assert by_text["“"].font.name == by_text["”"].font.name == "仿宋_GB2312"
    assert "linesAndChars" not in everything


@pytest.mark.parametrize("n", range(len(MARKS)))
def test_the_mark_takes_one_line_however_long_it_is_35_mm_below_the_type_area(n: int, laid: dict[str, Laid]) -> None:
    red = red_dots(laid[f"mark{n}"].picture(1, dots_per_inch=127), to_the_millimetre=5)
    rule = max(y for _, y in red)
    mark = [(x, y) for x, y in red if y < rule - 5]
    top, high = min(y for _, y in mark), max(y for _, y in mark) - min(y for _, y in mark)
    assert 37 + 33.5 <= top <= 37 + 36.5
    assert high <= mark_size(MARKS[n])[0] * 25.4 / 72  # one line
    assert min(x for x, _ in mark) >= 28
    assert max(x for x, _ in mark) <= 210 - 26
    assert sum(x for x, _ in mark) / len(mark) == pytest.approx((28 + 184) / 2, abs=4)


def red_dots(page: Image.Image, *, to_the_millimetre: int) -> list[tuple[float, float]]:
    """Where a page is red, in millimetres from its upper left corner."""
    red, green, blue = page.split()
    strong, dark = red.point(lambda value: 255 * (value > 150)), ImageChops.lighter(green, blue)
    found = ImageChops.darker(strong, dark.point(lambda value: 255 * (value < 130))).tobytes()
    places = (divmod(one.start(), page.width) for one in re.finditer(b"\xff", found))
    return [(x / to_the_millimetre, y / to_the_millimetre) for y, x in places]


def test_number_agency_and_date_stand_above_the_red_rule_with_the_date_at_the_right(laid: dict[str, Laid]) -> None:
    lines = laid["minutes"].lines()[0]
    number = next(one for one in lines if one.text == MINUTES.doc_no)
    below = [one for one in lines if number.bottom < one.top + 3 and one is not number]
    agency = next(one for one in below if one.text.startswith(MINUTES.agency))
    date = next(one for one in below if one.text.endswith(MINUTES.date))
    assert abs(agency.top - date.top) < 2
    assert agency.left == pytest.approx(28, abs=1)
    assert date.right == pytest.approx(184, abs=1)


@pytest.mark.parametrize("agency", ["清沚区人民检察院" * 5])
def test_a_long_agency_leaves_the_date_a_line_of_its_own(agency: str) -> None:
    texts = [one.text for one in docx.Document(io.BytesIO(to_docx(replace(MINUTES, agency=agency)))).paragraphs]
    assert texts[texts.index(agency) + 1] == MINUTES.date


def test_the_foot_is_at_the_bottom_of_the_last_page_and_covers_nothing_wherever_the_text_ends(
    laid: dict[str, Laid],
) -> None:
    counts = []
    for name in [*(f"lines{n}" for n in ENDINGS), "many"]:
        pages = laid[name].lines()
        counts.append(len(pages))
        assert not any(foot_of(page)[1] for page in pages[:-1]), name
        text, foot = foot_of(pages[-1])
        assert [one.text[:2] for one in foot if one.text[:2] in ("抄报", "抄送", "印发", "全文")] == [
            "抄报",
            "抄送",
            "全文",
            "印发",
        ], name
        assert [one.text for one in foot[-2:]] == list(FOOT.small), f"{name}: small print takes a line each"
        assert LOWER_EDGE - 3 <= max(one.bottom for one in foot) <= LOWER_EDGE + 0.5, name
        assert text, f"{name}: nothing but the foot"
        assert max(one.bottom for one in text) <= min(one.top for one in foot) + 1, name
    assert set(counts[:-1]) == {1, 2, 3}
    assert counts[-1] > 4
    assert counts[:-1] == sorted(counts[:-1])


def test_a_page_number_stands_on_the_outer_side(laid: dict[str, Laid]) -> None:
    for n, page in enumerate(laid["many"].lines(), 1):
        number = next(one for one in page if one.text == f"—{n}—")
        assert (number.right > 170) if n % 2 else (number.left < 40), n
    content = to_docx(MINUTES)
    feet = [xml(content, part) for part in parts_of(content) if "footer" in part]
    assert len([one for one in feet if 'w:eastAsia="宋体"' in one and 'w:sz w:val="28"' in one]) == 2


def test_names_hang_below_the_first_of_them(laid: dict[str, Laid]) -> None:
    lines = [one for page in laid["twenty"].lines() for one in page]
    first = next(n for n, one in enumerate(lines) if one.text.startswith("代为参会"))
    hanging = [one for one in lines[first + 1 :] if "欧阳" in one.text]
    assert len(hanging) >= 3
    assert {round(one.left) for one in hanging} == {round(28 + 7 * 15.75 * 25.4 / 72)}
    assert lines[first].left == pytest.approx(28 + 2 * 15.75 * 25.4 / 72, abs=1)
    said = re.sub(r"\s", "", "".join(re.sub(r"— *\d *—", "", page) for page in laid["twenty"].pages))
    assert [name for name in NAMES if name not in said] == []


def test_a_draft_says_so_first_and_carries_its_root_but_no_one_it_is_copied_to(laid: dict[str, Laid]) -> None:
    pages = laid["draft"].lines()
    assert pages[0][0].text == "征求意见稿（第2稿）"
    said = "".join(one.text for page in pages for one in page)
    assert "0d" * 32 in said
    assert "印发" not in said
    assert "抄送" not in said


def test_a_foot_of_small_print_alone_has_its_rules() -> None:
    paper = Paper()
    paper.paragraph("文")
    at_the_bottom(paper, Bottom([], "", "", ["x"]))
    found = xml(paper.to_bytes())
    assert found.count('w:val="single" w:sz="8"') == 2
    assert 'w:sz="6"' not in found


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("（一）统一移送。会议议定。", ("（一）统一移送。", "会议议定。")),
        ("（十二）统一移送", ("（十二）统一移送", "")),
        ("会议（一）议定。", ("", "会议（一）议定。")),
    ],
)
def test_a_heading_of_the_second_level_ends_with_its_first_full_stop(line: str, parts: tuple[str, str]) -> None:
    assert parts_of_line(line) == parts


def test_a_sign_sheet_leaves_room_to_sign_and_seal(laid: dict[str, Laid]) -> None:
    lines = laid["sheet"].lines()[0]
    agencies = [one.top for one in lines if one.text.startswith("清沚区")]
    assert agencies[-1] - agencies[0] >= 24
    assert {"方华", "（纸质）", "盖章", "□同意"} <= {one.text for one in lines}


def test_page_one_looks_as_it_did_when_it_was_looked_at(laid: dict[str, Laid]) -> None:
    page = laid["minutes"].picture(1, dots_per_inch=36)
    if os.environ.get("LIAISON_RENEW_PICTURES"):
        page.quantize(64).save(PICTURE, optimize=True)
    with Image.open(PICTURE) as stored:
        checked = stored.convert("RGB")
    assert page.size == checked.size
    # Other fonts on another machine make other strokes, in the same places.
    apart = ImageChops.difference(*(one.convert("L").filter(ImageFilter.BoxBlur(3)) for one in (page, checked)))
    assert max(apart.tobytes()) < 60
    assert sum(apart.tobytes()) / len(apart.tobytes()) < 4
