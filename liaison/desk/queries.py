"""我的工作: what each feature has waiting for this viewer, loaded for one page in few statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from liaison.accounts.viewer import Viewer
from liaison.actions import queries as action_queries
from liaison.actions.due import DUE_SOON, OVERDUE, due_state
from liaison.actions.models import ActionItem
from liaison.calendaring.workdays import region_calendar
from liaison.db import Session
from liaison.desk import around as beside
from liaison.desk.agreed import agreed_in
from liaison.desk.dormant import sleepers
from liaison.desk.offices import by_office, to_close
from liaison.desk.outcomes import outcome_todos
from liaison.desk.promises import Promises, promises, years_of
from liaison.desk.proposals import proposal_todos
from liaison.desk.record import record_todos
from liaison.desk.reviews import reviews
from liaison.desk.rhythms import plans
from liaison.desk.steps import TELL_SINCE, Steps, called, due_on, on_paper, returned, times_to_tell
from liaison.desk.todos import (
    Counts,
    Todo,
    counted,
    is_time_to_accept,
    is_time_to_remind,
    is_time_to_send,
    most_urgent_first,
    unsent,
)
from liaison.directory.models import Person
from liaison.mail.models import HELD, OutboxMail
from liaison.mail.queue_state import current_block
from liaison.mechanisms import queries as mechanism_queries
from liaison.mechanisms.models import PAPER, Mechanism
from liaison.mechanisms.queries import AgencyHistory
from liaison.mechanisms.terms import ends_in_days
from liaison.meetings import queries as meeting_queries
from liaison.meetings.attendance import ASKED_FOR_SUBSTITUTE, OPEN, leave_of
from liaison.meetings.audience import may_see_item
from liaison.meetings.due import replies_due_on
from liaison.meetings.models import Meeting
from liaison.meetings.month import Month, month_of
from liaison.meetings.permissions import is_host, may_approve_leave, may_arrange, may_see_list
from liaison.meetings.queries import PERSON_ADDRESS, mark_of, seen_in
from liaison.meetings.snapshot import snapshot_of
from liaison.meetings.stepping import rows_of
from liaison.meetings.steps import CALL, ITEMS_DUE, NOTICE, StepOf, steps_of
from liaison.polls import queries as poll_queries
from liaison.postroom import queries as postroom_queries

FAILED_FOR = timedelta(days=7)
"""So long an operator is told of mails that did not arrive."""
MOST_MEETINGS = 1000


@dataclass(frozen=True, slots=True)
class Rhythm:
    """One mechanism in the side column: its promised meetings of this year and what became of them."""

    mechanism: Mechanism
    promises: Promises


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on the page."""

    todos: Sequence[Todo]
    coming: Sequence[Meeting]
    counts: Mapping[int, Counts]
    month: Month
    rhythms: Sequence[Rhythm]
    actions: Sequence[ActionItem]
    """The open action items that the viewer owns, what is due first first."""
    carried: Mapping[int, int]
    """By action item, over how many meetings it was carried."""
    today: date
    is_empty_site: bool
    """For an operator: there is no mechanism yet."""

    @property
    def next_meeting(self) -> Meeting | None:
        """The soonest that was announced."""
        return next((meeting for meeting in self.coming if meeting.state == "announced"), None)


