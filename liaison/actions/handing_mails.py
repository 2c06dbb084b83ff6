"""What the new owner of an action item is mailed, or the liaison of the agency that is to name one: who did it before, and why it changed."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.actions import item_telling
from liaison.actions.extension_models import ItemChange
from liaison.actions.item_mails import item_mail
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN
from liaison.db import Session
from liaison.i18n import Words
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import PAPER
from liaison.mechanisms.queries import on_duty

KIND = "action_handed"


async def tell(db: Session, item: ActionItem, change: ItemChange, *, by: int) -> None:
    """One mail, at once; none to who handed it over themselves, nor to an agency that takes part on paper. An agency without a liaison
    gets it at its own address. Needs `mechanism` and `lead_agency`."""
    await db.flush()
    person_id, agency = item.owner_id, item.lead_agency
    if person_id is None:
        duty = await on_duty(db, item.mechanism, db.clock.today(item.mechanism.timezone))
        if any(one.agency_id == agency.id and one.takes_part == PAPER for one in duty.members):
            return
        officer = duty.in_office.get(agency.id)
        person_id = officer.person_id if officer is not None else None
    await item_telling.tell(
        db,
        item,
        KIND,
        source_id=change.id,
        people=await item_telling.people(db, {person_id} - {by}) if person_id is not None else [],
        agency=agency if person_id is None else None,
        by=by,
        once=str(change.id),
    )


async def compose_handed(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The mail; None for an item that ended, or was handed on, before it left."""
    query = select(ItemChange).where(ItemChange.id == mail.source_id)
    query = query.options(
        joinedload(ItemChange.by), joinedload(ItemChange.lead_before), joinedload(ItemChange.owner_before)
    )
    change = (await db.execute(query)).scalar_one_or_none()
    if change is None:
        return None
    query_item = select(ActionItem).where(ActionItem.id == change.action_item_id).options(*SHOWN)
    item = (await db.execute(query_item)).scalar_one()
    stands = (item.lead_agency_id, item.owner_id) == (change.lead_after_id, change.owner_after_id)
    if item.ended_at is not None or not stands:
        return None
    mechanism = item.mechanism
    words = Words(mail.locale, mechanism.timezone, db.clock.today(mechanism.timezone))
    named = await item_telling.titles(db, item, mail)
    is_open = named["title"] == item.title
    owner = change.owner_before
    before = f"{change.lead_before.short_name} {owner.name}" if owner else change.lead_before.short_name
    context: dict[str, Any] = {
        "words": words,
        **named,
        "owns": item.owner_id is not None,
        "before": before,
        "reason": change.reason if is_open else None,
        "by": change.by,
        "due": words.full_date(item.due_on) if item.due_on else None,
        "mechanism": mechanism,
        "link": await item_telling.link_to(db, item, mail.params["person_id"], item.lead_agency_id, open_=is_open),
        "site_name": db.settings.site_name,
    }
    return item_mail(mail, item, "action_handed", context, site=db.settings.mail_from, audience=named["audience"])


COMPOSERS = {KIND: one_by_one(compose_handed)}
