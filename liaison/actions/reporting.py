"""How an action item goes: progress, done, no longer possible, reopened. One verb for page, mailed link, reply and API."""

from typing import Any

from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions.extending import lapse
from liaison.actions.locking import lock
from liaison.actions.models import DONE, NOT_POSSIBLE, ActionItem, Progress
from liaison.actions.permissions import may_register, may_report, supports_as
from liaison.checks import Check
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.meetings.recording import SENT_TWICE
from liaison.meetings.replies import Registered, registration

MOST = 2000
_NOT_YOURS = N_("Progress is reported by the owner, or by the responsible agency's liaison.")


async def report(
    db: Session,
    viewer: Viewer,
    item: ActionItem,
    text: str,
    *,
    registered: Registered | None = None,
    unverified: bool = False,
) -> Progress:
    """进展: a note on how it goes, also on an item that has ended; of a supporting agency on its own part. With `registered` it was told another way (代登记); `unverified`
    marks what came by mail from somebody whom no mail server vouches for.

    A form that is sent twice within a minute is one note. Raises NotPermitted, Invalid (text)."""
    await lock(db, item)
    supporting = None
    if registered is None:
        supporting = None if may_report(viewer, item) else supports_as(viewer, item)
        if supporting is None:
            _ask_report(viewer, item)
    elif not may_register(viewer, item, host_agency_id=item.meeting.host_agency_id if item.meeting else None):
        raise NotPermitted(_NOT_YOURS)
    check = Check()
    text = check.required_text("text", text, most=MOST, lines=True)
    check.done()
    facts = None
    if registered is not None:
        too_early = N_("This lies before the item was assigned.")
        facts = registration(db, registered, viewer, since=item.assigned_at, too_early=too_early)
    if (same := await _just_said(db, viewer, item, text, facts)) is not None:
        return same
    progress = Progress(
        action_item_id=item.id,
        text=text,
        at=db.now(),
        by_id=viewer.person_id or None,
        via="registered" if registered else viewer.via,
        registered=facts,
        unverified=unverified,
        agency_id=supporting,
        agency=await db.get(Agency, supporting) if supporting else None,
    )
    db.add(progress)
    await db.flush()
    _audit(db, viewer, "report", item, progress=progress.id)
    return progress


async def complete(
    db: Session, viewer: Viewer, item: ActionItem, *, note: str | None = None, version: int | None = None
) -> ActionItem:
    """办结: done; where the mechanism asks for it, reported done until somebody else closes it (`closing`). Doing it twice keeps only what the second `note` adds, as progress; `reopen` undoes it. Raises NotPermitted,
    Invalid, Conflict (ended otherwise)."""
    await lock(db, item)
    _ask_report(viewer, item)
    if item.ended_how == DONE or item.waits_for_closing:
        if note and note.strip() and note.strip() not in (item.ended_note, item.reported_done_note):
            await report(db, viewer, item, note)
        return item
    if item.mechanism.needs_closing and item.ended_at is None:
        await _report_done(db, viewer, item, note, version=version)
        return item
    await _end(db, viewer, item, DONE, note, required=False, version=version)
    return item


async def give_up(
    db: Session, viewer: Viewer, item: ActionItem, *, reason: str, version: int | None = None
) -> ActionItem:
    """终止办理（情况变化）: no longer possible, with the reason. `reopen` undoes it. Raises NotPermitted, Invalid, Conflict."""
    await lock(db, item)
    _ask_report(viewer, item)
    if item.ended_how == NOT_POSSIBLE:
        return item
    await _end(db, viewer, item, NOT_POSSIBLE, reason, required=True, version=version)
    return item


async def reopen(db: Session, viewer: Viewer, item: ActionItem, *, version: int | None = None) -> ActionItem:
    """It goes on after all: the same item, reminded again from the newest step that has come. Doing it twice changes nothing."""
    await lock(db, item)
    _ask_report(viewer, item)
    if item.ended_at is None and not item.waits_for_closing:
        return item
    item.check_version(version, state=item.state)
    db.add_all(item.said_at_end())
    item.go_on(db.now())
    item.touch()
    _audit(db, viewer, "reopen", item)
    return item


async def _just_said(
    db: Session, viewer: Viewer, item: ActionItem, text: str, registered: dict[str, Any] | None
) -> Progress | None:
    query = select(Progress).where(
        Progress.action_item_id == item.id,
        Progress.text == text,
        Progress.by_id.is_not_distinct_from(viewer.person_id or None),
        Progress.at > db.now() - SENT_TWICE,
    )
    rows = await db.scalars(query.order_by(Progress.id.desc()))
    return next((one for one in rows if _said(one.registered) == _said(registered)), None)


def _said(registered: dict[str, Any] | None) -> list[Any] | None:
    return [registered.get(name) for name in ("how", "said_by")] if registered else None


def _ask_report(viewer: Viewer, item: ActionItem) -> None:
    if not may_report(viewer, item):
        raise NotPermitted(_NOT_YOURS)


async def _report_done(db: Session, viewer: Viewer, item: ActionItem, note: str | None, *, version: int | None) -> None:
    item.check_version(version, state=item.state)
    check = Check()
    note = check.text("note", note, most=MOST, lines=True)
    check.done()
    item.reported_done_at, item.reported_done_by = db.now(), viewer.person_id or None
    item.reported_done_note = note
    await lapse(db, viewer, item)
    item.touch()
    _audit(db, viewer, "report_done", item, note=note)


async def _end(
    db: Session, viewer: Viewer, item: ActionItem, how: str, note: str | None, *, required: bool, version: int | None
) -> None:
    item.check_version(version, state=item.state)
    if item.ended_at is not None:
        raise Conflict(N_("This action item has ended. Reopen it first."))
    check = Check()
    note = check.text("note" if how == DONE else "reason", note, most=MOST, lines=True, required=required)
    check.done()
    item.ended_at, item.ended_how, item.ended_note = db.now(), how, note
    item.ended_by, item.ended_via = viewer.person_id or None, viewer.via
    await lapse(db, viewer, item)
    item.touch()
    _audit(db, viewer, "complete" if how == DONE else "not_possible", item, note=note)


def _audit(db: Session, viewer: Viewer, verb: str, item: ActionItem, **params: Any) -> None:
    audit.add(db, viewer, verb, f"action:{item.id}", mechanism_id=item.mechanism_id, **params)
