"""What clauses oblige to, and how the record says it was kept: per period, within working days, and without a gap in office."""

from datetime import UTC, date, datetime

from liaison.calendaring.workdays import region_calendar
from liaison.mechanisms import agreement
from liaison.mechanisms.agreement import AgreementFacts
from liaison.mechanisms.clauses import ClauseSaid
from liaison.mechanisms.obligations import Case, Obligation, Timed, counted, timed, vacant_days
from liaison.mechanisms.terms import Period, Span
from liaison.meetings import holding
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.notices.sent import sent

TODAY = date(2026, 11, 23)
QUARTERLY = Obligation("meetings", 1, "quarter")
HELD = Period(date(2022, 5, 23), None)
FIVE_DAYS = Obligation("answers", 5)


def test_a_period_is_kept_missed_once_it_is_over_and_open_until_then() -> None:
    found = counted(QUARTERLY, [date(2026, 3, 19), date(2026, 9, 30)], 2026, TODAY, [HELD])
    assert [(one.number, len(one.days), one.state) for one in found] == [
        (1, 1, "kept"), (2, 0, "missed"), (3, 1, "kept"), (4, 0, "open")
    ]  # fmt: skip
    twice = counted(Obligation("activities", 2, "half"), [date(2026, 12, 31)] * 2, 2026, date(2027, 1, 1), [HELD])
    assert [one.state for one in twice] == ["missed", "kept"]


def test_nothing_was_promised_before_the_agreement_took_effect_nor_for_a_period_to_come() -> None:
    found = counted(QUARTERLY, [], 2026, date(2026, 6, 30), [Period(date(2026, 4, 1), None)])
    assert [one.number for one in found] == [2]
    assert counted(QUARTERLY, [], 2027, TODAY, [HELD]) == []


def test_a_period_is_judged_only_if_the_agreement_held_and_the_reader_saw_all_of_it() -> None:
    times = [Period(date(2026, 2, 1), date(2026, 7, 1)), Period(date(2026, 8, 1), date(2026, 12, 1))]
    found = counted(QUARTERLY, [date(2026, 1, 5)], 2026, date(2027, 3, 1), times)
    assert [(one.number, one.state) for one in found] == [(2, "missed")]


def test_five_working_days_across_national_day_end_after_it_and_an_agreed_day_stands() -> None:
    calendar = region_calendar("CN")
    asked = date(2026, 9, 28)  # 1 to 7 October is free, and Saturday the 10th a make-up workday
    assert timed(FIVE_DAYS, [Case(1, asked, date(2026, 10, 10))], calendar, TODAY) == Timed(1, [], 0)
    assert timed(FIVE_DAYS, [Case(2, asked, date(2026, 10, 11))], calendar, TODAY) == Timed(0, [2], 0)
    agreed = Case(3, asked, date(2026, 10, 20), date(2026, 10, 20))
    assert timed(FIVE_DAYS, [agreed], calendar, TODAY) == Timed(1, [], 0)
    given_up = [Case(5, asked, None, closed_on=date(2026, 10, 9)), Case(6, asked, None, closed_on=date(2026, 10, 12))]
    assert timed(FIVE_DAYS, given_up, calendar, TODAY) == Timed(0, [6], 0)
    waits = Case(4, date(2026, 11, 20), None)
    assert timed(FIVE_DAYS, [waits], calendar, TODAY) == Timed(0, [], 1)


def test_vacant_days_count_within_the_year_and_until_today() -> None:
    spans = [Span(date(2025, 12, 1), date(2026, 1, 11), None), Span(date(2026, 11, 20), None, None)]
    assert vacant_days(spans, 2026, TODAY, HELD) == 10 + 4
    assert vacant_days(spans, 2026, TODAY, Period(date(2026, 1, 6), date(2026, 11, 22))) == 5 + 2


