"""申请延期: who asks, who decides, when it is in force, what the mails say, and that a decision never changes."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions import assigning, extending, extension_queries, queries, reporting
from liaison.actions.extension_models import ExtensionAnswer, settled
from liaison.actions.models import ActionItem
from liaison.config import Settings
from liaison.desk.queries import desk
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.mechanisms.models import Designation, Member
from liaison.meetings.asking import Asked
from liaison.reminders.reminding import remind_due, switch_digest
from tests.callers import Browser, Program, visitor
from tests.meetings.play import Mail, Play

DUE, LATER = date(2026, 12, 10), date(2026, 12, 31)
ZHOUMIN, LIWB, SONGHP = (
    "zhoumin@jcy.qingzhi.example",
    "liwb@sfj.qingzhi.example",
    "songhp@mzj.qingzhi.example",
)


def word(agency_id: int, *, agreed: bool = True, as_chair: bool = False) -> ExtensionAnswer:
    return ExtensionAnswer(agency_id=agency_id, agreed=agreed, as_chair=as_chair)


def test_every_other_agency_agrees_one_refuses_or_the_chair_agrees_alone() -> None:
    assert settled({2, 3}, [word(2)]) is None
    assert settled({2, 3}, [word(2), word(3)]) == "agreed"
    assert settled({2, 3}, [word(2), word(3, agreed=False)]) == "refused"
    assert settled({2, 3}, [word(1, as_chair=True)]) == "agreed"
    assert settled({2, 3}, [word(1, as_chair=True, agreed=False)]) == "refused"
    assert settled({2}, [word(2), word(3)]) == "agreed", "one that agreed has left since"
    assert settled((), []) is None, "where nobody can be asked, nothing is agreed by itself"


@pytest.fixture
async def item_id(play: Play) -> int:
    """An item of 区司法局, owned by 郑国强, asked for by a meeting that 陈志远 chaired."""
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
    return item.id


async def rejoin(play: Play, joined_on: date = date(2026, 1, 1)) -> None:
    """区民政局 is a member again, with 宋和平 as its liaison."""
    world = play.world
    async with play.database.writing() as db:
        db.add(Member(mechanism_id=world.mechanism.id, agency_id=world.mzj.id, joined_on=joined_on))
        db.add(
            Designation(
                mechanism_id=world.mechanism.id, agency_id=world.mzj.id, person_id=world.songhp.id, role="principal",
                starts_on=date(2026, 1, 1), may_sign=True, designated_at=db.now(),
            )
        )  # fmt: skip


async def ask(play: Play, item_id: int, by: Person | None = None, **more: Any) -> int:
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, by or play.world.liwb)
        item = await queries.get(db, viewer, item_id)
        given = {"due_on": LATER, "reason": "需要等待年终数据", **more}
        return (await extending.ask(db, viewer, item, **given)).id


async def say(play: Play, by: Person, extension_id: int, verb: Callable[..., Awaitable[Any]], **more: Any) -> str:
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, by)
        extension = await extension_queries.get(db, viewer, extension_id)
        await verb(db, viewer, extension, **more)
        return extension.state


async def due_on(play: Play, item_id: int) -> date | None:
    async with play.database.reading() as db:
        return (await db.get_one(ActionItem, item_id)).due_on


async def test_it_is_in_force_when_the_last_of_the_other_agencies_has_agreed(play: Play, item_id: int) -> None:
    await rejoin(play)
    asked = await ask(play, item_id)
    assert await say(play, play.world.zhoumin, asked, extending.agree) == "proposed"
    assert await due_on(play, item_id) == DUE
    assert await say(play, play.world.songhp, asked, extending.agree) == "agreed"
    assert await due_on(play, item_id) == LATER
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        item = await queries.get(db, viewer, item_id)
        (kept,) = await extension_queries.changes_of(db, viewer, item)
        assert (kept.due_before, kept.due_after, kept.extension_id) == (DUE, LATER, asked)
        assert item.remind_on == date(2026, 12, 28), "reminders follow the new date"


async def test_one_refusal_refuses_it_and_says_why(play: Play, item_id: int) -> None:
    await rejoin(play)
    asked = await ask(play, item_id)
    with pytest.raises(Invalid):
        await say(play, play.world.songhp, asked, extending.refuse, reason=" ")
    assert await say(play, play.world.songhp, asked, extending.refuse, reason="年底前必须办结") == "refused"
    assert await due_on(play, item_id) == DUE


async def test_the_chair_of_the_meeting_agrees_alone(play: Play, item_id: int) -> None:
    await rejoin(play)
    assert await say(play, play.world.chenzy, await ask(play, item_id), extending.agree) == "agreed"


async def test_deputies_the_asking_agency_and_owners_decide_nothing(play: Play, item_id: int) -> None:
    world = play.world
    asked = await ask(play, item_id)
    for person in (world.qianwei, world.wuxl, world.liwb, world.zhenggq, world.hejing):
        with pytest.raises(NotPermitted):
            await say(play, person, asked, extending.agree)
        with pytest.raises(NotPermitted):
            await say(play, person, asked, extending.refuse, reason="不行")


async def test_only_who_owes_the_item_asks(play: Play, item_id: int) -> None:
    for person in (play.world.zhoumin, play.world.gonghui, play.world.chenzy):
        with pytest.raises(NotPermitted):
            await ask(play, item_id, person)
    for person in (play.world.zhenggq, play.world.wuxl, play.world.liwb):
        asked = await ask(play, item_id, person)
        assert await say(play, person, asked, extending.withdraw) == "withdrawn"


@pytest.mark.parametrize("day", [DUE, date(2026, 12, 1), date(2026, 11, 1), None])
async def test_the_date_asked_for_is_later_than_the_present_one(play: Play, item_id: int, day: date | None) -> None:
    with pytest.raises(Invalid) as refused:
        await ask(play, item_id, due_on=day)
    assert set(refused.value.errors) == {"due_on"}


async def test_one_request_at_a_time_and_the_same_one_twice_is_one(play: Play, item_id: int) -> None:
    first = await ask(play, item_id)
    assert await ask(play, item_id) == first
    with pytest.raises(Conflict):
        await ask(play, item_id, due_on=date(2027, 1, 29))


async def test_what_was_decided_never_changes(play: Play, item_id: int) -> None:
    world = play.world
    asked = await ask(play, item_id)
    await say(play, world.zhoumin, asked, extending.refuse, reason="不行")
    assert await say(play, world.zhoumin, asked, extending.refuse, reason="还是不行") == "refused"
    for person, verb in (
        (world.zhoumin, extending.agree),
        (world.chenzy, extending.agree),
        (world.liwb, extending.withdraw),
    ):
        with pytest.raises(Conflict):
            await say(play, person, asked, verb)
    async with play.database.reading() as db:
        extension = await extension_queries.whole(db, asked)
        assert extension is not None
        assert [one.reason for one in extension.answers] == ["不行"]


async def test_a_request_falls_away_when_the_item_ends_or_gets_another_date(play: Play, item_id: int) -> None:
    for act in ("date", "end"):
        asked = await ask(play, item_id)
        async with play.database.writing() as db:
            viewer = await play.world.viewer(db, play.world.liwb)
            item = await queries.get(db, viewer, item_id)
            if act == "date":
                await assigning.change(db, viewer, item, due_on=date(2026, 12, 15))
            else:
                await reporting.complete(db, viewer, item)
        with pytest.raises(Conflict):
            await say(play, play.world.zhoumin, asked, extending.agree)


async def test_an_agency_without_a_liaison_is_left_out_also_when_its_liaison_leaves_meanwhile(
    play: Play, item_id: int
) -> None:
    await rejoin(play)
    asked = await ask(play, item_id)
    await say(play, play.world.zhoumin, asked, extending.agree)
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.songhp.id)).deactivated_at = db.now()
        extension = await extension_queries.whole(db, asked)
        assert extension is not None
        found = await extension_queries.others(db, extension.action_item)
        assert [agency.id for agency in found.vacant] == [play.world.mzj.id]
    await at(play, "11-24T08:30")
    assert await due_on(play, item_id) == LATER, "the clock notices that nobody's word is missing any more"


async def test_an_agency_that_joined_since_and_may_not_read_the_item_is_not_waited_for(
    play: Play, item_id: int
) -> None:
    await rejoin(play, date(2026, 11, 24))
    play.clock.as_of = datetime.fromisoformat("2026-11-25T10:00+08:00").astimezone(UTC)
    asked = await ask(play, item_id)
    with pytest.raises(NotFound):
        await say(play, play.world.songhp, asked, extending.agree)
    assert await say(play, play.world.zhoumin, asked, extending.agree) == "agreed"


async def at(play: Play, text: str) -> dict[str, Mail]:
    play.clock.as_of = datetime.fromisoformat(f"2026-{text}+08:00").astimezone(UTC)
    async with play.database.writing() as db:
        await remind_due(db)
    return {mail.to: mail for mail in await play.delivered()}


async def test_who_must_decide_is_mailed_the_next_morning_once_and_answers_by_the_link(
    play: Play, item_id: int, settings: Settings
) -> None:
    await ask(play, item_id)
    assert await at(play, "11-23T16:00") == {}, "not by the act, but with the clock's mail"
    mails = await at(play, "11-24T08:30")
    assert set(mails) == {ZHOUMIN}, "not its deputy, not the agency that asks"
    assert "建立线索台账" in mails[ZHOUMIN].subject
    assert "需要等待年终数据" in mails[ZHOUMIN].text
    assert await at(play, "11-25T08:30") == {}
    (link,) = mails[ZHOUMIN].links
    async with visitor(settings, play.database, play.clock) as client:
        shown = await client.get(link)
        assert "同意延期" in shown.text
        assert await due_on(play, item_id) == DUE, "looking changes nothing"
        refused = await client.post(link, data={"answer": "refuse", "why_not": ""})
        assert refused.status_code == 422
        agreed = await client.post(link, data={"answer": "agree"})
        assert "已登记您同意延期" in agreed.text
    assert await due_on(play, item_id) == LATER
    told = {mail.to: mail for mail in await play.delivered()}
    assert set(told) == {LIWB, "wuxl@sfj.qingzhi.example"}, "who asked, and the owner by way of his contact"
    assert "同意延期" in told[LIWB].subject
    assert "查看落实事项：" in told[LIWB].text, "not an agenda item"
    assert await play.delivered() == []


async def test_why_it_was_refused_is_in_no_mail_that_others_read_who_may_not_know_of_the_item(
    play: Play, settings: Settings
) -> None:
    """What was decided on a restricted item; the owner's mailbox is read by 区人社局 as well."""
    api, world = Program(settings, play.database, play.clock), play.world
    meeting = f"/meetings/{await play.scheduled(local_start=datetime.fromisoformat('2026-09-17T14:30'))}"
    closed = {"title": "会商线索", "purpose": "consult", "audience": [str(world.jcy.id), str(world.sfj.id)]}
    item = await api.post(world.zhoumin, f"{meeting}/agenda-items", closed, status=201)
    decided = {"text": "另案办理", "agenda_item_id": item["id"]}
    decision = await api.post(world.zhoumin, f"{meeting}/decisions", decided, status=201)
    given = {"title": "核查线索", "lead_agency_id": str(world.sfj.id), "owner_id": str(world.gonghui.id)}
    given |= {"due_on": DUE.isoformat(), "decision_id": decision["id"]}
    action = await api.post(world.zhoumin, f"{meeting}/action-items", given, status=201)
    async with play.database.writing() as db:
        (await db.get_one(Person, world.sunl.id)).mail = "gonghui@sfj.qingzhi.example"
    asked = {"due_on": LATER.isoformat(), "reason": "等数据"}
    made = await api.post(world.liwb, f"/action-items/{action['id']}/extensions", asked, status=201)
    await api.post(world.zhoumin, f"/extensions/{made['id']}/refuse", {"reason": "当事人已出境"})
    told = {mail.to: mail.text + mail.html for mail in await play.delivered()}
    assert {to: "当事人已出境" in said for to, said in told.items()} == {
        LIWB: True, "gonghui@sfj.qingzhi.example": False
    }  # fmt: skip


