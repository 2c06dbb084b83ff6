"""How every verb on a question for a time begins, under a lock, and how it ends, with one line of the trail."""

from typing import Any

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.db import Session, locked
from liaison.polls.models import Candidate, PollAnswer, TimePoll


async def lock(db: Session, poll: TimePoll, *, to_change: bool = True) -> None:
    """The question under a lock, with times and answers as they stand now; whoever changes one of them holds this lock. Raises Conflict
    when it has ended, unless only what is there already is asked for (`to_change` False)."""
    await locked(db, TimePoll, poll.id)
    for candidate in poll.candidates:
        await locked(db, Candidate, candidate.id)
    for answer in poll.answers:
        await locked(db, PollAnswer, answer.id)
    if to_change:
        poll.refuse_ended()


def audit_line(db: Session, viewer: Viewer, verb: str, poll: TimePoll, **params: Any) -> None:
    """One line of the audit trail about this question."""
    audit.add(db, viewer, verb, f"time_poll:{poll.id}", mechanism_id=poll.mechanism_id, **params)
