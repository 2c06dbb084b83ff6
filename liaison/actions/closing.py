"""办结需确认, where the mechanism asks for it: what is reported done is closed, or sent back with the reason, by somebody else."""

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions import closing_mails, extension_queries
from liaison.actions.extending import lapse
from liaison.actions.locking import lock
from liaison.actions.models import DONE, ActionItem, Progress
from liaison.actions.permissions import judges_as
from liaison.checks import Check
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_

MOST = 1000


async def close(db: Session, viewer: Viewer, item: ActionItem, *, version: int | None = None) -> ActionItem:
    """Close it: it is done. Twice is once. Raises NotPermitted, Conflict (not reported done, stale)."""
    await _ask(db, viewer, item)
    if item.ended_how == DONE:
        return item
    _reported(item, version)
    item.ended_at, item.ended_how, item.ended_note = db.now(), DONE, item.reported_done_note
    item.ended_by, item.ended_via = viewer.person_id, viewer.via
    await lapse(db, viewer, item)
    item.touch()
    audit.add(db, viewer, "close_action", f"action:{item.id}", mechanism_id=item.mechanism_id)
    await closing_mails.tell(db, item, None, by=viewer.person_id)
    return item


async def send_back(
    db: Session, viewer: Viewer, item: ActionItem, *, reason: str, version: int | None = None
) -> ActionItem:
    """退回: it is not done yet, with the reason; it goes on, and is reminded of again. Raises NotPermitted, Invalid (reason), Conflict."""
    await _ask(db, viewer, item)
    _reported(item, version)
    check = Check()
    reason = check.required_text("reason", reason, most=MOST, lines=True)
    check.done()
    db.add_all(item.said_at_end())
    await db.flush()
    own = viewer.officer_of(item.mechanism_id) or viewer.agency_id
    note = Progress(
        action_item_id=item.id,
        text=reason,
        at=db.now(),
        by_id=viewer.person_id,
        via=viewer.via,
        agency_id=own,
        agency=await db.get(Agency, own),
        sent_back=True,
    )
    db.add(note)
    await db.flush()
    await closing_mails.tell(db, item, note, by=viewer.person_id)
    item.go_on(db.now())
    item.touch()
    audit.add(db, viewer, "send_back", f"action:{item.id}", mechanism_id=item.mechanism_id, reason=reason)
    return item


async def _ask(db: Session, viewer: Viewer, item: ActionItem) -> None:
    await lock(db, item)
    others = await extension_queries.others(db, item)
    if judges_as(viewer, item, others, asked_by=item.reported_done_by) is None:
        raise NotPermitted(
            N_("An item is closed by the liaisons of the other member agencies, or by the chair of the meeting.")
        )


def _reported(item: ActionItem, version: int | None) -> None:
    item.check_version(version, state=item.state)
    if not item.waits_for_closing:
        raise Conflict(N_("This item is not reported done."))
