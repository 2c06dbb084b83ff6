"""The clock's mail of a working day: what is due now, bundled into one mail per address, each reminder once.

Rules of PRACTICE.md 14 and "One quarter": at 08:30 in the mechanism's zone, nothing on free days, a step that lay before the thing
existed is skipped, and after an outage only the newest step goes."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from liaison import site
from liaison.accounts.viewer import Viewer
from liaison.actions import due
from liaison.actions.models import ActionItem
from liaison.actions.queries import audiences as audiences_of
from liaison.calendaring.deadlines import first_mail_day
from liaison.calendaring.workdays import WorkCalendar, region_calendar
from liaison.db import Session, one_at_a_time
from liaison.directory.models import Person
from liaison.mail.queue_state import note, noted
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.queries import in_force
from liaison.meetings.stepping import rows_of
from liaison.reminders import list_checks, queries, stepping
from liaison.reminders.bundling import bundle
from liaison.reminders.closings import closing_lines
from liaison.reminders.extensions import extension_lines
from liaison.reminders.notices import due_addressees, notice_lines
from liaison.reminders.queries import Morning
from liaison.reminders.reviews import due_reviews, review_lines
from liaison.reminders.rules import (
    ACTION,
    BEFORE_MEETING,
    NOTICE_SENT,
    REVIEW,
    WEEK,
    Line,
    digest_time,
    mail_day,
    monday_of,
)
from liaison.reminders.sign_mails import sign_lines
from liaison.reminders.stepping import asked_lines

NO_DIGEST = "no_weekly_digest"
"""The operator's choice to leave out what merely waits (系统)."""


async def switch_digest(db: Session, viewer: Viewer, *, on: bool) -> None:
    """Let the weekly digest go out, or leave it out, for the whole site. Raises NotPermitted for all but operators."""
    await site.choose(db, viewer, NO_DIGEST, None if on else {})


async def digest_is_on(db: Session) -> bool:
    """Whether the weekly digest goes out."""
    return await site.choice(db, NO_DIGEST) is None


async def remind_due(db: Session) -> int:
    """Call for the clock's mails that are due now; how many. A second run, or a second worker, calls for none of them again."""
    await one_at_a_time(db, "reminders")
    mails = 0
    yesterday = db.now().date() - timedelta(days=1)  # no zone is behind that
    zones = select(Mechanism.timezone, Mechanism.region).where(in_force(yesterday)).distinct()
    for timezone, region in (await db.execute(zones)).all():
        calendar = region_calendar(region)
        today = mail_day(calendar, db.now(), timezone)
        if today is not None:
            mails += await _morning(db, Morning(today, timezone, region), calendar)
    return mails


async def _morning(db: Session, morning: Morning, calendar: WorkCalendar) -> int:
    items = await queries.due_items(db, morning)
    meetings = await queries.due_meetings(db, morning)
    audiences = await audiences_of(db, items)
    lines = [line for item in items for line in await _of_item(db, morning, calendar, item, audiences.get(item.id))]
    ahead = [one for one in meetings if one.state == "announced" and one.starts_at > db.now()]
    reminders = await asked_lines(db, morning, ahead, BEFORE_MEETING, only_open=False)
    looked = await stepping.looked_at(db, morning)
    of_steps = await stepping.lines_of(db, morning, looked)
    lines += [*reminders, *of_steps, *await extension_lines(db, morning), *await sign_lines(db, morning, calendar)]
    lines += await closing_lines(db, morning, calendar)
    notices = await due_addressees(db, morning)
    lines += await notice_lines(db, morning, calendar, notices)
    reviews = await due_reviews(db, morning)
    lines += await review_lines(db, morning, calendar, reviews)
    week = await _of_week(db, morning, digest_time(calendar, morning.today, morning.timezone))
    lists = await list_checks.looked_at(db, morning, calendar)
    lines += lists.lines if lists is not None else ()
    mails, held_over = await bundle(db, morning.today, [*lines, *(week or ())])
    if lists is not None:
        await list_checks.note_asked(db, lists, held_over)
    if week is not None:
        await _note_week(db, morning, goes_on=any(line.about in held_over for line in week))
    for one in notices:
        tomorrow = morning.today + timedelta(days=1)
        one.plan_reminder(calendar, tomorrow)
        if f"{NOTICE_SENT}:{one.id}" in held_over:
            one.remind_on = tomorrow
    for agreement in reviews:
        tomorrow = morning.today + timedelta(days=1)
        agreement.plan_reminder(calendar, tomorrow)
        if f"{REVIEW}:{agreement.mechanism_id}" in held_over:
            agreement.remind_on = tomorrow
    for item in items:
        tomorrow = morning.today + timedelta(days=1)
        waits = f"{ACTION}:{item.id}" in held_over
        item.remind_on = tomorrow if waits else due.next_step_on(calendar, item.due_on, since=tomorrow)
    waiting = {morning.meeting_of[about] for about in held_over if about in morning.meeting_of}
    rows = await rows_of(db, [one.id for one in ahead])
    told_of = await stepping.told_days(db, ahead)  # a move that was not sent is not what they were reminded of
    for meeting in meetings:
        meeting.remind_on = morning.today + timedelta(days=1) if meeting.id in waiting else None
        if meeting.id in rows and meeting.id not in waiting:
            row = next((row for row in rows[meeting.id] if row.step == BEFORE_MEETING), None)
            told = {line.to for line in reminders if morning.meeting_of[line.about] == meeting.id}
            day = told_of.get(meeting.id, meeting.local_on)
            stepping.note_step(db, meeting, row, BEFORE_MEETING, mails=len(told), by=None, day=day)
    stepping.note_done(db, morning, looked, of_steps, waiting)
    return mails


