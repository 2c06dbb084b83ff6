"""The agenda of a meeting as one viewer sees it, and what they may do with it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.meetings import queries
from liaison.meetings.agenda_models import AgendaItemMove
from liaison.meetings.audience import ItemShown, item_shown
from liaison.meetings.due import is_late, items_due_on
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


async def agenda(db: Session, viewer: Viewer, meeting: Meeting) -> Agenda:
    """Accepted items, and the others for those who run the meeting or chair it, and who proposed them."""
    chairs = await queries.chairs(db, meeting.id)
    found = await queries.agenda(db, meeting.id, states=STATES)
    follows = await queries.follows_another(db, meeting)
    left = await left_for_others(db, viewer, meeting, chairs)
    return agenda_of(viewer, meeting, [*found, *left], chairs, begins_with_actions=follows)


async def left_for_others(
    db: Session, viewer: Viewer, meeting: Meeting, chairs: Collection[int]
) -> Sequence[AgendaItem]:
    """The items that were deferred from this meeting to another, for those who still arrange its agenda."""
    if meeting.held_at is not None or not may_arrange(viewer, meeting, chairs):
        return []
    moved = select(AgendaItemMove.agenda_item_id).where(AgendaItemMove.from_meeting_id == meeting.id)
    query = select(AgendaItem).where(
        AgendaItem.id.in_(moved), AgendaItem.meeting_id != meeting.id, AgendaItem.removed_at.is_(None)
    )
    query = query.options(joinedload(AgendaItem.agency), joinedload(AgendaItem.presenter))
    return (await db.scalars(query.order_by(AgendaItem.id))).all()


def agenda_of(
    viewer: Viewer,
    meeting: Meeting,
    found: Sequence[AgendaItem],
    chairs: Collection[int],
    *,
    begins_with_actions: bool,
) -> Agenda:
    """The same from what is loaded already: items in any state, those that went to another meeting among them."""
    host, arranges = is_host(viewer, meeting), may_arrange(viewer, meeting, chairs)
    sees_all = may_see_proposed(viewer, meeting, chairs)
    due_on = items_due_on(meeting)
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


async def shown(db: Session, viewer: Viewer, item: AgendaItem) -> ItemShown:
    """One item as this viewer may know it; needs its meeting with mechanism, `agency` and `presenter`."""
    arranges = may_arrange(viewer, item.meeting, await queries.chairs(db, item.meeting_id))
    late = is_late(item, item.meeting, items_due_on(item.meeting))
    return item_shown(viewer, item, arranges=arranges, late=late)
