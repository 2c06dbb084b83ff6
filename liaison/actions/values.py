"""Action items as plain values for programs: what the API answers. Instants carry the mechanism's own offset."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from liaison.actions.due import NONE, due_state
from liaison.actions.escalation_models import Escalation
from liaison.actions.extension_models import Extension, ItemChange, Others
from liaison.actions.figures import Figures
from liaison.actions.ledger_import import TakenIn
from liaison.actions.models import ActionItem, Progress
from liaison.actions.reminder_models import HandReminder
from liaison.calendaring.workdays import region_calendar
from liaison.meetings.values import instant, registered_json


def action_json(item: ActionItem, today: date, carried_count: int, *, tells_end: bool) -> dict[str, Any]:
    """One item; `today` is the local date of its mechanism, `carried_count` at how many later meetings it was still open.

    Without `tells_end` the words with which it ended are left out (permissions.may_read_end)."""
    zone = ZoneInfo(item.mechanism.timezone)
    state = (
        NONE
        if item.ended_at or item.waits_for_closing
        else due_state(region_calendar(item.mechanism.region), item.due_on, today)
    )
    return {
        "id": str(item.id),
        "version": item.version,
        "mechanism_id": str(item.mechanism_id),
        "meeting_id": _id(item.meeting_id),
        "decision_id": _id(item.decision_id),
        "title": item.title,
        "lead_agency_id": str(item.lead_agency_id),
        "supporting_agency_ids": [str(one.agency_id) for one in item.supports],
        "owner_id": _id(item.owner_id),
        "former_owner": item.former_owner,
        "due_on": item.due_on,
        "state": item.state,
        "due_state": state,
        "carried_count": carried_count,
        "assigned_at": instant(item.assigned_at, zone),
        "assigned_by": _id(item.assigned_by),
        "waits_for_closing": item.waits_for_closing,
        "reported_done_at": instant(item.reported_done_at, zone),
        "ended_at": instant(item.ended_at, zone),
        "ended_by": _id(item.ended_by),
        "ended_note": item.ended_note if tells_end else None,
    }


def progress_json(progress: Progress, zone: ZoneInfo) -> dict[str, Any]:
    """One note on how an item goes."""
    return {
        "id": str(progress.id),
        "action_item_id": str(progress.action_item_id),
        "text": progress.text,
        "at": instant(progress.at, zone),
        "by_id": _id(progress.by_id),
        "via": progress.via,
        "agency_id": _id(progress.agency_id),
        "sent_back": progress.sent_back,
        "registered": registered_json(progress.registered, zone),
    }


def extension_json(extension: Extension, zone: ZoneInfo, asked: Others | None) -> dict[str, Any]:
    """One request for another date; with `asked` (while it is open) also whose word is missing."""
    said = {one.agency_id for one in extension.answers}
    missing = [one.agency_id for one in asked.officers if one.agency_id not in said] if asked else []
    return {
        "id": str(extension.id),
        "version": extension.version,
        "action_item_id": str(extension.action_item_id),
        "agency_id": str(extension.agency_id),
        "due_before": extension.due_before,
        "due_on": extension.due_on,
        "reason": extension.reason,
        "state": extension.state,
        "asked_at": instant(extension.asked_at, zone),
        "asked_by": _id(extension.asked_by),
        "answers": [
            {
                "agency_id": str(one.agency_id),
                "as_chair": one.as_chair,
                "agreed": one.agreed,
                "reason": one.reason,
                "at": instant(one.at, zone),
                "by_id": str(one.by_id),
            }
            for one in extension.answers
        ],
        "waits_for_agency_ids": [str(one) for one in missing],
        "vacant_agency_ids": [str(one.id) for one in asked.vacant] if asked else [],
        "closed_at": instant(extension.closed_at, zone),
    }


def change_json(change: ItemChange, zone: ZoneInfo) -> dict[str, Any]:
    """One line of an item's history: what stood there before, and after."""
    return {
        "at": instant(change.at, zone),
        "by_id": _id(change.by_id),
        "reason": change.reason,
        "extension_id": _id(change.extension_id),
        "due_before": change.due_before,
        "due_after": change.due_after,
        "lead_agency_before_id": str(change.lead_before_id),
        "lead_agency_after_id": str(change.lead_after_id),
        "owner_before_id": _id(change.owner_before_id),
        "owner_after_id": _id(change.owner_after_id),
    }


def reminder_json(reminder: HandReminder, zone: ZoneInfo) -> dict[str, Any]:
    """Who was reminded by hand, when and by whom."""
    return {
        "at": instant(reminder.at, zone),
        "by_id": str(reminder.by_id),
        "agency_id": str(reminder.agency_id),
        "person_id": _id(reminder.person_id),
    }


def figures_json(found: Figures) -> dict[str, Any]:
    """One agency's figures of a period."""
    return {
        "agency_id": str(found.agency_id),
        "open": found.open,
        "overdue": found.overdue,
        "waiting_for_closing": found.waiting,
        "done": found.done,
        "on_time": found.on_time,
        "late": found.late,
        "average_days_late": found.average_days_late,
        "carried": found.carried,
        "extensions": found.extensions,
    }


def taken_json(taken: TakenIn, *, dry_run: bool) -> dict[str, Any]:
    """What a table did, or would do: counts, and by row what stood in each changed cell and what is to."""
    return {
        "dry_run": dry_run,
        "new": taken.new,
        "changed": taken.changed,
        "unchanged": taken.unchanged,
        "rows": [
            {
                "row": one.row,
                "is_new": one.is_new,
                "action_item_id": None if dry_run and one.is_new else str(one.item_id),
                "title": one.title,
                "changes": {name: {"before": before, "after": after} for name, (before, after) in one.changes.items()},
            }
            for one in taken.rows
        ],
    }


def escalation_json(kept: Escalation, zone: ZoneInfo) -> dict[str, Any]:
    """One text to the own leader."""
    return {
        "id": str(kept.id),
        "text": kept.text,
        "at": instant(kept.at, zone),
        "by_id": str(kept.by_id),
        "to_person_id": _id(kept.to_person_id),
    }


def _id(number: int | None) -> str | None:
    return str(number) if number else None
