"""Making what there is to say fit one page, whatever there is. Pure.

Every line is cut to one line of the sheet. A part keeps the lines it is promised; what others leave over goes to the parts in their order;
of a part that is cut the last line says how many are left out."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

LINES: Final = 37
"""Lines below the title, headings included."""
WIDTH: Final = 37.0
"""Chinese characters on a line, as `width_of` counts; 40 have room, and what programs put between Chinese and Latin letters takes the rest."""
_ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its lines, most important first; `least` lines stand whatever the other parts say."""

    heading: str
    lines: Sequence[str]
    least: int


def fitted(parts: Sequence[Part], more: Callable[[int], str], *, lines: int = LINES) -> list[Part]:
    """The parts as they stand on the page; `more(n)` words that n lines are left out."""
    room = {place: min(len(part.lines), part.least) for place, part in enumerate(parts)}
    left = lines - len(parts) - sum(room.values())
    for place, part in enumerate(parts):
        taken = max(0, min(len(part.lines) - room[place], left))
        room[place] += taken
        left -= taken
    return [Part(part.heading, _cut(part.lines, room[place], more), part.least) for place, part in enumerate(parts)]


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


def _cut(lines: Sequence[str], room: int, more: Callable[[int], str]) -> list[str]:
    kept = list(lines) if len(lines) <= room else [*lines[: room - 1], more(len(lines) - room + 1)]
    return [clipped(one) for one in kept]


def width_of(text: str) -> float:
    """How wide a text is, in Chinese characters: others take a little more than half of one, so that no font surprises."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WFA" else 0.56 for each in text)
