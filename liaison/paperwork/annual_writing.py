"""Making the letter of an annual plan, for agencies that take part on paper and for the files."""

import asyncio
from collections.abc import Sequence
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import Conflict, NotFound
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings.plan_lines import PlanLine, seen_on
from liaison.meetings.sending_plan import to_send
from liaison.paperwork.wording import cited
from liaison.paperwork.writing import Made


async def make_annual(
    db: Session,
    viewer: Viewer,
    mechanism: Mechanism,
    year: int,
    *,
    to: int | None = None,
    doc_no: str | None = None,
    dated_on: date | None = None,
) -> Made:
    """The year's plan from today on as a letter of the viewer's agency, to one member agency (with the dates of its time as a member) or
    to all others, in the mechanism's language. Raises NotPermitted, NotFound, Invalid, Conflict (no date lies ahead)."""
    plan = await to_send(db, viewer, mechanism, year)
    check = Check()
    doc_no = check.text("doc_no", doc_no, most=60, numbers=True)
    dated_on = check.day("dated_on", dated_on)
    check.done()
    today, issuing = db.clock.today(mechanism.timezone), viewer.acts_for(mechanism.id)
    members = await mechanisms.members_on(db, mechanism.id, today)
    asked = [m for m in members if (m.agency_id == to if to is not None else m.agency_id != issuing)]
    if to is not None and not asked:
        raise NotFound
    lines = seen_on(plan.shown, asked[0].is_member_on) if to is not None else plan.shown
    if not lines:
        raise Conflict(N_("No date of this year lies ahead, so there is nothing to send."))
    from_agency = next(m.agency for m in members if m.agency_id == issuing)
    words = Words(mechanism.locale, mechanism.timezone)
    liaison = (await mechanisms.in_office(db, mechanism.id, today)).get(from_agency.id)
    contact = await db.get(Person, liaison.person_id) if liaison else None
    facts = {
        "mechanism": mechanism.name,
        "year": year,
        "agreement": cited(words, await mechanisms.agreement(db, mechanism.id)),
        "issuing_agency": from_agency.name,
        "to": [member.agency.name for member in asked],
        "doc_no": doc_no or "",
        "dated_on": dated_on or today,
        "contact": contact.name if contact else "",
        "phone": (contact.phone or "") if contact else "",
    }
    content = await asyncio.to_thread(_laid_out, words, facts, lines)
    name = words._("Plan of meetings %(year)s", year=year)
    return Made("-".join([name, *([asked[0].agency.short_name] if to is not None else [])]) + ".docx", content)


def _laid_out(words: Words, facts: dict[str, object], lines: Sequence[PlanLine]) -> bytes:
    # Imported here because python-docx is large, and a server that makes no paper never needs it.
    from liaison.paperwork.annual import PlanSaid, laid_out

    return laid_out(words, PlanSaid(**facts), lines)  # type: ignore[arg-type]
