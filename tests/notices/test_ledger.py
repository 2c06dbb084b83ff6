"""移送台账: both ways, narrowed, page by page, and as a table in which nothing is a formula."""

import re
from typing import Any

from liaison.documents.spreadsheet import tables_of
from liaison.mechanisms.models import Mechanism
from liaison.notices import ledger
from liaison.notices.ledger import Filters
from liaison.notices.models import STATES, Notice
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.notices.referred import referred
from tests.notices.sent import sent
from tests.notices.test_answering import third
from tests.reminders.test_reminding import beijing


async def both_ways(play: Play, program: Program) -> tuple[Any, Any]:
    """One that 区检察院 referred and 区司法局 accepted, and one the other way, of another cause, two days later."""
    world = play.world
    out = await referred(play, program, case_code="清检移〔2026〕1号")
    await program.post(world.liwb, f"/notices/{out['id']}/accept")
    play.clock.as_of = beijing("11-25T10:00")
    into = await referred(
        play,
        program,
        by=world.liwb,
        case_code="清司移〔2026〕2号",
        category="赡养抚养",
        to_agency_ids=[str(world.jcy.id)],
    )
    return out, into


async def test_the_ledger_holds_both_directions_and_neither_drafts_nor_notices(
    play: Play, program: Program, browser: Browser
) -> None:
    await both_ways(play, program)
    await referred(play, program, case_code="草稿号", subject="草稿", draft=True)
    await sent(play, program, subject="普通通报")
    for who in (play.world.zhoumin, play.world.liwb):
        await browser.sign_in(who)
        page = await browser.get("/referrals")
        assert page.index("清司移〔2026〕2号") < page.index("清检移〔2026〕1号"), "newest first"
        assert "草稿号" not in page
        assert "普通通报" not in page


async def test_the_ledger_is_narrowed_by_direction_cause_state_mechanism_and_days(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    await both_ways(play, program)
    await browser.sign_in(world.zhoumin)
    first, second = "清检移〔2026〕1号", "清司移〔2026〕2号"
    narrowed = {
        "direction=referred": [first],
        "direction=received": [second],
        "category=欠薪": [first],
        "category=support": [second],
        "category=别的": [],
        "state=accepted": [first],
        "state=sent": [second],
        "state=closed": [],
        "from=2026-11-24": [second],
        "until=2026-11-24": [first],
        "from=2026-11-25&until=2026-11-25": [second],
        f"mechanism={world.mechanism.id}": [second, first],
        "mechanism=987": [],
        "state=nonsense&from=tomorrow": [second, first],
    }
    for query, codes in narrowed.items():
        page = await browser.get(f"/referrals?{query}")
        assert re.findall(r">(清[检司]移〔2026〕\d号)<", page) == codes, query


async def test_every_state_is_found_as_it_is_shown(play: Play, program: Program, browser: Browser) -> None:
    world = play.world
    steps: dict[str, list[tuple[Any, str, dict[str, str]]]] = {
        "sent": [],
        "acknowledged": [(world.liwb, "acknowledge", {})],
        "accepted": [(world.liwb, "accept", {})],
        "declined": [(world.liwb, "decline", {"reason": "不属管辖"})],
        "returned": [(world.liwb, "return", {"reason": "缺材料"})],
        "answered": [(world.liwb, "accept", {}), (world.liwb, "feedback", {"text": "已办结"})],
        "closed": [(world.zhoumin, "close", {"reason": "撤回"})],
    }
    assert set(steps) == set(STATES)
    for state, acts in steps.items():
        made = await referred(play, program, case_code=state)
        for who, act, body in acts:
            await program.post(who, f"/notices/{made['id']}/{act}", body)
    viewer = await play.viewer(world.zhoumin)
    async with play.database.reading() as db:
        for state in STATES:
            found = await ledger.leads(db, viewer, Filters(state=state))
            assert [one.notice.case_code for one in found] == [state]
    await browser.sign_in(world.zhoumin)
    for path in ("/referrals", "/referrals?state=answered", "/notices?box=sent"):
        page = await browser.get(path)
        assert ("已反馈" in page, "已答复" in page) == (True, False), "a lead is not answered, its result is told"


async def test_pages_follow_each_other_without_gap_or_repetition(
    play: Play, program: Program, browser: Browser
) -> None:
    for n in range(35):
        await referred(play, program, case_code=f"第{n:02}号", subject=f"线索{n:02}")
    await browser.sign_in(play.world.zhoumin)
    seen: list[str] = []
    address = "/referrals?direction=referred"
    while address and len(seen) < 100:
        page = await browser.get(address)
        seen += re.findall(r"第(\d\d)号", page)
        found = re.search(r'href="(/referrals[^"]*)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"{n:02}" for n in range(34, -1, -1)]


async def test_the_table_holds_what_the_ledger_shows_and_no_live_formula(
    play: Play, program: Program, browser: Browser
) -> None:
    await referred(play, program, case_code='=HYPERLINK("http://x")', subject="@SUM(1)", category="+1")
    await both_ways(play, program)
    await browser.sign_in(play.world.zhoumin)
    got = await browser.client.get("/referrals/ledger.xlsx?direction=referred")
    heads, *rows = tables_of(got.content)[0]
    assert heads[:4] == ["线索编号", "标题", "案由", "移送单位"]
    assert [row[0] for row in rows] == ["清检移〔2026〕1号", '=HYPERLINK("http://x")']
    assert rows[0][2:9] == ["欠薪", "区检察院", "区司法局", "2026-11-23", "2026-11-30", "已受理", "2026-11-23"]
    assert rows[1][1:3] == ["@SUM(1)", "+1"]
    assert b"<f>" not in got.content


async def test_a_third_agency_has_an_empty_ledger(play: Play, program: Program, browser: Browser) -> None:
    await third(play)
    await both_ways(play, program)
    await browser.sign_in(play.world.sunl)
    assert "尚无移送的线索" in await browser.get("/referrals")
    table = await browser.client.get("/referrals/ledger.xlsx")
    assert len(tables_of(table.content)[0]) == 1


async def test_who_acts_in_one_mechanism_finds_nothing_of_the_agencys_leads_in_another(
    play: Play, program: Program
) -> None:
    world = play.world
    made = await referred(play, program)
    async with play.database.writing() as db:
        other = Mechanism(
            name="另一机制",
            short_name="另一",
            timezone="Asia/Shanghai",
            region="CN",
            locale="zh_CN",
            lead_agency_id=world.jcy.id,
            deadlines={},
        )
        db.add(other)
        await db.flush()
        (await db.get_one(Notice, int(made["id"]))).mechanism_id = other.id
    viewer = await play.viewer(world.zhoumin)
    async with play.database.reading() as db:
        assert await ledger.leads(db, viewer, Filters()) == []
