"""申请延期: who owes an action item asks for another date; the other agencies' liaisons agree, or one of them refuses, with a reason."""

from datetime import date

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions import extension_mails, extension_queries
from liaison.actions.extension_models import (
    AGREED,
    LAPSED,
    PROPOSED,
    REFUSED,
    WITHDRAWN,
    Extension,
    ExtensionAnswer,
    Others,
    settled,
)
from liaison.actions.extension_queries import others
from liaison.actions.history import came_out, line_of
from liaison.actions.locking import lock
from liaison.actions.models import ActionItem
from liaison.actions.permissions import decides_as, may_report, may_withdraw
from liaison.audit import Actor
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency, Person
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_

MOST = 1000
CLOCK = Actor(None, "worker")
_DECIDED = N_("This request has been decided already, and what was decided does not change.")


async def ask(db: Session, viewer: Viewer, item: ActionItem, *, due_on: date | None, reason: str) -> Extension:
    """Ask for another, later date. One request at a time; the same one sent twice is one.

    Raises NotPermitted, Invalid (due_on, reason), Conflict (ended, waits to be closed, or another request is under way)."""
    await lock(db, item)
    if not may_report(viewer, item):
        raise NotPermitted(
            N_("Another date is asked for by the owner, or by the responsible agency's liaison or deputy.")
        )
    item.ask_owed()
    check = Check()
    reason = check.required_text("reason", reason, most=MOST, lines=True)
    due_on = check.day("due_on", due_on, required=True)
    if item.due_on is None:
        check.refuse("due_on", N_("This item has no due date; set one by editing it."))
    elif due_on is not None and due_on <= item.due_on:
        check.refuse("due_on", N_("Please give a date after the present due date."))
    elif due_on is not None and due_on < db.clock.today(item.mechanism.timezone):
        check.refuse("due_on", N_("This date has passed."))
    check.done()
    assert due_on is not None
    open_ = await extension_queries.open_of(db, item.id)
    if open_ is not None:
        if (open_.due_on, open_.reason, open_.asked_by) == (due_on, reason, viewer.person_id or None):
            return open_
        raise Conflict(
            N_("Another date has been asked for already, and is not decided yet. Withdraw that request first.")
        )
    extension = Extension(
        action_item_id=item.id,
        action_item=item,
        agency_id=item.lead_agency_id,
        due_before=item.due_on,
        due_on=due_on,
        reason=reason,
        asked_at=db.now(),
        asked_by=viewer.person_id or None,
        asker=await db.get(Person, viewer.person_id) if viewer.person_id else None,
        asked_via=viewer.via,
        version=1,
        answers=[],
    )
    db.add(extension)
    await db.flush()
    _audit(db, viewer, "ask_extension", extension, due_on=due_on.isoformat(), reason=reason)
    return extension


async def agree(db: Session, viewer: Viewer, extension: Extension) -> Extension:
    """Agree for one's agency, or in the chair for all. When nobody's word is missing any more the date changes and reminders are
    planned anew. Twice is once. Raises NotPermitted, Conflict (decided, ended)."""
    return await _answer(db, viewer, extension, agreed=True, reason=None)


async def refuse(db: Session, viewer: Viewer, extension: Extension, *, reason: str) -> Extension:
    """Refuse it, with the reason: one refusal is enough. Raises NotPermitted, Invalid (reason), Conflict (decided, ended)."""
    return await _answer(db, viewer, extension, agreed=False, reason=reason)


async def withdraw(db: Session, viewer: Viewer, extension: Extension) -> Extension:
    """Take the request back: whoever asked, and their agency's liaison or deputy. Twice is once. Raises NotPermitted, Conflict."""
    await _lock(db, extension)
    if not may_withdraw(viewer, extension):
        raise NotPermitted(N_("A request is withdrawn by whoever made it, or by their agency's liaison or deputy."))
    if extension.state == WITHDRAWN:
        return extension
    if extension.state != PROPOSED:
        raise Conflict(_DECIDED)
    _close(db, viewer, extension, WITHDRAWN)
    return extension


