"""What other working days of a region change: dates of meetings that nobody was told of, and deadlines; and letting them follow."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.actions import due
from liaison.actions.models import ActionItem
from liaison.calendaring.deadlines import first_mail_day
from liaison.calendaring.schedules import Change
from liaison.calendaring.walltime import NoSuchTime
from liaison.calendaring.workdays import Rolled, WorkCalendar
from liaison.db import Session
from liaison.mechanisms.models import Mechanism
from liaison.meetings import other_days
from liaison.meetings.locking import audit_line
from liaison.meetings.models import Meeting, Series
from liaison.notices import due as notice_due
from liaison.notices.models import Addressee, Notice

_NEAR: Final = timedelta(days=40)
"""Further from the days that changed no step of an action item lies: longer than any row of free days and the steps around it."""
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Named:
    """A meeting and where its series' rule now puts it."""

    meeting: Meeting
    was: Rolled
    now: Rolled


@dataclass(frozen=True, slots=True)
class Deadline:
    """One step of a meeting or an action item that is due on another day."""

    thing: Meeting | ActionItem
    step: str
    before: date
    after: date

    @property
    def is_of_meeting(self) -> bool:
        return isinstance(self.thing, Meeting)


@dataclass(slots=True)
class Effects:
    """What would change. `moves`: meetings nobody was told of; `stays`: announced ones, which an officer moves or leaves; `settled`:
    announced ones whose provisional date is certain by now."""

    days: list[Change]
    moves: list[Named] = field(default_factory=list)
    stays: list[Named] = field(default_factory=list)
    settled: list[Meeting] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)


async def effects(
    db: Session, region: str, before: WorkCalendar, after: WorkCalendar, days: list[Change], *, lock: bool = False
) -> Effects:
    """What the other days change in every mechanism of the region; nothing is changed yet. With `lock` nobody else changes the meetings
    and action items concerned until the transaction ends."""
    found = Effects(days)
    series = await _series(db, region)
    for number, meeting in enumerate(await _meetings(db, region, lock=lock), 1):
        await _let_others(number)
        was, now = _named(meeting, series, before, after)
        today = db.clock.today(meeting.timezone)
        if was and now and other_days.follows(meeting, was, now):
            if meeting.announced_at is not None:
                found.stays.append(Named(meeting, was, now))
            elif now.date > today:
                found.moves.append(Named(meeting, was, now))
                continue  # its deadlines go with it
        elif was and now and meeting.announced_at is not None and meeting.provisional and now.certain:
            found.settled.append(meeting)
        found.deadlines += [
            Deadline(meeting, *step) for step in other_days.moved_deadlines(meeting, before, after, today)
        ]
    for number, item in enumerate(await _items(db, region, days, lock=lock), 1):
        await _let_others(number)
        assert item.due_on is not None
        today = db.clock.today(item.mechanism.timezone)
        for one, other in zip(due.steps(before, item.due_on), due.steps(after, item.due_on), strict=True):
            if one.on != other.on and max(one.on, other.on) >= today:
                found.deadlines.append(Deadline(item, one.step, one.on, other.on))
    return found


