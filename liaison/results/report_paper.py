"""A report as a paper (.docx). Pure: values in, bytes out."""

from collections.abc import Sequence

from liaison.documents.layout import CENTRE, SUBHEADING, Paper, Type, width_of
from liaison.results.report_shown import Section

WIDTH = 156
"""Millimetres between the margins."""
ORDINALS = "一二三四五六七八九"
CHARACTER, MARGINS = 4.3, 5.0
"""Millimetres that one character of a table takes, and those of a cell beside its text."""
MOST_CHARACTERS = 18.0
MOST_WHOLE = 14
"""So many rows stay together on one page."""


def to_docx(title: str, below: str, sections: Sequence[Section], notes: Sequence[str], *, chinese: bool) -> bytes:
    """The report as a file: title, period, each table under its heading, and notes at the end."""
    paper = Paper(two_sided=True)
    paper.name(title)
    paper.title(title)
    paper.paragraph(below, Type(SUBHEADING), align=CENTRE)
    paper.paragraph()
    for n, one in enumerate(sections):
        number = f"{ORDINALS[n]}、" if chinese else f"{n + 1}. "
        paper.heading(number + one.title)
        paper.table(one.heads, one.rows, _widths(one), figures=one.figures, whole=len(one.rows) <= MOST_WHOLE)
        paper.paragraph()
    for note in notes:
        paper.body(note)
    return paper.to_bytes()


def _widths(one: Section) -> list[float]:
    """Room for the longest text of each column on one line, as far as the page is wide; what is left over is shared."""
    longest = [max(width_of(row[n]) for row in [one.heads, *one.rows]) for n in range(len(one.heads))]
    wanted = [min(each, MOST_CHARACTERS) * CHARACTER + MARGINS for each in longest]
    rest = WIDTH - sum(wanted)
    return [each + rest / len(wanted) if rest > 0 else WIDTH * each / sum(wanted) for each in wanted]


def brief_to_docx(title: str, text: str) -> bytes:
    """A brief as a file: its title, and each line a paragraph."""
    paper = Paper(two_sided=True)
    paper.name(title)
    paper.title(title)
    paper.body(text)
    return paper.to_bytes()
