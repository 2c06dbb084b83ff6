"""Mail that a mail which came in gets back by itself: at most one, and few a day, so that two machines never talk without end."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from liaison.db import Session
from liaison.mail.models import OutboxMail

MOST_A_DAY: Final = 10
"""Answers to one address within 24 hours, whatever they are about."""
MOST_OF_A_THREAD: Final = 3
"""Of them within one thread: how often the invitation to a meeting is sent again because it was asked for."""
_DAY: Final = timedelta(days=1)
ANSWER: Final = "answer:"
"""With the incoming mail's id behind it the `once_key` of the one mail that it may get back."""


async def may_answer(db: Session, address: str, *, thread: str | None = None) -> bool:
    """Whether one more mail may go to this address by itself."""
    query = select(func.count(), func.count().filter(OutboxMail.thread == thread)).where(
        OutboxMail.address == address.lower(),
        OutboxMail.created_at > db.now() - _DAY,
        OutboxMail.once_key.startswith(ANSWER, autoescape=True),
    )
    of_all, of_thread = (await db.execute(query)).one()
    return bool(of_all < MOST_A_DAY and (thread is None or of_thread < MOST_OF_A_THREAD))
