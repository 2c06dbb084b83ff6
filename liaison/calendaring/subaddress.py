"""A secret in the organizer's address, another one for each who is asked: whoever answers to it was sent the invitation (RFC 5233).

Only for mail servers that deliver `name+anything@domain` to `name@domain`; off unless an operator switches it on."""

import hashlib
import hmac
import re
from collections.abc import Iterable

from liaison.calendaring.itip import key_of

_TAG_HEX = 20  # 80 bit
_MOST_LOCAL = 64
_TAG = re.compile(rf"\+[0-9a-f]{{{_TAG_HEX}}}@", re.IGNORECASE)


def tag_of(secret: str, uid: str, address: str) -> str:
    """What stands behind the plus for this address and meeting; `secret` is the meeting's own, at least 128 bit."""
    content = f"{uid}\0{key_of(address)}".encode()
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()[:_TAG_HEX]


def tagged(organizer: str, tag: str) -> str:
    """The organizer's address with the tag; without it where it would grow too long for mail servers."""
    local, at, domain = organizer.rpartition("@")
    longer = f"{local}+{tag}"
    return f"{longer}{at}{domain}" if len(longer) <= _MOST_LOCAL else organizer


def tags_in(recipients: Iterable[str]) -> frozenset[str]:
    """Everything behind a plus in these addresses that may be a tag."""
    found = (each.rpartition("@")[0].rpartition("+")[2] for each in recipients if "+" in each)
    return frozenset(each.lower() for each in found if len(each) == _TAG_HEX)


def untagged(address: str) -> str:
    """The mailbox behind an address that carries a tag; any other address as it is, also one with a plus of its own."""
    return _TAG.sub("@", address)


def masked(text: str) -> str:
    """A text without tags: whoever reads somebody's mail must not be able to answer for them."""
    return _TAG.sub("+…@", text)
