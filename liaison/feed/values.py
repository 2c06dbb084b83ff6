"""What a subscription holds, as values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple


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
    restricted: bool
    """Whether only some agencies may know of it: an address with a secret does not name it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A draft that the annual plan told the member agencies of, as the calendar says it until its notice."""

    id: int
    uid: str
    version: int
    plan_sent_at: datetime
    title: str
    local_start: datetime
    duration_minutes: int
    timezone: str
    location: str | None
    host: str
    mechanism: str
    mailbox: str | None


class Kept(NamedTuple):
    """The text of one announcement that is kept, of some edition; all None where none is."""

    edition: str | None
    timezone: str | None
    year: int | None


@dataclass(frozen=True, slots=True)
class Contents:
    """All that decides what the calendar says: the newest announcement of each meeting, what is kept of it, every due item, and the drafts
    of plans.

    Nobody doing anything, that stays so from `seen_at` until `until`, when something comes or leaves by itself."""

    announcements: Mapping[int, Kept]
    due: tuple[Due, ...]
    planned: tuple[Planned, ...]
    seen_at: datetime
    until: datetime
