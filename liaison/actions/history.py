"""The history of an action item: which date, agency and owner stood there before, kept and shown (原完成时限、原责任人). Pure."""

from datetime import datetime

from liaison.actions.extension_models import ItemChange
from liaison.actions.models import ActionItem


def line_of(
    item: ActionItem,
    now: datetime,
    *,
    by: int | None,
    via: str,
    reason: str | None = None,
    extension_id: int | None = None,
) -> ItemChange:
    """A line that begins with how the item stands now; `came_out` says how it stands after."""
    return ItemChange(
        action_item_id=item.id,
        at=now,
        by_id=by or None,
        via=via,
        reason=reason,
        extension_id=extension_id,
        due_before=item.due_on,
        lead_before_id=item.lead_agency_id,
        owner_before_id=item.owner_id,
    )


def came_out(change: ItemChange, item: ActionItem) -> bool:
    """Note how it stands now; whether the line says anything."""
    change.due_after, change.lead_after_id, change.owner_after_id = item.due_on, item.lead_agency_id, item.owner_id
    return change.moves_date or change.hands_over
