"""What a subscription holds, read column by column: calendars ask every hour, mostly to hear that nothing changed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from liaison.accounts.feed_links import Holder
from liaison.actions.models import ActionItem
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.feed.values import Contents, Due
from liaison.mechanisms.models import Designation, Mechanism
from liaison.meetings.models import AgencyInvitation, Announcement, Attendee, Meeting

KEPT_BACK = timedelta(days=366)
"""Meetings stay in the calendar for a year."""
CANCELLED_KEPT = timedelta(days=30)
MOST_DUE = 500


async def contents(db: Session, holder: Holder) -> Contents:
    """What the holder's calendar holds today: meetings that were announced and ask them by name, or their agency while they are its
    liaison or deputy; cancelled and postponed ones for 30 days; and open action items that they own and that have a date."""
    by_name = select(Attendee.meeting_id).where(Attendee.person_id == holder.person_id, Attendee.removed_at.is_(None))
    found = await _announced(db, Meeting.id.in_(by_name))
    if mechanism_ids := await _offices(db, holder):
        invited = select(AgencyInvitation.id).where(
            AgencyInvitation.meeting_id == Meeting.id,
            AgencyInvitation.agency_id == holder.agency_id,
            AgencyInvitation.removed_at.is_(None),
        )
        found |= await _announced(db, Meeting.mechanism_id.in_(mechanism_ids), invited.exists())
    return Contents(tuple(sorted(found)), await _due(db, holder))


async def announced(db: Session, announcement_ids: Sequence[int]) -> list[Announcement]:
    """These announcements in full, oldest first."""
    return list(
        await db.scalars(select(Announcement).where(Announcement.id.in_(announcement_ids)).order_by(Announcement.id))
    )


async def _offices(db: Session, holder: Holder) -> list[int]:
    """The mechanisms in which the holder is liaison or deputy of their agency today."""
    query = (
        select(Designation.mechanism_id, Designation.starts_on, Designation.ends_on, Mechanism.timezone)
        .join(Mechanism, Mechanism.id == Designation.mechanism_id)
        .where(Designation.person_id == holder.person_id, Designation.agency_id == holder.agency_id)
    )
    found = []
    for row in await db.execute(query):
        today = db.clock.today(row.timezone)
        if row.starts_on <= today and (row.ends_on is None or today < row.ends_on):
            found.append(row.mechanism_id)
    return found


async def _announced(db: Session, *asked: ColumnElement[bool]) -> set[int]:
    """The newest announcement of each such meeting of the last year and the future, without what was called off long ago."""
    any_ = aliased(Announcement)
    newest = select(func.max(any_.id)).where(any_.meeting_id == Meeting.id).scalar_subquery()
    query = (
        select(Announcement.id, Announcement.method, Announcement.dtstamp)
        .select_from(Meeting)
        .join(Announcement, Announcement.id == newest)
        .where(Meeting.starts_at >= db.now() - KEPT_BACK, *asked)
    )
    long_ago = db.now() - CANCELLED_KEPT
    return {row.id for row in await db.execute(query) if row.method != "CANCEL" or row.dtstamp >= long_ago}


async def _due(db: Session, holder: Holder) -> tuple[Due, ...]:
    query = (
        select(
            *(ActionItem.id, ActionItem.version, ActionItem.title, ActionItem.due_on, ActionItem.assigned_at),
            *(Agency.short_name, Mechanism.short_name.label("mechanism"), Mechanism.mailbox),
        )
        .join(Agency, Agency.id == ActionItem.lead_agency_id)
        .join(Mechanism, Mechanism.id == ActionItem.mechanism_id)
        .where(ActionItem.owner_id == holder.person_id, ActionItem.ended_at.is_(None), ActionItem.due_on.is_not(None))
    )
    rows: Any = await db.execute(query.order_by(ActionItem.due_on, ActionItem.id).limit(MOST_DUE))
    return tuple(Due(*row) for row in rows)
