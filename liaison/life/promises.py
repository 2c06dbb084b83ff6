"""How each clause of an agreement was kept in a year, as pages and programs show it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liaison.directory.models import Agency
from liaison.mechanisms.obligations import LIAISON, Counted, Timed
from liaison.mechanisms.wordings import Promise
from liaison.meetings.models import Meeting
from liaison.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Kept:
    """One clause that obliges to something, and what the record tells of it; only what its kind has is given."""

    promise: Promise
    periods: Sequence[Counted] = ()
    meetings: Sequence[Meeting] = ()
    """Those that count, in order."""
    timed: Timed | None = None
    late_notices: Sequence[Notice] = ()
    late_meetings: Sequence[Meeting] = ()
    vacant: Sequence[tuple[Agency, int]] = ()
    """Days without a liaison, of each agency that was a member in that year."""
    is_read: bool = True
    """Whether the viewer may know: of answers only who acts for an agency, and of its own alone."""

    def to_json(self) -> dict[str, Any] | None:
        """For programs; None where the viewer may not know. `periods` of what is counted, the numbers of what is timed, days without a liaison
        by agency."""
        if not self.is_read:
            return None
        if self.timed is not None:
            return {
                "in_time": self.timed.in_time,
                "late": len(self.timed.late),
                "waiting": self.timed.waiting,
                "late_notice_ids": [str(each.id) for each in self.late_notices],
                "late_meeting_ids": [str(each.id) for each in self.late_meetings],
            }
        if self.promise.said.kind == LIAISON:
            return {"vacant_days": [{"agency_id": str(agency.id), "days": days} for agency, days in self.vacant]}
        return {
            "periods": [
                {"number": part.number, "promised": part.promised, "done": len(part.days), "state": part.state}
                for part in self.periods
            ]
        }