async def desk(db: Session, viewer: Viewer, month: date) -> Desk:
    """The page of this viewer, with the calendar of the month that begins on `month`."""
    today = db.clock.today(db.settings.timezone)
    own = await agreed_in(db, viewer, today)
    series = own.rules
    regions = {mechanism.region for mechanism in series} or {db.settings.region}
    # Some regions take 0.4 s the first time.
    calendars = {region: region_calendar(region) for region in regions}
    meetings = await _meetings(db, viewer, today, month)
    ahead = [m for m in meetings if m.ends_at > db.now() and m.state in ("draft", "announced")]
    off = [m for m in meetings if m.state in ("cancelled", "postponed") and m.announced_at and not m.off_announced]
    around = await beside.around(db, viewer, [*ahead, *off])
    histories = await _histories(db, viewer, series)
    steps = await _steps(db, [*ahead, *off])
    years = {
        mechanism: years_of(
            rules,
            calendars[mechanism.region],
            [mark_of(m) for m in meetings if m.mechanism_id == mechanism.id],
            seen_in(viewer, mechanism.id),
            own.skipped[mechanism.id],
            today,
        )
        for mechanism, rules in series.items()
    }
    todos = [
        *_own(viewer, ahead, around, db.now()),
        *await _hosted(db, viewer, [m for m in [*ahead, *off] if is_host(viewer, m)], around, histories, steps),
        *_to_accept(viewer, ahead, around, steps, db.now()),
        *called(viewer, [m for m in ahead if m.starts_at > db.now()], steps, around.agenda, histories),
        *returned(viewer, [m for m in ahead if m.starts_at > db.now()], steps, around.returned),
        *_offices(viewer, histories, today),
        *await plans(db, viewer, years, calendars, today),
        *await reviews(db, viewer, own.reviewed, today),
        *await sleepers(db, viewer, series, meetings, today),
        *_to_hold(viewer, meetings, db.now()),
        *await record_todos(db, viewer),
        *await proposal_todos(db, viewer, own.under_way),
        *await outcome_todos(db, viewer, series),
    ]
    actions = await action_queries.of_owner(db, viewer.person_id)
    todos += [
        Todo("action", item.due_on, item.id, None, item.title, version=item.version)
        for item in actions
        if due_state(region_calendar(item.mechanism.region), item.due_on, today) in (DUE_SOON, OVERDUE)
        and not item.waits_for_closing
    ]
    if paper := on_paper(histories):
        polls = await poll_queries.picked_since(db, viewer, list(paper), db.now() - TELL_SINCE)
        todos += times_to_tell(viewer, polls, paper, db.now())
    if viewer.acts_in_any():
        todos += await by_office(db, viewer, histories, today)
    todos += await to_close(db, viewer, series, today)
    if (viewer.acts_in_any() or viewer.operator) and (letters := await postroom_queries.waiting(db, viewer)):
        todos.append(Todo("incoming", today, 0, count=letters))
    is_empty = False
    if viewer.operator:
        is_empty = not series and (await db.execute(select(Mechanism.id).limit(1))).first() is None
        todos += await _queue(db)
        todos += await _vacancies(db, viewer, histories, today)
    home = next(iter(calendars.values()))
    return Desk(
        todos=most_urgent_first(todos),
        coming=ahead,
        counts={
            meeting_id: counts
            for meeting_id, counts in counted(around.attendees, around.slips, around.agenda).items()
            if any(m.id == meeting_id and may_see_list(viewer, m) for m in ahead)
        },
        month=month_of(month, home, today, meetings),
        rhythms=[Rhythm(mechanism, promises(found[0])) for mechanism, found in years.items() if found[0].periods],
        actions=actions,
        carried=await action_queries.carried(db, actions),
        today=today,
        is_empty_site=is_empty,
    )


async def counts_of(db: Session, viewer: Viewer, meetings: Sequence[Meeting]) -> dict[int, Counts]:
    """The counts of these meetings, of those whose list the viewer may see."""
    seen = [m.id for m in meetings if may_see_list(viewer, m)]
    return counted(await beside.asked_of(db, seen), await beside.slips_of(db, seen), await beside.agenda_of(db, seen))


async def _meetings(db: Session, viewer: Viewer, today: date, month: date) -> list[Meeting]:
    """What the viewer may know of: this year's and later ones, those of the month shown, and postponed ones; soonest first."""
    day = timedelta(days=1)
    starts, month_starts = (_midnight(each, db.settings.timezone) for each in (date(today.year, 1, 1), month))
    times = [
        (starts - day, datetime.max.replace(tzinfo=UTC)),
        (month_starts - 8 * day, month_starts + 40 * day),
    ]
    return await meeting_queries.of_times(db, viewer, times, limit=MOST_MEETINGS)


async def _histories(db: Session, viewer: Viewer, mechanisms: Iterable[Mechanism]) -> dict[int, list[AgencyHistory]]:
    """Who is in office where the viewer is liaison, deputy or administrator of the agency."""
    mine = [m for m in mechanisms if viewer.acts_for(m.id) or (viewer.agency_admin and m.id in viewer.member_of)]
    return await mechanism_queries.histories(db, mine) if mine else {}


