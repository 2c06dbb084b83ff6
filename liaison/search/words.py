"""From text to the tokens it is found by, and from what somebody types to what is looked for. Pure.

Chinese has no spaces, so each two characters that stand side by side are one token; a Latin word is found by its beginning (behind Chinese
also by its first letter: 检察B finds 检察B2楼), a number as a whole. Each side is brought into one form first (NFKC, no difference of case), so that full-width digits or old shapes make no difference."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

GROUP: Final = "\ue001"
"""Before every token that is no word, but names a kind or who may see a thing. Nobody can type it: a private character belongs to no word."""
_BEGINNING: Final = "\ue000"
"""Before the beginning of a word, which is not the word."""
SHORTEST: Final = 2
LONGEST: Final = 100
"""How many characters may be typed, and how few a word may have."""
_LONGEST_PREFIX: Final = 8
_LONGEST_WORD: Final = 40
_UNITS = re.compile(r"[^\W_]+")
_HAN = re.compile(
    "[\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_RUNS = re.compile(f"{_HAN.pattern}|(?:(?!{_HAN.pattern}).)+")
_COMBINES = re.compile(
    "[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u3099\u309a\uff9e\uff9f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
"""What changes the character before it, or is not seen at all."""
_COMPOSED = re.compile(f"(?s:.){_COMBINES.pattern}*")
_AROUND: Final = 30
_EXCERPT: Final = 120


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text, and whether it is what was looked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: words that all have to be there, by the tokens they are found by and as they stand in a text."""

    tokens: tuple[str, ...]
    words: tuple[str, ...]

    def is_in(self, texts: Iterable[str | None]) -> bool:
        """Whether each of the words stands in one of the texts: a token says only that its two characters do."""
        there = [_normal(text).text for text in texts if text]
        return all(any(_pattern(word).search(text) for text in there) for word in self.words)

    def marked(self, text: str) -> list[Part]:
        """The text with every place that was looked for."""
        return _cut(text, self._places(text))

    def excerpt(self, texts: Iterable[str | None]) -> list[Part]:
        """Around the first place, of the first of these texts that has one, so much as goes into two lines; nothing where none has."""
        for text in texts:
            places = self._places(text) if text else []
            if text and places:
                return _around(text, places)
        return []

    def _places(self, text: str) -> list[tuple[int, int]]:
        normal = _normal(text)
        found = [
            (normal.starts[one.start()], normal.ends[one.end() - 1])
            for word in self.words
            for one in _pattern(word).finditer(normal.text)
        ]
        return _joined(sorted(found))


def wanted(typed: str) -> Wanted | None:
    """What is looked for by what was typed; None where a word of it has fewer than two characters and none is longer."""
    words = list(dict.fromkeys(_words(_normal(typed).text)))
    units = [_RUNS.findall(word) for word in words]
    if not words or any(_is_han(word) and len(word) < SHORTEST for word in words) or max(map(len, words)) < SHORTEST:
        return None
    tokens = dict.fromkeys(token for each in units for token in _looked_for(each))
    return Wanted(tuple(tokens), tuple(words))


def tokens_of(texts: Iterable[str | None]) -> set[str]:
    """Every token that these texts are found by."""
    found: set[str] = set()
    for text in texts:
        for word in _words(_normal(text).text if text else ""):
            found.update(_found_by(_RUNS.findall(word)))
    return found


def _words(normal: str) -> Iterator[str]:
    return (one[0] for one in _UNITS.finditer(normal))


def _found_by(units: list[str]) -> Iterator[str]:
    for n, unit in enumerate(units):
        if not _is_han(unit):
            yield from _beginnings(unit)
        elif len(units) == 1:
            yield unit
        if n:
            yield _pair(units[n - 1], unit)
            if not _is_han(unit) and not unit.isdecimal():
                yield _first_letter(units[n - 1], unit)


def _looked_for(units: list[str]) -> Iterator[str]:
    """The pairs say all but how a last word that is no number goes on."""
    last = units[-1]
    open_ended = not _is_han(last) and not last.isdecimal()
    yield from (_pair(*two) for two in zip(units, units[1:-1] if open_ended else units[1:], strict=False))
    if open_ended and len(last) < SHORTEST:
        yield last if len(units) == 1 else _first_letter(units[-2], last)
    elif open_ended:
        yield f"{_BEGINNING}{last[:_LONGEST_PREFIX]}"
    elif len(units) == 1:
        yield last[:_LONGEST_WORD]


def _beginnings(unit: str) -> Iterator[str]:
    if unit.isdecimal() or len(unit) < SHORTEST:
        yield unit[:_LONGEST_WORD]
        return
    for n in range(SHORTEST, min(len(unit), _LONGEST_PREFIX) + 1):
        yield _BEGINNING + unit[:n]


def _pair(first: str, second: str) -> str:
    return first[-_LONGEST_WORD:] + second[:_LONGEST_WORD]


def _first_letter(han: str, unit: str) -> str:
    """That the character goes over into a word that begins so: 室b, of which 室b2 is found."""
    return _BEGINNING + han + unit[0]


def _is_han(unit: str) -> bool:
    return _HAN.match(unit) is not None


@lru_cache(maxsize=256)
def _pattern(word: str) -> re.Pattern[str]:
    """The word in a text: a number or Latin word where one begins; a number also where it ends, a word wherever it goes on to."""
    units = _RUNS.findall(word)
    begins = "" if _is_han(units[0]) else f"(?:(?<![^\\W_])|(?<={_HAN.pattern}))"
    ends = f"(?:(?![^\\W_])|(?={_HAN.pattern}))" if units[-1].isdecimal() else ""
    return re.compile(begins + re.escape(word) + ends)


@dataclass(frozen=True, slots=True)
class _Normal:
    """A text in the form in which it is compared, and for each of its characters from where to where it stands in the text as it was."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def _normal(text: str) -> _Normal:
    pieces = _COMPOSED.findall(text) if _COMBINES.search(text) else text
    forms = [_form(piece) for piece in pieces]
    if len(pieces) == len(text) and all(len(form) == 1 for form in forms):
        return _Normal("".join(forms), range(len(text)), range(1, len(text) + 1))
    starts, ends, at = [], [], 0
    for piece, form in zip(pieces, forms, strict=True):
        starts += [at] * len(form)
        at += len(piece)
        ends += [at] * len(form)
    return _Normal("".join(forms), starts, ends)


@lru_cache(maxsize=20_000)
def _form(piece: str) -> str:
    return _COMBINES.sub("", unicodedata.normalize("NFKC", piece).casefold())


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _cut(text: str, places: list[tuple[int, int]]) -> list[Part]:
    parts, at = [], 0
    for start, end in places:
        parts += [Part(text[at:start]), Part(text[start:end], marked=True)]
        at = end
    return [part for part in (*parts, Part(text[at:])) if part.text]


def _around(text: str, places: list[tuple[int, int]]) -> list[Part]:
    start = max(0, places[0][0] - _AROUND)
    end = min(len(text), max(start + _EXCERPT, places[0][1]))
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in places if a < end and b > start]
    parts = _cut(" ".join(text[start:end].split("\n")), inside)
    return [*([Part("…")] if start else []), *parts, *([Part("…")] if end < len(text) else [])]
