"""What somebody typed when their session had ended: sealed into the sign-in page, and opened again for the same person only.

The text travels with the browser that sent it; the server stores nothing. Passwords are never among it."""

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liaison.accounts.secrets import fits_a_key, mac
from liaison.config import Settings

LARGEST = 64_000
"""Characters of JSON; what is longer is not kept."""
_PURPOSE = "kept form"
_CODE = re.compile(r"[a-z0-9_:.-]+")
_TYPED = {"text", "note", "notes", "reason", "comment", "title", "location", "requirement", "name", "job_title"}
"""Fields (of a row: its last part) in which even one plain word or number was typed, and not chosen."""
_NEVER = {"_csrf_token", "kept", "password", "new_password", "repeated"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One form: who sent it, where to, and its fields in order."""

    person_id: int
    path: str
    fields: tuple[tuple[str, str], ...]

    def texts(self) -> list[str]:
        """What a person typed among the fields, to be shown: neither empty ones nor numbers of choices and versions."""
        return [text for name, text in self.fields if text.strip() and name != "confirmed" and not text.isdecimal()]

    def words(self) -> list[str]:
        """The texts that would have to be typed anew: without dates, times and the codes of what was chosen."""
        return [
            text
            for name, text in self.fields
            if text.strip() and (name.rpartition(".")[2] in _TYPED or not _CODE.fullmatch(text)) and name != "confirmed"
        ]


def worth_keeping(person_id: int, path: str, values: Mapping[str, Sequence[str]]) -> Kept | None:
    """The form without passwords; None when nothing is left of it."""
    fields = tuple((name, text) for name, texts in values.items() if name not in _NEVER for text in texts)
    return Kept(person_id, path, fields) if fields else None


def seal(settings: Settings, kept: Kept) -> str | None:
    """The form as the value of a hidden field, with a MAC by this site's key; None when it is too large."""
    said = json.dumps([kept.person_id, kept.path, kept.fields], ensure_ascii=False)
    if len(said) > LARGEST:
        return None
    packed = urlsafe_b64encode(said.encode("utf-8", "surrogatepass")).decode()
    return f"{packed}.{mac(settings.secret_key, _PURPOSE, packed)}"


def unseal(settings: Settings, sealed: str) -> Kept | None:
    """What `seal` made; None for anything else."""
    packed, _, given = sealed.partition(".")
    if not fits_a_key(settings, given, _PURPOSE, packed):
        return None
    try:
        person_id, path, fields = json.loads(urlsafe_b64decode(packed).decode("utf-8", "surrogatepass"))
    except (binascii.Error, ValueError):
        return None
    return Kept(person_id, path, tuple((name, text) for name, text in fields))
