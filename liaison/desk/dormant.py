"""Mechanisms that sleep, on the desk of their officers."""

from collections.abc import Collection, Sequence
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.desk.todos import Todo
from liaison.life.queries import dormant
from liaison.mechanisms.dormancy import SHORTEST
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import Meeting


async def sleepers(
    db: Session, viewer: Viewer, mechanisms: Collection[Mechanism], meetings: Sequence[Meeting], today: date
) -> list[Todo]:
    """One thing to do each; those that the meetings in hand show to be awake are not looked at."""
    awake = {
        one.mechanism_id
        for one in meetings
        if (one.state == "announced" and one.starts_at > db.now())
        or (one.state == "held" and today - one.local_on <= SHORTEST)
    }
    named = {one.id: one.short_name for one in mechanisms if one.id not in awake}
    found = await dormant(db, viewer, [one for one in mechanisms if one.id in named])
    return [Todo("dormant", None, id_, None, named[id_], day=one.last_on) for id_, one in found.items()]
