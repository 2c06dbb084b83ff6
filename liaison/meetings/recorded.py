"""What was written down of a meeting, as far as its reader may know of what it is about: notes and decisions."""

from functools import lru_cache

from sqlalchemy import BindParameter, Select, bindparam, not_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.meetings.agenda_models import AgendaItemMove
from liaison.meetings.audience import known_to
from liaison.meetings.decision_models import Decision, DecisionSupport
from liaison.meetings.models import AgendaItem, Note

CHARGED = (joinedload(Decision.lead_agency), selectinload(Decision.supports).joinedload(DecisionSupport.agency))
"""What says whom a decision charges; needed wherever one is shown."""
_OF: BindParameter[int] = bindparam("meeting_id")


async def note(db: Session, viewer: Viewer, meeting_id: int, agenda_item_id: int | None) -> Note | None:
    """The notes of one item that the viewer may know of, or of the meeting as a whole; None while there are none."""
    query = _notes(viewer).where(Note.agenda_item_id.is_not_distinct_from(agenda_item_id))
    return (await db.execute(query, {"meeting_id": meeting_id})).scalar_one_or_none()


async def notes(db: Session, viewer: Viewer, meeting_id: int) -> list[Note]:
    """The notes of a meeting but for those of items that the viewer may not know of, in the order in which they were begun."""
    return list(await db.scalars(_notes(viewer), {"meeting_id": meeting_id}))


async def decisions(db: Session, viewer: Viewer, meeting_id: int, *, revoked: bool = True) -> list[Decision]:
    """What a meeting decided, by number, but for that on items that the viewer may not know of; with `revoked` also what was struck.
    Who reads which of them is `may_read_decision`."""
    found = await db.scalars(_decisions(viewer), {"meeting_id": meeting_id})
    return [one for one in found if revoked or one.revoked_at is None]


async def kept_from(db: Session, viewer: Viewer, meeting_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """The agenda items that are or were on a meeting's agenda, and the decisions on them, that the viewer may not know of: their ids."""
    moved = select(AgendaItemMove.agenda_item_id).where(AgendaItemMove.from_meeting_id == meeting_id)
    here = or_(AgendaItem.meeting_id == meeting_id, AgendaItem.id.in_(moved))
    items = frozenset(await db.scalars(select(AgendaItem.id).where(here, not_(known_to(viewer)))))
    if not items:
        return items, frozenset()
    return items, frozenset(await db.scalars(select(Decision.id).where(Decision.agenda_item_id.in_(items))))


@lru_cache(maxsize=64)
def _notes(viewer: Viewer) -> Select[Note]:
    query = select(Note).outerjoin(AgendaItem, AgendaItem.id == Note.agenda_item_id)
    return query.where(Note.meeting_id == _OF, known_to(viewer)).order_by(Note.id)


@lru_cache(maxsize=64)
def _decisions(viewer: Viewer) -> Select[Decision]:
    query = select(Decision).outerjoin(AgendaItem, AgendaItem.id == Decision.agenda_item_id)
    query = query.where(Decision.meeting_id == _OF, known_to(viewer))
    return query.options(*CHARGED).order_by(Decision.number)