async def test_the_agreements_form_says_what_a_clause_obliges_to_and_refuses_a_number_that_is_none(
    play: Play, browser: Browser, program: Program
) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}/agreement"
    await browser.sign_in(world.guyan)
    await browser.get(path)
    typed = {"title": "意见", "number": ["3", "4"], "text": ["每季度召开一次。", "指定专人。"], "version": "1"}
    typed |= {"kind": ["meetings", "liaison"], "amount": ["", ""], "period": ["quarter", "quarter"]}
    data = {"_csrf_token": browser.csrf, **typed}
    refused = await browser.client.post(path, data=data)
    assert (refused.status_code, "每季度召开一次。" in refused.text) == (422, True)
    assert (await browser.client.post(path, data=data | {"amount": ["1", ""]})).status_code == 303
    kept = (await program.get(world.liwb, f"/mechanisms/{world.mechanism.id}/clauses"))["items"]
    assert [one["obligation"] for one in kept] == [
        {"kind": "meetings", "amount": 1, "period": "quarter"}, {"kind": "liaison", "amount": None, "period": None}
    ]  # fmt: skip
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        facts = AgreementFacts(title="意见")
        await agreement.put_agreement(db, viewer, world.mechanism.id, facts, clauses=[ClauseSaid(3, "每季一次。")])
    again = (await program.get(world.liwb, f"/mechanisms/{world.mechanism.id}/clauses"))["items"]
    assert again[0]["obligation"]["amount"] == 1, "an import without it leaves what stands"


async def test_the_page_tells_how_clauses_are_kept_and_of_answers_only_ones_own(
    play: Play, browser: Browser, program: Program
) -> None:
    world = play.world
    clauses = [
        ClauseSaid(3, "每季度一次。", "meetings", 1, "quarter", True),
        ClauseSaid(4, "指定专人。", "liaison", None, None, True),
        ClauseSaid(5, "5个工作日内反馈。", "answers", 5, None, True),
        ClauseSaid(7, "联合普法。", "activities", 1, "year", True),
    ]
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        facts = AgreementFacts(title="意见", effective_on=date(2022, 5, 23))
        await agreement.put_agreement(db, viewer, world.mechanism.id, facts, clauses=clauses)
    await sent(play, program, deadline_days=20)
    meeting_id = await play.scheduled(local_start=datetime.fromisoformat("2026-11-20T14:30"))
    async with play.database.writing() as db:
        await holding.hold(db, *await play.meeting(db, meeting_id))
    path = f"/mechanisms/{world.mechanism.id}/promises"
    await browser.sign_in(world.zhoumin)
    page = await browser.get(f"{path}?year=2026")
    for said in (
        "每季度至少1次联席会议",
        "第四季度",
        f"/meetings/{meeting_id}",
        "共1件",
        "期限内1件",
        "每年至少1场联合活动",
    ):
        assert said in page, said
    assert f"{path}" in await browser.get(f"/mechanisms/{world.mechanism.id}")
    play.clock.as_of = datetime(2026, 12, 10, 1, tzinfo=UTC)
    await browser.sign_in(world.zhoumin)
    assert "逾期1件" in await browser.get(path)
    await browser.sign_in(world.guyan)
    page = await browser.get(path)
    assert ("您看不到该项统计所依据的会议" in page, "未落实" in page) == (True, False)
    await browser.sign_in(world.chenzy)
    page = await browser.get(path)
    assert ("答复情况只供各单位联络员查看" in page, "逾期" in page) == (True, False)
    by_number = {
        one["number"]: one["kept"]
        for one in (await program.get(world.liwb, f"/mechanisms/{world.mechanism.id}/clauses?year=2026"))["items"]
    }
    assert [part["state"] for part in by_number[3]["periods"]] == ["missed", "missed", "missed", "kept"]
    assert (by_number[5]["late"], by_number[7]["periods"][0]["state"]) == (1, "open")
    assert {one["days"] for one in by_number[4]["vacant_days"]} == {0}