async def test_the_link_is_gone_with_the_office(play: Play, item_id: int, settings: Settings) -> None:
    await ask(play, item_id)
    (link,) = (await at(play, "11-24T08:30"))[ZHOUMIN].links
    async with play.database.writing() as db:
        (await db.get_one(Designation, play.world.terms["zhoumin"].id)).ends_on = date(2026, 11, 24)
    async with visitor(settings, play.database, play.clock) as client:
        assert (await client.post(link, data={"answer": "agree"})).status_code == 410
    assert await due_on(play, item_id) == DUE


async def test_another_date_is_asked_for_by_the_reminders_link(play: Play, item_id: int, settings: Settings) -> None:
    mails = await at(play, "12-07T08:30")
    (link,) = mails["wuxl@sfj.qingzhi.example"].links
    async with visitor(settings, play.database, play.clock) as client:
        wrong = await client.post(link, data={"extend": "1", "new_due_on": "2026-12-01", "why": "等数据"})
        assert (wrong.status_code, "请填写晚于现完成时限的日期" in wrong.text) == (422, True)
        done = await client.post(link, json={"due_on": "2026-12-31", "reason": "等数据"})
        assert "延期申请已提交" in done.text
    async with play.database.reading() as db:
        extension = await extension_queries.open_of(db, item_id)
        assert extension is not None
        assert (extension.due_on, extension.asked_by) == (LATER, play.world.zhenggq.id)


