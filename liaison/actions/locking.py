"""The row lock with which every act on an action item begins."""

from sqlalchemy.orm import joinedload, selectinload

from liaison.actions.models import ActionItem, Support
from liaison.db import Session, locked


async def lock(db: Session, item: ActionItem) -> None:
    """The item under a lock, freshly read, with what a line of the ledger shows."""
    await locked(
        db,
        ActionItem,
        item.id,
        joinedload(ActionItem.mechanism),
        joinedload(ActionItem.lead_agency),
        selectinload(ActionItem.supports).joinedload(Support.agency),
    )
