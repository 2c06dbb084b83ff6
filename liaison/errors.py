"""Refusals: what liaison says when it will not do something. Text is a msgid with parameters and is worded in the reader's language where it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(message: str) -> str:
    """Mark a text for the catalogue where it is written down, to be translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a later reader: an English msgid and its named parameters (`%(name)s`)."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def worded(self, gettext: Callable[[str], str]) -> str:
        """The sentence in the language of `gettext`; parameters that are messages themselves are worded too, and several names (a tuple) are
        set apart as that language does."""
        params = {name: _worded(value, gettext) for name, value in self.params.items()}
        text = gettext(self.msgid)
        return text % params if params else text


def _worded(value: Any, gettext: Callable[[str], str]) -> Any:
    if isinstance(value, Message):
        return value.worded(gettext)
    return gettext(", ").join(value) if isinstance(value, tuple) else value


class CannotRun(Exception):
    """The program cannot run like this; `message` says in one line why and what to do."""

    def __init__(self, msgid: str, **params: Any) -> None:
        self.message = Message(msgid, params)
        super().__init__(self.message.worded(str))


class Refusal(Exception):
    """liaison will not do this; `message` says why and what to do. Nothing was changed."""

    status = 400

    def __init__(self, msgid: str, **params: Any) -> None:
        super().__init__(msgid)
        self.message = Message(msgid, params)


class NotFound(Refusal):
    """There is no such thing, or this viewer may not know that there is: both answer exactly alike (404)."""

    status = 404

    def __init__(self) -> None:
        super().__init__(N_("There is nothing here, or nothing that you may see."))


class NotSignedIn(Refusal):
    """Nobody is signed in here, and this needs somebody (401; pages lead to the sign-in page)."""

    status = 401

    def __init__(self, msgid: str = N_("Please sign in first.")) -> None:
        super().__init__(msgid)


class NotPermitted(Refusal):
    """The viewer sees the thing but may not do this to it (403); each is one audit line."""

    status = 403


class Conflict(Refusal):
    """The thing changed since the form was opened, or is no longer in a state that allows this (409).

    `theirs` holds the values now stored by field, so that a page can show both versions."""

    status = 409

    def __init__(self, msgid: str, theirs: Mapping[str, Any] | None = None, **params: Any) -> None:
        super().__init__(msgid, **params)
        self.theirs = dict(theirs or {})


class Misdirected(Refusal):
    """The request was for another host than this site (421)."""

    status = 421


class Gone(Refusal):
    """A link that has expired, was used up or was revoked (410)."""

    status = 410


class TooMany(Refusal):
    """Too many tries in too short a time (429); `retry_after` in seconds."""

    status = 429

    def __init__(self, msgid: str, *, retry_after: int, **params: Any) -> None:
        super().__init__(msgid, **params)
        self.retry_after = retry_after


class Invalid(Refusal):
    """Something typed cannot be accepted (422): `errors` names each field (the form's and the API's name) and says what to do."""

    status = 422

    def __init__(self, errors: Mapping[str, Message | str]) -> None:
        super().__init__(N_("Please check the marked fields."))
        self.errors = {name: Message(text) if isinstance(text, str) else text for name, text in errors.items()}
