"""The steps around one meeting: when each is due, whether it is done, and what the clock has to do now. Pure.

Dates follow from the mechanism's deadlines and the meeting's day; a MeetingStep says what an officer changed and what was done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from liaison.calendaring.deadlines import PROFILE, check_profile, first_mail_day
from liaison.calendaring.deadlines import steps as by_profile
from liaison.calendaring.workdays import DayKind, WorkCalendar, region_calendar
from liaison.meetings.models import ACTIVITIES, NUMBERED_KINDS, Meeting
from liaison.meetings.step_models import MeetingStep

CALL, ITEMS_DUE, PRE_MEETING, APPROVED = "call_for_items", "items_due", "pre_meeting", "agenda_approved"
NOTICE, REPLIES, REMINDER = "meeting_notice", "replies_due", "reminder"
MINUTES_DRAFT, COUNTERSIGN, ISSUE = "minutes_draft", "countersign", "issue"
ITEM_STEPS: Final = (CALL, ITEMS_DUE)
AGENDA_STEPS: Final = (PRE_MEETING, APPROVED)
MAILED: Final = (CALL, ITEMS_DUE, REPLIES, REMINDER)
"""The steps that consist of mails to those concerned; doing one by hand sends them."""
AFTER_BY_CLOCK: Final = (MINUTES_DRAFT, ISSUE)
BY_CLOCK: Final = (CALL, ITEMS_DUE, PRE_MEETING, APPROVED, NOTICE, REPLIES, *AFTER_BY_CLOCK)
"""What the clock looks at by `Meeting.step_on`; the reminder goes by what people were told, `Meeting.remind_on`, and who owes a sign-off is
reminded by the date that the circulated minutes name."""
BEFORE: Final = tuple(step for step, offset in PROFILE.items() if offset < 0)
_OFFICERS: Final = (PRE_MEETING, APPROVED, NOTICE)
"""What stays an officer's to do when its day has passed."""
LOOK_AGAIN: Final = timedelta(days=7)
"""A date that rests on holidays not yet announced may come nearer: the clock looks so often."""


@dataclass(frozen=True, slots=True)
class StepOf:
    """One step of one meeting, as it is shown."""

    step: str
    date: date
    certain: bool
    day: DayKind
    """What kind of day that is: a weekend or holiday, or one worked in return for a holiday (调休上班), is marked."""
    state: str
    """done, skipped, before (it lay before the meeting was planned; a notice is late then), due (today), late, ahead or passed."""
    shifted: bool
    """An officer put it there; another date of the meeting does not move it."""
    misplaced: bool
    """The meeting was moved since, and the step stands on the wrong side of it."""
    done_at: datetime | None
    done_by: int | None
    """None where the clock did it, or the notice or the minutes themselves say so."""
    mails: int
    reason: str | None
    version: int

    @property
    def is_open(self) -> bool:
        """Neither done nor left out."""
        return self.state not in ("done", "skipped", "before")

    @property
    def can_be_undone(self) -> bool:
        """Whether what an officer did to it can be taken back: mails that went cannot."""
        if self.state == "skipped":
            return bool(self.reason)
        if self.state != "done":
            return self.shifted
        return self.step not in (*MAILED, NOTICE) and (self.step in BEFORE or self.done_by is not None)


def items_due_on(steps: Iterable[StepOf]) -> date | None:
    """Until the end of which local date agenda items are to be sent in; None where that day lay before the meeting was planned, or is left
    out."""
    return next((one.date for one in steps if one.step == ITEMS_DUE and one.state not in ("skipped", "before")), None)


def due_before_called(steps: Iterable[StepOf], step: str, on: date) -> bool:
    """Whether items would be due before they are called for, with that one of the two steps on this day and both still to come."""
    ahead = {one.step: one.date for one in steps if one.is_open} | {step: on}
    return CALL in ahead and ITEMS_DUE in ahead and ahead[ITEMS_DUE] < ahead[CALL]


def has(kind: str, step: str) -> bool:
    """Whether meetings of this kind have that step: items are called for by joint meetings, and activities have no minutes."""
    if step in (*ITEM_STEPS, *AGENDA_STEPS):
        return kind in NUMBERED_KINDS
    return step in BEFORE or kind not in ACTIVITIES


def wants_minutes(meeting: Meeting) -> bool:
    """Whether its minutes are still to come: it was held as planned here, and not entered afterwards."""
    return meeting.held_at is not None and meeting.steps_from is not None and meeting.minutes_issued_at is None


def steps_of(meeting: Meeting, rows: Iterable[MeetingStep], today: date) -> list[StepOf]:
    """Every step of the meeting in order, on that local date; none while it has no day. Needs `mechanism`."""
    if meeting.is_off:
        return []
    calendar = region_calendar(meeting.mechanism.region)
    known = {row.step: row for row in rows}
    found = [
        _step(meeting, known.get(one.step), calendar, one.step, one.date, one.certain, today)
        for one in by_profile(calendar, meeting.local_on, check_profile(meeting.mechanism.deadlines))
        if has(meeting.kind, one.step)
    ]
    return _without_call(found)


