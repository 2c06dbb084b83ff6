"""What a subscription holds. Calendars ask every hour, mostly to hear that nothing changed: the statements are written once, over plain
columns, and only their parameters change."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, case, func, select

from liaison.accounts.feed_links import Holder
from liaison.actions.models import ActionItem
from liaison.audit import AuditHead
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.feed.models import FeedEvent
from liaison.feed.standing import KEPT_BACK, LOOKED_AT_ANEW, contents_of
from liaison.feed.values import Contents
from liaison.mechanisms.models import Designation, Mechanism
from liaison.meetings.audience import restricts
from liaison.meetings.models import AgencyInvitation, Announcement, Attendee, Meeting

MOST_DUE = 500
_AT_ONCE = 5_000

_meeting, _announcement = Meeting.__table__.c, Announcement.__table__.c
_attendee, _invitation = Attendee.__table__.c, AgencyInvitation.__table__.c
_designation, _mechanism = Designation.__table__.c, Mechanism.__table__.c
_item, _agency = ActionItem.__table__.c, Agency.__table__.c
_kept = FeedEvent.__table__.c


def _newest(meeting_id: ColumnElement[int]) -> Any:
    """The newest announcement of the meeting in hand."""
    earlier = Announcement.__table__.alias()
    return select(func.max(earlier.c.id)).where(earlier.c.meeting_id == meeting_id).scalar_subquery()


def _with_kept(rows: FromClause) -> FromClause:
    """The text of each announcement that is kept in the reader's language, where there is one."""
    same = and_(_kept.announcement_id == _announcement.id, _kept.locale == bindparam("locale"))
    return rows.outerjoin(FeedEvent.__table__, same)


def _shown(starts_at: ColumnElement[datetime]) -> tuple[ColumnElement[Any], ...]:
    """An announcement, what is kept of it, and the moments that matter: when one that says the meeting is off was made, and when the
    meeting is if it leaves the calendar before that is looked at anew. Others would cost a third of the time to read."""
    off_at = case((_announcement.method == "CANCEL", _announcement.dtstamp))
    old = case((starts_at < bindparam("soon"), starts_at))
    return _announcement.id, _kept.edition, _kept.timezone, _kept.year, off_at, old


_BY_NAME: Select[Any] = (
    select(*_shown(_attendee.starts_at))
    .select_from(
        _with_kept(Attendee.__table__.join(Announcement.__table__, _announcement.id == _newest(_attendee.meeting_id)))
    )
    .where(
        _attendee.person_id == bindparam("person_id"),
        _attendee.removed_at.is_(None),
        _attendee.starts_at >= bindparam("since"),
    )
)
"""Of each meeting that asks the person by name, or has them on an agency's slip."""

_BY_OFFICE: Select[Any] = (
    select(
        *_shown(_meeting.starts_at),
        *(_designation.starts_on, _designation.ends_on, _mechanism.timezone.label("zone")),
    )
    .select_from(
        _with_kept(
            Designation.__table__.join(Mechanism.__table__, _mechanism.id == _designation.mechanism_id)
            .join(Meeting.__table__, _meeting.mechanism_id == _mechanism.id)
            .join(
                AgencyInvitation.__table__,
                (_invitation.meeting_id == _meeting.id) & (_invitation.agency_id == _designation.agency_id),
            )
            .join(Announcement.__table__, _announcement.id == _newest(_meeting.id))
        )
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
        restricts(_item.decision_id).exists(),
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

_PLANNED: Select[Any] = (
    select(
        *(_meeting.id, _meeting.uid, _meeting.version, _meeting.plan_sent_at, _meeting.title, _meeting.local_start),
        *(_meeting.duration_minutes, _meeting.timezone, _meeting.location, _agency.name),
        *(_mechanism.short_name, _mechanism.mailbox, _designation.starts_on, _designation.ends_on),
    )
    .select_from(
        Designation.__table__.join(Mechanism.__table__, _mechanism.id == _designation.mechanism_id)
        .join(Meeting.__table__, _meeting.mechanism_id == _mechanism.id)
        .join(
            AgencyInvitation.__table__,
            (_invitation.meeting_id == _meeting.id) & (_invitation.agency_id == _designation.agency_id),
        )
        .join(Agency.__table__, _agency.id == _meeting.host_agency_id)
    )
    .where(
        _designation.person_id == bindparam("person_id"),
        _designation.agency_id == bindparam("agency_id"),
        _invitation.removed_at.is_(None),
        _meeting.starts_at >= bindparam("since"),
        _meeting.plan_sent_at.is_not(None),
        _meeting.announced_at.is_(None),
        _meeting.held_at.is_(None),
        _meeting.cancelled_at.is_(None),
        _meeting.postponed_at.is_(None),
    )
    .order_by(_meeting.id)
)
"""The drafts that a plan told of and that ask the agency whose liaison or deputy the person is."""

_ACTS: Select[Any] = select(AuditHead.__table__.c.number)
_TEXTS: Select[Any] = select(_kept.announcement_id, _kept.text).where(
    _kept.announcement_id.in_(bindparam("ids", expanding=True)), _kept.locale == bindparam("locale")
)


async def acts(db: Session) -> int:
    """How many acts the trail holds, in the order in which they were saved: while it says the same, nobody did anything here, and only
    time changes what calendars hold."""
    return (await db.execute(_ACTS)).scalar_one_or_none() or 0


async def contents(db: Session, holder: Holder, locale: str) -> Contents:
    """What the holder's calendar holds today: meetings that were announced and ask them by name, or their agency while they are its
    liaison or deputy; cancelled and postponed ones for 30 days; open action items that they own and that have a date;
    and drafts that an annual plan told their agency of."""
    now = db.now()
    person: Mapping[str, Any] = {"person_id": holder.person_id}
    asked = {
        **person,
        "since": now - KEPT_BACK,
        "soon": now + LOOKED_AT_ANEW - KEPT_BACK,
        "locale": locale,
        "agency_id": holder.agency_id,
    }
    return contents_of(
        by_name=(await db.execute(_BY_NAME, asked)).all(),
        by_office=(await db.execute(_BY_OFFICE, asked)).all(),
        due=(await db.execute(_DUE, person)).all(),
        planned=(await db.execute(_PLANNED, asked)).all(),
        now=now,
    )


async def announced(db: Session, announcement_ids: Collection[int]) -> list[Announcement]:
    """These announcements in full, oldest first."""
    found: list[Announcement] = []
    for some in _in_parts(announcement_ids):
        query = select(Announcement).where(Announcement.id.in_(some)).order_by(Announcement.id)
        found += await db.scalars(query)
    return found


async def texts(db: Session, announcement_ids: Collection[int], locale: str) -> dict[int, bytes]:
    """What is kept of these announcements in one language."""
    found: dict[int, bytes] = {}
    for some in _in_parts(announcement_ids):
        found.update((row[0], row[1]) for row in await db.execute(_TEXTS, {"ids": some, "locale": locale}))
    return found


def _in_parts(ids: Collection[int]) -> Iterator[list[int]]:
    """In order, and never more at once than a statement may have parameters."""
    rest = iter(sorted(ids))
    while some := list(islice(rest, _AT_ONCE)):
        yield some
