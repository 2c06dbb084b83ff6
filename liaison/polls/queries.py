"""What pages, API, mails and the desk read of times that are asked about. Everything goes through `visible_to`."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotFound
from liaison.mail.models import BOUNCED, GIVEN_UP, REFUSED, OutboxMail
from liaison.meetings.models import Meeting
from liaison.polls.models import Candidate, PollAnswer, TimePoll

NOT_ARRIVED = (REFUSED, BOUNCED, GIVEN_UP)
WHOLE = (
    joinedload(TimePoll.mechanism),
    joinedload(TimePoll.agency),
    joinedload(TimePoll.meeting).joinedload(Meeting.mechanism),
    selectinload(TimePoll.candidates),
    selectinload(TimePoll.answers).options(joinedload(PollAnswer.agency), joinedload(PollAnswer.by)),
)


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Those that the viewer's agency was asked or asks, for its officers and deputies in that mechanism: what is asked about may
    be a draft, which nobody else knows."""
    seen = [
        and_(
            TimePoll.mechanism_id == office.mechanism_id,
            select(PollAnswer.id)
            .where(PollAnswer.time_poll_id == TimePoll.id, PollAnswer.agency_id == office.agency_id)
            .exists(),
        )
        for office in viewer.designations
    ]
    return or_(false(), *seen)


async def get(db: Session, viewer: Viewer, poll_id: int) -> TimePoll:
    """One with its mechanism, meeting, times and answers, if this viewer may see it. Raises NotFound."""
    return await _one(db, TimePoll.id == poll_id, visible_to(viewer))


async def of_agency(db: Session, agency_id: int, poll_id: int) -> TimePoll:
    """The same for the link that was mailed to an agency without a liaison. Raises NotFound."""
    asked = select(PollAnswer.id).where(PollAnswer.time_poll_id == TimePoll.id, PollAnswer.agency_id == agency_id)
    return await _one(db, TimePoll.id == poll_id, asked.exists())


async def whole(db: Session, poll_id: int) -> TimePoll:
    """The same for the worker, who words mails for those asked. Raises NotFound."""
    return await _one(db, TimePoll.id == poll_id)


async def of_mechanism(
    db: Session, viewer: Viewer, mechanism_id: int, *, before: int | None = None, limit: int = 50
) -> Sequence[TimePoll]:
    """The mechanism's that this viewer may see, newest first; from the one before that id."""
    query = select(TimePoll).where(TimePoll.mechanism_id == mechanism_id, visible_to(viewer)).options(*WHOLE)
    if before is not None:
        query = query.where(TimePoll.id < before)
    return (await db.scalars(query.order_by(TimePoll.id.desc()).limit(limit))).unique().all()


async def without_time_before(db: Session, mechanism_id: int, day: date) -> list[TimePoll]:
    """Of the mechanism's those that still look for a time, and could find none before that local date; whoever may see them."""
    query = select(TimePoll).where(TimePoll.mechanism_id == mechanism_id, TimePoll.closed_at.is_(None)).options(*WHOLE)
    found = (await db.scalars(query.order_by(TimePoll.id))).unique()
    return [one for one in found if all(each.local_start.date() >= day for each in one.candidates)]


async def open_for(db: Session, viewer: Viewer, meeting_id: int) -> TimePoll | None:
    """The one that still looks for a time of this meeting, if there is one that this viewer may see."""
    query = select(TimePoll).where(TimePoll.meeting_id == meeting_id, TimePoll.closed_at.is_(None), visible_to(viewer))
    return (await db.execute(query)).scalar_one_or_none()


async def is_open_for(db: Session, meeting_id: int) -> bool:
    """Whether one looks for a time of this meeting, whoever may see it."""
    query = select(TimePoll.id).where(TimePoll.meeting_id == meeting_id, TimePoll.closed_at.is_(None)).limit(1)
    return (await db.execute(query)).first() is not None


async def waiting(db: Session, viewer: Viewer) -> Sequence[TimePoll]:
    """Those that the viewer's agency has not answered and still may, what is due first first."""
    mine = [
        and_(TimePoll.mechanism_id == office.mechanism_id, PollAnswer.agency_id == office.agency_id)
        for office in viewer.designations
    ]
    query = (
        select(TimePoll)
        .join(PollAnswer, PollAnswer.time_poll_id == TimePoll.id)
        .where(or_(false(), *mine), TimePoll.closed_at.is_(None), PollAnswer.answered_at.is_(None))
        .options(joinedload(TimePoll.mechanism))
        .order_by(TimePoll.due_on, TimePoll.id)
        .limit(50)
    )
    found = (await db.scalars(query)).unique().all()
    return [poll for poll in found if poll.takes_answers_on(db.clock.today(poll.mechanism.timezone))]


async def picked_since(
    db: Session, viewer: Viewer, mechanism_ids: Collection[int], since: datetime
) -> Sequence[TimePoll]:
    """Those of these mechanisms that ended with a time since then, as far as this viewer may see them."""
    picked = select(Candidate.id).where(Candidate.time_poll_id == TimePoll.id, Candidate.picked_at >= since)
    query = select(TimePoll).where(TimePoll.mechanism_id.in_(mechanism_ids), picked.exists(), visible_to(viewer))
    return (await db.scalars(query.options(*WHOLE).order_by(TimePoll.id))).unique().all()


async def unreached(db: Session, poll_id: int) -> dict[int, str | None]:
    """By agency whose newest mail about this question did not arrive, the code of the reason."""
    query = select(OutboxMail.params, OutboxMail.state, OutboxMail.reason)
    query = query.where(OutboxMail.about == f"time_poll:{poll_id}").order_by(OutboxMail.id)
    newest = {params["agency_id"]: (state, reason) for params, state, reason in await db.execute(query)}
    return {agency_id: reason for agency_id, (state, reason) in newest.items() if state in NOT_ARRIVED}


async def _one(db: Session, *conditions: ColumnElement[bool]) -> TimePoll:
    query = select(TimePoll).where(*conditions).options(*WHOLE)
    found = (await db.execute(query)).unique().scalar_one_or_none()
    if found is None:
        raise NotFound
    return found
