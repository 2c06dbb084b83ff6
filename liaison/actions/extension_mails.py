"""What whoever asked for another date is mailed when it is decided: once, at once, to them and to the owner."""

from liaison.actions import extension_queries
from liaison.actions.extension_models import AGREED, Extension
from liaison.actions.item_mails import item_mail
from liaison.actions.item_telling import link_to, people, tell, titles
from liaison.db import Session
from liaison.i18n import Words
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail

KIND = "extension"


async def tell_ended(db: Session, extension: Extension, *, by: int | None) -> None:
    """Tell whoever asked, and the owner, how it ended; not who decided it. Needs `action_item`."""
    ids = {extension.asked_by, extension.action_item.owner_id} - {None, by}
    await tell(
        db,
        extension.action_item,
        KIND,
        source_id=extension.id,
        people=await people(db, {one for one in ids if one is not None}),
        agency=extension.action_item.lead_agency if extension.asked_by is None else None,
        by=by,
        once=str(extension.id),
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
