"""Who may do what with a mechanism (PERMISSIONS.md). Pure: facts of the viewer and the thing in hand, nothing loaded."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import NOBODY, Viewer
from liaison.mechanisms.models import Mechanism


def may_see(viewer: Viewer, mechanism_id: int) -> bool:
    """Its open parts: everybody of an agency that is or was a member, its readers; the operator sees the frame."""
    return viewer.operator or mechanism_id in viewer.shares_mechanism_ids()


def may_found(viewer: Viewer) -> bool:
    """Found a mechanism: the operator."""
    return viewer.operator


def may_keep(viewer: Viewer) -> bool:
    """Enter what the agencies agreed (name, agreement, clauses, members): the operator."""
    return viewer.operator


def may_end(viewer: Viewer, mechanism: Mechanism) -> bool:
    """End it, or take that back: the liaison in office of the lead agency, and no deputy, on what the agencies agreed."""
    return viewer.officer_of(mechanism.id) == mechanism.lead_agency_id


def may_set_deadlines(viewer: Viewer, mechanism_id: int) -> bool:
    """Change the working days around a meeting: its officers and deputies, as with series; the operator while setting up."""
    return viewer.operator or viewer.acts_for(mechanism_id) is not None


def may_set_takes_part(viewer: Viewer, mechanism_id: int, agency_id: int) -> bool:
    """Say how an agency takes part: the agency itself (its administrator or officer); the operator while setting up."""
    return viewer.operator or speaks_for(viewer, mechanism_id, agency_id)


def may_designate(viewer: Viewer, mechanism_id: int, agency_id: int) -> bool:
    """Designate, end, hand over: the agency itself; the operator on a letter. Never a deputy, never another agency."""
    return viewer.operator or speaks_for(viewer, mechanism_id, agency_id)


def needs_letter(viewer: Viewer, mechanism_id: int, agency_id: int) -> bool:
    """Whether the viewer designates only on a letter that is named (`basis_ref`): an operator who is not of the agency.

    An import at the server's console brings the agencies' own file and may leave it out."""
    return viewer.via != "cli" and not speaks_for(viewer, mechanism_id, agency_id)


def speaks_for(viewer: Viewer, mechanism_id: int, agency_id: int) -> bool:
    """The agency's own administrator, or its liaison in office in this mechanism."""
    return (viewer.agency_admin and viewer.agency_id == agency_id) or viewer.officer_of(mechanism_id) == agency_id


def may_confirm_list(viewer: Viewer, mechanism_id: int, agency_id: int) -> bool:
    """Say that the agency's list is right (名单无误): its administrator, liaison or deputy; by the link mailed to an agency that has no
    liaison, whoever reads its mail."""
    if viewer.person_id == NOBODY:
        return viewer.via == "link" and viewer.agency_id == agency_id
    return speaks_for(viewer, mechanism_id, agency_id) or viewer.acts_for(mechanism_id) == agency_id


def may_see_contacts(viewer: Viewer, mechanism_id: int, today: date) -> bool:
    """Phone and mail: those whose agency is a member today, and the operator."""
    return viewer.operator or any(period.covers(today) for period in viewer.member_of.get(mechanism_id, ()))


def sees_until(viewer: Viewer, mechanism_id: int, today: date) -> date | None:
    """The first day on which a former member no longer sees who is in office and what is agreed; None for everybody who sees the present."""
    return None if viewer.operator else _left_on(viewer, mechanism_id, today)


def reads_before(viewer: Viewer, mechanism_id: int, timezone: str, now: datetime) -> datetime | None:
    """The instant from which a former member reads nothing more of what the mechanism writes down; None for everybody who reads on."""
    zone = ZoneInfo(timezone)
    left_on = _left_on(viewer, mechanism_id, now.astimezone(zone).date())
    return datetime.combine(left_on, time.min, zone) if left_on else None


def _left_on(viewer: Viewer, mechanism_id: int, today: date) -> date | None:
    periods = viewer.member_of.get(mechanism_id, ())
    if mechanism_id in viewer.reader_of or not periods:
        return None
    left_on = periods[-1].left_on
    return left_on if left_on is not None and left_on <= today else None


class Offers:
    """What a page offers this viewer; the verbs ask again."""

    def __init__(self, viewer: Viewer, mechanism_id: int) -> None:
        self.viewer, self.mechanism_id = viewer, mechanism_id
        self.keep = may_keep(viewer)
        self.schedule = viewer.acts_for(mechanism_id) is not None
        self.set_deadlines = may_set_deadlines(viewer, mechanism_id)

    def designate(self, agency_id: int) -> bool:
        return may_designate(self.viewer, self.mechanism_id, agency_id)

    def confirm_list(self, agency_id: int) -> bool:
        return may_confirm_list(self.viewer, self.mechanism_id, agency_id)

    def set_takes_part(self, agency_id: int) -> bool:
        return may_set_takes_part(self.viewer, self.mechanism_id, agency_id)
