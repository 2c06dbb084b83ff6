"""What the index holds of the words somebody looks for, among what they may come to see."""

from collections.abc import Sequence

from sqlalchemy import text

from liaison.db import Session
from liaison.search.places import start_of
from liaison.search.reach import Reach

_LITE = text(
    "SELECT rowid FROM search_words WHERE search_words MATCH :match AND rowid >= :least AND rowid < :below "
    "ORDER BY rowid DESC LIMIT :most"
)
_GRES = text(
    "SELECT id FROM search_row WHERE tokens @@ CAST(:said AS tsquery) AND tokens @@ CAST(:groups AS tsquery) "
    "AND id >= :least AND id < :below ORDER BY id DESC LIMIT :most"
)
"""In two conditions: its index weighs every word of a condition for each row that has one of them, which of hundreds of groups took seconds."""


async def plan_each(db: Session) -> None:
    """Have PostgreSQL plan for the words that are asked in this transaction: a plan for any words whatever reads the rows from their newest on,
    which for a rare word is all of them."""
    if db.settings.sqlite_path is None:
        await db.execute(text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"))


async def candidates(
    db: Session, reaches: Sequence[Reach], tokens: Sequence[str], *, below: int, most: int
) -> list[int]:
    """The first `most` places under `below` that have all tokens and are within reach, newest first. Whether they may be seen is not said."""
    lite = db.settings.sqlite_path is not None
    quote, either, both = ('"', " OR ", " AND ") if lite else ("'", " | ", " & ")
    said = both.join(f"{quote}{token}{quote}" for token in tokens)
    found: set[int] = set()
    for reach in reaches:
        until = below if reach.until is None else min(below, start_of(reach.until))
        groups = either.join(f"{quote}{group}{quote}" for group in reach.groups)
        given = {
            **({"match": f"({groups}){both}{said}"} if lite else {"said": said, "groups": groups}),
            "least": start_of(reach.since) if reach.since is not None else 0,
            "below": until,
            "most": most,
        }
        found.update(await db.scalars(_LITE if lite else _GRES, given))
    return sorted(found, reverse=True)[:most]
