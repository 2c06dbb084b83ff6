"""A mail that came in, from bytes to a value, whatever the bytes are: pure, without network, file or database."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from liaison.mail.headings import Heading, fields_of, heading_of, read_heading, words
from liaison.mail.html_text import text_of_html
from liaison.mail.parts import MOST_FIELD, MOST_HEAD, MOST_PARTS, OverCap, Part, decoded, head_of, parts_of, split
from liaison.mail.worded_bounces import read_worded

MOST_CALENDAR = 1_000_000
MOST_ATTENDEES = 500
MOST_TEXT = 100_000
"""Characters of the text that are kept to be read; more than that nobody wrote by hand."""
_CALENDAR_FILE = re.compile(r"\.(?:ics|vcs|ical)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server reports of one recipient of a mail of ours (RFC 3464): failed or delayed, and why in its own words."""

    address: str
    action: str
    status: str
    words: str
    guessed: bool = False
    """Read from words for people: believed of no other address than the one that the mail went to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """One mail as read. `text` is its plain text, made from its html where it has no other; `calendars` the iCalendar texts anywhere
    in it, decoded, but none of a forwarded mail. `about` is the Message-ID of the mail of ours that a report speaks of."""

    heading: Heading
    text: str = ""
    calendars: tuple[str, ...] = ()
    bounces: tuple[Bounce, ...] = ()
    about: str = ""


def digest_of(raw: bytes) -> str:
    """What a repetition of the same mail has in common with it: its Message-ID with the body, whatever servers wrote above it."""
    head, _, body = split(raw)
    found = re.search(rb"(?im)^message-id:[ \t\r\n]*(<[^>\s]{1,500}>)", head[:100_000])
    return hashlib.sha256((found[1] if found else head) + b"\0" + body).hexdigest()


def read(raw: bytes) -> IncomingMessage:
    """The mail as a value. Raises OverCap; any other bytes come to something, if only to an empty text."""
    kind, parts = parts_of(raw)
    head = head_of(raw)
    heading = heading_of(head)
    texts: dict[str, str] = {}
    calendars = _Calendars()
    for part in parts:
        if part.kind in ("text/calendar", "application/ics") or _CALENDAR_FILE.search(words(part.file_name)):
            calendars.add(part)
        elif part.kind in ("text/plain", "text/html") and part.kind not in texts and not part.is_attached:
            text = _text(part)
            if text.lstrip("\ufeff \t\r\n")[:15].upper() == "BEGIN:VCALENDAR":
                calendars.add(part)
            else:
                texts[part.kind] = text
    text = texts.get("text/plain", "")
    if not text.strip() and "text/html" in texts:
        text = text_of_html(texts["text/html"])
    bounces, about = _report(parts, heading) if kind == "multipart/report" else ((), "")
    if not bounces and heading.automatic:
        returned = (part.octets()[:MOST_HEAD].decode("latin-1") for part in parts[:10] if _is_returned(part))
        worded = read_worded(heading, text, returned, " ".join(fields_of(head).get("x-failed-recipients", ())))
        if worded is not None:
            bounces = tuple(
                Bounce(each[:254], worded.action, worded.status, worded.words, True) for each in worded.addresses
            )
            about = worded.about
    return IncomingMessage(heading=heading, text=text, calendars=tuple(calendars.texts), bounces=bounces, about=about)


def _is_returned(part: Part) -> bool:
    """A mail of ours as it came back, however it is labelled."""
    return part.kind in ("message/rfc822", "text/rfc822-headers") or words(part.file_name).lower().endswith(".eml")


def _text(part: Part) -> str:
    octets = part.octets()
    if len(octets) > 4 * MOST_TEXT:  # cut at a line: half a letter would make all of it unreadable
        octets = octets[: 4 * MOST_TEXT].rpartition(b"\n")[0]
    return decoded(octets, part.charset)[:MOST_TEXT]


class _Calendars:
    """The calendars of one mail, each once, which together may not be larger than MOST_CALENDAR."""

    def __init__(self) -> None:
        self.texts: dict[str, None] = {}
        self.octets = 0

    def add(self, part: Part) -> None:
        octets = part.octets()
        text = decoded(octets[: MOST_CALENDAR + 1], part.charset)
        if text in self.texts:
            return
        self.octets += len(octets)
        people = len(re.findall(r"(?:^|[\r\n])attendee[;:]", text, re.IGNORECASE))
        if self.octets > MOST_CALENDAR or people > MOST_ATTENDEES:
            raise OverCap("calendar_too_big")
        self.texts[text] = None


def _report(parts: Sequence[Part], heading: Heading) -> tuple[tuple[Bounce, ...], str]:
    """The recipients a delivery report speaks of, and the Message-ID of the mail it returns (RFC 3462, 3464), or else answers."""
    bounces: list[Bounce] = []
    about = ""
    for part in parts[:10]:
        if part.kind == "message/delivery-status":
            blocks = re.split(rb"(?:\r?\n){2,}", part.octets().strip(), maxsplit=MOST_PARTS)[:MOST_PARTS]
            bounces += [one for block in blocks if (one := _bounce(block)) is not None]
        elif part.kind in ("message/rfc822", "text/rfc822-headers"):
            about = about or read_heading(part.octets().lstrip()).message_id
    if bounces and not about:
        about = next(iter(heading.refers_to), "")
    return tuple(bounces), about


def _bounce(block: bytes) -> Bounce | None:
    if len(block) > MOST_FIELD:
        return None
    fields = {name: values[0] for name, values in fields_of(head_of(block)).items()}
    action = fields.get("action", "").lower()
    recipient = fields.get("original-recipient") or fields.get("final-recipient", "")
    address = recipient.partition(";")[2].strip(" <>").lower()
    if not action or "@" not in address:
        return None
    why = fields.get("diagnostic-code", "").partition(";")[2].strip()
    return Bounce(address[:254], action[:40], fields.get("status", "")[:20], why[:500])
