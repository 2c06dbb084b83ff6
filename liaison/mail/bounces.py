"""Mails of ours that came back: a mail server took one and reports later that it did not arrive (RFC 3464)."""

from sqlalchemy import select

from liaison import audit
from liaison.audit import Actor
from liaison.db import Session, locked
from liaison.mail.classify import Phase, classify
from liaison.mail.models import BOUNCED, SENT, OutboxMail


async def mark_bounced(db: Session, message_id: str, address: str, *, status: str, words: str) -> OutboxMail | None:
    """Mark the mail with this Message-ID as come back, with the server's words (`status` like 5.1.1); None if no mail of ours had it.

    Who forged the report would have to know the Message-ID, which only the receiving side does. The address may be another one: a
    mail that was forwarded comes back from where it was forwarded to."""
    if not message_id:
        return None
    query = select(OutboxMail.id).where(OutboxMail.message_id == message_id).limit(1)
    found = (await db.execute(query)).scalar_one_or_none()
    if found is None:
        return None
    mail = await locked(db, OutboxMail, found)
    if mail.state != SENT:
        return mail if mail.state == BOUNCED else None
    reply = f"{status} {words}".strip()
    outcome = classify(Phase.RCPT, 550, reply)
    mail.state, mail.reason, mail.last_reply = BOUNCED, outcome.reason, reply
    mail.final_at = db.now()
    audit.add(db, Actor(None, "mail"), "mail_bounced", f"mail:{mail.id}", about=mail.about)
    return mail
