"""A meeting is recorded on its own page, without JavaScript: notes, check-in, decisions, held, and that taken back."""

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.meetings import queries
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from tests.callers import Browser
from tests.meetings.play import Play
from tests.meetings.test_holding import MORNING
from tests.world import World


@pytest.fixture
async def browser(settings: Settings, database: Database, clock: Clock, world: World) -> Browser:
    return await Browser(settings, database, clock).sign_in(world.zhoumin)


@pytest.fixture
async def running(play: Play) -> int:
    """A meeting that began half an hour ago, with one person asked."""
    return await play.scheduled(Asked(person_id=play.world.chenzy.id, role="chair"), local_start=MORNING)


async def meeting_of(database: Database, meeting_id: int) -> Meeting:
    async with database.reading() as db:
        return (await db.get(Meeting, meeting_id)) or pytest.fail("the meeting is gone")


async def test_the_officer_records_and_holds_on_the_meetings_page(
    browser: Browser, database: Database, running: int
) -> None:
    page = f"/meetings/{running}"
    await browser.get(page)
    async with database.reading() as db:
        (chair,) = await queries.attendees(db, running)
    assert (await browser.post(f"{page}/notes", text="陈志远主持会议。")).status_code == 303
    assert (await browser.post(f"{page}/attendance", **{f"attendance.{chair.id}": "present"})).status_code == 303
    assert (await browser.post(f"{page}/decisions", text="每月5日前交换清单。")).status_code == 303
    shown = await browser.get(page)
    assert "陈志远主持会议。" in shown
    assert "每月5日前交换清单。" in shown
    assert "会次" in await browser.get(f"{page}/hold")
    version = (await meeting_of(database, running)).version
    assert (await browser.post(f"{page}/hold", ordinal="18", version=str(version))).status_code == 303
    held = await meeting_of(database, running)
    assert (held.state, held.ordinal) == ("held", 18)
    refused = await browser.post(f"{page}/unhold", reason="", version=str(held.version))
    assert refused.status_code == 422
    assert (await browser.post(f"{page}/unhold", reason="点错了", version=str(held.version))).status_code == 303
    assert (await meeting_of(database, running)).held_at is None


async def test_an_older_note_does_not_overwrite_a_newer_one(browser: Browser, database: Database, running: int) -> None:
    page = f"/meetings/{running}"
    await browser.get(page)
    await browser.post(f"{page}/notes", text="第一稿")
    async with database.reading() as db:
        note = await queries.note(db, running, None)
        assert note is not None
        seen = note.version
    await browser.post(f"{page}/notes", text="第二稿", version=str(seen))
    late = await browser.post(f"{page}/notes", text="另一处写的", version=str(seen))
    assert late.status_code == 409
    assert "第二稿" in late.text
    assert "另一处写的" in late.text


@pytest.mark.parametrize("htmx", [False, True])
async def test_notes_that_cannot_be_kept_say_why(
    browser: Browser, database: Database, running: int, *, htmx: bool
) -> None:
    await browser.get(f"/meetings/{running}")
    answer = await browser.post(f"/meetings/{running}/notes", htmx=htmx, text="长" * 50_001)
    assert answer.status_code == 422
    assert "字" in answer.text
    async with database.reading() as db:
        assert await queries.note(db, running, None) is None


@pytest.mark.parametrize("attendee", ["999", "0", "x", "9" * 5000])
async def test_who_is_not_on_the_list_is_not_checked_in(
    browser: Browser, database: Database, running: int, attendee: str
) -> None:
    await browser.get(f"/meetings/{running}")
    answer = await browser.post(f"/meetings/{running}/attendance", **{f"attendance.{attendee}": "present"})
    assert answer.status_code == 303
    async with database.reading() as db:
        assert [one.attendance for one in await queries.attendees(db, running)] == [None]


@pytest.mark.parametrize("text", ["", "长" * 2001])
async def test_a_decision_that_cannot_be_kept_is_refused_with_its_text(
    browser: Browser, database: Database, running: int, text: str
) -> None:
    await browser.get(f"/meetings/{running}")
    answer = await browser.post(f"/meetings/{running}/decisions", text=text)
    assert answer.status_code == 422
    assert text in answer.text
    async with database.reading() as db:
        assert await queries.decisions(db, running) == []
