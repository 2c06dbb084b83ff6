"""What the command line does with people: enter one, find the one it was told of."""

from collections.abc import Sequence

from liaison.accounts.sign_in import people_named, person_with_key
from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions.ledger_import import TakenIn, take_in
from liaison.db import Session
from liaison.directory import agencies, people, queries
from liaison.directory.models import Person
from liaison.documents.headed import Told, unheard
from liaison.errors import Conflict, NotFound, Refusal
from liaison.i18n import N_, Words
from liaison.mechanisms.viewers import viewer_for


async def person_named(db: Session, account: str) -> Person:
    """The one active person with this key or mail address. Raises Refusal if there is none, or several share the address."""
    if exact := await person_with_key(db, account):
        return exact
    found = await people_named(db, account)
    if not found:
        raise Refusal(N_("There is no active person with the key or mail address “%(name)s”."), name=account)
    if len(found) > 1:
        keys = ", ".join(person.key or person.name for person in found)
        raise Refusal(N_("Several people share this address: %(people)s. Please give a key."), people=keys)
    return found[0]


async def enter_person(
    db: Session,
    *,
    name: str,
    agency: str,
    mail: str | None = None,
    key: str | None = None,
    job_title: str | None = None,
    phone: str | None = None,
    operator: bool = False,
) -> Person:
    """Enter somebody of the agency with this short name; the first operator's agency is entered with them."""
    known = {each.short_name: each for each in await queries.agencies_in_order(db, COMMAND_LINE)}
    of = known.get(agency)
    if of is None:
        if known or not operator:
            raise Refusal(
                N_("There is no agency “%(name)s”. Known are: %(known)s."), name=agency, known=", ".join(known) or "-"
            )
        of = await agencies.add_agency(db, COMMAND_LINE, short_name=agency, name=agency)
    person = await people.add_person(
        db, COMMAND_LINE, agency_id=of.id, name=name, key=key, mail=mail, job_title=job_title, phone=phone
    )
    if operator:
        await people.name_operator(db, COMMAND_LINE, person.id)
    return person


async def ledger_back(
    db: Session, account: str | None, table: Sequence[Sequence[str]], words: Words, *, told: Told = unheard
) -> TakenIn:
    """Take in an exported ledger for the liaison or deputy whose key or mail is given. Raises Conflict (nobody named), NotFound,
    LedgerRefused."""
    if account is None:
        raise Conflict(N_("Please say with --person for whom this ledger comes back."))
    viewer = await viewer_for(db, (await person_named(db, account)).id, via="cli")
    if viewer is None:
        raise NotFound
    return await take_in(db, viewer, table, words, told=told)
