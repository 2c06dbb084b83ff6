"""Page, type and paragraphs of an official paper (GB/T 9704-2012, measures as PRACTICE.md found them to hold in practice).

A page has 22 lines of 28 characters. A grid (`linesAndChars`) is not used, because Word and LibreOffice read it differently; an exact line
pitch and slightly narrower characters give the same page in both."""

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section, _Footer
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from liaison.documents.characters import fit

BODY, TITLE, HEADING, SUBHEADING, PAGE_NUMBER = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
"""The fonts that the standard asks for, by name; a machine without them shows others of its own."""
LATIN: Final = "Times New Roman"
SIZE, TITLE_SIZE, TABLE_SIZE = Pt(16), Pt(22), Pt(12)
LINE: Final = Pt(28.95)
"""22 lines fill the 225 mm between the margins."""
CHARACTER: Final = Pt(15.75)
"""28 characters of 16 pt, each 0.25 pt closer to the next, fill the 156 mm between the margins."""
RED: Final = RGBColor(0xFF, 0x00, 0x00)
BLACK: Final = RGBColor(0x00, 0x00, 0x00)
LEFT, RIGHT, CENTRE, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
_QUOTES: Final = re.compile("([“”‘’—…]+)")
_AFTER_BORDERS: Final = (
    *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:autoSpaceDE", "w:autoSpaceDN", "w:spacing", "w:ind", "w:jc"),
    "w:rPr",
)
_NARROW: Final = re.compile(r"[\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class Type:
    """How letters look: the font of Chinese characters by name, the size, the colour."""

    font: str = BODY
    size: Length = SIZE
    colour: RGBColor | None = None
    bold: bool = False


TEXT: Final = Type()


class Paper:
    """A paper that is being written from top to bottom."""

    def __init__(self, *, landscape: bool = False, number_first_page: bool = True, two_sided: bool = False) -> None:
        self.document: Document = docx.Document()
        _normal(self.document)
        section = self.document.sections[0]
        _page(section, landscape=landscape)
        section.different_first_page_header_footer = not number_first_page
        if two_sided:
            self.document.settings.odd_and_even_pages_header_footer = True
            _number_pages(section.footer, RIGHT)
            _number_pages(section.even_page_footer, LEFT)
        else:
            _number_pages(section.footer, CENTRE)

    @property
    def section(self) -> Section:
        """Where the page is set up."""
        return self.document.sections[0]

    def name(self, title: str) -> None:
        """What the file is called where programs list it by its title."""
        self.document.core_properties.title = fit(title)[:255]

    def paragraph(
        self,
        text: str = "",
        type_: Type = TEXT,
        *,
        align: WD_ALIGN_PARAGRAPH = BOTH,
        indent: float = 0,
        right_indent: float = 0,
        hanging: float = 0,
        keep_with_next: bool = False,
    ) -> Paragraph:
        """One paragraph; indents in characters, `indent` of its first line. `hanging` moves all its lines but the first."""
        made = self.document.add_paragraph()
        set_up(made, align=align)
        style = made.paragraph_format
        if hanging:
            style.left_indent, style.first_line_indent = _characters(hanging), _characters(-hanging)
        elif indent:
            style.first_line_indent = _characters(indent)
        if right_indent:
            style.right_indent = _characters(right_indent)
        style.keep_with_next = keep_with_next
        write(made, text, type_)
        return made

    def title(self, text: str, below: str = "") -> None:
        """The paper's title, centred, with the space that the standard leaves around it; `below`: a line that goes with it."""
        self.paragraph(align=CENTRE)
        self.paragraph(text, Type(TITLE, TITLE_SIZE), align=CENTRE, keep_with_next=True)
        if below:
            self.paragraph(below, Type(SUBHEADING), align=CENTRE, keep_with_next=True)
        self.paragraph(align=CENTRE)

    def body(self, text: str) -> None:
        """Text of the paper: each line of `text` a paragraph of its own, indented by two characters."""
        for line in text.splitlines() or [""]:
            self.paragraph(line, indent=2)

    def heading(self, text: str) -> None:
        """A heading of the first level (一、), which stays with what follows."""
        self.paragraph(text, Type(HEADING), indent=2, keep_with_next=True)

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        row_height: float = 10,
        figures: Collection[int] = (),
        whole: bool = False,
    ) -> Table:
        """A ruled table whose head is repeated on every page; `widths` and `row_height` in millimetres. Columns of `figures` (from 0) stand to
        the right; a `whole` one is not parted by the end of a page."""
        made: Table = self.document.add_table(rows=0, cols=len(heads), style="Table Grid")
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Mm(width)  # of the grid, which LibreOffice and WPS believe more than the cells
        for at, (cells, font) in enumerate(((heads, HEADING), *((row, BODY) for row in rows))):
            row = made.add_row()  # type: ignore[no-untyped-call]
            row.height = Mm(row_height)
            for n, (cell, text, width) in enumerate(zip(row.cells, cells, widths, strict=True)):
                cell.width = Mm(width)
                align = CENTRE if font == HEADING else RIGHT if n in figures else LEFT
                fill(cell, text, Type(font, TABLE_SIZE), align=align)
                for paragraph in cell.paragraphs:
                    paragraph.paragraph_format.keep_with_next = whole and at < len(rows)
            keep_row_whole(row._tr)
        if made.rows:
            _repeat(made.rows[0]._tr)
        return made

    def new_page(self) -> None:
        """What follows begins on a page of its own."""
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def to_bytes(self) -> bytes:
        """The .docx file."""
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()


