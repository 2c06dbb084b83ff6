"""What was entered afterwards of a mechanism's past meetings, for who completes it with the papers of the time."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.meetings.models import Meeting
from liaison.meetings.paper_models import Paper
from liaison.meetings.paper_rules import may_bring
from liaison.meetings.seen import visible_to

MOST = 300


@dataclass(frozen=True, slots=True)
class Entered:
    """A meeting entered afterwards, with how many papers it has that everybody of it may know of, and whether the viewer brings it one."""

    meeting: Meeting
    papers: int
    may_bring: bool


async def entered_afterwards(db: Session, viewer: Viewer, mechanism_id: int) -> list[Entered]:
    """补录的会议 of a mechanism that the viewer sees, newest first, at most MOST; with the host."""
    query = (
        select(Meeting)
        .where(
            Meeting.mechanism_id == mechanism_id,
            Meeting.entered_afterwards_at.is_not(None),
            visible_to(viewer),
        )
        .options(joinedload(Meeting.host_agency))
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(MOST)
    )
    meetings = list(await db.scalars(query))
    counts = (
        select(Paper.meeting_id, func.count(Paper.id))
        .where(Paper.meeting_id.in_([one.id for one in meetings]), Paper.removed_at.is_(None), Paper.audience.is_(None))
        .group_by(Paper.meeting_id)
    )
    papers: dict[int, int] = {one[0]: one[1] for one in await db.execute(counts)} if meetings else {}
    return [Entered(one, papers.get(one.id, 0), may_bring(viewer, one, None)) for one in meetings]
