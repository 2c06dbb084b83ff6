"""What somebody is to do at meetings that were not held yet: record one, present an item, chair one; and giving that to somebody else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.audit import Actor
from liaison.countersigning.models import Document
from liaison.db import Session, locked
from liaison.directory.models import Person
from liaison.meetings.audience import may_see_item
from liaison.meetings.deferring import DEFERRED
from liaison.meetings.models import AgendaItem, Attendee, Meeting
from liaison.meetings.seen import visible_to

TO_PRESENT: Final = ("accepted", "proposed")
"""States of agenda items that are to be presented at their meeting; a deferred one waits for another, wherever it stands."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that moves. `text` is None where who looks may not know what it is about."""

    id: int
    text: str | None
    on: date | None
    """When it is due, or takes place."""
    href: str


@dataclass(frozen=True, slots=True)
class Where:
    """At which meetings: of one mechanism or of all, from a moment on or whenever they are. A postponed one has no date yet."""

    mechanism_id: int | None = None
    since: datetime | None = None

    @property
    def there(self) -> list[ColumnElement[bool]]:
        """Of the mechanism."""
        return [Meeting.mechanism_id == self.mechanism_id] if self.mechanism_id is not None else []

    @property
    def to_be_held(self) -> list[ColumnElement[bool]]:
        """And not held yet."""
        then = [or_(Meeting.starts_at >= self.since, Meeting.postponed_at.is_not(None))] if self.since else []
        return [*self.there, Meeting.held_at.is_(None), Meeting.cancelled_at.is_(None), *then]


EVERYWHERE: Final = Where()


@dataclass(frozen=True, slots=True)
class Roles:
    """Everything that somebody is to do at meetings that were not held yet."""

    recorder: Sequence[Thing]
    presenter: Sequence[Thing]
    chair: Sequence[Thing]

    def __bool__(self) -> bool:
        return bool(self.recorder or self.presenter or self.chair)


async def of(db: Session, person_id: int, viewer: Viewer | None) -> Roles:
    """Somebody's roles in every mechanism, as `viewer` may know of them."""
    return Roles(
        await recorder(db, person_id, viewer),
        await presenter(db, person_id, viewer),
        await chair(db, person_id, viewer),
    )


async def recorder(db: Session, person_id: int, viewer: Viewer | None, where: Where = EVERYWHERE) -> Sequence[Thing]:
    """Meetings that somebody is to record, as `viewer` may know them; without one all of it, for who moves it."""
    return await shown(db, viewer, select(Meeting).where(Meeting.recorder_id == person_id, *where.to_be_held))


async def presenter(db: Session, person_id: int, viewer: Viewer | None, where: Where = EVERYWHERE) -> Sequence[Thing]:
    """Agenda items that somebody is to present; also those that were deferred and wait for a meeting."""
    at_theirs = and_(AgendaItem.state.in_(TO_PRESENT), *where.to_be_held)
    query = (
        select(AgendaItem)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            AgendaItem.presenter_id == person_id,
            AgendaItem.removed_at.is_(None),
            *where.there,
            or_(AgendaItem.state == DEFERRED, at_theirs),
        )
        .options(joinedload(AgendaItem.meeting))
        .order_by(Meeting.starts_at, AgendaItem.position, AgendaItem.id)
    )
    items = (await db.scalars(query)).all()
    seen = await known(db, viewer, {item.meeting_id for item in items})
    return [
        Thing(
            item.id,
            item.title if viewer is None or (item.meeting_id in seen and may_see_item(viewer, item)) else None,
            None if item.state == DEFERRED else item.meeting.local_on,
            f"/meetings/{item.meeting_id}#agenda",
        )
        for item in items
    ]


async def chair(db: Session, person_id: int, viewer: Viewer | None, where: Where = EVERYWHERE) -> Sequence[Thing]:
    """Meetings that somebody is asked to chair. Who chairs is asked by name and answers for themselves, so this passes to nobody."""
    query = select(Meeting).join(Attendee, Attendee.meeting_id == Meeting.id)
    query = query.where(Attendee.person_id == person_id, Attendee.role == "chair", Attendee.removed_at.is_(None))
    return await shown(db, viewer, query.where(*where.to_be_held))


async def give_recorder(
    db: Session, actor: Viewer | Actor, ids: Collection[int], *, from_id: int, to: Person | None
) -> list[int]:
    """Let somebody else record these meetings, or nobody yet."""
    for meeting_id in ids:
        meeting = await locked(db, Meeting, meeting_id)
        meeting.recorder_id = to.id if to else None
        meeting.touch()
        _note(db, actor, "pass_recorder", meeting, from_id, to)
    return list(ids)


async def give_presenter(
    db: Session, actor: Viewer | Actor, ids: Collection[int], *, from_id: int, to: Person | None
) -> list[int]:
    """Let somebody else present these agenda items, or nobody yet."""
    for item_id in ids:
        item = await locked(db, AgendaItem, item_id, joinedload(AgendaItem.meeting))
        item.presenter_id = to.id if to else None
        item.touch()
        _note(db, actor, "pass_presenter", item.meeting, from_id, to, item=item.id)
    return list(ids)


async def drop_authorisations(db: Session, actor: Viewer | Actor, person_id: int) -> None:
    """签发人: who moves to another agency signs nothing there that they were named for at the former one. What is in force stays as it is."""
    issued = select(Document.about).where(Document.authorised_by_id == person_id, Document.in_force_at.is_not(None))
    done = {int(about.removeprefix("meeting:")) for about in await db.scalars(issued)}
    named = select(Meeting.id).where(Meeting.authorised_by_id == person_id, Meeting.cancelled_at.is_(None))
    for meeting_id in sorted(set(await db.scalars(named)) - done):
        meeting = await locked(db, Meeting, meeting_id)
        meeting.authorised_by_id = None
        meeting.touch()
        _note(db, actor, "drop_authorisation", meeting, person_id, None)
    open_ = select(Document.id).where(Document.authorised_by_id == person_id, Document.in_force_at.is_(None))
    for document_id in await db.scalars(open_.order_by(Document.id)):
        (await locked(db, Document, document_id)).authorised_by_id = None


async def shown(db: Session, viewer: Viewer | None, query: Select[Meeting]) -> list[Thing]:
    """The meetings found, in their order, each named as far as the viewer may know of it."""
    meetings = (await db.scalars(query.order_by(Meeting.starts_at, Meeting.id))).all()
    seen = await known(db, viewer, [meeting.id for meeting in meetings])
    return [
        Thing(one.id, one.title if one.id in seen else None, one.local_on, f"/meetings/{one.id}") for one in meetings
    ]


async def known(db: Session, viewer: Viewer | None, ids: Collection[int]) -> set[int]:
    """Which of these meetings the viewer may know of; without one all."""
    if viewer is None or not ids:
        return set(ids)
    return set(await db.scalars(select(Meeting.id).where(Meeting.id.in_(ids), visible_to(viewer))))


def _note(
    db: Session, actor: Viewer | Actor, verb: str, meeting: Meeting, from_id: int, to: Person | None, **more: object
) -> None:
    facts = {"from_person": from_id, "to_person": to.id if to else None, **more}
    audit.add(db, actor, verb, f"meeting:{meeting.id}", mechanism_id=meeting.mechanism_id, **facts)
