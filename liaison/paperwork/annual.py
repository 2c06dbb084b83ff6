"""年度会议安排的函 as it is laid out, in the mechanism's language. Pure; loads python-docx, so it is imported where the letter is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liaison.documents import letter
from liaison.documents.letter import Letter, Table
from liaison.i18n import Words
from liaison.meetings.plan_lines import PROVISIONAL, SKIPPED, PlanLine

_WIDTHS = (14, 50, 42, 24, 26)


@dataclass(frozen=True, slots=True)
class PlanSaid:
    """Everything that the letter says besides the dates."""

    mechanism: str
    year: int
    agreement: str
    issuing_agency: str
    to: Sequence[str]
    doc_no: str
    dated_on: date
    contact: str = ""
    phone: str = ""


def laid_out(words: Words, said: PlanSaid, lines: Sequence[PlanLine]) -> bytes:
    """The letter as a file."""
    return letter.to_docx(annual_letter(words, said, lines))


def annual_letter(words: Words, said: PlanSaid, lines: Sequence[PlanLine]) -> Letter:
    """What the plan's mail says, as a letter in letter form with the dates as a table behind it."""
    basis = words._("On the basis of %(agreement)s, ", agreement=said.agreement) if said.agreement else ""
    facts = {"basis": basis, "mechanism": said.mechanism, "year": said.year}
    planned = [line for line in lines if line.state != SKIPPED]
    lead = words.ngettext(
        "%(basis)swe inform you of the plan of %(mechanism)s for %(year)s: %(n)d meeting; its date and host are attached.",
        "%(basis)swe inform you of the plan of %(mechanism)s for %(year)s: %(n)d meetings; dates and hosts are attached.",
        len(planned),
        **facts,
    )
    paragraphs = [("", lead)]
    if any(line.state == PROVISIONAL for line in lines):
        paragraphs.append(("", words._("Provisional dates are confirmed by the meeting notice.")))
    paragraphs.append(("", words._("With kind regards.")))
    phone = words._(", phone: %(phone)s", phone=said.phone) if said.phone else ""
    contact = words._("(Contact: %(name)s%(phone)s)", name=said.contact, phone=phone) if said.contact else ""
    return Letter(
        issuing_agency=said.issuing_agency,
        doc_no=said.doc_no,
        title=words._("Letter on the meetings of %(mechanism)s in %(year)s", mechanism=said.mechanism, year=said.year),
        to=words._("%(agencies)s:", agencies=words._(", ").join(said.to)) if said.to else "",
        paragraphs=paragraphs,
        date=words.date(said.dated_on),
        note=contact,
        attachment_label=words._("Attachment: "),
        attachments=[_table(words, said.year, lines)],
    )


def _table(words: Words, year: int, lines: Sequence[PlanLine]) -> Table:
    return Table(
        title=words._("Plan of meetings %(year)s", year=year),
        heads=[
            words._("No."),
            words._("Time"),
            words.pgettext("column", "Meeting"),
            words._("Host agency"),
            words._("Remarks"),
        ],
        rows=[
            [str(n), line.when(words), line.title, line.host if line.state != SKIPPED else "", line.remark(words)]
            for n, line in enumerate(lines, 1)
        ],
        widths=_WIDTHS,
    )
