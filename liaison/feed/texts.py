"""The texts of meetings in calendars are written before anybody asks for them, by the worker: a GET changes nothing, and no verb has to
remember them. Until the worker comes by, and where none runs, each fetch writes what it misses for itself."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, exists, func, select

from liaison.db import Session, insert_into
from liaison.feed.models import FeedEvent
from liaison.feed.standing import KEPT_BACK
from liaison.i18n import LOCALES
from liaison.meetings.models import Announcement, Meeting
from liaison.meetings.publishing import edition

AT_ONCE: Final = 100
LOOKED_BACK: Final = 50
"""On PostgreSQL an announcement may become visible after a later one did; they were made within seconds of each other."""


async def newest(db: Session) -> int:
    """The newest announcement of the site, up to which there may be something to write."""
    return (await db.execute(select(func.max(Announcement.id)))).scalar_one() or 0


async def unwritten(db: Session, after: int) -> list[Announcement]:
    """Those of the next `AT_ONCE` announcements that subscriptions show, and whose texts are missing or of another edition."""
    missing = await _missing(db, await _shown(db, after))
    return list(await db.scalars(select(Announcement).where(Announcement.id.in_(missing)).order_by(Announcement.id)))


async def keep(db: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep these texts, in place of what was kept. Another worker may be at the same ones: both write the same."""
    insert = insert_into(db, FeedEvent)
    new = {name: insert.excluded[name] for name in ("edition", "timezone", "year", "text")}
    same = (FeedEvent.announcement_id, FeedEvent.locale)
    await db.execute(insert.on_conflict_do_update(index_elements=same, set_=new), list(rows))


async def drop_texts(db: Session) -> None:
    """Delete what no subscription shows any more: texts of meetings of long ago, and of what was announced anew."""
    newer = Announcement.__table__.alias()
    long_ago = Meeting.starts_at < db.now() - KEPT_BACK
    said_anew = exists().where(newer.c.meeting_id == Announcement.meeting_id, newer.c.id > Announcement.id)
    shown = select(Announcement.id).join(Meeting, Meeting.id == Announcement.meeting_id)
    gone = shown.where(Announcement.id == FeedEvent.announcement_id, long_ago | said_anew)
    await db.execute(delete(FeedEvent).where(gone.exists()), execution_options={"synchronize_session": False})


async def _shown(db: Session, after: int) -> Sequence[int]:
    """Those of the next `AT_ONCE` announcements that subscriptions may show: the newest of their meeting."""
    newer = Announcement.__table__.alias()
    newest = select(func.max(newer.c.id)).where(newer.c.meeting_id == Announcement.meeting_id).scalar_subquery()
    query = (
        select(Announcement.id)
        .join(Meeting, Meeting.id == Announcement.meeting_id)
        .where(Announcement.id > after, Announcement.id <= after + AT_ONCE)
        .where(Announcement.id == newest, Meeting.starts_at >= db.now() - KEPT_BACK)
    )
    return list(await db.scalars(query))


async def _missing(db: Session, ids: Sequence[int]) -> set[int]:
    kept = select(FeedEvent.announcement_id, FeedEvent.locale, FeedEvent.edition, FeedEvent.timezone, FeedEvent.year)
    base_url = db.settings.base_url
    good = {
        (row.announcement_id, row.locale)
        for row in await db.execute(kept.where(FeedEvent.announcement_id.in_(ids)))
        if row.edition == edition(row.locale, base_url, row.timezone, row.year)
    }
    return {id_ for id_ in ids if any((id_, locale) not in good for locale in LOCALES)}
