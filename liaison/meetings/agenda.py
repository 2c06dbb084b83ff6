"""The agenda: items proposed, accepted, changed, put in order, taken off."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency, Person
from liaison.errors import Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.meetings import queries
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import PURPOSES, AgendaItem, Meeting
from liaison.meetings.permissions import (
    is_host,
    may_arrange,
    may_propose,
    may_propose_for,
    may_see_proposed,
    may_withdraw,
)

_HELD = N_("This meeting has been held; its agenda can no longer be changed.")


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
    """Put an item on the agenda: accepted at once from the host officer, proposed from others, and from everybody who writes it by
    mail. `duration_minutes` is time wanted."""
    await lock(db, meeting, held=_HELD)
    if not may_propose(viewer, meeting):
        raise NotPermitted(N_("Agenda items come from the people of member agencies."))
    last = select(func.coalesce(func.max(AgendaItem.position), 0)).where(AgendaItem.meeting_id == meeting.id)
    item = AgendaItem(
        meeting_id=meeting.id,
        meeting=meeting,
        position=(await db.execute(last)).scalar_one() + 1,
        state="accepted" if is_host(viewer, meeting) and viewer.via != "mail" else "proposed",
        proposed_by=viewer.person_id,
        proposed_at=db.now(),
        version=1,
    )
    await _say(db, viewer, item, title, purpose, agency_id or viewer.agency_id, presenter_id, duration_minutes)
    db.add(item)
    await db.flush()
    audit_line(
        db, viewer, "add_item" if item.state == "accepted" else "propose", meeting, item=item.id, title=item.title
    )
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
    await _lock(db, item)
    if not may_withdraw(viewer, item.meeting, item):
        raise NotPermitted(N_("Only the host's liaison may change this item."))
    item.check_version(version, title=item.title, purpose=item.purpose, duration_minutes=item.duration_minutes)
    await _say(db, viewer, item, title, purpose, agency_id, presenter_id, duration_minutes)
    item.touch()
    audit_line(db, viewer, "change_item", item.meeting, item=item.id, title=item.title)
    return item


async def accept_item(db: Session, viewer: Viewer, item: AgendaItem, *, version: int | None = None) -> AgendaItem:
    """审定: a proposed item becomes part of the agenda. Doing it twice changes nothing. Raises NotPermitted, Conflict."""
    await _lock(db, item)
    if not may_arrange(viewer, item.meeting, await queries.chairs(db, item.meeting_id)):
        raise NotPermitted(N_("Only the host's liaison and the chair may accept items."))
    item.check_version(version, title=item.title, state=item.state)
    if item.state == "proposed":
        item.state = "accepted"
        item.touch()
        audit_line(db, viewer, "accept_item", item.meeting, item=item.id)
    return item


async def withdraw_item(db: Session, viewer: Viewer, item: AgendaItem, *, version: int | None = None) -> AgendaItem:
    """Take an item off the agenda; `restore_item` undoes it. Raises NotPermitted, Conflict."""
    await _lock(db, item)
    if not may_withdraw(viewer, item.meeting, item):
        raise NotPermitted(N_("Only the host's liaison may take this item off."))
    item.check_version(version, title=item.title, state=item.state)
    if item.removed_at is None:
        item.removed_at = db.now()
        item.touch()
        audit_line(db, viewer, "withdraw_item", item.meeting, item=item.id, title=item.title)
    return item


async def restore_item(db: Session, viewer: Viewer, item: AgendaItem) -> AgendaItem:
    """Undo `withdraw_item`: the item stands where it stood."""
    await _lock(db, item)
    if not may_withdraw(viewer, item.meeting, item):
        raise NotPermitted(N_("Only the host's liaison may change this item."))
    if item.removed_at is not None:
        item.removed_at = None
        item.touch()
        audit_line(db, viewer, "restore_item", item.meeting, item=item.id, title=item.title)
    return item


async def order(db: Session, viewer: Viewer, meeting: Meeting, item_ids: Sequence[int]) -> None:
    """Put the agenda in this order. `item_ids` names every item once; else Invalid, and nothing moves."""
    await lock(db, meeting, held=_HELD)
    if not may_arrange(viewer, meeting, await queries.chairs(db, meeting.id)):
        raise NotPermitted(N_("Only the host's liaison and the chair may order the agenda."))
    items = {item.id: item for item in await queries.agenda(db, meeting.id)}
    if sorted(item_ids) != sorted(items):
        raise Invalid(
            {"item_ids": N_("Please name every item of the agenda once; it may have changed in the meantime.")}
        )
    for position, item_id in enumerate(item_ids, 1):
        items[item_id].position = position
    audit_line(db, viewer, "order_agenda", meeting, items=list(item_ids))


async def move_item(db: Session, viewer: Viewer, item: AgendaItem, *, up: bool) -> None:
    """Move an item one place up or down; at the edge nothing happens. On the day of the meeting, when what is only proposed stands
    apart, an accepted item passes it."""
    items = await queries.agenda(db, item.meeting_id)
    ids = [one.id for one in items]
    at, step = ids.index(item.id), -1 if up else 1
    to = at + step
    if item.state == "accepted" and item.meeting.takes_place_by(db.clock.today(item.meeting.timezone)):
        while 0 <= to < len(ids) and items[to].state != "accepted":
            to += step
    if 0 <= to < len(ids):
        ids.insert(to, ids.pop(at))
    await order(db, viewer, item.meeting, ids)


async def item_of(db: Session, viewer: Viewer, item_id: int, *, removed: bool = False) -> AgendaItem:
    """One agenda item of a meeting this viewer sees. Raises NotFound."""
    meeting = joinedload(AgendaItem.meeting).options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    query = (
        select(AgendaItem)
        .where(AgendaItem.id == item_id)
        .options(meeting, joinedload(AgendaItem.agency), joinedload(AgendaItem.presenter))
    )
    item = (await db.execute(query)).scalar_one_or_none()
    if item is None or (item.removed_at is not None and not removed):
        raise NotFound
    await queries.get(db, viewer, item.meeting_id)
    if item.state != "accepted" and item.proposed_by != viewer.person_id:
        chairs = await queries.chairs(db, item.meeting_id)
        if not may_see_proposed(viewer, item.meeting, chairs):
            raise NotFound  # a proposal is seen by who made it and by those who run the meeting or its agenda
    return item


async def _lock(db: Session, item: AgendaItem) -> None:
    await lock(db, item.meeting, held=_HELD)
    await locked(db, AgendaItem, item.id)


async def _say(
    db: Session,
    viewer: Viewer,
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
    for given, of, before in (
        (agency_id, agency_id, item.agency_id),
        (presenter_id, presenter.agency_id if presenter else None, item.presenter_id),
    ):
        if of and given != before and not may_propose_for(viewer, item.meeting, of):
            raise NotPermitted(
                N_("You propose items of your own agency; those of others are put by the host's liaison.")
            )
    check.done()
    item.agency_id, item.agency = (agency.id, agency) if agency else (None, None)
    item.presenter_id, item.presenter = (presenter.id, presenter) if presenter else (None, None)
