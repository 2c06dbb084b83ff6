"""What pages and API read of briefs: each agency its own."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotFound, NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.results.brief_models import Brief
from liaison.results.permissions import NO_BRIEFS

_SHOWN = (joinedload(Brief.mechanism), joinedload(Brief.meeting), joinedload(Brief.author))


async def get(db: Session, viewer: Viewer, brief_id: int, *, removed: bool = False) -> Brief:
    """One brief of the viewer's own agency, with mechanism, meeting and author; `removed`: also one that was taken away. Raises NotFound."""
    query = select(Brief).where(Brief.id == brief_id).options(*_SHOWN).execution_options(populate_existing=True)
    brief = (await db.execute(query)).scalar_one_or_none()
    if brief is None or viewer.acts_for(brief.mechanism_id) != brief.agency_id:
        raise NotFound
    if brief.removed_at is not None and not removed:
        raise NotFound
    return brief


async def listed(
    db: Session, viewer: Viewer, mechanism_id: int, *, before: int | None = None, limit: int = 50
) -> list[Brief]:
    """Those of the viewer's own agency in that mechanism, newest first. Raises NotFound, NotPermitted."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    own = viewer.acts_for(mechanism.id)
    if own is None:
        raise NotPermitted(NO_BRIEFS)
    query = select(Brief).where(Brief.mechanism_id == mechanism_id, Brief.agency_id == own, Brief.removed_at.is_(None))
    if before:
        query = query.where(Brief.id < before)
    return list(await db.scalars(query.options(*_SHOWN).order_by(Brief.id.desc()).limit(limit)))
