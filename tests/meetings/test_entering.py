"""补录: a meeting held without the system is entered on one page and sends nothing (PRACTICE.md 13)."""

import pytest
from sqlalchemy import select

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mail.models import OutboxMail
from liaison.meetings import queries
from liaison.meetings.models import Meeting
from tests.callers import Browser
from tests.world import World


@pytest.fixture
async def browser(settings: Settings, database: Database, clock: Clock, world: World) -> Browser:
    return await Browser(settings, database, clock).sign_in(world.zhoumin)


def form(world: World, **more: str) -> dict[str, str]:
    return {
        "kind": "regular",
        "title": "第三季度联席会议",
        "date": "2026-09-17",
        "time": "14:30",
        "duration_minutes": "90",
        "host_agency_id": str(world.sfj.id),
        f"present.{world.jcy.id}": "陈志远 副检察长\n周敏，四级检察官助理",
        f"present.{world.sfj.id}": "郑国强",
        "items": "通报第二季度情况\n研究移送指引",
        "decisions": "每月5日前交换清单。",
        "notes": "会议由陈志远主持。",
        **more,
    }


async def test_one_page_makes_a_held_meeting_with_everything_and_no_mail(
    browser: Browser, world: World, database: Database
) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings/held"
    await browser.get(path)
    answer = await browser.post(path, **form(world))
    assert answer.status_code == 303, answer.text
    async with database.reading() as db:
        meeting = (await db.scalars(select(Meeting))).one()
        assert (meeting.state, meeting.ordinal, meeting.ordinal_in_year) == ("held", 1, 1)
        assert meeting.entered_afterwards_at is not None
        there = await queries.attendees(db, meeting.id)
        assert [(a.name, a.job_title, a.attendance) for a in there] == [
            ("陈志远", "副检察长", "present"),
            ("周敏", "四级检察官助理", "present"),
            ("郑国强", None, "present"),
        ]
        assert [item.title for item in await queries.agenda(db, meeting.id)] == ["通报第二季度情况", "研究移送指引"]
        assert [d.text for d in await queries.decisions(db, meeting.id)] == ["每月5日前交换清单。"]
        assert (await db.scalars(select(OutboxMail))).all() == []


async def test_what_is_wrong_is_named_and_nothing_is_saved(browser: Browser, world: World, database: Database) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings/held"
    await browser.get(path)
    for more in ({"date": "2026-12-17"}, {"decisions": "长" * 2001}, {"title": ""}, {"ordinal": "0"}):
        answer = await browser.post(path, **form(world, **more))
        assert answer.status_code == 422, more
        assert "研究移送指引" in answer.text, "nothing typed is lost"
    refused = await browser.post(path, **form(world, notes="身份证号11010519491231002X"))
    assert (refused.status_code, 'id="f-notes-error"' in refused.text) == (422, True)
    async with database.reading() as db:
        assert (await db.scalars(select(Meeting))).all() == []


@pytest.mark.parametrize("agency_id", ["999", "9" * 30, "9" * 5000])
async def test_who_was_there_came_from_a_member_agency(
    browser: Browser, world: World, database: Database, agency_id: str
) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings/held"
    await browser.get(path)
    answer = await browser.post(path, **form(world, **{f"present.{agency_id}": "郑国强"}))
    assert answer.status_code == 422
    async with database.reading() as db:
        assert (await db.scalars(select(Meeting))).all() == []


async def test_the_same_number_is_not_given_twice(browser: Browser, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings/held"
    await browser.get(path)
    assert (await browser.post(path, **form(world, ordinal="18", ordinal_in_year="3"))).status_code == 303
    again = await browser.post(path, **form(world, ordinal="18"))
    assert again.status_code == 422
    assert "本机制另一次会议已使用该会次" in again.text