async def lapse(db: Session, viewer: Viewer, item: ActionItem) -> None:
    """What is asked for falls away when the item ends or is reported done, gets another date or is handed to another agency."""
    open_ = await extension_queries.open_of(db, item.id)
    if open_ is not None:
        open_.action_item = item
        _close(db, viewer, open_, LAPSED)


async def settle(db: Session, extension: Extension, asked: Others) -> bool:
    """Decide what every agency that still has a liaison has agreed to: the one whose word was missing has none any more, or has left.
    For the clock; whether it is decided now."""
    if extension.closed_at is None and settled(asked.agency_ids, extension.answers) is not None:
        await _lock(db, extension)
        await _settle(db, CLOCK, extension, asked)
    return extension.closed_at is not None


async def _answer(db: Session, viewer: Viewer, extension: Extension, *, agreed: bool, reason: str | None) -> Extension:
    await _lock(db, extension)
    item = extension.action_item
    asked = await others(db, item)
    role = decides_as(viewer, extension, asked)
    if role is None:
        raise NotPermitted(
            N_(
                "Another date is agreed to by the liaisons of the other member agencies, or by the chair of the meeting."
            )
        )
    agency_id = viewer.agency_id if role == "chair" else viewer.officer_of(item.mechanism_id) or 0
    earlier = next((a for a in extension.answers if (a.agency_id, a.as_chair) == (agency_id, role == "chair")), None)
    if earlier is not None and earlier.agreed == agreed:
        return extension
    if extension.state != PROPOSED or earlier is not None:
        raise Conflict(_DECIDED)
    item.ask_owed()
    check = Check()
    reason = check.text("reason", reason, most=MOST, lines=True, required=not agreed)
    check.done()
    extension.answers.append(
        ExtensionAnswer(
            extension_id=extension.id,
            agency_id=agency_id,
            agency=await db.get_one(Agency, agency_id),
            as_chair=role == "chair",
            agreed=agreed,
            reason=reason,
            at=db.now(),
            by_id=viewer.person_id,
            by=await db.get_one(Person, viewer.person_id),
            via=viewer.via,
        )
    )
    extension.touch()
    verb = "agree_to_extension" if agreed else "refuse_extension"
    _audit(db, viewer, verb, extension, reason=reason, as_chair=role == "chair")
    await _settle(db, viewer, extension, asked)
    return extension


async def _settle(db: Session, actor: Viewer | Actor, extension: Extension, asked: Others) -> None:
    how = settled(asked.agency_ids, extension.answers)
    if how is None or extension.closed_at is not None:
        return
    item = extension.action_item
    _close(db, actor, extension, how)
    if how == AGREED:
        change = line_of(
            item, db.now(), by=actor.person_id, via=actor.via, reason=extension.reason, extension_id=extension.id
        )
        item.due_on = extension.due_on
        came_out(change, item)
        db.add(change)
        item.plan_reminders(db.now())
        item.touch()
    await extension_mails.tell_ended(db, extension, by=actor.person_id or None)


async def _lock(db: Session, extension: Extension) -> None:
    """Item and request under a lock, the item first as everywhere, and the answers freshly read."""
    await lock(db, extension.action_item)
    await locked(db, Extension, extension.id)
    await extension_queries.answers_again(db, extension)


def _close(db: Session, actor: Viewer | Actor, extension: Extension, how: str) -> None:
    extension.closed_at, extension.closed_how, extension.closed_by = db.now(), how, actor.person_id or None
    extension.touch()
    if how != REFUSED:  # whose refusal it was stands in a line of its own
        _audit(db, actor, f"extension_{how}", extension, due_on=extension.due_on.isoformat())


def _audit(db: Session, actor: Viewer | Actor, verb: str, extension: Extension, **params: object) -> None:
    item = extension.action_item
    audit.add(db, actor, verb, f"action:{item.id}", mechanism_id=item.mechanism_id, extension=extension.id, **params)
