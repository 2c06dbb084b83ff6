"""What agencies are told of designations: the own one of what the operator entered on its letter, the others of a change of liaison."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.db import Session
from liaison.directory.models import Agency
from liaison.i18n import N_, Words
from liaison.mail import outbox
from liaison.mail.compose import render
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import ACTING, PAPER, PRINCIPAL, Designation, Mechanism
from liaison.mechanisms.queries import PERSON, in_office, on_duty
from liaison.mechanisms.wording import ROLES

KIND, CHANGED = "designation", "liaison_changed"
_NAMED = {
    PRINCIPAL: N_("%(agency)s informs you that from %(day)s %(name)s is its liaison."),
    ACTING: N_("%(agency)s informs you that from %(day)s %(name)s is its acting liaison."),
}
_REPLACED = {
    PRINCIPAL: N_("%(agency)s informs you that from %(day)s %(name)s is its liaison in place of %(former)s."),
    ACTING: N_("%(agency)s informs you that from %(day)s %(name)s is its acting liaison in place of %(former)s."),
}


async def tell_agency(
    db: Session, designation: Designation, mechanism: Mechanism, *, today: date, by: int | None
) -> None:
    """One mail to the agency's liaison in office, else to its own address; none where it has neither."""
    officer = (await in_office(db, mechanism.id, today)).get(designation.agency_id)
    await _tell(db, KIND, designation, designation.person.agency, officer, by)


async def tell_others(
    db: Session, designation: Designation, mechanism: Mechanism, *, today: date, by: int | None
) -> None:
    """联络员变更告知: one mail to each other member agency's liaison in office, else to the agency's own address; an agency that takes
    part on paper is told by letter."""
    duty = await on_duty(db, mechanism, today)
    for member in duty.members:
        if member.agency_id != designation.agency_id and member.takes_part != PAPER:
            await _tell(db, CHANGED, designation, member.agency, duty.in_office[member.agency_id], by)


async def _tell(
    db: Session, kind: str, designation: Designation, agency: Agency, officer: Designation | None, by: int | None
) -> None:
    address = officer.person.effective_address() if officer else None
    if address is not None and officer is not None:
        mail, name, locale = address.mail, officer.person.name, officer.person.mail_locale(db.settings.locale)
    elif agency.mail:
        mail, name, locale = agency.mail, agency.name, agency.locale or db.settings.locale
    else:
        return
    await outbox.enqueue(
        db,
        kind=kind,
        about=f"designation:{designation.id}",
        address=mail,
        display_to=f"{name} <{mail}>",
        locale=locale,
        person_ids=[officer.person_id] if officer and address else [],
        source_id=designation.id,
        once_key=f"{kind}:{designation.id}:{mail.lower()}",
        created_by=by,
    )


async def designation_entered(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """Who was designated, from when, on which letter; what to do if that is wrong."""
    designation = await _designation(db, mail)
    return None if designation is None else _message(db, mail, "designation", designation)


async def liaison_changed(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """Who is the agency's liaison from when, whom they follow, and how to reach them."""
    designation = await _designation(db, mail)
    if designation is None:
        return None
    day_before = designation.starts_on - timedelta(days=1)
    former = (await on_duty(db, designation.mechanism, day_before)).in_office.get(designation.agency_id)
    facts = {"agency": designation.agency.name, "name": designation.person.name}
    words = Words(mail.locale, designation.mechanism.timezone)
    facts["day"] = words.full_date(designation.starts_on)
    if former is None or former.person_id == designation.person_id:
        lead = words._(_NAMED[designation.role], **facts)
    else:
        lead = words._(_REPLACED[designation.role], **facts, former=former.person.name)
    return _message(db, mail, "liaison_changed", designation, lead=lead)


async def _designation(db: Session, mail: OutboxMail) -> Designation | None:
    query = select(Designation).where(Designation.id == mail.source_id)
    query = query.options(joinedload(Designation.mechanism), joinedload(Designation.agency), PERSON)
    return (await db.execute(query)).scalar_one_or_none()


def _message(db: Session, mail: OutboxMail, template: str, designation: Designation, **more: object) -> OutgoingMessage:
    words = Words(mail.locale, designation.mechanism.timezone)
    context = {
        "designation": designation,
        "agency": designation.agency,
        "person": designation.person,
        "mechanism": designation.mechanism,
        "role": words._(ROLES[designation.role]),
        "term": words.dates(designation.starts_on, designation.last_on),
        "url": f"{db.settings.base_url}/mechanisms/{designation.mechanism_id}#members",
        "site_name": db.settings.site_name,
        "words": words,
        **more,
    }
    subject, text, html = render(template, context, mail.locale)
    return OutgoingMessage(
        to=mail.display_to,
        address=mail.address,
        mail_from=db.settings.mail_from,
        subject=subject,
        text=text,
        html=html,
        auto_submitted=True,
    )


COMPOSERS = {KIND: one_by_one(designation_entered), CHANGED: one_by_one(liaison_changed)}
