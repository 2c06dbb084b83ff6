"""What pages and API read of 来信."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import undefer

from liaison.accounts.viewer import Viewer
from liaison.db import Session, holds_id
from liaison.errors import NotFound
from liaison.mail.models import OutboxMail
from liaison.meetings.models import Attendee, Meeting
from liaison.meetings.recorded import kept_from
from liaison.postroom.models import HELD, IncomingMail


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The mail of the mechanisms that the viewer acts in today, and for the operator what belongs to no mechanism. A mail whose sender
    said who may know of it is for officers of those agencies alone."""
    acts_in = {office.mechanism_id for office in viewer.designations}
    mine, nobodys = holds_id(IncomingMail.audience, viewer.agency_id), IncomingMail.mechanism_id.is_(None)
    own = or_(IncomingMail.mechanism_id.in_(acts_in), and_(nobodys, mine)) if acts_in else false()
    return and_(or_(own, nobodys) if viewer.operator else own, or_(IncomingMail.audience.is_(None), mine))


def waits() -> ColumnElement[bool]:
    """Held, and nobody has settled it."""
    return and_(IncomingMail.verdict == HELD, IncomingMail.settled_at.is_(None))


async def listing(
    db: Session, viewer: Viewer, *, state: str | None = None, before: int | None = None, limit: int = 50
) -> Sequence[IncomingMail]:
    """Newest first: all, or those that wait (`held`), or with another verdict; `before` is the last id of the page before."""
    query = select(IncomingMail).where(visible_to(viewer)).order_by(IncomingMail.id.desc()).limit(limit)
    if state == HELD:
        query = query.where(waits())
    elif state is not None:
        query = query.where(IncomingMail.verdict == state)
    if before is not None:
        query = query.where(IncomingMail.id < before)
    return (await db.scalars(query)).all()


async def verdicts(db: Session, source_keys: Collection[str]) -> dict[str, str]:
    """What the mails at these places of mailboxes came to, those that were taken in."""
    query = select(IncomingMail.source_key, IncomingMail.verdict).where(IncomingMail.source_key.in_(source_keys))
    return {str(key): verdict for key, verdict in await db.execute(query)}


async def waiting(db: Session, viewer: Viewer) -> int:
    """How many wait for this viewer."""
    query = select(func.count()).select_from(IncomingMail).where(visible_to(viewer), waits())
    return (await db.execute(query)).scalar_one()


async def get(db: Session, viewer: Viewer, mail_id: int) -> IncomingMail:
    """One mail with its bytes. Raises NotFound."""
    query = select(IncomingMail).where(IncomingMail.id == mail_id, visible_to(viewer))
    row = (await db.execute(query.options(undefer(IncomingMail.raw)))).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


async def may_read_quoted(db: Session, viewer: Viewer, row: IncomingMail, refers_to: Sequence[str]) -> bool:
    """Whether the viewer is shown what a mail quotes: not where it may be a mail of ours that told of something they may not know."""
    said = select(OutboxMail.audience).where(OutboxMail.message_id.in_(refers_to), OutboxMail.audience.is_not(None))
    if any(audience is not None and viewer.agency_id not in audience for audience in await db.scalars(said)):
        return False
    return row.meeting_id is None or not any(await kept_from(db, viewer, row.meeting_id))


@dataclass(frozen=True, slots=True)
class Concerns:
    """The meeting that a mail is about, and whom of those asked it may be about: whose answer it could be."""

    meeting: Meeting | None
    attendees: Sequence[Attendee]


async def concerns(db: Session, row: IncomingMail) -> Concerns:
    """What an officer needs to see to decide about the mail."""
    if row.meeting_id is None:
        return Concerns(None, [])
    meeting = await db.get(Meeting, row.meeting_id)
    asked = select(Attendee).where(
        Attendee.meeting_id == row.meeting_id, Attendee.removed_at.is_(None), Attendee.agency_invitation_id.is_(None)
    )
    return Concerns(meeting, (await db.scalars(asked.order_by(Attendee.position, Attendee.id))).all())
