"""Notices and the contact log as the API gives them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from liaison.meetings.values import instant, registered_json
from liaison.notices.contact_models import ContactLog
from liaison.notices.models import Addressee, Notice, NoticeAct


def notice_json(notice: Notice) -> dict[str, Any]:
    """One notice with everybody it went to, what each did with it, and its papers."""
    return {
        "id": str(notice.id),
        "mechanism_id": str(notice.mechanism_id),
        "kind": notice.kind,
        "purpose": notice.purpose,
        "from_agency_id": str(notice.from_agency_id),
        "doc_no": notice.doc_no,
        "subject": notice.subject,
        "text": notice.text,
        "deadline_days": notice.deadline_days,
        "case_code": notice.case_code,
        "category": notice.category,
        "clause_id": str(notice.clause_id) if notice.clause_id else None,
        "clause_number": notice.clause_number,
        "activity_id": str(notice.activity_id) if notice.activity_id else None,
        "answers_id": str(notice.answers_id) if notice.answers_id else None,
        "state": notice.state,
        **_moment("sent", notice.sent_at, notice),
        **_moment("closed", notice.closed_at, notice),
        "closed_why": notice.closed_why,
        "addressees": [_addressee(one, notice) for one in notice.addressees],
        "entered_afterwards": _entered(notice),
        "papers": [
            {"id": str(one.id), "file_name": one.file_name, "bytes": one.bytes, "sha256": one.sha256, "kind": one.kind}
            for one in notice.papers
        ],
        "version": notice.version,
    }


def _moment(name: str, moment: datetime | None, notice: Notice) -> dict[str, str | None]:
    """`…_on`, the local day, and `…_at`, the instant: None where of what was entered afterwards only the day is known."""
    if moment is None:
        return {f"{name}_on": None, f"{name}_at": None}
    day = moment.astimezone(notice.zone).date().isoformat()
    return {f"{name}_on": day, f"{name}_at": None if notice.by_day(moment) else instant(moment, notice.zone)}


def _entered(notice: Notice) -> dict[str, Any] | None:
    if notice.entered_afterwards_at is None:
        return None
    return {
        "at": instant(notice.entered_afterwards_at, notice.zone),
        "by_id": str(notice.entered_afterwards_by) if notice.entered_afterwards_by else None,
        "agency_id": str(notice.entered_for_id),
    }


def _addressee(one: Addressee, notice: Notice) -> dict[str, Any]:
    zone = notice.zone
    return {
        "agency_id": str(one.agency_id),
        "asked": one.asked,
        "state": one.state,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "offered_due_on": one.offered_due_on.isoformat() if one.offered_due_on else None,
        "opened_at": instant(one.opened_at, zone) if one.opened_at and not notice.by_day(one.opened_at) else None,
        **_moment("acknowledged", one.acknowledged_at, notice),
        "decision": one.decision,
        **_moment("decided", one.decided_at, notice),
        **_moment("answered", one.answered_at, notice),
        "passed_on_to": str(one.passed_on_to_id) if one.passed_on_to_id else None,
        "acts": [_act(act, notice) for act in one.acts],
    }


def _act(act: NoticeAct, notice: Notice) -> dict[str, Any]:
    return {
        "what": act.what,
        "agency_id": str(act.agency_id),
        "on": act.at.astimezone(notice.zone).date().isoformat(),
        "at": None if act.entered_afterwards else instant(act.at, notice.zone),
        "by_id": str(act.by_id) if act.by_id else None,
        "via": act.via,
        "text": act.text,
        "due_on": act.due_on.isoformat() if act.due_on else None,
        "answer_id": str(act.answer_id) if act.answer_id else None,
        "registered": None if act.entered_afterwards else registered_json(act.registered, notice.zone),
        "unverified": act.unverified,
    }


def contact_json(entry: ContactLog) -> dict[str, Any]:
    """One entry of the contact log, with what was made of it."""
    notice, item = entry.notice_made, entry.agenda_item_made
    return {
        "id": str(entry.id),
        "mechanism_id": str(entry.mechanism_id),
        "agency_id": str(entry.agency_id),
        "on": entry.on.isoformat(),
        "with_agency_id": str(entry.with_agency_id) if entry.with_agency_id else None,
        "counterpart": entry.counterpart,
        "way": entry.way,
        "subject": entry.subject,
        "follow_up": entry.follow_up,
        "at": instant(entry.written_at, ZoneInfo(entry.mechanism.timezone)),
        "by_id": str(entry.written_by) if entry.written_by else None,
        "notice_id": str(notice.id) if notice else None,
        "agenda_item_id": str(item.id) if item else None,
        "action_item_id": str(entry.action_item_id) if entry.action_item_id else None,
        "version": entry.version,
    }
