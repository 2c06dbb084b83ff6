"""The agenda of a meeting, and one item of it, loaded for one viewer."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.meetings import queries
from liaison.meetings.agenda_models import AgendaItemMove
from liaison.meetings.agenda_view import STATES, Agenda, agenda_of
from liaison.meetings.audience import ItemShown, item_shown
from liaison.meetings.due import is_late
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.permissions import may_arrange
from liaison.meetings.stepping import steps_shown
from liaison.meetings.steps import items_due_on


async def agenda(db: Session, viewer: Viewer, meeting: Meeting) -> Agenda:
    """Accepted items, and the others for those who run the meeting or chair it, and who proposed them."""
    chairs = await queries.chairs(db, meeting.id)
    found = await queries.agenda(db, meeting.id, states=STATES)
    follows = await queries.follows_another(db, meeting)
    left = await left_for_others(db, viewer, meeting, chairs)
    due_on = items_due_on(await steps_shown(db, meeting))
    return agenda_of(viewer, meeting, [*found, *left], chairs, begins_with_actions=follows, due_on=due_on)


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


async def next_position(db: Session, meeting_id: int) -> int:
    """Where one more item stands: behind every other, those that were taken off among them."""
    last = select(func.coalesce(func.max(AgendaItem.position), 0)).where(AgendaItem.meeting_id == meeting_id)
    return (await db.execute(last)).scalar_one() + 1


async def shown(db: Session, viewer: Viewer, item: AgendaItem) -> ItemShown:
    """One item as this viewer may know it; needs its meeting with mechanism, `agency` and `presenter`."""
    arranges = may_arrange(viewer, item.meeting, await queries.chairs(db, item.meeting_id))
    late = is_late(item, item.meeting, items_due_on(await steps_shown(db, item.meeting)))
    return item_shown(viewer, item, arranges=arranges, late=late)
