"""A mail read as far as that goes without the database: in a thread, for a large one takes its time. Pure."""

import hashlib
from dataclasses import dataclass

from liaison.calendaring.reading import CalendarPart, read_calendar
from liaison.mail.headings import Heading, read_heading
from liaison.mail.inbox import IncomingMessage, digest_of, read
from liaison.mail.parts import MOST_BYTES, MOST_HEAD, OverCap, decoded, split

REFRESH = "REFRESH"
ANSWERING = ("REPLY", "COUNTER", REFRESH)
"""The methods of a calendar that says something to the organizer (RFC 5546 1.4)."""
UNREADABLE = "unreadable"
"""Why a mail was not read that makes us fail however often it is tried."""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """One mail: its bytes, its head, and as far as it is within limits its text and the calendar in it."""

    raw: bytes
    digest: str
    heading: Heading
    message: IncomingMessage | None
    calendar: CalendarPart | None
    size: int
    """As its mailbox tells it; `raw` is only the head of a mail that is too big to be fetched."""
    over_cap: str = ""
    """Why it was not read: a code of `mail.parts.OVER_CAP`, or UNREADABLE."""


def read_mail(raw: bytes, *, size: int | None = None) -> ReadMail:
    """Read the bytes, whatever they are; of a mail with another `size` they are only its head."""
    digest, size = digest_of(raw), max(size or 0, len(raw))
    if size > MOST_BYTES:
        return ReadMail(raw, digest, read_heading(raw), None, None, size, "too_big")
    try:
        message = read(raw)
    except OverCap as problem:
        return ReadMail(raw, digest, read_heading(raw), None, None, size, problem.reason)
    parts = [part for text in message.calendars if (part := read_calendar(text)) is not None]
    answering = [part for part in parts if part.method in ANSWERING]
    return ReadMail(raw, digest, message.heading, message, next(iter(answering or parts), None), size)


def unread_mail(raw: bytes, *, key: str, size: int, heading: Heading = Heading()) -> ReadMail:
    """A mail that could not be taken in although it was tried again and again: kept as it is, for a person to look at."""
    digest = hashlib.sha256(f"unreadable {key}".encode()).hexdigest()
    return ReadMail(raw, digest, heading, None, None, size, UNREADABLE)


def head_text(raw: bytes) -> str:
    """The head of a mail as it came, for whoever wonders what its servers say."""
    return decoded(split(raw)[0][:MOST_HEAD])
