"""Action items that pass from one owner to another because somebody's office or agency changes; 原责任人 is kept (PRACTICE.md 3, 6)."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions.models import ActionItem, FormerOwner
from liaison.actions.queries import visible_to
from liaison.audit import Actor
from liaison.db import Session, locked
from liaison.directory.models import Agency, Person


async def open_items(
    db: Session, owner_id: int, agency_id: int, *, mechanism_id: int | None = None
) -> Sequence[ActionItem]:
    """The open items that somebody owns for an agency, what is due first first; those of one mechanism, or of all. With `mechanism`."""
    query = select(ActionItem).where(
        ActionItem.owner_id == owner_id, ActionItem.lead_agency_id == agency_id, ActionItem.ended_at.is_(None)
    )
    if mechanism_id is not None:
        query = query.where(ActionItem.mechanism_id == mechanism_id)
    query = query.options(joinedload(ActionItem.mechanism))
    return (await db.scalars(query.order_by(ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id))).all()


async def readable(db: Session, viewer: Viewer, item_ids: Collection[int]) -> set[int]:
    """Those of these items whose words the viewer may read."""
    query = select(ActionItem.id).where(ActionItem.id.in_(item_ids), visible_to(viewer))
    return set(await db.scalars(query)) if item_ids else set()


async def former_owners(db: Session, item_id: int) -> Sequence[FormerOwner]:
    """原责任人 of an item, newest first."""
    query = select(FormerOwner).where(FormerOwner.action_item_id == item_id)
    return (await db.scalars(query.order_by(FormerOwner.id.desc()))).all()


async def pass_on(
    db: Session,
    actor: Viewer | Actor,
    item_ids: Collection[int],
    *,
    from_: Person,
    agency: Agency,
    to: Person | None,
    on: date,
) -> list[int]:
    """Give these items of one owner to another, or to nobody yet; which of them were still open and theirs. `agency`: the owner's.

    Who owned them is kept by name and agency as they are now. What is to be reminded goes to the new owner from the next step on."""
    passed = []
    for item_id in sorted(item_ids):
        item = await locked(db, ActionItem, item_id)
        if item.owner_id != from_.id or item.ended_at is not None:
            continue
        item.owner_id = to.id if to else None
        item.former_owner = from_.name
        item.touch()
        db.add(
            FormerOwner(
                action_item_id=item.id,
                person_id=from_.id,
                name=from_.name,
                agency_name=agency.name,
                until_on=on,
                to_name=to.name if to else None,
            )
        )
        facts = {"from_person": from_.id, "to_person": to.id if to else None, "on": on.isoformat()}
        audit.add(db, actor, "pass_on", f"action:{item.id}", mechanism_id=item.mechanism_id, **facts)
        passed.append(item.id)
    return passed
