"""Assigning an action item and changing what it says: which agency is responsible, who supports, who owns it, by when."""

from collections.abc import Collection
from datetime import date
from typing import Any

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions import dating, dating_mails, handing_mails, queries
from liaison.actions.extending import lapse
from liaison.actions.history import came_out, line_of
from liaison.actions.locking import lock
from liaison.actions.models import ActionItem, Support
from liaison.actions.permissions import CORRECTS, may_assign, may_change
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency, Person
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.meetings.audience import restricts
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import is_recording
from liaison.meetings.scheduling import UNSET, Unset

DEFAULT_DAYS = 14
"""So many days ahead a date is proposed for a new item."""


async def assign(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    title: str,
    lead_agency_id: int | None,
    meeting: Meeting | None = None,
    decision_id: int | None = None,
    supporting_agency_ids: Collection[int] = (),
    owner_id: int | None = None,
    due_on: date | None = None,
) -> ActionItem:
    """Give one agency something to do, from a meeting (and perhaps a decision of it) or between meetings.

    `due_on` is a local date of the mechanism's zone. The owner is somebody of the responsible agency. Raises NotPermitted,
    Invalid (title, lead_agency_id, supporting_agency_ids, owner_id, due_on, decision_id)."""
    mechanism = await locked(db, Mechanism, mechanism_id)
    recording = meeting is not None and is_recording(viewer, meeting, db.now())
    if not may_assign(viewer, mechanism_id, recording=recording):
        raise NotPermitted(N_("Only liaison officers and deputies of this mechanism may do this."))
    today = db.clock.today(mechanism.timezone)
    item = ActionItem(
        mechanism_id=mechanism.id,
        mechanism=mechanism,
        meeting_id=meeting.id if meeting else None,
        meeting=meeting,
        assigned_on=meeting.local_on if meeting else today,
        assigned_at=db.now(),
        assigned_by=viewer.person_id,
        version=1,
        supports=[],
    )
    check = Check()
    item.decision_id, item.decision = await _decision(db, viewer, check, meeting, decision_id)
    await _say(db, check, item, title, lead_agency_id, supporting_agency_ids, owner_id, due_on)
    db.add(item)
    await db.flush()
    audit_line(db, viewer, "assign", item, title=item.title, lead_agency=item.lead_agency_id, due_on=_iso(item.due_on))
    return item


async def change(
    db: Session,
    viewer: Viewer,
    item: ActionItem,
    *,
    version: int | None = None,
    title: str | Unset = UNSET,
    lead_agency_id: int | Unset = UNSET,
    supporting_agency_ids: Collection[int] | Unset = UNSET,
    owner_id: int | Unset | None = UNSET,
    due_on: date | Unset | None = UNSET,
    reason: str | None = None,
) -> ActionItem:
    """Change what is given of an open item; another date, agency or owner stays readable beside the former (`reason`: why), and whoever is to do it now is mailed. What was
    asked for (申请延期) falls away with another date or agency. Once the item was told another date is for its agency, or is corrected with
    a reason that the agency is mailed (`permissions.dates_as`); who chaired the meeting corrects that alone.

    Raises NotPermitted, Invalid, Conflict (ended, or a stale form)."""
    await lock(db, item)
    if not may_change(viewer, item):
        only_date = all(isinstance(one, Unset) for one in (title, lead_agency_id, supporting_agency_ids, owner_id))
        if not (only_date and await dating.may_correct(db, viewer, item)):
            raise NotPermitted(N_("Only liaison officers and deputies of this mechanism may do this."))
    item.check_version(
        version, title=item.title, lead_agency_id=item.lead_agency_id, owner_id=item.owner_id, due_on=item.due_on
    )
    if item.ended_at is not None:
        raise Conflict(N_("This action item has ended. Reopen it first."))
    other_agency = not isinstance(lead_agency_id, Unset) and lead_agency_id != item.lead_agency_id
    kept_owner = None if other_agency else item.owner_id
    check = Check()
    corrects = False
    if not isinstance(due_on, Unset) and due_on != item.due_on:
        corrects = await dating.asked_as(db, viewer, item, due_on) == CORRECTS
    reason = check.text("reason", reason, most=1000, lines=True, required=corrects)
    change_line = line_of(item, db.now(), by=viewer.person_id, via=viewer.via, reason=reason)
    before = {
        "title": item.title,
        "lead_agency": item.lead_agency_id,
        "owner": item.owner_id,
        "due_on": _iso(item.due_on),
    }
    await _say(
        db,
        check,
        item,
        item.title if isinstance(title, Unset) else title,
        item.lead_agency_id if isinstance(lead_agency_id, Unset) else lead_agency_id,
        [one.agency_id for one in item.supports] if isinstance(supporting_agency_ids, Unset) else supporting_agency_ids,
        kept_owner if isinstance(owner_id, Unset) else owner_id,
        item.due_on if isinstance(due_on, Unset) else due_on,
    )
    if came_out(change_line, item):
        db.add(change_line)
    if change_line.moves_date or change_line.lead_before_id != change_line.lead_after_id:
        await lapse(db, viewer, item)
    if change_line.lead_before_id != change_line.lead_after_id and item.waits_for_closing:
        # What one agency reported done is no word of the next one, which would be reminded of nothing.
        db.add_all(item.said_at_end())
        item.go_on(db.now())
    if change_line.hands_over and viewer.via != "cli":  # the command line sends no mail
        await handing_mails.tell(db, item, change_line, by=viewer.person_id)
    said: dict[str, Any] = {"before": before, "title": item.title, "due_on": _iso(item.due_on)}
    if corrects:
        await dating_mails.tell(db, item, change_line, by=viewer.person_id)
        said["reason"] = reason
    item.touch()
    audit_line(db, viewer, "correct_due_date" if corrects else "change_action", item, **said)
    return item


