"""Who may do what with a meeting (PERMISSIONS.md). Pure: facts of the viewer and the thing in hand, nothing loaded."""

from collections.abc import Collection
from datetime import datetime

from liaison.accounts.viewer import NOBODY, Viewer
from liaison.i18n import N_
from liaison.mechanisms import permissions as mechanisms
from liaison.meetings.attendee_shown import AttendeeShown
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import AgencyInvitation, AgendaItem, Attendee, Meeting

NOT_YOURS = N_("Only liaison officers and deputies of this mechanism may do this.")
"""Why `may_schedule` and `may_change` say no."""
NOT_RECORDER = N_("A meeting is recorded by the host's liaison, the recorder and the chair.")
"""Why `may_record` and `may_record_item` say no."""


def may_schedule(viewer: Viewer, mechanism_id: int) -> bool:
    """Officers and deputies of member agencies schedule meetings."""
    return viewer.acts_for(mechanism_id) is not None


def may_enter_past(viewer: Viewer, mechanism_id: int) -> bool:
    """Bring a table of past meetings: who schedules meetings; at the server's console whoever sits there, for the agency that hosted each."""
    return may_schedule(viewer, mechanism_id) or (viewer.operator and viewer.via == "cli")


def may_change(viewer: Viewer, meeting: Meeting) -> bool:
    """Move, edit, postpone, cancel, reinstate, send: officers and deputies of the mechanism."""
    return viewer.acts_for(meeting.mechanism_id) is not None


def is_host(viewer: Viewer, meeting: Meeting) -> bool:
    """The host officer: officer or deputy of the meeting's host agency."""
    return viewer.acts_for(meeting.mechanism_id) == meeting.host_agency_id


def may_change_host(viewer: Viewer, meeting: Meeting, creators_agency_id: int | None) -> bool:
    """Name another host agency: the host officer; of a draft also officers and deputies of the agency that scheduled it.

    The host may do more than others with everybody on the list, so nobody takes that for themselves."""
    acts_for = viewer.acts_for(meeting.mechanism_id)
    scheduled_it = acts_for is not None and acts_for == creators_agency_id
    return is_host(viewer, meeting) or (meeting.state == "draft" and scheduled_it)


def may_ask(viewer: Viewer, meeting: Meeting, agency_id: int) -> bool:
    """Add or remove attendees: the host officer all, other officers and deputies their own agency's."""
    return is_host(viewer, meeting) or viewer.acts_for(meeting.mechanism_id) == agency_id


def may_answer(viewer: Viewer, attendee: Attendee | AttendeeShown) -> bool:
    """Everybody answers for themselves and for nobody else."""
    return attendee.person_id is not None and attendee.person_id == viewer.person_id


def may_check_in(viewer: Viewer, attendee: Attendee | AttendeeShown, mechanism_id: int) -> bool:
    """签到: everybody for themselves; names on a slip by their agency's officer or deputy, or its own link where it has no liaison."""
    if attendee.agency_invitation_id is None:
        return may_answer(viewer, attendee)
    if viewer.person_id == NOBODY:
        return viewer.via == "link" and viewer.agency_id == attendee.agency_id
    return viewer.acts_for(mechanism_id) == attendee.agency_id


def may_approve_leave(viewer: Viewer, mechanism_id: int, agency_id: int) -> bool:
    """准假, or ask for a substitute: the own agency's officer and deputy, and nobody for another agency."""
    return viewer.acts_for(mechanism_id) == agency_id


def may_fill_slip(viewer: Viewer, invitation: AgencyInvitation, mechanism_id: int) -> bool:
    """An agency's names come from its officer or deputy, or by the link mailed to an agency that has no liaison."""
    if viewer.person_id == NOBODY:
        return viewer.via == "link" and viewer.agency_id == invitation.agency_id
    return viewer.acts_for(mechanism_id) == invitation.agency_id


def may_register(viewer: Viewer, meeting: Meeting, agency_id: int, now: datetime) -> bool:
    """代登记: the host officer all, other officers their own agency's, the recorder while the meeting runs."""
    return may_ask(viewer, meeting, agency_id) or is_recording(viewer, meeting, now)


def is_recording(viewer: Viewer, meeting: Meeting, now: datetime) -> bool:
    """The recorder from the start of the meeting until it is held: what is registered or assigned then is theirs to note."""
    return viewer.person_id == meeting.recorder_id and meeting.starts_at <= now and meeting.held_at is None


def may_record(viewer: Viewer, meeting: Meeting, chairs: Collection[int]) -> bool:
    """Check-in, notes, decisions, hold: the host officer, the recorder, and who chairs it (`chairs`: ids of persons)."""
    return is_host(viewer, meeting) or viewer.person_id == meeting.recorder_id or viewer.person_id in chairs


