"""The letter (函) with which issued minutes are handed over to whom no mail brings them, in the mechanism's language. Pure; loads
python-docx, so it is imported where the letter is made."""

from collections.abc import Sequence
from datetime import date

from liaison.documents import letter
from liaison.documents.letter import Letter
from liaison.i18n import Words
from liaison.minutes.models import Minutes
from liaison.minutes.paper import doc_no


def laid_out(words: Words, minutes: Minutes, to: Sequence[str], on: date) -> bytes:
    """The letter of this day as a file; its own number belongs to the agency's registry and is left to be typed. Needs the issuing agency."""
    title, number = minutes.document.newest.head["title"], doc_no(minutes.doc_no)
    day = words.date(minutes.issued_on) if minutes.issued_on else ""
    named = words._("“%(title)s”", title=title + words._(" Minutes"))
    if number:
        named += words._(" (%(doc_no)s)", doc_no=number)
    agency = (minutes.issued_as or {}).get("issuing_agency") or minutes.issuing_agency.name
    said = Letter(
        issuing_agency=agency,
        doc_no="",
        title=words._("Letter sending the minutes of the %(title)s", title=title),
        to=words._("%(agencies)s:", agencies=words._(", ").join(to)) if to else "",
        paragraphs=[
            ("", words._("Attached please find %(minutes)s, issued on %(day)s.", minutes=named, day=day)),
            ("", words._("With kind regards.")),
        ],
        date=words.date(on),
        attachment_label=words._("Attachment: "),
        enclosed=(title + words._(" Minutes"),),
    )
    return letter.to_docx(said)
