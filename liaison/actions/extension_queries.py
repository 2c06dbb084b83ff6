"""What pages, API, mails and the desk read of requests for another date, and of an item's history."""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from liaison.accounts.viewer import Viewer
from liaison.actions import queries
from liaison.actions.extension_models import Extension, ExtensionAnswer, ItemChange, Others
from liaison.actions.models import ActionItem
from liaison.actions.permissions import reads_before
from liaison.db import Session
from liaison.errors import NotFound
from liaison.mechanisms.queries import on_duty
from liaison.meetings.models import Attendee
from liaison.meetings.queries import chairs

_ANSWERS = selectinload(Extension.answers).options(joinedload(ExtensionAnswer.agency), joinedload(ExtensionAnswer.by))
_ITEM = joinedload(Extension.action_item).options(*queries.SHOWN)
WHOLE = (_ANSWERS, joinedload(Extension.asker), _ITEM)
MOST = 50
"""So many of the newest are shown."""


async def others(db: Session, item: ActionItem) -> Others:
    """Who is asked today: an agency that joined after the item was assigned may not read it, unless it supports it, and nobody waits
    for a word that it cannot give. Needs `mechanism` and `supports`."""
    duty = await on_duty(db, item.mechanism, db.clock.today(item.mechanism.timezone))
    audience = (await queries.audiences(db, [item])).get(item.id)
    supporting = {one.agency_id for one in item.supports}
    concerned = [
        member.agency
        for member in duty.members
        if member.agency_id != item.lead_agency_id
        and (audience is None or member.agency_id in audience)
        and (member.joined_on <= item.assigned_on or member.agency_id in supporting)
    ]
    officers = [officer for agency in concerned if (officer := duty.in_office[agency.id]) is not None]
    vacant = [agency for agency in concerned if duty.in_office[agency.id] is None]
    return Others(officers, vacant, await chairs(db, item.meeting_id) if item.meeting_id else frozenset())


async def get(db: Session, viewer: Viewer, extension_id: int) -> Extension:
    """One with its item and answers, if this viewer may see it. Raises NotFound."""
    query = select(Extension).join(ActionItem, ActionItem.id == Extension.action_item_id)
    query = query.where(Extension.id == extension_id, queries.visible_to(viewer)).options(*WHOLE)
    found = (await db.execute(query)).unique().scalar_one_or_none()
    if found is None:
        raise NotFound
    before = reads_before(viewer, found.action_item, db.now())
    if before is not None and found.asked_at >= before:
        raise NotFound
    return found


async def whole(db: Session, extension_id: int) -> Extension | None:
    """The same for the worker, who words mails."""
    query = select(Extension).where(Extension.id == extension_id).options(*WHOLE)
    return (await db.execute(query)).unique().scalar_one_or_none()


async def of_item(db: Session, viewer: Viewer, item: ActionItem) -> Sequence[Extension]:
    """The requests of an item as the viewer reads them, newest first."""
    query = select(Extension).where(Extension.action_item_id == item.id).options(*WHOLE)
    if before := reads_before(viewer, item, db.now()):
        query = query.where(Extension.asked_at < before)
    return (await db.scalars(query.order_by(Extension.id.desc()).limit(MOST))).unique().all()


async def changes_of(db: Session, viewer: Viewer, item: ActionItem) -> Sequence[ItemChange]:
    """How its date, agency and owner changed as the viewer reads it, newest first."""
    query = select(ItemChange).where(ItemChange.action_item_id == item.id)
    query = query.options(
        *(
            joinedload(each)
            for each in (
                ItemChange.by,
                ItemChange.lead_before,
                ItemChange.lead_after,
                ItemChange.owner_before,
                ItemChange.owner_after,
            )
        )
    )
    if before := reads_before(viewer, item, db.now()):
        query = query.where(ItemChange.at < before)
    return (await db.scalars(query.order_by(ItemChange.id.desc()).limit(MOST))).all()


