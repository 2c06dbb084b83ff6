"""What people who left were to do at meetings to come, for the host's liaison to give to somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, literal, or_, select, union_all

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.meetings import queries as meetings
from liaison.meetings.models import AgendaItem, Attendee, Meeting
from liaison.meetings.permissions import is_host
from liaison.succession.models import LeftRole
from liaison.succession.roles import TO_PRESENT

RECORDER, PRESENTER, CHAIR = "recorder", "presenter", "chair"


@dataclass(frozen=True, slots=True)
class Open:
    """One role that somebody left behind at a meeting; as presenters of `count` items."""

    role: str
    meeting: Meeting
    names: Sequence[str]
    count: int


async def left_open(db: Session, viewer: Viewer) -> Sequence[Open]:
    """At meetings that the viewer hosts as liaison or deputy and that were not held yet, soonest first."""
    hosts = [
        and_(Meeting.mechanism_id == each.mechanism_id, Meeting.host_agency_id == each.agency_id)
        for each in viewer.designations
        if viewer.acts_for(each.mechanism_id) == each.agency_id
    ]
    if not hosts:
        return []
    to_hold = (or_(*hosts), Meeting.held_at.is_(None), Meeting.cancelled_at.is_(None))
    left = union_all(*(part.where(*to_hold) for part in (_recorders(), _presenters(), _chairs(db.now())))).subquery()
    query = (
        select(Meeting, left.c.role, left.c.name)
        .join(left, left.c.meeting_id == Meeting.id)
        .order_by(Meeting.starts_at, Meeting.id, left.c.role, left.c.name)
    )
    by_role: dict[tuple[Meeting, str], list[str]] = {}
    for meeting, role, name in await db.execute(query):
        by_role.setdefault((meeting, role), []).append(name)
    return [Open(role, meeting, sorted(set(names)), len(names)) for (meeting, role), names in by_role.items()]


async def do_without(db: Session, viewer: Viewer, meeting_id: int, role: str) -> None:
    """The host needs nobody for what was left open at a meeting. Raises NotFound, NotPermitted."""
    meeting = await meetings.get(db, viewer, meeting_id)
    if not is_host(viewer, meeting):
        raise NotPermitted(N_("Only the host's liaison may say so."))
    items = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id)
    of_it = LeftRole.agenda_item_id.in_(items) if role == PRESENTER else LeftRole.meeting_id == meeting_id
    for row in await db.scalars(select(LeftRole).where(of_it, LeftRole.settled_at.is_(None))):
        row.settled_at, row.settled_by = db.now(), viewer.person_id


def _recorders() -> Select[int, str, str]:
    return (
        select(Meeting.id.label("meeting_id"), literal(RECORDER).label("role"), LeftRole.name)
        .join(LeftRole, LeftRole.meeting_id == Meeting.id)
        .where(LeftRole.settled_at.is_(None), Meeting.recorder_id.is_(None))
    )


def _presenters() -> Select[int, str, str]:
    return (
        select(AgendaItem.meeting_id, literal(PRESENTER), LeftRole.name)
        .join(LeftRole, LeftRole.agenda_item_id == AgendaItem.id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            LeftRole.settled_at.is_(None),
            AgendaItem.presenter_id.is_(None),
            AgendaItem.removed_at.is_(None),
            AgendaItem.state.in_(TO_PRESENT),
        )
    )


def _chairs(now: datetime) -> Select[int, str, str]:
    """Who was asked to chair is of another agency now, or out of service."""
    return (
        select(Attendee.meeting_id, literal(CHAIR), Attendee.name)
        .join(Person, Person.id == Attendee.person_id)
        .join(Meeting, Meeting.id == Attendee.meeting_id)
        .where(
            Attendee.role == "chair",
            Attendee.removed_at.is_(None),
            or_(Person.deactivated_at.is_not(None), Person.agency_id != Attendee.agency_id),
            or_(Meeting.starts_at > now, Meeting.postponed_at.is_not(None)),
        )
    )
