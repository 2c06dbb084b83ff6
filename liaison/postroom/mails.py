"""The one mail that a mail may be answered with: a link to confirm what a reply said."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from liaison.accounts import links
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN
from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import Words
from liaison.mail.compose import render
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.postroom.replying import CONFIRM_DONE

LINK_LIFE = timedelta(days=60)


async def confirm_done(db: Session, row: OutboxMail) -> OutgoingMessage | None:
    """“You wrote that this is done”: the link under which its owner confirms it; None when the item has ended meanwhile."""
    query = select(ActionItem).where(ActionItem.id == row.source_id).options(*SHOWN)
    item = (await db.execute(query)).scalar_one_or_none()
    person = await db.get(Person, row.params["person_id"])
    if item is None or item.ended_at is not None or person is None or person.deactivated_at is not None:
        return None
    link = await links.link_for(
        db,
        purpose=links.ACTION,
        object_id=item.id,
        person_id=person.id,
        designation_id=row.params["office"],
        expires_at=db.now() + LINK_LIFE,
    )
    today = db.clock.today(item.mechanism.timezone)
    words = Words(row.locale, item.mechanism.timezone, today)
    context: dict[str, Any] = {
        "words": words,
        "person": person,
        "item": item,
        "mechanism": item.mechanism.short_name,
        "due": words.short_date(item.due_on, today) if item.due_on else None,
        "link": link,
        "site_name": db.settings.site_name,
    }
    subject, text, html = render("confirm_done", context, row.locale)
    mailbox = item.mechanism.mailbox
    return OutgoingMessage(
        to=row.display_to,
        address=row.address,
        mail_from=f"{item.mechanism.short_name} <{mailbox}>" if mailbox else db.settings.mail_from,
        subject=subject,
        text=text,
        html=html,
        auto_submitted=True,
    )


COMPOSERS = {CONFIRM_DONE: one_by_one(confirm_done)}
