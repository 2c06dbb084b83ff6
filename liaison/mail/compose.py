"""From words to a mail: renders a mail's three templates in the recipient's language, and builds its bytes as MAIL.md draws them.

The bytes are put together here instead of by the stdlib's MIME classes: they are the same every time, 7-bit, with each header written
once and no line over 998 octets, and cost a fraction of the time."""

import hashlib
import re
import secrets
from base64 import encodebytes
from binascii import b2a_base64, b2a_qp
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from markupsafe import escape

from liaison.addresses import CONTROL, name_and_address, wire_address
from liaison.i18n import N_, gettext_for
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.templating import environment

_LINE_END = re.compile(r"\r\n|\r|\n")
_BODY_TAG = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_WORD_BYTES = 39
"""Octets in one encoded word: its line stays under the 76 characters of RFC 2047 behind the longest header name."""
_SHORT = 60

_TRIAL_SUBJECT = N_("[Trial run → %(to)s] %(subject)s")
_TRIAL_NOTE = N_("Trial run: this mail would have gone to %(to)s. It went to you alone.")
_TRIAL_CLOSED = N_("It says what only some agencies may know, so its text is left out here.")


def render(name: str, context: Mapping[str, Any], locale: str) -> tuple[str, str, str]:
    """(subject, text, html) of `templates/mail/<name>/` with `context`, in `locale`. Raises jinja2's errors on a wrong template."""
    env = environment(locale)
    subject, text, html = (
        env.get_template(f"mail/{name}/{file}").render(context) for file in ("subject.txt", "body.txt", "body.html")
    )
    return " ".join(subject.split()), text.strip() + "\n", html.strip() + "\n"


def worded(
    mail: OutboxMail, name: str, context: Mapping[str, Any], sender: tuple[str, str], **more: Any
) -> OutgoingMessage:
    """A mail that waits in the outbox, in its reader's words, from `sender` (name, address); `more` is what OutgoingMessage has besides."""
    subject, text, html = render(name, context, mail.locale)
    from_name, mail_from = sender
    return OutgoingMessage(
        to=mail.display_to,
        address=mail.address,
        mail_from=mail_from,
        from_name=from_name,
        subject=subject,
        text=text,
        html=html,
        **more,
    )


def new_message_id(mail_from: str) -> str:
    """A Message-ID of the sender's domain that no other mail has."""
    return f"<{secrets.token_hex(16)}@{_domain(mail_from)}>"


def diverted(message: OutgoingMessage, address: str, locale: str) -> OutgoingMessage:
    """The same mail as 试运行 sends it: to `address` alone, its subject and first line naming whom it was meant for. Of one that has an
    audience nothing else is left: whoever tries the site out need not belong to it."""
    gettext = gettext_for(locale)
    note = gettext(_TRIAL_NOTE) % {"to": message.to}
    banner = f'<p style="margin:0;padding:12px 16px;background:#fff3cd;color:#4a3b00;">{escape(note)}</p>'
    if message.audience is not None:
        closed = gettext(_TRIAL_CLOSED)
        text, page = f"{closed}\n", f"<html><body><p>{escape(closed)}</p></body></html>"
        subject = message.listed_as or message.subject
        message = replace(message, subject=subject, text=text, html=page, calendar=None, calendar_method=None)
    html, found = _BODY_TAG.subn(lambda tag: tag[0] + banner, message.html, count=1)
    name, original = name_and_address(message.to)
    return replace(
        message,
        to=address,
        address=address.lower(),
        subject=gettext(_TRIAL_SUBJECT) % {"to": name or original, "subject": message.subject},
        text=f"{note}\n\n{message.text}",
        html=html if found else banner + html,
    )


