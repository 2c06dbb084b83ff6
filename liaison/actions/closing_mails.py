"""What whoever reported an item done, and its owner, are mailed once it was closed or sent back."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.actions import item_telling
from liaison.actions.item_mails import item_mail
from liaison.actions.models import ActionItem, Progress
from liaison.actions.queries import SHOWN
from liaison.db import Session
from liaison.i18n import Words
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail

KIND = "action_closing"


async def tell(db: Session, item: ActionItem, sent_back: Progress | None, *, by: int) -> None:
    """One mail each, at once; not to who decided it. What an agency without a liaison reported by the link mailed to it is told there."""
    ids = {one for one in (item.reported_done_by, item.owner_id) if one is not None and one != by}
    moment = item.reported_done_at.isoformat() if item.reported_done_at else ""
    await item_telling.tell(
        db,
        item,
        KIND,
        source_id=item.id,
        people=await item_telling.people(db, ids),
        agency=item.lead_agency if item.reported_done_by is None else None,
        by=by,
        once=f"{item.id}:{moment}",
        params={"progress_id": sent_back.id if sent_back else None},
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
    named = await item_telling.titles(db, item, mail)
    is_open = named["title"] == item.title
    context: dict[str, Any] = {
        "words": Words(mail.locale, mechanism.timezone, db.clock.today(mechanism.timezone)),
        **named,
        "note": note,
        "tells": is_open,
        "mechanism": mechanism,
        "link": await item_telling.link_to(db, item, mail.params["person_id"], item.lead_agency_id, open_=is_open),
        "site_name": db.settings.site_name,
    }
    return item_mail(mail, item, "action_closing", context, site=db.settings.mail_from, audience=named["audience"])


COMPOSERS = {KIND: one_by_one(compose_closing)}
