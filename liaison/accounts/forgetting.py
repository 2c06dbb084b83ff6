"""What no longer serves anybody is deleted: used-up links, ended sessions, answers kept for repetitions, counters of tries."""

from datetime import timedelta

from sqlalchemy import delete, or_

from liaison.accounts.models import IdempotentAnswer, Link, ReferenceCode, SignInLink, Throttle, UserSession
from liaison.accounts.sessions import ABSOLUTE
from liaison.db import Session

KEEP_ANSWERS = timedelta(days=1)
"""An Idempotency-Key may be repeated for a day."""
KEEP_SESSIONS = timedelta(days=7)
"""For so long it is known whose a session was that ran out, so that what is typed into a page left open is kept for them."""
KEEP_DEAD = timedelta(days=90)
"""For so long a dead link still says that it has expired, instead of looking like one that never was."""


async def forget_expired(db: Session) -> int:
    """Delete what expired long ago; how many rows. Mailed links stay for 90 days more, so that they can say that they are over."""
    now = db.now()
    dead = (
        delete(Link).where(Link.expires_at < now - KEEP_DEAD),
        delete(ReferenceCode).where(ReferenceCode.expires_at < now - KEEP_DEAD),
        delete(SignInLink).where(SignInLink.created_at < now - KEEP_DEAD),
        delete(UserSession).where(
            or_(UserSession.ended_at.is_not(None), UserSession.created_at < now - ABSOLUTE - KEEP_SESSIONS)
        ),
        delete(IdempotentAnswer).where(IdempotentAnswer.created_at < now - KEEP_ANSWERS),
        delete(Throttle).where(Throttle.counted_at < now - timedelta(days=1)),
    )
    count = 0
    for statement in dead:
        result = await db.execute(statement)
        count += result.rowcount  # type: ignore[attr-defined]
    return count
