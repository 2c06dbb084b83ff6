"""What a subscription holds. Calendars ask every hour, mostly to hear that nothing changed: the statements are written once, over plain
columns, and only their parameters change."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

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

_meeting, _announcement = Meeting.__table__.c, Announcement.__table__.c
_attendee, _invitation = Attendee.__table__.c, AgencyInvitation.__table__.c
_designation, _mechanism = Designation.__table__.c, Mechanism.__table__.c
_item, _agency = ActionItem.__table__.c, Agency.__table__.c


def _newest(meeting_id: ColumnElement[int]) -> Any:
    """The newest announcement of the meeting in hand."""
    earlier = Announcement.__table__.alias()
    return select(func.max(earlier.c.id)).where(earlier.c.meeting_id == meeting_id).scalar_subquery()


_BY_NAME: Select[Any] = (
    select(_announcement.id, _announcement.method, _announcement.dtstamp)
    .select_from(Attendee.__table__.join(Announcement.__table__, _announcement.id == _newest(_attendee.meeting_id)))
    .where(
        _attendee.person_id == bindparam("person_id"),
        _attendee.removed_at.is_(None),
        _attendee.starts_at >= bindparam("since"),
    )
)
"""Of each meeting that asks the person by name, or has them on an agency's slip."""

_BY_OFFICE: Select[Any] = (
    select(
        *(_announcement.id, _announcement.method, _announcement.dtstamp),
        *(_designation.starts_on, _designation.ends_on, _mechanism.timezone),
    )
    .select_from(
        Designation.__table__.join(Mechanism.__table__, _mechanism.id == _designation.mechanism_id)
        .join(Meeting.__table__, _meeting.mechanism_id == _mechanism.id)
        .join(
            AgencyInvitation.__table__,
            (_invitation.meeting_id == _meeting.id) & (_invitation.agency_id == _designation.agency_id),
        )
        .join(Announcement.__table__, _announcement.id == _newest(_meeting.id))
    )
    .where(
        _designation.person_id == bindparam("person_id"),
        _designation.agency_id == bindparam("agency_id"),
        _invitation.removed_at.is_(None),
        _meeting.starts_at >= bindparam("since"),
    )
)
"""Of each meeting that asks the person's agency in a mechanism where they are, were or will be its liaison or deputy."""

_DUE: Select[Any] = (
    select(
        *(_item.id, _item.version, _item.title, _item.due_on, _item.assigned_at),
        *(_agency.short_name, _mechanism.short_name, _mechanism.mailbox),
    )
    .select_from(
        ActionItem.__table__.join(Agency.__table__, _agency.id == _item.lead_agency_id).join(
            Mechanism.__table__, _mechanism.id == _item.mechanism_id
        )
    )
    .where(_item.owner_id == bindparam("person_id"), _item.ended_at.is_(None), _item.due_on.is_not(None))
    .order_by(_item.due_on, _item.id)
    .limit(MOST_DUE)
)


async def contents(db: Session, holder: Holder) -> Contents:
    """What the holder's calendar holds today: meetings that were announced and ask them by name, or their agency while they are its
    liaison or deputy; cancelled and postponed ones for 30 days; and open action items that they own and that have a date."""
    person: Mapping[str, Any] = {"person_id": holder.person_id}
    since = {"since": db.now() - KEPT_BACK}
    rows = list(await db.execute(_BY_NAME, {**person, **since}))
    for row in await db.execute(_BY_OFFICE, {**person, **since, "agency_id": holder.agency_id}):
        today = db.clock.today(row.timezone)
        if row.starts_on <= today and (row.ends_on is None or today < row.ends_on):
            rows.append(row)
    long_ago = db.now() - CANCELLED_KEPT
    shown = {row.id for row in rows if row.method != "CANCEL" or row.dtstamp >= long_ago}
    return Contents(tuple(sorted(shown)), tuple(Due(*row) for row in await db.execute(_DUE, person)))


async def announced(db: Session, announcement_ids: Sequence[int]) -> list[Announcement]:
    """These announcements in full, oldest first."""
    query = select(Announcement).where(Announcement.id.in_(announcement_ids)).order_by(Announcement.id)
    return list(await db.scalars(query))
