"""Making and comparing secrets. Pure: random bytes come in, hashes and MACs go out; only those are stored."""

import hashlib
import hmac
from typing import Any

from liaison.config import Settings


def hashed(secret: str) -> str:
    """What is stored of a random token (≥ 128 bit): its SHA-256; a slow hash is for passwords, which are guessable."""
    return hashlib.sha256(secret.encode()).hexdigest()


def mac(key: str, *facts: str) -> str:
    """A keyed MAC (128 bit, hex) over facts that only this site can make."""
    return hmac.new(key.encode(), "\x1f".join(facts).encode(), hashlib.sha256).hexdigest()[:32]


def link_mac(key: str, link: Any) -> str:
    """The MAC in a link's address: over what it is for and for whom (a Link, or a row with its columns)."""
    facts = (link.purpose, link.object_id, link.person_id, link.agency_id, link.designation_id)
    return mac(key, "link", link.public_id, *(str(fact) for fact in facts))


def same(one: str, other: str) -> bool:
    """Constant-time comparison."""
    return hmac.compare_digest(one.encode(), other.encode())


def keys_of(settings: Settings) -> list[str]:
    """SECRET_KEY, with which everything new is signed, then the earlier ones that are still accepted (space-separated)."""
    return [settings.secret_key, *settings.secret_key_previous.split()]


def key_id(key: str) -> str:
    """A short name of a key, so that an address tells with which one it was signed; says nothing about the key itself."""
    return hashlib.sha256(b"key id\x1f" + key.encode()).hexdigest()[:6]


def fits_a_key(settings: Settings, given: str, *facts: str) -> bool:
    """Whether `given` is the MAC of these facts by one of the site's keys."""
    return any(same(given, mac(key, *facts)) for key in keys_of(settings))
