"""终止: what was to come is called off and told, what was begun is finished, and until the day it can be taken back."""

from datetime import UTC, date, datetime

import pytest

from liaison.actions import assigning, reporting
from liaison.actions import queries as actions
from liaison.config import Settings
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.life import ending
from liaison.mechanisms.models import Mechanism, Member
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from liaison.polls import asking
from liaison.polls import queries as polls
from liaison.polls.asking import Proposed
from tests.callers import Browser, Program
from tests.meetings.play import Play

REASON = "协议期满，各方商定不再续签（清检会〔2026〕9号）。"
ENDS_ON = date(2026, 12, 1)


async def ended(play: Play, ends_on: date = ENDS_ON) -> None:
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        await ending.end(db, viewer, play.world.mechanism.id, ends_on=ends_on, reason=REASON)


async def test_meetings_from_that_day_on_are_cancelled_and_every_member_agency_is_told(play: Play) -> None:
    world = play.world
    told_id = await play.scheduled(Asked(person_id=world.sunl.id))
    await play.send(told_id)
    draft_id = await play.scheduled(title="年度总结会")
    before_id = await play.scheduled(title="收尾会", local_start=datetime.fromisoformat("2026-11-27T09:00"))
    await ended(play)
    async with play.database.reading() as db:
        states = [(await db.get_one(Meeting, id_)).state for id_ in (told_id, draft_id, before_id)]
        assert states == ["cancelled", "cancelled", "draft"]
    mails = await play.delivered()
    assert [mail.to for mail in mails if mail.method == "CANCEL"] == ["sunl@rsj.qingzhi.example"]
    ends = {mail.to: mail for mail in mails if "协作机制终止" in mail.subject}
    assert set(ends) == {f"{key}@jcy.qingzhi.example" for key in ("zhoumin", "qianwei")} | {
        f"{key}@sfj.qingzhi.example" for key in ("liwb", "wuxl")
    }
    mail = ends["liwb@sfj.qingzhi.example"]
    for said in ("自2026年12月1日（星期二）起终止", REASON, "2次会议已取消", "照常可以查阅"):
        assert said in mail.text, said
    assert "抄送" in ends["wuxl@sfj.qingzhi.example"].text


async def test_what_was_begun_is_finished_after_the_end(play: Play) -> None:
    world = play.world
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        item = await assigning.assign(
            db,
            viewer,
            mechanism_id=world.mechanism.id,
            title="移交案卷清单",
            lead_agency_id=world.sfj.id,
            due_on=ENDS_ON,
        )
    await ended(play)
    play.clock.as_of = datetime(2026, 12, 3, 1, tzinfo=UTC)
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        done = await reporting.complete(db, viewer, await actions.get(db, viewer, item.id), note="已移交")
        assert done.state == "done"


async def test_only_the_leads_liaison_ends_it_once_from_today_on_with_a_reason(play: Play) -> None:
    world, id_ = play.world, play.world.mechanism.id
    for who in (world.qianwei, world.liwb, world.chenzy):
        async with play.database.writing() as db:
            viewer = await world.viewer(db, who)
            with pytest.raises(NotPermitted):
                await ending.end(db, viewer, id_, ends_on=ENDS_ON, reason=REASON)
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        with pytest.raises(Invalid) as refusal:
            await ending.end(db, viewer, id_, ends_on=date(2026, 11, 22), reason=" ")
        assert set(refusal.value.errors) == {"ends_on", "reason"}
    await ended(play)
    with pytest.raises(Conflict):
        await ended(play)


async def test_until_the_day_it_is_taken_back_and_told_and_from_then_on_not(play: Play) -> None:
    world, id_ = play.world, play.world.mechanism.id
    await ended(play)
    await play.delivered()
    for _ in range(2):
        async with play.database.writing() as db:
            await ending.take_back(db, await world.viewer(db, world.zhoumin), id_)
    assert {mail.subject for mail in await play.delivered()} == {"【协作机制继续】支持起诉协作机制"}
    await ended(play, date(2026, 11, 23))
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        with pytest.raises(Conflict):
            await ending.take_back(db, viewer, id_)
        assert (await db.get_one(Mechanism, id_)).ended_on == date(2026, 11, 23)


async def test_the_page_counts_what_is_open_keeps_what_was_typed_and_offers_to_take_it_back(
    play: Play, settings: Settings
) -> None:
    world, path = play.world, f"/mechanisms/{play.world.mechanism.id}"
    await play.scheduled(title="年度总结会")
    browser = await Browser(settings, play.database, play.clock).sign_in(world.zhoumin)
    assert f"{path}/end" in await browser.get(path)
    page = await browser.get(f"{path}/end?on=2026-12-01")
    for said in ("取消1次会议", "年度总结会", "未办结落实事项0项", "尚未通知，不发邮件"):
        assert said in page, said
    refused = await browser.post(f"{path}/end", ends_on="2026-12-01", reason="")
    assert (refused.status_code, 'value="2026-12-01"' in refused.text) == (422, True)
    assert (await browser.post(f"{path}/end", ends_on="2026-12-01", reason=REASON)).status_code == 303
    page = await browser.get(path)
    assert ("本协作机制自" in page, "撤回终止" in page) == (True, True)
    assert (await browser.post(f"{path}/end/take-back")).status_code == 303
    assert "撤回终止" not in await browser.get(path)
    program = Program(settings, play.database, play.clock)
    body = {"ends_on": "2026-12-01", "reason": REASON}
    assert (await program.post(world.zhoumin, f"{path}/end", body))["ended_on"] == "2026-12-01"
    assert (await program.post(world.zhoumin, f"{path}/end/take-back"))["ended_on"] is None


async def test_questions_for_a_time_that_could_find_none_before_are_ended_and_told_others_go_on(play: Play) -> None:
    world = play.world
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        for title, day in (("年度总结会", "2026-12-03T09:00"), ("收尾会", "2026-11-27T09:00")):
            await asking.ask_for_times(
                db,
                viewer,
                world.mechanism.id,
                title=title,
                candidates=[
                    Proposed(datetime.fromisoformat(day), 60),
                    Proposed(datetime.fromisoformat("2026-12-04T09:00"), 60),
                ],
                due_on=date(2026, 11, 26),
            )
    await play.delivered()
    await ended(play)
    async with play.database.reading() as db:
        viewer = await world.viewer(db, world.liwb)
        found = {one.title: one for one in await polls.of_mechanism(db, viewer, world.mechanism.id)}
    assert (found["年度总结会"].state, found["年度总结会"].reason) == ("closed", REASON)
    assert found["收尾会"].state == "open"
    (told,) = [mail for mail in await play.delivered() if "年度总结会" in mail.subject]
    assert told.to == "liwb@sfj.qingzhi.example"
    assert REASON in told.text


async def test_the_page_names_whom_no_mail_tells_of_the_end(play: Play, settings: Settings) -> None:
    world = play.world
    async with play.database.writing() as db:
        member = await db.get_one(Member, world.members["sfj"].id)
        member.takes_part = "paper"
    browser = await Browser(settings, play.database, play.clock).sign_in(world.zhoumin)
    page = await browser.get(f"/mechanisms/{world.mechanism.id}/end?on=2026-12-01")
    assert "以下单位收不到邮件，请另行告知" in page
    assert "区司法局" in page.split("请另行告知")[1]
