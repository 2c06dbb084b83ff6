"""Who is mailed of minutes, and when: those who are to sign, the agency whose word was recorded, the host, and everybody at the issue.
What the mails say is worded when they leave (`mails`)."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import Document, DocumentVersion, Signer, SignOff
from liaison.countersigning.standing import agreed_before, standing_of, state_of
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.mail import outbox
from liaison.mail.models import SENT, OutboxMail
from liaison.mechanisms.addressing import Addresses, To, not_told_yet, paper_of, thread_of, to_host, to_sign
from liaison.mechanisms.queries import OnDuty, on_duty
from liaison.meetings import queries as meetings
from liaison.meetings.models import IN_ATTENDANCE, PRESENT, Meeting
from liaison.meetings.queries import PERSON_ADDRESS
from liaison.minutes import queries
from liaison.minutes.models import Minutes

CIRCULATED, WORD, HOST, ISSUED = "minutes_circulated", "minutes_word", "minutes_host", "minutes_issued"
"""The kinds of mail: please sign; what was recorded for an agency; what the host has to know; the issued minutes."""
ASKED, REMINDED, PASSED_ON = "asked", "reminded", "passed_on"
"""Why one is asked to sign."""
ALL_AGREED, WANTS_CHANGES = "agreed", "changes_requested"


async def ask_to_sign(db: Session, minutes: Minutes, version: DocumentVersion, *, by: int | None) -> int:
    """Mail a version that was just circulated to those who sign it; what was still to leave of an earlier version leaves no more. How
    many mails."""
    to, _ = await those_who_sign(db, minutes, version, {one.agency_id for one in version.signers})
    await outbox.supersede(db, thread_of(version.document_id), [one.mail for one in to], all_others=True)
    return await _ask(db, minutes, version, to, ASKED, by=by)


async def ask_again(
    db: Session, minutes: Minutes, version: DocumentVersion, owing: Collection[int], *, by: int | None
) -> int:
    """Mail it once more to the agencies that owe their word, and not to who asks; how many mails."""
    to, _ = await those_who_sign(db, minutes, version, owing)
    for one in to:
        one.signs = [each for each in one.signs if each.person_id is None or each.person_id != by]
        one.copied = []
    return await _ask(db, minutes, version, [one for one in to if one.signs], REMINDED, by=by)


async def pass_on(db: Session, mechanism_id: int) -> int:
    """An office of the mechanism has changed hands: what is being countersigned goes to whoever holds it now and was not sent it, where
    the agency still owes its word. What a former liaison said stands. How many mails; a second time none."""
    query = select(Minutes.document_id).join(Document, Document.id == Minutes.document_id)
    open_ = query.where(Document.mechanism_id == mechanism_id, Document.in_force_at.is_(None)).order_by(Minutes.id)
    mails = 0
    for document_id in (await db.scalars(open_)).all():
        minutes = await queries.of_document(db, document_id)
        version = minutes.document.newest
        owing = standing_of(version).owes
        if version.circulated_at is None or not owing:
            continue
        sent = select(OutboxMail.params).where(OutboxMail.kind == CIRCULATED, OutboxMail.source_id == version.id)
        told = (await db.scalars(sent.where(OutboxMail.about == minutes.about))).all()
        everybody, _ = await those_who_sign(db, minutes, version, owing)
        mails += await _ask(db, minutes, version, not_told_yet(everybody, told), PASSED_ON, by=None)
    return mails


async def tell_word(db: Session, viewer: Viewer, minutes: Minutes, version: DocumentVersion, word: SignOff) -> None:
    """签署确认: what was recorded for an agency is confirmed to its liaison, and to who said it; the host hears of changes that are asked
    for, and when the last agency has agreed. For a word that was there already nobody is mailed again."""
    duty = await _duty(db, minutes)
    addresses = Addresses(db.settings.locale)
    if word.agency_id not in paper_of(duty):
        addresses.office(word.agency, duty.in_office.get(word.agency_id))
    if word.registered is None and (said_by := await _person(db, word.by_id)) is not None:
        addresses.person(said_by)
    for to in addresses.all():
        await _call_for(db, WORD, minutes, to, f"{word.id}", source_id=word.id, by=viewer.person_id)
    if word.state == WANTS_CHANGES:
        await _tell_host(db, minutes, duty, WANTS_CHANGES, word.id, by=viewer.person_id)
    if not agreed_before(version, word):
        await tell_agreed(db, minutes, by=viewer.person_id, duty=duty)


async def tell_agreed(db: Session, minutes: Minutes, *, by: int | None, duty: OnDuty | None = None) -> None:
    """The host hears once that all have agreed, so that the minutes can be issued."""
    if state_of(minutes.document) != ALL_AGREED:
        return
    last = max((one.id for one in minutes.document.newest.sign_offs), default=0)
    await _tell_host(db, minutes, duty or await _duty(db, minutes), ALL_AGREED, last, by=by)


async def tell_deemed(db: Session, minutes: Minutes, agencies: Collection[Agency]) -> None:
    """Those whose silence was taken for consent are told so, once."""
    minutes.note_agreed(db.now())
    duty, deemed = await _duty(db, minutes), {one.id for one in agencies}
    for word in minutes.document.newest.sign_offs:
        if word.agency_id not in deemed or word.agency_id in paper_of(duty):
            continue
        to = Addresses(db.settings.locale).office(word.agency, duty.in_office.get(word.agency_id))
        if to is not None:
            await _call_for(db, WORD, minutes, to, f"{word.id}", source_id=word.id, by=None)
    await tell_agreed(db, minutes, by=None, duty=duty)


async def tell_issued(db: Session, minutes: Minutes, *, by: int | None) -> int:
    """【会议纪要】: the issued minutes to the liaisons and deputies of the member agencies (an agency without liaison at its own address; none
    that joined after the meeting), to those who took part, and to the agencies they are copied to that the directory knows. How many mails."""
    meeting, duty = minutes.meeting, await _duty(db, minutes)
    await outbox.supersede(db, thread_of(minutes.document_id), (), all_others=True)
    addresses, on_paper = Addresses(db.settings.locale), paper_of(duty)
    people = await meetings.attendees(db, meeting.id)
    for member in await queries.members_told(db, meeting, duty):
        if member.agency_id in on_paper:
            continue
        addresses.office(member.agency, duty.in_office.get(member.agency_id))
        for deputy in duty.deputies[member.agency_id]:
            addresses.person(deputy.person)
    for one in people:
        came = one.attendance in (PRESENT, IN_ATTENDANCE) and one.substitute is None
        if one.person is not None and came and one.agency_id not in on_paper:
            addresses.person(one.person)
    for gets in await queries.recipients(db, minutes, minutes.copy_to, minutes.report_to):
        if gets.agency is not None and not (gets.by_hand or gets.is_member):
            addresses.agency(gets.agency)
    for to in addresses.all():
        await _call_for(db, ISSUED, minutes, to, f"{minutes.id}", source_id=minutes.id, by=by)
    return len(addresses.found)


async def those_who_sign(
    db: Session, minutes: Minutes, version: DocumentVersion, owing: Collection[int]
) -> tuple[list[To], list[Signer]]:
    """Whom these agencies' sign-offs are asked of today, and the agencies that no mail reaches."""
    signers = [one for one in version.signers if one.agency_id in owing]
    authorised = await _person(db, minutes.document.authorised_by_id)
    return to_sign(await _duty(db, minutes), signers, authorised, db.settings.locale)


