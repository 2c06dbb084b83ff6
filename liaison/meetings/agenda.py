"""The agenda: items proposed, accepted, changed, put in order, taken off."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency, Person
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.meetings import queries
from liaison.meetings.models import PURPOSES, AgendaItem, Meeting
from liaison.meetings.permissions import is_host, may_arrange, may_change, may_propose, may_withdraw


async def add_item(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    title: str,
    purpose: str,
    agency_id: int | None = None,
    presenter_id: int | None = None,
    duration_minutes: int | None = None,
) -> AgendaItem:
    """Put an item on the agenda: accepted at once from the host officer, proposed from others. `duration_minutes` is time wanted."""
    await _open(db, meeting)
    if not may_propose(viewer, meeting):
        raise NotPermitted(N_("Agenda items come from the people of member agencies."))
    last = select(func.coalesce(func.max(AgendaItem.position), 0)).where(AgendaItem.meeting_id == meeting.id)
    item = AgendaItem(
        meeting_id=meeting.id,
        meeting=meeting,
        position=(await db.execute(last)).scalar_one() + 1,
        state="accepted" if is_host(viewer, meeting) else "proposed",
        proposed_by=viewer.person_id,
        proposed_at=db.now(),
        version=1,
    )
    await _say(db, item, title, purpose, agency_id or viewer.agency_id, presenter_id, duration_minutes)
    db.add(item)
    await db.flush()
    _audit(db, viewer, "add_item" if item.state == "accepted" else "propose", item, title=item.title)
    return item


async def change_item(
    db: Session,
    viewer: Viewer,
    item: AgendaItem,
    *,
    title: str,
    purpose: str,
    agency_id: int | None,
    presenter_id: int | None,
    duration_minutes: int | None,
    version: int | None = None,
) -> AgendaItem:
    """Edit an item: the host officer, or who proposed it while it is only proposed. Raises NotPermitted, Invalid, Conflict."""
    await _open(db, item.meeting)
    await locked(db, AgendaItem, item.id)
    if not may_withdraw(viewer, item.meeting, item):
        raise NotPermitted(N_("Only the host's liaison may change this item."))
    item.check_version(version, title=item.title, purpose=item.purpose, duration_minutes=item.duration_minutes)
    await _say(db, item, title, purpose, agency_id, presenter_id, duration_minutes)
    item.touch()
    _audit(db, viewer, "change_item", item, title=item.title)
    return item


async def accept_item(db: Session, viewer: Viewer, item: AgendaItem) -> AgendaItem:
    """审定: a proposed item becomes part of the agenda. Doing it twice changes nothing."""
    await _open(db, item.meeting)
    if not may_arrange(viewer, item.meeting):
        raise NotPermitted(N_("Only the host's liaison may accept items."))
    if item.state == "proposed":
        item.state = "accepted"
        item.touch()
        _audit(db, viewer, "accept_item", item)
    return item


async def withdraw_item(db: Session, viewer: Viewer, item: AgendaItem) -> AgendaItem:
    """Take an item off the agenda; `restore_item` undoes it."""
    await _open(db, item.meeting)
    if not may_withdraw(viewer, item.meeting, item):
        raise NotPermitted(N_("Only the host's liaison may take this item off."))
    if item.removed_at is None:
        item.removed_at = db.now()
        item.touch()
        _audit(db, viewer, "withdraw_item", item, title=item.title)
    return item


async def restore_item(db: Session, viewer: Viewer, item: AgendaItem) -> AgendaItem:
    """Undo `withdraw_item`: the item stands where it stood."""
    await _open(db, item.meeting)
    if not may_withdraw(viewer, item.meeting, item):
        raise NotPermitted(N_("Only the host's liaison may change this item."))
    if item.removed_at is not None:
        item.removed_at = None
        item.touch()
        _audit(db, viewer, "restore_item", item, title=item.title)
    return item


async def order(db: Session, viewer: Viewer, meeting: Meeting, item_ids: Sequence[int]) -> None:
    """Put the agenda in this order. `item_ids` names every item once; else Invalid, and nothing moves."""
    await _open(db, meeting)
    if not may_arrange(viewer, meeting):
        raise NotPermitted(N_("Only the host's liaison may order the agenda."))
    items = {item.id: item for item in await queries.agenda(db, meeting.id)}
    if sorted(item_ids) != sorted(items):
        raise Invalid(
            {"item_ids": N_("Please name every item of the agenda once; it may have changed in the meantime.")}
        )
    for position, item_id in enumerate(item_ids, 1):
        items[item_id].position = position
    audit.add(
        db, viewer, "order_agenda", f"meeting:{meeting.id}", mechanism_id=meeting.mechanism_id, items=list(item_ids)
    )


async def move_item(db: Session, viewer: Viewer, item: AgendaItem, *, up: bool) -> None:
    """Move an item one place up or down; at the edge nothing happens."""
    ids = [one.id for one in await queries.agenda(db, item.meeting_id)]
    at = ids.index(item.id)
    to = at - 1 if up else at + 1
    if 0 <= to < len(ids):
        ids[at], ids[to] = ids[to], ids[at]
    await order(db, viewer, item.meeting, ids)


async def item_of(db: Session, viewer: Viewer, item_id: int, *, removed: bool = False) -> AgendaItem:
    """One agenda item of a meeting this viewer sees. Raises NotFound."""
    item = await db.get(AgendaItem, item_id, options=[joinedload(AgendaItem.agency), joinedload(AgendaItem.presenter)])
    if item is None or (item.removed_at is not None and not removed):
        raise NotFound
    meeting = await queries.get(db, viewer, item.meeting_id)
    if item.state != "accepted" and item.proposed_by != viewer.person_id and not may_change(viewer, meeting):
        raise NotFound  # a proposal is seen by who made it and by those who run the meeting
    await db.refresh(item, ["meeting"])
    assert item.meeting is meeting
    return item


async def _say(
    db: Session,
    item: AgendaItem,
    title: str,
    purpose: str,
    agency_id: int | None,
    presenter_id: int | None,
    duration_minutes: int | None,
) -> None:
    check = Check()
    item.title = check.required_text("title", title, most=200)
    item.purpose = check.choice("purpose", purpose, PURPOSES)
    item.duration_minutes = check.number("duration_minutes", duration_minutes, least=1, most=1440)
    agency = await db.get(Agency, agency_id) if agency_id else None
    if agency_id and agency is None:
        check.refuse("agency_id", N_("Please choose an agency from the directory."))
    presenter = await db.get(Person, presenter_id) if presenter_id else None
    if presenter_id and (presenter is None or presenter.deactivated_at is not None):
        check.refuse("presenter_id", N_("Please choose somebody from the directory."))
    check.done()
    item.agency_id, item.agency = (agency.id, agency) if agency else (None, None)
    item.presenter_id, item.presenter = (presenter.id, presenter) if presenter else (None, None)


async def _open(db: Session, meeting: Meeting) -> None:
    await locked(db, Meeting, meeting.id, joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    if meeting.held_at:
        raise Conflict(N_("This meeting has been held; its agenda can no longer be changed."))


def _audit(db: Session, viewer: Viewer, verb: str, item: AgendaItem, **params: Any) -> None:
    audit.add(
        db, viewer, verb, f"meeting:{item.meeting_id}", mechanism_id=item.meeting.mechanism_id, item=item.id, **params
    )
