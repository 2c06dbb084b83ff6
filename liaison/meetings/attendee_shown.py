"""One person on a meeting's list where a page only shows it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liaison.directory.models import AgencyShown


@dataclass(frozen=True, slots=True)
class AttendeeShown:
    """One person on the list where a page only shows it, under the names that Attendee has: without who answered, and without
    the addresses of the person behind it."""

    agency: AgencyShown
    id: int
    version: int
    agency_invitation_id: int | None
    agency_id: int
    person_id: int | None
    name: str
    job_title: str | None
    phone: str | None
    note: str | None
    role: str
    partstat: str
    comment: str | None
    substitute: dict[str, Any] | None
    answered_at: datetime | None
    answered_via: str | None
    answered_from: str | None
    answered_unverified: bool
    registered: dict[str, Any] | None
    attendance: str | None
    checked_in_at: datetime | None
    checked_in_by: int | None
    leave_approved_at: datetime | None
    substitute_asked_at: datetime | None
    walked_in_at: datetime | None

    @property
    def from_outside(self) -> bool:
        """Of a body from outside, where nobody approves their leave."""
        return self.agency.kept_by_id is not None

    @property
    def answered_for_earlier_time(self) -> bool:
        """An answer came, and the meeting was moved since: it is asked for again."""
        return self.partstat == "needs_action" and self.answered_at is not None
