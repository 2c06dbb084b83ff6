"""指定/变更联络员的函 as it is laid out, in the mechanism's language. Pure; loads python-docx, so it is imported where the letter is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liaison.documents import letter
from liaison.documents.letter import Letter
from liaison.i18n import Words
from liaison.mechanisms.models import ACTING, DEPUTY
from liaison.mechanisms.wording import ROLES


@dataclass(frozen=True, slots=True)
class ChangeSaid:
    """Everything that the letter says."""

    mechanism: str
    agreement: str
    """As a letter cites it; empty where there is none."""
    issuing_agency: str
    to: Sequence[str]
    doc_no: str
    dated_on: date
    role: str
    name: str
    job_title: str
    phone: str
    mail: str
    former: str
    """Whom they follow; empty where nobody was in office."""
    starts_on: date
    last_on: date | None


def laid_out(words: Words, said: ChangeSaid) -> bytes:
    """The letter as a file."""
    return letter.to_docx(change_letter(words, said))


def change_letter(words: Words, said: ChangeSaid) -> Letter:
    """A letter of the agency to the other member agencies: who is its liaison from when, in whose place, and how to reach them."""
    basis = words._("On the basis of %(agreement)s, ", agreement=said.agreement) if said.agreement else ""
    role = words._(ROLES[said.role])
    who = words._("%(name)s (%(post)s)", name=said.name, post=said.job_title) if said.job_title else said.name
    facts = {"basis": basis, "day": words.date(said.starts_on), "who": who, "mechanism": said.mechanism, "role": role}
    if said.former and said.role != DEPUTY:
        lead = words._(
            "%(basis)sour agency has decided that from %(day)s %(who)s is its %(role)s in %(mechanism)s in place of %(former)s.",
            **facts,
            former=said.former,
        )
    else:
        lead = words._(
            "%(basis)sour agency has decided that from %(day)s %(who)s is its %(role)s in %(mechanism)s.", **facts
        )
    paragraphs = [("", lead)]
    if said.last_on is not None:
        paragraphs.append(("", words._("The designation holds until %(day)s.", day=words.date(said.last_on))))
    # A line each: an address that does not fit on a line would pull the words before it apart.
    if said.phone:
        paragraphs.append(("", words._("Phone of %(name)s: %(phone)s", name=said.name, phone=said.phone)))
    if said.mail:
        paragraphs.append(("", words._("Mail address of %(name)s: %(mail)s", name=said.name, mail=said.mail)))
    if said.role != DEPUTY:
        paragraphs.append(
            ("", words._("From that day on please send notices and other matters of the mechanism to them."))
        )
    paragraphs.append(("", words._("With kind regards.")))
    changes = bool(said.former) or said.role == ACTING
    title = (
        words._("Letter on a change of %(role)s", role=role)
        if changes
        else words._("Letter on the designation of the %(role)s", role=role)
    )
    return Letter(
        issuing_agency=said.issuing_agency,
        doc_no=said.doc_no,
        title=title,
        to=words._("%(agencies)s:", agencies=words._(", ").join(said.to)) if said.to else "",
        paragraphs=paragraphs,
        date=words.date(said.dated_on),
    )