async def test_the_desk_of_the_other_liaison_lists_it_until_answered(play: Play, item_id: int) -> None:
    asked = await ask(play, item_id)

    async def waiting(person: Person) -> list[int]:
        async with play.database.reading() as db:
            shown = await desk(db, await play.world.viewer(db, person), date(2026, 11, 1))
        return [todo.subject_id for todo in shown.todos if todo.kind == "extension"]

    world = play.world
    assert [await waiting(p) for p in (world.zhoumin, world.qianwei, world.liwb)] == [[asked], [], []]
    await say(play, world.zhoumin, asked, extending.agree)
    assert await waiting(world.zhoumin) == []


async def test_the_api_asks_agrees_and_refuses(play: Play, item_id: int, settings: Settings) -> None:
    api, world = Program(settings, play.database, play.clock), play.world
    path = f"/action-items/{item_id}/extensions"
    assert await api.refused(world.liwb, "POST", path, {"due_on": "2026-12-01", "reason": "x"}) == (422, ["due_on"])
    made = await api.post(world.liwb, path, {"due_on": "2026-12-31", "reason": "等数据"}, status=201)
    assert (made["state"], made["waits_for_agency_ids"]) == ("proposed", [str(world.jcy.id)])
    refused = await api.refused(world.zhoumin, "POST", f"/extensions/{made['id']}/refuse", {"reason": ""})
    assert refused == (422, ["reason"])
    agreed = await api.post(world.zhoumin, f"/extensions/{made['id']}/agree")
    assert (agreed["state"], agreed["due_before"], agreed["due_on"]) == ("agreed", "2026-12-10", "2026-12-31")
    item = await api.get(world.zhoumin, f"/action-items/{item_id}")
    assert (item["due_on"], item["history"][0]["due_before"]) == ("2026-12-31", "2026-12-10")
    assert [one["id"] for one in (await api.get(world.zhoumin, path))["items"]] == [made["id"]]
    assert (await api.refused(world.songhp, "POST", f"/extensions/{made['id']}/agree", {}))[0] == 404


async def test_the_page_asks_shows_whose_word_is_missing_and_takes_the_decision(
    play: Play, item_id: int, settings: Settings
) -> None:
    asks = await Browser(settings, play.database, play.clock).sign_in(play.world.liwb)
    await asks.get(f"/actions/{item_id}")
    refused = await asks.post(f"/actions/{item_id}/extensions", new_due_on="", why="等数据")
    assert (refused.status_code, "等数据" in refused.text) == (422, True)
    done = await asks.post(f"/actions/{item_id}/extensions", new_due_on="2026-12-31", why="等数据")
    page = await asks.get(done.headers["location"].partition("#")[0])
    assert "尚未表态：区检察院" in page
    assert "/agree" not in page
    decides = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)
    page = await decides.get(f"/actions/{item_id}")
    (path,) = [
        part.partition('"')[0]
        for part in page.split('action="')[1:]
        if part.startswith("/extensions/") and "agree" in part[:40]
    ]
    assert (await decides.post(path)).status_code == 303
    page = await decides.get(f"/actions/{item_id}")
    assert "已同意" in page
    assert "时限和责任人变更" in page
