"""Who is reminded of what, and when the clock may speak at all. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from liaison.calendaring.deadlines import MAIL_TIME
from liaison.calendaring.workdays import WorkCalendar, add_workdays
from liaison.mechanisms.review import REVIEW_STEPS
from liaison.meetings.steps import (
    APPROVED,
    CALL,
    COUNTERSIGN,
    ISSUE,
    ITEMS_DUE,
    MINUTES_DRAFT,
    NOTICE,
    PRE_MEETING,
    REMINDER,
    REPLIES,
)
from liaison.notices.due import HALF, UNANSWERED

ACTION, ATTENDEE, SLIP = "action", "attendee", "slip"
ITEMS, PREPARE = "items", "prepare"
"""A meeting that an agency is asked to bring items for, and one that its host or chair prepares."""
LIST, LIST_CHECK = "list", "list_check"
"""A member agency's list (its membership), which it looks through twice a year."""
ASKED_FOR = timedelta(days=14)
"""So long after its day the list is still asked for where nothing ran then; later it waits for the next half-year."""
FRESH = timedelta(days=30)
"""A list said to be right so shortly before is not asked for."""
REVIEW = "review"
"""A mechanism whose agreement comes up for review."""
EXTENSION = "extension"
"""A request for another date that waits for its reader's word."""
DECIDE = "decide"
CLOSING = "closing"
"""An action item that is reported done and waits for its reader to close it."""
CLOSE: Final = "close"
CLOSE_AFTER: Final = 3
"""So many working days after it was reported done."""
NOTICE_SENT = "notice"
"""One agency that a notice was sent to, whose word is waited for."""
LEAD = "lead"
"""Of those, in a subject line, a lead that was referred."""
SIGN, RECORD = "sign", "record"
"""A sign-off that an agency owes, and a meeting whose minutes its host drafts or issues."""
PROPOSAL = "proposal"
"""Of sign-offs, in a subject line, one on what is put to the members."""
SIGN_BEFORE: Final = "countersign_before"
"""The working day before a sign-off is due; on the day it is COUNTERSIGN."""
NEEDS_ACTION = "needs_action"
BEFORE_MEETING, WEEK = REMINDER, "week"
ONLY_OPEN: Final = (REPLIES, WEEK)
"""What concerns only those whose answer is missing."""
_URGENCY: Final = (
    *("overdue_5", "overdue_1", UNANSWERED, "due", DECIDE, CLOSE, COUNTERSIGN, NOTICE, ISSUE, MINUTES_DRAFT),
    *(SIGN_BEFORE, "before", HALF, BEFORE_MEETING),
    *(REPLIES, ITEMS_DUE, APPROVED, PRE_MEETING, CALL, *reversed(REVIEW_STEPS), LIST_CHECK, WEEK),
)


class To(NamedTuple):
    """Whom a line is for: a person, by `office` (a designation) or for themselves; or an agency, at its own address."""

    person_id: int | None
    office: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that one person, or an agency without a liaison, is reminded of.

    `kind` is action, attendee, slip, items, prepare, list, review, extension, closing, record, sign or notice; `id` that of the action item, the
    attendee, the agency's invitation, the meeting, the membership, the mechanism, the request, the signer or the agency that a notice was sent to.
    `step` says why now: before, due, overdue_1, overdue_5, decide, close, half, unanswered, a step around the meeting (call_for_items …
    issue), or week
    for what merely waits. `office` is set for what comes to
    somebody as their agency's liaison: the designation that it rests on. `agency_id` is set, and `person_id` is not, for what comes
    to an agency's own address."""

    kind: str
    id: int
    step: str
    due_on: date
    person_id: int | None
    office: int | None = None
    agency_id: int | None = None

    @property
    def about(self) -> str:
        """What is remembered as sent."""
        return f"{self.kind}:{self.id}"

    @property
    def to(self) -> To:
        """Who is remembered to have got it: by whatever office it came to them."""
        return To(self.person_id, None, self.agency_id)

    @property
    def is_by_office(self) -> bool:
        """Whether it comes to an agency's liaison or deputy, or to the agency, and to nobody for themselves."""
        return self.office is not None or self.agency_id is not None

    def to_json(self) -> dict[str, Any]:
        """For the outbox."""
        return {
            "kind": self.kind,
            "id": self.id,
            "step": self.step,
            "due_on": self.due_on.isoformat(),
            "person_id": self.person_id,
            "office": self.office,
            "agency_id": self.agency_id,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Line":
        """Read back `to_json`."""
        return cls(**{**stored, "due_on": date.fromisoformat(stored["due_on"])})


def mail_day(calendar: WorkCalendar, now: datetime, timezone: str) -> date | None:
    """The local date for which the clock's mail may go now: a working day from 08:30 on; None at any other time."""
    local = now.astimezone(ZoneInfo(timezone))
    if local.time() < MAIL_TIME or not calendar.is_workday(local.date()):
        return None
    return local.date()


def sign_step(calendar: WorkCalendar, due_on: date, today: date, *, since: date) -> str | None:
    """Which reminder of a sign-off due on this local date has come: on the working day before it, and on the day, or where that is free
    on the last working day ahead of it. What lay before `since` is skipped; after an outage only the newer goes."""
    last = due_on if calendar.is_workday(due_on) else add_workdays(calendar, due_on, -1).date
    days = {SIGN_BEFORE: add_workdays(calendar, last, -1).date, COUNTERSIGN: last}
    return next((step for step, day in reversed(days.items()) if since <= day <= today), None)


def monday_of(day: date) -> date:
    """What stands for a week."""
    return day - timedelta(days=day.weekday())


def half_to_ask(calendar: WorkCalendar, today: date) -> date | None:
    """The half-year for which agencies are asked about their lists today: from the first working day on or after 1 March or 1 September,
    for two weeks. None at other times."""
    for first in (date(today.year, 3, 1), date(today.year, 9, 1)):
        day = first
        while not calendar.is_workday(day):
            day += timedelta(days=1)
        if day <= today <= day + ASKED_FOR:
            return first
    return None


def digest_time(calendar: WorkCalendar, today: date, timezone: str) -> datetime:
    """When the digest of the week of that working day goes: at 08:30 on Monday, or where that is free on the first working day after it.
    One that is late, since nothing ran then, speaks of what waited at that time already."""
    first = next(day for n in range(7) if calendar.is_workday(day := monday_of(today) + timedelta(days=n)))
    return datetime.combine(first, MAIL_TIME, ZoneInfo(timezone))


def most_urgent_first(lines: Collection[Line]) -> list[Line]:
    """Overdue, due, soon due, the meeting, then what waits; of the same kind what is due first."""
    return sorted(lines, key=lambda one: (_URGENCY.index(one.step), one.due_on, one.kind, one.id))


def without_repetition(lines: Sequence[Line]) -> list[Line]:
    """One line for each thing and receiver: what is due now says more than that it waits."""
    found: dict[tuple[str, To], Line] = {}
    for one in most_urgent_first(lines):
        found.setdefault((one.about, one.to), one)
    return list(found.values())
