"""What was found, as its pages and programs show it: the place that was looked for marked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from liaison.i18n import N_
from liaison.search.finding import Found
from liaison.search.words import Part, Wanted

KIND_NAMES: Final = {
    "meeting": N_("Meetings"),
    "agenda_item": N_("Agenda items"),
    "decision": N_("Decisions"),
    "action_item": N_("Action items"),
    "minutes": N_("Minutes"),
    "paper": N_("Papers"),
    "notice": N_("Notices"),
    "person": N_("People"),
    "mechanism": N_("Mechanisms"),
}
"""In the order in which the groups of the page stand."""
KIND_ICONS: Final = {
    "meeting": "calendar-days",
    "agenda_item": "list-checks",
    "decision": "gavel",
    "action_item": "list-checks",
    "minutes": "file-text",
    "paper": "file-text",
    "notice": "inbox",
    "person": "book-user",
    "mechanism": "handshake",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing as a line of the page."""

    found: Found
    title: Sequence[Part]
    excerpt: Sequence[Part]


def line(found: Found, wanted: Wanted) -> Line:
    """The title with what was looked for, and of the rest the first place where it stands."""
    return Line(found, wanted.marked(found.title), wanted.excerpt(found.texts))


def found_json(found: Found, wanted: Wanted) -> dict[str, Any]:
    """For programs: `excerpt` is of the title where nothing else has a place, and `marks` are [start, end) in its characters."""
    parts = wanted.excerpt((*found.texts, found.title))
    marks, at = [], 0
    for part in parts:
        if part.marked:
            marks.append([at, at + len(part.text)])
        at += len(part.text)
    return {
        "kind": found.kind,
        "id": str(found.id),
        "title": found.title,
        "excerpt": "".join(part.text for part in parts),
        "marks": marks,
        "date": found.day.isoformat() if found.day else None,
        "mechanism_id": str(found.mechanism_id) if found.mechanism_id else None,
    }