async def transfer(
    db: Session,
    viewer: Viewer,
    item: ActionItem,
    *,
    lead_agency_id: int | None = None,
    owner_id: int | None = None,
    reason: str | None = None,
    version: int | None = None,
) -> ActionItem:
    """Hand an open item to somebody else: another owner, who brings the responsible agency along, or another agency whose owner is
    still to be named. An agency that supported it does so no longer when it becomes the responsible one. Raises like `change`."""
    if lead_agency_id is None and owner_id is None:
        raise Invalid({"owner_id": N_("Please choose who takes this over.")})
    await lock(db, item)  # or supporting agencies that somebody adds just now would be lost
    lead = lead_agency_id or await queries.agency_of(db, owner_id or 0) or 0
    supporting = [one.agency_id for one in item.supports if one.agency_id != lead]
    return await change(
        db,
        viewer,
        item,
        version=version,
        lead_agency_id=lead,
        owner_id=owner_id,
        supporting_agency_ids=supporting,
        reason=reason,
    )


async def _say(
    db: Session,
    check: Check,
    item: ActionItem,
    title: str,
    lead_agency_id: int | None,
    supporting_agency_ids: Collection[int],
    owner_id: int | None,
    due_on: date | None,
) -> None:
    today = db.clock.today(item.mechanism.timezone)
    members = set(await queries.member_ids(db, item.mechanism_id, today))
    # Whom the item names already may have left since: that must not stand in the way of another change.
    members |= {one.agency_id for one in item.supports} | ({item.lead_agency_id} if item.lead_agency_id else set())
    owner_stays = owner_id is not None and owner_id == item.owner_id and lead_agency_id == item.lead_agency_id
    title = check.required_text("title", title, most=300)
    lead = await db.get(Agency, lead_agency_id) if lead_agency_id in members else None
    if lead is None:
        check.refuse("lead_agency_id", N_("Please choose the one member agency that is responsible."))
    supporting = [await db.get(Agency, one) for one in dict.fromkeys(supporting_agency_ids) if one in members]
    if len(supporting) != len(set(supporting_agency_ids)):
        check.refuse("supporting_agency_ids", N_("Supporting agencies are members of the mechanism."))
    if lead_agency_id in set(supporting_agency_ids):
        check.refuse("supporting_agency_ids", N_("The responsible agency does not support itself."))
    owner = await db.get(Person, owner_id) if owner_id else None
    fits = owner is not None and owner.deactivated_at is None and owner.agency_id == lead_agency_id
    if owner_id and not (fits or owner_stays):
        check.refuse("owner_id", N_("The owner is somebody of the responsible agency."))
    audience = await db.scalar(restricts(item.decision_id)) if item.decision_id is not None else None
    if audience is not None and not audience.issuperset({lead_agency_id, *supporting_agency_ids}):
        check.refuse(
            "lead_agency_id", N_("What was decided on a restricted item is done by agencies that may know of it.")
        )
    check.day("due_on", due_on)
    if due_on is not None and due_on < item.assigned_on:
        check.refuse("due_on", N_("The due date lies before the day on which the item was assigned."))
    check.done()
    assert lead is not None
    replans = item.id is None or due_on != item.due_on
    item.title, item.due_on = title, due_on
    item.lead_agency_id, item.lead_agency = lead.id, lead
    item.owner_id, item.owner = (owner.id, owner) if owner else (None, None)
    kept = {one.agency_id: one for one in item.supports}
    item.supports = [kept.get(a.id) or Support(agency_id=a.id, agency=a) for a in supporting if a is not None]
    if replans:  # else a step that is due and not gone yet would be lost
        item.plan_reminders(db.now())


async def _decision(
    db: Session, viewer: Viewer, check: Check, meeting: Meeting | None, decision_id: int | None
) -> tuple[int | None, Decision | None]:
    if decision_id is None:
        return None, None
    decision = await db.get(Decision, decision_id)
    if decision is not None:
        audience = await db.scalar(restricts(decision.id))
        if audience is not None and viewer.agency_id not in audience:
            decision = None
    if decision is None or meeting is None or decision.meeting_id != meeting.id or decision.revoked_at is not None:
        check.refuse("decision_id", N_("Please choose a decision of this meeting."))
        return None, None
    return decision.id, decision


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def audit_line(db: Session, viewer: Viewer, verb: str, item: ActionItem, **params: Any) -> None:
    audit.add(db, viewer, verb, f"action:{item.id}", mechanism_id=item.mechanism_id, **params)
