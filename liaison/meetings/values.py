"""Meetings and what belongs to them as plain values for programs: what the API answers. Instants carry the meeting's own offset."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from liaison.meetings.agenda_models import AgendaItemMove
from liaison.meetings.attendance import Attendance, leave_of
from liaison.meetings.audience import ItemShown
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting, Note, Series

Delivery = Mapping[str, str]
"""{"state", "reason"?}: what became of the newest mail to somebody, the reason in words."""


def meeting_json(meeting: Meeting, replies_due_on: date | None) -> dict[str, Any]:
    """One meeting, as a list shows it. A postponed or cancelled one keeps the start it had.

    The ordinals are fixed when it is held."""
    zone = meeting.zone
    return {
        "id": str(meeting.id),
        "version": meeting.version,
        "mechanism_id": str(meeting.mechanism_id),
        "series_id": _id(meeting.series_id),
        "kind": meeting.kind,
        "title": meeting.title,
        "state": meeting.state,
        "starts_at": instant(meeting.starts_at, zone),
        "ends_at": instant(meeting.ends_at, zone),
        "timezone": meeting.timezone,
        "duration_minutes": meeting.duration_minutes,
        "certain": not meeting.provisional,
        "location": meeting.location,
        "host_agency_id": str(meeting.host_agency_id),
        "recorder_id": _id(meeting.recorder_id),
        "authorised_by_id": _id(meeting.authorised_by_id),
        "note": meeting.note,
        "replies_due_on": replies_due_on,
        "hides_attendees": meeting.hides_attendees,
        "ordinal": meeting.ordinal,
        "ordinal_in_year": meeting.ordinal_in_year,
        "uid": meeting.uid,
        "sequence": meeting.sequence,
        "created_at": instant(meeting.created_at, zone),
        "announced_at": instant(meeting.announced_at, zone),
        "reminded_at": instant(meeting.reminded_at, zone),
        "postponed_at": instant(meeting.postponed_at, zone),
        "cancelled_at": instant(meeting.cancelled_at, zone),
        "held_at": instant(meeting.held_at, zone),
        "entered_afterwards": meeting.entered_afterwards_at is not None,
        "reason": meeting.reason,
        "quorum_reason": meeting.quorum_reason,
    }


def quorum_json(there: Attendance) -> dict[str, Any]:
    """Which member agencies are there, and whether that is what the meeting needs (`met` null while no attendance is noted)."""
    return {
        "quorum": there.quorum,
        "must_include": [str(one) for one in there.must_include],
        "agencies_present": there.agencies_present,
        "missing_agency_ids": [str(one) for one in there.missing],
        "met": not there.lacks_quorum if there.is_taken else None,
    }


def attendee_json(
    attendee: Attendee, zone: ZoneInfo, delivery: Delivery | None, *, with_remarks: bool
) -> dict[str, Any]:
    """One person asked by name, or a name on an agency's slip, with the answer; `with_remarks`: comment and numbers too.

    What was answered for an earlier time of the meeting is left out."""
    stale = attendee.answered_for_earlier_time
    substitute = dict(attendee.substitute) if attendee.substitute and not stale else None
    if substitute and not with_remarks:
        substitute.pop("phone", None)
    return {
        "id": str(attendee.id),
        "version": attendee.version,
        "meeting_id": str(attendee.meeting_id),
        "person_id": _id(attendee.person_id),
        "agency_id": str(attendee.agency_id),
        "agency_invitation_id": _id(attendee.agency_invitation_id),
        "name": attendee.name,
        "job_title": attendee.job_title,
        "role": attendee.role,
        "partstat": attendee.partstat,
        "attendance": attendee.attendance,
        "checked_in_at": instant(attendee.checked_in_at, zone),
        "walked_in": attendee.walked_in_at is not None,
        "leave": leave_of(attendee),
        "substitute": _given(substitute) if substitute else None,
        "comment": attendee.comment if with_remarks and not stale else None,
        "answered_at": None if stale else instant(attendee.answered_at, zone),
        "registered": None if stale else registered_json(attendee.registered, zone),
        "delivery": delivery,
    }


def invitation_json(
    invitation: AgencyInvitation,
    names: Sequence[Attendee],
    zone: ZoneInfo,
    delivery: Delivery | None,
    *,
    with_remarks: bool,
) -> dict[str, Any]:
    """One agency's invitation with its slip: `names` are the attendees that came on it; `with_remarks`: comment, notes and
    numbers too. What was returned for an earlier time of the meeting is left out, except the names."""
    stale = invitation.returned_for_earlier_time
    return {
        "id": str(invitation.id),
        "version": invitation.version,
        "meeting_id": str(invitation.meeting_id),
        "agency_id": str(invitation.agency_id),
        "seats": invitation.seats,
        "requirement": invitation.requirement,
        "returned_at": instant(invitation.returned_at, zone),
        "declined": invitation.declined,
        "comment": invitation.comment if with_remarks and not stale else None,
        "registered": None if stale else registered_json(invitation.registered, zone),
        "names": [
            {
                "name": one.name,
                "job_title": one.job_title,
                "phone": one.phone if with_remarks else None,
                "note": one.note if with_remarks else None,
            }
            for one in sorted(names, key=lambda one: (one.position, one.id))
        ],
        "delivery": delivery,
    }


def agenda_item_json(item: ItemShown) -> dict[str, Any]:
    """One agenda item; one that was taken off is `withdrawn`. Of one that its reader may not know of (`hidden`) the title, and what else
    would tell what it is about, is null."""
    return {
        "id": str(item.id),
        "version": item.version,
        "meeting_id": str(item.meeting_id),
        "position": item.position,
        "title": item.title,
        "purpose": item.purpose,
        "agency_id": _id(item.agency_id),
        "presenter_id": _id(item.presenter_id),
        "duration_minutes": item.duration_minutes,
        "audience": [str(id_) for id_ in sorted(item.audience)] if item.audience is not None else None,
        "hidden": item.hidden,
        "state": item.state,
        "late": item.late,
        "reason": item.reason,
        "deferred_count": item.deferred_count,
        "proposed_by": _id(item.proposed_by),
        "proposed_at": item.proposed_at,
        "begun_at": item.begun_at,
        "settled_at": item.settled_at,
    }


def move_json(move: AgendaItemMove, zone: ZoneInfo) -> dict[str, Any]:
    """One deferral of an agenda item; `to_meeting_id` is null while it waits for the next meeting to be scheduled."""
    return {
        "from_meeting_id": str(move.from_meeting_id),
        "to_meeting_id": _id(move.to_meeting_id),
        "at": instant(move.at, zone),
        "by_id": _id(move.by_id),
        "reason": move.reason,
    }


def note_json(note: Note, zone: ZoneInfo) -> dict[str, Any]:
    """The notes of one item, or of the meeting as a whole (`agenda_item_id` null)."""
    return {
        "id": str(note.id),
        "version": note.version,
        "meeting_id": str(note.meeting_id),
        "agenda_item_id": _id(note.agenda_item_id),
        "text": note.text,
        "saved_at": instant(note.saved_at, zone),
        "saved_by": _id(note.saved_by),
    }


def decision_json(decision: Decision, zone: ZoneInfo) -> dict[str, Any]:
    """One decision, with whom it charges; `label` is its number as offices write it."""
    return {
        "id": str(decision.id),
        "version": decision.version,
        "meeting_id": str(decision.meeting_id),
        "mechanism_id": str(decision.mechanism_id),
        "agenda_item_id": _id(decision.agenda_item_id),
        "year": decision.year,
        "number": decision.number,
        "label": decision_label(decision),
        "text": decision.text,
        "lead_agency_id": _id(decision.lead_agency_id),
        "supporting_agency_ids": [str(one.agency_id) for one in decision.supports],
        "due_on": decision.due_on,
        "decided_at": instant(decision.decided_at, zone),
        "decided_by": _id(decision.decided_by),
        "revoked_at": instant(decision.revoked_at, zone),
        "reason": decision.reason,
    }


def decision_label(decision: Decision) -> str:
    """议定〔2026〕11号: the number of a decision, the same in every language, as it stands on paper."""
    return f"议定〔{decision.year}〕{decision.number}号"


def series_json(series: Series) -> dict[str, Any]:
    """One series; `start_time` is local wall time of the mechanism's zone."""
    return {
        "id": str(series.id),
        "version": series.version,
        "mechanism_id": str(series.mechanism_id),
        "name": series.name,
        "rrule": series.rrule,
        "starts_on": series.starts_on,
        "start_time": f"{series.start_time:%H:%M}",
        "duration_minutes": series.duration_minutes,
        "roll": series.roll,
        "avoid_makeup": series.avoid_makeup,
        "location": series.location,
    }


def registered_json(registered: Mapping[str, Any] | None, zone: ZoneInfo) -> dict[str, Any] | None:
    """代登记: how it came, who said it, when, and who entered it."""
    if registered is None:
        return None
    at = datetime.fromisoformat(registered["at"])
    return {**registered, "at": instant(at, zone), "by_id": _id(registered["by_id"])}


def instant(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """RFC 3339 with the zone's offset."""
    return moment.astimezone(zone).isoformat() if moment else None


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _id(number: int | None) -> str | None:
    return str(number) if number else None
