"""Who may do what with minutes (PERMISSIONS.md). Pure: facts of the viewer and the thing in hand, nothing loaded."""

from collections.abc import Collection

from liaison.accounts.viewer import NOBODY, Viewer
from liaison.countersigning.models import Document
from liaison.countersigning.permissions import may_sign, signs_for
from liaison.i18n import N_
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import is_host

NOT_YOURS = N_("Minutes are written, circulated and issued by the host's liaison and the recorder.")


def may_edit(viewer: Viewer, meeting: Meeting) -> bool:
    """Draft, edit, circulate, issue, correct: the host officer and the recorder."""
    return is_host(viewer, meeting) or (viewer.person_id != NOBODY and viewer.person_id == meeting.recorder_id)


def may_edit_section(viewer: Viewer, meeting: Meeting, audience: frozenset[int] | None, brought_by: int | None) -> bool:
    """Change a section: who edits the minutes; of a restricted one those of them in its audience, and the officer and deputy of the
    agency that brings its item, since perhaps nobody else may know of it. `brought_by`: that agency."""
    if audience is None:
        return may_edit(viewer, meeting)
    brings = brought_by is not None and viewer.acts_for(meeting.mechanism_id) == brought_by
    return viewer.agency_id in audience and (brings or may_edit(viewer, meeting))


def may_read_draft(viewer: Viewer, meeting: Meeting, bringing: Collection[int]) -> bool:
    """See minutes before they are circulated: who edits them, and officers and deputies of the agencies that bring a restricted item
    (`bringing`), for its section. No agency reads another's drafts."""
    return may_edit(viewer, meeting) or viewer.acts_for(meeting.mechanism_id) in bringing


def may_read_circulated(viewer: Viewer, meeting: Meeting, document: Document, chairs: Collection[int]) -> bool:
    """See what is being countersigned: officers and deputies of the mechanism, the recorder, the chair (`chairs`: ids of persons), and
    whoever signs. Issued minutes are read by everybody who sees the meeting."""
    return (
        viewer.acts_for(meeting.mechanism_id) is not None
        or may_edit(viewer, meeting)
        or viewer.person_id in chairs
        or (bool(document.versions) and signs_for(viewer, document) is not None)
    )


def may_register(viewer: Viewer, meeting: Meeting, document: Document, agency_id: int) -> bool:
    """代登记 of a sign-off that came on paper or another way: the host officer for the other agencies; for one's own who may sign for it,
    since to register it is to sign."""
    own = viewer.acts_for(meeting.mechanism_id) == agency_id
    return may_sign(viewer, document, agency_id) if own else is_host(viewer, meeting)