def may_read_record(viewer: Viewer, meeting: Meeting, chairs: Collection[int]) -> bool:
    """The notes of a meeting are work in progress: for who records it, and the officers and deputies of the mechanism."""
    return may_record(viewer, meeting, chairs) or may_change(viewer, meeting)


def may_read_decision(decision: Decision, *, reads_record: bool, before: datetime | None) -> bool:
    """One that stands: everybody who sees the meeting, a former member (`before`) only what was decided until it left. A struck one:
    who may read the record; it was entered by mistake."""
    return (decision.revoked_at is None or reads_record) and (before is None or decision.decided_at < before)


def reads_before(viewer: Viewer, meeting: Meeting, people: Collection[int | None], now: datetime) -> datetime | None:
    """The instant from which a former member reads no more of what the meeting decided; None for everybody who reads on, and so do
    the people asked to it by name (`people`: their ids)."""
    if viewer.person_id in people:
        return None
    return mechanisms.reads_before(viewer, meeting.mechanism_id, meeting.timezone, now)


def may_propose(viewer: Viewer, meeting: Meeting) -> bool:
    """Propose an agenda item: anybody of a member agency, or by the link mailed to one that has no liaison."""
    if viewer.person_id == NOBODY:
        return viewer.via == "link"
    return any(period.covers(meeting.local_on) for period in viewer.member_of.get(meeting.mechanism_id, ()))


def may_propose_for(viewer: Viewer, meeting: Meeting, agency_id: int) -> bool:
    """Put an item, or somebody to present it, in the name of that agency: the host officer any, everybody else the own one."""
    return is_host(viewer, meeting) or viewer.agency_id == agency_id


def may_arrange(viewer: Viewer, meeting: Meeting, chairs: Collection[int]) -> bool:
    """Accept, return and order agenda items: the host officer, and who chairs the meeting (`chairs`: ids of people)."""
    return is_host(viewer, meeting) or viewer.person_id in chairs


def may_see_proposed(viewer: Viewer, meeting: Meeting, chairs: Collection[int]) -> bool:
    """See every item that is only proposed: those who run the meeting or arrange its agenda. Who proposed one sees that one."""
    return may_change(viewer, meeting) or may_arrange(viewer, meeting, chairs)


def is_their_item(viewer: Viewer, meeting: Meeting, item: AgendaItem) -> bool:
    """Whose proposal it is: who made it, while they are of the agency that brings it, and that agency's officer and deputy."""
    acts_for = viewer.acts_for(meeting.mechanism_id)
    made_it = item.proposed_by == viewer.person_id and item.agency_id in (None, viewer.agency_id)
    return made_it or (acts_for is not None and acts_for == item.agency_id)


def may_withdraw(viewer: Viewer, meeting: Meeting, item: AgendaItem) -> bool:
    """Change an item or take it off: the host officer, or whose proposal it is while it has not been accepted. What the viewer may not
    know of they are not shown at all (meetings.audience)."""
    return is_host(viewer, meeting) or (item.state != "accepted" and is_their_item(viewer, meeting, item))


def may_set_audience(viewer: Viewer, meeting: Meeting, item: AgendaItem) -> bool:
    """Say who may know of an item, also once it is accepted: whose proposal it is; of one that the host's own agency brings, or none
    does, the host officer. The host does not open what another agency has closed."""
    hosts_own = is_host(viewer, meeting) and item.agency_id in (None, viewer.agency_id)
    return hosts_own or is_their_item(viewer, meeting, item)


def may_record_item(viewer: Viewer, meeting: Meeting, chairs: Collection[int], item: AgendaItem) -> bool:
    """Write the notes and decisions of an item: who records the meeting; of a restricted one those of them in its audience, and the
    officer and deputy of the agency that brings it, since perhaps nobody else may know of it."""
    if item.audience is None:
        return may_record(viewer, meeting, chairs)
    acts_for = viewer.acts_for(meeting.mechanism_id)
    brings = acts_for is not None and acts_for == item.agency_id
    return viewer.agency_id in item.audience and (brings or may_record(viewer, meeting, chairs))


def may_see_list(viewer: Viewer, meeting: Meeting) -> bool:
    """See who else is asked: everybody who sees the meeting, unless it hides its list; then those who run it."""
    return not meeting.hides_attendees or may_change(viewer, meeting)


def may_see_remarks(viewer: Viewer, meeting: Meeting, agency_id: int) -> bool:
    """Read what an agency's people wrote beside their answers and names, and their numbers: that agency and those who run it."""
    return viewer.agency_id == agency_id or may_change(viewer, meeting)
