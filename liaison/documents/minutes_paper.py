"""Minutes as a paper (纪要格式, GB/T 9704-2012 10.3) and the sheet on which agencies sign them."""

from typing import Final

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from liaison.documents import sheet
from liaison.documents.bottom import Bottom, at_the_bottom
from liaison.documents.layout import (
    CENTRE,
    CHARACTER,
    HEADING,
    LEFT,
    LINE,
    RED,
    RIGHT,
    SUBHEADING,
    TITLE,
    Paper,
    Type,
    rule,
    width_of,
    write,
)
from liaison.documents.minutes import Minutes, People, Section, SignSheet
from liaison.documents.sheet import Facts, Grid, Sheet, Text
from liaison.documents.structure import parts_of_line

MARK_BELOW_TOP = Mm(35)
"""From the upper edge of the type area to that of the mark."""
_LARGEST_MARK, _LEAST_MARK, _NARROWEST = 42.0, 22.0, 50
_ROOM: Final = 436
"""Points that the mark may be wide; the text is 442."""
_ABOVE_INK: Final = 0.17
"""Of its size: by how much a character begins below the upper edge of its line."""
_LABEL_INDENT: Final = 2
_SIGN_WIDTHS: Final = (33, 38, 27, 23, 35)
_SMALL: Final = Type(size=Pt(9))


def to_docx(said: Minutes) -> bytes:
    """The minutes as a file."""
    paper = Paper(two_sided=True)
    paper.name(said.title)
    _head(paper, said)
    paper.title(said.title, said.subtitle)
    if said.opening:
        paper.body(said.opening)
    for one in said.sections:
        _section(paper, one)
    if said.people:
        paper.paragraph()
    for each in said.people:
        _people(paper, each)
    for text in said.remarks:
        paper.body(text)
    paper.document.paragraphs[-1].paragraph_format.keep_with_next = True
    foot = said.foot
    at_the_bottom(paper, Bottom(foot.lines, foot.agency if foot.issued else "", foot.issued, foot.small))
    return paper.to_bytes()


def sign_sheet_to_docx(said: SignSheet) -> bytes:
    """The sheet as a file; each agency has room to sign and seal."""
    grid = Grid(said.heads, said.rows, _SIGN_WIDTHS, row_height=26)
    return sheet.to_docx(Sheet(said.title, [Facts(said.facts), Text(""), grid, *(Text(one) for one in said.notes)]))


def _head(paper: Paper, said: Minutes) -> None:
    paper.paragraph(said.draft, Type(HEADING), align=LEFT)
    size, scale = mark_size(said.mark)
    mark = paper.paragraph(said.mark, Type(TITLE, Pt(size), RED), align=CENTRE)
    style = mark.paragraph_format
    style.line_spacing = Pt(size * 1.2)
    style.space_before = MARK_BELOW_TOP - LINE - Pt(size * _ABOVE_INK)
    if scale < 100:
        for run in mark.runs:
            _narrower(run._r.get_or_add_rPr(), scale)
    paper.paragraph()
    paper.paragraph(said.doc_no, align=CENTRE)
    rule(_agency_and_date(paper, said.agency, said.date), "bottom", "single", size=12)


def mark_size(mark: str) -> tuple[float, int]:
    """The size in points and the width in percent by which the mark stands on one line: smaller characters first, then narrower ones."""
    wide = max(sum(0.65 if one.isascii() else 1 for one in mark), 1)
    if wide * _LEAST_MARK <= _ROOM:
        return min(_LARGEST_MARK, int(_ROOM / wide * 2) / 2), 100
    scale = max(_NARROWEST, int(_ROOM / wide / _LEAST_MARK * 100))
    return int(_ROOM / wide / scale * 100 * 2) / 2, scale


def _agency_and_date(paper: Paper, agency: str, date: str) -> Paragraph:
    """Both on one line, the date at the right; on two where they find no room."""
    if width_of(agency) + width_of(date) + 1 > 27.5:
        paper.paragraph(agency, align=LEFT)
        return paper.paragraph(date, align=RIGHT)
    line = paper.paragraph(agency, align=LEFT)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    line.add_run("\t")
    write(line, date)
    return line


def _section(paper: Paper, one: Section) -> None:
    paper.heading(one.heading)
    for line in one.text.splitlines():
        start, rest = parts_of_line(line)
        made = paper.paragraph(indent=2)
        write(made, start, Type(SUBHEADING))
        write(made, rest)
    for line in one.small.splitlines():
        paper.paragraph(line, _SMALL, indent=2, align=LEFT)


def _people(paper: Paper, people: People) -> None:
    """The label, and behind it the agencies, a line each; what does not fit goes on below the first of them."""
    hanging = width_of(people.label)
    for n, (agency, names) in enumerate(people.agencies):
        made = paper.paragraph(align=LEFT)
        style = made.paragraph_format
        style.left_indent = round(CHARACTER * (_LABEL_INDENT + hanging))
        if n == 0:
            style.first_line_indent = round(-CHARACTER * hanging)
            write(made, people.label, Type(HEADING))
        write(made, "　".join(filter(None, (agency, names))))


def _narrower(properties: object, percent: int) -> None:
    width = OxmlElement("w:w")
    width.set(qn("w:val"), str(percent))
    properties.insert_element_before(  # type: ignore[attr-defined]  # an lxml element of python-docx
        width, "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:effect", "w:lang"
    )
