"""How every verb on a meeting begins, with the meeting under a lock, and how it ends, with one line of the trail."""

from typing import Any

from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.audit import Acting
from liaison.db import Session, locked
from liaison.errors import Conflict
from liaison.i18n import N_
from liaison.meetings.models import AgendaItem, Meeting

AGENDA_HELD = N_("This meeting has been held; its agenda can no longer be changed.")


async def lock(db: Session, meeting: Meeting, *, held: str | None = None) -> None:
    """The meeting under a lock, freshly read, with mechanism and host. With `held`, a meeting that has been held is refused
    with that sentence: Conflict."""
    await locked(db, Meeting, meeting.id, joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    if held is not None and meeting.held_at:
        raise Conflict(held)


def taking_place(db: Session, meeting: Meeting) -> None:
    """A meeting is recorded from its local day on, unless it is off; before that Conflict."""
    meeting.refuse_off()
    if db.clock.today(meeting.timezone) < meeting.local_on:
        raise Conflict(N_("This can be noted from the day of the meeting on."))


async def lock_item(db: Session, item: AgendaItem) -> None:
    """The item under a lock, behind that of its meeting. Raises Conflict once the meeting has been held."""
    await lock(db, item.meeting, held=AGENDA_HELD)
    await locked(db, AgendaItem, item.id)


def audit_line(db: Session, viewer: Acting, verb: str, meeting: Meeting, **params: Any) -> None:
    """One line of the audit trail about this meeting."""
    audit.add(db, viewer, verb, f"meeting:{meeting.id}", mechanism_id=meeting.mechanism_id, **params)
