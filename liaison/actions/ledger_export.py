"""落实台账 as a table that people take along and bring back: what the viewer may see, narrowed as on the page."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from liaison.accounts.viewer import Viewer
from liaison.actions import queries
from liaison.actions.ledger_table import cells_of, table_of
from liaison.actions.models import ActionItem, Progress
from liaison.actions.permissions import may_read_end, reads_before
from liaison.actions.queries import Filters
from liaison.db import Session
from liaison.documents.spreadsheet import MOST_ROWS
from liaison.errors import Conflict
from liaison.i18n import N_, Words


async def exported(db: Session, viewer: Viewer, filters: Filters, words: Words, *, today: date) -> list[list[str]]:
    """The table with its headings, in the ledger's order. Raises Conflict for more rows than can come back."""
    items = await queries.ledger(db, viewer, filters, today=today, limit=MOST_ROWS + 1)
    if len(items) > MOST_ROWS:
        raise Conflict(N_("These are more than %(most)s items. Please narrow the ledger first."), most=MOST_ROWS)
    return table_of(words, (await rows_now(db, viewer, items, words)).values())


async def rows_now(db: Session, viewer: Viewer, items: Sequence[ActionItem], words: Words) -> dict[int, dict[str, str]]:
    """By item, what its row says now."""
    carried = await queries.carried(db, items)
    newest = await _newest(db, [item.id for item in items])
    found = {}
    for item in items:
        note, before = newest.get(item.id), reads_before(viewer, item, db.now())
        found[item.id] = cells_of(
            words,
            item,
            db.settings.secret_key,
            today=db.clock.today(item.mechanism.timezone),
            carried=carried.get(item.id, 0),
            progress=note.text if note is not None and (before is None or note.at < before) else "",
            tells_end=may_read_end(viewer, item, db.now()),
        )
    return found


async def _newest(db: Session, item_ids: Sequence[int]) -> dict[int, Progress]:
    newest = (
        select(func.max(Progress.id)).where(Progress.action_item_id.in_(item_ids)).group_by(Progress.action_item_id)
    )
    rows = await db.scalars(select(Progress).where(Progress.id.in_(newest))) if item_ids else ()
    return {one.action_item_id: one for one in rows}
