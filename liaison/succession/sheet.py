"""交接单: what somebody who takes an office over needs to know of it, as far as the reader may know it."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.actions import queries as actions
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.permissions import may_see_contacts
from liaison.meetings import queries as meetings
from liaison.meetings.audience import known_to
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.seen import visible_to
from liaison.succession import moving, queries
from liaison.succession.moving import ACTIONS, MOVES, Office
from liaison.succession.permissions import may_read_sheet
from liaison.succession.sheet_said import Passes, Sheet

MOST_MEETINGS = 8
DECISIONS = 3


async def sheet(db: Session, viewer: Viewer, designation_id: int) -> Sheet:
    """The sheet of the office that this term holds or held. Raises NotFound, NotPermitted."""
    term = await mechanisms.designation(db, viewer, designation_id)
    handover = await queries.newest_of(db, term.id)
    if not may_read_sheet(viewer, term, handover.to_person_id if handover else None):
        raise NotPermitted(N_("The handover sheet is for who leaves the office, who takes it over, and their agency."))
    mechanism = term.mechanism
    today = db.clock.today(mechanism.timezone)
    if handover is None or handover.is_ahead:
        office = Office(term, handover.starts_on if handover else today)
        passes = [Passes(kind, len(things), things) for kind, things in await moving.found(db, office, viewer)]
    else:
        moved = handover.moved or {}
        passes = [Passes(kind, len(moved[kind.key])) for kind in MOVES if kind.key in moved]
    filters = actions.Filters(mechanism_id=mechanism.id, agency_id=term.agency_id, status="open")
    return Sheet(
        term=term,
        handover=handover,
        made_on=today,
        agreement=await mechanisms.agreement(db, mechanism.id),
        duty=await mechanisms.on_duty(db, mechanism, today),
        contacts=may_see_contacts(viewer, mechanism.id, today),
        items=await actions.ledger(db, viewer, filters, today=today, limit=200),
        passes=[one for one in passes if one.kind.key != ACTIONS],
        coming=await meetings.upcoming(db, viewer, mechanism_id=mechanism.id, limit=MOST_MEETINGS),
        decisions=await _decisions(db, viewer, mechanism.id),
    )


async def _decisions(db: Session, viewer: Viewer, mechanism_id: int) -> Sequence[Decision]:
    """The newest of held meetings that the viewer sees, but for those on items that they may not know of."""
    query = (
        select(Decision)
        .join(Meeting, Meeting.id == Decision.meeting_id)
        .outerjoin(AgendaItem, AgendaItem.id == Decision.agenda_item_id)
        .where(
            Decision.mechanism_id == mechanism_id,
            Decision.revoked_at.is_(None),
            Meeting.held_at.is_not(None),
            visible_to(viewer),
            or_(Decision.agenda_item_id.is_(None), known_to(viewer)),
        )
        .options(joinedload(Decision.meeting), joinedload(Decision.lead_agency))
        .order_by(Decision.year.desc(), Decision.number.desc())
    )
    return (await db.scalars(query.limit(DECISIONS))).all()
