"""What pages, API, mails and the desk read of notices. Everything that a viewer sees goes through `visible_to`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, tuple_, union
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotFound
from liaison.mail.models import OutboxMail
from liaison.notices.addressing import Holder
from liaison.notices.models import WAS_SENT, Addressee, Notice, NoticeAct, NoticeEscalation
from liaison.notices.permissions import reads_for

RECEIVED, SENT_BOX, DRAFTS = "received", "sent", "drafts"
BOXES = (RECEIVED, SENT_BOX, DRAFTS)
_LISTED = (
    joinedload(Notice.mechanism),
    joinedload(Notice.from_agency),
    selectinload(Notice.addressees).options(joinedload(Addressee.agency), joinedload(Addressee.passed_on_to)),
)
WHOLE = (
    *_LISTED[:2],
    joinedload(Notice.sender),
    joinedload(Notice.enterer),
    joinedload(Notice.entered_for),
    selectinload(Notice.addressees).options(
        joinedload(Addressee.agency),
        joinedload(Addressee.passed_on_to),
        selectinload(Addressee.acts).joinedload(NoticeAct.by),
    ),
    selectinload(Notice.papers),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed by; `open_only`: those on which something is still waited for."""

    box: str = RECEIVED
    kind: str | None = None
    mechanism_id: int | None = None
    agency_id: int | None = None
    """The other agency: the sender of what was received, an addressee of what was sent."""
    wanted: str | None = None
    """A part of the subject or of the number."""
    open_only: bool = False


