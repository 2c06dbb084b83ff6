"""Things of meetings by their ids, many at once, as far as a viewer may know of them: what a search looks up of what it found."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.meetings.audience import known_to
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import AgendaItem, Attendee, Meeting
from liaison.meetings.paper_models import Paper
from liaison.meetings.paper_rules import may_see_paper, paper_shown
from liaison.meetings.permissions import (
    is_their_item,
    may_read_decision,
    may_see_proposed,
    reads_before,
)
from liaison.meetings.seen import visible_to

Ids = Collection[int]


async def meetings_seen(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Meeting]:
    """The meetings, with mechanism."""
    query = select(Meeting).where(Meeting.id.in_(ids), visible_to(viewer)).options(joinedload(Meeting.mechanism))
    return {one.id: one for one in await db.scalars(query)}


async def items_seen(db: Session, viewer: Viewer, ids: Ids) -> dict[int, AgendaItem]:
    """The agenda items that the viewer knows what they are about, as the page of the meeting shows them; with meeting and mechanism."""
    query = (
        select(AgendaItem)
        .join(AgendaItem.meeting)
        .where(AgendaItem.id.in_(ids), AgendaItem.removed_at.is_(None), known_to(viewer), visible_to(viewer))
        .options(contains_eager(AgendaItem.meeting).joinedload(Meeting.mechanism))
    )
    found = list(await db.scalars(query))
    chaired = await _chaired(db, viewer, {one.meeting_id for one in found if one.state != "accepted"})
    return {one.id: one for one in found if _is_shown(viewer, one.meeting, one, chaired)}


async def decisions_seen(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Decision]:
    """The decisions that stand, with meeting and mechanism."""
    query = (
        select(Decision)
        .join(Decision.meeting)
        .outerjoin(AgendaItem, AgendaItem.id == Decision.agenda_item_id)
        .where(Decision.id.in_(ids), Decision.revoked_at.is_(None), known_to(viewer), visible_to(viewer))
        .options(contains_eager(Decision.meeting).joinedload(Meeting.mechanism))
    )
    found = list(await db.scalars(query))
    before = await _before(db, viewer, [one.meeting for one in found])
    return {one.id: one for one in found if may_read_decision(one, reads_record=False, before=before[one.meeting_id])}


async def papers_seen(db: Session, viewer: Viewer, ids: Ids) -> dict[int, tuple[Paper, Meeting]]:
    """The papers, each with the meeting where it lies now and its mechanism."""
    query = select(Paper).where(Paper.id.in_(ids), Paper.removed_at.is_(None))
    of = (joinedload(Paper.agency), joinedload(Paper.agenda_item), selectinload(Paper.versions))
    papers = list(await db.scalars(query.options(*of)))
    lies = {one.id: one.agenda_item.meeting_id if one.agenda_item else one.meeting_id for one in papers}
    meetings = await meetings_seen(db, viewer, set(lies.values()))
    chaired = await _chaired(db, viewer, meetings)
    before = await _before(db, viewer, list(meetings.values()))
    found = {}
    for paper in papers:
        meeting, item = meetings.get(lies[paper.id]), paper.agenda_item
        if meeting is None or not may_see_paper(viewer, paper):
            continue
        if item is not None and (item.removed_at is not None or not _is_shown(viewer, meeting, item, chaired)):
            continue
        scanner = bool(db.settings.scanner)
        if paper_shown(viewer, meeting, paper, scanner=scanner, before=before[meeting.id]) is not None:
            found[paper.id] = (paper, meeting)
    return found


def _is_shown(viewer: Viewer, meeting: Meeting, item: AgendaItem, chaired: Ids) -> bool:
    """A proposal is seen by who made it and by those who run the meeting or its agenda."""
    chairs = [viewer.person_id] if meeting.id in chaired else []
    own = is_their_item(viewer, meeting, item)
    return item.state == "accepted" or own or may_see_proposed(viewer, meeting, chairs)


async def _chaired(db: Session, viewer: Viewer, meeting_ids: Ids) -> set[int]:
    """Of these meetings those that the viewer chairs."""
    if not meeting_ids:
        return set()
    query = select(Attendee.meeting_id).where(Attendee.person_id == viewer.person_id, Attendee.removed_at.is_(None))
    return set(await db.scalars(query.where(Attendee.role == "chair", Attendee.meeting_id.in_(meeting_ids))))


async def _before(db: Session, viewer: Viewer, meetings: Collection[Meeting]) -> dict[int, datetime | None]:
    """By meeting, from which instant on a former member reads nothing more of it; one asked to it by name reads on."""
    now = db.now()
    before = {one.id: reads_before(viewer, one, (), now) for one in meetings}
    held = [id_ for id_, instant in before.items() if instant is not None]
    if held:
        asked = select(Attendee.meeting_id).where(Attendee.person_id == viewer.person_id, Attendee.removed_at.is_(None))
        for id_ in await db.scalars(asked.where(Attendee.meeting_id.in_(held))):
            before[id_] = None
    return before
