"""The page as .docx: one A4 page in type small enough for its lines. Pure; loads python-docx, so it is imported where a paper is made."""

from docx.enum.text import WD_LINE_SPACING
from docx.shared import Mm, Pt

from liaison.documents.layout import BODY, CENTRE, HEADING, LEFT, TITLE, Paper, Type
from liaison.i18n import Words
from liaison.one_page.facts import OnePage
from liaison.one_page.fitting import GAP, PITCH, is_roomy
from liaison.one_page.showing import headline, shown


def to_docx(words: Words, page: OnePage) -> bytes:
    """The page as a file."""
    paper = Paper(number_first_page=False)
    section = paper.section
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin = section.right_margin = Mm(20)
    section.footer_distance = Mm(8)
    title, below = headline(words, page)
    _line(paper, title, Type(TITLE, Pt(16)), align=CENTRE)
    _line(paper, below, Type(BODY, Pt(11)), align=CENTRE)
    found = shown(words, page)
    above = GAP if is_roomy(found) else 0
    for part in found:
        _line(paper, part.heading, Type(HEADING, Pt(12)), above=above)
        for text in part.lines:
            _line(paper, text, Type(BODY, Pt(12)))
    return paper.to_bytes()


def _line(paper: Paper, text: str, type_: Type, *, align=LEFT, above: int = 0) -> None:  # type: ignore[no-untyped-def]
    made = paper.paragraph(text, type_, align=align)
    made.paragraph_format.line_spacing_rule, made.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(PITCH)
    made.paragraph_format.space_before = Pt(above)
