"""The mail of 提请关注: the liaison's own words, to somebody of their own agency, and shown to nobody else."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.actions.escalating import KIND
from liaison.actions.escalation_models import Escalation
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN
from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import Words
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail


async def compose_escalation(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The mail; its subject names nothing, since subjects are read over the shoulder."""
    query = select(Escalation).where(Escalation.id == mail.source_id)
    query = query.options(joinedload(Escalation.by).joinedload(Person.agency))
    kept = (await db.execute(query)).scalar_one_or_none()
    if kept is None:
        return None
    item = (
        await db.execute(select(ActionItem).where(ActionItem.id == kept.action_item_id).options(*SHOWN))
    ).scalar_one()
    mechanism = item.mechanism
    context = {
        "words": Words(mail.locale, mechanism.timezone, db.clock.today(mechanism.timezone)),
        "kept": kept,
        "mechanism": mechanism,
        "site_name": db.settings.site_name,
    }
    return worded(
        mail,
        "action_escalation",
        context,
        ("", db.settings.mail_from),
        audience=frozenset({kept.agency_id}),
    )


COMPOSERS = {KIND: one_by_one(compose_escalation)}
