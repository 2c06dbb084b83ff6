"""Questions for a time as the API gives them."""

from collections.abc import Sequence
from typing import Any

from liaison.meetings.values import instant, registered_json
from liaison.polls.models import PollAnswer, TimePoll
from liaison.polls.showing import Time


def poll_json(poll: TimePoll) -> dict[str, Any]:
    """One question as a list gives it."""
    return {
        "id": str(poll.id),
        "mechanism_id": str(poll.mechanism_id),
        "meeting_id": str(poll.meeting_id) if poll.meeting_id else None,
        "agency_id": str(poll.agency_id),
        "title": poll.title,
        "note": poll.note,
        "due_on": poll.due_on.isoformat(),
        "state": poll.state,
        "reason": poll.reason,
        "picked_id": str(poll.picked.id) if poll.picked else None,
        "version": poll.version,
    }


def time_json(time: Time, poll: TimePoll) -> dict[str, Any]:
    """One time that is asked about; `clashes` without id and title are meetings that you may not see."""
    return {
        "id": str(time.candidate.id),
        "starts_at": instant(time.start, poll.zone),
        "duration_minutes": time.candidate.duration_minutes,
        "day": time.day.kind,
        "certain": time.day.certain,
        "clashes": [
            {"meeting_id": str(one.meeting_id) if one.meeting_id else None, "title": one.title} for one in time.clashes
        ],
    }


def answer_json(row: PollAnswer, poll: TimePoll) -> dict[str, Any]:
    """One agency that was asked."""
    return {
        "agency_id": str(row.agency_id),
        "choices": dict(row.choices),
        "comment": row.comment,
        "answered_at": instant(row.answered_at, poll.zone) if row.answered_at else None,
        "via": row.answered_via,
        "registered": registered_json(row.registered, poll.zone),
        "version": row.version,
    }


def whole_json(poll: TimePoll, times: Sequence[Time], answers: Sequence[PollAnswer]) -> dict[str, Any]:
    """One question with its times and everybody asked."""
    return {
        **poll_json(poll),
        "candidates": [time_json(one, poll) for one in times],
        "answers": [answer_json(one, poll) for one in answers],
    }
