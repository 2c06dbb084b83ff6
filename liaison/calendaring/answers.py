"""What a calendar that came by mail means for the meeting of its UID: counted, too old, or for an officer to look at.

Pure values in, values out. Answers are ordered by SEQUENCE and DTSTAMP (RFC 5546 2.1.5), so that any order and repetition of them
ends alike; only PARTSTAT and COMMENT of an answer are ever taken over (MAIL.md "Answers coming in").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from liaison.calendaring.itip import Partstat, key_of, same_address

Proof = Literal["authenticated", "none", "failed"]
"""How sure it is that a mail comes from its From: the site's own mail server checked it and says so; nobody says anything; the site's
own mail server says that it is not so."""
Verdict = Literal["applied", "stale", "held", "ignored"]


@dataclass(frozen=True, slots=True)
class Said:
    """The newest answer of one address that counts; `at` is a UTC instant. Answers are ordered by SEQUENCE, then time (RFC 5546
    2.1.5), and on an exact tie the more cautious one stands."""

    sequence: int
    at: datetime
    partstat: Partstat

    def rank(self) -> tuple[int, datetime, int]:
        """The greater rank wins."""
        return self.sequence, self.at, _CAUTION.index(self.partstat)


_CAUTION: tuple[Partstat, ...] = ("NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED")
_CLOCKS_DIFFER = timedelta(minutes=5)
"""An answer from the future counts as given when it came, and a little: the sender's clock is wrong."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One address that was asked, as the meeting knows it when an answer arrives; addresses are in lower case.

    `aliases` are further addresses of the same person, `contacts` those of people who may answer for them. A `group` address
    speaks for itself alone, never for its people."""

    address: str
    group: bool = False
    said: Said | None = None
    aliases: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()
    tag: str = ""
    """The secret in the organizer's address that only this address was given (`subaddress`); empty where it was given none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A meeting as answers find it: its newest version, whom it asked, and whether anything can still be answered."""

    sequence: int
    answers_from: int
    asked: tuple[Asked, ...]
    closed: bool = False
    """Begun, held, cancelled or postponed."""
    hold_unverified: bool = False
    """Keep answers whose sender nobody vouches for until an officer looks at them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One ATTENDEE line of a calendar that came by mail; `partstat` in capitals, whatever it is."""

    address: str
    partstat: str
    delegated_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The calendar part of a mail that came in. `dtstamp` and `received_at` are UTC instants; `sender` is the address in From, in
    lower case. `method` is empty where there is none."""

    method: str
    uid: str
    sequence: int
    dtstamp: datetime | None
    answers: tuple[Answer, ...]
    sender: str
    received_at: datetime
    proof: Proof = "none"
    comment: str = ""
    tags: frozenset[str] = frozenset()
    """What stands behind the plus in the addresses the mail was written to."""

    @property
    def at(self) -> datetime:
        """When it was given, as far as the sender's clock is to be believed; when it came, if it does not say."""
        return self.received_at if self.dtstamp is None else min(self.dtstamp, self.received_at + _CLOCKS_DIFFER)


@dataclass(frozen=True, slots=True)
class Effect:
    """What an answer comes to, and why, in one word each. `asked` is whom it is about; `said` their newest answer from now on, where
    that changed. `verified`: somebody vouches for the sender. `by`: the contact's address, where a contact answered."""

    verdict: Verdict
    reason: str
    asked: Asked | None = None
    said: Said | None = None
    verified: bool = False
    by: str = ""


def apply_reply(state: State | None, reply: Reply) -> Effect:
    """What a calendar that came by mail means for the meeting of its UID (None: there is no such meeting).

    Only METHOD:REPLY answers; one who asks for the invitation again (REFRESH) gets it; everything else changes nothing. Who answers
    is the one ATTENDEE with an answer (clients list the others with NEEDS-ACTION). Nothing is asked of ORGANIZER, which
    Exchange leaves out. See MAIL.md "Answers coming in"."""
    if reply.method not in ("REPLY", "REFRESH", "COUNTER"):
        return Effect("held", "other_method" if reply.method else "no_method")
    if state is None:
        return Effect("held", "unknown_uid")
    if reply.method == "REFRESH":
        asked = _who(state, [each.address for each in reply.answers] or [reply.sender])
        if asked is None:
            return Effect("held", "uninvited")
        return Effect("held", "forged", asked) if reply.proof == "failed" else Effect("applied", "refresh", asked)
    answer = _answering(state, reply)
    if answer is None and reply.method == "REPLY":
        return Effect("ignored", "no_answer")
    asked = _who(state, [answer.address if answer else reply.sender])
    if asked is None:
        return Effect("held", "uninvited")
    by, problem = _identified(state, asked, reply)
    if problem in ("other_sender", "forged"):  # neither proposes nor delegates for somebody else
        return Effect("held", problem, asked)
    if answer is None or reply.method == "COUNTER":
        return Effect("held", "counter", asked)
    if answer.partstat == "DELEGATED":
        return Effect("held", "delegated", asked)
    if answer.partstat not in _CAUTION:
        return Effect("held", "unknown_answer", asked)
    if problem:
        return Effect("held", problem, asked)
    if reply.sequence > state.sequence:
        return Effect("held", "newer_than_ours", asked)
    if reply.sequence < state.answers_from:
        return Effect("stale", "earlier_time", asked)
    if state.closed:
        return Effect("stale", "closed", asked)
    said = Said(reply.sequence, reply.at, answer.partstat)
    verified = _knows_secret(asked, reply) or reply.proof == "authenticated"
    if asked.said is None or said.rank() > asked.said.rank():
        return Effect("applied", "answered", asked, said, verified, by)
    if (said.sequence, said.at) == (asked.said.sequence, asked.said.at):
        return Effect("applied", "repeated", asked, None, verified, by)
    return Effect("stale", "older_answer", asked)


def _answering(state: State, reply: Reply) -> Answer | None:
    """The line that answers; of several that of the sender, else that of somebody they may answer for."""
    answers = [each for each in reply.answers if each.partstat != "NEEDS-ACTION"]
    known = [(answer, one) for answer in answers if (one := _who(state, [answer.address])) is not None]
    own = [answer for answer, one in known if _is_own(one, reply.sender)]
    others = [answer for answer, one in known if key_of(reply.sender) in one.contacts]
    return next(iter(own or others or answers), None)


def _who(state: State, addresses: Sequence[str]) -> Asked | None:
    """Whom these addresses mean; that of the invitation before another one of the same person."""
    for address in addresses:
        for asked in state.asked:
            if same_address(asked.address, address):
                return asked
    return next((asked for asked in state.asked if any(key_of(each) in asked.aliases for each in addresses)), None)


def _identified(state: State, asked: Asked, reply: Reply) -> tuple[str, str]:
    """The contact who answered for them, if it was one; and why the sender is not believed, if so."""
    if _knows_secret(asked, reply):
        return "", ""
    by = ""
    if not _is_own(asked, reply.sender):
        if key_of(reply.sender) not in asked.contacts:
            return "", "other_sender"
        by = reply.sender
    if reply.proof == "failed":
        return by, "forged"
    if reply.proof == "none" and state.hold_unverified:
        return by, "unverified"
    return by, ""


def _knows_secret(asked: Asked, reply: Reply) -> bool:
    return asked.tag != "" and asked.tag in reply.tags


def _is_own(asked: Asked, address: str) -> bool:
    return same_address(asked.address, address) or key_of(address) in asked.aliases
