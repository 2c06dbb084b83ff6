"""The steps around a meeting as plain values for programs."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from liaison.meetings.steps import StepOf
from liaison.meetings.values import instant


def deadlines_json(steps: Sequence[StepOf], zone: ZoneInfo, *, with_reasons: bool) -> list[dict[str, Any]]:
    """The steps around the meeting day, as they stand; none while it has no day. `with_reasons`: also who changed a step, and why."""
    return [
        {
            "step": one.step,
            "date": one.date,
            "certain": one.certain,
            "day": one.day.value,
            "state": one.state,
            "shifted": one.shifted,
            "skipped": one.state == "skipped",
            "done_at": instant(one.done_at, zone),
            "done_by": str(one.done_by) if one.done_by and with_reasons else None,
            "mails": one.mails,
            "reason": one.reason if with_reasons else None,
            "version": one.version,
        }
        for one in steps
    ]
