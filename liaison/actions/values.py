"""Action items as plain values for programs: what the API answers. Instants carry the mechanism's own offset."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from liaison.actions.due import NONE, due_state
from liaison.actions.models import ActionItem, Progress
from liaison.calendaring.workdays import region_calendar
from liaison.meetings.values import instant, registered_json


def action_json(item: ActionItem, today: date, carried_count: int, *, tells_end: bool) -> dict[str, Any]:
    """One item; `today` is the local date of its mechanism, `carried_count` at how many later meetings it was still open.

    Without `tells_end` the words with which it ended are left out (permissions.may_read_end)."""
    zone = ZoneInfo(item.mechanism.timezone)
    state = NONE if item.ended_at else due_state(region_calendar(item.mechanism.region), item.due_on, today)
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
        "registered": registered_json(progress.registered, zone),
    }


def _id(number: int | None) -> str | None:
    return str(number) if number else None
