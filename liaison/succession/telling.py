"""联络员变更告知: on the day an agency has another liaison, each other member agency's liaison is told, deputies copied. An agency that
no mail reaches is told by letter, for which the host's liaison gets a task."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.audit import add as audit_add
from liaison.db import Session, insert_into, locked
from liaison.errors import NotFound, NotPermitted
from liaison.i18n import N_, Words
from liaison.mail import outbox
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import ACTING, DEPUTY, PRINCIPAL, Designation, Mechanism
from liaison.mechanisms.queries import PERSON, OnDuty, on_duty
from liaison.mechanisms.wording import ROLES
from liaison.meetings.by_office import readers
from liaison.succession.models import ChangeLetter, FollowedTerm
from liaison.succession.permissions import may_write_for

KIND = "liaison_changed"
_NAMED = {
    PRINCIPAL: N_("%(agency)s informs you that from %(day)s %(name)s is its liaison."),
    ACTING: N_("%(agency)s informs you that from %(day)s %(name)s is its acting liaison."),
}
_REPLACED = {
    PRINCIPAL: N_("%(agency)s informs you that from %(day)s %(name)s is its liaison in place of %(former)s."),
    ACTING: N_("%(agency)s informs you that from %(day)s %(name)s is its acting liaison in place of %(former)s."),
}


async def followed_liaisons(db: Session, mechanism_id: int) -> dict[int, Designation]:
    """Who was in office by agency when offices were last looked at: what the others know."""
    query = (
        select(Designation)
        .join(FollowedTerm, FollowedTerm.designation_id == Designation.id)
        .where(Designation.mechanism_id == mechanism_id, Designation.role != DEPUTY)
        .options(PERSON)
    )
    found = sorted(await db.scalars(query), key=lambda each: (each.role == ACTING, each.starts_on, each.id))
    return {each.agency_id: each for each in found}


async def tell_changes(db: Session, mechanism: Mechanism, known: Mapping[int, Designation]) -> int:
    """Tell of each agency whose liaison is another one than is `known`; how many mails. An agency's first liaison and one that an import
    brought are no news, and a vacancy is told by the pages."""
    today = db.clock.today(mechanism.timezone)
    if mechanism.has_ended(today):
        return 0
    duty = await on_duty(db, mechanism, today)
    mails = 0
    for agency_id, now in duty.in_office.items():
        before = known.get(agency_id)
        if now is None or (before is not None and (before.person_id, before.role) == (now.person_id, now.role)):
            continue
        comes_back = before is not None and before.starts_on > now.starts_on
        if not comes_back and (now.designated_by is None or not await _had_another(db, now)):
            continue
        over = before.ends_on if before is not None else None
        since = max(now.starts_on, over) if over is not None and over <= today else now.starts_on
        mails += await _tell(db, duty, now, since)
    return mails


async def _tell(db: Session, duty: OnDuty, now: Designation, since: date) -> int:
    others = replace(duty, members=[member for member in duty.members if member.agency_id != now.agency_id])
    told, unreachable = readers(others, db.settings.locale)
    for one in told:
        await outbox.enqueue(
            db,
            kind=KIND,
            about=f"designation:{now.id}",
            address=one.address,
            display_to=f"{one.name} <{one.address}>",
            locale=one.locale,
            person_ids=one.person_ids,
            source_id=now.id,
            params={"on": since.isoformat(), "copy": one.copy_only},
            once_key=f"{KIND}:{now.id}:{since.isoformat()}:{one.address}",
            created_by=now.designated_by,
        )
    names = {one.name for one in unreachable}
    for member in others.members:
        if member.agency.name in names:
            row = {"designation_id": now.id, "on": since, "to_agency_id": member.agency_id}
            made = insert_into(db, ChangeLetter).values(**row)
            await db.execute(made.on_conflict_do_nothing(index_elements=["designation_id", "on", "to_agency_id"]))
    return len(told)


async def note_delivered(db: Session, viewer: Viewer, letter_id: int) -> ChangeLetter:
    """Say that an agency got the letter about a change. Twice is once. Raises NotFound, NotPermitted."""
    letter = await locked(db, ChangeLetter, letter_id)
    query = select(Designation).where(Designation.id == letter.designation_id)
    term = (await db.scalars(query.options(joinedload(Designation.mechanism)))).one()
    if term.mechanism_id not in viewer.shares_mechanism_ids() and not viewer.operator:
        raise NotFound
    if not may_write_for(viewer, term):
        raise NotPermitted(N_("This is for the agency itself and for the lead agency's liaison."))
    if letter.done_at is None:
        letter.done_at, letter.done_by = db.now(), viewer.person_id or None
        thing = f"designation:{term.id}"
        audit_add(db, viewer, "deliver_letter", thing, mechanism_id=term.mechanism_id, agency=letter.to_agency_id)
    return letter


async def _had_another(db: Session, designation: Designation) -> bool:
    query = select(Designation.id).where(
        Designation.mechanism_id == designation.mechanism_id,
        Designation.agency_id == designation.agency_id,
        Designation.role != DEPUTY,
        Designation.starts_on < designation.starts_on,
    )
    return (await db.execute(query.limit(1))).first() is not None


async def liaison_changed(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """Who is the agency's liaison from when, whom they follow, and how to reach them."""
    query = select(Designation).where(Designation.id == mail.source_id)
    query = query.options(joinedload(Designation.mechanism), joinedload(Designation.agency), PERSON)
    designation = (await db.execute(query)).scalar_one_or_none()
    if designation is None:
        return None
    mechanism, person = designation.mechanism, designation.person
    since = date.fromisoformat(mail.params["on"]) if "on" in mail.params else designation.starts_on
    former = (await on_duty(db, mechanism, since - timedelta(days=1))).in_office.get(designation.agency_id)
    words = Words(mail.locale, mechanism.timezone)
    facts = {"agency": designation.agency.name, "name": person.name, "day": words.full_date(since)}
    if former is None or former.person_id == designation.person_id:
        lead = words._(_NAMED[designation.role], **facts)
    else:
        lead = words._(_REPLACED[designation.role], **facts, former=former.person.name)
    context = {
        "designation": designation,
        "agency": designation.agency,
        "person": person,
        "mechanism": mechanism,
        "role": words._(ROLES[designation.role]),
        "term": words.dates(since, designation.last_on),
        "since": since,
        "lead": lead,
        "is_copy": mail.params.get("copy", False),
        "site_name": db.settings.site_name,
        "words": words,
    }
    return worded(
        mail,
        "liaison_changed",
        context,
        mechanism.sender(db.settings.mail_from),
        auto_submitted=True,
    )


COMPOSERS = {KIND: one_by_one(liaison_changed)}
