"""A notice as a letter between agencies (函), in the mechanism's language: for a member that takes part on paper, and for the file. Pure;
loads python-docx, so it is imported where the letter is made."""

from datetime import date

from liaison.documents import letter
from liaison.documents.letter import Letter
from liaison.i18n import Words
from liaison.notices.models import Notice
from liaison.notices.saying import by_when, facts_of


def laid_out(words: Words, notice: Notice) -> bytes:
    """The letter as a file. Needs what the notice's page shows."""
    return letter.to_docx(letter_of(words, notice))


def letter_of(words: Words, notice: Notice) -> Letter:
    """The letter of the sending agency to those the notice is addressed to: its text, until when what is asked, its papers and copies. That
    one of them was given more time is not the others' deadline."""
    asked = [one for one in notice.addressees if one.asked]
    copies = [one.agency.name for one in notice.addressees if not one.asked]
    paragraphs = [("", notice.text)]
    if notice.is_referral:
        lead = words._("%(agency)s refers the following lead to your agency.", agency=notice.from_agency.name)
        facts = "\n".join(f"{name}{words._(': ')}{said}" for name, said in facts_of(words, notice))
        paragraphs = [("", lead), *([("", facts)] if facts else []), ("", notice.text)]
    first = min(notice.asked or asked, key=lambda one: one.due_on or date.max, default=None)
    if first is not None and (when := by_when(words, notice, first)):
        paragraphs.append(("", when))
    if notice.papers:
        names = words._(", ").join(one.file_name for one in notice.papers)
        paragraphs.append(("", words._("Attached: %(papers)s", papers=names)))
    if copies:
        paragraphs.append(("", words._("Copies to: %(agencies)s", agencies=words._(", ").join(copies))))
    if notice.entered_afterwards_at is not None:  # else it would pass for the letter of that day
        on = words.date(notice.entered_afterwards_at.astimezone(notice.zone).date())
        paragraphs.append(
            ("", words._("Entered afterwards on %(day)s from the ledger: this is no copy of what was sent.", day=on))
        )
    return Letter(
        issuing_agency=notice.from_agency.name,
        doc_no=notice.doc_no or "",
        title=notice.subject,
        to=words._("%(agencies)s:", agencies=words._(", ").join(one.agency.name for one in asked)),
        paragraphs=paragraphs,
        date=words.date(notice.dated_on),
    )
