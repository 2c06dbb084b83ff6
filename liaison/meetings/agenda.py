"""The agenda: items proposed, accepted, changed, put in order, taken off."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.directory import outside
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries
from liaison.meetings.agenda_queries import next_position
from liaison.meetings.audience import item_title, may_see_item
from liaison.meetings.locking import AGENDA_HELD, audit_line, lock, lock_item
from liaison.meetings.models import PURPOSES, AgendaItem, Meeting
from liaison.meetings.permissions import (
    is_host,
    is_their_item,
    may_arrange,
    may_propose,
    may_propose_for,
    may_record,
    may_see_proposed,
    may_set_audience,
    may_withdraw,
)
from liaison.meetings.scheduling import UNSET, Unset

_NOT_YOURS_TO_CLOSE = N_("Who may know of an item is said by the agency that brings it.")


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
    audience: Collection[int] = (),
    again_id: int | None = None,
) -> AgendaItem:
    """Put an item on the agenda: accepted at once from the host officer, proposed from others, and from everybody who writes it by
    mail. `duration_minutes` is time wanted; `audience` names the agencies that may know of it, the one that brings it besides, and
    none if everybody may. The same title by a link once more is the same item, and one that was returned is thereby proposed again;
    `again_id` names that one, whatever it is called now. Raises NotPermitted, Invalid (each field), Conflict once the meeting has been
    held, or that item is not returned any more."""
    await lock(db, meeting, held=AGENDA_HELD)
    if not may_propose(viewer, meeting):
        raise NotPermitted(N_("Agenda items come from the people of member agencies."))
    there = await _there(db, viewer, meeting, title, again_id) if viewer.via == "link" else None
    if there is not None and there.state != "returned":
        return there
    item = there or AgendaItem(
        meeting_id=meeting.id,
        meeting=meeting,
        position=await next_position(db, meeting.id),
        state="accepted" if is_host(viewer, meeting) and viewer.via != "mail" else "proposed",
        proposed_by=viewer.person_id or None,
        proposed_at=db.now(),
        version=1,
    )
    check = Check()
    brought_by = agency_id or viewer.agency_id
    if audience or there is None:
        item.audience = await agencies_to_know(db, check, meeting, audience, brought_by)
    await _say(db, viewer, check, item, title, purpose, brought_by, presenter_id, duration_minutes)
    if there is not None:
        _propose_again(item)
        item.touch()
    db.add(item)
    await db.flush()
    audit_line(
        db, viewer, "add_item" if item.state == "accepted" else "propose", meeting, item=item.id, title=item.title
    )
    return item


async def _there(db: Session, viewer: Viewer, meeting: Meeting, title: str, again_id: int | None) -> AgendaItem | None:
    """The item that the viewer's agency proposed already: the one that is named and was returned, else that of this title."""
    own = (AgendaItem.agency_id == viewer.agency_id, AgendaItem.removed_at.is_(None))
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id, *own).order_by(AgendaItem.id).limit(1)
    query = query.options(
        joinedload(AgendaItem.agency), joinedload(AgendaItem.presenter), joinedload(AgendaItem.meeting)
    )
    if again_id is not None:
        named = query.where(AgendaItem.id == again_id, AgendaItem.state == "returned")
        found = (await db.execute(named)).scalar_one_or_none()
        if found is not None:
            return found
    same = (await db.execute(query.where(AgendaItem.title == title.strip()))).scalar_one_or_none()
    if same is None and again_id is not None:
        raise Conflict(N_("This item is not returned any more: it was proposed again, decided or taken off meanwhile."))
    return same


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
    audience: Collection[int] | Unset = UNSET,
    version: int | None = None,
) -> AgendaItem:
    """Edit an item: the host officer, or whose proposal it is until it is accepted. One that was returned to them is thereby proposed
    again. Raises NotPermitted, Invalid, Conflict."""
    await lock_item(db, item)
    if not may_withdraw(viewer, item.meeting, item):
        raise NotPermitted(N_("Only the host's liaison may change this item."))
    item.check_version(version, title=item.title, purpose=item.purpose, duration_minutes=item.duration_minutes)
    check = Check()
    if not isinstance(audience, Unset):
        await _set_audience(db, viewer, check, item, audience, agency_id)
    elif item.audience is not None and agency_id is not None:
        item.audience |= {agency_id}
    await _say(db, viewer, check, item, title, purpose, agency_id, presenter_id, duration_minutes)
    if item.state == "returned" and is_their_item(viewer, item.meeting, item):
        _propose_again(item)
    item.touch()
    audit_line(db, viewer, "change_item", item.meeting, item=item.id, title=item.title)
    return item


