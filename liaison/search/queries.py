"""The search as one viewer makes it: newest first, page by page, and never a trace of what they may not see."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, Message
from liaison.i18n import N_
from liaison.meetings.models import Attendee, Meeting
from liaison.notices.permissions import reads_for
from liaison.search.finding import Found, look_up
from liaison.search.kinds import BY_NAME, BY_NUMBER
from liaison.search.matching import candidates, plan_each
from liaison.search.places import first_part, thing_at
from liaison.search.reach import Reach, of_kind, of_viewer
from liaison.search.words import GROUP, LONGEST, Wanted, wanted

TOO_SHORT = N_("Please type at least two characters; of several words, two Chinese characters in each.")
TOO_LONG = N_("Please type at most %(most)s characters.")
_END: Final = 2**63 - 1
_MOST_LOOKED_AT: Final = 5000
"""Things in all: words that stand apart from each other in thousands of texts, and together in none, are not looked for any further."""
_LITTLE: Final = 60
"""So many places are loaded at once whatever their kind."""
_MOST_ASKED: Final = 300
"""Of the meetings that somebody was asked to from outside, the newest."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found, at its place."""

    place: int
    found: Found


@dataclass(frozen=True, slots=True)
class Hits:
    """Some of what was found, newest first; `after`: what the next page begins after, None where there is nothing more."""

    hits: Sequence[Hit]
    after: int | None


@dataclass(frozen=True, slots=True)
class Search:
    """What one viewer looks for. Made by `begin`."""

    viewer: Viewer
    wanted: Wanted
    reaches: Sequence[Reach]


async def begin(db: Session, viewer: Viewer, typed: str) -> Search:
    """The words that were typed, and what the viewer may come to see. Raises Invalid (q)."""
    words = _looked_for(typed)
    await plan_each(db)
    notices = reads_for(viewer, db.clock.today(db.settings.timezone))
    return Search(viewer, words, of_viewer(viewer, await _asked(db, viewer), notices))


async def find(db: Session, search: Search, *, kind: str | None = None, after: int | None = None, limit: int) -> Hits:
    """The newest that fit and that the viewer may see, of one kind or of all; from the one after the place `after` on."""
    tokens, reaches = search.wanted.tokens, search.reaches
    if kind is not None:
        reaches = of_kind(reaches, kind)
        tokens = (f"{GROUP}k{BY_NAME[kind].number}", *tokens)
    hits: list[Hit] = []
    below, most, looked_at = after if after is not None else _END, limit + 10, 0
    while len(hits) <= limit and looked_at < _MOST_LOOKED_AT:
        places = await candidates(db, reaches, tokens, below=below, most=most)
        hits += await _seen(db, search, [*dict.fromkeys(first_part(place) for place in places)])
        if len(places) < most:
            break
        below, looked_at, most = first_part(places[-1]), looked_at + len(places), min(most * 3, 500)
        await asyncio.sleep(0)  # others have their turn
    return _first(hits, limit)


async def find_few(db: Session, search: Search, kinds: Iterable[str], *, limit: int) -> dict[str, Hits]:
    """The same of each of these kinds: all from one look into the index where not much has these words."""
    places = await candidates(db, search.reaches, search.wanted.tokens, below=_END, most=_LITTLE)
    if len(places) == _LITTLE:
        return {kind: await find(db, search, kind=kind, limit=limit) for kind in kinds}
    seen = await _seen(db, search, [*dict.fromkeys(first_part(place) for place in places)])
    return {kind: _first([hit for hit in seen if hit.found.kind == kind], limit) for kind in kinds}


def _first(hits: Sequence[Hit], limit: int) -> Hits:
    shown = hits[:limit]
    return Hits(shown, shown[-1].place if len(hits) > limit else None)


async def _seen(db: Session, search: Search, places: Sequence[int]) -> list[Hit]:
    ids: dict[str, list[int]] = {}
    for place in places:
        number, id_ = thing_at(place)
        ids.setdefault(BY_NUMBER[number].name, []).append(id_)
    found: dict[str, Mapping[int, Found]] = {
        kind: await look_up(db, search.viewer, kind, some) for kind, some in ids.items()
    }
    hits = []
    for place in places:
        number, id_ = thing_at(place)
        one = found[BY_NUMBER[number].name].get(id_)
        if one is not None and search.wanted.is_in((one.title, *one.texts)):
            hits.append(Hit(place, one))
    return hits


async def _asked(db: Session, viewer: Viewer) -> list[int]:
    """The meetings that the viewer sees, or sees more of, only because they are asked to them by name: outside their mechanisms, outside
    their agency's time there, and those that they chair."""
    query = (
        select(Attendee.meeting_id, Attendee.role, Meeting.mechanism_id, Meeting.local_start)
        .join(Meeting, Meeting.id == Attendee.meeting_id)
        .where(Attendee.person_id == viewer.person_id, Attendee.removed_at.is_(None))
        .order_by(Attendee.starts_at.desc())
    )
    found = []
    for row in await db.execute(query):
        periods = viewer.member_of.get(row.mechanism_id, ())
        inside = row.mechanism_id in viewer.reader_of or any(one.covers(row.local_start.date()) for one in periods)
        if row.role == "chair" or not inside:
            found.append(row.meeting_id)
    return found[:_MOST_ASKED]


def _looked_for(typed: str) -> Wanted:
    if len(typed) > LONGEST:
        raise Invalid({"q": Message(TOO_LONG, {"most": LONGEST})})
    words = wanted(typed)
    if words is None:
        raise Invalid({"q": TOO_SHORT})
    return words
