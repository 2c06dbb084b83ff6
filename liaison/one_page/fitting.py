"""Making what there is to say fit one page, whatever there is. Pure.

Every line is cut to one line of the sheet. A part keeps the lines it is promised; what others leave over goes to the parts in their order;
of a part that is cut the last line says how many are left out."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

LINES: Final = 37
"""Lines below the title, headings included."""
WIDTH: Final = 37.0
"""Chinese characters on a line, as `width_of` counts; 40 have room, and what programs put between Chinese and Latin letters takes the rest."""
PITCH: Final = 18
"""Of a line, in points: 40 of them fill the 257 mm between margins of 20 mm."""
GAP: Final = 12
"""Above a heading where there is room, in points."""
LEAST_HEAD: Final = 11
"""So much of a line's beginning stands before an end that fills the line."""
NAME: Final = 8
"""So wide an agency's or a person's name may be beside a title."""
_ELLIPSIS: Final = "…"
_WIDE: Final = frozenset("MWmw@%&")


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its lines, most important first; `least` lines stand whatever the other parts say."""

    heading: str
    lines: Sequence[str]
    least: int
    beyond: int = 0
    """How many more lines there are that nobody wrote, since they could never stand here."""


def fitted(parts: Sequence[Part], more: Callable[[int], str], *, lines: int = LINES) -> list[Part]:
    """The parts as they stand on the page; `more(n)` words that n lines are left out."""
    room = {place: min(len(part.lines), part.least) for place, part in enumerate(parts)}
    left = lines - len(parts) - sum(room.values())
    for place, part in enumerate(parts):
        taken = max(0, min(len(part.lines) - room[place], left))
        room[place] += taken
        left -= taken
    return [replace(part, lines=_cut(part, room[place], more), beyond=0) for place, part in enumerate(parts)]


def is_roomy(fitted_parts: Sequence[Part], *, lines: int = LINES) -> bool:
    """Whether the page has room for some space above each heading (GAP)."""
    used = sum(1 + len(part.lines) for part in fitted_parts)
    return (lines - used) * PITCH >= GAP * len(fitted_parts)


def clipped(text: str, width: float = WIDTH) -> str:
    """The text on one line, ending in … where it is cut."""
    text = " ".join(text.split())
    if width_of(text) <= width:
        return text
    kept = ""
    for character in text:
        if width_of(kept + character) > width - 1:
            break
        kept += character
    return kept.rstrip() + _ELLIPSIS


def led_by(head: str, tail: str) -> str:
    """A line whose end stands, however long its beginning is; of an end that fills the line something of the beginning is left."""
    return clipped(head, max(LEAST_HEAD, WIDTH - width_of(tail))) + tail


def _cut(part: Part, room: int, more: Callable[[int], str]) -> list[str]:
    lines, left = part.lines, len(part.lines) + part.beyond - room
    kept = list(lines) if left <= 0 else [*lines[: room - 1], more(left + 1)]
    return [clipped(one) for one in kept]


def width_of(text: str) -> float:
    """How wide a text is, in Chinese characters, as the widest of the usual fonts sets it."""
    return sum(map(_width, text))


def _width(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WFA" or character in _WIDE:
        return 1.0
    if character.isupper():
        return 0.78
    return 0.6 if character.isdigit() else 0.56
