"""A mail read as far as that goes without the database: in a thread, for a large one takes its time. Pure."""

from dataclasses import dataclass

from liaison.calendaring.reading import CalendarPart, read_calendar
from liaison.mail.headings import Heading, read_heading
from liaison.mail.inbox import IncomingMessage, digest_of, read
from liaison.mail.parts import OverCap

ANSWERING = ("REPLY", "COUNTER", "REFRESH")
"""The methods of a calendar that says something to the organizer (RFC 5546 1.4)."""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """One mail: its bytes, its head, and as far as it is within limits its text and the calendar in it."""

    raw: bytes
    digest: str
    heading: Heading
    message: IncomingMessage | None
    calendar: CalendarPart | None
    over_cap: str = ""


def read_mail(raw: bytes) -> ReadMail:
    """Read the bytes, whatever they are."""
    digest = digest_of(raw)
    try:
        message = read(raw)
    except OverCap as problem:
        return ReadMail(raw, digest, read_heading(raw), None, None, problem.reason)
    parts = [part for text in message.calendars if (part := read_calendar(text)) is not None]
    answering = [part for part in parts if part.method in ANSWERING]
    return ReadMail(raw, digest, message.heading, message, next(iter(answering or parts), None))
