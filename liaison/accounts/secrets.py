"""Making and comparing secrets. Pure: random bytes come in, hashes and MACs go out; only those are stored."""

import hashlib
import hmac


def hashed(secret: str) -> str:
    """What is stored of a random token (≥ 128 bit): its SHA-256; a slow hash is for passwords, which are guessable."""
    return hashlib.sha256(secret.encode()).hexdigest()


def mac(key: str, *facts: str) -> str:
    """A keyed MAC (128 bit, hex) over facts that only this site can make."""
    return hmac.new(key.encode(), "\x1f".join(facts).encode(), hashlib.sha256).hexdigest()[:32]


def same(one: str, other: str) -> bool:
    """Constant-time comparison."""
    return hmac.compare_digest(one.encode(), other.encode())
