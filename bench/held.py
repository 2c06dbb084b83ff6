"""A meeting that was held, as its officer finds it a few days later: what bench.page asks for as its second page."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from bench.site import meeting_with, officer_of
from liaison.accounts.viewer import Viewer
from liaison.actions import assigning, reporting
from liaison.clock import Clock
from liaison.db import Database, Session
from liaison.directory.models import Person
from liaison.mail.models import OutboxMail
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings import agenda, announcing, holding, queries, recording, replies, scheduling
from liaison.meetings.models import PURPOSES, Meeting

MEMBERS, PEOPLE = 4, 16
ITEMS, DECISIONS, ACTIONS, EARLIER = 20, 8, 24, 3


async def held_meeting(database: Database) -> tuple[int, int]:
    """A joint meeting held five days ago, looked at by its host's liaison: four agencies, 16 people with their answers and attendance,
    20 agenda items with notes, 8 decisions, 30 action items: 24 of its own, 6 of the two meetings before; (meeting id, the
    officer's person id)."""
    with days_ago(database.clock, 35):
        meeting_id, officer_id = await meeting_with(database, PEOPLE, 0, name="held", members=MEMBERS)
        async with database.writing() as db:
            viewer = await officer_of(database, db, officer_id)
            meeting = await queries.get(db, viewer, meeting_id)
            people = list(await db.scalars(select(Person).where(Person.key.startswith("pheld")).order_by(Person.id)))
            await announced(db, viewer, meeting, people)
    for ago in (185, 95):
        with days_ago(database.clock, ago):
            async with database.writing() as db:
                await held_before(db, viewer, meeting, people)
    with days_ago(database.clock, 5):
        async with database.writing() as db:
            await recorded(db, viewer, await queries.get(db, viewer, meeting_id), people)
    return meeting_id, officer_id


@contextmanager
def days_ago(clock: Clock, days: int) -> Iterator[None]:
    """The block happens so long ago, in the evening of that day in China."""
    clock.as_of = (datetime.now(UTC) - timedelta(days=days)).replace(hour=12)
    yield
    clock.as_of = None


async def announced(db: Session, viewer: Viewer, meeting: Meeting, people: Sequence[Person]) -> None:
    """Put the items on the agenda, send the notice, let everybody answer."""
    for n in range(ITEMS):
        presenter = people[n % len(people)]
        await agenda.add_item(
            db,
            viewer,
            meeting,
            title=f"研究第{n + 1}项工作",
            purpose=PURPOSES[n % len(PURPOSES)],
            agency_id=presenter.agency_id,
            presenter_id=presenter.id,
            duration_minutes=5,
        )
    await announcing.send(db, viewer, meeting)
    await db.execute(update(OutboxMail).values(state="sent", final_at=db.now()))
    for n, one in enumerate(await queries.attendees(db, meeting.id)):
        asked = await viewer_for(db, one.person_id or 0, via="link")
        assert asked is not None
        partstat = "declined" if n % 8 == 0 else "accepted"
        await replies.answer(db, asked, await queries.attendee(db, one.id), partstat=partstat)


async def held_before(db: Session, viewer: Viewer, meeting: Meeting, people: Sequence[Person]) -> None:
    """Another joint meeting of the same mechanism, held on this day, whose action items are still open."""
    before = await scheduling.schedule(
        db,
        viewer,
        meeting.mechanism_id,
        kind="regular",
        title=f"{db.now():%Y-%m-%d}联席会议",
        local_start=datetime.combine(db.now().date(), datetime.min.time()).replace(hour=14),
        duration_minutes=120,
    )
    await holding.hold(db, viewer, before)
    await assigned(db, viewer, before, people, EARLIER)


async def assigned(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    people: Sequence[Person],
    number: int,
    decision_ids: Sequence[int] = (),
) -> None:
    """Action items of the meeting: each with an owner but every fourth, two in three supported, most with a date."""
    agency_ids = sorted({one.agency_id for one in people})
    for n in range(number):
        owner = people[n % len(people)]
        item = await assigning.assign(
            db,
            viewer,
            meeting.mechanism_id,
            meeting=meeting,
            title=f"落实第{n + 1}项工作并报告进展",
            decision_id=decision_ids[n % len(decision_ids)] if decision_ids else None,
            lead_agency_id=owner.agency_id,
            supporting_agency_ids=[id_ for id_ in agency_ids if id_ != owner.agency_id][: n % 3],
            owner_id=owner.id if n % 4 else None,
            due_on=db.now().date() + timedelta(days=2 + 3 * n) if n % 6 else None,
        )
        if len(decision_ids) and owner.agency_id == viewer.agency_id:
            await reporting.complete(db, viewer, item)


async def recorded(db: Session, viewer: Viewer, meeting: Meeting, people: Sequence[Person]) -> None:
    """The day of the meeting: who is there, notes on each item, decisions, action items, held."""
    await holding.check_in_all(db, viewer, meeting, {}, everybody=True)
    decision_ids = []
    for n, row in enumerate(await queries.agenda(db, meeting.id)):
        item = await agenda.item_of(db, viewer, row.id)
        await holding.begin_item(db, viewer, item)
        note = f"第{n + 1}项：与会各方通报了进展，讨论了存在的问题，提出了下一步打算。"
        await recording.save_note(db, viewer, meeting, note, agenda_item_id=item.id)
        if n < DECISIONS:
            text = f"会议议定：各单位按职责落实第{n + 1}项工作，于下次会议前报告进展。"
            decision_ids.append((await recording.decide(db, viewer, meeting, text=text, agenda_item_id=item.id)).id)
        await holding.settle_item(db, viewer, item)
    await assigned(db, viewer, meeting, people, ACTIONS, decision_ids)
    await holding.hold(db, viewer, meeting)
