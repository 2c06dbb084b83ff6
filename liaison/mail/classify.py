"""What a mail server's answer means for a mail, decided in this one place: sent, later, never, in doubt, or all mail waits."""

import re
import socket
import ssl
from dataclasses import dataclass
from enum import Enum, StrEnum


class Phase(Enum):
    """How far a mail got, in the order of SMTP."""

    CONNECT = "connect"
    HELLO = "hello"
    TLS = "tls"
    SIGN_IN = "sign_in"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"  # the text is on its way, the final dot is not
    DOT = "dot"  # the final dot has left: without an answer nobody knows


_BEFORE_ANY_MAIL = (Phase.CONNECT, Phase.HELLO, Phase.TLS, Phase.SIGN_IN)


class Kind(StrEnum):
    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    IN_DOUBT = "in_doubt"
    """The recipient may hold it: tried again with the same bytes."""
    BLOCKED = "blocked"
    """Nothing to do with this mail: all mail waits, and the operator is told."""
    STOPPED = "stopped"
    """We stopped before the final dot, because the claim was lost; whoever holds it now goes on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended; `reason` is a code of `mail.reasons`, `reply` the server's own words."""

    kind: Kind
    code: int | None = None
    reason: str | None = None
    reply: str = ""


SENT = Outcome(Kind.SENT)
STOPPED = Outcome(Kind.STOPPED)

_SIGN_IN_CODES = (530, 534, 535, 538)
_BY_ENHANCED_CODE = {
    "1.1": "mailbox_unknown",
    "1.2": "domain_unknown",
    "1.3": "mailbox_unknown",
    "1.6": "mailbox_unknown",
    "1.10": "mailbox_unknown",
    "2.1": "mailbox_disabled",
    "2.2": "mailbox_full",
    "2.3": "too_large",
    "3.4": "too_large",
    "4.4": "domain_unknown",
    "7.1": "not_permitted",
}
_TEMPORARY = {421: "server_busy", 450: "mailbox_busy", 451: "server_busy", 452: "server_full"}
_PERMANENT_RECIPIENT = {550: "mailbox_unknown", 551: "mailbox_unknown", 552: "mailbox_full", 553: "mailbox_unknown"}
_PERMANENT_CONTENT = {550: "rejected_as_spam", 552: "too_large", 554: "rejected_as_spam"}


def classify(phase: Phase, answer: int | BaseException, reply: str = "") -> Outcome:
    """What it means that the server answered `answer` (a reply code that did not let the mail go on) in `phase`, or failed to.

    A code that is no valid 2xx-5xx counts as temporary. After the final dot only a valid code is an answer: anything else leaves us
    in doubt."""
    code = answer if isinstance(answer, int) else getattr(answer, "code", None)
    if not reply and not isinstance(answer, int):
        reply = str(getattr(answer, "message", "")) or type(answer).__name__
    if not isinstance(code, int) or not 200 <= code <= 599:
        return _without_answer(phase, answer, "connection_lost" if code is None else "strange_answer", reply)
    if phase in _BEFORE_ANY_MAIL:
        return Outcome(Kind.BLOCKED, code, _why_blocked(phase, code), reply)
    if phase is Phase.DOT and code < 300:
        return Outcome(Kind.SENT, code, None, reply)
    if code in _SIGN_IN_CODES:
        return Outcome(Kind.BLOCKED, code, "sign_in_refused", reply)
    if code >= 500:
        return Outcome(Kind.PERMANENT, code, _why_refused(phase, code, reply), reply)
    if code >= 400:
        return Outcome(Kind.TEMPORARY, code, _enhanced(reply) or _TEMPORARY.get(code, "server_busy"), reply)
    return _without_answer(phase, answer, "strange_answer", reply)


def _without_answer(phase: Phase, answer: int | BaseException, reason: str, reply: str) -> Outcome:
    """Nothing that SMTP knows came back: a broken connection, no answer in time, or a strange code."""
    if phase in _BEFORE_ANY_MAIL:
        causes = _causes(answer)
        if phase is Phase.TLS or any(isinstance(cause, ssl.SSLError) for cause in causes):
            reason = "tls_failed"
        elif any(isinstance(cause, socket.gaierror) for cause in causes):
            reason = "server_not_found"
        elif phase is Phase.SIGN_IN and not isinstance(answer, ConnectionError | TimeoutError):
            reason = "sign_in_refused"
        elif reason == "connection_lost":
            reason = "cannot_connect"
        return Outcome(Kind.BLOCKED, None, reason, reply)
    if phase is Phase.DOT:
        return Outcome(Kind.IN_DOUBT, None, "no_answer_after_data", reply)
    if isinstance(answer, TimeoutError):
        reason = "too_slow"
    return Outcome(Kind.TEMPORARY, None, reason, reply)


def _why_blocked(phase: Phase, code: int) -> str:
    if code < 500 and phase is not Phase.TLS:
        return "server_busy"
    return {Phase.SIGN_IN: "sign_in_refused", Phase.TLS: "tls_failed"}.get(phase, "greeting_refused")


def _why_refused(phase: Phase, code: int, reply: str) -> str:
    if phase is Phase.MAIL:
        return "too_large" if code == 552 else "sender_refused"
    if known := _enhanced(reply):
        return known
    if phase is Phase.RCPT:
        return _PERMANENT_RECIPIENT.get(code, "refused")
    return _PERMANENT_CONTENT.get(code, "refused")


def _enhanced(reply: str) -> str | None:
    """The reason by an enhanced status code of RFC 3463 at the start of the reply, if it tells more than the code alone."""
    match = re.match(r"[45]\.(\d{1,3}\.\d{1,3})\b", reply)
    return _BY_ENHANCED_CODE.get(match[1]) if match else None


def _causes(answer: int | BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    current = answer if isinstance(answer, BaseException) else None
    while current is not None and len(found) < 10:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found
