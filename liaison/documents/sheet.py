"""Sheets that are laid on the table or handed in: a title, lines and tables. Agenda, sign-in sheet, summary of slips, chair's words."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx.shared import Pt

from liaison.documents.layout import BODY, CENTRE, LEFT, Paper, Type

LINES = Type(BODY, Pt(14))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within the sheet."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs, one a line."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what stands behind them, a line each."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table; `widths` and `row_height` in millimetres. A column without a width shares what is left."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    row_height: float = 10


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet says, every part already in words."""

    title: str
    parts: Sequence[Heading | Text | Facts | Grid]
    landscape: bool = False


def to_docx(sheet: Sheet) -> bytes:
    """The sheet as a file."""
    paper = Paper(landscape=sheet.landscape)
    paper.title(sheet.title)
    last = len(sheet.parts) - 1
    for place, part in enumerate(sheet.parts):
        match part:
            case Heading(text):
                paper.heading(text)
            case Text(text):
                paper.body(text)
            case Facts(rows):
                for label, text in rows:
                    paper.paragraph(f"{label}{text}", LINES, align=LEFT)
            case Grid(heads, rows, widths, row_height):
                paper.table(heads, rows, widths, row_height=row_height)
                below = paper.paragraph(align=CENTRE)
                if place == last:  # else a table that fills its page would be followed by an empty one
                    below.paragraph_format.line_spacing = Pt(1)
    return paper.to_bytes()
