"""Who may what with outcomes (PERMISSIONS.md): each agency enters and confirms its own, members read the lines, readers the figures. Pure."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, or_, true

from liaison.accounts.viewer import Viewer
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.results.models import Outcome

NOT_YOURS = N_("Outcomes are entered and confirmed by the liaison and deputies of each member agency, for that agency.")
NO_BRIEFS = N_("Briefs are written by the liaison and deputies of each member agency, for that agency.")
MEMBERS_ALONE = N_("The single lines are read by the member agencies; your access is to the figures.")


def may_read_figures(viewer: Viewer, mechanism_id: int) -> bool:
    """Sums and reports: everybody of an agency that is or was a member, and readers."""
    return mechanism_id in viewer.shares_mechanism_ids()


def is_outside(viewer: Viewer, mechanism_id: int) -> bool:
    """Whether the viewer is of no agency that is or was a member: reads figures alone, and no small number of minors."""
    return mechanism_id not in viewer.member_of


def may_enter(viewer: Viewer, mechanism_id: int, agency_id: int) -> bool:
    """Enter, change and take away lines of that agency, and confirm for it: its officer and deputies; an import at the server's console brings
    the agencies' own table."""
    return viewer.acts_for(mechanism_id) == agency_id or (viewer.operator and viewer.via == "cli")


def in_sight(viewer: Viewer, mechanism: Mechanism) -> ColumnElement[bool]:
    """The lines of a mechanism that the viewer's figures hold: of a member agency what was entered while it was a member, and its own; for
    readers, and at the server's console, all."""
    is_reader = mechanism.id in viewer.reader_of and mechanism.id not in viewer.member_of
    if is_reader or (viewer.operator and viewer.via == "cli"):
        return true()
    zone = ZoneInfo(mechanism.timezone)
    seen: list[ColumnElement[bool]] = []
    for period in viewer.member_of.get(mechanism.id, ()):
        since = datetime.combine(period.joined_on, time.min, zone)
        during = [Outcome.entered_at >= since]
        if period.left_on is not None:
            left = datetime.combine(period.left_on, time.min, zone)
            during += [Outcome.entered_at < left, Outcome.changed_at < left]  # what it says since is not for them
        seen.append(and_(*during))
    own = Outcome.agency_id == viewer.agency_id if seen else false()
    return or_(own, *seen)
