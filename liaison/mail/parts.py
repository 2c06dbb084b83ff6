"""The parts of a mail, from its bytes and within limits: pure.

The mail is divided here and not by the standard library, whose parser answers hostile mail with RecursionError, MemoryError or
minutes of work (TRUST.md "Inputs"). What is too big or too deep raises OverCap when it is met; everything else costs about as much
as the mail has octets. Octets are decoded by what they are and not only by what they claim to be: much of the field's mail says
nothing of its GB18030."""

import quopri
import re
from binascii import a2b_base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser

from liaison.errors import N_

MOST_BYTES = 10_000_000
MOST_HEAD = 64_000
MOST_HEADS = 2 * MOST_HEAD
"""Octets of the heads of all parts together."""
MOST_FIELD = 8_000
"""Octets of one header field: splitting its parameters costs by the square."""
MOST_PARTS = 200
MOST_DEPTH = 8
MOST_LOOKS = 10_000
"""How often the octets of a boundary may stand where they divide nothing."""
MOST_BOUNDARY = 200

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
class Part:
    """One part that holds something; its octets still as they were sent. `kind` is its content type, in lower case."""

    raw: bytes
    begin: int
    end: int
    kind: str
    head: "Message[str, str]"

    @property
    def charset(self) -> str:
        """What it claims to be written in; empty if it claims nothing."""
        return _parameter(lambda: self.head.get_content_charset())

    @property
    def file_name(self) -> str:
        """As it is written, perhaps in encoded words; empty if it has none."""
        return _parameter(lambda: self.head.get_filename())

    @property
    def is_attached(self) -> bool:
        """Whether it is to be shown as a file and not as the mail's text."""
        return str(self.head.get("Content-Disposition", "")).strip().lower().startswith("attachment")

    def octets(self) -> bytes:
        """Its content; wrong base64 or quoted-printable as far as it goes."""
        content = self.raw[self.begin : self.end]
        encoding = str(self.head.get("Content-Transfer-Encoding", "")).strip().lower()
        if encoding == "base64":
            return from_base64(content)
        return quopri.decodestring(content) if encoding == "quoted-printable" else content


