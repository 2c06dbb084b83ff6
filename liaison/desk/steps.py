"""What the steps before a meeting ask of the viewer: items to propose, and letters to agencies that take part on paper. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.desk.todos import Todo
from liaison.mechanisms.models import PAPER
from liaison.mechanisms.queries import AgencyHistory
from liaison.meetings.audience import may_see_item
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.permissions import is_host, is_their_item
from liaison.meetings.steps import CALL, ITEMS_DUE, StepOf

Steps = Mapping[int, Mapping[str, StepOf]]
"""By meeting and step."""


def due_on(steps: Mapping[str, StepOf], step: str, meeting: Meeting) -> date:
    """When a step is due; the meeting's day where its kind has no such step."""
    return steps[step].date if step in steps else meeting.local_on


def called(
    viewer: Viewer,
    meetings: Sequence[Meeting],
    steps: Steps,
    agenda: Mapping[int, Sequence[AgendaItem]],
    histories: Mapping[int, Sequence[AgencyHistory]],
) -> list[Todo]:
    """From the call for items until they are due: an agency that sent none proposes some; the host's liaison writes to those that take
    part on paper, which get no mail."""
    todos = []
    for meeting in meetings:
        call, due = steps[meeting.id].get(CALL), steps[meeting.id].get(ITEMS_DUE)
        if call is None or due is None or call.state != "done" or due.state not in ("ahead", "due"):
            continue
        have = {item.agency_id for item in agenda.get(meeting.id, ())}
        if (agency_id := viewer.acts_for(meeting.mechanism_id)) is not None and agency_id not in have:
            todos.append(Todo("call", due.date, meeting.id, meeting))
        if is_host(viewer, meeting):
            names = [
                one.agency.short_name
                for one in histories.get(meeting.mechanism_id, ())
                if one.takes_part == PAPER and one.is_member_on(meeting.local_on) and one.agency.id not in have
            ]
            if names:
                todos.append(Todo("letter", due.date, meeting.id, meeting, count=len(names), names=tuple(names)))
    return todos


def returned(
    viewer: Viewer, meetings: Sequence[Meeting], steps: Steps, items: Mapping[int, Sequence[AgendaItem]]
) -> list[Todo]:
    """Items that the host returned, while the meeting lies ahead: for whoever proposed them and the liaison of the agency."""
    return [
        Todo("returned", due_on(steps[meeting.id], ITEMS_DUE, meeting), item.id, meeting, item.title)
        for meeting in meetings
        for item in items.get(meeting.id, ())
        if is_their_item(viewer, meeting, item) and may_see_item(viewer, item)
    ]
