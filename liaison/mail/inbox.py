"""A mail that came in, from bytes to a value, whatever the bytes are: pure, without network, file or database.

What is too big or too deep is refused before anything is parsed (`OverCap`): the standard library's parser answers hostile mail
with RecursionError, MemoryError or minutes of work (TRUST.md "Inputs"). Bytes are decoded here, by what they are and not only by what
they claim to be: much of the field's mail says nothing of its GB18030."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from html.parser import HTMLParser

from liaison.errors import N_

MOST_BYTES = 10_000_000
MOST_HEADER = 64_000
MOST_FIELD = 8_000
"""Octets of one header field that is looked into: splitting its parameters costs by the square."""
MOST_PARTS = 200
MOST_DEPTH = 8
MOST_CALENDAR = 1_000_000
MOST_ATTENDEES = 500
MOST_WORK = 2_500_000
"""Lines times nested parts: for each line the parser asks each part around it whether this is its end."""
MOST_TEXT = 100_000
"""Characters of the text that are kept to be read; more than that nobody wrote by hand."""

OVER_CAP = {
    "too_big": N_("The mail is larger than 10 MB."),
    "header_too_long": N_("The head of the mail is longer than 64 kB, or one of its lines than 8 kB."),
    "too_many_parts": N_("The mail has more than 200 parts, or parts within parts more than 8 deep."),
    "calendar_too_big": N_("The calendar in the mail is larger than 1 MB, or names more than 500 people."),
}


class OverCap(Exception):
    """The mail is over one of the limits; `reason` is a code of OVER_CAP."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server reports of one recipient of a mail of ours (RFC 3464): failed or delayed, and why in its own words."""

    address: str
    action: str
    status: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Who wrote it, to whom and about what; addresses in lower case, empty where there is none or more than one."""

    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    """To, Cc, and the address the mail server says it was delivered to."""
    subject: str = ""
    refers_to: tuple[str, ...] = ()
    """The Message-IDs of In-Reply-To and References, the newest first."""
    automatic: str = ""
    """Why it is no person's mail: a header's name, or what kind of sender; empty for a person's."""
    checked_by: tuple[str, ...] = ()
    """The Authentication-Results fields, the one added last first."""


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
    head, _, body = _split(raw)
    found = re.search(rb"(?im)^message-id:[ \t\r\n]*(<[^>\s]{1,500}>)", head[:MOST_HEADER])
    return hashlib.sha256((found[1] if found else head) + b"\0" + body).hexdigest()


def read_heading(raw: bytes) -> Heading:
    """Only the head of the mail, as far as it is within limits: also of one whose body is over them."""
    head, end, _ = _split(raw)
    if len(head) > MOST_HEADER or _has_long_field(head):
        return Heading()
    return _heading(BytesHeaderParser().parsebytes(head + end))


def read(raw: bytes) -> IncomingMessage:
    """The mail as a value. Raises OverCap; any other bytes come to something, if only to an empty text."""
    _refuse_over_cap(raw)
    try:
        message = BytesParser().parsebytes(raw)
    except (RecursionError, LookupError, ValueError, AttributeError) as problem:
        raise OverCap("too_many_parts") from problem
    heading = _heading(message)
    texts: dict[str, str] = {}
    calendars: dict[str, None] = {}
    for part in _leaves(message):
        kind, name = part.get_content_type(), _file_name(part)
        if kind in ("text/calendar", "application/ics") or name.endswith((".ics", ".vcs")):
            calendars[_calendar(part)] = None
        elif kind in ("text/plain", "text/html") and kind not in texts and not _is_attached(part):
            text = decoded(_octets(part)[: 4 * MOST_TEXT], _charset(part))
            if _looks_like_calendar(text):
                calendars[_within_calendar_caps(text)] = None
            else:
                texts[kind] = text
    text = texts.get("text/plain", "")
    if not text.strip() and "text/html" in texts:
        text = _text_of_html(texts["text/html"])
    bounces, about = _report(message)
    return IncomingMessage(
        heading=heading, text=text[:MOST_TEXT], calendars=tuple(calendars), bounces=bounces, about=about
    )


def decoded(octets: bytes, charset: str = "") -> str:
    """Text of these octets: by their mark, as UTF-8 if they are that, as they claim, as GB18030, or letter by letter."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if octets.startswith(mark):
            return octets.decode(name, "replace")
    for name in ("utf-8", charset, "gb18030"):
        try:
            return octets.decode(name)
        except (UnicodeError, LookupError, ValueError):
            continue
    return octets.decode("latin-1")


def _split(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Head, the empty line after it, body."""
    found = re.search(rb"\r?\n\r?\n|\r\r", raw[: MOST_HEADER + 4])
    if found is None:
        return raw, b"", b""
    return raw[: found.start()], found[0], raw[found.end() :]


