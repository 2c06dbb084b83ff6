"""What one mail came to, as a value: between the modules that find it out and the row that keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from liaison.meetings.models import Meeting


@dataclass(slots=True)
class Outcome:
    """What a mail came to (`models.VERDICTS`), why (a code of `wording.REASONS`), and whom it concerns as far as that is known."""

    verdict: str
    reason: str
    params: dict[str, Any] = field(default_factory=dict)
    mechanism_id: int | None = None
    meeting_id: int | None = None
    attendee_id: int | None = None
    person_id: int | None = None


def answers_earlier_time(params: Mapping[str, Any], meeting: Meeting) -> bool:
    """Whether a mail speaks of a time that the meeting had before: while it waited the meeting was moved or reinstated. `params` are
    those of its outcome."""
    if params.get("uid", meeting.uid) != meeting.uid:
        return True
    return int(params.get("sequence", meeting.answers_from)) < meeting.answers_from
