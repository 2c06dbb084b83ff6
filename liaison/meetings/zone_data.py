"""Countries change their clocks at short notice: what was agreed is the time on the wall, so the instant is worked out anew."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from liaison.calendaring.walltime import NoSuchTime, instant_of
from liaison.db import Session
from liaison.meetings.models import Meeting

NEAR: Final = timedelta(days=2)
"""No change of the zone data moves a meeting further: with this a meeting to come is found, whichever way it was moved."""


async def follow_zone_data(db: Session) -> int:
    """Derive again when the meetings to come begin, from their local time; how many begin at another instant than was thought.

    Those that were held keep theirs. A time that the new data skip is left as it is: people come when their wall says so."""
    query = select(Meeting.id, Meeting.local_start, Meeting.timezone, Meeting.starts_at, Meeting.held_at)
    moved = 0
    for row in (await db.execute(query.where(Meeting.starts_at > db.now() - NEAR))).all():
        try:
            starts_at = instant_of(row.local_start, ZoneInfo(row.timezone))
        except NoSuchTime:
            continue
        if starts_at != row.starts_at and row.held_at is None:
            unchanged = (Meeting.id == row.id, Meeting.local_start == row.local_start, Meeting.timezone == row.timezone)
            await db.execute(update(Meeting).where(*unchanged).values(starts_at=starts_at))
            moved += 1
    return moved
