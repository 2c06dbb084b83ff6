"""Who may do what when a time is looked for (PERMISSIONS.md). Pure: facts of the viewer and the thing in hand, nothing loaded."""

from liaison.accounts.viewer import NOBODY, Viewer
from liaison.polls.models import TimePoll


def may_run(viewer: Viewer, poll: TimePoll) -> bool:
    """Remind, pick, close: officers and deputies of the agency that asks, and of the meeting's host agency. Needs `meeting`."""
    own = viewer.acts_for(poll.mechanism_id)
    host = poll.meeting.host_agency_id if poll.meeting is not None else None
    return own is not None and own in (poll.agency_id, host)


def may_answer(viewer: Viewer, poll: TimePoll, agency_id: int) -> bool:
    """An agency's answer comes from its officer or deputy, or by the link mailed to an agency that has no liaison."""
    if viewer.person_id == NOBODY:
        return viewer.via == "link" and viewer.agency_id == agency_id
    return viewer.acts_for(poll.mechanism_id) == agency_id


def may_register(viewer: Viewer, poll: TimePoll, agency_id: int) -> bool:
    """代登记: those who run it for all, other officers and deputies for their own agency."""
    return may_run(viewer, poll) or viewer.acts_for(poll.mechanism_id) == agency_id