def _own(viewer: Viewer, ahead: Sequence[Meeting], around: beside.Around, now: datetime) -> list[Todo]:
    """What the viewer and the viewer's agency were asked and have not answered."""
    open_ = {m.id: m for m in ahead if m.state == "announced" and m.starts_at > now}
    answers = [
        Todo("answer", replies_due_on(open_[one.meeting_id], now), one.id, open_[one.meeting_id], version=one.version)
        for one in around.attendees
        if one.meeting_id in open_
        and one.person_id == viewer.person_id
        and one.agency_invitation_id is None
        and one.partstat == "needs_action"
    ]
    slips = [
        Todo("slip", replies_due_on(open_[slip.meeting_id], now), slip.id, open_[slip.meeting_id])
        for slip in around.slips
        if slip.meeting_id in open_
        and not slip.returned
        and viewer.acts_for(open_[slip.meeting_id].mechanism_id) == slip.agency_id
    ]
    return answers + slips + _leave(viewer, open_, around)


def _leave(viewer: Viewer, open_: Mapping[int, Meeting], around: beside.Around) -> list[Todo]:
    """Leave that the viewer's agency has not approved, and whom the viewer is asked to send instead."""
    todos = []
    for one in around.attendees:
        meeting = open_.get(one.meeting_id)
        if meeting is None:
            continue
        how = leave_of(one)
        if how == OPEN and may_approve_leave(viewer, meeting.mechanism_id, one.agency_id):
            todos.append(Todo("leave", meeting.local_on, one.id, meeting, one.name, version=one.version))
        elif how == ASKED_FOR_SUBSTITUTE and one.person_id == viewer.person_id:
            todos.append(Todo("substitute", meeting.local_on, one.id, meeting))
    return todos


def _to_hold(viewer: Viewer, meetings: Sequence[Meeting], now: datetime) -> list[Todo]:
    """Meetings of the viewer's agency that are over, and that nobody has recorded as held."""
    over = [m for m in meetings if m.state == "announced" and m.ends_at <= now and is_host(viewer, m)]
    return [Todo("hold", meeting.local_on, meeting.id, meeting) for meeting in over]


async def _hosted(
    db: Session,
    viewer: Viewer,
    meetings: Sequence[Meeting],
    around: beside.Around,
    histories: Mapping[int, Sequence[AgencyHistory]],
    steps: Steps,
) -> list[Todo]:
    """What the viewer's meetings wait for: notices to send, mails that failed, people to remind."""
    reachable = await _reachable(db, meetings, around, histories)
    counts = counted(around.attendees, around.slips, {})
    todos = []
    for meeting in meetings:
        today = db.clock.today(meeting.timezone)
        notice_due = due_on(steps[meeting.id], NOTICE, meeting)
        items = around.agenda.get(meeting.id, [])
        accepted = [item for item in items if item.state == "accepted"]
        says = snapshot_of(meeting, accepted, [], organizer="", organizer_name="", contact=None, replies_due_on=None)
        why = unsent(meeting, around.told.get(meeting.uid), says, reachable[meeting.id])
        if not why and meeting.state == "announced" and meeting.id in around.tried:
            why = "tried"
        ahead = meeting.is_off or meeting.starts_at > db.now()
        if ahead and is_time_to_send(why, notice_due, today):
            todos.append(Todo("send", notice_due if why == "draft" else today, meeting.id, meeting, why))
        if meeting.state in ("draft", "announced") and (failures := around.failures.get(meeting.id)):
            count, names = len(failures), tuple(failures)
            todos.append(Todo("mail", today, meeting.id, meeting, count=count, failures=names))
        missing = counts.get(meeting.id, Counts())
        if missing.waiting + missing.slips and is_time_to_remind(meeting, replies_due_on(meeting, db.now()), db.now()):
            todos.append(Todo("remind", today, meeting.id, meeting, "", missing.waiting + missing.slips))
    return todos


def _to_accept(
    viewer: Viewer, ahead: Sequence[Meeting], around: beside.Around, steps: Steps, now: datetime
) -> list[Todo]:
    """Items proposed for meetings whose agenda the viewer arranges, as host or in the chair."""
    chairs: dict[int, set[int]] = {}
    for one in around.attendees:
        if one.role == "chair" and one.person_id:
            chairs.setdefault(one.meeting_id, set()).add(one.person_id)
    return [
        Todo(
            "item",
            due_on(steps[meeting.id], ITEMS_DUE, meeting),
            item.id,
            meeting,
            item.title if may_see_item(viewer, item) else "",
            version=item.version,
        )
        for meeting in ahead
        if may_arrange(viewer, meeting, chairs.get(meeting.id, ()))
        for item in around.agenda.get(meeting.id, [])
        if item.state == "proposed"
        and is_time_to_accept(item, due_on(steps[meeting.id], CALL, meeting), now.astimezone(meeting.zone).date())
    ]


