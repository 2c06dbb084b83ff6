"""What pages, API and mails read of action items. Every list goes through `visible_to`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, false, func, literal, not_, or_, select, true, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from liaison.accounts.viewer import Viewer
from liaison.actions.models import DONE, NOT_POSSIBLE, OPEN, ActionItem, Progress, Support
from liaison.actions.permissions import reads_before
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.errors import NotFound
from liaison.first import among, bounded, row_by_row
from liaison.mechanisms.models import Mechanism, Member
from liaison.meetings.audience import known_to, restricts
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import NUMBERED_KINDS, AgendaItem, Meeting

SHOWN = (
    joinedload(ActionItem.mechanism),
    joinedload(ActionItem.lead_agency),
    joinedload(ActionItem.owner),
    joinedload(ActionItem.meeting),
    joinedload(ActionItem.decision),
    selectinload(ActionItem.supports).joinedload(Support.agency),
)
"""What a line of the ledger shows of an item."""
MOST_COUNTED = 1000
"""Of more items the ledger says 1000+: to count what thirty years left behind would cost every page more than the number is worth."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the ledger is narrowed to; every part may be left out. `status` is open, done, not_possible or overdue."""

    mechanism_id: int | None = None
    agency_id: int | None = None
    owner_id: int | None = None
    status: str | None = None
    due_before: date | None = None


