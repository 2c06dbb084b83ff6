"""The pages of action items, through the real app: ledger, quick add, one item, its acts, and who sees nothing."""

import re
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest

from liaison.actions import assigning, queries, reporting
from liaison.actions.models import ActionItem
from liaison.db import Database
from liaison.directory.models import Person
from liaison.documents.spreadsheet import tables_of
from liaison.meetings import recording, scheduling
from tests.callers import Browser
from tests.world import World


async def assigned(database: Database, world: World, **more: Any) -> int:
    given: dict[str, Any] = {
        "title": "建立线索编号登记台账",
        "lead_agency_id": world.sfj.id,
        "owner_id": world.liwb.id,
        "due_on": date(2026, 12, 10),
        **more,
    }
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        return (await assigning.assign(db, viewer, world.mechanism.id, **given)).id


async def test_quick_add_takes_title_owner_and_date_and_comes_back_to_the_ledger(
    browser: Browser, world: World, database: Database
) -> None:
    await browser.sign_in(world.zhoumin)
    page = await browser.get("/actions")
    assert 'value="2026-12-07"' in page, "two weeks ahead"
    assert f'value="person:{world.zhoumin.id}" selected' in page
    answer = await browser.post(
        "/actions",
        mechanism_id=str(world.mechanism.id),
        title="提供第三季度案件清单",
        who=f"agency:{world.sfj.id}",
        due_on="2026-12-04",
    )
    assert answer.status_code == 303
    page = await browser.get(answer.headers["location"].partition("#")[0])
    assert "提供第三季度案件清单" in page
    assert "区司法局" in page


async def test_a_refused_quick_add_keeps_what_was_typed(browser: Browser, world: World) -> None:
    await browser.sign_in(world.zhoumin)
    await browser.get("/actions")
    answer = await browser.post(
        "/actions",
        mechanism_id=str(world.mechanism.id),
        title="早就该办的事",
        who=f"person:{world.liwb.id}",
        due_on="2026-01-01",
    )
    assert answer.status_code == 422
    assert "早就该办的事" in answer.text
    assert "完成时限早于事项确定之日" in answer.text


async def test_a_refused_quick_add_of_a_meeting_stays_with_the_meeting(
    browser: Browser, world: World, database: Database
) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        meeting = await scheduling.schedule(
            db, viewer, world.mechanism.id, kind="regular", title="第三季度联席会议",
            local_start=datetime.fromisoformat("2026-09-17T14:30"), duration_minutes=120,
        )  # fmt: skip
        decision = await recording.decide(db, viewer, meeting, text="每月5日前交换清单。")
    await browser.sign_in(world.zhoumin)
    await browser.get("/actions")
    fields = {"meeting_id": str(meeting.id), "who": f"person:{world.liwb.id}", "due_on": "2026-12-01"}
    refused = await browser.post("/actions", title="", decision_id=str(decision.id), **fields)
    assert refused.status_code == 422
    assert f'name="meeting_id" value="{meeting.id}"' in refused.text
    assert f'<option value="{decision.id}" selected>' in refused.text
    assert f'<option value="person:{world.liwb.id}" selected>' in refused.text


async def test_each_item_says_of_which_days_meeting_it_comes(
    browser: Browser, world: World, database: Database
) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        meeting = await scheduling.schedule(
            db, viewer, world.mechanism.id, kind="regular", title="联席会议",
            local_start=datetime.fromisoformat("2026-09-17T14:30"), duration_minutes=120,
        )  # fmt: skip
        given = {"title": "建立台账", "lead_agency_id": world.sfj.id, "meeting": meeting}
        item_id = (await assigning.assign(db, viewer, world.mechanism.id, **given)).id  # type: ignore[arg-type]
    await browser.sign_in(world.zhoumin)
    ledger = " ".join(re.sub(r"<[^>]+>", " ", await browser.get("/actions")).split())
    assert "联席会议 · 9月17日（周四）" in ledger
    assert "9月17日（周四）" in await browser.get(f"/actions/{item_id}")
    table = tables_of((await browser.client.get("/actions/ledger.xlsx")).content)[0]
    assert table[1][table[0].index("来源")] == "联席会议 2026-09-17"


async def test_filters_stand_in_the_address(browser: Browser, world: World, database: Database) -> None:
    await assigned(database, world, title="甲事项")
    done = await assigned(database, world, title="乙事项")
    async with database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        await reporting.complete(db, viewer, await queries.get(db, viewer, done))
    await browser.sign_in(world.zhoumin)
    for address, shown in {
        "/actions": {"甲事项"},
        "/actions?status=done": {"乙事项"},
        "/actions?status=all": {"甲事项", "乙事项"},
        f"/actions?agency={world.jcy.id}": set(),
        f"/actions?status=all&owner={world.liwb.id}": {"甲事项", "乙事项"},
        "/actions?due_before=2026-12-01": set(),
        "/actions?due_before=nonsense&mechanism=x": {"甲事项"},
    }.items():
        page = await browser.get(address)
        assert {name for name in ("甲事项", "乙事项") if name in page} == shown, address


