"""Asking the member agencies which time suits them, and reminding those that have not answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import Viewer
from liaison.calendaring.walltime import NoSuchTime, instant_of
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings.locking import lock as lock_meeting
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.scheduling import LONGEST_MINUTES
from liaison.polls import queries
from liaison.polls.locking import audit_line, lock
from liaison.polls.mails import ASKED, REMINDED, tell
from liaison.polls.models import FEWEST, MOST, WANTS_A_TIME, Candidate, PollAnswer, TimePoll
from liaison.polls.permissions import may_run
from liaison.polls.wording import HAS_A_DATE, LATE

HOURS_BETWEEN_REMINDERS = 1
NOT_RUN = N_("Only the agency that asks, or the meeting's host, may do this.")
_HAS_A_DATE = N_("This meeting has a date. Times are asked about for a draft, or for a meeting that is postponed.")


@dataclass(frozen=True, slots=True)
class Proposed:
    """One time to ask about: naive local time of the mechanism's zone, and how long."""

    local_start: datetime
    duration_minutes: int


async def ask_for_times(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    candidates: Sequence[Proposed],
    due_on: date | None,
    title: str | None = None,
    note: str | None = None,
    meeting: Meeting | None = None,
) -> TimePoll:
    """会议时间征询: ask every member agency's liaison which of two to six times suits them; each gets one mail with one link, at once.

    For a draft or a postponed `meeting`, which gives the title, or for one to be scheduled afterwards (`title`). The times cannot be changed
    later. Raises NotPermitted, Invalid (title, note, due_on, candidates, candidates.0.starts_at, …), Conflict (the meeting has a
    date, or is asked about already)."""
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    if meeting is not None:
        await lock_meeting(db, meeting)
        if meeting.mechanism_id != mechanism_id:
            raise Invalid({"meeting_id": N_("Please choose a meeting of this mechanism.")})
        if meeting.state not in WANTS_A_TIME:
            raise Conflict(_HAS_A_DATE)
        if await queries.open_for(db, viewer, meeting.id) is not None:
            raise Conflict(N_("The agencies are being asked about this meeting already. End that first."))
        if await queries.is_open_for(db, meeting.id):  # since before the viewer's agency joined
            raise Conflict(
                N_(
                    "A time for this meeting is being asked for already, since before your agency joined. Please ask its host."
                )
            )
    check = Check()
    today = db.clock.today(mechanism.timezone)
    poll = TimePoll(
        mechanism_id=mechanism_id,
        mechanism=mechanism,
        meeting_id=meeting.id if meeting else None,
        meeting=meeting,
        agency_id=viewer.acts_for(mechanism_id),
        title=meeting.title if meeting else check.required_text("title", title, most=200),
        note=check.text("note", note, most=1000, lines=True),
        opened_at=db.now(),
        opened_by=viewer.person_id,
        version=1,
    )
    _propose(check, poll, candidates, mechanism, db.now())
    check.day("due_on", due_on, required=True)
    if due_on is not None and due_on < today:
        check.refuse("due_on", N_("This day has passed: nobody could answer by then. Please choose a later one."))
    elif due_on is not None and any(one.local_start.date() < due_on for one in poll.candidates):
        check.refuse("due_on", N_("Answers must be due on or before the day of the first time."))
    check.done()
    assert due_on is not None
    poll.due_on = due_on
    members = await mechanisms.members_on(db, mechanism_id, today)
    poll.answers = [
        PollAnswer(agency_id=member.agency_id, agency=member.agency, choices={}, version=1) for member in members
    ]
    db.add(poll)
    await db.flush()
    starts = [one.local_start.isoformat() for one in poll.candidates]
    audit_line(db, viewer, "ask_for_times", poll, meeting=poll.meeting_id, starts_at=starts)
    await tell(db, poll, ASKED, by=viewer.person_id)
    return poll


async def remind(db: Session, viewer: Viewer, poll: TimePoll) -> int:
    """Mail once more the liaisons that have not answered, at most once an hour; how many mails. Raises NotPermitted, Conflict
    (among others: none of them can be mailed)."""
    await lock(db, poll)
    if not may_run(viewer, poll):
        raise NotPermitted(NOT_RUN)
    if not poll.takes_answers_on(db.clock.today(poll.mechanism.timezone)):
        raise Conflict(LATE)
    if not poll.wants_a_time:
        raise Conflict(HAS_A_DATE)
    if poll.reminded_at and db.now() - poll.reminded_at < timedelta(hours=HOURS_BETWEEN_REMINDERS):
        raise Conflict(N_("They were reminded within the last hour."))
    waiting = {one.agency_id for one in poll.answers if one.answered_at is None}
    if not waiting:
        raise Conflict(N_("Every agency has answered."))
    poll.reminded_at = db.now()
    mails = await tell(db, poll, REMINDED, by=viewer.person_id, only=waiting)
    if not mails:
        raise Conflict(
            N_(
                "None of those that have not answered can be mailed. Please ask them another way and register what they say."
            )
        )
    audit_line(db, viewer, "remind", poll, mails=mails)
    return mails


def _propose(check: Check, poll: TimePoll, candidates: Sequence[Proposed], mechanism: Mechanism, now: datetime) -> None:
    if not FEWEST <= len(candidates) <= MOST:
        check.refuse("candidates", N_("Please give between %(least)s and %(most)s times."), least=FEWEST, most=MOST)
        return
    zone, seen = ZoneInfo(mechanism.timezone), set[datetime]()
    for number, one in enumerate(candidates):
        start, field = one.local_start.replace(second=0, microsecond=0), f"candidates.{number}.starts_at"
        check.number(
            f"candidates.{number}.duration_minutes", one.duration_minutes, least=5, most=LONGEST_MINUTES, required=True
        )
        check.day(field, start.date())
        try:
            if field not in check.errors and instant_of(start, zone) <= now:
                check.refuse(field, N_("This time has passed. Please give a later one."))
        except NoSuchTime:
            check.refuse(field, N_("This time does not exist on that day: the clocks are put forward then."))
        if start in seen:
            check.refuse(field, N_("This time stands here twice."))
        seen.add(start)
        poll.candidates.append(Candidate(local_start=start, duration_minutes=one.duration_minutes))
