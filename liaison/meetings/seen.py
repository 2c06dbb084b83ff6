"""Which meetings a viewer may know of, as conditions that every query of meetings goes through."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from liaison.accounts.viewer import Viewer
from liaison.first import among, row_by_row
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting

_TOLD = or_(Meeting.announced_at.is_not(None), Meeting.held_at.is_not(None))
_NAMED = or_(_TOLD, Attendee.role == "chair")
"""Who is asked by name knows of a meeting once it is told of; its chair before, since the agenda is theirs to settle until the notice."""


@dataclass(frozen=True, slots=True)
class Place:
    """The columns by which one table has meetings in order."""

    at: InstrumentedAttribute[datetime]
    id: InstrumentedAttribute[int]


ITS_OWN = Place(Meeting.starts_at, Meeting.id)
BY_NAME = Place(Attendee.starts_at, Attendee.meeting_id)
"""Of those that ask somebody by name, who is asked to a meeting once (asking.ask)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Conditions of which one holds for each meeting of a list, said of the columns that a table has of them; and its order."""

    parts: Callable[[Place], Sequence[ColumnElement[bool]]]
    by_time: bool = True
    newest_first: bool = False

    def order(self, place: Place) -> Sequence[ColumnElement[Any]]:
        """By what a statement is ordered that reads the list from that table."""
        columns = (place.at, place.id) if self.by_time else (place.id,)
        return [column.desc() if self.newest_first else column.asc() for column in columns]


@lru_cache(maxsize=64)  # putting it together costs more than asking it, and a person asks it with every page
def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The meetings this viewer may know of: those of mechanisms their agency is in, within its time as a member; those of
    mechanisms they may read; those they are asked to. Drafts only for officers and deputies of the mechanism, and who is to chair the meeting.

    Whatever its date, officers and deputies see what their agency hosts or they scheduled, and what their agency is asked to."""
    asked = row_by_row(_asks(viewer).where(Attendee.meeting_id == Meeting.id, _NAMED))
    return or_(*_by_mechanism(viewer), asked)


def first_of(viewer: Viewer, wanted: Wanted, *, mechanism_id: int | None, limit: int | None) -> ColumnElement[bool]:
    """The first meetings of a list that the viewer may know of, each part of which is read in order from an index: those of each
    mechanism from one that begins with the mechanism, those that ask the viewer by name from one that begins with the person."""
    asked: list[Select[Any]] = []
    seen = _by_mechanism(viewer)
    if mechanism_id:
        seen = (and_(Meeting.mechanism_id == mechanism_id, visible_to(viewer)),)
    else:
        named = _asks(viewer).with_only_columns(Attendee.meeting_id).join(Meeting, Meeting.id == Attendee.meeting_id)
        named = named.where(_NAMED).order_by(*wanted.order(BY_NAME)).limit(limit)
        asked = [named.where(each) for each in wanted.parts(BY_NAME)]
    parts = [and_(part, each) for part in seen for each in wanted.parts(ITS_OWN)]
    return among(Meeting, parts, order=wanted.order(ITS_OWN), limit=limit, beside=asked)


def _asks(viewer: Viewer) -> Select[Any]:
    return select(Attendee.id).where(Attendee.person_id == viewer.person_id, Attendee.removed_at.is_(None))


@lru_cache(maxsize=64)
def _by_mechanism(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    found = []
    for mechanism_id in sorted(viewer.shares_mechanism_ids() | {office.mechanism_id for office in viewer.designations}):
        offices = [office for office in viewer.designations if office.mechanism_id == mechanism_id]
        seen: list[ColumnElement[bool]] = [_TOLD] if mechanism_id in viewer.reader_of else []
        for period in viewer.member_of.get(mechanism_id, ()):
            span = [Meeting.local_start >= datetime.combine(period.joined_on, time.min)]
            if period.left_on is not None:
                span.append(Meeting.local_start < datetime.combine(period.left_on, time.min))
            seen.append(and_(*span) if offices else and_(_TOLD, *span))
        for office in offices:
            slip = select(AgencyInvitation.id).where(
                AgencyInvitation.meeting_id == Meeting.id,
                AgencyInvitation.agency_id == office.agency_id,
                AgencyInvitation.removed_at.is_(None),
            )
            seen += [
                Meeting.host_agency_id == office.agency_id,
                Meeting.created_by == viewer.person_id,
                and_(_TOLD, row_by_row(slip)),
            ]
        found.append(and_(Meeting.mechanism_id == mechanism_id, or_(*seen)))
    return tuple(found)