async def open_of(db: Session, item_id: int) -> Extension | None:
    """The request that is not decided yet."""
    query = select(Extension).where(Extension.action_item_id == item_id, Extension.closed_at.is_(None))
    return (await db.execute(query.options(_ANSWERS))).unique().scalar_one_or_none()


async def answers_again(db: Session, extension: Extension) -> None:
    """Read the answers anew: somebody may have answered before the lock was held."""
    query = select(ExtensionAnswer).where(ExtensionAnswer.extension_id == extension.id)
    await db.scalars(query.options(joinedload(ExtensionAnswer.agency), joinedload(ExtensionAnswer.by)))
    await db.refresh(extension, ["answers"])


async def waiting(db: Session, viewer: Viewer) -> Sequence[Extension]:
    """Those that wait for the word of the viewer, who is liaison in office of another agency; oldest first."""
    mine = [
        and_(ActionItem.mechanism_id == office.mechanism_id, ActionItem.lead_agency_id != office.agency_id)
        for office in viewer.designations
        if office.in_office
    ]
    if not mine:
        return []
    query = (
        select(Extension)
        .join(ActionItem, ActionItem.id == Extension.action_item_id)
        .where(or_(*mine), Extension.closed_at.is_(None), ActionItem.ended_at.is_(None), queries.visible_to(viewer))
        .options(*WHOLE)
        .order_by(Extension.id)
        .limit(MOST)
    )
    found = (await db.scalars(query)).unique().all()
    return [one for one in found if await _waits_for(db, viewer, one)]


async def to_close(db: Session, viewer: Viewer) -> Sequence[ActionItem]:
    """What is reported done and waits for the viewer, who is liaison in office of another agency or chaired the meeting that it came
    from; oldest first, with `mechanism`."""
    mine = [
        and_(ActionItem.mechanism_id == office.mechanism_id, ActionItem.lead_agency_id != office.agency_id)
        for office in viewer.designations
        if office.in_office
    ]
    chaired = select(Attendee.meeting_id).where(
        Attendee.person_id == viewer.person_id, Attendee.role == "chair", Attendee.removed_at.is_(None)
    )
    query = select(ActionItem).where(
        or_(ActionItem.meeting_id.in_(chaired), *mine),
        ActionItem.ended_at.is_(None),
        ActionItem.reported_done_at.is_not(None),
        ActionItem.reported_done_by.is_distinct_from(viewer.person_id),
        ActionItem.owner_id.is_distinct_from(viewer.person_id),
        queries.visible_to(viewer),
    )
    query = query.options(joinedload(ActionItem.mechanism)).order_by(ActionItem.reported_done_at)
    return (await db.scalars(query.limit(MOST))).all()


async def unclosed(db: Session, mechanism_ids: Collection[int]) -> Sequence[ActionItem]:
    """What is reported done in these mechanisms and waits to be closed, by whomever; oldest first."""
    query = select(ActionItem).where(
        ActionItem.mechanism_id.in_(mechanism_ids),
        ActionItem.ended_at.is_(None),
        ActionItem.reported_done_at.is_not(None),
    )
    return (await db.scalars(query.options(*queries.SHOWN).order_by(ActionItem.reported_done_at))).all()


async def _waits_for(db: Session, viewer: Viewer, extension: Extension) -> bool:
    own = viewer.officer_of(extension.action_item.mechanism_id) or 0
    return extension.answer_of(own) is None and own in (await others(db, extension.action_item)).agency_ids


async def undecided(db: Session, mechanism_ids: Collection[int]) -> Sequence[Extension]:
    """The requests of these mechanisms that are not decided yet, of open items, oldest first."""
    query = select(Extension).join(ActionItem, ActionItem.id == Extension.action_item_id)
    query = query.where(
        ActionItem.mechanism_id.in_(mechanism_ids), Extension.closed_at.is_(None), ActionItem.ended_at.is_(None)
    )
    return (await db.scalars(query.options(*WHOLE).order_by(Extension.id))).unique().all()
