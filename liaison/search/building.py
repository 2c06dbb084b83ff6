"""The index of what was there before: a site that is updated, or whose tokens are of another form now, is gone through once, in the background."""

from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from liaison.db import Session, one_at_a_time
from liaison.search.indexing import index
from liaison.search.kinds import KINDS, Kind
from liaison.search.models import SearchBuild, SearchRow

log = structlog.get_logger(__name__)

FORM: Final = 2
"""Counted up when a thing has other tokens than before (words, kinds, reach): then every site builds its index anew."""


AT_ONCE: Final = 60
"""Things of one transaction, which others wait for."""


async def build_some(db: Session) -> bool:
    """Index the next things, and remember up to where; whether there are more. A transaction of the caller's, which may be broken off: what is
    saved meanwhile is indexed by itself. A row that cannot be indexed is stepped over and noted in the log."""
    build = (await db.execute(select(SearchBuild).with_for_update())).scalar_one_or_none()
    if build is None or build.form != FORM:
        build = build or SearchBuild(id=1)
        build.form, build.kind, build.after_id, build.built_at = FORM, KINDS[0].number, 0, None
        db.add(build)
    if build.built_at is not None:
        return False
    kind = next(one for one in KINDS if one.number == build.kind)
    await one_at_a_time(
        db, "search"
    )  # else what somebody saves at the same moment could be overwritten with how it was
    ids = await _next(db, kind, build.after_id)
    await _index_what_can_be(db, kind, ids)
    if ids:
        build.after_id = ids[-1]
    else:
        later = [one.number for one in KINDS if one.number > build.kind]
        build.kind, build.after_id = min(later, default=build.kind), 0
        build.built_at = None if later else db.now()
    await db.flush()
    return build.built_at is None


async def is_built(db: Session) -> bool:
    """Whether everything that was there before there was a search, in this form, is in the index by now."""
    query = select(SearchBuild.id).where(SearchBuild.form == FORM, SearchBuild.built_at.is_not(None))
    return (await db.execute(query)).scalar_one_or_none() is not None


async def begin_anew(db: Session) -> None:
    """Have everything gone through again; what is indexed stays to be found meanwhile. On SQLite the full-text table is made anew from its
    rows first, which a large site waits for."""
    if db.settings.sqlite_path is not None:
        await db.execute(text("INSERT INTO search_words (search_words) VALUES ('rebuild')"))
    build = (await db.execute(select(SearchBuild).with_for_update())).scalar_one_or_none()
    if build is not None:
        build.kind, build.after_id, build.built_at = KINDS[0].number, 0, None
        await db.flush()


async def count(db: Session) -> int:
    """How many rows the index has."""
    return (await db.execute(select(func.count()).select_from(SearchRow))).scalar_one()


async def _index_what_can_be(db: Session, kind: Kind, ids: Sequence[int]) -> None:
    """Index these things; where that fails, one by one, and what fails then is left out and noted: one row must not keep all others from
    being found."""
    try:
        async with db.begin_nested():
            await index(db, kind, ids)
    except Exception as problem:
        if _ends_all(problem):
            raise
        if len(ids) > 1:
            for id_ in ids:
                await _index_what_can_be(db, kind, [id_])
        elif ids:
            log.error("search_not_indexed", kind=kind.name, id=ids[0], why=type(problem).__name__)


def _ends_all(problem: Exception) -> bool:
    """Whether it is not about a row: the connection is gone, or the database wants the transaction again, has no room or stops."""
    if not isinstance(problem, DBAPIError):
        return False
    state = getattr(problem.orig, "sqlstate", None) or ""
    return problem.connection_invalidated or state[:2] in {"08", "25", "40", "53", "55", "57"}


async def _next(db: Session, kind: Kind, after_id: int) -> list[int]:
    """The next things, those among them that are gone and still have rows."""
    there = select(kind.model.id.label("id")).where(kind.model.id > after_id).order_by(kind.model.id).limit(AT_ONCE)
    rows = select(SearchRow.thing_id.label("id")).where(SearchRow.kind == kind.number, SearchRow.thing_id > after_id)
    known = rows.distinct().order_by(SearchRow.thing_id).limit(AT_ONCE)
    ids = {*await db.scalars(there), *await db.scalars(known)}
    return sorted(ids)[:AT_ONCE]
