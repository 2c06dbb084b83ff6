"""What pages and API read of the contact log. Everything goes through `visible_to`."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import NotFound
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.notices.contact_models import ContactLog
from liaison.notices.contact_rules import Known, logs_of, of_log, visible_to

_SHOWN = (
    joinedload(ContactLog.mechanism),
    joinedload(ContactLog.with_agency),
    joinedload(ContactLog.writer),
    joinedload(ContactLog.notice),
    joinedload(ContactLog.agenda_item),
    joinedload(ContactLog.action_item),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the log is narrowed by."""

    mechanism_id: int | None = None
    agency_id: int | None = None
    """The other agency."""
    wanted: str | None = None
    """A part of the subject, the counterpart or the follow-up."""


async def get(db: Session, viewer: Viewer, contact_id: int, *, removed: bool = False) -> ContactLog:
    """One with what is shown of it; `removed`: also one that was taken away. Raises NotFound."""
    query = select(ContactLog).where(ContactLog.id == contact_id, visible_to(viewer)).options(*_SHOWN)
    query = query.execution_options(populate_existing=True)
    found = (await db.execute(query)).scalar_one_or_none()
    if found is None or (found.removed_at is not None and not removed):
        raise NotFound
    return found


async def listed(
    db: Session, viewer: Viewer, filters: Filters, *, before: int | None = None, limit: int = 50
) -> list[ContactLog]:
    """The viewer's logs, newest day first, from the one before that entry on. It is read by an index however much there is."""
    last = await get(db, viewer, before, removed=True) if before else None
    found: list[ContactLog] = []
    for mechanism_id, agency_id in logs_of(viewer):
        if filters.mechanism_id in (None, mechanism_id):
            query = _narrowed(of_log(mechanism_id, agency_id, (last.on, last.id) if last else None), filters)
            found += await db.scalars(query.options(*_SHOWN).limit(limit))
    return sorted(found, key=lambda one: (one.on, one.id), reverse=True)[:limit]


def _narrowed(query: Select[Any], filters: Filters) -> Select[Any]:
    if filters.agency_id is not None:
        query = query.where(ContactLog.with_agency_id == filters.agency_id)
    if filters.wanted:
        texts = ContactLog.subject, ContactLog.counterpart, ContactLog.follow_up
        query = query.where(or_(*(column.contains(filters.wanted, autoescape=True) for column in texts)))
    return query


async def offered(db: Session, viewer: Viewer, kept: Collection[Mechanism]) -> tuple[list[Agency], list[Known]]:
    """The other member agencies of these mechanisms, and who is liaison or deputy there today, for the quick add."""
    agencies, people = dict[int, Agency](), dict[Known, None]()
    duties = await mechanisms.on_duty_of(db, kept, db.clock.today(db.settings.timezone))
    for mechanism_id, duty in duties.items():
        for agency in (one.agency for one in duty.members if one.agency_id != viewer.acts_for(mechanism_id)):
            agencies[agency.id] = agency
            people |= {Known(agency.id, agency.short_name, one.person.name): None for one in duty.of_agency(agency.id)}
    in_order = sorted(agencies.values(), key=lambda one: (one.sort_order, one.id))
    return in_order, [*people, *(Known(one.id, one.short_name) for one in in_order)]
