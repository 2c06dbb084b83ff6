"""What one mail came to, as a value: between the modules that find it out and the row that keeps it."""

from dataclasses import dataclass, field
from typing import Any


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
    audience: frozenset[int] | None = None
    """Set where its sender says that only the people of these agencies may know of it."""
