"""The head of a mail that came in, from its fields to a value: pure."""

import re
from binascii import a2b_qp
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message

from liaison.mail.authentication import unfolded
from liaison.mail.parts import MOST_FIELD, OverCap, decoded, from_base64, head_of


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


def read_heading(raw: bytes) -> Heading:
    """Only the head of the mail, as far as it is within limits: also of one whose body is over them."""
    try:
        return heading_of(head_of(raw))
    except OverCap:
        return Heading()


_MESSAGE_ID = re.compile(r"<[^<>\s]{1,498}>")
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")


def heading_of(head: "Message[str, str]") -> Heading:
    """What the fields say; any of them comes to something, if only to nothing."""
    fields = fields_of(head)
    senders = [one for value in fields.get("from", ()) for one in mailboxes(value)]
    sender_name, sender = senders[0] if len(senders) == 1 else ("", "")
    to = [address for name in _RECIPIENTS for value in fields.get(name, ()) for _, address in mailboxes(value)]
    ids = _MESSAGE_ID.findall(" ".join((*fields.get("references", ()), *fields.get("in-reply-to", ()))))
    subject = words((fields.get("subject") or [""])[0][:MOST_FIELD])
    return Heading(
        message_id=next(iter(_MESSAGE_ID.findall((fields.get("message-id") or [""])[0])), ""),
        sender=sender,
        sender_name=sender_name[:120],
        recipients=tuple(dict.fromkeys(to))[:100],
        subject=subject[:400],
        refers_to=tuple(dict.fromkeys(reversed(ids)))[:50],
        automatic=_automatic(fields, sender, subject),
        checked_by=tuple(unfolded(str(value)) for value in head.get_all("Authentication-Results", ()))[:20],
    )


def fields_of(head: "Message[str, str]") -> dict[str, list[str]]:
    """By name in lower case what each field of that name says, on one line and fit to be kept (`decoded`)."""
    fields: dict[str, list[str]] = {}
    for name, value in head.raw_items():
        fields.setdefault(name.lower(), []).append(_on_one_line(str(value)))
    return fields


def _on_one_line(text: str) -> str:
    """A field's text on one line, its eight-bit octets as letters."""
    with suppress(UnicodeEncodeError):  # where they are letters already
        text = decoded(text.encode("ascii", "surrogateescape"))
    return " ".join(text.split())


_SENT_BY_MACHINES = frozenset(
    ("mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply", "bounce", "bounces")
)
_OUT_OF_OFFICE = re.compile(
    r"自动(?:回复|答复)|自動(?:回覆|答覆|応答|返信)|外出自动|不在办公室|系统退信"
    r"|auto(?:matic|mated)?[- ]?(?:reply|response)|out of (?:the )?office|away from (?:the )?office|undeliver(?:able|ed)"
    r"|automatische antwort|abwesen(?:d|heit)|réponse automatique|respuesta automática|resposta automática"
    r"|risposta automatica|automatisch antwoord|automatyczna odpowiedź|автоматический ответ|자동 회신",
    re.IGNORECASE,
)
"""How the subject of an automatic mail begins, in the words of the servers that send no header of RFC 3834."""


def _automatic(fields: dict[str, list[str]], sender: str, subject: str) -> str:
    """RFC 3834's headers, what older responders write instead, and what mail servers themselves send."""
    auto = (fields.get("auto-submitted") or ["no"])[0].split(";")[0].strip().lower()
    if auto not in ("no", ""):
        return "auto-submitted"
    if (fields.get("precedence") or [""])[0].strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return "precedence"
    for name in ("x-autoreply", "x-autorespond", "x-auto-reply", "list-id", "list-unsubscribe", "feedback-id"):
        if name in fields:
            return name
    if (fields.get("content-type") or [""])[0].lower().startswith("multipart/report"):
        return "report"
    if (fields.get("return-path") or ["-"])[0].strip() == "<>":
        return "return-path"
    if sender.partition("@")[0] in _SENT_BY_MACHINES:
        return "sender"
    return "subject" if _OUT_OF_OFFICE.match(subject.lstrip("【[ ")) else ""


_ENCODED = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]{0,2000})\?=")


def words(text: str) -> str:
    """Encoded words by RFC 2047 as text; what is wrongly encoded stays as it stands.

    Octets of words that follow each other are put together before they are read: many a mailer divides within a letter."""
    pieces: list[tuple[bytes, str] | str] = []
    at = 0
    for found in _ENCODED.finditer(text):
        between = text[at : found.start()]
        charset, how, content = found[1].lower(), found[2].lower(), found[3]
        octets = from_base64(content.encode()) if how == "b" else a2b_qp(content.encode(), header=True)
        last = pieces[-1] if pieces else ""
        if isinstance(last, tuple) and last[1] == charset and not between.strip():
            pieces[-1] = (last[0] + octets, charset)
        else:
            pieces += [*([between] if between.strip() or isinstance(last, str) else []), (octets, charset)]
        at = found.end()
    pieces.append(text[at:])
    read = "".join(piece if isinstance(piece, str) else decoded(*piece) for piece in pieces)
    return " ".join(read.split())


_MAILBOX = re.compile(
    r'(?:"((?:[^"\\]|\\.){0,300}+)"|([^<>,"]{0,300}+))\s?<\s?([^<>\s]{1,320}+)\s?>'
    r'|([^\s<>,;:"()]{1,64}@[^\s<>,;:"()]{1,255})'
)
"""A mailbox in a field on one line. Nothing here goes back over what it has matched: a field can have 8,000 letters."""


def mailboxes(field: str) -> list[tuple[str, str]]:
    """(name, address in lower case) of each mailbox in an address field; none whose letters only look like others when compared."""
    found = []
    for quoted, bare, bracketed, plain in _MAILBOX.findall(field[:MOST_FIELD]):
        address = bracketed or plain
        if "@" in address and not any(not sign.isascii() and sign.casefold().isascii() for sign in address):
            name = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare.strip()
            found.append((words(name), address.lower()))
    return found[:100]
