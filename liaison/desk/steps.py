"""What the steps before a meeting ask of the viewer: items to propose, and letters to agencies that take part on paper. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from liaison.accounts.viewer import Viewer
from liaison.desk.todos import Todo
from liaison.mechanisms.models import PAPER
from liaison.mechanisms.queries import AgencyHistory
from liaison.meetings.audience import may_see_item
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.permissions import is_host, is_their_item
from liaison.meetings.steps import CALL, ITEMS_DUE, StepOf
from liaison.polls.models import TimePoll
from liaison.polls.permissions import may_run

Steps = Mapping[int, Mapping[str, StepOf]]
"""By meeting and step."""

TELL_WITHIN = timedelta(days=7)
"""So long it is to be told to agencies on paper which time was picked, where no notice follows from it."""
TELL_SINCE = timedelta(days=180)
"""What was picked before that is not looked for any more."""


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


def on_paper(histories: Mapping[int, Sequence[AgencyHistory]]) -> dict[int, dict[int, str]]:
    """By mechanism the agencies that take part on paper, by id and short name; without mechanisms that have none."""
    found = {
        mechanism_id: {one.agency.id: one.agency.short_name for one in agencies if one.takes_part == PAPER}
        for mechanism_id, agencies in histories.items()
    }
    return {mechanism_id: names for mechanism_id, names in found.items() if names}


def times_to_tell(
    viewer: Viewer, polls: Sequence[TimePoll], paper: Mapping[int, Mapping[int, str]], now: datetime
) -> list[Todo]:
    """A time was picked: everybody asked got a mail but those on paper, whom who asked, or the host, tells by letter. Until the notice
    goes, which says it to them too; of a meeting that is scheduled afterwards for a week."""
    todos = []
    for poll in polls:
        picked = poll.picked
        if picked is None or picked.picked_at is None or not may_run(viewer, poll):
            continue
        meeting = poll.meeting
        if meeting is None:
            is_known = now - picked.picked_at > TELL_WITHIN
        else:
            is_known = meeting.is_off or (meeting.dtstamp is not None and meeting.dtstamp >= picked.picked_at)
        names = [
            paper[poll.mechanism_id][one.agency_id]
            for one in poll.in_order()
            if one.agency_id in paper.get(poll.mechanism_id, {})
        ]
        if names and not is_known and picked.span(poll.zone)[0] > now:
            day = picked.picked_at.astimezone(poll.zone).date()
            todos.append(Todo("time_letter", day, poll.id, None, poll.title, names=tuple(names)))
    return todos