def _propose_again(item: AgendaItem) -> None:
    item.state, item.returned_at, item.returned_by, item.reason = "proposed", None, None, None


async def set_audience(
    db: Session, viewer: Viewer, item: AgendaItem, audience: Collection[int], *, version: int | None = None
) -> AgendaItem:
    """知悉范围: say which agencies may know of an item, also once it is accepted; none: everybody who sees the meeting. Whoever was told
    of it before keeps what they were told. Raises NotPermitted, Invalid (audience), Conflict."""
    await lock_item(db, item)
    if not may_set_audience(viewer, item.meeting, item):
        raise NotPermitted(_NOT_YOURS_TO_CLOSE)
    item.check_version(version, title=item.title, purpose=item.purpose, duration_minutes=item.duration_minutes)
    check = Check()
    await _set_audience(db, viewer, check, item, audience, item.agency_id)
    check.done()
    item.touch()
    audit_line(db, viewer, "set_audience", item.meeting, item=item.id, audience=sorted(item.audience or ()))
    return item


async def accept_item(db: Session, viewer: Viewer, item: AgendaItem, *, version: int | None = None) -> AgendaItem:
    """审定: an item becomes part of the agenda, also one that was returned, or that waits for the next meeting. Doing it twice changes
    nothing. Raises NotPermitted, Conflict."""
    await lock_item(db, item)
    if not may_arrange(viewer, item.meeting, await queries.chairs(db, item.meeting_id)):
        raise NotPermitted(N_("Only the host's liaison and the chair may accept items."))
    item.check_version(version, title=item_title(viewer, item), state=item.state)
    if item.state != "accepted":
        item.state, item.returned_at, item.returned_by, item.reason = "accepted", None, None, None
        item.touch()
        audit_line(db, viewer, "accept_item", item.meeting, item=item.id)
    return item


async def withdraw_item(db: Session, viewer: Viewer, item: AgendaItem, *, version: int | None = None) -> AgendaItem:
    """Take an item off the agenda; `restore_item` undoes it. Raises NotPermitted, Conflict."""
    await lock_item(db, item)
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
    await lock_item(db, item)
    if not may_withdraw(viewer, item.meeting, item):
        raise NotPermitted(N_("Only the host's liaison may change this item."))
    if item.removed_at is not None:
        item.removed_at = None
        item.touch()
        audit_line(db, viewer, "restore_item", item.meeting, item=item.id, title=item.title)
    return item