@lru_cache(maxsize=64)  # putting it together costs more than asking it, and a person asks it with every page
def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The items this viewer may know of: those of mechanisms their agency is in, from its joining date until it left; those
    of mechanisms they may read; those they own, and those their agency was made responsible for or supports. What was decided on an
    agenda item with an audience is for the people of that audience, and for who is to do it."""
    return or_(*visible_parts(viewer))


@lru_cache(maxsize=64)
def visible_parts(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """The same items by conditions of which each has an index: what the viewer owns, and one a mechanism."""
    found: list[ColumnElement[bool]] = [ActionItem.owner_id == viewer.person_id]
    supported = select(Support.id).where(Support.action_item_id == ActionItem.id, Support.agency_id == viewer.agency_id)
    closed = restricts(ActionItem.decision_id).where(not_(known_to(viewer)))
    open_ = or_(
        ActionItem.decision_id.is_(None),
        not_(row_by_row(closed)),
        ActionItem.lead_agency_id == viewer.agency_id,
        row_by_row(supported),
    )
    for mechanism_id in sorted(viewer.shares_mechanism_ids()):
        seen: list[ColumnElement[bool]] = [true()] if mechanism_id in viewer.reader_of else []
        for period in viewer.member_of.get(mechanism_id, ()):
            span = [ActionItem.assigned_on >= period.joined_on]
            if period.left_on is not None:
                span.append(ActionItem.assigned_on < period.left_on)
            seen.append(and_(*span))
        if mechanism_id in viewer.member_of:
            seen += [ActionItem.lead_agency_id == viewer.agency_id, row_by_row(supported)]
        found.append(and_(ActionItem.mechanism_id == mechanism_id, or_(*seen), open_))
    return tuple(found)


async def get(db: Session, viewer: Viewer, item_id: int) -> ActionItem:
    """The item with all that a line of the ledger shows, if this viewer may see it. Raises NotFound."""
    query = select(ActionItem).where(ActionItem.id == item_id, visible_to(viewer)).options(*SHOWN)
    item = (await db.execute(query)).scalar_one_or_none()
    if item is None:
        raise NotFound
    return item


async def several(db: Session, viewer: Viewer, item_ids: Collection[int]) -> dict[int, ActionItem]:
    """The same of many, by id; those that this viewer may not see are left out."""
    query = select(ActionItem).where(ActionItem.id.in_(item_ids), visible_to(viewer)).options(*SHOWN)
    return {item.id: item for item in await db.scalars(query)} if item_ids else {}


async def of_agency(db: Session, agency_id: int, item_id: int) -> ActionItem:
    """The same item as an agency without a liaison reads it by the link mailed to it: one that it is responsible for, or whose host
    it is. Raises NotFound."""
    item = (await db.execute(select(ActionItem).where(ActionItem.id == item_id).options(*SHOWN))).scalar_one_or_none()
    if item is None or agency_id not in (item.lead_agency_id, item.host_agency_id):
        raise NotFound
    audience = (await audiences(db, [item])).get(item.id)
    if audience is not None and agency_id not in {*audience, item.lead_agency_id}:
        raise NotFound
    return item


async def audiences(db: Session, items: Iterable[ActionItem]) -> dict[int, frozenset[int]]:
    """By item, the agencies that may know of it, as far as it was decided on an agenda item with an audience; those that are to do it
    know of it besides."""
    decided = [item.id for item in items if item.decision_id is not None]
    if not decided:
        return {}
    query = select(ActionItem.id, AgendaItem.audience).join(Decision, Decision.id == ActionItem.decision_id)
    query = query.join(AgendaItem, AgendaItem.id == Decision.agenda_item_id)
    rows = await db.execute(query.where(ActionItem.id.in_(decided), AgendaItem.audience.is_not(None)))
    return {id_: audience for id_, audience in rows if audience is not None}


async def ledger(
    db: Session,
    viewer: Viewer,
    filters: Filters,
    *,
    today: date,
    after: tuple[date | None, int] | None = None,
    limit: int = 100,
) -> list[ActionItem]:
    """落实台账: what is due first comes first, items without a date last; keyset-paged by `after` = (due_on, id) of the last
    line shown."""
    order = (ActionItem.due_on, ActionItem.id)
    overdue = await _overdue(db, today) if filters.status == "overdue" else false()
    wanted = [
        and_(state, place, *_narrowed(replace(filters, status=None), overdue))
        for state in _of_status(filters.status, overdue)
        for place in _later_than(after)
    ]
    parts = [and_(part, each) for part in visible_parts(viewer) for each in wanted]
    query = select(ActionItem).where(among(ActionItem, parts, order=order, limit=limit))
    query = query.order_by(ActionItem.due_on.is_(None), *order).limit(limit)
    return list(await db.scalars(query.options(*SHOWN)))


async def listing(
    db: Session, viewer: Viewer, filters: Filters, *, today: date, after: int = 0, limit: int = 100
) -> list[ActionItem]:
    """The same items in the order in which they were entered, for programs; `after` is the id of the last one given."""
    overdue = await _overdue(db, today) if filters.status == "overdue" else false()
    wanted = and_(ActionItem.id > after, *_narrowed(filters, overdue))
    parts = [and_(part, wanted) for part in visible_parts(viewer)]
    query = select(ActionItem).where(among(ActionItem, parts, order=(ActionItem.id,), limit=limit))
    return list(await db.scalars(query.order_by(ActionItem.id).limit(limit).options(*SHOWN)))


async def counts(db: Session, viewer: Viewer, filters: Filters, *, today: date) -> dict[str, int]:
    """How many items are open, overdue, done and no longer possible, within the filters other than the status. Nobody counts further
    than MOST_COUNTED: a greater number only says that there are more."""
    is_open, overdue = ActionItem.ended_how.is_(None), await _overdue(db, today)
    states = {
        OPEN: is_open,
        "overdue": and_(is_open, ActionItem.reported_done_at.is_(None), overdue),
        DONE: ActionItem.ended_how == DONE,
        NOT_POSSIBLE: ActionItem.ended_how == NOT_POSSIBLE,
    }
    within = _narrowed(replace(filters, status=None), overdue)
    owned, *by_mechanism = visible_parts(viewer)
    parts = [*bounded(by_mechanism), and_(owned, not_(or_(false(), *by_mechanism)))]
    numbers = []
    for state in states.values():
        # One part after the other, most from an index alone, until there are enough.
        found = union_all(*(select(ActionItem.id).where(part, state, *within) for part in parts))
        first = found.limit(MOST_COUNTED + 1).subquery()
        numbers.append(select(func.count()).select_from(first).scalar_subquery())
    return dict(zip(states, (await db.execute(select(*numbers))).one(), strict=True))


async def open_in(
    db: Session, viewer: Viewer, mechanism_ids: Collection[int], *, today: date
) -> dict[int, tuple[int, int]]:
    """By mechanism, how many items are open and how many of them overdue, of those the viewer may know of."""
    late = and_(ActionItem.reported_done_at.is_(None), await _overdue(db, today))
    query = (
        select(ActionItem.mechanism_id, func.count(), func.sum(case((late, 1), else_=0)))
        .where(ActionItem.mechanism_id.in_(mechanism_ids), ActionItem.ended_at.is_(None), visible_to(viewer))
        .group_by(ActionItem.mechanism_id)
    )
    return {row[0]: (row[1], int(row[2])) for row in await db.execute(query)}


async def of_meeting(db: Session, viewer: Viewer, meeting_id: int) -> list[ActionItem]:
    """The items that this meeting asked for, in the order in which they were recorded."""
    query = select(ActionItem).where(ActionItem.meeting_id == meeting_id, visible_to(viewer))
    return list(await db.scalars(query.order_by(ActionItem.id).options(*SHOWN)))


async def of_owner(db: Session, person_id: int, *, limit: int = 50) -> list[ActionItem]:
    """What somebody is to do, soonest due first."""
    query = select(ActionItem).where(ActionItem.owner_id == person_id, ActionItem.ended_at.is_(None))
    query = query.order_by(ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id).limit(limit)
    return list(await db.scalars(query.options(*SHOWN)))


async def progress_of(db: Session, viewer: Viewer, item: ActionItem) -> list[Progress]:
    """How it went so far as the viewer reads it, newest first."""
    query = (
        select(Progress)
        .where(Progress.action_item_id == item.id)
        .options(joinedload(Progress.by), joinedload(Progress.agency))
    )
    if before := reads_before(viewer, item, db.now()):
        query = query.where(Progress.at < before)
    return list(await db.scalars(query.order_by(Progress.id.desc())))


async def carried(db: Session, items: Sequence[ActionItem]) -> dict[int, int]:
    """转入下次（第N次）: by item, at how many joint meetings held after the one that asked for it the item was still open."""
    ids = [item.id for item in items]
    if not ids:
        return {}
    source = aliased(Meeting)
    asked_at = (
        select(source.starts_at).where(source.id == ActionItem.meeting_id).correlate(ActionItem).scalar_subquery()
    )
    query = select(ActionItem.id, times_carried(asked_at)).where(ActionItem.id.in_(ids))
    return {row[0]: row[1] for row in await db.execute(query) if row[1]}


def times_carried(asked_at: Any) -> ScalarSelect[int]:
    """The same count as a column beside an item, with the start of the meeting that asked for it."""
    held = select(func.count()).where(
        Meeting.mechanism_id == ActionItem.mechanism_id,
        Meeting.held_at.is_not(None),
        Meeting.kind.in_(NUMBERED_KINDS),
        Meeting.starts_at > func.coalesce(asked_at, ActionItem.assigned_at),
        Meeting.starts_at < func.coalesce(ActionItem.ended_at, _NEVER),
    )
    return held.correlate_except(Meeting).scalar_subquery()


async def member_ids(db: Session, mechanism_id: int, on: date) -> Collection[int]:
    """The agencies that are members on that local date: one of them is responsible for an item."""
    rows = await db.execute(
        select(Member.agency_id).where(
            Member.mechanism_id == mechanism_id,
            Member.joined_on <= on,
            or_(Member.left_on.is_(None), Member.left_on > on),
        )
    )
    return set(rows.scalars())


def after_of(item: ActionItem) -> Mapping[str, str]:
    """The place of a line in the ledger, as the parameters of the next page's address."""
    return {"after": str(item.id), **({"after_due": item.due_on.isoformat()} if item.due_on else {})}


