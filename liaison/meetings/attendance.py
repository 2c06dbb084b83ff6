"""Who is there, counted as quorum does, who checks in by themselves, and what the agencies say of leave. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from liaison.accounts.viewer import Viewer
from liaison.i18n import N_
from liaison.meetings.attendee_shown import AttendeeShown
from liaison.meetings.models import (
    ABSENT,
    APOLOGIES,
    IN_ATTENDANCE,
    PRESENT,
    Attendee,
    Meeting,
)
from liaison.meetings.permissions import may_check_in

OPENS_BEFORE = timedelta(minutes=30)
"""So long before the start people may check in by themselves."""
MANDATORY = ("chair", "required")
"""The roles whose leave the own agency is asked to approve."""
SUBSTITUTE, UNCHECKED = "substitute", "unchecked"
APPROVED, ASKED_FOR_SUBSTITUTE, OPEN, FREE = "approved", "substitute_asked", "open", "free"
EXCUSED = (APPROVED, FREE)
"""Whose leave needs no more word of their agency."""


class OnLeave(Protocol):
    """What is asked of somebody to tell how their leave stands."""

    @property
    def partstat(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def from_outside(self) -> bool: ...
    @property
    def agency_invitation_id(self) -> int | None: ...
    @property
    def attendance(self) -> str | None: ...
    @property
    def leave_approved_at(self) -> datetime | None: ...
    @property
    def substitute_asked_at(self) -> datetime | None: ...


One = TypeVar("One", bound=Attendee | AttendeeShown)


@dataclass(frozen=True, slots=True)
class Quorum:
    """What a meeting needs: so many of the member agencies, and these among them."""

    least: int | None
    must_include: tuple[int, ...]
    members: frozenset[int]

    @classmethod
    def of(cls, meeting: Meeting, members: Collection[int]) -> "Quorum":
        """As the mechanism asks for it, of those that are `members` on the day; needs `mechanism`."""
        wanted = meeting.mechanism.must_include or ()
        return cls(meeting.mechanism.quorum, tuple(one for one in wanted if one in members), frozenset(members))

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Quorum":
        """As it was when the meeting was held."""
        return cls(stored["least"], tuple(stored["must_include"]), frozenset(stored["members"]))

    def to_json(self) -> dict[str, Any]:
        """To be kept with the meeting."""
        return {"least": self.least, "must_include": list(self.must_include), "members": sorted(self.members)}


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is there, counted by agency as quorum does."""

    present: int
    expected: int
    unchecked: int
    agencies_present: int
    quorum: int | None
    missing: tuple[int, ...]
    """The member agencies of which nobody with a vote is there: those that must be, then the others."""
    must_include: tuple[int, ...]
    is_taken: bool
    """Anything is noted of anybody: before that nothing can be said of the quorum."""

    @property
    def lacks_quorum(self) -> bool:
        """Fewer agencies are there than the mechanism asks for, or not those; shown, never in the way."""
        too_few = self.quorum is not None and self.agencies_present < self.quorum
        return too_few or any(one in self.must_include for one in self.missing)


def attendance_of(attendees: Sequence[Attendee | AttendeeShown], quorum: Quorum) -> Attendance:
    """The counts of who is there. A substitute counts for their agency, who only sits in (列席) does not."""
    attendees = each_once(attendees)
    there = [one for one in attendees if one.attendance in (PRESENT, IN_ATTENDANCE)]
    agencies = {one.agency_id for one in there if one.attendance == PRESENT} & quorum.members
    missing = sorted(quorum.members - agencies, key=lambda one: (one not in quorum.must_include, one))
    return Attendance(
        present=len(there),
        expected=sum(one.partstat != "declined" or one in there for one in attendees),
        unchecked=sum(one.attendance is None and one.partstat != "declined" for one in attendees),
        agencies_present=len(agencies),
        quorum=quorum.least,
        missing=tuple(missing),
        must_include=quorum.must_include,
        is_taken=any(one.attendance is not None for one in attendees),
    )


