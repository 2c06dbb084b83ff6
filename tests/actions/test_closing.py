"""办结需确认 where the mechanism asks for it, and what supporting agencies report under their own name."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions import assigning, closing, queries, reporting
from liaison.actions.models import ActionItem
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.desk.queries import desk
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.mechanisms import founding
from liaison.mechanisms.models import Designation
from liaison.reminders.reminding import remind_due, switch_digest
from tests.callers import Browser, Program, visitor
from tests.meetings.play import Play
from tests.world import World

WUXL = "wuxl@sfj.qingzhi.example"


@pytest.fixture
def play(database: Database, world: World, clock: Clock, tmp_path: Path) -> Play:
    return Play(database, world, clock, tmp_path / "mail")


async def asks_for_closing(play: Play) -> None:
    async with play.database.writing() as db:
        await founding.change_mechanism(db, COMMAND_LINE, play.world.mechanism.id, {"needs_closing": True})
        await switch_digest(db, COMMAND_LINE, on=False)


async def assigned(play: Play, **more: Any) -> int:
    world = play.world
    given: dict[str, Any] = {"lead_agency_id": world.sfj.id, "owner_id": world.wuxl.id, "due_on": date(2026, 12, 10)}
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        item = await assigning.assign(db, viewer, world.mechanism.id, title="建立线索台账", **given | more)
        return item.id


async def act(play: Play, by: Person, item_id: int, verb: Any, *args: Any, **more: Any) -> Any:
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, by)
        return await verb(db, viewer, await queries.get(db, viewer, item_id), *args, **more)


async def how(play: Play, item_id: int) -> tuple[bool, str | None]:
    async with play.database.reading() as db:
        item = await db.get_one(ActionItem, item_id)
        return item.waits_for_closing, item.ended_how


async def test_where_nobody_asked_for_it_done_is_done(play: Play) -> None:
    item_id = await assigned(play)
    await act(play, play.world.wuxl, item_id, reporting.complete)
    assert await how(play, item_id) == (False, "done")


async def test_done_waits_until_another_agencys_liaison_closes_it(play: Play) -> None:
    await asks_for_closing(play)
    item_id, world = await assigned(play), play.world
    await act(play, world.wuxl, item_id, reporting.complete, note="已建成")
    assert await how(play, item_id) == (True, None)
    for person in (world.qianwei, world.liwb, world.wuxl, world.chenzy):
        with pytest.raises(NotPermitted):
            await act(play, person, item_id, closing.close)
    await act(play, world.zhoumin, item_id, closing.close)
    assert await how(play, item_id) == (False, "done")
    async with play.database.reading() as db:
        item = await db.get_one(ActionItem, item_id)
        assert (item.ended_note, item.ended_by) == ("已建成", world.zhoumin.id)
    assert [(mail.to, "已确认办结" in mail.subject) for mail in await play.delivered()] == [(WUXL, True)]


async def test_sent_back_it_goes_on_with_the_reason_and_is_reminded_of_again(play: Play) -> None:
    await asks_for_closing(play)
    item_id, world = await assigned(play), play.world
    await act(play, world.wuxl, item_id, reporting.complete)
    play.clock.as_of = datetime(2026, 12, 10, 1, 0, tzinfo=UTC)
    async with play.database.writing() as db:
        assert await remind_due(db) == 0, "who has reported it done is not reminded"
    with pytest.raises(Invalid):
        await act(play, world.zhoumin, item_id, closing.send_back, reason="")
    await act(play, world.zhoumin, item_id, closing.send_back, reason="缺少附件")
    assert await how(play, item_id) == (False, None)
    (mail,) = await play.delivered()
    assert (mail.to, "缺少附件" in mail.text) == (WUXL, True)
    play.clock.as_of = datetime(2026, 12, 11, 1, 0, tzinfo=UTC)
    async with play.database.writing() as db:
        assert await remind_due(db)
    with pytest.raises(Conflict):
        await act(play, world.zhoumin, item_id, closing.close)


async def test_handed_to_another_agency_it_is_no_longer_reported_done_and_is_reminded_of(play: Play) -> None:
    await asks_for_closing(play)
    item_id, world = await assigned(play, due_on=date(2026, 11, 24)), play.world
    await act(play, world.wuxl, item_id, reporting.complete, note="本单位部分已完成")
    await act(play, world.zhoumin, item_id, assigning.change, owner_id=world.liwb.id)
    assert await how(play, item_id) == (True, None)
    await act(play, world.zhoumin, item_id, assigning.transfer, owner_id=world.chenzy.id)
    assert await how(play, item_id) == (False, None)
    await play.delivered()
    play.clock.as_of = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    async with play.database.writing() as db:
        await remind_due(db)
    assert "chenzy@jcy.qingzhi.example" in {mail.to for mail in await play.delivered()}


async def test_the_desk_of_who_may_close_lists_it(play: Play) -> None:
    await asks_for_closing(play)
    item_id, world = await assigned(play), play.world
    await act(play, world.wuxl, item_id, reporting.complete)
    found = {}
    for person in (world.zhoumin, world.qianwei, world.liwb):
        async with play.database.reading() as db:
            shown = await desk(db, await world.viewer(db, person), date(2026, 11, 1))
        found[person.id] = [todo.subject_id for todo in shown.todos if todo.kind == "closing"]
    assert found == {world.zhoumin.id: [item_id], world.qianwei.id: [], world.liwb.id: []}


async def test_page_and_api_close_and_send_back(play: Play, settings: Settings) -> None:
    await asks_for_closing(play)
    item_id, world = await assigned(play), play.world
    api = Program(settings, play.database, play.clock)
    done = await api.post(world.wuxl, f"/action-items/{item_id}/complete")
    assert (done["state"], done["waits_for_closing"]) == ("open", True)
    refused = await api.refused(world.zhoumin, "POST", f"/action-items/{item_id}/send-back", {"reason": " "})
    assert refused == (422, ["reason"])
    await api.post(world.zhoumin, f"/action-items/{item_id}/send-back", {"reason": "缺附件"})
    await api.post(world.wuxl, f"/action-items/{item_id}/complete")
    browser = await Browser(settings, play.database, play.clock).sign_in(world.zhoumin)
    page = await browser.get(f"/actions/{item_id}")
    assert "已报办结，待确认" in page
    assert "缺附件" in page
    assert (await browser.post(f"/actions/{item_id}/send-back", why_back="")).status_code == 422
    assert (await browser.post(f"/actions/{item_id}/close")).status_code == 303
    assert await how(play, item_id) == (False, "done")


async def test_a_supporting_agency_reports_under_its_own_name_and_ends_nothing(play: Play, settings: Settings) -> None:
    world = play.world
    item_id = await assigned(play, supporting_agency_ids=[world.jcy.id])
    for person in (world.zhoumin, world.qianwei, world.hanmei):
        await act(play, person, item_id, reporting.report, f"{person.name}：清单已提供")
        with pytest.raises(NotPermitted):
            await act(play, person, item_id, reporting.complete)
    await act(play, world.wuxl, item_id, reporting.report, "已完成一半")
    api = Program(settings, play.database, play.clock)
    notes = (await api.get(world.zhoumin, f"/action-items/{item_id}"))["progress"]
    assert [one["agency_id"] for one in notes] == [None, *[str(world.jcy.id)] * 3]
    browser = await Browser(settings, play.database, play.clock).sign_in(world.hanmei)
    page = await browser.get(f"/actions/{item_id}")
    assert "报送本单位配合进展" in page
    assert f"/actions/{item_id}/complete" not in page


async def test_who_neither_owes_nor_supports_an_item_reports_nothing(play: Play) -> None:
    item_id = await assigned(play)
    with pytest.raises(NotPermitted):
        await act(play, play.world.zhoumin, item_id, reporting.report, "顺便说一句")


async def test_a_supporting_hosts_link_reports_its_part_and_completes_nothing(play: Play, settings: Settings) -> None:
    item_id = await assigned(play, supporting_agency_ids=[play.world.jcy.id], due_on=date(2026, 11, 24))
    play.clock.as_of = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    async with play.database.writing() as db:
        await switch_digest(db, COMMAND_LINE, on=False)
        await remind_due(db)
    mails = {mail.to: mail for mail in await play.delivered()}
    (link,) = mails["zhoumin@jcy.qingzhi.example"].links
    async with visitor(settings, play.database, play.clock) as client:
        assert "报送本单位配合进展" in (await client.get(link)).text
        assert (await client.post(link, data={"text": "清单已提供"})).status_code == 200
        assert (await client.post(link, data={"text": "x", "done": "1"})).status_code == 403
    assert await how(play, item_id) == (False, None)


async def test_an_agency_without_a_liaison_hears_at_its_own_address_what_became_of_its_report(
    play: Play, settings: Settings
) -> None:
    await asks_for_closing(play)
    item_id, world = await assigned(play, owner_id=None), play.world
    async with play.database.writing() as db:
        (await db.get_one(Designation, world.terms["liwb"].id)).ends_on = play.clock.today("Asia/Shanghai")
    api = Program(settings, play.database, play.clock)
    await api.post(world.zhoumin, f"/action-items/{item_id}/remind")
    (reminder,) = await play.delivered()
    (link,) = {one[one.index("/r/") :] for one in reminder.links}
    for verb, given, told in (("send-back", {"reason": "尚缺名单"}, "尚缺名单"), ("close", {}, "已确认办结")):
        assert (await api.client.post(link, json={"text": "已建成", "done": True})).status_code == 200
        await api.post(world.zhoumin, f"/action-items/{item_id}/{verb}", given)
        (mail,) = await play.delivered()
        assert mail.to == "sfj@sfj.qingzhi.example"
        assert told in mail.text
        assert (await api.client.get(mail.links[0][mail.links[0].index("/r/") :])).status_code == 200
        play.clock.as_of = play.clock.now() + timedelta(minutes=5)
