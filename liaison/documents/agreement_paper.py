"""An agreement as a paper: title, clauses, and room below for the parties to sign and seal."""

from typing import Final

from docx.shared import Pt

from liaison.documents.agreement import Agreement
from liaison.documents.layout import CENTRE, HEADING, LEFT, SUBHEADING, Paper, Type, write

_SMALL: Final = Type(size=Pt(9))


def to_docx(said: Agreement) -> bytes:
    """The agreement as a file."""
    paper = Paper(two_sided=True)
    paper.name(said.title)
    if said.draft:
        paper.paragraph(said.draft, Type(HEADING), align=LEFT)
    paper.title(said.title)
    if said.doc_no:
        paper.paragraph(said.doc_no, align=CENTRE)
    for label, text in said.facts:
        paper.paragraph(f"{label}{text}", align=LEFT)
    paper.paragraph()
    for heading, text in said.parts:
        first, *more = text.splitlines() or [""]
        line = paper.paragraph(indent=2)
        write(line, f"{heading}　", Type(SUBHEADING))
        write(line, first)
        for paragraph in more:
            paper.body(paragraph)
    paper.paragraph()
    for name, signed in said.parties:
        party = paper.paragraph(name, align=LEFT)
        party.paragraph_format.keep_with_next = True
        paper.paragraph(signed, align=LEFT)
    for text in said.small:
        paper.paragraph(text, _SMALL, align=LEFT)
    return paper.to_bytes()