def visible_to(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Those that the viewer's agency wrote, or that were sent to it; nobody else finds any trace of them."""
    seen = []
    for mechanism_id, agency_id in reads_for(viewer, today):
        to_it = select(Addressee.id).where(Addressee.notice_id == Notice.id, Addressee.agency_id == agency_id)
        sent_to_it = and_(Notice.sent_at.is_not(None), to_it.exists())
        seen.append(and_(Notice.mechanism_id == mechanism_id, or_(Notice.from_agency_id == agency_id, sent_to_it)))
    return or_(false(), *seen)


async def get(db: Session, viewer: Viewer, notice_id: int, *, discarded: bool = False) -> Notice:
    """One with everything its page shows, if this viewer may see it; `discarded`: also a draft that was thrown away. Raises NotFound."""
    seen = visible_to(viewer, db.clock.today(db.settings.timezone))
    return await _one(db, Notice.id == notice_id, seen, *([] if discarded else [Notice.discarded_at.is_(None)]))


async def whole(db: Session, notice_id: int) -> Notice:
    """The same for the worker, who words mails. Raises NotFound."""
    return await _one(db, Notice.id == notice_id, Notice.discarded_at.is_(None))


async def waiting_in(db: Session, mechanism_id: int, agency_id: int | None = None) -> list[Notice]:
    """The notices of a mechanism on which an agency still owes its word, or this one does; what is due first first."""
    query = (
        select(Addressee.notice_id)
        .join(Notice, Notice.id == Addressee.notice_id)
        .where(Notice.mechanism_id == mechanism_id, *WAS_SENT)
        .where(Addressee.asked, Addressee.settled_at.is_(None))
        .order_by(Addressee.due_on.is_(None), Addressee.due_on, Addressee.id)
    )
    if agency_id is not None:
        query = query.where(Addressee.agency_id == agency_id)
    ids = list(dict.fromkeys(await db.scalars(query)))
    if not ids:
        return []
    rows = await db.scalars(select(Notice).where(Notice.id.in_(ids)).options(*WHOLE))
    return sorted((_holds_its_lines(one) for one in rows), key=lambda one: ids.index(one.id))


async def of_link(db: Session, addressee_id: int) -> Notice:
    """The notice that the link of one addressee is about, which the link's own rules then guard. Raises NotFound."""
    query = select(Addressee.notice_id).where(Addressee.id == addressee_id)
    notice_id = (await db.execute(query)).scalar_one_or_none()
    if notice_id is None:
        raise NotFound
    return await whole(db, notice_id)


async def listed(
    db: Session, viewer: Viewer, filters: Filters, *, before: int | None = None, limit: int = 50
) -> list[Notice]:
    """A box of the viewer's agencies, newest first, from the one before that notice on. It is read by an index however much there is. Raises
    NotFound (`before`)."""
    today = db.clock.today(db.settings.timezone)
    place = await place_of(db, viewer, before) if before is not None else None
    found: dict[int, Notice] = {}
    for mechanism_id, agency_id in reads_for(viewer, today):
        if filters.mechanism_id not in (None, mechanism_id):
            continue
        query = _box(filters, agency_id).where(Notice.mechanism_id == mechanism_id)
        query = _narrowed(query, filters)
        # in the order of the index that the box is read by
        order = (Addressee.dated_on, Addressee.notice_id) if filters.box == RECEIVED else (Notice.dated_on, Notice.id)
        if place is not None:
            query = query.where(tuple_(*order) < place)
        rows = await db.scalars(query.options(*_LISTED).order_by(*(each.desc() for each in order)).limit(limit))
        found |= {row.id: row for row in rows}
    return sorted(found.values(), key=lambda one: (one.dated_on, one.id), reverse=True)[:limit]


async def place_of(db: Session, viewer: Viewer, notice_id: int) -> tuple[date, int]:
    """Where a notice that the viewer may see stands in lists: a page goes on behind it. Raises NotFound."""
    query = select(Notice.dated_on).where(
        Notice.id == notice_id, visible_to(viewer, db.clock.today(db.settings.timezone))
    )
    day = await db.scalar(query)
    if day is None:
        raise NotFound
    return day, notice_id


def _box(filters: Filters, agency_id: int) -> Select[Notice]:
    query = select(Notice).where(Notice.discarded_at.is_(None))
    if filters.box == RECEIVED:
        query = query.join(Addressee, Addressee.notice_id == Notice.id)
        query = query.where(Addressee.agency_id == agency_id, Notice.sent_at.is_not(None))
        if filters.agency_id is not None:
            query = query.where(Notice.from_agency_id == filters.agency_id)
        return query.where(Addressee.settled_at.is_(None)) if filters.open_only else query
    query = query.where(Notice.from_agency_id == agency_id)
    if filters.box == DRAFTS:
        return query.where(Notice.sent_at.is_(None))
    query = query.where(Notice.sent_at.is_not(None))
    to = select(Addressee.id).where(Addressee.notice_id == Notice.id)
    if filters.agency_id is not None:
        query = query.where(to.where(Addressee.agency_id == filters.agency_id).exists())
    return query.where(to.where(Addressee.settled_at.is_(None)).exists()) if filters.open_only else query


def _narrowed(query: Select[Notice], filters: Filters) -> Select[Notice]:
    if filters.kind is not None:
        query = query.where(Notice.kind == filters.kind)
    if filters.wanted:
        named = Notice.subject, Notice.doc_no
        query = query.where(or_(*(column.contains(filters.wanted, autoescape=True) for column in named)))
    return query


async def of_mechanism(
    db: Session, viewer: Viewer, mechanism_id: int, *, before: int | None = None, limit: int = 100
) -> Sequence[Notice]:
    """Those of one mechanism that the viewer may see, newest first, for programs. Raises NotFound (`before`)."""
    today = db.clock.today(db.settings.timezone)
    place = await place_of(db, viewer, before) if before is not None else None
    places: set[tuple[date, int]] = set()
    for own in (agency_id for in_it, agency_id in reads_for(viewer, today) if in_it == mechanism_id):
        sent_to_it = Addressee.agency_id == own, Notice.sent_at.is_not(None)
        for order, *mine in (  # each in the order of its index
            ((Notice.dated_on, Notice.id), Notice.from_agency_id == own),
            ((Addressee.dated_on, Addressee.notice_id), *sent_to_it),
        ):
            query = select(*order).where(*mine, Notice.mechanism_id == mechanism_id, Notice.discarded_at.is_(None))
            if order[0] is Addressee.dated_on:
                query = query.join(Notice, Notice.id == Addressee.notice_id)
            if place is not None:
                query = query.where(tuple_(*order) < place)
            rows = await db.execute(query.order_by(*(each.desc() for each in order)).limit(limit))
            places |= {(row[0], row[1]) for row in rows}
    newest = [id_ for _, id_ in sorted(places, reverse=True)[:limit]]
    found = await db.scalars(select(Notice).where(Notice.id.in_(newest)).options(*WHOLE))
    return sorted(found, key=lambda one: (one.dated_on, one.id), reverse=True)


async def open_ones(db: Session, viewer: Viewer) -> list[Addressee]:
    """What is waited for, from the viewer's agencies or by them, with its notice; what is due first first."""
    of_mechanism = Notice.mechanism_id + 0  # by no index: it would be read through all that was ever sent there
    mine = [
        and_(of_mechanism == mechanism_id, or_(Addressee.agency_id == own, Addressee.from_agency_id == own))
        for mechanism_id, own in ((office.mechanism_id, office.agency_id) for office in viewer.designations)
    ]
    own_ids = {office.agency_id for office in viewer.designations}
    is_open = select(Addressee.id).where(Addressee.settled_at.is_(None))
    either = union(  # each by its index of what is open, however much is settled
        is_open.where(Addressee.agency_id.in_(own_ids)), is_open.where(Addressee.from_agency_id.in_(own_ids))
    )
    query = (
        select(Addressee)
        .join(Notice, Notice.id == Addressee.notice_id)
        .where(Addressee.id.in_(either), *WAS_SENT, or_(false(), *mine))
        .options(
            joinedload(Addressee.agency),
            joinedload(Addressee.notice).options(joinedload(Notice.mechanism), joinedload(Notice.from_agency)),
        )
        .order_by(Addressee.decision.is_not(None), Addressee.due_on.is_(None), Addressee.due_on, Addressee.id)
        .limit(200)
    )
    return list(await db.scalars(query))


async def leads_found_at(db: Session, viewer: Viewer, meeting_id: int) -> list[Notice]:
    """The referrals of leads that were found at a joint activity, as far as the viewer's agency referred or received them."""
    seen = visible_to(viewer, db.clock.today(db.settings.timezone))
    query = select(Notice).where(Notice.activity_id == meeting_id, Notice.discarded_at.is_(None), seen)
    return list(await db.scalars(query.order_by(Notice.id)))


async def escalations(db: Session, viewer: Viewer, notice: Notice) -> Sequence[NoticeEscalation]:
    """What the viewer's own agency wrote of it to its leader, newest first; nothing of any other agency's."""
    query = select(NoticeEscalation).where(
        NoticeEscalation.notice_id == notice.id, NoticeEscalation.agency_id == viewer.acts_for(notice.mechanism_id)
    )
    query = query.options(joinedload(NoticeEscalation.by), joinedload(NoticeEscalation.to_person))
    return (await db.scalars(query.order_by(NoticeEscalation.id.desc()).limit(20))).all()


async def deliveries(db: Session, notice_id: int) -> dict[int, tuple[str, str | None]]:
    """By addressee, how the newest mail with the notice to its liaison, or to its own address, stands: state and reason; where no mail
    went there, the one to a deputy."""
    query = select(OutboxMail.params, OutboxMail.state, OutboxMail.reason)
    query = query.where(OutboxMail.about == f"notice:{notice_id}", OutboxMail.kind == "notice").order_by(OutboxMail.id)
    liaisons, deputies = dict[int, tuple[str, str | None]](), dict[int, tuple[str, str | None]]()
    for params, state, reason in await db.execute(query):
        for holder in (Holder(*each) for each in params["holders"]):
            (deputies if holder.is_deputy else liaisons)[holder.addressee_id] = state, reason
    return deputies | liaisons


async def _one(db: Session, *conditions: ColumnElement[bool]) -> Notice:
    found = (await db.execute(select(Notice).where(*conditions).options(*WHOLE))).unique().scalar_one_or_none()
    if found is None:
        raise NotFound
    return _holds_its_lines(found)


def _holds_its_lines(found: Notice) -> Notice:
    """Who holds a line holds its notice."""
    for line in found.addressees:
        set_committed_value(line, "notice", found)
    return found
