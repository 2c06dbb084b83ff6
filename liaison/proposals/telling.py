"""Who is mailed of what is put to the members, and when: those who are to sign, the agency whose word was recorded, the lead, and every
member once it holds or was withdrawn. What the mails say is worded when they leave (`mails`)."""

from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import ALL_AGREED, CHANGES_REQUESTED, DocumentVersion, Signer, SignOff
from liaison.countersigning.standing import agreed_before, standing_of
from liaison.db import Session
from liaison.directory.models import Person
from liaison.mail import outbox
from liaison.mail.models import OutboxMail
from liaison.mechanisms.addressing import Addresses, To, not_told_yet, paper_of, thread_of, to_host, to_sign
from liaison.mechanisms.queries import PERSON_ADDRESS, OnDuty, on_duty
from liaison.meetings.by_office import readers
from liaison.proposals import queries
from liaison.proposals.models import Proposal

CIRCULATED, WORD, LEAD, OUTCOME = "proposal_circulated", "proposal_word", "proposal_lead", "proposal_outcome"
"""The kinds of mail: please sign; what was recorded for an agency; what the lead has to know; that it holds, or was withdrawn."""
ASKED, REMINDED, PASSED_ON = "asked", "reminded", "passed_on"
"""Why one is asked to sign."""
FORCE, WITHDRAWN = "in_force", "withdrawn"
"""What became of it."""
_MOST_KEY: Final = 200


async def ask_to_sign(db: Session, proposal: Proposal, version: DocumentVersion, *, by: int | None) -> int:
    """Mail a version that was just circulated to those who sign it; what was still to leave of an earlier version leaves no more. How
    many mails."""
    to, _ = await those_who_sign(db, proposal, version, {one.agency_id for one in version.signers})
    await outbox.supersede(db, thread_of(version.document_id), [one.mail for one in to], all_others=True)
    return await _ask(db, proposal, version, to, ASKED, by=by)


async def ask_again(
    db: Session, proposal: Proposal, version: DocumentVersion, owing: Collection[int], *, by: int | None
) -> int:
    """Mail it once more to the agencies that owe their word, and not to who asks; how many mails."""
    to, _ = await those_who_sign(db, proposal, version, owing)
    for one in to:
        one.signs = [each for each in one.signs if each.person_id is None or each.person_id != by]
        one.copied = []
    return await _ask(db, proposal, version, [one for one in to if one.signs], REMINDED, by=by)


async def pass_on(db: Session, mechanism_id: int) -> int:
    """An office of the mechanism has changed hands: what is being signed goes to whoever holds it now and was not sent it, where the agency
    still owes its word. How many mails; a second time none."""
    mails = 0
    for proposal in await queries.open_in(db, [mechanism_id]):
        version = proposal.document.newest
        owing = standing_of(version).owes
        if version.circulated_at is None or not owing:
            continue
        sent = select(OutboxMail.params).where(OutboxMail.kind == CIRCULATED, OutboxMail.source_id == version.id)
        told = (await db.scalars(sent.where(OutboxMail.about == proposal.about))).all()
        everybody, _ = await those_who_sign(db, proposal, version, owing)
        mails += await _ask(db, proposal, version, not_told_yet(everybody, told), PASSED_ON, by=None)
    return mails


async def tell_word(db: Session, viewer: Viewer, proposal: Proposal, version: DocumentVersion, word: SignOff) -> None:
    """签署确认: what was recorded for an agency is confirmed to its liaison, and to who said it; the lead hears of changes that are asked
    for. For a word that was there already nobody is mailed again."""
    duty = await _duty(db, proposal)
    addresses = Addresses(db.settings.locale)
    if word.agency_id not in paper_of(duty):
        addresses.office(word.agency, duty.in_office.get(word.agency_id))
    if word.registered is None and word.by_id is not None:
        query = select(Person).where(Person.id == word.by_id, Person.deactivated_at.is_(None))
        person = (await db.execute(query.options(*PERSON_ADDRESS))).scalar_one_or_none()
        if person is not None:
            addresses.person(person)
    for to in addresses.all():
        await _call_for(db, WORD, proposal, to, f"{word.id}", source_id=word.id, by=viewer.person_id)
    if word.state == CHANGES_REQUESTED:
        await _tell_lead(db, proposal, duty, CHANGES_REQUESTED, word.id, by=viewer.person_id)


