"""Making the letter about a change of liaison, and the handover sheet as a file."""

import asyncio
from datetime import date, timedelta

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import NotFound, NotPermitted
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.wording import ROLES
from liaison.paperwork.wording import cited
from liaison.paperwork.writing import Made
from liaison.succession.permissions import may_write_for
from liaison.succession.sheet import sheet
from liaison.succession.sheet_said import Sheet

NOT_YOURS = N_("This is for the agency itself and for the lead agency's liaison.")


async def make_letter(
    db: Session,
    viewer: Viewer,
    designation_id: int,
    *,
    on: date | None = None,
    to: int | None = None,
    doc_no: str | None = None,
    dated_on: date | None = None,
) -> Made:
    """The agency's letter to one other member agency, or to all: who is its liaison from `on` (the term's beginning without it), in the
    mechanism's language. Raises NotFound, NotPermitted, Invalid."""
    term = await mechanisms.designation(db, viewer, designation_id)
    if not may_write_for(viewer, term):
        raise NotPermitted(NOT_YOURS)
    check = Check()
    doc_no = check.text("doc_no", doc_no, most=60, numbers=True)
    dated_on = check.day("dated_on", dated_on)
    on = check.day("on", on) or term.starts_on
    check.done()
    mechanism, person = term.mechanism, term.person
    today = db.clock.today(mechanism.timezone)
    members = await mechanisms.members_on(db, mechanism.id, max(on, today))
    asked = [m for m in members if (m.agency_id == to if to is not None else True) and m.agency_id != term.agency_id]
    if to is not None and not asked:
        raise NotFound
    former = (await mechanisms.in_office(db, mechanism.id, on - timedelta(days=1))).get(term.agency_id)
    words = Words(mechanism.locale, mechanism.timezone)
    address = person.effective_address()
    facts = {
        "mechanism": mechanism.name,
        "agreement": cited(words, await mechanisms.agreement(db, mechanism.id)),
        "issuing_agency": term.agency.name,
        "to": [member.agency.name for member in asked],
        "doc_no": doc_no or "",
        "dated_on": dated_on or today,
        "role": term.role,
        "name": person.name,
        "job_title": person.job_title or "",
        "phone": person.phone or "",
        "mail": address.mail if address else "",
        "former": former.person.name if former and former.person_id != person.id else "",
        "starts_on": on,
        "last_on": term.last_on,
    }
    content = await asyncio.to_thread(_letter, words, facts)
    names = [words._("Letter on a change of %(role)s", role=words._(ROLES[term.role])), person.name]
    return Made("-".join([*names, *([asked[0].agency.short_name] if to is not None else [])]) + ".docx", content)


async def make_sheet(db: Session, viewer: Viewer, designation_id: int) -> Made:
    """交接单 as .docx, in the mechanism's language. Raises NotFound, NotPermitted."""
    said = await sheet(db, viewer, designation_id)
    words = Words(said.term.mechanism.locale, said.term.mechanism.timezone)
    content = await asyncio.to_thread(_sheet, words, said)
    return Made(
        "-".join([words._("Handover sheet"), said.term.agency.short_name, f"{said.made_on}"]) + ".docx", content
    )


def _letter(words: Words, facts: dict[str, object]) -> bytes:
    # Imported here because python-docx is large, and a server that makes no paper never needs it.
    from liaison.succession.letter import ChangeSaid, laid_out

    return laid_out(words, ChangeSaid(**facts))  # type: ignore[arg-type]


def _sheet(words: Words, said: Sheet) -> bytes:
    from liaison.succession.sheet_paper import laid_out

    return laid_out(words, said)
