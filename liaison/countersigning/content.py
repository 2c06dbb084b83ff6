"""What an agency signs: the canonical form of a text, the hash of each of its sections, and the one root over them. Pure.

Canonical is UTF-8 JSON in Unicode NFC with sorted keys, no spaces and no floats, so that whoever has the same text gets the same hash. A
section is hashed with a salt of its own: an agency that may not know of it sees its hash, and cannot guess the words by trying. Everybody
therefore signs the same root, whatever they may read."""

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

SCHEMA: Final = 1
"""Counted up when the canonical form changes; a stored root keeps the form it was made in."""


class NotCanonical(ValueError):
    """Something that has no one form: a float, a name twice, anything but text, whole numbers, true, false and null."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a section, by what it is called and the SHA-256 of its bytes (64 hexadecimal digits)."""

    title: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a text: plain paragraphs, one a line. `audience`: the ids of the agencies that may know of it; None: every reader."""

    key: str
    title: str
    text: str
    audience: frozenset[int] | None = None
    attachments: tuple[Attachment, ...] = ()
    salt: str = ""

    @property
    def hash(self) -> str:
        """What stands for it in the root (64 hexadecimal digits)."""
        return _sha256(
            {
                "schema": SCHEMA,
                "salt": self.salt,
                "key": self.key,
                "title": self.title,
                "text": self.text,
                "audience": None if self.audience is None else sorted(self.audience),
                "attachments": [{"title": one.title, "sha256": one.sha256} for one in self.attachments],
            }
        )

    def says_the_same(self, other: "Section") -> bool:
        """Whether nothing but the salt differs."""
        return replace(self, salt="") == replace(other, salt="")


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section as one viewer may know it: of a hidden one the hash alone, by which they still sign the same root."""

    key: str
    title: str
    text: str | None
    audience: frozenset[int] | None
    hash: str
    hidden: bool
    may_edit: bool


def canonical(value: Any) -> bytes:
    """The one form of a JSON value. Raises NotCanonical."""
    return json.dumps(
        _normal(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def root(head: Mapping[str, Any], hashes: Sequence[str]) -> str:
    """What is signed: the head (what the text is, of which meeting, who took part, with names as they were) and the hash of each
    section in order. Neither number nor date of issue nor sign-offs: these come after. 64 hexadecimal digits. Raises NotCanonical."""
    return _sha256({"schema": SCHEMA, "head": head, "sections": list(hashes)})


def salted(sections: Sequence[Section], before: Mapping[str, Section]) -> list[Section]:
    """The sections as they are stored: one that says what it said `before` (by key) keeps its salt and hash, any other gets a new salt."""
    kept = ((one, before.get(one.key)) for one in sections)
    return [
        replace(one, salt=old.salt if old is not None and one.says_the_same(old) else secrets.token_hex(16))
        for one, old in kept
    ]


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def _normal(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_normal(one) for one in value]
    if isinstance(value, dict):
        found = {_name(key): _normal(one) for key, one in value.items()}
        if len(found) != len(value):
            raise NotCanonical("the same name twice")
        return found
    raise NotCanonical(f"{type(value).__name__} has no canonical form")


def _name(key: Any) -> str:
    if not isinstance(key, str):
        raise NotCanonical("a name is text")
    return unicodedata.normalize("NFC", key)
