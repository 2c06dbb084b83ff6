"""What is kept of received mail, and for how long."""

from datetime import timedelta

from sqlalchemy import update

from liaison.db import Session
from liaison.mail.sources import state
from liaison.postroom.models import IncomingMail

KEEP_BYTES = timedelta(days=90)


async def purge(db: Session) -> int:
    """Delete the bytes of mails that came 90 days ago; what they came to stays. How many."""
    old = IncomingMail.received_at < db.now() - KEEP_BYTES
    rows = await db.execute(
        update(IncomingMail).where(old, IncomingMail.raw.is_not(None)).values(raw=None).returning(IncomingMail.id)
    )
    await state.forget_old(db)
    return len(rows.all())
