"""What the reader and every member agency are mailed when somebody is named a reader, and when that ends early."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import Words
from liaison.mail import outbox
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Mechanism, Reader
from liaison.mechanisms.queries import on_duty
from liaison.meetings.by_office import readers

KIND = "reader"


async def tell(db: Session, mechanism: Mechanism, reader: Reader, person: Person, *, by: int | None) -> None:
    """One mail an address, at once: to the reader, and to the liaison, deputies or own address of each member agency."""
    ended = reader.ended_at is not None
    to: list[tuple[str, str, str, list[int], bool]] = []
    if address := person.effective_address():
        to.append((address.mail, person.name, person.mail_locale(db.settings.locale), [person.id], True))
    told, _ = readers(await on_duty(db, mechanism, db.clock.today(mechanism.timezone)), db.settings.locale)
    to += [(one.address, one.name, one.locale, list(one.person_ids), False) for one in told]
    for mail, name, locale, person_ids, own in to:
        await outbox.enqueue(
            db,
            kind=KIND,
            about=f"mechanism:{mechanism.id}",
            address=mail,
            display_to=f"{name} <{mail}>",
            locale=locale,
            person_ids=person_ids,
            source_id=reader.id,
            params={"own": own, "ended": ended, "ends_on": reader.ends_on.isoformat()},
            once_key=f"{KIND}:{reader.id}:{'ended' if ended else 'named'}:{'own' if own else 'member'}:{mail.lower()}",
            created_by=by,
        )


async def compose_reader(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """Who reads what until when, and that every view is noted; none of a naming that was ended before its mail left."""
    reader = (await db.execute(select(Reader).where(Reader.id == mail.source_id))).scalar_one_or_none()
    if reader is None or (not mail.params["ended"] and reader.ended_at is not None):
        return None
    mechanism = await db.get_one(Mechanism, reader.mechanism_id, options=[joinedload(Mechanism.lead_agency)])
    person = await db.get_one(Person, reader.person_id, options=[joinedload(Person.agency)])
    words = Words(mail.locale, mechanism.timezone, db.clock.today(mechanism.timezone))
    last_on = date.fromisoformat(mail.params["ends_on"]) - timedelta(days=1)
    context = {
        "words": words,
        "mechanism": mechanism,
        "person": person,
        "own": mail.params["own"],
        "ended": mail.params["ended"],
        "term": words.dates(reader.starts_on, last_on),
        "basis_ref": reader.basis_ref,
        "link": f"{db.settings.base_url}/mechanisms/{mechanism.id}" + ("" if mail.params["own"] else "/readers"),
        "site_name": db.settings.site_name,
    }
    return worded(mail, KIND, context, mechanism.sender(db.settings.mail_from), auto_submitted=True)


COMPOSERS = {KIND: one_by_one(compose_reader)}
