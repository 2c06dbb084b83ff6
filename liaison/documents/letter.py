"""A letter between agencies in letter form (信函格式, GB/T 9704-2012 10.1): the agency's name in red, double red rules, no number on page one."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx.shared import Mm, Pt

from liaison.documents.layout import (
    BODY,
    CENTRE,
    HEADING,
    LEFT,
    RED,
    RIGHT,
    TITLE,
    TITLE_SIZE,
    Paper,
    Type,
    rule,
    set_up,
    width_of,
    write,
)

RULE_BEYOND = Mm(7)
"""The rules are 170 mm long, the text 156 mm."""
_RIGHT_OF_DATE = 4


@dataclass(frozen=True, slots=True)
class Table:
    """A table on a page of its own after the letter: a slip to fill in."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    """In millimetres, 156 in all."""
    before: Sequence[str] = ()
    """Lines above the table."""
    after: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says, every part already in words.

    `paragraphs` are pairs of a heading (or nothing) and a text, whose lines are paragraphs; `signed` the issuing agency, `date` its date
    in words; `note` the line in brackets below it; `labels` the words 附件 and what stands between it and the title."""

    issuing_agency: str
    doc_no: str
    title: str
    to: str
    """All addressees, with the colon."""
    paragraphs: Sequence[tuple[str, str]]
    date: str
    note: str = ""
    attachment_label: str = ""
    attachments: Sequence[Table] = ()
    enclosed: Sequence[str] = ()
    """Titles of attachments that are papers of their own."""


def to_docx(letter: Letter) -> bytes:
    """The letter with its attachments."""
    paper = Paper(number_first_page=False)
    _head(paper, letter.issuing_agency)
    if letter.doc_no:
        paper.paragraph(letter.doc_no, align=RIGHT)
    paper.title(letter.title)
    if letter.to:
        paper.paragraph(letter.to, align=LEFT)
    for heading, text in letter.paragraphs:
        if heading:
            paper.heading(heading)
        if text:
            paper.body(text)
    titles = [*(one.title for one in letter.attachments), *letter.enclosed]
    if titles:
        paper.paragraph()
        for n, title in enumerate(titles, 1):
            label = letter.attachment_label if n == 1 else "　" * round(width_of(letter.attachment_label))
            paper.paragraph(f"{label}{f'{n}. ' if len(titles) > 1 else ''}{title}", indent=2, align=LEFT)
    _signature(paper, letter.issuing_agency, letter.date)
    if letter.note:
        paper.paragraph(letter.note, indent=2, align=LEFT)
    for n, one in enumerate(letter.attachments, 1):
        _attachment(paper, one, letter.attachment_label, n if len(titles) > 1 else None)
    return paper.to_bytes()


def _head(paper: Paper, agency: str) -> None:
    section = paper.section
    section.header_distance = Mm(30)
    head = section.first_page_header.paragraphs[0]
    set_up(head, align=CENTRE)
    size = min(Pt(36), Pt(int(440 / max(width_of(agency), 1))))  # one line, whatever the agency is called
    head.paragraph_format.line_spacing = Pt(size.pt * 1.2)
    head.paragraph_format.space_after = Pt(4)
    write(head, agency, Type(TITLE, size, RED))
    rule(head, "bottom", "thickThinSmallGap", beyond=RULE_BEYOND)
    section.footer_distance = Mm(20)
    foot = section.first_page_footer.paragraphs[0]
    foot.paragraph_format.line_spacing = Pt(6)
    rule(foot, "top", "thinThickSmallGap", beyond=RULE_BEYOND)


def _signature(paper: Paper, agency: str, date: str) -> None:
    """The agency centred above the date, which ends four characters from the margin; further in where the name is longer."""
    wide, narrow = width_of(agency), width_of(date)
    right_of_date = max(float(_RIGHT_OF_DATE), (wide - narrow) / 2)
    paper.paragraph()
    paper.paragraph()
    paper.paragraph(agency, align=RIGHT, right_indent=right_of_date + (narrow - wide) / 2, keep_with_next=True)
    paper.paragraph(date, align=RIGHT, right_indent=right_of_date)


def _attachment(paper: Paper, one: Table, label: str, n: int | None) -> None:
    paper.new_page()
    paper.paragraph(f"{label.rstrip('：: ')}{n or ''}", Type(HEADING), align=LEFT)
    paper.paragraph()
    paper.paragraph(one.title, Type(TITLE, TITLE_SIZE), align=CENTRE)
    paper.paragraph()
    for line in one.before:
        paper.paragraph(line, Type(BODY), align=LEFT)
    paper.table(one.heads, one.rows, one.widths, row_height=12)
    for line in one.after:
        paper.paragraph(line, Type(BODY), align=LEFT)