def _refuse_over_cap(raw: bytes) -> None:
    """Everything that would make parsing slow or deep, found by looking at the bytes alone."""
    if len(raw) > MOST_BYTES:
        raise OverCap("too_big")
    if len(_split(raw)[0]) > MOST_HEADER or _has_long_field(raw):
        raise OverCap("header_too_long")
    nested = len(re.findall(rb"(?i)(?:^|[\r\n])content-type:\s*(?:multipart/|message/)", raw))
    lines = max(raw.count(b"\n"), raw.count(b"\r"))
    if nested > 4 * MOST_DEPTH or lines * (1 + nested) > MOST_WORK:
        raise OverCap("too_many_parts")
    marks = sum(raw.count(b"--" + each) for each in _boundaries(raw))
    if marks > 2 * MOST_PARTS:
        raise OverCap("too_many_parts")
    if len(re.findall(rb"(?i)(?:^|[\r\n])attendee[;:]", raw)) > MOST_ATTENDEES:
        raise OverCap("calendar_too_big")


def _boundaries(raw: bytes) -> set[bytes]:
    """What the mail says it is divided by; one that cannot be told from ordinary text counts as too much."""
    found = re.findall(rb'(?i)boundary\s*=\s*(?:"([^"\r\n]{0,200})|([^\s;"]{1,200}))', raw)
    return {(quoted or bare).strip() for quoted, bare in found[: 4 * MOST_DEPTH]}


def _has_long_field(raw: bytes) -> bool:
    """Whether a field of a head, or a Content field of a part, is longer than it can be looked into."""
    head = _split(raw)[0]
    fields = re.split(rb"\r?\n(?![ \t])", head)
    if any(len(each) > MOST_FIELD for each in fields if not each.lower().startswith((b"received:", b"references:"))):
        return True
    for start in re.finditer(rb"(?i)(?:^|[\r\n])content-[a-z-]{1,40}:", raw):
        window = raw[start.end() : start.end() + MOST_FIELD + 1]
        if len(window) > MOST_FIELD and not re.search(rb"[\r\n](?![\n \t])", window):
            return True
    return False


def _leaves(message: "Message[str, str]", depth: int = 0) -> Iterator["Message[str, str]"]:
    """The parts that hold something, without what stands in forwarded or returned mails."""
    if depth > MOST_DEPTH:
        raise OverCap("too_many_parts")
    if message.get_content_maintype() == "multipart" and isinstance(parts := message.get_payload(), list):
        if len(parts) > MOST_PARTS:
            raise OverCap("too_many_parts")
        for part in parts:
            if isinstance(part, Message):
                yield from _leaves(part, depth + 1)
    elif message.get_content_maintype() != "message":
        yield message


def _heading(message: "Message[str, str]") -> Heading:
    fields: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        fields.setdefault(name.lower(), []).append(_unfolded(value))
    senders = [one for value in fields.get("from", ()) for one in _mailboxes(value)]
    sender_name, sender = senders[0] if len(senders) == 1 else ("", "")
    to = [
        value for name in ("to", "cc", "delivered-to", "x-original-to", "envelope-to") for value in fields.get(name, ())
    ]
    ids = re.findall(r"<[^<>\s]{1,500}>", " ".join((*fields.get("references", ()), *fields.get("in-reply-to", ()))))
    return Heading(
        message_id=next(iter(re.findall(r"<[^<>\s]{1,500}>", (fields.get("message-id") or [""])[0])), ""),
        sender=sender,
        sender_name=sender_name[:120],
        recipients=tuple(dict.fromkeys(address for value in to for _, address in _mailboxes(value)))[:100],
        subject=" ".join(_words((fields.get("subject") or [""])[0]).split())[:400],
        refers_to=tuple(dict.fromkeys(reversed(ids)))[:50],
        automatic=_automatic(fields, sender),
        checked_by=tuple(fields.get("authentication-results", ()))[:20],
    )


_SENT_BY_MACHINES = {
    "mailer-daemon",
    "postmaster",
    "no-reply",
    "noreply",
    "do-not-reply",
    "donotreply",
    "bounce",
    "bounces",
}
_OUT_OF_OFFICE = re.compile(
    r"(自动回复|自动答复|外出自动|automatic reply|auto[- ]?reply|autoreply|out of (the )?office)", re.IGNORECASE
)


def _automatic(fields: dict[str, list[str]], sender: str) -> str:
    """RFC 3834's headers, what older responders write instead, and what mail servers themselves send."""
    auto = (fields.get("auto-submitted") or ["no"])[0].split(";")[0].strip().lower()
    if auto not in ("no", ""):
        return "auto-submitted"
    if (fields.get("precedence") or [""])[0].strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return "precedence"
    for name in ("x-autoreply", "x-autorespond", "x-auto-reply", "list-id", "list-unsubscribe", "feedback-id"):
        if name in fields:
            return name
    if (fields.get("return-path") or ["-"])[0].strip() == "<>":
        return "return-path"
    if sender.partition("@")[0] in _SENT_BY_MACHINES:
        return "sender"
    return "subject" if _OUT_OF_OFFICE.match(_words((fields.get("subject") or [""])[0]).strip()) else ""


