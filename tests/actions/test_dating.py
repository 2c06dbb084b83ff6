"""Another due date without an extension: who sets which once the item was told, and whom a correction is mailed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions import assigning, extension_queries, permissions, queries
from liaison.actions.due import told_from
from liaison.actions.ledger_export import exported
from liaison.actions.ledger_import import take_in
from liaison.actions.ledger_table import LedgerRefused
from liaison.actions.models import ActionItem
from liaison.actions.queries import Filters
from liaison.audit import AuditLine
from liaison.config import Settings
from liaison.directory.models import Person
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import Words
from liaison.mechanisms.models import Designation, Member
from liaison.meetings.asking import Asked
from liaison.reminders.reminding import switch_digest
from tests.callers import Browser, Program
from tests.meetings.play import Play

DUE, SOONER, LATER = date(2026, 12, 10), date(2026, 12, 8), date(2026, 12, 31)
WHY = "笔误，会上定的是月底"
LIWB, WUXL = "liwb@sfj.qingzhi.example", "wuxl@sfj.qingzhi.example"


def test_an_item_is_told_from_the_first_clock_mail_after_it_was_assigned() -> None:
    def told(text: str) -> str:
        return told_from(datetime.fromisoformat(text), "Asia/Shanghai").isoformat()

    assert told("2026-11-23T08:00+08:00") == "2026-11-23T08:30:00+08:00"
    assert told("2026-11-23T09:00+08:00") == "2026-11-24T08:30:00+08:00"


@pytest.fixture
async def item_id(play: Play) -> int:
    """An item of 区司法局, owned by 郑国强 (who reads at 吴晓岚's address), asked for by a meeting that 区检察院 hosts and 陈志远 chaired;
    区民政局 is a member again. It was told: the next day has come."""
    world = play.world
    meeting_id = await play.scheduled(
        Asked(person_id=world.chenzy.id, role="chair"), local_start=datetime.fromisoformat("2026-09-17T14:30")
    )
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        item = await assigning.assign(
            db, viewer, world.mechanism.id, title="建立线索台账", lead_agency_id=world.sfj.id,
            owner_id=world.zhenggq.id, due_on=DUE, meeting=meeting,
        )  # fmt: skip
        await switch_digest(db, COMMAND_LINE, on=False)
        db.add(Member(mechanism_id=world.mechanism.id, agency_id=world.mzj.id, joined_on=date(2026, 1, 1)))
        db.add(
            Designation(
                mechanism_id=world.mechanism.id, agency_id=world.mzj.id, person_id=world.songhp.id, role="principal",
                starts_on=date(2026, 1, 1), may_sign=True, designated_at=db.now(),
            )
        )  # fmt: skip
    play.clock.as_of = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    return item.id


async def change(play: Play, by: Person, item_id: int, **more: Any) -> None:
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, by)
        await assigning.change(db, viewer, await queries.get(db, viewer, item_id), **more)


async def due_on(play: Play, item_id: int) -> date | None:
    async with play.database.reading() as db:
        return (await db.get_one(ActionItem, item_id)).due_on


async def test_its_agency_promises_an_earlier_date_and_asks_for_a_later_one(play: Play, item_id: int) -> None:
    for day in (LATER, None):
        with pytest.raises(Invalid) as refused:
            await change(play, play.world.liwb, item_id, due_on=day)
        assert set(refused.value.errors) == {"due_on"}
    await change(play, play.world.wuxl, item_id, due_on=SOONER)
    assert await due_on(play, item_id) == SOONER
    assert await play.delivered() == []


async def test_no_other_agencys_officer_and_no_deputy_moves_it_either_way(play: Play, item_id: int) -> None:
    for person in (play.world.songhp, play.world.qianwei):
        for day in (SOONER, LATER, None):
            with pytest.raises(NotPermitted) as refused:
                await change(play, person, item_id, due_on=day, reason=WHY)
            assert "extension" in refused.value.message.msgid
    await change(play, play.world.songhp, item_id, title="换个说法", due_on=DUE)
    assert await due_on(play, item_id) == DUE


async def test_the_host_corrects_it_with_a_reason_that_owner_and_liaison_are_mailed(play: Play, item_id: int) -> None:
    with pytest.raises(Invalid) as refused:
        await change(play, play.world.zhoumin, item_id, due_on=LATER, reason=" ")
    assert set(refused.value.errors) == {"reason"}
    await change(play, play.world.zhoumin, item_id, due_on=LATER, reason=WHY)
    mails = {mail.to: mail for mail in await play.delivered()}
    assert set(mails) == {LIWB, WUXL}, "the liaison, and the owner by way of his contact"
    for mail in mails.values():
        assert mail.subject == "【落实事项】完成时限更正：建立线索台账"
        for said in ("区检察院周敏", "2026年12月10日", "2026年12月31日", WHY):
            assert said in mail.text, said
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.liwb)
        (kept,) = await extension_queries.changes_of(db, viewer, await queries.get(db, viewer, item_id))
        assert (kept.due_before, kept.due_after, kept.reason, kept.by_id) == (
            DUE, LATER, WHY, play.world.zhoumin.id,
        )  # fmt: skip
        verbs = set(await db.scalars(select(AuditLine.verb)))
        assert "correct_due_date" in verbs


async def test_owner_and_liaison_behind_one_mailbox_get_one_mail(play: Play, item_id: int) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.zhenggq.id)).contact_id = play.world.liwb.id
    await change(play, play.world.zhoumin, item_id, due_on=SOONER, reason=WHY)
    assert [mail.to for mail in await play.delivered()] == [LIWB]


async def test_who_chaired_the_meeting_corrects_the_date_and_nothing_else(play: Play, item_id: int) -> None:
    with pytest.raises(NotPermitted):
        await change(play, play.world.chenzy, item_id, due_on=LATER, title="换个说法", reason=WHY)
    await change(play, play.world.chenzy, item_id, due_on=LATER, reason=WHY)
    assert await due_on(play, item_id) == LATER
    assert {mail.to for mail in await play.delivered()} == {LIWB, WUXL}
    with pytest.raises(NotPermitted):
        await change(play, play.world.hanmei, item_id, due_on=DUE, reason=WHY)


async def test_the_host_does_not_correct_what_it_owes_itself(play: Play, item_id: int) -> None:
    await change(play, play.world.zhoumin, item_id, lead_agency_id=play.world.jcy.id, owner_id=play.world.zhoumin.id)
    with pytest.raises(Invalid):
        await change(play, play.world.zhoumin, item_id, due_on=LATER, reason=WHY)


async def test_until_the_item_was_told_what_was_mistyped_is_mended(play: Play, item_id: int) -> None:
    play.clock.as_of = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    await change(play, play.world.songhp, item_id, due_on=LATER)
    await change(play, play.world.songhp, item_id, owner_id=play.world.wuxl.id)  # who is mailed of it
    with pytest.raises(NotPermitted):
        await change(play, play.world.songhp, item_id, due_on=DUE)


def test_the_console_which_sends_no_mail_corrects_nothing() -> None:
    item = ActionItem(lead_agency_id=2, mechanism_id=1, owner_id=None, meeting=None)
    assert permissions.dates_as(COMMAND_LINE, item, LATER, told=True, chairs={0}) is None


async def test_edit_bulk_table_and_api_keep_the_same_rule(play: Play, item_id: int, settings: Settings) -> None:
    world, words = play.world, Words("zh_CN", "Asia/Shanghai", date(2026, 11, 24))
    third = await Browser(settings, play.database, play.clock).sign_in(world.songhp)
    page = await third.get(f"/actions/{item_id}/edit")
    assert 'name="due_on"' not in page
    assert "由责任单位申请延期后变更" in page
    typed = {"title": "建立线索台账", "who": f"person:{world.zhenggq.id}"}
    assert (await third.post(f"/actions/{item_id}/edit", **typed)).status_code == 303
    assert (await third.post(f"/actions/{item_id}/edit", **typed, due_on="2026-12-31")).status_code == 403
    bulk = await third.post("/actions/bulk", act="due", id=str(item_id), due_on="2026-12-31", confirmed="1", reason="x")
    assert "申请延期后变更" in bulk.text
    api = Program(settings, play.database, play.clock)
    path = f"/action-items/{item_id}"
    assert (await api.refused(world.songhp, "PATCH", path, {"due_on": "2026-12-31", "reason": "x"}))[0] == 403
    assert await api.refused(world.zhoumin, "PATCH", path, {"due_on": "2026-12-31"}) == (422, ["reason"])
    for person, said in (
        (world.songhp, "申请延期后变更"),
        (world.zhoumin, "请在事项页面说明理由"),
        (world.liwb, "申请延期"),
    ):
        async with play.database.writing() as db:
            viewer = await world.viewer(db, person)
            table = await exported(db, viewer, Filters(), words, today=date(2026, 11, 24))
            table[1][5] = "2026-12-31"
            with pytest.raises(LedgerRefused) as refused:
                await take_in(db, viewer, table, words)
            assert said in refused.value.wrong[0].worded(words)
    assert await due_on(play, item_id) == DUE
    changed = await api.patch(world.zhoumin, path, {"due_on": "2026-12-31", "reason": WHY})
    assert (changed["due_on"], (await api.get(world.liwb, path))["history"][0]["reason"]) == ("2026-12-31", WHY)


async def test_the_page_offers_the_correction_to_host_and_chair_alone(
    play: Play, item_id: int, settings: Settings
) -> None:
    world = play.world
    for person in (world.songhp, world.liwb, world.qianwei, world.hanmei):
        browser = await Browser(settings, play.database, play.clock).sign_in(person)
        assert "/due-date" not in await browser.get(f"/actions/{item_id}")
    chair = await Browser(settings, play.database, play.clock).sign_in(world.chenzy)
    assert "更正完成时限" in await chair.get(f"/actions/{item_id}")
    wrong = await chair.post(f"/actions/{item_id}/due-date", right_due_on="2026-12-31", why_wrong="")
    assert (wrong.status_code, "更正理由" in wrong.text) == (422, True)
    done = await chair.post(f"/actions/{item_id}/due-date", right_due_on="2026-12-31", why_wrong=WHY)
    assert done.status_code == 303
    assert WHY in await chair.get(f"/actions/{item_id}")
