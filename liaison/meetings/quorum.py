"""The quorum that counts for one meeting."""

from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.attendance import Quorum
from liaison.meetings.models import ACTIVITIES, Meeting


async def quorum_of(db: Session, meeting: Meeting) -> Quorum:
    """Of a held meeting as it was then; else as the mechanism asks for it today, of its members on the day of the meeting. Needs
    `mechanism`."""
    if meeting.held_at is not None and meeting.quorum_rule is not None:
        return Quorum.from_json(meeting.quorum_rule)
    if meeting.kind in ACTIVITIES:  # nothing is decided there
        return Quorum(None, (), frozenset())
    if meeting.mechanism.quorum is None and not meeting.mechanism.must_include:
        return Quorum(None, (), frozenset())
    members = await mechanisms.members(db, meeting.mechanism_id)
    today = db.clock.today(meeting.timezone)
    # What took place before they joined counts the members of today, as its host is one of them.
    days = [[one.agency_id for one in members if one.is_member_on(day)] for day in (meeting.local_on, today)]
    return Quorum.of(meeting, days[0] or days[1])