async def test_every_page_of_the_ledger_leads_to_the_next(
    browser: Browser, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liaison.actions.routes.ledger.PAGE", 1)
    made = [await assigned(database, world, title=f"事项{n}") for n in range(4)]
    await browser.sign_in(world.zhoumin)
    path, seen = "/actions?added=1", []
    while path:
        page = await browser.get(path)
        seen += re.findall(r'<tr id="action-(\d+)">', page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        path = unescape(found[1]) if found else ""
    assert seen == [str(one) for one in made]


async def test_another_word_does_not_hand_an_item_to_another_agency(
    browser: Browser, world: World, database: Database
) -> None:
    item_id = await assigned(database, world, lead_agency_id=world.sfj.id, owner_id=world.wuxl.id)
    async with database.writing() as db:
        (await db.get_one(Person, world.wuxl.id)).deactivated_at = db.now()
    await browser.sign_in(world.zhoumin)
    page = await browser.get(f"/actions/{item_id}/edit")
    (who,) = re.findall(r'<option value="([^"]+)" selected>', page)
    assert who == f"person:{world.wuxl.id}"
    saved = await browser.post(f"/actions/{item_id}/edit", title="改一个字", who=who, due_on="2026-12-31", version="1")
    assert saved.status_code == 303
    async with database.reading() as db:
        item = await db.get_one(ActionItem, item_id)
        assert (item.title, item.lead_agency_id, item.owner_id) == ("改一个字", world.sfj.id, world.wuxl.id)


async def test_done_in_the_ledger_answers_with_the_line_and_an_undo(
    browser: Browser, world: World, database: Database
) -> None:
    item_id = await assigned(database, world)
    await browser.sign_in(world.liwb)
    await browser.get("/actions")
    answer = await browser.post(f"/actions/{item_id}/complete", htmx=True)
    assert answer.status_code == 200
    assert f'id="action-{item_id}"' in answer.text
    assert f'action="/actions/{item_id}/reopen"' in answer.text
    undone = await browser.post(f"/actions/{item_id}/reopen", htmx=True)
    assert f'action="/actions/{item_id}/complete"' in undone.text


async def test_an_items_page_reports_ends_and_reopens(browser: Browser, world: World, database: Database) -> None:
    item_id = await assigned(database, world)
    await browser.sign_in(world.liwb)
    await browser.get(f"/actions/{item_id}")
    assert (await browser.post(f"/actions/{item_id}/progress", text="已拟初稿")).status_code == 303
    assert (await browser.post(f"/actions/{item_id}/not-possible", reason="")).status_code == 422
    assert (await browser.post(f"/actions/{item_id}/not-possible", reason="已并入市级平台")).status_code == 303
    page = await browser.get(f"/actions/{item_id}")
    assert "已拟初稿" in page
    assert "已并入市级平台" in page
    await browser.post(f"/actions/{item_id}/reopen")
    assert "已经办结" in await browser.get(f"/actions/{item_id}")


async def test_a_stale_act_says_why_nothing_was_done_and_keeps_what_was_typed(
    browser: Browser, world: World, database: Database
) -> None:
    item_id = await assigned(database, world)
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        await assigning.change(db, viewer, await queries.get(db, viewer, item_id), title="另一个题目")
    await browser.sign_in(world.liwb)
    await browser.get(f"/actions/{item_id}")
    stale = await browser.post(f"/actions/{item_id}/not-possible", reason="政策调整", version="1")
    assert stale.status_code == 409
    assert "现在显示的是最新情况" in stale.text
    assert "政策调整" in stale.text
    assert "另一个题目" in stale.text


async def test_editing_changes_who_and_when_and_a_stale_form_shows_both(
    browser: Browser, world: World, database: Database
) -> None:
    item_id = await assigned(database, world)
    await browser.sign_in(world.zhoumin)
    form = await browser.get(f"/actions/{item_id}/edit")
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    fields = {
        "version": version[1],
        "title": "建立并启用台账",
        "who": f"person:{world.qianwei.id}",
        "supporting": str(world.sfj.id),
        "due_on": "2026-12-20",
    }
    assert (await browser.post(f"/actions/{item_id}/edit", **fields)).status_code == 303
    page = await browser.get(f"/actions/{item_id}")
    assert "钱伟" in page
    assert "12月20日" in page
    stale = await browser.post(f"/actions/{item_id}/edit", **{**fields, "title": "又一个题目"})
    assert stale.status_code == 409
    assert "又一个题目" in stale.text
    assert "建立并启用台账" in stale.text


@pytest.mark.parametrize("who", ["sunl", "songhp", "guyan"])
async def test_others_find_no_item_and_an_empty_ledger(
    browser: Browser, world: World, database: Database, who: str
) -> None:
    item_id = await assigned(database, world, title="秘而不宣的事项")
    person: Person = getattr(world, who)
    await browser.sign_in(person)
    assert "秘而不宣的事项" not in await browser.get("/actions?status=all")
    assert (await browser.client.get(f"/actions/{item_id}")).status_code == 404


async def test_an_ended_item_says_in_the_ledger_how_and_when(
    browser: Browser, world: World, database: Database
) -> None:
    item_id = await assigned(database, world)
    async with database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        await reporting.complete(db, viewer, await queries.get(db, viewer, item_id))
    await browser.sign_in(world.zhoumin)
    row = (await browser.get("/actions?status=done")).split(f'id="action-{item_id}"')[1].split("</tr>")[0]
    assert "办结" in row
    assert "11月23日" in row
