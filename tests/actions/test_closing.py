"""办结需确认 where the mechanism asks for it, and what supporting agencies report under their own name."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions import assigning, closing, extending, extension_queries, queries, reminding, reporting
from liaison.actions.models import ActionItem
from liaison.config import Settings
from liaison.desk.queries import desk
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.mechanisms import founding
from liaison.mechanisms.models import Designation
from liaison.meetings.asking import Asked
from liaison.reminders.reminding import remind_due, switch_digest
from tests.callers import Browser, Program, visitor
from tests.meetings.play import Mail, Play, by_address

WUXL = "wuxl@sfj.qingzhi.example"
ZHOUMIN, CHENZY = "zhoumin@jcy.qingzhi.example", "chenzy@jcy.qingzhi.example"


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
    await act(play, world.wuxl, item_id, reporting.complete, note="已建成")
    play.clock.as_of = datetime(2026, 12, 10, 1, 0, tzinfo=UTC)
    async with play.database.writing() as db:
        await remind_due(db)
    assert {mail.to for mail in await play.delivered()} == {ZHOUMIN}, "who has reported it done is not reminded"
    with pytest.raises(Invalid):
        await act(play, world.zhoumin, item_id, closing.send_back, reason="")
    await act(play, world.zhoumin, item_id, closing.send_back, reason="缺少附件")
    assert await how(play, item_id) == (False, None)
    async with play.database.reading() as db:
        viewer = await world.viewer(db, world.zhoumin)
        notes = await queries.progress_of(db, viewer, await queries.get(db, viewer, item_id))
    assert [(one.text, one.by_id) for one in notes] == [("缺少附件", world.zhoumin.id), ("已建成", world.wuxl.id)]
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


async def test_the_desk_of_who_may_close_lists_it(play: Play, settings: Settings) -> None:
    await asks_for_closing(play)
    item_id, world = await chaired_item(play), play.world
    await act(play, world.wuxl, item_id, reporting.complete)
    found = {}
    for person in (world.zhoumin, world.qianwei, world.liwb, world.chenzy):
        async with play.database.reading() as db:
            shown = await desk(db, await world.viewer(db, person), date(2026, 11, 1))
        found[person.id] = [todo.subject_id for todo in shown.todos if todo.kind == "closing"]
    assert found == {world.zhoumin.id: [item_id], world.qianwei.id: [], world.liwb.id: [], world.chenzy.id: [item_id]}
    browser = await Browser(settings, play.database, play.clock).sign_in(world.chenzy)
    assert "等待销号：建立线索台账" in await browser.get("/")


async def test_nothing_is_asked_or_reminded_of_what_waits_to_be_closed(play: Play, settings: Settings) -> None:
    await asks_for_closing(play)
    item_id, world = await assigned(play), play.world
    later = date(2026, 12, 31)
    asked = await act(play, world.wuxl, item_id, extending.ask, due_on=later, reason="等数据")
    await act(play, world.wuxl, item_id, reporting.complete)
    async with play.database.reading() as db:
        assert await extension_queries.open_of(db, item_id) is None, "what was asked for falls away"
        extension = await extension_queries.whole(db, asked.id)
        assert extension is not None
        assert extension.state == "lapsed", "nobody took it back"
    for person, verb, more in (
        (world.wuxl, extending.ask, {"due_on": later, "reason": "等数据"}),
        (world.zhoumin, reminding.remind, {}),
    ):
        with pytest.raises(Conflict) as refused:
            await act(play, person, item_id, verb, **more)
        assert "waits to be closed" in refused.value.message.msgid
    for person in (world.wuxl, world.liwb, world.zhoumin):
        page = await (await Browser(settings, play.database, play.clock).sign_in(person)).get(f"/actions/{item_id}")
        assert f"/actions/{item_id}/remind" not in page
        assert f"/actions/{item_id}/extensions" not in page
    api = Program(settings, play.database, play.clock)
    assert (await api.refused(world.zhoumin, "POST", f"/action-items/{item_id}/remind", {}))[0] == 409


async def chaired_item(play: Play) -> int:
    """An item of 区司法局 from a meeting that 陈志远 chaired."""
    world = play.world
    meeting_id = await play.scheduled(
        Asked(person_id=world.chenzy.id, role="chair"), local_start=datetime.fromisoformat("2026-09-17T14:30")
    )
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        item = await assigning.assign(
            db, viewer, world.mechanism.id, title="建立线索台账", lead_agency_id=world.sfj.id, owner_id=world.wuxl.id,
            due_on=date(2026, 11, 24), meeting=meeting,
        )  # fmt: skip
        return item.id


async def at(play: Play, text: str) -> dict[str, Mail]:
    play.clock.as_of = datetime.fromisoformat(f"2026-{text}+08:00").astimezone(UTC)
    async with play.database.writing() as db:
        await remind_due(db)
    return by_address(await play.delivered())


async def test_who_may_close_is_mailed_once_three_working_days_after_and_closes_by_the_link(
    play: Play, settings: Settings
) -> None:
    await asks_for_closing(play)
    item_id, world = await chaired_item(play), play.world
    await act(play, world.wuxl, item_id, reporting.complete, note="已建成")
    assert await at(play, "11-25T08:30") == {}
    mails = await at(play, "11-26T08:30")
    assert set(mails) == {ZHOUMIN, CHENZY}, "the other agency's liaison and the chair; not the owner, who owes nothing"
    assert "报办结，等待销号" in mails[CHENZY].subject
    assert "已建成" in mails[CHENZY].text
    assert await at(play, "11-27T08:30") == {}
    (link,) = mails[CHENZY].links
    async with visitor(settings, play.database, play.clock) as client:
        assert "确认办结或退回" in (await client.get(link)).text
        empty = await client.post(link, data={"send_back": "1", "why_back": ""})
        assert empty.status_code == 422
        assert await how(play, item_id) == (True, None)
        assert "退回" in (await client.post(link, json={"send_back": True, "reason": "缺附件"})).text
        assert await how(play, item_id) == (False, None)
        await act(play, world.wuxl, item_id, reporting.complete)
        assert "办结" in (await client.post(link, data={"close": "1"})).text
    assert await how(play, item_id) == (False, "done")


async def test_what_waits_to_be_closed_is_nothing_its_owner_is_late_with(play: Play, settings: Settings) -> None:
    await asks_for_closing(play)
    item_id, world = await assigned(play, due_on=date(2026, 11, 24)), play.world
    await act(play, world.wuxl, item_id, reporting.complete)
    play.clock.as_of = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    browser = await Browser(settings, play.database, play.clock).sign_in(world.zhoumin)
    page = await browser.get("/actions")
    assert "待销号（11月23日" in page
    assert "逾期7天" not in page
    assert '逾期 <span class="count">0</span>' in page
    assert "建立线索台账" not in await browser.get("/actions?status=overdue")
    assert "建立线索台账" not in await browser.get(f"/mechanisms/{world.mechanism.id}/one-page")
    api = Program(settings, play.database, play.clock)
    assert (await api.get(world.zhoumin, "/action-items?status=overdue"))["items"] == []
    (found,) = (await api.get(world.zhoumin, "/action-items/figures"))["items"]
    assert (found["open"], found["overdue"], found["waiting_for_closing"]) == (1, 0, 1)


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
    assert "待销号（11月23日" in page
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
