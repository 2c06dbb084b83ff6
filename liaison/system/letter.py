"""A stored mail taken apart for the operator's eyes: its headers in words, its texts, its calendar part; secrets masked. Pure."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from liaison.logs import masked

SHOWN_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "Auto-Submitted")
CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_HREF = re.compile(r"""(<a\b[^>]*?\shref=)("[^"]*"|'[^']*')""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as its recipient reads it."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    calendar: str
    size: int


def letter_of(body: bytes, *, show_links: bool) -> Letter:
    """The parts of a mail that we composed. Without `show_links` mailed links are masked: whoever opens one acts as its owner."""
    message = message_from_bytes(body, policy=default)
    assert isinstance(message, EmailMessage)
    shown = str if show_links else masked
    parts = {"text/plain": "", "text/html": "", "text/calendar": ""}
    for part in message.walk():
        kind = part.get_content_type()
        if kind in parts and not parts[kind]:
            parts[kind] = str(part.get_content())
    return Letter(
        headers=tuple((name, shown(str(message[name]))) for name in SHOWN_HEADERS if name in message),
        text=shown(parts["text/plain"]),
        html=parts["text/html"] if show_links else _without_links(parts["text/html"]),
        calendar=shown(parts["text/calendar"].replace("\r\n ", "").replace("\n ", "")),
        size=len(body),
    )


def _without_links(html: str) -> str:
    return masked(_HREF.sub(r'\1"#"', html))
