"""The words of sign-in mails, composed when a worker takes them up."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.models import SignInLink
from liaison.accounts.sign_in import PASSWORD, link_url
from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import Words
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail


async def sign_in(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The mail with a one-time link; None when the link was used or revoked meanwhile, or its person is gone."""
    link = await db.get(SignInLink, mail.source_id) if mail.source_id else None
    if link is None or link.person_id is None or link.used_at is not None or link.revoked_at is not None:
        return None
    query = select(Person).where(Person.id == link.person_id).options(joinedload(Person.agency))
    person = (await db.execute(query)).scalar_one_or_none()
    if person is None or person.deactivated_at is not None:
        return None
    context: dict[str, Any] = {
        "person": person,
        "agency": person.agency,
        "url": await link_url(db, link),
        "for_password": link.purpose == PASSWORD,
        "asked_at": link.created_at,
        "site_name": db.settings.site_name,
        "words": Words(mail.locale, db.settings.timezone),
    }
    return worded(
        mail,
        "sign_in",
        context,
        ("", db.settings.mail_from),
        auto_submitted=True,
    )


COMPOSERS = {"sign_in": one_by_one(sign_in)}
