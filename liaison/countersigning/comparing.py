"""What differs between two versions of a text, section by section, as one reader may know it: for pages and for mails. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from liaison.countersigning.content import SectionShown

SAME, GONE, NEW = "same", "gone", "new"
ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
_CLAUSE: Final = re.compile(r"[^，。；：、！？,;:!?\n]*[，。；：、！？,;:!?\n]?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class SectionCompared:
    """How one section differs; it holds no words of a section that the reader may not know of."""

    key: str
    title: str
    kind: str
    hidden: bool = False
    title_before: str | None = None
    """Where it was called otherwise."""
    audience_changed: bool = False
    before: str = ""
    after: str = ""
    """The texts, where they differ."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The newer words with what went and what came in its place, by clause, as a page shows them."""
        return pieces(self.before, self.after) if self.before != self.after else ()

    @property
    def paragraphs(self) -> tuple[list[str], list[str]]:
        """The paragraphs that went and those that came, the title among them, as a mail lists them; none of a section that came or went
        as a whole."""
        if self.hidden or self.kind != CHANGED:
            return [], []
        was, now = [self.title_before or self.title, *self.before.split("\n")], [self.title, *self.after.split("\n")]
        gone: list[str] = []
        new: list[str] = []
        for how, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            if how != "equal":
                gone += filter(None, was[a:b])
                new += filter(None, now[c:d])
        return gone, new


def compared(before: Sequence[SectionShown], after: Sequence[SectionShown]) -> list[SectionCompared]:
    """The sections that differ, in the order of the newer text; those taken out stand at the end."""
    old = {one.key: one for one in before}
    kept = [one.key for one in before if one.key in {each.key for each in after}]
    moved = _moved(kept, [one.key for one in after if one.key in old])
    found = []
    for one in after:
        was = old.get(one.key)
        if was is None:
            found.append(SectionCompared(one.key, one.title, ADDED, one.hidden, after=one.text or ""))
        elif was.hash != one.hash:
            found.append(_changed(was, one))
        elif one.key in moved:
            found.append(SectionCompared(one.key, one.title, MOVED, one.hidden))
    taken_out = [one for one in before if one.key not in {each.key for each in after}]
    return found + [
        SectionCompared(one.key, one.title, REMOVED, one.hidden, before=one.text or "") for one in taken_out
    ]


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The newer words with what went and what came in its place, by clause."""
    old, new = _clauses(before), _clauses(after)
    found: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece(SAME, "".join(new[c:d])))
            continue
        found += [Piece(GONE, "".join(old[a:b]))] if b > a else []
        found += [Piece(NEW, "".join(new[c:d]))] if d > c else []
    return tuple(found)


def _changed(was: SectionShown, one: SectionShown) -> SectionCompared:
    if was.hidden or one.hidden:
        return SectionCompared(one.key, (one if one.hidden else was).title, CHANGED, hidden=True)
    return SectionCompared(
        one.key,
        one.title,
        CHANGED,
        title_before=was.title if was.title != one.title else None,
        audience_changed=was.audience != one.audience,
        before=was.text or "",
        after=one.text or "",
    )


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Those that stand elsewhere among the ones that stayed."""
    same = {
        key for block in SequenceMatcher(None, before, after).get_matching_blocks()
        for key in before[block.a : block.a + block.size]
    }  # fmt: skip
    return set(after) - same


def _clauses(text: str) -> list[str]:
    return [one for one in _CLAUSE.findall(text) if one]
