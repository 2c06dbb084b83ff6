"""What the owner and the responsible agency's liaison are mailed when somebody else corrected the due date of their item."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.actions import item_telling
from liaison.actions.extension_models import ItemChange
from liaison.actions.item_mails import item_mail
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN
from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import Words
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import PAPER
from liaison.mechanisms.queries import on_duty

KIND = "action_date"


async def tell(db: Session, item: ActionItem, change: ItemChange, *, by: int) -> None:
    """One mail an address, at once: to whose item it was when the date was corrected. Needs `mechanism`."""
    await db.flush()
    duty = await on_duty(db, item.mechanism, db.clock.today(item.mechanism.timezone))
    ids, agency = {change.owner_before_id}, None
    member = next((one for one in duty.members if one.agency_id == change.lead_before_id), None)
    if member is not None and member.takes_part != PAPER:
        officer = duty.in_office[member.agency_id]
        if officer is not None:
            ids.add(officer.person_id)
        else:
            agency = member.agency
    await item_telling.tell(
        db,
        item,
        KIND,
        source_id=change.id,
        people=await item_telling.people(db, {one for one in ids if one is not None and one != by}),
        agency=agency,
        by=by,
        once=str(change.id),
    )


async def compose_date(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The mail in its reader's words; None for an item that ended before it left."""
    query = select(ItemChange).where(ItemChange.id == mail.source_id)
    change = (await db.execute(query.options(joinedload(ItemChange.by).joinedload(Person.agency)))).scalar_one_or_none()
    if change is None or change.by is None:
        return None
    query_item = select(ActionItem).where(ActionItem.id == change.action_item_id).options(*SHOWN)
    item = (await db.execute(query_item)).scalar_one()
    if item.ended_at is not None:
        return None
    mechanism = item.mechanism
    words = Words(mail.locale, mechanism.timezone, db.clock.today(mechanism.timezone))
    named = await item_telling.titles(db, item, mail)
    is_open = named["title"] == item.title
    context: dict[str, Any] = {
        "words": words,
        **named,
        "by": change.by,
        "was": words.date(change.due_before) if change.due_before else None,
        "now": words.date(change.due_after) if change.due_after else None,
        "reason": change.reason if is_open else None,
        "mechanism": mechanism,
        "link": await item_telling.link_to(db, item, mail.params["person_id"], change.lead_before_id, open_=is_open),
        "site_name": db.settings.site_name,
    }
    return item_mail(mail, item, "action_date", context, site=db.settings.mail_from, audience=named["audience"])


COMPOSERS = {KIND: one_by_one(compose_date)}
