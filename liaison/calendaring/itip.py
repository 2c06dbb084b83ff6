"""What each invited person is mailed about a meeting: from what they hold and what is announced, one message or none.

Pure values in, values out; RFC 5546 for the meaning of METHOD, SEQUENCE and DTSTAMP. A meeting is one UID without
recurrence, and every mail speaks to one address. What is said is always the difference between what *that address* may
already hold and the newest announcement, so unsent edits, silent saves and superseded announcements end in one mail.
What comes back is the matter of `answers`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

import msgspec

from liaison.calendaring.numbering import time_changed

Cutype = Literal["INDIVIDUAL", "GROUP"]
Role = Literal["CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT"]
Partstat = Literal["NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"]
Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]


class Method(StrEnum):
    """What the calendar part of a mail asks the calendar to do, spelled as in RFC 5546."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    DECLINECOUNTER = "DECLINECOUNTER"


class Change(StrEnum):
    """What the mail tells its recipient, measured against what they hold; the subject line follows from it."""

    INVITED = "invited"
    MOVED = "moved"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    REMOVED = "removed"
    # Nothing they see has changed: they asked for it once more, or their earlier answer counts no longer.
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Attendee:
    """One address on the list: a person, or a shared mailbox (GROUP), whose people answer each for themselves."""

    address: str
    name: str
    cutype: Cutype = "INDIVIDUAL"
    role: Role = "REQ-PARTICIPANT"
    partstat: Partstat = "NEEDS-ACTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What one version of a meeting says, in one language.

    `starts_at` is local wall time without zone, `timezone` an IANA name, `dtstamp` UTC. `organizer` is the address
    frozen at the meeting's first REQUEST, `contact` the liaison of the day. `status` None writes no STATUS.
    `answers_from` is the lowest SEQUENCE whose answers still count (see `numbering.Version`).
    """

    uid: str
    sequence: int
    dtstamp: datetime
    answers_from: int
    starts_at: datetime
    duration_minutes: int
    timezone: str
    summary: str
    location: str
    description: str
    organizer: str
    organizer_name: str
    contact: str
    attendees: tuple[Attendee, ...]
    status: Status | None = "CONFIRMED"
    hides_attendees: bool = False
    alarm_minutes: int | None = None
    # Equal for two versions that look the same in a calendar; kept, since it is asked for each recipient.
    fingerprint: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is not None:
            raise ValueError("starts_at is local wall time: it has no zone of its own")
        if self.dtstamp.utcoffset() != timedelta(0) or self.dtstamp.microsecond:
            raise ValueError("dtstamp is UTC in whole seconds")
        if len({key_of(attendee.address) for attendee in self.attendees}) != len(self.attendees):
            raise ValueError("an address is an attendee once")
        object.__setattr__(self, "fingerprint", _fingerprint(self))


@dataclass(frozen=True, slots=True)
class Announced:
    """The newest announcement of a UID: the meeting as the officer last sent it."""

    method: Method
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one address may hold of a UID after the newest mail that may have reached it.

    Written down when a mail is composed, before its first byte leaves, and put back to what it was if the mail was
    definitely refused. It keeps what the recipient sees, so that the next mail can say "instead of …", and a CANCEL can
    speak of the meeting as they know it.
    """

    uid: str
    sequence: int
    dtstamp: datetime
    method: Method
    fingerprint: str
    summary: str
    starts_at: datetime
    duration_minutes: int
    timezone: str
    location: str
    attendee: Attendee
    printed: str = ""
    """What the mail said to this address besides the calendar's view, as a digest; of a meeting that is off, in which words."""
    in_calendar: bool | None = None
    """Whether it came with a calendar part; not known of what was written down before this was kept."""

    def to_json(self) -> dict[str, Any]:
        """Plain strings, numbers and one nested object, for a JSON column."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Held":
        """Read back `to_json`; raises `msgspec.ValidationError` naming the field that is not as written."""
        return msgspec.convert(stored, cls)


@dataclass(frozen=True, slots=True)
class Message:
    """One mail's calendar part: METHOD and event for `ics.to_ics`, why it is sent, and what its recipient then holds.

    `event` is the announced event itself, not a copy, whenever this recipient sees just that: its bytes may be shared.
    """

    method: Method
    event: Event
    recipient: str
    change: Change
    after: Held
    in_calendar: bool = True
    """Whether the mail has a calendar part."""


def message_for(
    held: Held | None,
    announced: Announced,
    recipient: str,
    *,
    again: bool = False,
    printed: str = "",
    in_calendar: bool = True,
) -> Message | None:
    """The mail this address gets of the newest announcement, or None if it is to get none.

    `held` is what the address may hold of this UID (None: nothing). `again` resends to one who asks, with the same
    SEQUENCE and DTSTAMP. `printed` stands for what the mail says to this address besides the calendar's view: another one is news
    to nobody else. `in_calendar` False: an invitation goes without calendar part.
    """
    event = announced.event
    if held is not None and held.uid != event.uid:
        held = None
    attendee = next((one for one in event.attendees if same_address(one.address, recipient)), None)
    if announced.method is Method.REQUEST and attendee is not None:
        request = _request(held, event, attendee, recipient, again, printed)
        if request is None:
            return None
        after = replace(request.after, printed=printed, in_calendar=in_calendar)
        return replace(request, after=after, in_calendar=in_calendar)
    if held is None:
        return None
    return _cancel(held, announced, attendee, recipient, again, printed)


def same_address(one: str, other: str) -> bool:
    """Mail servers that tell upper from lower case are extinct; calendars that change the case are not."""
    return key_of(one) == key_of(other)


def key_of(address: str) -> str:
    """The address as it is compared."""
    return address.strip().casefold()


def _request(
    held: Held | None, event: Event, attendee: Attendee, recipient: str, again: bool, printed: str
) -> Message | None:
    if event.hides_attendees:
        event = _saying(event, attendees=(attendee,))
    if held is None:
        change = Change.INVITED
    elif _version(held) > _version(event):
        return None
    elif held.method is Method.CANCEL:
        if _version(held) == _version(event):
            return None
        change = Change.INVITED
    elif _version(held) == _version(event) or (held.fingerprint == event.fingerprint and held.printed in ("", printed)):
        # An answer to a SEQUENCE below answers_from would not count, so whoever holds only such a version is asked once
        # more, although the meeting came back to the time they know.
        if not (again or held.sequence < event.answers_from):
            return None
        change = Change.AGAIN
    elif time_changed(held, event):
        change = Change.MOVED
    else:
        change = Change.UPDATED
    return _message(Method.REQUEST, event, attendee, recipient, change)


def _cancel(
    held: Held, announced: Announced, attendee: Attendee | None, recipient: str, again: bool, printed: str
) -> Message | None:
    """Take the meeting out of a calendar, in the words of what that calendar shows.

    That it is cancelled for all is said `again` to one who asks, word for word: a calendar that dropped it already does
    nothing. Who is off the list learns nothing newer than what they hold. RFC 5546 3.2.5: STATUS:CANCELLED if the meeting is
    cancelled for all, no STATUS if one person is uninvited.

    Who was told that it is postponed and now hears that it is cancelled gets that without calendar part: the calendar dropped it
    with the first CANCEL, and one more for a UID it no longer knows would make Outlook enter it again, crossed out.
    """
    event = announced.event
    off = announced.method is Method.CANCEL
    newly_worded = False
    if held.method is Method.CANCEL:
        newly_worded = off and _version(held) < _version(event) and held.printed not in ("", printed)
        if not newly_worded and not (again and off and _version(held) == _version(event)):
            return None
    elif _version(held) >= _version(event):
        return None
    if attendee is None:
        event = _saying(event, attendees=(held.attendee,), description="")
    elif event.hides_attendees:
        event = _saying(event, attendees=(attendee,))
    if off:
        status: Status | None = "CANCELLED"
        change = Change.CANCELLED
    else:
        status = None
        change = Change.REMOVED
    event = _saying(
        event,
        status=status,
        summary=held.summary,
        starts_at=held.starts_at,
        duration_minutes=held.duration_minutes,
        timezone=held.timezone,
        location=held.location,
    )
    message = _message(Method.CANCEL, event, attendee or held.attendee, recipient, change)
    after = replace(message.after, printed=printed if off else "", in_calendar=held.in_calendar)
    return replace(message, after=after, in_calendar=held.in_calendar is not False and not newly_worded)


def _message(method: Method, event: Event, attendee: Attendee, recipient: str, change: Change) -> Message:
    after = Held(
        uid=event.uid,
        sequence=event.sequence,
        dtstamp=event.dtstamp,
        method=method,
        fingerprint=event.fingerprint,
        summary=event.summary,
        starts_at=event.starts_at,
        duration_minutes=event.duration_minutes,
        timezone=event.timezone,
        location=event.location,
        attendee=attendee,
    )
    return Message(method, event, recipient, change, after)


def _saying(event: Event, **changes: Any) -> Event:
    """The event with these words; itself if it says so already, so that equal calendar parts are built once."""
    if all(getattr(event, name) == value for name, value in changes.items()):
        return event
    return replace(event, **changes)


def _version(of: Held | Event) -> tuple[int, datetime]:
    return of.sequence, of.dtstamp


def _fingerprint(event: Event) -> str:
    """Everything a calendar shows, except how anybody answered: a changed answer is no reason for a mail."""
    shown = [
        event.uid,
        event.starts_at.isoformat(),
        event.duration_minutes,
        event.timezone,
        event.summary,
        event.location,
        event.description,
        event.status,
        key_of(event.organizer),
        event.organizer_name,
        event.contact,
        event.alarm_minutes,
        sorted([key_of(one.address), one.name, one.cutype, one.role] for one in event.attendees),
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()
