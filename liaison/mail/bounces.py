"""Mails that did not arrive: what a mail server reports later of one it took (RFC 3464), and which addresses are bad by now."""

from collections.abc import Collection

from sqlalchemy import func, select

from liaison import audit
from liaison.addresses import ADDRESS_PROBLEMS
from liaison.audit import Actor
from liaison.db import Session, locked
from liaison.mail.classify import Phase, classify
from liaison.mail.models import BOUNCED, REFUSED, SENT, OutboxMail

_OF_THE_ADDRESS = (
    *ADDRESS_PROBLEMS,
    "mailbox_unknown",
    "mailbox_disabled",
    "mailbox_full",
    "domain_unknown",
    "refused",
    "not_permitted",
)
"""Reasons that lie with the address, and not with one mail or the way there."""


async def bad_addresses(db: Session, addresses: Collection[str]) -> dict[str, str]:
    """Of these addresses those that the newest mail to have left or been refused did not reach, with the code of why (`mail.reasons`)."""
    if not addresses:
        return {}
    newest = (
        select(func.max(OutboxMail.id))
        .where(OutboxMail.address.in_({each.lower() for each in addresses}))
        .where(OutboxMail.state.in_((SENT, BOUNCED, REFUSED)), OutboxMail.trial_to.is_(None))
        .group_by(OutboxMail.address)
    )
    query = select(OutboxMail.address, OutboxMail.reason).where(
        OutboxMail.id.in_(newest), OutboxMail.state != SENT, OutboxMail.reason.in_(_OF_THE_ADDRESS)
    )
    return {address: reason for address, reason in await db.execute(query) if reason}


async def mark_bounced(
    db: Session, message_id: str, *, status: str, words: str, named: str | None = None
) -> OutboxMail | None:
    """Mark the mail with this Message-ID as come back, with the server's words (`status` like 5.1.1); None if no mail of ours had it.

    Who forged the report would have to know the Message-ID, which only the receiving side does. Which address the report names is not
    asked: a mail that was forwarded comes back from where it was forwarded to. But a report for people has to have `named` the one
    that the mail went to, for what it says is guessed."""
    if not message_id:
        return None
    query = select(OutboxMail.id).where(OutboxMail.message_id == message_id).limit(1)
    found = (await db.execute(query)).scalar_one_or_none()
    if found is None:
        return None
    mail = await locked(db, OutboxMail, found)
    if named is not None and named != mail.address:
        return None
    if mail.state != SENT:
        return mail if mail.state == BOUNCED else None
    reply = f"{status} {words}".strip()
    outcome = classify(Phase.RCPT, 550 if status else 554, reply)  # 554: nobody said why
    mail.state, mail.reason, mail.last_reply = BOUNCED, outcome.reason, reply
    mail.final_at = db.now()
    audit.add(db, Actor(None, "mail"), "mail_bounced", f"mail:{mail.id}", about=mail.about)
    return mail