async def _steps(db: Session, meetings: Sequence[Meeting]) -> dict[int, dict[str, StepOf]]:
    """By meeting and step, how the steps of these meetings stand."""
    rows = await rows_of(db, [m.id for m in meetings])
    return {m.id: {s.step: s for s in steps_of(m, rows[m.id], db.clock.today(m.timezone))} for m in meetings}


async def _reachable(
    db: Session,
    meetings: Sequence[Meeting],
    around: beside.Around,
    histories: Mapping[int, Sequence[AgencyHistory]],
) -> dict[int, set[tuple[str, int]]]:
    """By meeting everybody asked whom a mail would reach; only those whom the last notice did not reach are looked at closely."""
    told = {m.id: around.told[m.uid].asked if m.uid in around.told else frozenset() for m in meetings}
    by_name = [one for one in around.attendees if one.meeting_id in told and one.agency_invitation_id is None]
    new = {one.person_id for one in by_name if ("attendee", one.id) not in told[one.meeting_id] and one.person_id}
    mailed: set[int | None] = set()
    if new:
        people = await db.scalars(select(Person).where(Person.id.in_(new)).options(*PERSON_ADDRESS))
        mailed = {person.id for person in people if person.effective_address() is not None}
    on_paper = {
        (mechanism_id, one.agency.id)
        for mechanism_id, agencies in histories.items()
        for one in agencies
        if one.takes_part == PAPER
    }
    mechanism_of = {m.id: m.mechanism_id for m in meetings}
    found: dict[int, set[tuple[str, int]]] = {m.id: set() for m in meetings}
    for one in by_name:
        if ("attendee", one.id) in told[one.meeting_id] or one.person_id in mailed:
            found[one.meeting_id].add(("attendee", one.id))
    for slip in around.slips:
        if slip.meeting_id in told and (mechanism_of[slip.meeting_id], slip.agency_id) not in on_paper:
            found[slip.meeting_id].add(("slip", slip.id))
    return found


def _offices(viewer: Viewer, histories: Mapping[int, Sequence[AgencyHistory]], today: date) -> list[Todo]:
    """Vacancies of every member agency, and the own agency's term that ends within 60 days (UX.md 5)."""
    todos = []
    for mechanism_id, agencies in histories.items():
        for one in agencies:
            span = one.span_on(today)
            if span is None:
                continue
            own = one.agency.id == viewer.agency_id
            if span.term is None:
                due, reached = today if own else None, bool(one.agency.mail)
                name = one.agency.short_name
                todos.append(Todo("vacancy", due, mechanism_id, None, name, int(own), reached=reached))
            elif own and (days := ends_in_days(span.term, one.spans, today)) is not None:
                todos.append(Todo("term", span.term.ends_on, span.term.designation_id, None, span.term.name, days))
    return todos


async def _vacancies(
    db: Session, viewer: Viewer, known: Mapping[int, Sequence[AgencyHistory]], today: date
) -> list[Todo]:
    """For an operator: vacancies in the mechanisms where they are nobody's liaison or administrator."""
    every = await mechanism_queries.mechanisms_visible_to(db, viewer)
    others = [m for m in every if m.id not in known and not m.has_ended(today)]
    found = _offices(viewer, await mechanism_queries.histories(db, others), today) if others else []
    return [todo for todo in found if todo.kind == "vacancy"]


async def _queue(db: Session) -> list[Todo]:
    """For an operator: all mail waits, or mails of the last week did not arrive, or some are held."""
    failed = select(func.count()).where(
        or_(
            OutboxMail.state == HELD,
            OutboxMail.state.in_(beside.NOT_REACHED) & (OutboxMail.final_at > db.now() - FAILED_FOR),
        )
    )
    today = db.clock.today(db.settings.timezone)
    todos = []
    if block := await current_block(db):
        todos.append(Todo("queue", today, 0, None, block.reason))
    if count := (await db.execute(failed)).scalar_one():
        todos.append(Todo("queue", today, 1, None, "", count))
    return todos


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(timezone))
