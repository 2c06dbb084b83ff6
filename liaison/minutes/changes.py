"""What one wording of the minutes changed against the one before, as far as a reader may know of it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from liaison.countersigning.content import Section

ADDED, CHANGED, REMOVED = "added", "changed", "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One section that was added, changed or removed. `title` is None where its reader may not know of it; `gone` and `new` are the
    paragraphs that a changed one lost and got."""

    how: str
    title: str | None
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


def changes(before: Sequence[Section], now: Sequence[Section], knows: Callable[[Section], bool]) -> list[Change]:
    """What `now` changed, in its order, and then what it left out. `knows`: whether the reader may know of a section."""
    old = {one.key: one for one in before}
    found = [_change(old.get(one.key), one, knows) for one in now]
    kept = {one.key for one in now}
    left_out = [Change(REMOVED, one.title if knows(one) else None) for one in before if one.key not in kept]
    return [*(one for one in found if one is not None), *left_out]


def _change(old: Section | None, new: Section, knows: Callable[[Section], bool]) -> Change | None:
    if old is None:
        return Change(ADDED, new.title if knows(new) else None)
    if old.hash == new.hash:
        return None
    if not (knows(old) and knows(new)):
        return Change(CHANGED, None)
    gone, added = _paragraphs(old, new)
    return Change(CHANGED, new.title, gone, added)


def _paragraphs(old: Section, new: Section) -> tuple[tuple[str, ...], tuple[str, ...]]:
    was, is_ = ([one.title, *one.text.split("\n")] for one in (old, new))
    gone: list[str] = []
    added: list[str] = []
    for how, a, b, c, d in SequenceMatcher(None, was, is_, autojunk=False).get_opcodes():
        if how != "equal":
            gone += was[a:b]
            added += is_[c:d]
    return tuple(filter(None, gone)), tuple(filter(None, added))
