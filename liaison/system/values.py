"""A mail's fate, and the days of a year, as plain values for programs."""

from collections.abc import Callable, Sequence
from typing import Any

from liaison.mail import reasons
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import HolidayYear
from liaison.system.holiday_queries import YearOfDays


def delivery_json(mail: OutboxMail, person_ids: Sequence[int], gettext: Callable[[str], str]) -> dict[str, Any]:
    """One mail: about what, to whom, its state and, where it is not simply sent, why and until when."""
    kind, _, about_id = mail.about.partition(":")
    return {
        "id": str(mail.id),
        "kind": mail.kind,
        "meeting_id": about_id if kind == "meeting" else None,
        "person_ids": [str(person_id) for person_id in person_ids],
        "address": mail.address,
        "state": mail.state,
        "reason": reasons.worded(mail.reason, gettext) or None,
        "reason_code": mail.reason,
        "attempts": mail.attempts,
        "created_at": mail.created_at.isoformat(),
        "next_try_at": mail.next_try_at.isoformat() if mail.state == "deferred" else None,
        "final_at": mail.final_at.isoformat() if mail.final_at else None,
        "subject": mail.subject,
        "message_id": mail.message_id,
    }


def days_json(found: YearOfDays) -> dict[str, Any]:
    """The days of a year that are not as the day of the week says, and whether they are announced."""
    standing = found.standing.row if found.standing else None
    return {
        "region": found.region,
        "year": found.year,
        "status": "official" if found.official else "provisional",
        "source": standing.source if isinstance(standing, HolidayYear) else None,
        "version": found.version,
        "items": [{"date": day.isoformat(), "kind": kind.value, "name": name} for day, kind, name in found.special()],
        "next": None,
    }