async def order(db: Session, viewer: Viewer, meeting: Meeting, item_ids: Sequence[int]) -> None:
    """Put the agenda in this order. `item_ids` names every item once; else Invalid, and nothing moves."""
    await _arranging(db, viewer, meeting)
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
    apart, an accepted item passes it. Raises NotPermitted, Conflict for one that was returned, deferred or taken off meanwhile."""
    await _arranging(db, viewer, item.meeting)
    items = await queries.agenda(db, item.meeting_id)
    ids = [one.id for one in items]
    if item.id not in ids:
        raise Conflict(N_("This item is not on the agenda any more."))
    at, step = ids.index(item.id), -1 if up else 1
    to = at + step
    if item.state == "accepted" and item.meeting.takes_place_by(db.clock.today(item.meeting.timezone)):
        while 0 <= to < len(ids) and items[to].state != "accepted":
            to += step
    if 0 <= to < len(ids):
        ids.insert(to, ids.pop(at))
    await order(db, viewer, item.meeting, ids)


async def _arranging(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    await lock(db, meeting, held=AGENDA_HELD)
    if not may_arrange(viewer, meeting, await queries.chairs(db, meeting.id)):
        raise NotPermitted(N_("Only the host's liaison and the chair may order the agenda."))


async def item_of(
    db: Session, viewer: Viewer, item_id: int, *, removed: bool = False, unseen: bool = False
) -> AgendaItem:
    """One agenda item that this viewer may know of, of a meeting they see. With `unseen`, for acts that need no knowledge of what it is
    about, also a restricted one on an agenda that they arrange or record. Raises NotFound."""
    beside = joinedload(AgendaItem.meeting).options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    query = (
        select(AgendaItem)
        .where(AgendaItem.id == item_id)
        .options(beside, joinedload(AgendaItem.agency), joinedload(AgendaItem.presenter))
    )
    item = (await db.execute(query)).scalar_one_or_none()
    if item is None or (item.removed_at is not None and not removed):
        raise NotFound
    meeting = await queries.get(db, viewer, item.meeting_id)
    known, chairs = may_see_item(viewer, item), frozenset[int]()
    if not known or (item.state != "accepted" and item.proposed_by != viewer.person_id):
        chairs = await queries.chairs(db, item.meeting_id)
    arranges = may_arrange(viewer, meeting, chairs)
    if not known and not (unseen and (arranges or (item.state == "accepted" and may_record(viewer, meeting, chairs)))):
        raise NotFound
    if (
        item.state != "accepted"
        and item.proposed_by != viewer.person_id
        and not may_see_proposed(viewer, meeting, chairs)
    ):
        raise NotFound  # a proposal is seen by who made it and by those who run the meeting or its agenda
    return item


async def _set_audience(
    db: Session,
    viewer: Viewer,
    check: Check,
    item: AgendaItem,
    audience: Collection[int],
    agency_id: int | None,
) -> None:
    found = await agencies_to_know(db, check, item.meeting, audience, agency_id or viewer.agency_id)
    if found != item.audience:
        if not may_set_audience(viewer, item.meeting, item):
            raise NotPermitted(_NOT_YOURS_TO_CLOSE)
        item.audience = found


async def agencies_to_know(
    db: Session, check: Check, meeting: Meeting, given: Collection[int], brought_by: int
) -> frozenset[int] | None:
    """The audience that was given: member agencies, and those asked to the meeting; who brings the item (or the paper) knows of it.
    None where none was given."""
    if not given:
        return None
    days = (meeting.local_on, db.clock.today(meeting.timezone))
    among = {
        one.agency_id for one in await mechanisms.members(db, meeting.mechanism_id) if any(map(one.is_member_on, days))
    }
    if not among.issuperset(given):
        among |= {one.agency_id for one in await queries.invitations(db, meeting.id)}
        among |= {one.agency_id for one in await queries.attendees(db, meeting.id)}
    if not among.issuperset(given):
        check.refuse("audience", N_("Please choose member agencies, or agencies asked to this meeting."))
    return frozenset(given) | {brought_by}


async def _say(
    db: Session,
    viewer: Viewer,
    check: Check,
    item: AgendaItem,
    title: str,
    purpose: str,
    agency_id: int | None,
    presenter_id: int | None,
    duration_minutes: int | None,
) -> None:
    title = check.required_text("title", title, most=200)
    purpose = check.choice("purpose", purpose, PURPOSES)
    check.number("duration_minutes", duration_minutes, least=1, most=1440)
    host = item.meeting.host_agency_id
    agency = await outside.agency_named(db, agency_id, kept_by=host) if agency_id else None
    if agency_id and agency is None:
        check.refuse("agency_id", N_("Please choose an agency from the directory."))
    presenter = await outside.person_named(db, presenter_id, kept_by=host) if presenter_id else None
    if presenter_id and (presenter is None or presenter.deactivated_at is not None):
        check.refuse("presenter_id", N_("Please choose somebody from the directory."))
    if presenter is not None and item.audience is not None and presenter.agency_id not in item.audience:
        check.refuse("presenter_id", N_("Who presents the item must be of an agency that may know of it."))
    for given, of, before in (
        (agency_id, agency_id, item.agency_id),
        (presenter_id, presenter.agency_id if presenter else None, item.presenter_id),
    ):
        if of and given != before and not may_propose_for(viewer, item.meeting, of):
            raise NotPermitted(
                N_("You propose items of your own agency; those of others are put by the host's liaison.")
            )
    check.done()
    item.title, item.purpose, item.duration_minutes = title, purpose, duration_minutes
    item.agency_id, item.agency = (agency.id, agency) if agency else (None, None)
    item.presenter_id, item.presenter = (presenter.id, presenter) if presenter else (None, None)
