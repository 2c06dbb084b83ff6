"""A mail's fate as a plain value for programs."""

from collections.abc import Callable, Sequence
from typing import Any

from liaison.mail import reasons
from liaison.mail.models import OutboxMail


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