def to_bytes(message: OutgoingMessage, *, message_id: str, date: datetime) -> bytes:
    """The mail as it crosses the wire: CRLF, 7-bit, the same for the same arguments.

    ValueError where a header would hold a control character, an address is bad, or text cannot be UTF-8."""
    boundary = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    alternatives = [_text_part("plain", message.text), _text_part("html", message.html)]
    headers = _headers(message, message_id, date)
    if message.calendar is None:
        return b"\r\n".join((*headers, *_multipart("alternative", f"=_a{boundary}", alternatives)))
    method = message.calendar_method or ""
    if not re.fullmatch(r"[A-Z-]+", method):
        raise ValueError("a calendar part needs its method in capitals")
    calendar = _crlf(encodebytes(message.calendar))
    alternatives.append(
        f'Content-Type: text/calendar; charset="UTF-8"; method={method}\r\nContent-Transfer-Encoding: base64\r\n\r\n'.encode()
        + calendar
    )
    attached = (
        b'Content-Type: application/ics; name="invite.ics"\r\n'
        b'Content-Disposition: attachment; filename="invite.ics"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + calendar
    )
    inner = b"\r\n".join(_multipart("alternative", f"=_a{boundary}", alternatives))
    return b"\r\n".join((*headers, *_multipart("mixed", f"=_m{boundary}", [inner, attached])))


def _headers(message: OutgoingMessage, message_id: str, date: datetime) -> list[bytes]:
    for given in (message.from_name, message.mail_from, message.to, message.address, message.subject, message_id):
        if CONTROL.search(given):
            raise ValueError("control character in a header")
    name, sender = name_and_address(message.mail_from)
    fields = [
        ("From", _mailbox(message.from_name or name, sender)),
        ("To", _mailbox(*_recipient(message))),
        ("Subject", _words(message.subject)),
        ("Date", format_datetime(date)),
        ("Message-ID", message_id),
    ]
    if message.thread:
        # One constant root per thread and no mail of that name: updates stand together even where the first one was lost.
        root = f"<{re.sub(r'[^A-Za-z0-9._-]', '.', message.thread)}@{_domain(message.mail_from)}>"
        fields += [("In-Reply-To", root), ("References", root)]
    if message.auto_submitted:
        fields.append(("Auto-Submitted", "auto-generated"))
    fields.append(("MIME-Version", "1.0"))
    return [f"{name}: {value}".encode("ascii") for name, value in fields]


def _recipient(message: OutgoingMessage) -> tuple[str, str]:
    """The name from `to`; the address too if it is the same one as `address` but for case."""
    name, address = name_and_address(message.to)
    if "@" not in address:
        return name or address, message.address
    return name, address if address.lower() == message.address.lower() else message.address


def _mailbox(name: str, address: str) -> str:
    wire = wire_address(address)
    if not name:
        return wire
    if _PLAIN_NAME.fullmatch(name) and len(name) <= _SHORT:
        return f"{name} <{wire}>"
    if name.isascii() and len(name) <= _SHORT and "=?" not in name:
        quoted = re.sub(r'(["\\])', r"\\\1", name)
        return f'"{quoted}" <{wire}>'
    return f"{_words(name)}\r\n <{wire}>"


def _words(text: str) -> str:
    """A header's text by RFC 2047: ASCII as it is when short, else encoded words that break between characters."""
    if text.isascii() and len(text) <= _SHORT and "=?" not in text:
        return text
    chunks, chunk = [], b""
    for char in text:
        octets = char.encode()
        if len(chunk) + len(octets) > _WORD_BYTES:
            chunks.append(chunk)
            chunk = b""
        chunk += octets
    chunks.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{b2a_base64(each, newline=False).decode()}?=" for each in chunks)


def _text_part(subtype: str, text: str) -> bytes:
    octets = _LINE_END.sub("\r\n", text).encode()
    if octets.isascii():
        encoding, content = "quoted-printable", b2a_qp(octets)
    else:
        encoding, content = "base64", _crlf(encodebytes(octets))
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + content


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> list[bytes]:
    mark = f"--{boundary}".encode()
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n'.encode()
    body = b"".join(mark + b"\r\n" + part + (b"" if part.endswith(b"\r\n") else b"\r\n") for part in parts)
    return [head, body + mark + b"--\r\n"]


def _crlf(content: bytes) -> bytes:
    return content.replace(b"\n", b"\r\n")


def _domain(display: str) -> str:
    return wire_address(name_and_address(display)[1]).rpartition("@")[2]
