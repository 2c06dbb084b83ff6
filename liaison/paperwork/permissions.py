"""Who may make a meeting's papers and bring templates. Pure."""

from liaison.accounts.viewer import Viewer
from liaison.directory.permissions import keeps_own
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import may_change


def may_make(viewer: Viewer, meeting: Meeting) -> bool:
    """Make the papers of a meeting, which hold names and numbers: officers and deputies of the mechanism, and the recorder."""
    return may_change(viewer, meeting) or viewer.person_id == meeting.recorder_id


def may_head(viewer: Viewer, meeting: Meeting, issuing_agency_id: int) -> bool:
    """Say what a letter is headed with: officers and deputies of the agency that issues it, for no agency speaks as another."""
    return viewer.acts_for(meeting.mechanism_id) == issuing_agency_id


def may_bring_templates(viewer: Viewer, agency_id: int) -> bool:
    """Bring or remove an agency's templates: its administrator, its officers and deputies."""
    return keeps_own(viewer, agency_id)
