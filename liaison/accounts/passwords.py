"""What a password must be, and how it is kept: argon2id. Hashing takes some 20 ms and 19 MB: doors do it in a thread, before the
writing transaction starts."""

from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from liaison.checks import Check
from liaison.i18n import N_

LEAST, MOST = 10, 200

_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19456, parallelism=1),))
"""OWASP's password storage cheat sheet, its first choice for argon2id."""

NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""A hash that no password fits; checked for unknown accounts, so that they take as long as known ones."""


def check_password(check: Check, field: str, password: str, *, names: tuple[str | None, ...] = ()) -> None:
    """At least 10 characters, at least 5 different ones, and neither a row such as 1234567890 nor one of the person's `names`."""
    if len(password) < LEAST:
        check.refuse(field, N_("Please use at least %(least)s characters."), least=LEAST)
    elif len(password) > MOST:
        check.refuse(
            field, N_("Please use at most %(most)s characters; this has %(count)s."), most=MOST, count=len(password)
        )
    elif len(set(password)) < 5 or _is_row(password) or password.casefold() in {n.casefold() for n in names if n}:
        check.refuse(field, N_("This is too easy to guess. Please choose another one, for example a short sentence."))


def hash_password(password: str) -> str:
    """What is stored; slow on purpose."""
    return _HASHER.hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; as slow for nobody's."""
    return _HASHER.verify(password[:MOST], stored or NOBODY) and stored is not None and len(password) <= MOST


@cache
def _rows() -> str:
    up = ("0123456789" * 3, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
    return "\n".join([*up, *(row[::-1] for row in up)])


def _is_row(password: str) -> bool:
    return password.casefold() in _rows()
