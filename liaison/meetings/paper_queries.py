"""The papers of a meeting, loaded for one viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from liaison import site
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Conflict, NotFound
from liaison.files.models import FOUND_IN_IT, HELD_BACK, READY, REFUSED
from liaison.meetings import agenda as items
from liaison.meetings import queries
from liaison.meetings.agenda_queries import agenda
from liaison.meetings.audience import ItemShown
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.paper_models import Paper, PaperVersion
from liaison.meetings.paper_rules import (
    PaperShown,
    VersionShown,
    in_order,
    may_see_paper,
    paper_shown,
)
from liaison.meetings.permissions import reads_before

LARGEST = "largest_paper"
"""The operator's choice: {"megabytes": 20}."""
DEFAULT_MEGABYTES = 20
MOST_MEGABYTES = 100
_WHOLE = (joinedload(Paper.agency), joinedload(Paper.agenda_item), selectinload(Paper.versions))


@dataclass(frozen=True, slots=True)
class Found:
    """One paper that the viewer may know of, with the meeting where it lies now."""

    paper: Paper
    meeting: Meeting
    shown: PaperShown

    def readable(self, number: int | None = None) -> tuple[VersionShown, str]:
        """A version, by default the newest, and how its file lies on the disk. Raises NotFound, and Conflict for one that is not handed
        out."""
        wanted = self.shown.newest.number if number is None else number
        version = next((one for one in self.shown.versions if one.number == wanted), None)
        if version is None:
            raise NotFound
        if version.state != READY:
            raise Conflict(FOUND_IN_IT if version.state == REFUSED else HELD_BACK)
        return version, next(one.stored_name for one in self.paper.versions if one.number == wanted)


async def largest(db: Session) -> int:
    """How many bytes a file may have."""
    chosen = await site.choice(db, LARGEST)
    return int(chosen["megabytes"] if chosen else DEFAULT_MEGABYTES) * 1024 * 1024


async def papers_of(
    db: Session, viewer: Viewer, meeting: Meeting, on_agenda: Sequence[ItemShown] | None = None
) -> list[PaperShown]:
    """The papers that the viewer may know of, in the order of the agenda; `on_agenda`: its items as they are shown to the viewer."""
    rows = await _of_meeting(db, meeting.id)
    if not rows:
        return []
    if on_agenda is None:
        seen = await agenda(db, viewer, meeting)
        on_agenda = [*seen.items, *seen.aside]
    known = {item.id: n for n, item in enumerate(on_agenda, 1) if not item.hidden}
    before = await _before(db, viewer, meeting)
    found = [
        paper_shown(viewer, meeting, row, scanner=bool(db.settings.scanner), before=before)
        for row in rows
        if (row.agenda_item_id is None or row.agenda_item_id in known) and may_see_paper(viewer, row)
    ]
    return in_order([one for one in found if one is not None], known)


async def open_papers(db: Session, meeting: Meeting) -> list[Paper]:
    """The papers that everybody who sees the meeting may know of, of accepted items and of none: what a mail may name."""
    return [
        row
        for row in await _of_meeting(db, meeting.id)
        if row.audience is None
        and (row.agenda_item is None or (row.agenda_item.audience is None and row.agenda_item.state == "accepted"))
    ]


async def open_papers_shown(db: Session, viewer: Viewer, meeting: Meeting) -> list[Found]:
    """The same as they are shown and handed out; `viewer` has no rights in the matter."""
    scanner = bool(db.settings.scanner)
    shown = ((row, paper_shown(viewer, meeting, row, scanner=scanner)) for row in await open_papers(db, meeting))
    return [Found(row, meeting, one) for row, one in shown if one is not None]


async def paper_of(db: Session, viewer: Viewer, paper_id: int, *, removed: bool = False) -> Found:
    """One paper that the viewer may know of. Raises NotFound."""
    query = select(Paper).where(Paper.id == paper_id).options(*_WHOLE).execution_options(populate_existing=True)
    paper = (await db.execute(query)).scalar_one_or_none()
    if paper is None or (paper.removed_at is not None and not removed):
        raise NotFound
    if paper.agenda_item_id is not None:
        meeting = (await items.item_of(db, viewer, paper.agenda_item_id)).meeting
    else:
        meeting = await queries.get(db, viewer, paper.meeting_id)
    before = await _before(db, viewer, meeting)
    shown = paper_shown(viewer, meeting, paper, scanner=bool(db.settings.scanner), before=before)
    if not may_see_paper(viewer, paper) or shown is None:
        raise NotFound
    return Found(paper, meeting, shown)


async def count(db: Session, meeting_id: int) -> int:
    """How many papers lie with the meeting."""
    query = select(func.count()).select_from(Paper).outerjoin(AgendaItem).where(*_lies_with(meeting_id))
    return (await db.execute(query)).scalar_one()


async def stored_names(db: Session, paper_ids: Sequence[int]) -> dict[tuple[int, int], str]:
    """How the files of papers lie on the disk, by paper and number of the version."""
    query = select(PaperVersion.paper_id, PaperVersion.number, PaperVersion.stored_name)
    rows = await db.execute(query.where(PaperVersion.paper_id.in_(paper_ids)))
    return {(row.paper_id, row.number): row.stored_name for row in rows}


async def known_papers(db: Session, viewer: Viewer, meeting_id: int) -> dict[int, int | None]:
    """The papers that were ever brought to the meeting, or lie with it, of which the viewer may know: each with its item."""
    query = select(Paper).outerjoin(AgendaItem).options(joinedload(Paper.agenda_item))
    rows = await db.scalars(query.where(or_(Paper.meeting_id == meeting_id, AgendaItem.meeting_id == meeting_id)))
    return {row.id: row.agenda_item_id for row in rows if may_see_paper(viewer, row)}


async def has_own_item(db: Session, viewer: Viewer, meeting: Meeting) -> bool:
    """Whether an item of the meeting is the viewer's proposal, or their agency's."""
    of_agency = or_(AgendaItem.agency_id.is_(None), AgendaItem.agency_id == viewer.agency_id)
    own = [and_(AgendaItem.proposed_by == viewer.person_id, of_agency)]
    acts_for = viewer.acts_for(meeting.mechanism_id)
    if acts_for is not None:  # else every item that no agency brings would be theirs
        own.append(AgendaItem.agency_id == acts_for)
    query = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting.id, AgendaItem.removed_at.is_(None), or_(*own))
    return (await db.execute(query.limit(1))).scalar_one_or_none() is not None


def _lies_with(meeting_id: int) -> tuple[Any, ...]:
    """Papers follow their item to where it was deferred; of an item that was taken off they are not shown."""
    of_item = and_(AgendaItem.meeting_id == meeting_id, AgendaItem.removed_at.is_(None))
    return Paper.removed_at.is_(None), or_(
        and_(Paper.agenda_item_id.is_(None), Paper.meeting_id == meeting_id), of_item
    )


async def _of_meeting(db: Session, meeting_id: int) -> Sequence[Paper]:
    query = select(Paper).outerjoin(AgendaItem).where(*_lies_with(meeting_id)).options(*_WHOLE).order_by(Paper.id)
    return (await db.scalars(query)).all()


async def _before(db: Session, viewer: Viewer, meeting: Meeting) -> datetime | None:
    if reads_before(viewer, meeting, (), db.now()) is None:
        return None
    people = [one.person_id for one in await queries.attendees(db, meeting.id)]
    return reads_before(viewer, meeting, people, db.now())
