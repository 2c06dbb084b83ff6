"""What whoever reported an item done, and its owner, are mailed once it was closed or sent back."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.actions.extension_mails import link_to, people, titles
from liaison.actions.item_mails import item_mail
from liaison.actions.models import ActionItem, Progress
from liaison.actions.queries import SHOWN
from liaison.db import Session
from liaison.directory.models import Address
from liaison.i18n import Words
from liaison.mail import outbox
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail

KIND = "action_closing"


async def tell(db: Session, item: ActionItem, sent_back: Progress | None, *, by: int) -> None:
    """One mail each, at once; not to who decided it. What an agency without a liaison reported by the link mailed to it is told there."""
    ids = {one for one in (item.reported_done_by, item.owner_id) if one is not None and one != by}
    to: list[tuple[int | None, Address | None, str]] = [
        (one.id, one.effective_address(), one.mail_locale(db.settings.locale)) for one in await people(db, ids)
    ]
    if item.reported_done_by is None:
        agency = item.lead_agency
        to.append((None, agency.own_address(), agency.locale or db.settings.locale))
    told: set[str] = set()
    for person_id, address, locale in to:
        if address is None or address.mail in told:
            continue
        told.add(address.mail)
        moment = item.reported_done_at.isoformat() if item.reported_done_at else ""
        await outbox.enqueue(
            db,
            kind=KIND,
            about=f"action:{item.id}",
            address=address.mail,
            display_to=f"{address.holder} <{address.mail}>",
            locale=locale,
            person_ids=[person_id] if person_id is not None else [],
            source_id=item.id,
            params={"person_id": person_id, "progress_id": sent_back.id if sent_back else None},
            once_key=f"{KIND}:{item.id}:{moment}:{address.mail}",
            created_by=by,
        )


async def compose_closing(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The mail in its reader's words."""
    query = select(ActionItem).where(ActionItem.id == mail.source_id).options(*SHOWN)
    item = (await db.execute(query)).scalar_one_or_none()
    if item is None:
        return None
    note = None
    if (note_id := mail.params["progress_id"]) is not None:
        found = select(Progress).where(Progress.id == note_id)
        found = found.options(joinedload(Progress.by), joinedload(Progress.agency))
        note = (await db.execute(found)).scalar_one_or_none()
    mechanism = item.mechanism
    named = await titles(db, item, mail)
    is_open = named["title"] == item.title
    context: dict[str, Any] = {
        "words": Words(mail.locale, mechanism.timezone, db.clock.today(mechanism.timezone)),
        **named,
        "note": note,
        "tells": is_open,
        "mechanism": mechanism,
        "link": await link_to(db, item, mail.params["person_id"], item.lead_agency_id, open_=is_open),
        "site_name": db.settings.site_name,
    }
    return item_mail(mail, item, "action_closing", context, site=db.settings.mail_from, audience=named["audience"])


COMPOSERS = {KIND: one_by_one(compose_closing)}