def _unfolded(value: object) -> str:
    """A header's text on one line, its eight-bit octets as letters."""
    octets = str(value).encode("ascii", "surrogateescape") if str(value).isascii() or _is_escaped(value) else b""
    text = decoded(octets) if octets else str(value)
    return re.sub(r"\r?\n[ \t]*|[\r\n\t]", " ", text)


def _is_escaped(value: object) -> bool:
    return all(ord(char) < 128 or 0xDC80 <= ord(char) <= 0xDCFF for char in str(value))


def _words(text: str) -> str:
    """Encoded words by RFC 2047 as text; what is wrongly encoded stays as it stands."""
    try:
        pieces = decode_header(text)
    except (ValueError, LookupError, UnicodeError):
        return text
    return "".join(piece if isinstance(piece, str) else decoded(piece, charset or "") for piece, charset in pieces)


_MAILBOX = re.compile(
    r'(?:"((?:[^"\\]|\\.){0,300})"|([^<>,"]{0,300}))\s*<\s*([^<>\s]{1,320})\s*>|([^\s<>,;:"()]{1,64}@[^\s<>,;:"()]{1,255})'
)


def _mailboxes(value: str) -> list[tuple[str, str]]:
    """(name, address in lower case) of each mailbox in an address field."""
    found = []
    for quoted, bare, bracketed, plain in _MAILBOX.findall(value[:MOST_FIELD]):
        address = (bracketed or plain).lower()
        if "@" in address:
            name = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare.strip()
            found.append((_words(name).strip(), address))
    return found[:100]


def _charset(part: "Message[str, str]") -> str:
    try:
        return str(part.get_content_charset() or "")
    except (UnicodeError, LookupError, ValueError):
        return ""


def _file_name(part: "Message[str, str]") -> str:
    try:
        return (part.get_filename() or "").lower()
    except (UnicodeError, LookupError, ValueError, TypeError):
        return ""


def _is_attached(part: "Message[str, str]") -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def _octets(part: "Message[str, str]") -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, UnicodeError, AssertionError):
        payload = str(part.get_payload()).encode("utf-8", "replace")
    return payload if isinstance(payload, bytes) else b""


def _calendar(part: "Message[str, str]") -> str:
    octets = _octets(part)
    if len(octets) > MOST_CALENDAR:
        raise OverCap("calendar_too_big")
    return _within_calendar_caps(decoded(octets, _charset(part)))


def _within_calendar_caps(text: str) -> str:
    if len(text) > MOST_CALENDAR or len(re.findall(r"(?im)^attendee[;:]", text)) > MOST_ATTENDEES:
        raise OverCap("calendar_too_big")
    return text


def _looks_like_calendar(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:15].upper() == "BEGIN:VCALENDAR"


class _Text(HTMLParser):
    """The words of an html mail, a line for each block."""

    _BLOCKS = frozenset(("p", "div", "br", "tr", "li", "table", "blockquote", "h1", "h2", "h3", "hr"))
    _UNSEEN = frozenset(("style", "script", "head", "title"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in self._UNSEEN
        if tag in self._BLOCKS:
            self.pieces.append("\n> " if tag == "blockquote" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in self._UNSEEN and self.unseen > 0

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.pieces.append(re.sub(r"\s+", " ", data))


def _text_of_html(html: str) -> str:
    reader = _Text()
    try:
        reader.feed(html[:MOST_TEXT])
        reader.close()
    except (AssertionError, ValueError):
        pass  # what was read until then is the text
    lines = (line.strip() for line in "".join(reader.pieces).splitlines())
    return "\n".join(line for line in lines if line)


def _report(message: "Message[str, str]") -> tuple[tuple[Bounce, ...], str]:
    """The recipients a delivery report speaks of, and the Message-ID of the mail it returns (RFC 3462, 3464)."""
    if message.get_content_type() != "multipart/report" or not isinstance(parts := message.get_payload(), list):
        return (), ""
    bounces: list[Bounce] = []
    about = ""
    for part in parts[:10]:
        if not isinstance(part, Message):
            continue
        kind = part.get_content_type()
        blocks = part.get_payload()
        if kind == "message/delivery-status" and isinstance(blocks, list):
            bounces += [one for block in blocks[:MOST_PARTS] if (one := _bounce(block)) is not None]
        elif kind == "message/rfc822" and isinstance(blocks, list) and blocks and isinstance(blocks[0], Message):
            about = _heading(blocks[0]).message_id
        elif kind == "text/rfc822-headers":
            about = read_heading(_octets(part).rstrip() + b"\r\n\r\n").message_id
    return tuple(bounces), about


def _bounce(block: object) -> Bounce | None:
    if not isinstance(block, Message):
        return None
    action = str(block.get("Action", "")).strip().lower()
    recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    address = recipient.partition(";")[2].strip().strip("<>").lower()
    if not action or "@" not in address:
        return None
    words = " ".join(str(block.get("Diagnostic-Code", "")).partition(";")[2].split())
    return Bounce(address[:254], action, str(block.get("Status", "")).strip()[:20], words[:500])
