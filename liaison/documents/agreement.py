"""What an agreement on paper says, every part already in words. Apart from how it is laid out, so that saying it loads no python-docx."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version, or the proposal that an agency joins: a title, numbered parts, and room for each party to sign."""

    title: str
    draft: str
    """What marks a text that does not hold yet (征求意见稿); empty for what does."""
    doc_no: str
    facts: Sequence[tuple[str, str]]
    """Labels with their text, above the parts."""
    parts: Sequence[tuple[str, str]]
    """(第一条, its paragraphs, one a line)."""
    parties: Sequence[tuple[str, str]]
    """Each agency by name, and how it signed; empty while it has not."""
    small: Sequence[str]
    """What the text is checked by, in small print."""
