"""补录: a meeting held without the system is entered on one page and sends nothing (PRACTICE.md 13)."""

import pytest
from sqlalchemy import select

from liaison.accounts.viewer import COMMAND_LINE
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mail.models import OutboxMail
from liaison.meetings import queries, recorded
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
    for page in ("/meetings", f"/mechanisms/{world.mechanism.id}"):
        assert f'href="{path}"' in await browser.get(page), page
    await browser.get(path)
    answer = await browser.post(path, **form(world))
    assert answer.status_code == 303, answer.text
    page = await browser.get(answer.headers["location"])
    assert "研究移送指引" in page
    assert "逾期报送" not in page, "nobody knows when its items came"
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
        assert [d.text for d in await recorded.decisions(db, COMMAND_LINE, meeting.id)] == ["每月5日前交换清单。"]
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


async def test_names_of_an_agency_that_was_a_member_once_can_be_typed_and_stay_when_something_else_is_refused(
    browser: Browser, world: World, database: Database
) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings/held"
    name = f"present.{world.mzj.id}"
    assert f'name="{name}"' in await browser.get(path)
    typed = form(world, **{name: "宋和平 股长", "host_agency_id": str(world.mzj.id), "title": ""})
    for day in ("2024-06-20", "2026-09-17"):  # 区民政局 was a member on the first and not on the second
        refused = await browser.post(path, **typed | {"date": day})
        assert refused.status_code == 422
        assert "宋和平 股长" in refused.text, day
        assert f'<option value="{world.mzj.id}" selected>' in refused.text
    answer = await browser.post(path, **typed | {"date": "2024-06-20", "title": "第二季度联席会议"})
    assert answer.status_code == 303, answer.text
    async with database.reading() as db:
        meeting = (await db.scalars(select(Meeting))).one()
        assert "宋和平" in [one.name for one in await queries.attendees(db, meeting.id)]


async def test_too_many_names_are_refused_at_the_agency_of_the_first_one_too_many(
    browser: Browser, world: World, database: Database
) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings/held"
    await browser.get(path)
    there = {f"present.{world.jcy.id}": "某某\n" * 60, f"present.{world.sfj.id}": "某某\n" * 41}
    refused = await browser.post(path, **form(world, **there))
    assert refused.status_code == 422
    assert f'id="f-present.{world.sfj.id}-error"' in refused.text
    assert f'<a href="#f-present.{world.sfj.id}">区司法局出席人员：合计最多填写100个姓名。' in refused.text
    for field in ("items", "decisions"):
        refused = await browser.post(path, **form(world, **{field: "事项\n" * 101}))
        assert (refused.status_code, f'id="f-{field}-error"' in refused.text) == (422, True)


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
