"""The agenda of a meeting as one viewer sees it, and what they may do with it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.meetings.audience import ItemShown, item_shown
from liaison.meetings.due import is_late
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.permissions import (
    is_host,
    is_their_item,
    may_arrange,
    may_propose,
    may_see_proposed,
    may_withdraw,
)
from liaison.meetings.showing import Minutes, minutes_of

STATES = ("accepted", "proposed", "returned", "deferred")


@dataclass(frozen=True, slots=True)
class Agenda:
    """The agenda as this viewer sees it, and what they may do with it."""

    items: Sequence[ItemShown]
    aside: Sequence[ItemShown]
    """What was returned, or waits for the next meeting or went there, for those who arrange the agenda and those who proposed it."""
    minutes: Minutes
    begins_with_actions: bool
    """The first item is what became of the action items of earlier meetings."""
    is_host: bool
    may_arrange: bool
    may_propose: bool
    may_edit: frozenset[int]
    """The items that the viewer may change or take off."""


def agenda_of(
    viewer: Viewer,
    meeting: Meeting,
    found: Sequence[AgendaItem],
    chairs: Collection[int],
    *,
    begins_with_actions: bool,
    due_on: date | None,
) -> Agenda:
    """The same from what is loaded already: items in any state, those that went to another meeting among them. `due_on`: until the end of
    which local date they were asked for; None if for none."""
    host, arranges = is_host(viewer, meeting), may_arrange(viewer, meeting, chairs)
    sees_all = may_see_proposed(viewer, meeting, chairs)
    items: list[ItemShown] = []
    aside: list[ItemShown] = []
    may_edit: set[int] = set()
    for item in found:
        own = is_their_item(viewer, meeting, item)
        one = item_shown(viewer, item, arranges=arranges, late=is_late(item, meeting, due_on))
        here = item.meeting_id == meeting.id
        # That a proposal with an audience is there at all is told to those who decide on it.
        if here and (item.state == "accepted" or own or (sees_all and (arranges or not one.hidden))):
            (items if item.state in ("accepted", "proposed") else aside).append(one)
        elif not here and arranges:
            aside.append(one)
        if here and not one.hidden and may_withdraw(viewer, meeting, item):
            may_edit.add(item.id)
    is_open = meeting.held_at is None and not meeting.is_off
    return Agenda(
        items=items,
        aside=aside,
        minutes=minutes_of(items, meeting.duration_minutes),
        begins_with_actions=begins_with_actions,
        is_host=host and meeting.held_at is None,
        may_arrange=arranges and is_open,
        may_propose=may_propose(viewer, meeting) and is_open,
        may_edit=frozenset(may_edit) if meeting.held_at is None else frozenset(),
    )
