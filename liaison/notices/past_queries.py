"""What an agency entered afterwards of its referrals, import by import, for who looks it over or takes it back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, exists, func, select

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Person
from liaison.notices.models import Addressee, Notice

MOST = 20


@dataclass(frozen=True, slots=True)
class Import:
    """One import: when and by whom, how many referrals of it stand, with how many something was done since, and one of the others, by
    which they are taken back."""

    at: datetime
    by: str | None
    count: int
    touched: int
    untouched_id: int | None


async def imports(db: Session, viewer: Viewer, mechanism_id: int) -> list[Import]:
    """The last MOST imports of the viewer's own agency, newest first."""
    own = viewer.acts_for(mechanism_id)
    if own is None:
        return []
    touched = (Notice.version > 1) | exists().where(Addressee.notice_id == Notice.id, Addressee.version > 1)
    query = (
        select(
            Notice.entered_afterwards_at,
            Person.name,
            func.count(Notice.id),
            func.count(case((touched, 1))),
            func.min(case((touched, None), else_=Notice.id)),
        )
        .outerjoin(Person, Person.id == Notice.entered_afterwards_by)
        .where(Notice.mechanism_id == mechanism_id, Notice.entered_for_id == own, Notice.discarded_at.is_(None))
        .group_by(Notice.entered_afterwards_at, Notice.entered_afterwards_by, Person.name)
        .order_by(Notice.entered_afterwards_at.desc())
        .limit(MOST)
    )
    return [Import(*row) for row in await db.execute(query)]