def _narrowed(filters: Filters, overdue: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.mechanism_id is not None:
        found.append(ActionItem.mechanism_id == filters.mechanism_id)
    if filters.agency_id is not None:
        supports = select(Support.id).where(
            Support.action_item_id == ActionItem.id, Support.agency_id == filters.agency_id
        )
        found.append(or_(ActionItem.lead_agency_id == filters.agency_id, row_by_row(supports)))
    if filters.owner_id is not None:
        found.append(ActionItem.owner_id == filters.owner_id)
    if filters.due_before is not None:
        found.append(ActionItem.due_on < filters.due_before)
    if filters.status is not None:
        found.append(or_(*_of_status(filters.status, overdue)))
    return found


async def _overdue(db: Session, today: date) -> ColumnElement[bool]:
    """Whether the due date has passed, on the date that the item's mechanism has now: at that instant mechanisms of other zones may be
    a day ahead of `today`, the site's date, or behind it, as their lines in the ledger say."""
    home = db.clock.today(db.settings.timezone)
    others: dict[date, list[str]] = {}
    for zone in await db.scalars(select(Mechanism.timezone).distinct()):
        if (there := db.clock.today(zone)) != home:
            others.setdefault(today + (there - home), []).append(zone)
    if not others:
        return ActionItem.due_on < today

    def of(zones: Sequence[str]) -> ColumnElement[bool]:
        return ActionItem.mechanism_id.in_(select(Mechanism.id).where(Mechanism.timezone.in_(zones)))

    until = case(*((of(zones), literal(there)) for there, zones in others.items()), else_=literal(today))
    return and_(ActionItem.due_on < max(today, *others), ActionItem.due_on < until)


def _of_status(status: str | None, overdue: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """Conditions of which one holds; those of a mechanism, and of an owner, each stand in an index in the ledger's order."""
    match status:
        case "open":
            return [ActionItem.ended_at.is_(None)]
        case "overdue":
            # What is reported done waits for whoever closes it, and is nothing that its owner is late with.
            return [and_(ActionItem.ended_at.is_(None), ActionItem.reported_done_at.is_(None), overdue)]
        case "done" | "not_possible":
            return [ActionItem.ended_how == status]
        case _:
            return [ActionItem.ended_at.is_(None), ActionItem.ended_how == DONE, ActionItem.ended_how == NOT_POSSIBLE]


def _later_than(after: tuple[date | None, int] | None) -> list[ColumnElement[bool]]:
    """The lines after this one, in an order that has lines without a date last: those with a date and those without."""
    dated, undated = ActionItem.due_on.is_not(None), ActionItem.due_on.is_(None)
    if after is None:
        return [dated, undated]
    due_on, item_id = after
    if due_on is None:
        return [and_(undated, ActionItem.id > item_id)]
    return [and_(ActionItem.due_on >= due_on, or_(ActionItem.due_on > due_on, ActionItem.id > item_id)), undated]


async def agencies_of(db: Session, mechanism_ids: Collection[int], *, on: date | None = None) -> list[Agency]:
    """The agencies that are, or with no date given ever were, members of these mechanisms, in agency order."""
    members = select(Member.agency_id).where(Member.mechanism_id.in_(mechanism_ids))
    if on is not None:
        members = members.where(Member.joined_on <= on, or_(Member.left_on.is_(None), Member.left_on > on))
    query = select(Agency).where(Agency.id.in_(members)).order_by(Agency.sort_order, Agency.id)
    return list(await db.scalars(query))


async def agency_of(db: Session, person_id: int) -> int | None:
    """The agency somebody belongs to; None for nobody."""
    return (await db.execute(select(Person.agency_id).where(Person.id == person_id))).scalar_one_or_none()


async def person(db: Session, person_id: int | None) -> Person | None:
    """Somebody by id, for a name."""
    return await db.get(Person, person_id) if person_id else None
