"""Which meetings a viewer may know of, as conditions that every query of meetings goes through."""

from datetime import datetime, time
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, or_, select

from liaison.accounts.viewer import Viewer
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting

_TOLD = or_(Meeting.announced_at.is_not(None), Meeting.held_at.is_not(None))


@lru_cache(maxsize=64)  # putting it together costs more than asking it, and a person asks it with every page
def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The meetings this viewer may know of: those of mechanisms their agency is in, within its time as a member; those of
    mechanisms they may read; those they are asked to. Drafts only for officers and deputies of the mechanism.

    Whatever its date, officers and deputies see what their agency hosts or they scheduled, and what their agency is asked to."""
    asked = select(Attendee.id).where(
        Attendee.meeting_id == Meeting.id, Attendee.person_id == viewer.person_id, Attendee.removed_at.is_(None)
    )
    return or_(*_by_mechanism(viewer), _TOLD & asked.exists())


@lru_cache(maxsize=64)
def visible_parts(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """The same meetings by conditions of which each has an index: one a mechanism, and the last for what the viewer is asked to."""
    asked = select(Attendee.meeting_id).where(Attendee.person_id == viewer.person_id, Attendee.removed_at.is_(None))
    return (*_by_mechanism(viewer), _TOLD & Meeting.id.in_(asked))


def _by_mechanism(viewer: Viewer) -> list[ColumnElement[bool]]:
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
                _TOLD & slip.exists(),
            ]
        found.append(and_(Meeting.mechanism_id == mechanism_id, or_(*seen)))
    return found
