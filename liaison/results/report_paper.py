"""A report as a paper (.docx). Pure: values in, bytes out."""

from collections.abc import Sequence

from liaison.documents.layout import CENTRE, SUBHEADING, Paper, Type, width_of
from liaison.results.report_shown import Section

WIDTH = 156
"""Millimetres between the margins."""
ORDINALS = "一二三四五六七八九"


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
        paper.table(one.heads, one.rows, _widths(one))
        paper.paragraph()
    for note in notes:
        paper.body(note)
    return paper.to_bytes()


def _widths(one: Section) -> list[float]:
    """By the longest text of each column, so that heads stay on one line; the columns fill the page."""
    longest = [max(width_of(row[n]) for row in [one.heads, *one.rows]) for n in range(len(one.heads))]
    wanted = [min(max(each, 4.0), 16.0) + 2 for each in longest]
    return [WIDTH * each / sum(wanted) for each in wanted]


def brief_to_docx(title: str, text: str) -> bytes:
    """A brief as a file: its title, and each line a paragraph."""
    paper = Paper(two_sided=True)
    paper.name(title)
    paper.title(title)
    paper.body(text)
    return paper.to_bytes()
