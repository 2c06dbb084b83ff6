"""Who is there, counted as quorum does. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from liaison.meetings.models import IN_ATTENDANCE, PRESENT, Attendee, AttendeeShown, Meeting


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is there, counted by agency as quorum does."""

    present: int
    expected: int
    unchecked: int
    agencies_present: int
    quorum: int | None

    @property
    def lacks_quorum(self) -> bool:
        """Fewer agencies are there than the mechanism asks for; shown, never in the way."""
        return self.quorum is not None and self.agencies_present < self.quorum


def attendance_of(meeting: Meeting, attendees: Sequence[Attendee | AttendeeShown]) -> Attendance:
    """The counts of who is there; needs `mechanism`."""
    there = [one for one in attendees if one.attendance in (PRESENT, IN_ATTENDANCE)]
    return Attendance(
        present=len(there),
        expected=sum(one.partstat != "declined" for one in attendees),
        unchecked=sum(one.attendance is None and one.partstat != "declined" for one in attendees),
        agencies_present=len({one.agency_id for one in there if one.attendance == PRESENT}),
        quorum=meeting.mechanism.quorum,
    )
