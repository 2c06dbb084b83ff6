"""A handover loses nothing: what passes on the day, once; what stays; taking it back; one after the other; who is told."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from liaison.accounts.deactivation import deactivate_person
from liaison.actions import assigning, passing, queries, reporting
from liaison.actions.models import ActionItem
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.errors import Conflict, NotPermitted
from liaison.mechanisms.models import Designation
from liaison.meetings import agenda, scheduling
from liaison.meetings.models import AgendaItem, Meeting
from liaison.succession import handover
from liaison.succession.models import Handover
from tests.callers import Browser, Program
from tests.meetings.play import Mail, Play
from tests.minutes.held import held
from tests.succession.quarter import DAY, GONGHUI, LIWB, Quarter


@pytest.fixture
def quarter(play: Play) -> Quarter:
    return Quarter(play)


async def assigned(quarter: Quarter, title: str, owner: Person | None = None, **more: Any) -> int:
    world = quarter.world
    given = {"lead_agency_id": world.sfj.id, "owner_id": (owner or world.liwb).id, "due_on": date(2026, 12, 10), **more}
    async with quarter.play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        return (await assigning.assign(db, viewer, world.mechanism.id, title=title, **given)).id


async def handed_over(quarter: Quarter, term: str | int = "liwb", to: Person | None = None, **more: Any) -> Designation:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        viewer = await world.viewer(db, world.gonghui)
        id_ = world.terms[term].id if isinstance(term, str) else term
        given = {"to_person_id": (to or world.gonghui).id, "starts_on": DAY, **more}
        return await handover.hand_over(db, viewer, id_, **given)


async def owner_of(quarter: Quarter, item_id: int) -> tuple[int | None, str | None]:
    async with quarter.play.database.reading() as db:
        item = await db.get_one(ActionItem, item_id)
        return item.owner_id, item.former_owner


def handovers(mails: list[Mail]) -> dict[str, Mail]:
    return {mail.to: mail for mail in mails if "交接" in mail.subject}


@pytest.mark.parametrize("may_sign", [True, False])
async def test_the_successor_may_sign_where_the_office_may(quarter: Quarter, may_sign: bool) -> None:
    async with quarter.play.database.writing() as db:
        (await db.get_one(Designation, quarter.world.terms["liwb"].id)).may_sign = may_sign
    acting = await handed_over(quarter, acting=True)
    back = await handed_over(quarter, acting.id, quarter.world.liwb, starts_on=date(2026, 12, 20))
    assert [acting.may_sign, back.may_sign] == [may_sign] * 2


async def test_open_items_pass_on_the_day_once_and_keep_their_former_owner(quarter: Quarter) -> None:
    world = quarter.world
    item, theirs = await assigned(quarter, "建立线索台账"), await assigned(quarter, "汇编案例", world.wuxl)
    await handed_over(quarter)
    await quarter.on("11-30T23:59")
    assert await owner_of(quarter, item) == (world.liwb.id, None)
    await quarter.on("12-01T00:01")
    assert await owner_of(quarter, item) == (world.gonghui.id, "李文博")
    assert await owner_of(quarter, theirs) == (world.wuxl.id, None), "somebody else's"
    async with quarter.play.database.writing() as db:
        liwb, found = await world.viewer(db, world.zhoumin), await db.get_one(ActionItem, item)
        await assigning.change(db, liwb, await queries.get(db, liwb, found.id), owner_id=world.liwb.id)
    await quarter.on("12-02T09:00")
    assert (await owner_of(quarter, item))[0] == world.liwb.id, "what was given back since is not moved again"
    async with quarter.play.database.reading() as db:
        (former,) = await passing.former_owners(db, item)
        assert (former.name, former.agency_name, former.until_on) == ("李文博", "清沚区司法局", DAY)


async def test_what_is_done_was_left_out_or_belongs_to_another_agency_stays(quarter: Quarter) -> None:
    world = quarter.world
    done, kept = await assigned(quarter, "已办结"), await assigned(quarter, "留给原联络员")
    async with quarter.play.database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        await reporting.complete(db, viewer, await queries.get(db, viewer, done), note="完成")
    await handed_over(quarter, keep_ids=[kept])
    await quarter.on("12-01T00:01")
    assert await owner_of(quarter, done) == await owner_of(quarter, kept) == (world.liwb.id, None)


async def test_roles_in_meetings_to_come_pass_and_those_of_held_ones_stay(quarter: Quarter) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        fields: dict[str, Any] = {"kind": "regular", "duration_minutes": 60, "recorder_id": world.liwb.id}
        past, ahead = [
            await scheduling.schedule(
                db, viewer, world.mechanism.id, title=title, local_start=datetime.fromisoformat(start), **fields
            )
            for title, start in (("上次", "2026-11-26T09:00"), ("下次", "2026-12-17T09:00"))
        ]
        item = await agenda.add_item(
            db, viewer, ahead, title="通报案件", purpose="report", agency_id=world.sfj.id, presenter_id=world.liwb.id
        )
    await handed_over(quarter)
    await quarter.on("12-01T00:01")
    async with quarter.play.database.reading() as db:
        assert (await db.get_one(Meeting, past.id)).recorder_id == world.liwb.id
        assert (await db.get_one(Meeting, ahead.id)).recorder_id == world.gonghui.id
        assert (await db.get_one(AgendaItem, item.id)).presenter_id == world.gonghui.id


async def test_a_handover_of_today_is_applied_at_once(quarter: Quarter) -> None:
    item = await assigned(quarter, "建立线索台账")
    await handed_over(quarter, starts_on=date(2026, 11, 23))
    assert await owner_of(quarter, item) == (quarter.world.gonghui.id, "李文博")


async def test_after_an_outage_two_handovers_are_applied_in_their_order(quarter: Quarter) -> None:
    world = quarter.world
    item = await assigned(quarter, "建立线索台账")
    first = await handed_over(quarter, to=world.zhenggq)
    await handed_over(quarter, first.id, to=world.gonghui, starts_on=date(2026, 12, 3))
    await quarter.on("12-09T09:00")
    assert await owner_of(quarter, item) == (world.gonghui.id, "郑国强")
    async with quarter.play.database.reading() as db:
        assert [one.name for one in await passing.former_owners(db, item)] == ["郑国强", "李文博"]


async def test_a_handover_taken_back_before_its_day_moves_nothing(quarter: Quarter) -> None:
    world = quarter.world
    item, term = await assigned(quarter, "建立线索台账"), world.terms["liwb"].id
    await handed_over(quarter, to=world.wuxl, ends_deputy=True)
    await quarter.tick()
    async with quarter.play.database.writing() as db:
        await handover.take_back(db, await world.viewer(db, world.gonghui), term)
    mails = handovers(await quarter.tick())
    assert set(mails) == {LIWB, "wuxl@sfj.qingzhi.example"}
    assert mails[LIWB].subject == "【交接撤回】李文博继续担任联络员（支持起诉协作机制）"
    assert "协作机制：清沚区支持起诉与法律援助协作机制" in mails[LIWB].text
    await quarter.on("12-02T09:00")
    assert await owner_of(quarter, item) == (world.liwb.id, None)
    async with quarter.play.database.reading() as db:
        rows = (await db.scalars(select(Designation).where(Designation.agency_id == world.sfj.id))).all()
        assert sorted((row.person_id, row.role, row.ends_on) for row in rows) == sorted(
            [(world.liwb.id, "principal", None), (world.wuxl.id, "deputy", None)]
        )
    again = await handed_over(quarter, starts_on=date(2026, 12, 5))
    assert again.person_id == world.gonghui.id


async def test_an_office_is_handed_over_once_at_a_time_and_not_taken_back_on_its_day(quarter: Quarter) -> None:
    world = quarter.world
    new = await handed_over(quarter)
    with pytest.raises(Conflict, match="entered already"):
        await handed_over(quarter, to=world.wuxl)
    await handed_over(quarter, new.id, to=world.wuxl, starts_on=date(2026, 12, 5))
    async with quarter.play.database.writing() as db:
        viewer = await world.viewer(db, world.gonghui)
        with pytest.raises(Conflict, match="successor's own"):
            await handover.take_back(db, viewer, world.terms["liwb"].id)
        with pytest.raises(NotPermitted):
            await handover.take_back(db, await world.viewer(db, world.zhoumin), world.terms["liwb"].id)
    quarter.play.clock.as_of = datetime.fromisoformat("2026-12-01T00:00+08:00")
    async with quarter.play.database.writing() as db:
        with pytest.raises(Conflict, match="its day has come"):
            await handover.take_back(db, await world.viewer(db, world.gonghui), world.terms["liwb"].id)


async def test_leaver_and_successor_are_told_at_once_what_passes(quarter: Quarter) -> None:
    await assigned(quarter, "建立线索台账")
    kept = await assigned(quarter, "留给原联络员")
    await quarter.announced()
    await handed_over(quarter, keep_ids=[kept])
    mails = handovers(await quarter.tick())
    assert set(mails) == {LIWB, GONGHUI}
    subject = "【交接】自2026年12月1日（周二）起由龚慧接替李文博担任联络员（支持起诉协作机制）"
    assert {mail.subject for mail in mails.values()} == {subject}
    for mail in mails.values():
        assert "1项未办结落实事项" in mail.text
        assert "1次已发通知的会议" in mail.text
        assert "- 1项未办结落实事项\n  · 建立线索台账（完成时限2026年12月10日（周四））\n" in mail.text.replace(
            "\r\n", "\n"
        )
        assert "留给原联络员" not in mail.text + mail.html
    assert "邮件链接和登录失效" in mails[LIWB].text
    assert "邮件链接和登录失效" not in mails[GONGHUI].text
    assert handovers(await quarter.on("12-01T00:01")) == {}


async def test_nothing_passes_to_a_successor_who_left_the_service_before_the_day(quarter: Quarter) -> None:
    world = quarter.world
    item = await assigned(quarter, "建立线索台账")
    await handed_over(quarter, to=world.zhenggq)
    async with quarter.play.database.writing() as db:
        await deactivate_person(db, await world.viewer(db, world.gonghui), world.zhenggq.id)
    await quarter.on("12-01T00:01")
    assert await owner_of(quarter, item) == (world.liwb.id, None)
    async with quarter.play.database.reading() as db:
        (row,) = await db.scalars(select(Handover))
        assert (row.is_ahead, row.moved) == (False, {})


async def test_programs_read_what_passes_enter_a_handover_and_take_it_back(
    quarter: Quarter, settings: Settings, database: Database, clock: Clock
) -> None:
    world, program = quarter.world, Program(settings, database, clock)
    item, kept = await assigned(quarter, "建立线索台账"), await assigned(quarter, "留给原联络员")
    path = f"/designations/{world.terms['liwb'].id}/handover"
    before = await program.get(world.gonghui, path)
    assert (before["starts_on"], before["moves"]) == (None, {"actions": [str(item), str(kept)]})
    given = {"to_person_id": str(world.gonghui.id), "starts_on": "2026-12-01", "keep_action_item_ids": [str(kept)]}
    await program.post(world.gonghui, path, given)
    entered = await program.get(world.gonghui, path)
    assert (entered["starts_on"], entered["applied_at"], entered["moves"]) == (
        "2026-12-01",
        None,
        {"actions": [str(item)]},
    )
    assert await program.refused(world.gonghui, "POST", path, given) == (409, [])
    assert (await program.post(world.gonghui, f"{path}/take-back"))["ends_on"] is None
    assert (await program.get(world.gonghui, path))["starts_on"] is None


async def test_minutes_that_wait_for_the_agencys_word_pass_and_are_counted_in_preview_mail_sheet_and_api(
    quarter: Quarter, settings: Settings, database: Database, clock: Clock
) -> None:
    world, program = quarter.world, Program(settings, database, clock)
    meeting = await held(quarter.play, program)
    made = await program.post(world.zhoumin, f"/meetings/{meeting}/minutes", status=201)
    term = world.terms["liwb"].id
    preview, sheet = f"/designations/{term}", f"/designations/{term}/sheet"
    browser = await Browser(settings, database, clock).sign_in(world.gonghui)
    assert "待签署的会议纪要" not in await browser.get(preview), "a draft waits for nobody"
    await program.post(world.zhoumin, f"/minutes/{made['id']}/circulate")
    said = "1份待签署的会议纪要"
    assert said in await browser.get(preview)
    assert said in await browser.get(sheet)
    assert (await program.get(world.gonghui, f"/designations/{term}/handover"))["moves"]["minutes"] == [made["id"]]
    assert "份待签署" not in await browser.get(f"/designations/{world.terms['wuxl'].id}"), "a deputy gets copies alone"
    await handed_over(quarter)
    mails = handovers(await quarter.tick())
    assert said in mails[GONGHUI].text
    await program.post(world.liwb, f"/minutes/{made['id']}/sign", {"root": made["root"]})
    assert "待签署的会议纪要" not in await browser.get(preview)


async def test_a_leaver_with_nothing_in_hand_is_told_of_no_list(quarter: Quarter) -> None:
    await handed_over(quarter)
    mails = handovers(await quarter.tick())
    assert "上面未列" not in mails[LIWB].text + mails[LIWB].html
    assert "您手中没有因该职务待办的事项" in mails[LIWB].text
    assert "您手中没有因该职务待办的事项" in mails[LIWB].html