async def reached(db: Session, minutes: Minutes, version: DocumentVersion) -> set[int]:
    """The agencies to which some mail that asks for their sign-off of this version went, as far as is known."""
    query = select(OutboxMail.params).where(OutboxMail.kind == CIRCULATED, OutboxMail.source_id == version.id)
    went = query.where(OutboxMail.about == minutes.about, OutboxMail.state == SENT)
    return {one["agency_id"] for params in await db.scalars(went) for one in params["signs"]}


async def _ask(
    db: Session, minutes: Minutes, version: DocumentVersion, everybody: Iterable[To], why: str, *, by: int | None
) -> int:
    moment = db.now().isoformat() if why == REMINDED else ""
    mails = 0
    for to in everybody:
        offices = [*(each.designation_id or each.person_id or each.agency_id for each in to.signs), *to.copied]
        key = f"{version.id}:{why}{moment}:{'+'.join(map(str, offices))}"
        await _call_for(db, CIRCULATED, minutes, to, key, source_id=version.id, by=by, why=why)
        mails += 1
    return mails


async def _tell_host(db: Session, minutes: Minutes, duty: OnDuty, what: str, word_id: int, *, by: int | None) -> None:
    meeting = minutes.meeting
    recorder = await _person(db, meeting.recorder_id)
    for to in to_host(duty, meeting.host_agency, recorder, db.settings.locale, but={by or None}):
        await _call_for(db, HOST, minutes, to, f"{word_id}:{what}", source_id=word_id, by=by, what=what)


async def _call_for(
    db: Session, kind: str, minutes: Minutes, to: To, key: str, *, source_id: int, by: int | None, **more: str
) -> None:
    await outbox.enqueue(
        db,
        kind=kind,
        about=minutes.about,
        address=to.mail,
        display_to=f"{to.name} <{to.mail}>",
        locale=to.locale,
        person_ids=to.person_ids,
        source_id=source_id,
        params=to.to_json() | {"person_ids": to.person_ids, "minutes": minutes.id} | more,
        thread=thread_of(minutes.document_id) if kind == CIRCULATED else None,
        once_key=f"{kind}:{key}:{to.mail}"[:200],
        created_by=by or None,
    )


async def _duty(db: Session, minutes: Minutes) -> OnDuty:
    meeting: Meeting = minutes.meeting
    return await on_duty(db, meeting.mechanism, db.clock.today(meeting.timezone))


async def _person(db: Session, person_id: int | None) -> Person | None:
    if person_id is None:
        return None
    query = select(Person).where(Person.id == person_id, Person.deactivated_at.is_(None)).options(*PERSON_ADDRESS)
    return (await db.execute(query)).scalar_one_or_none()
