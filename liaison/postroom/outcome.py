"""What one mail came to, as a value: between the modules that find it out and the row that keeps it."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from liaison.calendaring.answers import Proof
from liaison.errors import Conflict
from liaison.meetings.models import Meeting
from liaison.meetings.receiving import Received


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mail came to (`models.VERDICTS`), why (a code of `wording.REASONS`), and whom it concerns as far as that is known."""

    verdict: str
    reason: str
    params: dict[str, Any] = field(default_factory=dict)
    _: KW_ONLY
    mechanism_id: int | None = None
    meeting_id: int | None = None
    attendee_id: int | None = None
    person_id: int | None = None
    audience: frozenset[int] | None = None
    """Set where its sender says that only the people of these agencies may know of it."""


class TooLate(Conflict):
    """What a reply answers has changed since, and nothing was recorded; `reason` is a code of `wording.REASONS`."""

    def __init__(
        self, reason: str, msgid: str, *, minutes_id: int | None = None, proposal_id: int | None = None
    ) -> None:
        super().__init__(msgid)
        self.reason = reason
        self.kind, self.id = ("minutes", minutes_id) if minutes_id is not None else ("proposal", proposal_id)


def outcome_of(received: Received, params: dict[str, Any], proof: Proof) -> Outcome:
    """What an answer came to, by what its meeting made of it; beside `params` how it is known who sent it."""
    meeting, attendee, effect = received.meeting, received.attendee, received.effect
    known_by = "secret" if effect.verified and proof != "authenticated" else proof
    return Outcome(
        effect.verdict,
        effect.reason,
        params | {"proof": known_by},
        mechanism_id=meeting.mechanism_id if meeting else None,
        meeting_id=meeting.id if meeting else None,
        attendee_id=attendee.id if attendee else None,
        person_id=received.person_id,
    )


def answers_earlier_time(params: Mapping[str, Any], meeting: Meeting) -> bool:
    """Whether a mail speaks of a time that the meeting had before: while it waited the meeting was moved or reinstated. `params` are
    those of its outcome."""
    if params.get("uid", meeting.uid) != meeting.uid:
        return True
    return int(params.get("sequence", meeting.answers_from)) < meeting.answers_from
