"""The pages of an archive, which open without a server: plain HTML with one stylesheet, no script, every link relative. Pure."""

from dataclasses import dataclass
from typing import Any

from liaison.errors import Message
from liaison.i18n import Words
from liaison.templating import environment


@dataclass(frozen=True, slots=True)
class FileShown:
    """One file that a page names; `name` is where it lies, beside the page."""

    title: str
    name: str
    by: str


def rendered(words: Words, template: str, **context: Any) -> str:
    """A page in the language of the copy."""
    return environment(words.locale).get_template(template).render(words=words, **context)


def said(words: Words, texts: dict[str, str], found: dict[str, int]) -> list[tuple[str, int]]:
    """What was counted, in words, as far as there is any."""
    return [(Message(texts[name]).worded(words._), n) for name, n in found.items() if n]
