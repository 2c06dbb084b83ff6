"""What every mail about one action item shares: whom it goes to, once an address; what it may call the item there; and the link in it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from liaison.accounts import links
from liaison.actions import queries
from liaison.actions.models import ActionItem
from liaison.db import Session
from liaison.directory.models import Address, Agency, Person
from liaison.directory.queries import agencies_at
from liaison.i18n import Words
from liaison.mail import outbox
from liaison.mail.models import OutboxMail
from liaison.meetings.audience import HIDDEN
from liaison.meetings.queries import PERSON_ADDRESS

LINK_LIFE = timedelta(days=60)


async def people(db: Session, ids: set[int]) -> list[Person]:
    """These people with what their address needs, as far as they are still there."""
    query = select(Person).where(Person.id.in_(ids), Person.deactivated_at.is_(None)).options(*PERSON_ADDRESS)
    return list(await db.scalars(query.order_by(Person.id)))


async def tell(
    db: Session,
    item: ActionItem,
    kind: str,
    *,
    source_id: int,
    people: list[Person],
    agency: Agency | None,
    by: int | None,
    once: str,
    params: Mapping[str, Any] | None = None,
) -> None:
    """One mail an address, at once: to these people, and to `agency`, where it has no liaison who could be told, at its own address.
    `once`: what the key of each mail begins with."""
    found: dict[str, tuple[Address, str, list[int]]] = {}
    for person in people:
        if (address := person.effective_address()) is not None:
            _, _, behind = found.setdefault(address.mail, (address, person.mail_locale(db.settings.locale), []))
            behind.append(person.id)
    if agency is not None and (own := agency.own_address()) is not None:
        found.setdefault(own.mail, (own, agency.locale or db.settings.locale, []))
    for mail, (address, locale, behind) in found.items():
        await outbox.enqueue(
            db,
            kind=kind,
            about=f"action:{item.id}",
            address=mail,
            display_to=f"{address.holder} <{mail}>",
            locale=locale,
            person_ids=behind,
            source_id=source_id,
            params={"person_id": behind[0] if behind else None, **(params or {})},
            once_key=f"{kind}:{once}:{mail}",
            created_by=by,
        )


async def titles(db: Session, item: ActionItem, mail: OutboxMail) -> Mapping[str, Any]:
    """What a mail to that address calls the item, in its text and in its subject, and who may know of it: what was decided on an item
    with an audience stands in no subject, and in no text that others read."""
    audience = (await queries.audiences(db, [item])).get(item.id)
    if audience is None:
        return {"title": item.title, "in_subject": item.title, "audience": None}
    knows = audience | {item.lead_agency_id}
    readers = (await agencies_at(db, [mail.address])).get(mail.address, set())
    hidden = Words(mail.locale, item.mechanism.timezone, None)._(HIDDEN)
    open_ = bool(readers) and readers <= knows
    return {"title": item.title if open_ else hidden, "in_subject": hidden, "audience": knows if open_ else None}


async def link_to(
    db: Session,
    item: ActionItem,
    person_id: int | None,
    agency_id: int | None,
    *,
    open_: bool,
    designation_id: int | None = None,
) -> str:
    """The mailed link to the item; its page where others read the address who may not know of it."""
    if not open_:
        return f"{db.settings.base_url}/actions/{item.id}"
    return await links.link_for(
        db,
        purpose=links.ACTION,
        object_id=item.id,
        person_id=person_id,
        agency_id=None if person_id else agency_id,
        designation_id=designation_id,
        expires_at=db.now() + LINK_LIFE,
    )
