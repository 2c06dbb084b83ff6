"""发送年度会议安排: one act plans the drafts and tells every member agency; again it tells only what changed, and no invitation leaves."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.i18n import Words
from liaison.mechanisms.models import PAPER, Designation, Member
from liaison.meetings.plan_lines import (
    ADDED,
    ANNOUNCED,
    HOST,
    LEFT_OUT,
    MOVED,
    OFF,
    OTHER,
    POSTPONED,
    PUT_OFF,
    SKIPPED,
    PlanLine,
    changes,
)
from tests.callers import Browser, Program
from tests.meetings.play import Mail, Play
from tests.meetings.test_annual_pages import _post, seen
from tests.world import World

TODAY = date(2026, 11, 23)
ZH = Words("zh_CN", "Asia/Shanghai")


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


def line(day: str = "2027-03-18", **more: object) -> PlanLine:
    nominal = date.fromisoformat(day)
    facts = {"start": "14:30", "duration_minutes": 120, "title": "联席会议", "host": "区检察院", **more}
    return PlanLine(1, nominal, facts.pop("moved_to", nominal), **facts)  # type: ignore[arg-type]


async def sent(api: Program, world: World, play: Play, **more: object) -> list[Mail]:
    await api.post(world.zhoumin, f"/mechanisms/{world.mechanism.id}/plan/send", {"year": 2027, **more})
    return await play.delivered()


async def drafts(api: Program, world: World) -> list[dict[str, str]]:
    return (await api.get(world.zhoumin, f"/mechanisms/{world.mechanism.id}/meetings"))["items"]  # type: ignore[no-any-return]


# --- the rule: what has to be told


@pytest.mark.parametrize(
    ("before", "after", "kind", "said"),
    [
        (None, line(), ADDED, "新增：3月18日（周四）14:30，联席会议，由区检察院承办。"),
        (line(), None, OFF, "取消：3月18日（周四）14:30，联席会议。"),
        (
            line(),
            line(moved_to=date(2027, 3, 25)),
            MOVED,
            "改期：联席会议由3月18日（周四）14:30改为3月25日（周四）14:30。",
        ),
        (
            line("2027-12-16"),
            line("2027-12-16", moved_to=date(2028, 1, 6)),
            MOVED,
            "改期：联席会议由12月16日（周四）14:30改为2028年1月6日（周四）14:30。",
        ),
        (line(), line(start="09:00"), MOVED, "改期：联席会议由3月18日（周四）14:30改为3月18日（周四）09:00。"),
        (line(), line(state=POSTPONED), PUT_OFF, "延期：原定3月18日（周四）14:30的联席会议，时间另行通知。"),
        (line(state=POSTPONED), line(), MOVED, "改期：联席会议由时间另行通知改为3月18日（周四）14:30。"),
        (
            line(),
            line(host="区司法局"),
            HOST,
            "承办单位调整：3月18日（周四）14:30，联席会议，由区检察院改为区司法局承办。",
        ),
        (line(), line(location="三楼"), OTHER, "内容调整：3月18日（周四）14:30，联席会议（三楼）。"),
        (line(), line(state=SKIPPED, reason="换届"), LEFT_OUT, "不召开：3月18日（周四），联席会议（换届）。"),
        (None, line(state=SKIPPED, reason="换届"), LEFT_OUT, "不召开：3月18日（周四），联席会议（换届）。"),
        (line(state=SKIPPED, reason="换届"), line(), ADDED, "新增：3月18日（周四）14:30，联席会议，由区检察院承办。"),
    ],
)
def test_each_difference_is_one_sentence(before: PlanLine | None, after: PlanLine | None, kind: str, said: str) -> None:
    found = changes([before] if before else [], [after] if after else [], TODAY)
    assert [(one.kind, one.said(ZH)) for one in found] == [(kind, said)]


def test_a_notice_and_a_day_that_has_passed_are_no_change() -> None:
    assert changes([line()], [line(state=ANNOUNCED)], TODAY) == []
    assert changes([line("2026-03-19")], [], TODAY) == []
    assert changes([line(state=SKIPPED, reason="换届")], [], TODAY) == []
    assert PlanLine.from_json(line().to_json()) == line()


# --- the act


async def test_one_act_plans_the_year_and_tells_each_liaison_with_deputies_copied_and_invites_nobody(
    api: Program, world: World, play: Play
) -> None:
    mails = await sent(api, world, play, number=1)
    assert {mail.to for mail in mails} == {
        person.mail for person in (world.zhoumin, world.qianwei, world.liwb, world.wuxl) if person.mail
    }
    assert {(mail.subject, mail.calendar) for mail in mails} == {("【年度会议安排】支持起诉协作机制：2027年度", None)}
    text = mails[0].text
    assert "1. 3月18日（周四）14:30 支持起诉与法律援助工作联席会议，区检察院承办（暂定）" in text
    assert "4. 12月16日（周四）14:30 支持起诉与法律援助工作联席会议，区司法局承办（暂定）" in text
    assert "现在无需回复" in text
    assert [one["state"] for one in await drafts(api, world)] == ["draft"] * 4


async def test_sending_again_tells_only_what_changed_and_nothing_when_nothing_did(
    api: Program, world: World, play: Play
) -> None:
    await sent(api, world, play)
    where = f"/mechanisms/{world.mechanism.id}/plan/send"
    assert (await api.refused(world.zhoumin, "POST", where, {"year": 2027}))[0] == 409
    rows = await drafts(api, world)
    await api.post(world.zhoumin, f"/meetings/{rows[0]['id']}/move", {"starts_at": "2027-03-25T09:00:00+08:00"})
    await api.post(world.zhoumin, f"/meetings/{rows[1]['id']}/cancel", {})
    mails = await sent(api, world, play)
    text = mails[0].text
    assert mails[0].subject == "【年度会议安排（调整）】支持起诉协作机制：2027年度"
    assert "改期：支持起诉与法律援助工作联席会议由3月18日（周四）14:30改为3月25日（周四）09:00。" in text
    assert "取消：6月17日（周四）14:30" in text
    assert "9月16日" not in text
    assert (
        len([one for one in await drafts(api, world) if one["state"] == "draft"]) == 3
    )  # the one called off stays off


async def test_a_plan_sent_by_somebody_else_meanwhile_is_not_sent_on_top(
    api: Program, world: World, play: Play
) -> None:
    await sent(api, world, play)
    where = f"/mechanisms/{world.mechanism.id}/plan/send"
    rows = await drafts(api, world)
    await api.post(world.zhoumin, f"/meetings/{rows[0]['id']}/cancel", {})
    assert (await api.refused(world.liwb, "POST", where, {"year": 2027, "number": 1}))[0] == 409
    assert (await api.refused(world.zhoumin, "POST", where, {"year": 2025}))[0] == 409  # nothing lies ahead
    assert await play.delivered() == []


async def test_an_agency_that_joined_since_is_told_all_of_its_time_as_a_member_at_its_own_address_while_it_has_no_liaison(
    api: Program, world: World, play: Play
) -> None:
    await sent(api, world, play)
    members = f"/mechanisms/{world.mechanism.id}/members"
    joined = await api.post(
        world.guyan, members, {"agency_id": str(world.rsj.id), "joined_on": "2026-11-23"}, status=201
    )
    await api.patch(world.guyan, f"/members/{joined['id']}", {"left_on": "2027-07-01"})
    rows = await drafts(api, world)
    await api.post(world.zhoumin, f"/meetings/{rows[1]['id']}/move", {"starts_at": "2027-06-10T09:00:00+08:00"})
    mails = {mail.to: mail for mail in await sent(api, world, play)}
    assert world.rsj.mail is not None
    newcomer = mails[world.rsj.mail]
    assert "【年度会议安排】" in newcomer.subject
    assert "1. 3月18日（周四）14:30" in newcomer.text
    assert "2. 6月10日（周四）09:00" in newcomer.text
    assert "9月16日" not in newcomer.text
    assert world.liwb.mail is not None
    assert "3月18日" not in mails[world.liwb.mail].text


async def test_an_agency_on_paper_gets_no_mail_and_is_named_on_the_page(
    settings: Settings, database: Database, clock: Clock, api: Program, world: World, play: Play
) -> None:
    async with database.writing() as db:
        query = select(Member).where(Member.agency_id == world.sfj.id, Member.mechanism_id == world.mechanism.id)
        (await db.execute(query)).scalar_one().takes_part = PAPER
    browser = await Browser(settings, database, clock).sign_in(world.zhoumin)
    where = f"/mechanisms/{world.mechanism.id}/plan/send"
    page = seen(await browser.get(f"{where}?year=2027"))
    assert "清沚区司法局" in page
    assert "以纸质方式参与" in page
    answer = await _post(browser, where, {"year": "2027", "number": "1"})
    assert answer.status_code == 303
    assert {mail.to for mail in await play.delivered()} <= {world.zhoumin.mail, world.qianwei.mail}
    page = seen(await browser.get(answer.headers["location"]))
    assert "年度会议安排已发送" in page
    assert "最近发送" in page
    assert "发送后没有变化" in seen(await browser.get(f"{where}?year=2027"))


async def test_only_officers_and_deputies_send(api: Program, world: World) -> None:
    where = f"/mechanisms/{world.mechanism.id}/plan/send"
    assert (await api.refused(world.chenzy, "POST", where, {"year": 2027}))[0] == 403
    assert (await api.refused(world.sunl, "POST", where, {"year": 2027}))[0] == 404


async def test_the_api_shows_the_year_and_when_it_was_told(api: Program, world: World, play: Play) -> None:
    where = f"/mechanisms/{world.mechanism.id}/plan"
    before = await api.get(world.liwb, f"{where}?year=2027")
    assert (before["sent"], [one["meeting_id"] for one in before["items"]]) == (None, [None] * 4)
    await sent(api, world, play)
    after = await api.get(world.liwb, f"{where}?year=2027")
    assert after["sent"]["number"] == 1
    assert all(one["meeting_id"] for one in after["items"])
    assert [one["date"] for one in after["items"]] == ["2027-03-18", "2027-06-17", "2027-09-16", "2027-12-16"]
    assert datetime.fromisoformat(after["sent"]["at"]).tzinfo is not None


async def test_a_date_that_was_called_off_is_not_planned_anew_by_sending_again_and_again(
    api: Program, world: World, play: Play
) -> None:
    await sent(api, world, play)
    rows = await drafts(api, world)
    await api.post(world.zhoumin, f"/meetings/{rows[2]['id']}/cancel", {})
    assert any("取消：9月16日" in mail.text for mail in await sent(api, world, play))
    await api.patch(world.zhoumin, f"/meetings/{rows[3]['id']}", {"location": "区司法局"})
    for mail in await sent(api, world, play):
        assert "9月16日" not in mail.text
    assert len(await drafts(api, world)) == len(rows)


async def test_who_leaves_during_the_year_calls_off_none_of_the_others_dates(
    api: Program, world: World, play: Play, settings: Settings
) -> None:
    async with play.database.writing() as db:
        since, mechanism_id = date(2026, 1, 1), world.mechanism.id
        db.add(Member(mechanism_id=mechanism_id, agency_id=world.mzj.id, joined_on=since, left_on=date(2027, 7, 1)))
        db.add(
            Designation(
                mechanism_id=mechanism_id,
                agency_id=world.mzj.id,
                person_id=world.songhp.id,
                role="principal",
                starts_on=since,
                may_sign=True,
                designated_at=db.now(),
            )
        )
    await sent(api, world, play)
    browser = await Browser(settings, play.database, play.clock).sign_in(world.songhp)
    page = await browser.get(f"/mechanisms/{mechanism_id}/plan/send?year=2027")
    assert "取消" not in page
    assert "9月" not in page, "dates after it left are not its to know"
    again = await api.call(world.songhp, "POST", f"/mechanisms/{mechanism_id}/plan/send", {"year": 2027})
    assert again.status_code == 409, "nothing has changed"
    assert await play.delivered() == []
