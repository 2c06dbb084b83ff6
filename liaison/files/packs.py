"""What a pack of agenda and papers says, as it is handed to the program that binds it (`packing`). Pure."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One paper: its divider's lines, and the file, if it can be bound in."""

    heading: str
    lines: list[str]
    row: int
    """The row of the agenda it belongs to; -1: to the meeting."""
    path: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that is printed, in the reader's language."""

    target: str
    title: str
    facts: list[tuple[str, str]]
    heads: list[str]
    rows: list[tuple[str, str, str, str]]
    parts: list[Part]
    apart: str
    """What stands instead of a page number where a paper is not bound in."""

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def of_json(cls, content: bytes) -> "Pack":
        told = json.loads(content)
        return cls(**{**told, "parts": [Part(**one) for one in told["parts"]]})
