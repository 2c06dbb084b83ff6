"""The index follows what is saved: in the same transaction, so that what was saved is found."""

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, select

from liaison.db import Session, insert_into, one_at_a_time
from liaison.search.changes import CHANGED, kinds_of
from liaison.search.kinds import KINDS, Entry, Kind
from liaison.search.models import SearchRow
from liaison.search.places import place
from liaison.search.words import GROUP, tokens_of

AT_ONCE = 500
"""Things whose rows are read and written in one go."""
MOST_CHARACTERS = 60_000
"""So much of a row's texts is found: minutes have a tenth of it, and PostgreSQL takes a mebibyte of tokens."""
_MOST_BYTES = 1_000_000
_QUICK = 5_000
"""Characters whose tokens are made in a few milliseconds."""


async def follow(db: Session) -> None:
    """Bring the index up to what this transaction changed. Runs before each commit, when everything else is written."""
    noted: dict[Any, set[int]] = db.info.pop(CHANGED, {})
    if not noted:
        return
    # Of two that change one thing's words, such as a person's and their agency's name, the second one reads what the first one saved.
    await one_at_a_time(db, "search")
    things: dict[str, set[int]] = {}
    for model, ids in noted.items():
        itself, beside = kinds_of(model, ids)
        if itself is not None:
            things.setdefault(itself, set()).update(ids)
        for name, query in beside.items():
            things.setdefault(name, set()).update(await db.scalars(query))
    for kind in KINDS:
        await index(db, kind, sorted(things.get(kind.name, ())))


async def index(db: Session, kind: Kind, ids: Sequence[int]) -> None:
    """Make the rows of these things what they are now; of what is not to be found (any more) there are none. Only the first
    MOST_CHARACTERS of all the texts of a row are indexed: what stands behind them is not found."""
    for at in range(0, len(ids), AT_ONCE):
        some = ids[at : at + AT_ONCE]
        rows = (await db.execute(kind.rows.where(kind.model.id.in_(some)))).all()
        entries = list(kind.entries(rows))
        length = sum(len(text) for entry in entries for text in entry.texts if text)
        if length > _QUICK:  # other requests go on meanwhile
            made = await asyncio.to_thread(_rows, kind, entries)
        else:
            made = _rows(kind, entries)
        await _rewrite(db, kind, some, made)


async def _rewrite(db: Session, kind: Kind, ids: Collection[int], rows: Sequence[dict[str, Any]]) -> None:
    query = select(SearchRow.id, SearchRow.digest).where(SearchRow.kind == kind.number, SearchRow.thing_id.in_(ids))
    there = {row.id: row.digest for row in await db.execute(query)}
    gone = there.keys() - {row["id"] for row in rows}
    if gone:
        await db.execute(delete(SearchRow).where(SearchRow.id.in_(gone)), execution_options=_ASIDE)
    changed = [row for row in rows if there.get(row["id"]) != row["digest"]]
    if changed:
        add = insert_into(db, SearchRow)
        said = {"digest": add.excluded.digest, "tokens": add.excluded.tokens}
        await db.execute(add.on_conflict_do_update(index_elements=[SearchRow.id], set_=said), changed)


_ASIDE = {"synchronize_session": False}


def _rows(kind: Kind, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [_row(kind, entry) for entry in entries]


def _row(kind: Kind, entry: Entry) -> dict[str, Any]:
    tokens = frozenset({*_tokens(entry.texts), *entry.reach, f"{GROUP}k{kind.number}"})
    digest = hashlib.sha256(" ".join(sorted(tokens)).encode()).hexdigest()[:32]
    id_ = place(entry.day, kind.number, entry.thing_id, entry.part)
    return {"id": id_, "kind": kind.number, "thing_id": entry.thing_id, "digest": digest, "tokens": tokens}


def _tokens(texts: Sequence[str | None]) -> set[str]:
    """Of the first MOST_CHARACTERS of the texts behind one another; of fewer where those have rare letters of many bytes."""
    text = "\n".join(text for text in texts if text)[:MOST_CHARACTERS]
    while len(" ".join(tokens := tokens_of([text])).encode()) > _MOST_BYTES:
        text = text[: len(text) // 2]
    return tokens
