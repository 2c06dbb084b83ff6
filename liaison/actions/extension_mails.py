"""What whoever asked for another date is mailed when it is decided: once, at once, to them and to the owner."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from liaison.accounts import links
from liaison.actions import extension_queries, queries
from liaison.actions.extension_models import AGREED, Extension
from liaison.actions.item_mails import item_mail
from liaison.actions.models import ActionItem
from liaison.db import Session
from liaison.directory.models import Address, Person
from liaison.directory.queries import agencies_at
from liaison.i18n import Words
from liaison.mail import outbox
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.meetings.audience import HIDDEN
from liaison.meetings.queries import PERSON_ADDRESS

KIND = "extension"
LINK_LIFE = timedelta(days=60)


async def people(db: Session, ids: set[int]) -> list[Person]:
    """These people with what their address needs, as far as they are still there."""
    query = select(Person).where(Person.id.in_(ids), Person.deactivated_at.is_(None)).options(*PERSON_ADDRESS)
    return list(await db.scalars(query.order_by(Person.id)))


async def tell_ended(db: Session, extension: Extension, *, by: int | None) -> None:
    """Tell whoever asked, and the owner, how it ended; not who decided it. Needs `action_item`."""
    ids = {extension.asked_by, extension.action_item.owner_id} - {None, by}
    found: dict[str, tuple[Address, str, list[int]]] = {}
    for person in await people(db, {one for one in ids if one is not None}):
        if (address := person.effective_address()) is not None:
            _, _, behind = found.setdefault(address.mail, (address, person.mail_locale(db.settings.locale), []))
            behind.append(person.id)
    if extension.asked_by is None:
        agency = extension.action_item.lead_agency
        if (own := agency.own_address()) is not None:
            found.setdefault(own.mail, (own, agency.locale or db.settings.locale, []))
    for mail, (address, locale, behind) in found.items():
        await outbox.enqueue(
            db,
            kind=KIND,
            about=f"action:{extension.action_item_id}",
            address=mail,
            display_to=f"{address.holder} <{mail}>",
            locale=locale,
            person_ids=behind,
            source_id=extension.id,
            params={"person_id": behind[0] if behind else None},
            once_key=f"{KIND}:{extension.id}:{mail}",
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


async def link_to(db: Session, item: ActionItem, person_id: int | None, agency_id: int | None, *, open_: bool) -> str:
    """The mailed link to the item; its page where others read the address who may not know of it."""
    if not open_:
        return f"{db.settings.base_url}/actions/{item.id}"
    return await links.link_for(
        db,
        purpose=links.ACTION,
        object_id=item.id,
        person_id=person_id,
        agency_id=None if person_id else agency_id,
        expires_at=db.now() + LINK_LIFE,
    )


async def compose_extension(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The mail in its reader's words."""
    extension = await extension_queries.whole(db, mail.source_id or 0)
    if extension is None or extension.closed_at is None:
        return None
    item = extension.action_item
    mechanism = item.mechanism
    named = await titles(db, item, mail)
    words = Words(mail.locale, mechanism.timezone, db.clock.today(mechanism.timezone))
    person_id, is_open = mail.params["person_id"], named["title"] == item.title
    context = {
        "words": words,
        **named,
        "tells": is_open,
        "agreed": extension.closed_how == AGREED,
        "was": words.full_date(extension.due_before) if extension.due_before else None,
        "now": words.full_date(extension.due_on),
        "refusals": [one for one in extension.answers if not one.agreed],
        "mechanism": mechanism,
        "link": await link_to(db, item, person_id, extension.agency_id, open_=is_open),
        "site_name": db.settings.site_name,
    }
    return item_mail(mail, item, "extension", context, site=db.settings.mail_from, audience=named["audience"])


COMPOSERS = {KIND: one_by_one(compose_extension)}
