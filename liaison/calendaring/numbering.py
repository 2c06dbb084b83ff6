"""How announcements of one UID are numbered: SEQUENCE, DTSTAMP, and from which SEQUENCE on answers count (MAIL.md "State")."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class TimeAndPlace(Protocol):
    """The part of a meeting whose change raises SEQUENCE; `itip.Event` and `itip.Held` have it."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def duration_minutes(self) -> int: ...
    @property
    def timezone(self) -> str: ...
    @property
    def location(self) -> str: ...


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """SEQUENCE and DTSTAMP of an announcement, which order all mails of a UID.

    An answer counts if its SEQUENCE is at or after `answers_from`: the last change of time, or of place where the
    officer asked everyone to answer anew.
    """

    sequence: int
    dtstamp: datetime
    answers_from: int = field(default=0, compare=False)


def next_version(
    last: Version | None,
    *,
    before: TimeAndPlace | None,
    after: TimeAndPlace,
    cancelled: bool = False,
    answer_anew: bool = False,
    now: datetime,
) -> Version:
    """Number the announcement that is about to be sent.

    `last` and `before` are the version and content last *announced* under this UID (None: never), so that any number
    of edits in between raises SEQUENCE once. `now` is any instant with a zone; DTSTAMP never falls, even if the clock
    does. `answer_anew` as for `asks_anew`.
    """
    if now.tzinfo is None:
        raise ValueError("now is an instant: it needs a zone")
    dtstamp = now.astimezone(UTC).replace(microsecond=0)
    if last is None:
        return Version(0, dtstamp)
    dtstamp = max(dtstamp, last.dtstamp + timedelta(seconds=1))
    if cancelled or before is None or time_changed(before, after) or place_changed(before, after):
        sequence = last.sequence + 1
    else:
        sequence = last.sequence
    asks = not cancelled and asks_anew(before, after, answer_anew=answer_anew)
    return Version(sequence, dtstamp, answers_from=sequence if asks else last.answers_from)


def asks_anew(before: TimeAndPlace | None, after: TimeAndPlace, *, answer_anew: bool = False) -> bool:
    """Whether earlier answers lose their force; `answer_anew` is the officer's tick, offered when the place changes."""
    return before is None or time_changed(before, after) or (answer_anew and place_changed(before, after))


def time_changed(before: TimeAndPlace, after: TimeAndPlace) -> bool:
    """Another start, another length, or the same clock time in another zone."""
    return (before.starts_at, before.duration_minutes, before.timezone) != (
        after.starts_at,
        after.duration_minutes,
        after.timezone,
    )


def place_changed(before: TimeAndPlace, after: TimeAndPlace) -> bool:
    return before.location != after.location