def split(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Head, the empty line after it, body. A head that does not end within MOST_HEAD is all there is."""
    found = _HEAD_ENDS.search(raw[: MOST_HEAD + 4])
    if found is None:
        return raw, b"", b""
    return raw[: found.start()], found[0], raw[found.end() :]


def head_of(raw: bytes) -> "Message[str, str]":
    """The head of the mail. Raises OverCap."""
    head = split(raw)[0]
    if len(head) > MOST_HEAD:
        raise OverCap("header_too_long")
    return _parsed(head)


def parts_of(raw: bytes) -> tuple[str, list[Part]]:
    """The mail's own content type, and its parts that hold something, in order. Raises OverCap.

    What stands in forwarded and returned mails is left in their octets: nobody who forwards an answer gives it."""
    if len(raw) > MOST_BYTES:
        raise OverCap("too_big")
    walk = _Walk(raw)
    found = list(walk.part(0, len(raw), 0, "text/plain"))
    return walk.kind, found


_HEAD_ENDS = re.compile(rb"\r?\n\r?\n|\r\r")
_LINE_ENDS = re.compile(rb"\r\n|[\r\n]")
_FIELD_ENDS = re.compile(rb"\r?\n(?![ \t])|\r(?![\n \t])")
_REST_OF_MARK = re.compile(rb"(--)?[ \t]{0,200}(?:\r\n|[\r\n]|\Z)")
_NAMES_ROUTES = (b"received:", b"references:", b"arc-", b"x-")


class _Walk:
    """One way through a mail, which counts what it costs."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.kind = ""
        self.parts = 0
        self.heads = 0

    def part(self, start: int, end: int, depth: int, default: str) -> Iterator[Part]:
        """What stands between these octets: a part, or the parts it is divided into."""
        self.parts += 1
        if self.parts > MOST_PARTS or depth > MOST_DEPTH:
            raise OverCap("too_many_parts")
        head, begin = self._head(start, end)
        kind = _kind(head, default)
        self.kind = self.kind or kind
        if not kind.startswith("multipart/"):
            yield Part(self.raw, begin, end, kind, head)
            return
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        for first, last in self._between(_parameter(lambda: head.get_boundary()), begin, end):
            yield from self.part(first, last, depth + 1, inner)

    def _head(self, start: int, end: int) -> tuple["Message[str, str]", int]:
        """The head of the part that begins here, and where its body does."""
        if found := _LINE_ENDS.match(self.raw, start, end):
            return Message(), found.end()  # a part without head
        found = _HEAD_ENDS.search(self.raw, start, min(end, start + MOST_HEAD + 4))
        last = found.start() if found else end
        self.heads += last - start
        if last - start > MOST_HEAD or self.heads > MOST_HEADS:
            raise OverCap("header_too_long")
        return _parsed(self.raw[start:last]), found.end() if found else end

    def _between(self, boundary: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Where each part lies that this boundary divides off; one that nothing ends goes on to the end."""
        mark = b"--" + boundary.encode("utf-8", "replace")
        if not boundary or len(mark) > MOST_BOUNDARY:
            return
        at, inside = begin, -1
        for _ in range(MOST_LOOKS):
            at = self.raw.find(mark, at, end)
            if at < 0:
                if inside >= 0:
                    yield inside, end
                return
            rest = _REST_OF_MARK.match(self.raw, at + len(mark), end)
            if rest is None or (at > begin and self.raw[at - 1] not in b"\r\n"):
                at += len(mark)
                continue
            if inside >= 0:
                yield inside, max(inside, at - (2 if self.raw[at - 2 : at] == b"\r\n" else 1))
            if rest[1]:
                return
            inside, at = rest.end(), rest.end()
        raise OverCap("too_many_parts")


def _parsed(head: bytes) -> "Message[str, str]":
    """The fields of a head whose fields all can be looked into."""
    for each in _FIELD_ENDS.split(head):
        if len(each) > MOST_FIELD and not each[:11].lower().startswith(_NAMES_ROUTES):
            raise OverCap("header_too_long")
    return BytesHeaderParser().parsebytes(head + b"\r\n\r\n")


def _kind(head: "Message[str, str]", default: str) -> str:
    if head.get("Content-Type") is None:
        return default
    kind = head.get_content_type()
    return kind if len(kind) < 100 else "text/plain"


def _parameter(read: Callable[[], object]) -> str:
    """A parameter of a field; empty if there is none or nobody can read it."""
    try:
        return str(read() or "")
    except (UnicodeError, LookupError, ValueError, TypeError):
        return ""


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NO_BASE64 = bytes(set(range(256)) - set(_BASE64))


def from_base64(content: bytes) -> bytes:
    """Forgiving: what is no base64 is passed over, and what was cut off is missing."""
    digits = content.translate(None, _NO_BASE64).partition(b"=")[0]
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return a2b_base64(digits + b"=" * (-len(digits) % 4))


_CHARSETS = re.compile(
    r"utf-?(?:7|8|16|32)(?:-?[bl]e)?|us-ascii|gb(?:2312|k|18030)|hz-gb-2312|big5(?:-?hkscs)?|(?:iso|windows|cp|ibm)[-_]?"
    r"[0-9]{3,4}(?:[-_][0-9a-z]{1,2})?|koi8-[ru]|shift[-_]jis|euc-(?:jp|kr)|ks_c_5601-1987|tis-620|macintosh",
    re.IGNORECASE,
)
"""What mail is written in. Python knows more under such names, some of which take minutes or are no text at all."""
_SEVEN_BIT = re.compile(r"iso-2022|hz-|utf-?(?:7|16|32)", re.IGNORECASE)
"""What looks like UTF-8 and is not, so that only the claim can tell."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(octets: bytes, charset: str = "") -> str:
    """Text of these octets: by their mark, as UTF-8 if they are that, as they claim, as GB18030, or letter by letter. It holds
    nothing that a database or a page would refuse (`clean`)."""
    for mark, name in _MARKS:
        if octets.startswith(mark):
            return clean(octets.decode(name, "replace"))
    claimed = charset.strip() if _CHARSETS.fullmatch(charset.strip()) else "gb18030"
    for name in (claimed, "utf-8", "gb18030") if _SEVEN_BIT.match(claimed) else ("utf-8", claimed, "gb18030"):
        try:
            return clean(octets.decode(name))
        except (UnicodeError, LookupError):
            continue
    return clean(octets.decode("latin-1"))


_UNKEPT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    """Without control characters and halves of letters: PostgreSQL takes no NUL, nothing takes half a letter."""
    return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text)
