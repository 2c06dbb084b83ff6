"""The mail of a reminder by hand, in its reader's words."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.actions.item_mails import item_mail
from liaison.actions.item_telling import link_to, titles
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN
from liaison.actions.reminder_models import HandReminder
from liaison.actions.reminding import KIND
from liaison.actions.showing import worded_due
from liaison.calendaring.workdays import region_calendar
from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import Words
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail


async def compose_reminder(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The mail; None for an item that ended, or went to another agency, before it left."""
    query = select(HandReminder).where(HandReminder.id == mail.source_id)
    query = query.options(
        joinedload(HandReminder.by).joinedload(Person.agency),
        joinedload(HandReminder.person),
        joinedload(HandReminder.agency),
    )
    reminder = (await db.execute(query)).scalar_one_or_none()
    if reminder is None:
        return None
    item = (
        await db.execute(select(ActionItem).where(ActionItem.id == reminder.action_item_id).options(*SHOWN))
    ).scalar_one()
    if item.ended_at is not None or item.lead_agency_id != reminder.agency_id:
        return None
    mechanism = item.mechanism
    words = Words(mail.locale, mechanism.timezone, db.clock.today(mechanism.timezone))
    named = await titles(db, item, mail)
    link = await link_to(
        db,
        item,
        reminder.person_id,
        reminder.agency_id,
        open_=named["title"] == item.title,
        designation_id=mail.params["designation_id"],
    )
    context = {
        "words": words,
        **named,
        "own": reminder.by.agency_id == item.lead_agency_id,
        "by": reminder.by,
        "to": reminder.person.name if reminder.person else reminder.agency.name,
        "due": words.full_date(item.due_on) if item.due_on else None,
        "late": worded_due(words, item, region_calendar(mechanism.region), words.today or item.assigned_on),
        "mechanism": mechanism,
        "link": link,
        "site_name": db.settings.site_name,
    }
    return item_mail(mail, item, "action_reminder", context, site=db.settings.mail_from, audience=named["audience"])


COMPOSERS = {KIND: one_by_one(compose_reminder)}
