"""What the host does with items that do not come onto this agenda: given back with a reason (退回), or left for the next meeting (暂缓),
as the same item with its history."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency, Person
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import MAIL_ONLY, PAPER, Designation, Mechanism, Member
from liaison.mechanisms.queries import OnDuty
from liaison.meetings import queries
from liaison.meetings.agenda_models import AgendaItemMove
from liaison.meetings.agenda_queries import next_position
from liaison.meetings.audience import item_title
from liaison.meetings.locking import audit_line, lock_item
from liaison.meetings.models import NUMBERED_KINDS, AgendaItem, Meeting
from liaison.meetings.permissions import may_arrange
from liaison.meetings.queries import PERSON_ADDRESS

KIND = "agenda_item"
RETURNED, DEFERRED = "returned", "deferred"


async def return_item(
    db: Session, viewer: Viewer, item: AgendaItem, *, reason: str, version: int | None = None
) -> AgendaItem:
    """退回: give an item back with the reason, which its proposer is told at once; changed, it is proposed again. Doing it twice
    changes nothing. Raises NotPermitted, Invalid (reason), Conflict."""
    reason = await _begun(db, viewer, item, reason, version, required=True) or ""
    if item.state == RETURNED:
        return item
    item.state, item.returned_at, item.returned_by, item.reason = RETURNED, db.now(), viewer.person_id, reason
    item.begun_at = item.settled_at = None
    item.touch()
    audit_line(db, viewer, "return_item", item.meeting, item=item.id, reason=reason)
    await _tell(db, viewer, item, RETURNED, reason, item.meeting)
    return item


async def defer_item(
    db: Session, viewer: Viewer, item: AgendaItem, *, reason: str | None = None, version: int | None = None
) -> AgendaItem:
    """暂缓: leave an item for the mechanism's next joint meeting, on whose agenda it is proposed; while none is scheduled it waits for
    one. It stays the same item, and its proposer is told at once. Doing it twice changes nothing: what was deferred onto a meeting and
    is not decided there is deferred from it by who names its present `version`. Raises NotPermitted, Invalid (reason), Conflict."""
    reason = await _begun(db, viewer, item, reason, version)
    if item.state == DEFERRED or (version is None and item.state == "proposed" and await _came_by_deferring(db, item)):
        return item
    here = item.meeting
    there = await _next_meeting(db, here)
    db.add(
        AgendaItemMove(
            agenda_item_id=item.id,
            from_meeting_id=here.id,
            to_meeting_id=there.id if there else None,
            at=db.now(),
            by_id=viewer.person_id,
            reason=reason,
        )
    )
    item.state, item.reason, item.deferred_count = DEFERRED, reason, item.deferred_count + 1
    item.returned_at = item.returned_by = item.begun_at = item.settled_at = None
    item.touch()
    to = there.id if there else None
    audit_line(db, viewer, "defer_item", here, item=item.id, reason=reason, to=to)
    if there is not None:
        await _put_on(db, viewer, item, there)
    await _tell(db, viewer, item, DEFERRED, reason, here, to)
    return item


async def take_up_deferred(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    """Put what waits for the mechanism's next joint meeting on the agenda of this one, which was just scheduled, or given a date
    again."""
    if meeting.kind not in NUMBERED_KINDS or meeting.starts_at <= db.now():
        return
    waits = (
        select(AgendaItem)
        .join(AgendaItem.meeting)
        .where(
            Meeting.mechanism_id == meeting.mechanism_id,
            Meeting.id != meeting.id,
            Meeting.starts_at < meeting.starts_at,
            AgendaItem.state == DEFERRED,
            AgendaItem.removed_at.is_(None),
        )
        .order_by(AgendaItem.id)
    )
    for item in await db.scalars(waits.options(joinedload(AgendaItem.meeting))):
        await locked(db, AgendaItem, item.id)
        if item.state != DEFERRED:
            continue
        open_end = select(AgendaItemMove).where(
            AgendaItemMove.agenda_item_id == item.id, AgendaItemMove.to_meeting_id.is_(None)
        )
        for move in await db.scalars(open_end):
            move.to_meeting_id = meeting.id
        await _put_on(db, viewer, item, meeting)
        item.touch()


async def hand_on_deferred(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    """What was deferred to this meeting, which was just cancelled, is deferred to the next joint meeting instead: onto its agenda, or
    while none is scheduled it waits for one where it was deferred from."""
    waits = (
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.id, AgendaItem.removed_at.is_(None), AgendaItem.deferred_count > 0)
        .where(AgendaItem.state.in_(("proposed", "accepted")))
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    await db.flush()
    for item in (await db.scalars(waits.options(joinedload(AgendaItem.meeting)))).all():
        await locked(db, AgendaItem, item.id)
        move = await _last_move(db, item)
        if move is None or move.to_meeting_id != meeting.id:
            continue
        there = await _next_meeting(db, move.from_meeting)
        move.to_meeting_id = there.id if there else None
        item.begun_at = item.settled_at = None
        if there is not None:
            await _put_on(db, viewer, item, there)
        else:
            item.position, item.state = await next_position(db, move.from_meeting_id), DEFERRED
            item.meeting_id, item.meeting = move.from_meeting_id, move.from_meeting
        item.touch()
        await db.flush()


async def _came_by_deferring(db: Session, item: AgendaItem) -> bool:
    """Whether it stands on its present agenda because it was deferred to it."""
    move = await _last_move(db, item) if item.deferred_count else None
    return move is not None and move.to_meeting_id == item.meeting_id


async def _last_move(db: Session, item: AgendaItem) -> AgendaItemMove | None:
    moves = await moves_of(db, item)
    return moves[-1] if moves else None


async def moves_of(db: Session, item: AgendaItem) -> Sequence[AgendaItemMove]:
    """How often the item was deferred, oldest first: from which meeting to which, by whom and why."""
    query = select(AgendaItemMove).where(AgendaItemMove.agenda_item_id == item.id).order_by(AgendaItemMove.id)
    beside = (
        joinedload(AgendaItemMove.from_meeting),
        joinedload(AgendaItemMove.to_meeting),
        joinedload(AgendaItemMove.by),
    )
    return (await db.scalars(query.options(*beside))).all()


async def _begun(
    db: Session, viewer: Viewer, item: AgendaItem, reason: str | None, version: int | None, *, required: bool = False
) -> str | None:
    """The item under a lock, and the reason as it is kept."""
    await lock_item(db, item)
    if not may_arrange(viewer, item.meeting, await queries.chairs(db, item.meeting_id)):
        raise NotPermitted(N_("Only the host's liaison and the chair may return or defer items."))
    item.check_version(version, title=item_title(viewer, item), state=item.state)
    check = Check()
    reason = check.text("reason", reason, most=500, lines=True, required=required)
    check.done()
    return reason


async def _next_meeting(db: Session, meeting: Meeting) -> Meeting | None:
    query = (
        select(Meeting)
        .where(
            Meeting.mechanism_id == meeting.mechanism_id,
            Meeting.id != meeting.id,
            Meeting.starts_at > max(meeting.starts_at, db.now()),
            Meeting.kind.in_(NUMBERED_KINDS),
            Meeting.cancelled_at.is_(None),
            Meeting.postponed_at.is_(None),
            Meeting.held_at.is_(None),
        )
        .options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(1)
    )
    return (await db.execute(query)).scalar_one_or_none()


async def _put_on(db: Session, viewer: Viewer, item: AgendaItem, meeting: Meeting) -> None:
    item.position = await next_position(db, meeting.id)
    item.meeting_id, item.meeting, item.state = meeting.id, meeting, "proposed"
    audit_line(db, viewer, "take_up_item", meeting, item=item.id)


async def _tell(
    db: Session,
    viewer: Viewer,
    item: AgendaItem,
    answer: str,
    reason: str | None,
    here: Meeting,
    to_meeting_id: int | None = None,
) -> None:
    """One mail to who proposed the item, or to the liaison of the agency that brings it where that is nobody any more, or to that agency
    itself while it has none; none to who acts."""
    person = await _proposer(db, item)
    mechanism = await db.get_one(Mechanism, item.meeting.mechanism_id)
    duty = await mechanisms.on_duty(db, mechanism, db.clock.today(item.meeting.timezone))
    member = next((one for one in duty.members if one.agency_id == item.agency_id), None)
    agency = _without_liaison(member, duty) if person is None else None
    office = next((one for one in duty.of_agency(item.agency_id) if person and one.person_id == person.id), None)
    address = person.effective_address() if person is not None else agency.own_address() if agency is not None else None
    if address is None or (person is not None and person.id == viewer.person_id):
        return
    await outbox.enqueue(
        db,
        kind=KIND,
        about=f"item:{item.id}",
        address=address.mail,
        display_to=f"{address.holder} <{address.mail}>",
        locale=person.mail_locale(db.settings.locale) if person else (agency and agency.locale) or db.settings.locale,
        person_ids=[person.id] if person else [],
        source_id=item.id,
        params={
            "answer": answer,
            "reason": reason,
            "to": to_meeting_id,
            "meeting": here.id,
            "agency_id": agency.id if agency else None,
            "by_mail": member is not None and member.takes_part == MAIL_ONLY,
            "office": _office(office) if office else None,
        },
        created_by=viewer.person_id or None,
    )


async def _proposer(db: Session, item: AgendaItem) -> Person | None:
    if item.proposed_by is not None:
        query = select(Person).where(Person.id == item.proposed_by, Person.deactivated_at.is_(None))
        found = (await db.execute(query.options(*PERSON_ADDRESS))).scalar_one_or_none()
        if found is not None and found.effective_address() is not None and _still_knows(item, found):
            return found
    if item.agency_id is None:
        return None
    today = db.clock.today(item.meeting.timezone)
    office = (await mechanisms.in_office(db, item.meeting.mechanism_id, today)).get(item.agency_id)
    if office is None:
        return None
    query = select(Person).where(Person.id == office.person_id, Person.deactivated_at.is_(None))
    return (await db.execute(query.options(*PERSON_ADDRESS))).scalar_one_or_none()


def _office(term: Designation) -> dict[str, int]:
    """What a link that rests on this designation is made for."""
    return {"person_id": term.person_id, "agency_id": term.agency_id, "designation_id": term.id}


def _without_liaison(member: Member | None, duty: OnDuty) -> Agency | None:
    """The agency that brings the item, where it has no liaison and is told by mail."""
    if member is None or member.takes_part == PAPER or duty.in_office[member.agency_id] is not None:
        return None
    return member.agency if member.agency.deactivated_at is None else None


def _still_knows(item: AgendaItem, person: Person) -> bool:
    """Whether the person is, by now, still of an agency that may know of the item."""
    return item.audience is None or person.agency_id in item.audience
