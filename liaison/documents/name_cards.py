"""Name cards for the table (桌签): the same card twice a page, 200 x 100 mm, for both sides of the usual holder."""

from collections.abc import Sequence

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.shared import Mm, Pt

from liaison.documents.layout import CENTRE, TITLE, Paper, Type, fill, keep_row_whole, width_of, write

_WIDTH, _HEIGHT = Mm(196), Mm(100)
_LARGEST = 96
_ROOM = 500
"""Points that a name may be wide."""


def to_docx(cards: Sequence[tuple[str, str]]) -> bytes:
    """A page for each pair of a name and what stands small below it (the agency)."""
    paper = Paper()
    section = paper.section
    section.top_margin = section.left_margin = section.right_margin = Mm(7)
    section.bottom_margin = section.footer_distance = Mm(5)
    section.footer.paragraphs[0].clear()
    table = paper.document.add_table(rows=0, cols=1, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for name, below in cards:
        for side in (1, 2):
            row = table.add_row()
            row.height = _HEIGHT
            keep_row_whole(row._tr)
            cell = row.cells[0]
            cell.width = _WIDTH
            size = min(_LARGEST, int(_ROOM / max(width_of(name), 1)))
            fill(cell, _spaced(name), Type(TITLE, Pt(size)), align=CENTRE)
            cell.paragraphs[0].paragraph_format.page_break_before = side == 1
            if below:
                small = cell.add_paragraph()
                small.alignment = CENTRE
                write(small, below, Type(TITLE, Pt(24)))
    return paper.to_bytes()


def _spaced(name: str) -> str:
    """A name of two characters as wide as one of three."""
    return f"{name[0]}　{name[1]}" if len(name) == 2 and width_of(name) == 2 else name
