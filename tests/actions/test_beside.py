"""The page of a held meeting: what it shows is read by columns, in as many statements however much there is."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event, select

from liaison.actions import assigning
from liaison.actions.beside import beside, owners
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.mechanisms.models import Member
from liaison.meetings import agenda, holding, queries, recording
from liaison.meetings.asking import Asked
from liaison.meetings.attendee_shown import AttendeeShown
from liaison.meetings.list_view import attendees_shown
from liaison.meetings.models import Attendee
from tests.callers import Browser
from tests.meetings.play import Play
from tests.statements import noting
from tests.world import World

MORNING = datetime.fromisoformat("2026-11-23T08:30")


@pytest.fixture
def play(database: Database, world: World, clock: Clock, tmp_path: Any) -> Play:
    return Play(database, world, clock, tmp_path / "mail")


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement a reader asks."""
    asked: list[str] = []

    note = noting(asked)

    event.listen(database.reader.sync_engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.reader.sync_engine, "before_cursor_execute", note)


async def held(play: Play, people: list[Person], number: int, *, kind: str = "regular", at: datetime = MORNING) -> int:
    """A meeting at which so many items were talked about, decided upon and given to somebody."""
    world = play.world
    meeting_id = await play.scheduled(*(Asked(person_id=one.id) for one in people), local_start=at, kind=kind)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        for n in range(number):
            item = await agenda.add_item(db, viewer, meeting, title=f"第{n}题", purpose="study")
            await recording.save_note(db, viewer, meeting, f"记{n}", agenda_item_id=item.id)
            decision = await recording.decide(db, viewer, meeting, text=f"议{n}", agenda_item_id=item.id)
            await assigning.assign(
                db,
                viewer,
                world.mechanism.id,
                meeting=meeting,
                title=f"办{n}",
                decision_id=decision.id,
                lead_agency_id=world.sfj.id,
                supporting_agency_ids=[world.jcy.id],
                owner_id=world.liwb.id,
                due_on=date(2026, 12, 10),
            )
        await holding.hold(db, viewer, meeting)
    return meeting_id


async def test_the_page_of_a_held_meeting_takes_as_many_statements_however_much_was_recorded(
    play: Play, settings: Settings, world: World, statements: list[str]
) -> None:
    small = await held(play, [world.chenzy], 1, at=datetime.fromisoformat("2026-10-23T08:30"))
    large = await held(play, [world.chenzy, world.liwb, world.sunl], 9)
    browser = await Browser(settings, play.database, play.clock).sign_in(world.zhoumin)
    asked = []
    for meeting_id in (small, large):
        await browser.get(f"/meetings/{meeting_id}")
        statements.clear()
        page = await browser.get(f"/meetings/{meeting_id}")
        asked.append(len(statements))
    assert page.count("<tr id=") == 9
    assert asked[0] == asked[1] <= 23, asked


async def test_the_list_is_shown_as_it_is_read(play: Play) -> None:
    world = play.world
    asked = (Asked(person_id=one.id) for one in (world.liwb, world.zhenggq, world.chenzy))
    meeting_id = await play.scheduled(*asked, Asked(person_id=world.wuxl.id, role="chair"))
    async with play.database.writing() as db:
        for one in await queries.attendees(db, meeting_id):
            one.attendance, one.note, one.substitute = "present", "自带材料", {"name": "王五"}
        starts_at = (await play.meeting(db, meeting_id))[1].starts_at
        for name, removed_at in (("无名录者", None), ("已划去者", db.now())):
            given = {"agency_id": world.jcy.id, "name": name, "removed_at": removed_at}
            db.add(Attendee(meeting_id=meeting_id, starts_at=starts_at, **given))
    async with play.database.reading() as db:
        shown = await attendees_shown(db, meeting_id)
        rows = await queries.attendees(db, meeting_id)
    names = [field.name for field in fields(AttendeeShown) if field.name != "agency"]
    assert [[getattr(one, name) for name in names] for one in shown] == [
        [getattr(row, name) for name in names] for row in rows
    ]
    assert [one.agency.name for one in shown] == [row.agency.name for row in rows]
    names = ["陈志远", "无名录者", "吴晓岚", "郑国强", "李文博"]
    assert [one.name for one in shown] == names, "the chair first, then by rank; who was taken off is not there"


async def test_the_meeting_shows_what_it_asked_for_beside_what_was_open_before(play: Play) -> None:
    first = await held(play, [], 2, at=datetime.fromisoformat("2026-10-23T08:30"))
    second = await held(play, [], 1)
    topical = await held(play, [], 1, kind="topical", at=datetime.fromisoformat("2026-11-23T08:45"))
    async with play.database.reading() as db:
        found = [await beside(db, *await play.meeting(db, one)) for one in (first, second, topical)]
    assert [[item.title for item in one.asked_for] for one in found] == [["办0", "办1"], ["办0"], ["办0"]]
    assert [[item.title for item in one.before] for one in found] == [[], ["办0", "办1"], []]
    assert [one.carried for one in found] == [{item.id: 1 for item in found[0].asked_for}] * 2 + [{}]
    (line,) = found[1].asked_for
    assert (line.lead_agency.id, line.owner and line.owner.name) == (play.world.sfj.id, play.world.liwb.name)
    assert [one.agency.short_name for one in line.supports] == [play.world.jcy.short_name]


async def test_an_item_is_given_to_members_of_the_day_and_their_active_people(play: Play) -> None:
    world, today = play.world, date(2026, 11, 23)
    async with play.database.writing() as db:
        (await db.get_one(Person, world.wuxl.id)).deactivated_at = db.now()
        before = await owners(db, [world.mechanism.id], today)
        for one in await db.scalars(select(Member).where(Member.agency_id != world.sfj.id)):
            one.left_on = today
    async with play.database.reading() as db:
        after = await owners(db, [world.mechanism.id], today)
    assert [agency.id for agency, _ in after] == [world.sfj.id]
    assert len(before) > 1
    assert {agency.id: people for agency, people in before}[world.sfj.id] == after[0][1]
    assert world.liwb.id in [one.id for one in after[0][1]]
    assert world.wuxl.id not in [one.id for _, people in before for one in people]
