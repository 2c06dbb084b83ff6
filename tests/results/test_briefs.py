"""Briefs say facts alone, are edited by a person, keep the rows they came from, and are read by their own agency."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import docx
import pytest

from liaison.i18n import Words
from liaison.results.brief_text import Told, Work, of_meeting, of_results
from liaison.results.periods import Period, quarter_of, year_of
from liaison.results.sums import Cell, for_papers
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.results.reported import LINE, MODEL_CASE, path_of, report, upload

ZH, EN = Words("zh_CN", "Asia/Shanghai"), Words("en", "Asia/Shanghai")
NOTHING = Work(0, 0, 0)
ADOPTED = "支持起诉意见被采纳"


def briefs(play: Play) -> str:
    return f"/mechanisms/{play.world.mechanism.id}/briefs"


async def drafted(play: Play, program: Program, **given: str) -> Any:
    return await program.post(play.world.zhoumin, briefs(play), given, status=201)


def cell(group: str, cause: str, people: int, amount: str = "0.00", result: str | None = ADOPTED) -> Cell:
    sum_ = Decimal(amount)
    return Cell(group, cause, result, 1, "2021-03", people, people, sum_, paid=sum_ > 0)


MODEL = [
    cell("农民工", "追索劳动报酬", 31, "869000.00"),
    cell("老年人", "追索赡养费", 5),
    cell("未成年人", "追索抚养费", 3),
]


def said(cells: list[Cell], period: Period, *, words: Words = ZH, work: Work = NOTHING, to_last: bool = True) -> str:
    return of_results(words, period, cells, for_papers(cells), work, to_last=to_last)


def test_the_model_case_is_said_as_the_agencies_say_it() -> None:
    period = Period(date(2021, 1, 1), date(2022, 5, 23))
    assert said(MODEL, period) == (
        "2021年以来，共办理民事支持起诉案件39件，帮助31名农民工追回劳动报酬86.9万元，帮助8名老年人、未成年人追索赡养费、抚养费。"
    )


@pytest.mark.parametrize(
    ("period", "to_last", "since"),
    [
        (year_of(2025), True, "2025年，"),
        (quarter_of(2026, 3), True, "2026年第三季度，"),
        (Period(date(2021, 1, 1), date(2022, 5, 23)), False, "2021年1月1日至2022年5月23日，"),
        (Period(date(2021, 4, 16), date(2026, 11, 23)), True, "2021年4月16日以来，"),
    ],
)
def test_the_period_is_named_as_it_is(period: Period, to_last: bool, since: str) -> None:
    assert said(MODEL, period, to_last=to_last).startswith(since)


def test_nothing_is_said_that_the_record_does_not_hold() -> None:
    text = said([cell("外卖骑手", "工伤待遇", 2, result=None)], year_of(2026))
    assert text == "2026年，共办理案件2件，帮助2名外卖骑手。"
    few = said([cell("未成年人", "追索抚养费", 1)], year_of(2026))
    assert few == "2026年，共办理民事支持起诉案件1件。", "a single child is not named by the group"


def test_nobody_is_said_to_have_recovered_what_others_did() -> None:
    cells = [cell("农民工", "追索劳动报酬", 1, "22450.00"), cell("农民工", "追索工伤赔偿", 30, result="不支持起诉")]
    text = said(cells, year_of(2026))
    assert text == "2026年，共办理案件31件，帮助1名农民工追回劳动报酬2.24万余元，帮助30名农民工追索工伤赔偿。"
    typed = [cell("妇女、儿童", "离婚纠纷", 3), cell("妇女", "追索劳动报酬", 2, "10000.00")]
    assert "帮助2名妇女追回劳动报酬1万元" in said(typed, year_of(2026))


def test_an_odd_sum_is_cut_never_rounded_up() -> None:
    assert "追回劳动报酬86.95万余元" in said([cell("农民工", "追索劳动报酬", 31, "869599.99")], year_of(2026))


def test_how_the_cooperation_went_is_said_as_far_as_it_did() -> None:
    text = said(MODEL, year_of(2021), work=Work(4, 0, 12))
    assert text.endswith("其间，召开联席会议4次，办结落实事项12项。")
    assert said(MODEL, year_of(2021), words=EN, work=Work(1, 2, 0)).endswith(
        "In that time: 1 joint meeting, 2 joint activities."
    )


def test_an_activity_is_told_with_what_was_counted_and_without_what_was_not() -> None:
    told = Told(
        date(2026, 11, 11), "根治欠薪联合宣传", "南广场", "区检察院", ["区司法局"], None, [], [],
        {"brochures": 600, "consultations": None, "turnout": 0, "leads": 1}, ["农民工"],
    )  # fmt: skip
    text = of_meeting(ZH, told)
    assert text == (
        "2026年11月11日，区检察院会同区司法局在南广场开展“根治欠薪联合宣传”活动，面向农民工，发放宣传册600册，到场0人，发现线索1条。"
    )
    assert "600 brochures" in of_meeting(EN, told)


async def test_a_brief_keeps_its_rows_as_they_stood(play: Play, program: Program) -> None:
    await upload(play, program, MODEL_CASE.read_bytes())
    one = await drafted(play, program, **{"from": "2021-01-01", "to": "2022-05-23"})
    assert one["text"].startswith("2021年以来，共办理民事支持起诉案件39件，帮助31名农民工追回劳动报酬86.9万元")
    assert len(one["source"]["lines"]) == 39
    assert one["source"]["figures"] == {"cases": 39, "people": 39, "amount_recovered": "869000.00"}
    line = one["source"]["lines"][2]
    await program.patch(play.world.zhoumin, f"/outcomes/{line['id']}", {"people": 9})
    again = await program.get(play.world.zhoumin, f"/briefs/{one['id']}")
    assert again["source"]["lines"][2]["people"] == 1


async def test_everything_so_far_is_said_since_the_year_of_the_first_case(play: Play, program: Program) -> None:
    await upload(play, program, MODEL_CASE.read_bytes())
    assert (await drafted(play, program))["text"].startswith("2021年以来，共办理民事支持起诉案件39件")


async def test_a_case_that_two_agencies_report_stands_once_in_the_source(play: Play, program: Program) -> None:
    await report(play, program)
    await report(play, program, by=play.world.liwb)
    one = await drafted(play, program)
    assert [line["case_code"] for line in one["source"]["lines"]] == [LINE["case_code"]]


async def test_a_person_edits_it_and_what_was_drafted_stays(play: Play, program: Program) -> None:
    await report(play, program)
    one = await drafted(play, program)
    after = await program.patch(play.world.qianwei, f"/briefs/{one['id']}", {"text": "改写。", "version": 1})
    assert (after["text"], after["drafted_text"]) == ("改写。", one["text"])
    assert (await program.refused(play.world.zhoumin, "PATCH", f"/briefs/{one['id']}", {"text": "x", "version": 1}))[
        0
    ] == 409
    assert await program.refused(play.world.zhoumin, "PATCH", f"/briefs/{one['id']}", {"text": " "}) == (422, ["text"])


async def test_nobody_else_finds_a_trace_of_it(play: Play, program: Program) -> None:
    await report(play, program)
    one = await drafted(play, program)
    for who in (play.world.liwb, play.world.chenzy, play.world.maolin, play.world.guyan):
        assert (await program.refused(who, "GET", f"/briefs/{one['id']}"))[0] == 404
    assert (await program.get(play.world.liwb, briefs(play)))["items"] == []


async def test_a_press_sent_twice_is_one_brief(play: Play, program: Program) -> None:
    await report(play, program)
    assert (await drafted(play, program))["id"] == (await drafted(play, program))["id"]


async def test_nothing_on_record_is_said_and_nothing_drafted(play: Play, program: Program) -> None:
    assert (await program.refused(play.world.zhoumin, "POST", briefs(play), {}))[0] == 409
    assert (await program.get(play.world.zhoumin, briefs(play)))["items"] == []


async def test_taken_away_and_back(play: Play, program: Program) -> None:
    await report(play, program)
    one = await drafted(play, program)
    await program.call(play.world.zhoumin, "DELETE", f"/briefs/{one['id']}")
    assert (await program.refused(play.world.zhoumin, "GET", f"/briefs/{one['id']}"))[0] == 404
    await program.post(play.world.zhoumin, f"/briefs/{one['id']}/restore")
    assert len((await program.get(play.world.zhoumin, briefs(play)))["items"]) == 1


async def test_a_meeting_that_was_held_is_told_without_what_is_restricted(play: Play, program: Program) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    meeting = await program.post(
        world.zhoumin,
        path,
        {
            "kind": "regular",
            "title": "第三季度例会",
            "starts_at": "2026-09-17T14:30:00+08:00",
            "duration_minutes": 120,
            "location": "三楼会议室",
            "attendees": [{"person_id": str(world.chenzy.id), "role": "chair"}, {"person_id": str(world.liwb.id)}],
        },
        status=201,
    )
    here = f"/meetings/{meeting['id']}"
    await program.post(
        world.zhoumin, f"{here}/agenda-items", {"title": "通报欠薪案件", "purpose": "report"}, status=201
    )
    closed = {"title": "商请内部事项", "purpose": "consult", "audience": [str(world.jcy.id)]}
    hidden = await program.post(world.zhoumin, f"{here}/agenda-items", closed, status=201)
    assert (await program.refused(world.zhoumin, "POST", briefs(play), {"meeting_id": meeting["id"]}))[0] == 409
    await program.post(world.zhoumin, f"{here}/hold")
    for one in (await program.get(world.zhoumin, here))["attendees"]:
        await program.patch(world.zhoumin, f"/attendees/{one['id']}", {"attendance": "present"})
    await program.post(world.zhoumin, f"{here}/decisions", {"text": "建立绿色通道。"}, status=201)
    secret = {"text": "内部处理。", "agenda_item_id": hidden["id"]}
    await program.post(world.zhoumin, f"{here}/decisions", secret, status=201)
    one = await program.post(world.zhoumin, briefs(play), {"meeting_id": meeting["id"]}, status=201)
    assert "2026年9月17日，清沚区人民检察院在三楼会议室承办“第三季度例会”。" in one["text"]
    assert "区检察院陈志远主持会议。清沚区司法局参加会议。" in one["text"]
    assert "1. 建立绿色通道。" in one["text"]
    assert "内部" not in str(one), "neither in the text nor among its sources"


async def test_one_press_drafts_and_the_page_edits_and_hands_it_out(
    play: Play, program: Program, browser: Browser
) -> None:
    await report(play, program)
    await browser.sign_in(play.world.zhoumin)
    await browser.get(briefs(play))
    answer = await browser.post(briefs(play), **{"from": "2026-07-01", "to": "2026-09-30"})
    page = await browser.get(answer.headers["location"])
    assert "2026年第三季度，共办理民事支持起诉案件1件" in page
    assert LINE["case_code"] in page, "its source rows stand below"
    here = answer.headers["location"].partition("?")[0]
    saved = await browser.post(here, title="工作信息", text="第一段。\n第二段。", version="1")
    assert saved.status_code == 303
    stale = await browser.post(here, title="别的", text="别的。", version="1")
    assert stale.status_code == 409
    assert "别的。" in stale.text
    assert "第一段。" in stale.text
    made = docx.Document(io.BytesIO((await browser.client.get(f"{here}/brief.docx")).content))
    assert [one.text for one in made.paragraphs if one.text] == ["工作信息", "第一段。", "第二段。"]
    gone = await browser.post(f"{here}/remove")
    assert f"{here}/restore" in await browser.get(gone.headers["location"])


async def test_a_period_without_a_case_is_refused_on_the_page(play: Play, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(briefs(play))
    answer = await browser.post(briefs(play), **{"from": "2026-07-01", "to": "2026-09-30"})
    assert answer.status_code == 422
    assert 'value="2026-07-01"' in answer.text
    assert path_of(play) not in answer.headers.get("location", "")