def _step(
    meeting: Meeting,
    row: MeetingStep | None,
    calendar: WorkCalendar,
    step: str,
    by_rule: date,
    certain: bool,
    today: date,
) -> StepOf:
    put = meeting.replies_due_on if step == REPLIES else row.due_on if row else None
    day = put or by_rule
    done_at, done_by = _done(meeting, row, step)
    skipped = row is not None and row.skipped_at is not None
    if done_at is not None:
        state = "done"
    elif skipped:
        state = "skipped"
    elif step in BEFORE and meeting.steps_from is not None and day < meeting.steps_from and step != NOTICE:
        state = "before"
    elif day >= today:
        state = "due" if day == today else "ahead"
    else:
        # The notice names the agenda: once it is out nobody has to settle that any more.
        settled = step in AGENDA_STEPS and meeting.announced_at is not None
        stays = step in _OFFICERS and not settled and meeting.held_at is None and meeting.local_on >= today
        state = "late" if stays or (step not in BEFORE and wants_minutes(meeting)) else "passed"
    shifted = put is not None and put != by_rule
    return StepOf(
        step=step,
        date=day,
        certain=certain if put is None else True,
        day=calendar.kind(day),
        state=state,
        shifted=shifted,
        misplaced=shifted and (day > meeting.local_on if step in BEFORE else day < meeting.local_on),
        done_at=done_at,
        done_by=done_by,
        mails=row.mails if row and done_at else 0,
        reason=row.reason if row and (shifted or skipped or (done_at and row.done_at)) else None,
        version=row.version if row else 0,
    )


def _done(meeting: Meeting, row: MeetingStep | None, step: str) -> tuple[datetime | None, int | None]:
    """When it was done, and by whom. The call goes once for a meeting; what concerns its date is to be done again for another."""
    facts = {
        NOTICE: meeting.announced_at,
        MINUTES_DRAFT: meeting.minutes_drafted_at,
        COUNTERSIGN: meeting.minutes_agreed_at or meeting.minutes_issued_at,
        ISSUE: meeting.minutes_issued_at,
    }
    if step == NOTICE or facts.get(step) is not None:
        return facts[step], None
    if row is None or row.done_at is None or (step != CALL and row.done_for != meeting.local_on):
        return None, None
    return row.done_at, row.done_by


def _without_call(found: Sequence[StepOf]) -> list[StepOf]:
    """Where no items are called for (不征集议题), none are due."""
    if not any(one.step == CALL and one.state == "skipped" for one in found):
        return list(found)
    return [
        replace(one, state="skipped", reason=None) if one.step == ITEMS_DUE and one.is_open else one for one in found
    ]


def due_now(meeting: Meeting, found: Sequence[StepOf], today: date) -> list[StepOf]:
    """What the clock does for the meeting on that local date: the steps of the newest day that has come, the reminder's included. After
    an outage only these go; who was never called is not asked why nothing came."""
    if meeting.held_at is not None:
        return _due_after(meeting, found, today)
    by_step = {one.step: one for one in found if one.step in BEFORE}
    came = [
        one
        for one in by_step.values()
        if one.step in BY_CLOCK and one.is_open and one.date <= today and not one.misplaced
    ]
    came = [one for one in came if meeting.steps_from is None or one.date >= meeting.steps_from]
    if ITEMS_DUE in by_step and by_step[CALL].state in ("before", "skipped"):
        came = [one for one in came if one.step != ITEMS_DUE]
    told = first_mail_day(meeting.dtstamp, meeting.zone) if meeting.dtstamp else None
    if told is None or told > today:
        came = [one for one in came if one.step != REPLIES]
    elif REPLIES in by_step and by_step[REPLIES].date < told:
        came = [one for one in came if one.step != REPLIES]  # whoever a late notice asks has a day to answer on
    gone = [one.date for one in found if one.step == REMINDER and one.state != "skipped" and one.date <= today]
    newest = max((*(one.date for one in came), *gone), default=None)
    return [one for one in came if one.date == newest]


def _due_after(meeting: Meeting, found: Sequence[StepOf], today: date) -> list[StepOf]:
    """Of the minutes: a draft that nobody made, and the issue once all have agreed; the newer of both."""
    if not wants_minutes(meeting):
        return []
    came = [one for one in found if one.step in AFTER_BY_CLOCK and one.is_open and one.date <= today]
    came = [one for one in came if one.step != ISSUE or meeting.minutes_agreed_at is not None]
    newest = max((one.date for one in came), default=None)
    return [one for one in came if one.date == newest]


def next_on(found: Sequence[StepOf], today: date) -> date | None:
    """The local date after `today` on which the clock has something to look at; None when nothing is left."""
    ahead = [one for one in found if one.step in BY_CLOCK and one.is_open and one.date > today]
    if not ahead:
        return None
    first = min(one.date for one in ahead)
    return first if all(one.certain for one in ahead) else min(first, today + LOOK_AGAIN)
