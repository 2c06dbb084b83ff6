"""What pages and API show of the times: what kind of day each is on, who can, what else takes place then."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.db import Session
from liaison.meetings.showing import Day, day_of
from liaison.polls.clashes import Clash, clashes
from liaison.polls.models import Candidate, TimePoll


@dataclass(frozen=True, slots=True)
class Time:
    """One time as it is shown."""

    candidate: Candidate
    start: datetime
    end: datetime
    day: Day
    clashes: Sequence[Clash]
    counts: Mapping[str, int]
    """How many agencies said can, if_need_be, cannot."""
    passed: bool


async def times(db: Session, viewer: Viewer, poll: TimePoll) -> list[Time]:
    """The times of a question in order; what else takes place is looked up while it is open."""
    calendar, zone = region_calendar(poll.mechanism.region), poll.zone
    spans = [one.span(zone) for one in poll.candidates]
    beside: list[list[Clash]] = [[] for _ in spans]
    if poll.closed_at is None:
        asked = [one.agency_id for one in poll.answers]
        beside = await clashes(db, viewer, poll.mechanism, spans, asked, apart_from=poll.meeting_id)
    return [
        Time(
            candidate=one,
            start=start,
            end=end,
            day=day_of(calendar, one.local_start.date()),
            clashes=beside[number],
            counts=Counter(said for row in poll.answers if (said := row.choice_for(one)) is not None),
            passed=start <= db.now(),
        )
        for number, (one, (start, end)) in enumerate(zip(poll.candidates, spans, strict=True))
    ]