async def tell_agreed(db: Session, proposal: Proposal, *, by: int | None) -> None:
    """The lead hears once that all have agreed, so that it can be put in force."""
    if proposal.state != ALL_AGREED:
        return
    version = proposal.document.newest
    last = max(version.sign_offs, key=lambda one: one.id, default=None)
    if last is not None and not agreed_before(version, last):
        await _tell_lead(db, proposal, await _duty(db, proposal), ALL_AGREED, last.id, by=by)


async def tell_in_force(db: Session, proposal: Proposal, *, by: int | None) -> int:
    """Every member agency is told that it holds, and from when; of an agency that joined, that agency too. How many mails."""
    return await _tell_outcome(db, proposal, FORCE, by=by)


async def tell_withdrawn(db: Session, proposal: Proposal, *, by: int | None) -> int:
    """Every member agency is told that it is not put to them any more. How many mails."""
    return await _tell_outcome(db, proposal, WITHDRAWN, by=by)


async def those_who_sign(
    db: Session, proposal: Proposal, version: DocumentVersion, owing: Collection[int]
) -> tuple[list[To], list[Signer]]:
    """Whom these agencies' sign-offs are asked of today, and the agencies that no mail reaches."""
    signers = [one for one in version.signers if one.agency_id in owing]
    return to_sign(await _duty(db, proposal), signers, None, db.settings.locale)


async def _ask(
    db: Session, proposal: Proposal, version: DocumentVersion, everybody: Iterable[To], why: str, *, by: int | None
) -> int:
    moment = db.now().isoformat() if why == REMINDED else ""
    mails = 0
    for to in everybody:
        offices = [*(each.designation_id or each.agency_id for each in to.signs), *to.copied]
        key = f"{version.id}:{why}{moment}:{'+'.join(map(str, offices))}"
        await _call_for(db, CIRCULATED, proposal, to, key, source_id=version.id, by=by, why=why)
        mails += 1
    return mails


async def _tell_lead(db: Session, proposal: Proposal, duty: OnDuty, what: str, word_id: int, *, by: int | None) -> None:
    for to in to_host(duty, proposal.mechanism.lead_agency, None, db.settings.locale, but={by or None}):
        await _call_for(db, LEAD, proposal, to, f"{word_id}:{what}", source_id=word_id, by=by, what=what)


async def _tell_outcome(db: Session, proposal: Proposal, what: str, *, by: int | None) -> int:
    await outbox.supersede(db, thread_of(proposal.document_id), (), all_others=True)
    told, _ = readers(await _duty(db, proposal), db.settings.locale)
    tos = [To(one.address, one.name, one.locale, one.agency_ids, one.person_ids) for one in told]
    if what == FORCE and proposal.joins is not None and (own := proposal.joins.own_address()) is not None:
        locale = proposal.joins.locale or db.settings.locale
        tos += [] if own.mail in {one.mail for one in tos} else [To(own.mail, own.holder, locale, [proposal.joins.id])]
    for to in tos:
        await _call_for(db, OUTCOME, proposal, to, what, source_id=proposal.id, by=by, what=what)
    return len(tos)


async def _call_for(
    db: Session, kind: str, proposal: Proposal, to: To, key: str, *, source_id: int, by: int | None, **more: str
) -> None:
    await outbox.enqueue(
        db,
        kind=kind,
        about=proposal.about,
        address=to.mail,
        display_to=f"{to.name} <{to.mail}>",
        locale=to.locale,
        person_ids=to.person_ids,
        source_id=source_id,
        params=to.to_json() | {"person_ids": to.person_ids, "proposal": proposal.id} | more,
        thread=thread_of(proposal.document_id) if kind == CIRCULATED else None,
        once_key=f"{kind}:{proposal.id}:{key}:{to.mail}"[:_MOST_KEY],
        created_by=by or None,
    )


async def _duty(db: Session, proposal: Proposal) -> OnDuty:
    mechanism = proposal.mechanism
    return await on_duty(db, mechanism, db.clock.today(mechanism.timezone))
