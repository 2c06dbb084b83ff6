"""First start: the one-time link that the command line prints makes the first agency and its operator."""

from liaison import audit
from liaison.accounts.credentials import set_password
from liaison.accounts.sign_in import SET_UP, use_link
from liaison.accounts.viewer import COMMAND_LINE
from liaison.checks import Check
from liaison.db import Session
from liaison.directory import agencies, people, queries
from liaison.directory.fields import AgencyFields, PersonFields, check_first_entries
from liaison.errors import Gone
from liaison.i18n import N_


async def set_up(db: Session, token: str, *, agency: AgencyFields, person: PersonFields, password_hash: str) -> int:
    """Make the first agency and its first person, operator and administrator of the agency; returns the person.

    Raises NotFound or Gone for a link that is not good, Invalid naming `agency_…` and the person's fields."""
    await use_link(db, token, purpose=SET_UP, browser=None)
    if await queries.active_operators(db):
        raise Gone(N_("This site has been set up already."))
    check = Check()
    check_first_entries(check, agency, person)
    check.done()
    known = await queries.agencies(
        db, COMMAND_LINE, short_name=agency.get("short_name")
    )  # an import may have come first
    made = known[0] if known else await agencies.add_agency(db, COMMAND_LINE, **agency)
    first = await people.add_person(db, COMMAND_LINE, agency_id=made.id, **person)
    await people.name_operator(db, COMMAND_LINE, first.id)
    await people.name_agency_admin(db, COMMAND_LINE, first.id)
    await set_password(db, first.id, password_hash, via="web")
    audit.add(db, audit.Actor(first.id, "web"), "set_up", "site:1")
    return first.id
