"""What the page of a meeting reads of action items: those it asked for, those still open from before, whom a new one can be given to.

The page only shows them, so it reads columns, in three statements however many there are; each is put together once a viewer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from liaison.accounts.viewer import Viewer
from liaison.actions.models import ActionItem, ItemShown, Support, SupportShown
from liaison.actions.queries import times_carried, visible_to
from liaison.db import Session, UTCDateTime, columns
from liaison.directory.models import Agency, AgencyShown, Person, PersonShown
from liaison.first import among
from liaison.mechanisms.models import Mechanism, MechanismShown, Member
from liaison.meetings.models import NUMBERED_KINDS, Meeting

_ITEM, _MECHANISM = columns(ActionItem, ItemShown), columns(Mechanism, MechanismShown)
_AGENCY, _PERSON = columns(Agency, AgencyShown), columns(Person, PersonShown)
_WIDTHS = [len(each) for each in (_ITEM, _MECHANISM, _AGENCY, _PERSON)]
_ITEMS: BindParameter[list[int]] = bindparam("item_ids", expanding=True)
_SUPPORTS = (
    select(Support.action_item_id, *_AGENCY)
    .join(Agency, Agency.id == Support.agency_id)
    .where(Support.action_item_id.in_(_ITEMS))
    .order_by(Support.id)
)
_ON: BindParameter[date] = bindparam("on")
_OWNERS = (
    select(*_AGENCY, *_PERSON)
    .outerjoin(Person, and_(Person.agency_id == Agency.id, Person.deactivated_at.is_(None)))
    .where(
        Agency.id.in_(
            select(Member.agency_id).where(
                Member.mechanism_id.in_(bindparam("mechanism_ids", expanding=True)),
                Member.joined_on <= _ON,
                or_(Member.left_on.is_(None), Member.left_on > _ON),
            )
        )
    )
    .order_by(Agency.sort_order, Agency.id, func.coalesce(Person.rank, 99), Person.id)
)


@dataclass(frozen=True, slots=True)
class Beside:
    """The action items on the page of a meeting, and at how many later joint meetings each was still open."""

    asked_for: Sequence[ItemShown]
    """in the order in which they were recorded"""
    before: Sequence[ItemShown]
    """The first agenda item of a joint meeting: what earlier meetings asked for and was not ended before this one; what is due
    first comes first. The same items, never copies (PRACTICE.md 5, 6). None for other kinds of meeting."""
    carried: Mapping[int, int]


async def beside(db: Session, viewer: Viewer, meeting: Meeting) -> Beside:
    """Load them, as far as this viewer may see them."""
    query = _query(viewer, meeting.kind in NUMBERED_KINDS)
    about = {"meeting_id": meeting.id, "mechanism_id": meeting.mechanism_id, "starts_at": meeting.starts_at}
    rows = (await db.execute(query, about)).all()
    supports = await _supports(db, [row[0] for row in rows])
    items = [_item(row, supports.get(row[0], ())) for row in rows]
    return Beside(
        sorted((item for item in items if item.meeting_id == meeting.id), key=attrgetter("id")),
        [item for item in items if item.meeting_id != meeting.id],
        {row[0]: row[-1] for row in rows if row[-1]},
    )


async def owners(db: Session, mechanism_ids: Collection[int], on: date) -> list[tuple[AgencyShown, list[PersonShown]]]:
    """The member agencies of these mechanisms with their active people, leaders first: one of them is responsible, one of those
    the owner."""
    found: dict[int, tuple[AgencyShown, list[PersonShown]]] = {}
    for row in await db.execute(_OWNERS, {"mechanism_ids": list(mechanism_ids), "on": on}):
        agency, person = AgencyShown(*row[: len(_AGENCY)]), row[len(_AGENCY) :]
        _, people = found.setdefault(agency.id, (agency, []))
        if person[0] is not None:
            people.append(PersonShown(*person))
    return list(found.values())


async def _supports(db: Session, item_ids: Sequence[int]) -> Mapping[int, Sequence[SupportShown]]:
    found: dict[int, list[SupportShown]] = {}
    for item_id, *agency in await db.execute(_SUPPORTS, {"item_ids": item_ids}) if item_ids else ():
        found.setdefault(item_id, []).append(SupportShown(AgencyShown(*agency)))
    return found


@lru_cache(maxsize=64)  # putting it together costs more than asking it
def _query(viewer: Viewer, joint: bool) -> Select[*tuple[Any, ...]]:
    source, seen = aliased(Meeting), visible_to(viewer)
    this: BindParameter[int] = bindparam("meeting_id")
    starts_at = bindparam("starts_at", type_=UTCDateTime())
    own = ActionItem.meeting_id == this
    parts = [and_(own, seen)]
    if joint:
        here = and_(ActionItem.mechanism_id == bindparam("mechanism_id"), seen)
        parts += [and_(here, ActionItem.ended_at.is_(None)), and_(here, ActionItem.ended_at > starts_at)]
    return (
        select(*_ITEM, *_MECHANISM, *_AGENCY, *_PERSON, times_carried(source.starts_at))
        .join(Mechanism, Mechanism.id == ActionItem.mechanism_id)
        .join(Agency, Agency.id == ActionItem.lead_agency_id)
        .outerjoin(Person, Person.id == ActionItem.owner_id)
        .outerjoin(source, source.id == ActionItem.meeting_id)
        .where(
            among(ActionItem, parts),
            or_(own, func.coalesce(source.starts_at, ActionItem.assigned_at) < starts_at),
        )
        .order_by(ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id)
    )


def _item(row: Sequence[Any], supports: Sequence[SupportShown]) -> ItemShown:
    left = iter(row)
    own, mechanism, agency, person = (list(islice(left, n)) for n in _WIDTHS)
    return ItemShown(
        MechanismShown(*mechanism),
        AgencyShown(*agency),
        PersonShown(*person) if person[0] is not None else None,
        supports,
        *own,
    )