def leave_of(one: OnLeave) -> str | None:
    """How the leave of somebody who does not come stands with the own agency: open, substitute_asked, approved, or free where nobody
    needs to approve it; None for everybody else. What an agency said of a name on its own slip is its word already."""
    stays_away = one.attendance == APOLOGIES or (one.attendance is None and one.partstat == "declined")
    if not stays_away:
        return None
    if one.leave_approved_at is not None or one.agency_invitation_id is not None:
        return APPROVED
    if one.role not in MANDATORY or one.from_outside:
        return FREE
    return OPEN if one.substitute_asked_at is None else ASKED_FOR_SUBSTITUTE


def unless_noted(one: Attendee) -> str | None:
    """What is noted of somebody of whom nobody said anything at the meeting: who was excused by then sends apologies."""
    if one.attendance is None and leave_of(one) in EXCUSED:
        return APOLOGIES
    return one.attendance


def can_note_all(attendees: Iterable[Attendee | AttendeeShown]) -> bool:
    """Whether somebody who said they would come, or is excused, has nothing noted yet: one press notes all of them."""
    return any(one.attendance is None and (one.partstat == "accepted" or leave_of(one) in EXCUSED) for one in attendees)


def present_as(one: Attendee | AttendeeShown) -> str:
    """出席, or 列席 for who was asked to sit in."""
    return IN_ATTENDANCE if one.role == "in_attendance" else PRESENT


def check_in_closed(meeting: Meeting, now: datetime) -> str | None:
    """Why nobody checks in now; None from half an hour before the start until the meeting is held."""
    if meeting.is_off:
        return N_("This meeting is cancelled or postponed, so nobody checks in.")
    if meeting.held_at is not None:
        return N_("This meeting has been held. Please tell its recorder who was there.")
    if meeting.announced_at is None:
        return N_("Nobody has been told of this meeting yet, so nobody checks in.")
    if now < meeting.starts_at - OPENS_BEFORE:
        return N_("People check in from half an hour before the start.")
    return None


def to_check_in(viewer: Viewer, meeting: Meeting, attendees: Iterable[One], now: datetime) -> list[One]:
    """Whom of these the viewer may check in now: themselves, and as liaison the names on the agency's slip."""
    if check_in_closed(meeting, now) is not None:
        return []
    return [one for one in attendees if may_check_in(viewer, one, meeting.mechanism_id)]


def by_attendance(attendees: Iterable[One]) -> dict[str, list[One]]:
    """The people by how they took part, in the order given: present, substitute, in_attendance, apologies, absent, unchecked; each
    of them once."""
    found: dict[str, list[One]] = {
        key: [] for key in (PRESENT, SUBSTITUTE, IN_ATTENDANCE, APOLOGIES, ABSENT, UNCHECKED)
    }
    for one in each_once(attendees):
        found[_taken_part(one)].append(one)
    return found


def each_once(attendees: Iterable[One]) -> list[One]:
    """Everybody once: of somebody who is asked by name and stands on their agency's slip as well the own line counts, or that on the
    slip where something is noted of it alone."""
    everybody = list(attendees)
    asked = {(one.agency_id, one.name): one for one in everybody if one.agency_invitation_id is None}
    left_out: set[int] = set()
    for one in everybody:
        own = asked.get((one.agency_id, one.name))
        if own is not None and one.agency_invitation_id is not None:
            by_slip = own.attendance is None and one.attendance is not None
            left_out.add(id(own if by_slip else one))
    return [one for one in everybody if id(one) not in left_out]


def _taken_part(one: Attendee | AttendeeShown) -> str:
    if one.attendance is None:
        return APOLOGIES if one.partstat == "declined" else UNCHECKED
    return SUBSTITUTE if one.attendance == PRESENT and one.substitute else one.attendance
