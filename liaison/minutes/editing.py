"""The text of minutes as somebody changes it who may know only a part of it: what they may not read stays as and where it is. Pure."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from liaison.accounts.viewer import Viewer
from liaison.countersigning.content import Section, SectionShown
from liaison.countersigning.models import DocumentVersion
from liaison.countersigning.permissions import may_read_section
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.meetings.audience import HIDDEN

NOT_THIS_SECTION = N_("You may not change this section of the minutes.")


@dataclass(frozen=True, slots=True)
class SectionGiven:
    """A section as it was typed. None: as it is stored. An `audience` of nobody is everybody."""

    key: str
    title: str | None = None
    text: str | None = None
    audience: frozenset[int] | None = None


def shown(viewer: Viewer, version: DocumentVersion, may_edit: Callable[[Section], bool]) -> list[SectionShown]:
    """The sections of a version as this viewer may know them, in order. Needs `parts`."""
    return shown_to(lambda audience: may_read_section(viewer, audience), version, may_edit)


def shown_to(
    knows: Callable[[frozenset[int] | None], bool],
    version: DocumentVersion,
    may_edit: Callable[[Section], bool] = lambda _: False,
) -> list[SectionShown]:
    """The same for whoever `knows` of what has an audience, such as all who read an address. Needs `parts`."""
    found = []
    for part in version.parts:
        known = knows(part.audience)
        found.append(
            SectionShown(
                key=part.key,
                title=part.title if known else HIDDEN,
                text=part.text if known else None,
                audience=part.audience if known else None,
                hash=part.hash,
                hidden=not known,
                may_edit=known and may_edit(part.section),
            )
        )
    return found


def merged(
    viewer: Viewer,
    stored: Sequence[Section],
    given: Sequence[SectionGiven],
    *,
    may_edit: Callable[[Section], bool],
    arranges: bool,
    audience_of_item: Callable[[str], frozenset[int] | None],
) -> list[Section]:
    """What the text reads after this change. Sections that the viewer may not read keep their words and their place behind the one
    before them; those they may not edit are to come back as they are. `arranges`: may add, remove and order sections. A section about a
    restricted item is known to no more agencies than the item. Raises NotPermitted."""
    before = {one.key: one for one in stored}
    hidden = [one.key for one in stored if not may_read_section(viewer, one.audience)]
    found = [_changed(before.get(one.key), one, one.key in hidden, may_edit, audience_of_item) for one in given]
    if not arranges:
        by_key = {one.key: one for one in found}
        if set(by_key) - set(before):
            raise NotPermitted(NOT_THIS_SECTION)
        return [by_key.get(one.key, one) for one in stored]
    return _with_hidden(stored, found, hidden)


def _changed(
    before: Section | None,
    given: SectionGiven,
    is_hidden: bool,
    may_edit: Callable[[Section], bool],
    audience_of_item: Callable[[str], frozenset[int] | None],
) -> Section:
    if is_hidden:
        assert before is not None
        if given.title is not None or given.text is not None:
            raise NotPermitted(NOT_THIS_SECTION)
        return before
    widest = audience_of_item(given.key)
    old = before or Section(given.key, "", "", widest)
    audience = old.audience if given.audience is None else (given.audience or None)
    if widest is not None:
        audience = widest if audience is None else audience & widest or widest
    new = replace(
        old,
        title=old.title if given.title is None else given.title.strip(),
        text=old.text if given.text is None else _paragraphs(given.text),
        audience=audience,
    )
    is_changed = before is None or not new.says_the_same(before)
    if is_changed and not (may_edit(old) and may_edit(new)):
        raise NotPermitted(NOT_THIS_SECTION)
    return new


def _with_hidden(stored: Sequence[Section], found: list[Section], hidden: Collection[str]) -> list[Section]:
    keys = [one.key for one in found]
    for place, one in enumerate(stored):
        if one.key not in hidden or one.key in keys:
            continue
        behind = next((before.key for before in reversed(stored[:place]) if before.key in keys), None)
        at = keys.index(behind) + 1 if behind is not None else 0
        found.insert(at, one)
        keys.insert(at, one.key)
    return found


def _paragraphs(text: str) -> str:
    """Plain text, one paragraph a line, without empty lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(filter(None, (line.strip() for line in lines)))
