"""A meeting is recorded on its own page, without JavaScript: notes, check-in, decisions, held, and that taken back."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions import queries as actions
from liaison.actions import reporting
from liaison.actions.models import ActionItem
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.meetings import agenda, holding, queries, recorded, recording
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from tests.callers import Browser, Program
from tests.conftest import NOW
from tests.meetings.play import Play
from tests.meetings.test_holding import MORNING
from tests.world import World


@pytest.fixture
async def browser(settings: Settings, database: Database, clock: Clock, world: World) -> Browser:
    return await Browser(settings, database, clock).sign_in(world.zhoumin)


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


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


async def test_without_its_quorum_the_page_offers_to_say_why_and_never_asks_for_it(
    browser: Browser, database: Database, running: int
) -> None:
    page = f"/meetings/{running}"
    async with database.reading() as db:
        (chair,) = await queries.attendees(db, running)
    await browser.get(page)
    await browser.post(f"{page}/attendance", **{f"attendance.{chair.id}": "present"})  # one agency of the two needed
    assert re.search(r"未达最低参会单位数仍召开的理由\s*<[^>]+>（选填）", await browser.get(f"{page}/hold"))
    version = str((await meeting_of(database, running)).version)
    assert (await browser.post(f"{page}/hold", version=version, quorum_reason="")).status_code == 303
    assert "未说明理由" in await browser.get(page)


async def test_an_older_note_does_not_overwrite_a_newer_one(browser: Browser, database: Database, running: int) -> None:
    page = f"/meetings/{running}"
    await browser.get(page)
    await browser.post(f"{page}/notes", text="第一稿")
    async with database.reading() as db:
        note = await recorded.note(db, COMMAND_LINE, running, None)
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
        assert await recorded.note(db, COMMAND_LINE, running, None) is None


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
        assert await recorded.decisions(db, COMMAND_LINE, running) == []


async def test_notes_of_an_item_that_was_taken_off_stay_readable_and_are_marked(
    browser: Browser, play: Play, running: int
) -> None:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, running)
        item = await agenda.add_item(db, viewer, meeting, title="商请协助", purpose="consult")
        await agenda.add_item(db, viewer, meeting, title="通报情况", purpose="report")
        await recording.save_note(db, viewer, meeting, "已口头说明", agenda_item_id=item.id)
        await agenda.withdraw_item(db, viewer, item)
        await holding.hold(db, viewer, meeting)
    shown = await browser.get(f"/meetings/{running}")
    left = shown[shown.index(f'id="item-{item.id}"') :].partition("</li>")[0]
    assert "<s>商请协助</s>" in left
    assert "已移出议程" in left
    assert "已口头说明" in left
    await browser.sign_in(play.world.chenzy)  # chairs it and reads the notes
    assert "已口头说明" in await browser.get(f"/meetings/{running}")
    await browser.sign_in(play.world.zhenggq)
    others = await browser.get(f"/meetings/{running}")
    assert "通报情况" in others
    assert "已口头说明" not in others
    assert "商请协助" not in others


async def test_a_struck_decision_is_read_with_the_record_alone_on_the_page_and_by_the_api(
    browser: Browser, play: Play, running: int, api: Program
) -> None:
    world = play.world
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, running)
        await recording.decide(db, viewer, meeting, text="按季通报。")
        struck = await recording.decide(db, viewer, meeting, text="误录的决定。")
        await recording.revoke(db, viewer, struck)
        await holding.hold(db, viewer, meeting)
    for who, reads in (
        (world.zhoumin, True),
        (world.liwb, True),
        (world.chenzy, True),
        (world.zhenggq, False),
        (world.maolin, False),
    ):
        await browser.sign_in(who)
        page = await browser.get(f"/meetings/{running}")
        listed = (await api.get(who, f"/meetings/{running}/decisions"))["items"]
        one = await api.call(who, "GET", f"/decisions/{struck.id}")
        found = ("误录的决定。" in page, "误录的决定。" in str(listed), one.status_code == 200)
        assert found == (reads, reads, reads), who.name
        assert "按季通报。" in page
        assert "按季通报。" in str(listed)


async def test_a_decision_sent_twice_by_one_press_too_many_is_one(
    browser: Browser, play: Play, clock: Clock, running: int
) -> None:
    """Without a script nothing keeps a button from being pressed twice, and a number is never free again."""
    await browser.get(f"/meetings/{running}")
    for _ in range(2):
        assert (await browser.post(f"/meetings/{running}/decisions", text="原则同意。")).status_code == 303
    assert (await browser.post(f"/meetings/{running}/decisions", text="另行研究。")).status_code == 303
    clock.as_of = clock.now() + timedelta(minutes=2)
    assert (await browser.post(f"/meetings/{running}/decisions", text="原则同意。")).status_code == 303
    async with play.database.reading() as db:
        found = [(one.number, one.text) for one in await recorded.decisions(db, COMMAND_LINE, running)]
    assert found == [(1, "原则同意。"), (2, "另行研究。"), (3, "原则同意。")]


async def test_a_decision_and_its_action_item_are_recorded_in_one_step_and_twice_counts_once(
    browser: Browser, play: Play, running: int
) -> None:
    page, world = f"/meetings/{running}", play.world
    await browser.get(page)
    typed = {
        "text": "会议议定：区司法局建立登记台账。每月对账。",
        "lead_agency_id": str(world.sfj.id),
        "supporting_agency_ids": str(world.jcy.id),
        "due_on": "2026-12-07",
        "with_action": "1",
    }
    for _ in range(2):
        answer = await browser.post(f"{page}/decisions", **typed)
        assert answer.headers["location"] == f"{page}?done=assigned_too&new=1#decisions"
    shown = await browser.get(f"{page}?done=assigned_too&new=1")
    assert "（牵头单位：区司法局；配合单位：区检察院；完成时限：2026年12月7日，周一）" in shown
    assert 'action="/decisions/1/take-back"' in shown
    async with play.database.reading() as db:
        items = list(await db.scalars(select(ActionItem).options(selectinload(ActionItem.supports))))
    assert [
        (one.title, one.decision_id, one.lead_agency_id, [s.agency_id for s in one.supports], one.due_on)
        for one in items
    ] == [("区司法局建立登记台账", 1, world.sfj.id, [world.jcy.id], date(2026, 12, 7))]


async def test_a_decision_that_charges_nobody_has_no_date_and_no_action_item(
    browser: Browser, play: Play, running: int
) -> None:
    await browser.get(f"/meetings/{running}")
    await browser.post(f"/meetings/{running}/decisions", text="原则同意。", due_on="2026-12-07", with_action="1")
    async with play.database.reading() as db:
        [decision] = await recorded.decisions(db, COMMAND_LINE, running)
        assert (decision.lead_agency_id, decision.due_on) == (None, None)
        assert list(await db.scalars(select(ActionItem))) == []


async def test_undo_takes_a_decision_back_with_its_action_item_unless_somebody_worked_on_it(
    browser: Browser, play: Play, running: int, clock: Clock
) -> None:
    page, world = f"/meetings/{running}", play.world
    await browser.get(page)
    for text in ("第一件事。", "第二件事。", "第三件事。"):
        typed = {"text": text, "lead_agency_id": str(world.jcy.id), "due_on": "2026-12-07", "with_action": "1"}
        await browser.post(f"{page}/decisions", **typed)
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, running)
        await reporting.report(db, viewer, await actions.get(db, viewer, 2), "已联系。")
    for number in (1, 1, 2):
        assert (await browser.post(f"/decisions/{number}/take-back")).status_code == 303
    clock.as_of = NOW + timedelta(minutes=11)
    assert (await browser.post("/decisions/3/take-back")).status_code == 409
    async with play.database.reading() as db:
        assert [bool(one.revoked_at) for one in await recorded.decisions(db, COMMAND_LINE, running)] == [
            True,
            True,
            False,
        ]
        items = list(await db.scalars(select(ActionItem).order_by(ActionItem.id)))
    assert [one.ended_how for one in items] == ["not_possible", None, None]


async def test_the_api_charges_agencies_and_gives_the_action_item(api: Program, play: Play, running: int) -> None:
    world, path = play.world, f"/meetings/{running}/decisions"
    lead, other = str(world.sfj.id), str(world.jcy.id)
    given = {"lead_agency_id": lead, "supporting_agency_ids": [other], "due_on": "2026-12-07"}
    made = await api.post(world.zhoumin, path, {"text": "建立台账。", "with_action": True, **given}, status=201)
    assert {name: made[name] for name in given} == given
    item = await api.get(world.zhoumin, f"/action-items/{made['action_item_id']}")
    assert (item["decision_id"], {name: item[name] for name in given}) == (made["id"], given)
    for wrong, field in (
        ({"with_action": True}, "lead_agency_id"),
        ({"supporting_agency_ids": [other]}, "lead_agency_id"),
        ({"lead_agency_id": "999"}, "lead_agency_id"),
        ({"lead_agency_id": lead, "supporting_agency_ids": [lead]}, "supporting_agency_ids"),
        ({"due_on": "2026-11-22"}, "due_on"),
    ):
        assert await api.refused(world.zhoumin, "POST", path, {"text": "甲。", **wrong}) == (422, [field]), wrong
    changed = await api.patch(world.zhoumin, f"/decisions/{made['id']}", {"due_on": None, "supporting_agency_ids": []})
    assert (changed["due_on"], changed["supporting_agency_ids"], changed["lead_agency_id"]) == (None, [], lead)
    assert (await api.get(world.zhoumin, f"/action-items/{item['id']}"))["due_on"] == "2026-12-07"


async def test_a_note_that_the_same_page_sent_before_is_no_other_text(browser: Browser, running: int) -> None:
    page = f"/meetings/{running}"
    await browser.get(page)
    await browser.post(f"{page}/notes", text="第一句。", version="0")
    assert (
        await browser.post(f"{page}/notes", text="第一句。第二句。", version="0", tried="第一句。")
    ).status_code == 303
    assert (await browser.post(f"{page}/notes", text="又一句。", version="0", tried="第一句。")).status_code == 409


async def test_while_it_runs_items_are_skipped_ordered_and_added_and_times_told(
    browser: Browser, play: Play, running: int
) -> None:
    page, world = f"/meetings/{running}", play.world
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, running)
        for title in ("甲", "乙"):
            await agenda.add_item(db, viewer, meeting, title=title, purpose="report", duration_minutes=20)
    await browser.get(page)

    async def titles() -> list[str]:
        async with play.database.reading() as db:
            items = await queries.agenda(db, running)
        return [f"{one.title}{'*' if one.begun_at and not one.settled_at else ''}" for one in items]

    await browser.post("/agenda-items/1/begin")
    shown = await browser.get(page)
    assert "09:00 开始" in shown  # half an hour late, and so are the others
    assert "预计 09:20 开始" in shown
    assert (await browser.post("/agenda-items/1/skip")).headers["location"] == f"{page}#running"
    assert await titles() == ["甲", "乙*"]
    await browser.post("/agenda-items/1/skip")  # pressed twice
    assert await titles() == ["甲", "乙*"]
    await browser.post("/agenda-items/2/settle")
    assert await titles() == ["甲*", "乙"]
    assert (await browser.post("/agenda-items/1/skip")).status_code == 409
    floor = await browser.post(f"{page}/agenda-items/new", title="丙", purpose="other", duration_minutes="10")
    assert floor.headers["location"] == f"{page}#running"
    await browser.sign_in(world.liwb)
    await browser.get(page)
    await browser.post(f"{page}/agenda-items/new", title="丁", purpose="other")
    assert "丁" in await browser.get(page)
    await browser.sign_in(world.zhoumin)
    assert "丁" in await browser.get(page)
    async with play.database.writing() as db:  # a proposal between two items is passed, not swapped with
        viewer, meeting = await play.meeting(db, running)
        await agenda.order(db, viewer, meeting, [1, 4, 2, 3])
    moved = await browser.post("/agenda-items/2/move", htmx=True, direction="up")
    assert 'id="running"' in moved.text
    assert await titles() == ["乙", "甲*", "丁", "丙"]
    assert "丁" in (await browser.post("/agenda-items/4/accept", htmx=True)).text
    assert "/agenda-items/4/accept" not in await browser.get(page)


async def test_a_refused_decision_gives_its_form_back_as_it_was_typed(
    browser: Browser, play: Play, running: int
) -> None:
    await browser.get(f"/meetings/{running}")
    world, path = play.world, f"/meetings/{running}/decisions"
    typed = {"key": "all", "text": "每月对账。", "lead_agency_id": str(world.sfj.id), "due_on": "2026-11-01"}
    refused = await browser.post(path, htmx=True, **typed, supporting_agency_ids=str(world.sfj.id))
    assert refused.status_code == 422
    assert refused.text.count("decide-all") == 1
    assert "每月对账。" in refused.text
    assert f'<option value="{world.sfj.id}" selected>' in refused.text
    assert 'value="2026-11-01"' in refused.text
    assert 'name="with_action" value="1" checked' not in refused.text  # it was not ticked
    kept = await browser.post(path, htmx=True, **{**typed, "due_on": "2026-12-07", "key": "all<b>"})
    assert 'id="decision-list" hx-swap-oob="true"' in kept.text
    assert "all<b>" not in kept.text


async def test_what_is_decided_on_a_restricted_item_charges_only_agencies_that_may_know_of_it(
    api: Program, play: Play, running: int
) -> None:
    world, path = play.world, f"/meetings/{running}/decisions"
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, running)
        item = await agenda.add_item(db, viewer, meeting, title="内部", purpose="study", audience=[world.jcy.id])
    given = {"text": "报告进展。", "agenda_item_id": str(item.id), "with_action": True}
    charged = {**given, "lead_agency_id": str(world.sfj.id)}
    assert await api.refused(world.zhoumin, "POST", path, charged) == (422, ["lead_agency_id"])
    made = await api.post(world.zhoumin, path, {**given, "lead_agency_id": str(world.jcy.id)}, status=201)
    assert (await api.call(world.liwb, "GET", f"/action-items/{made['action_item_id']}")).status_code == 404