def set_up(paragraph: Paragraph, *, align: WD_ALIGN_PARAGRAPH = BOTH) -> None:
    """The line pitch of an official paper, without space around the paragraph."""
    style = paragraph.paragraph_format
    style.line_spacing_rule, style.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    style.space_before = style.space_after = Pt(0)
    style.widow_control = False  # it would leave pages of 21 lines
    _no_room_between_scripts(paragraph)
    paragraph.alignment = align


def write(paragraph: Paragraph, text: str, type_: Type = TEXT) -> None:
    """Add text to a paragraph. Quotation marks and dashes get a run of their own that says they are Chinese: without it Word sets them
    narrow, in the Latin font."""
    for n, part in enumerate(_QUOTES.split(fit(text))):
        if not part:
            continue
        run = paragraph.add_run(part)
        run.font.name, run.font.size, run.font.bold = LATIN, type_.size, type_.bold or None
        if type_.colour is not None:
            run.font.color.rgb = type_.colour
        fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), type_.font)
        fonts.set(qn("w:hint"), "eastAsia")
        if n % 2:
            fonts.set(qn("w:ascii"), type_.font)
            fonts.set(qn("w:hAnsi"), type_.font)
        if type_.size == SIZE:
            _closer(run._r.get_or_add_rPr())


def fill(cell: _Cell, text: str, type_: Type, *, align: WD_ALIGN_PARAGRAPH = LEFT) -> None:
    """Write into a cell of a table: each line of `text` a paragraph."""
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    for n, line in enumerate(text.splitlines() or [""]):
        paragraph = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
        paragraph.alignment = align
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
        _no_room_between_scripts(paragraph)
        write(paragraph, line, type_)


def rule(
    paragraph: Paragraph,
    edge: str,
    kind: str,
    *,
    size: int = 24,
    beyond: Length | None = None,
    colour: RGBColor = RED,
    space: int = 4,
) -> None:
    """A rule along the `edge` (top or bottom) of a paragraph; `kind` as WordprocessingML names borders, `size` in eighths of a point,
    `space` its distance from the text in points. `beyond` is by how much it is longer than the text at each side."""
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        # The order of these elements is fixed; shading, tabs and spacing come after the borders.
        properties.insert_element_before(borders, *_AFTER_BORDERS)
    border = OxmlElement(f"w:{edge}")
    for name, value in (("val", kind), ("sz", str(size)), ("space", str(space)), ("color", str(colour))):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)
    if beyond is not None:
        style = paragraph.paragraph_format
        style.left_indent = style.right_indent = Length(-beyond)


def width_of(text: str) -> float:
    """How wide a text is, in characters: letters and digits count half."""
    return sum(0.5 if _NARROW.match(each) else 1 for each in text)


def _characters(n: float) -> Length:
    return Length(round(CHARACTER * n))


def _no_room_between_scripts(paragraph: Paragraph) -> None:
    """None between Chinese and Latin: a line keeps its 28 characters, a date its cell."""
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        off = OxmlElement(name)
        off.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().insert_element_before(
            off,
            "w:bidi",
            "w:adjustRightInd",
            "w:snapToGrid",
            "w:spacing",
            "w:ind",
            "w:contextualSpacing",
            "w:jc",
            "w:rPr",
        )


def _normal(document: Document) -> None:
    font = document.styles["Normal"].font
    font.name, font.size = LATIN, SIZE
    document.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    properties = document.core_properties
    properties.author, properties.comments, properties.title = "", "", ""


def _page(section: Section, *, landscape: bool) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    section.footer_distance = Mm(25)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
            Mm(28),
            Mm(26),
            Mm(35),
            Mm(37),
        )


def _number_pages(footer: _Footer, align: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 — in 14 pt below the text: centred, as a paper printed on one side has it, or one character from the outer margin."""
    paragraph = footer.paragraphs[0]
    paragraph.alignment = align
    type_ = Type(PAGE_NUMBER, Pt(14))
    if align == LEFT:
        paragraph.paragraph_format.left_indent = type_.size
    elif align == RIGHT:
        paragraph.paragraph_format.right_indent = type_.size
    write(paragraph, "— ", type_)
    run = paragraph.add_run()
    run.font.name, run.font.size = PAGE_NUMBER, type_.size
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._r.append(element)
    write(paragraph, " —", type_)


def _closer(properties: object) -> None:
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), "-5")
    properties.insert_element_before(  # type: ignore[attr-defined]  # an lxml element of python-docx
        spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:effect", "w:lang"
    )


def keep_row_whole(row: object) -> None:
    """Let no page break divide a row of a table."""
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # type: ignore[attr-defined]


def _repeat(row: object) -> None:
    row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # type: ignore[attr-defined]