async def _of_item(
    db: Session, morning: Morning, calendar: WorkCalendar, item: ActionItem, audience: frozenset[int] | None
) -> list[Line]:
    """The owner at each step; from the first day overdue also the responsible agency's liaison, after five the host's. An item
    that nobody owns, or whose owner no mail reaches, is the liaison's from the start, and the host's where that agency is told by
    letter. A host that may not know of the item (`audience`) hears nothing of it."""
    if item.due_on is None:
        return []
    since = first_mail_day(item.assigned_at, ZoneInfo(morning.timezone))
    step = due.newest_step(calendar, item.due_on, morning.today, since=since)
    if step is None:
        return []
    owner = _owner(item)
    lines = [Line(ACTION, item.id, step.step, item.due_on, owner.id)] if owner else []
    told = [item.lead_agency_id] if step.step in due.TO_LIAISON or owner is None else []
    nobody = owner is None and not await queries.by_office(db, morning, item.mechanism, item.lead_agency_id)
    if step.step in due.TO_HOST or nobody:
        told.append(item.host_agency_id)
    for agency_id in dict.fromkeys(told):
        if audience is not None and agency_id not in {*audience, item.lead_agency_id}:
            continue
        for to in await queries.by_office(db, morning, item.mechanism, agency_id):
            lines.append(Line(ACTION, item.id, step.step, item.due_on, *to))
    return lines


def _owner(item: ActionItem) -> Person | None:
    """Who owns the item and is there to read of it."""
    owner = item.owner
    return owner if owner and owner.deactivated_at is None and owner.effective_address() else None


async def _of_week(db: Session, morning: Morning, since: datetime) -> list[Line] | None:
    """The week's digest of what has waited `since` that time; nothing when the operator has switched it off. It is gathered once a
    week and zone, on its first working day or when something runs again, and on further days only while a part of it waits because
    its address was written to for another zone; else None."""
    monday = monday_of(morning.today)
    known = await noted(db, _digest_of(morning))
    if known is not None and known[1].get("on") == monday.isoformat():
        again = known[1].get("again")
        if again is None or again > morning.today.isoformat():
            return None
    if not await digest_is_on(db):
        return []
    items = await queries.waiting_items(db, morning, since)
    lines: list[Line] = []
    for item in items:
        if owner := _owner(item):
            lines.append(Line(ACTION, item.id, WEEK, monday, owner.id))
            continue
        for to in await queries.by_office(db, morning, item.mechanism, item.lead_agency_id):
            lines.append(Line(ACTION, item.id, WEEK, monday, *to))
    asked = await asked_lines(db, morning, await queries.waiting_meetings(db, morning, since), WEEK)
    return lines + [replace(line, due_on=monday) for line in asked]


async def _note_week(db: Session, morning: Morning, *, goes_on: bool) -> None:
    tomorrow = morning.today + timedelta(days=1)
    again = {"again": tomorrow.isoformat()} if goes_on else {}
    await note(db, _digest_of(morning), {"on": monday_of(morning.today).isoformat(), **again})


def _digest_of(morning: Morning) -> str:
    return f"digest:{morning.timezone}:{morning.region}"
