"""What an agency is told of its designations: what the operator entered on its letter."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.db import Session
from liaison.directory.models import Agency
from liaison.i18n import Words
from liaison.mail import outbox
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Designation, Mechanism
from liaison.mechanisms.queries import PERSON, in_office
from liaison.mechanisms.wording import ROLES

KIND = "designation"


async def tell_agency(
    db: Session, designation: Designation, mechanism: Mechanism, *, today: date, by: int | None
) -> None:
    """One mail to the agency's liaison in office, else to its own address; none where it has neither."""
    officer = (await in_office(db, mechanism.id, today)).get(designation.agency_id)
    await _tell(db, KIND, designation, designation.person.agency, officer, by)


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
    return worded(
        mail,
        template,
        context,
        ("", db.settings.mail_from),
        auto_submitted=True,
    )


COMPOSERS = {KIND: one_by_one(designation_entered)}