async def follow(
    db: Session,
    viewer: Viewer,
    region: str,
    before: WorkCalendar,
    after: WorkCalendar,
    found: Effects,
    *,
    move: bool,
) -> int:
    """Let what is derived from the working days follow them, as was `found` under the lock: with `move` also the dates of meetings nobody
    was told of, else they stay; how many moved. What was announced stays, and nobody is mailed."""
    series = await _series(db, region)
    moving = {each.meeting.id: each.now for each in found.moves} if move else {}
    moved = 0
    for number, meeting in enumerate(await _meetings(db, region, lock=True), 1):
        await _let_others(number)
        was, now = _named(meeting, series, before, after)
        if meeting.announced_at is not None:
            other_days.keep_what_was_told(meeting, before, after)
            other_days.plan_reminder(meeting, before, after, db.now())
        if meeting.starts_at > db.now():
            meeting.step_on = db.clock.today(meeting.timezone)  # the clock finds anew what is due when
        if meeting.id in moving and _moved(meeting, moving[meeting.id]):
            meeting.count_steps_from(db.now())
            meeting.touch()
            moved += 1
            audit_line(db, viewer, "follow_holidays", meeting, starts_at=meeting.starts_at.isoformat())
        elif was and now and meeting.local_on == was.date == now.date:
            other_days.stands_by(meeting, now)
        elif was and now:
            other_days.stands_apart(meeting, after)
    for number, item in enumerate(await _items(db, region, found.days, lock=True), 1):
        await _let_others(number)
        assert item.due_on is not None
        since = first_mail_day(db.now(), ZoneInfo(item.mechanism.timezone))
        # Any other date is that of a mail which waits: it goes, and by the other days.
        if item.remind_on == due.next_step_on(before, item.due_on, since=since):
            item.remind_on = due.next_step_by_other_days(before, after, item.due_on, since=since)
    for number, one in enumerate(await _notices(db, region, found.days), 1):
        await _let_others(number)
        assert one.arrived_on is not None
        since = first_mail_day(db.now(), ZoneInfo(one.notice.mechanism.timezone))
        # The deadline that was told stays; what the clock says before it goes by the other days.
        if one.remind_on == notice_due.next_step_on(before, one.arrived_on, one.due_on, since=since):
            one.plan_reminder(after, since)
    await db.flush()
    return moved


def _moved(meeting: Meeting, day: Rolled) -> bool:
    try:
        other_days.move_to(meeting, day)
    except NoSuchTime:
        return False
    return True


def _named(
    meeting: Meeting, series: dict[int, Series], before: WorkCalendar, after: WorkCalendar
) -> tuple[Rolled | None, Rolled | None]:
    of = series.get(meeting.series_id or 0)
    return other_days.by_rule(meeting, of, before), other_days.by_rule(meeting, of, after)


async def _let_others(number: int) -> None:
    """A large site must not keep the requests waiting."""
    if number % _AT_ONCE == 0:
        await asyncio.sleep(0)


async def _meetings(db: Session, region: str, *, lock: bool) -> Sequence[Meeting]:
    """Those still to come, in the order in which they are locked."""
    query = (
        select(Meeting)
        .join(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .where(
            Mechanism.region == region,
            Meeting.starts_at > db.now(),
            Meeting.held_at.is_(None),
            Meeting.cancelled_at.is_(None),
            Meeting.postponed_at.is_(None),
        )
        .options(joinedload(Meeting.mechanism))
        .order_by(Meeting.id)
        .execution_options(populate_existing=True)
    )
    return (await db.scalars(query.with_for_update(of=Meeting) if lock else query)).all()


async def _items(db: Session, region: str, days: Collection[Change], *, lock: bool) -> Sequence[ActionItem]:
    """Open ones of which a step may lie on another day."""
    if not days:
        return []
    changed = [each.on for each in days]
    query = (
        select(ActionItem)
        .join(Mechanism, Mechanism.id == ActionItem.mechanism_id)
        .where(
            Mechanism.region == region,
            ActionItem.ended_at.is_(None),
            ActionItem.due_on.between(min(changed) - _NEAR, max(changed) + _NEAR),
        )
        .options(joinedload(ActionItem.mechanism))
        .order_by(ActionItem.id)
        .execution_options(populate_existing=True)
    )
    return (await db.scalars(query.with_for_update(of=ActionItem) if lock else query)).all()


async def _notices(db: Session, region: str, days: Collection[Change]) -> Sequence[Addressee]:
    """The agencies of whose notices the clock will speak, in the order in which they are locked. Nobody is shown them: who keeps the
    calendar reads no notices."""
    if not days:
        return []
    query = (
        select(Addressee)
        .join(Notice, Notice.id == Addressee.notice_id)
        .join(Mechanism, Mechanism.id == Notice.mechanism_id)
        .where(Mechanism.region == region, Addressee.remind_on.is_not(None))
        .options(joinedload(Addressee.notice).joinedload(Notice.mechanism))
        .order_by(Addressee.id)
        .execution_options(populate_existing=True)
    )
    return (await db.scalars(query.with_for_update(of=Addressee))).all()


async def _series(db: Session, region: str) -> dict[int, Series]:
    query = select(Series).join(Mechanism, Mechanism.id == Series.mechanism_id).where(Mechanism.region == region)
    return {each.id: each for each in await db.scalars(query)}
