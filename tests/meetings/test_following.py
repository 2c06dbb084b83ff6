"""下次会议: its date is fixed in the meeting, as a draft or by moving the one that is planned, and nobody is told."""

from datetime import datetime

import pytest
from sqlalchemy import select

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.mail.models import OutboxMail
from liaison.meetings import following, holding, queries, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.meetings.test_holding import MORNING

SPRING = datetime.fromisoformat("2027-03-18T14:30")
LATER = datetime.fromisoformat("2027-03-19T09:00")


@pytest.fixture
async def running(play: Play) -> int:
    """A meeting that began half an hour ago, to which both agencies and a chair were asked."""
    world = play.world
    return await play.scheduled(
        Asked(agency_id=world.sfj.id, seats=3, requirement="分管负责同志1名"),
        Asked(person_id=world.chenzy.id, role="chair"),
        local_start=MORNING,
    )


async def fix(
    play: Play, running: int, start: datetime = SPRING, *, by: Person | None = None, which: int | None = None
) -> Meeting:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, running, by)
        return await following.fix(db, viewer, meeting, local_start=start, next_meeting_id=which)


async def held(play: Play, running: int) -> None:
    """From now on also those see it who do not run the mechanism."""
    async with play.database.writing() as db:
        await holding.hold(db, *await play.meeting(db, running))


async def all_after(play: Play, running: int) -> list[tuple[int, datetime, str]]:
    async with play.database.reading() as db:
        rows = await db.scalars(select(Meeting).where(Meeting.id != running).order_by(Meeting.id))
        return [(one.id, one.local_start, one.state) for one in rows]


async def test_a_draft_asks_the_agencies_that_this_meeting_asked_and_tells_nobody(play: Play, running: int) -> None:
    made = await fix(play, running)
    assert (made.local_start, made.state, made.duration_minutes, made.kind) == (SPRING, "draft", 120, "regular")
    async with play.database.reading() as db:
        asked = [(i.agency_id, i.seats, i.requirement) for i in await queries.invitations(db, made.id)]
        assert asked == [(play.world.sfj.id, 3, "分管负责同志1名")]
        assert await queries.attendees(db, made.id) == []
        assert list(await db.scalars(select(OutboxMail))) == []


async def test_sent_twice_it_is_one_meeting_and_another_time_moves_it(play: Play, running: int) -> None:
    first, again, moved = [await fix(play, running, start) for start in (SPRING, SPRING, LATER)]
    assert first.id == again.id == moved.id
    assert await all_after(play, running) == [(first.id, LATER, "draft")]


async def test_one_that_is_planned_already_is_moved(play: Play, running: int) -> None:
    planned = await play.scheduled()
    assert (await fix(play, running, which=planned)).id == planned
    assert await all_after(play, running) == [(planned, SPRING, "draft")]


async def test_what_is_no_planned_meeting_or_no_later_time_is_refused_by_field(play: Play, running: int) -> None:
    before = await play.scheduled(local_start=datetime.fromisoformat("2026-09-17T14:30"))
    for which, start, field in ((before, SPRING, "next_meeting_id"), (None, MORNING, "starts_at")):
        with pytest.raises(Invalid) as refused:
            await fix(play, running, start, which=which)
        assert list(refused.value.errors) == [field]


async def test_it_is_fixed_by_who_records_the_meeting_and_may_schedule_from_its_day_on(
    play: Play, running: int
) -> None:
    await held(play, running)
    for other in (play.world.liwb, play.world.chenzy):  # the other agency's officer; the chair, who is no officer
        with pytest.raises(NotPermitted):
            await fix(play, running, by=other)
    with pytest.raises(Conflict):
        await fix(play, await play.scheduled())


async def test_left_open_again_the_meeting_stays_and_one_that_is_cancelled_is_no_longer_the_next(
    play: Play, running: int
) -> None:
    made = await fix(play, running)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, running)
        await following.leave_open(db, viewer, meeting)
        assert await following.fixed(db, viewer, meeting) is None
    assert len(await all_after(play, running)) == 1
    await fix(play, running, which=made.id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, running)
        await scheduling.cancel(db, viewer, await queries.get(db, viewer, made.id))
        assert await following.fixed(db, viewer, meeting) is None


async def test_the_page_offers_the_calendar_and_shows_the_date_in_the_record_and_on_paper(
    settings: Settings, database: Database, clock: Clock, play: Play, running: int
) -> None:
    await play.scheduled(title="联合普法", kind="publicity", local_start=datetime.fromisoformat("2027-03-18T09:00"))
    page = f"/meetings/{running}"
    browser = await Browser(settings, database, clock).sign_in(play.world.zhoumin)
    assert "时间尚未商定" in await browser.get(page)
    form = await browser.get(f"{page}/next?date=2027-03-18&time=14:30")
    assert f'href="{page}/next?date=2027-03-19"' in form
    assert "当天另有" in form
    assert "联合普法" in form
    refused = await browser.post(f"{page}/next", date="2026-11-01", time="14:30")
    assert (refused.status_code, "下次会议应晚于本次会议" in refused.text) == (422, True)
    done = await browser.post(f"{page}/next", date="2027-03-18", time="14:30")
    assert done.headers["location"] == f"{page}?done=next_fixed#next-meeting"
    assert "3月18日（周四）14:30—16:30" in await browser.get(page)
    assert "下次会议：</b>2027年3月18日（星期四）14:30—16:30" in await browser.get(f"{page}/print")
    await held(play, running)
    await browser.sign_in(play.world.chenzy)
    assert "3月18日" not in await browser.get(page)  # a draft is for officers to know of


async def test_a_program_fixes_it_and_leaves_it_open(
    settings: Settings, database: Database, clock: Clock, play: Play, running: int
) -> None:
    api, who = Program(settings, database, clock), play.world.zhoumin
    made = await api.post(who, f"/meetings/{running}/next", {"starts_at": "2027-03-18T14:30:00+08:00"})
    assert made["state"] == "draft"
    assert (await api.get(who, f"/meetings/{running}"))["next_meeting_id"] == made["id"]
    assert (await api.call(who, "DELETE", f"/meetings/{running}/next")).status_code == 204
    assert (await api.get(who, f"/meetings/{running}"))["next_meeting_id"] is None
