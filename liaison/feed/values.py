"""What a subscription holds, as values. Pure."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Due:
    """One open action item of the holder, as the calendar says it."""

    id: int
    version: int
    title: str
    due_on: date
    assigned_at: datetime
    agency: str
    mechanism: str
    mailbox: str | None


@dataclass(frozen=True, slots=True)
class Contents:
    """All that decides what the calendar says: the newest announcement of each meeting, and every due item."""

    announcements: tuple[int, ...]
    due: tuple[Due, ...]
