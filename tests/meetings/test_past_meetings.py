"""导入历次会议: a table of meetings held before is entered whole or not at all, without any mail, and every place that is wrong is named."""

import asyncio
import io
import re
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from liaison.accounts.viewer import COMMAND_LINE
from liaison.directory.models import Person
from liaison.documents import spreadsheet
from liaison.documents.headed import Wrong
from liaison.documents.tables import rows_in
from liaison.i18n import Words
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Member
from liaison.meetings import past_meetings, past_table, queries, recorded
from liaison.meetings.models import Meeting
from tests.callers import Browser, Program
from tests.files.making import PDF
from tests.meetings.play import Play
from tests.meetings.test_papers import sent

HEADINGS = "日期,会议名称,类别,会次,开始时间,时长（分钟）,地点,承办单位,主持人,出席单位,议题,议定事项"
ROW = '2026-03-19,第一季度联席会议,例会,,14:30,90,三楼会议室,区检察院,陈志远,区检察院、区司法局,"通报情况\n研究指引",每月5日前交换清单。'
NEXT = "2026-06-18,第二季度联席会议,例会,,,,,区司法局,,区司法局（郑国强、李文博）,,"
LECTURE = "2025-11-05,民法典专题讲座,专题讲座,,,,,,,,,"


def table(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *rows]).encode()


def path_of(play: Play, more: str = "/import") -> str:
    return f"/mechanisms/{play.world.mechanism.id}/meetings{more}"


async def upload(
    play: Play,
    program: Program,
    content: bytes,
    *,
    name: str = "历次会议.csv",
    by: Person | None = None,
    query: str = "",
) -> Any:
    who = by or play.world.zhoumin
    await program.get(who, "/me")
    return await program.client.post(
        f"/api{path_of(play)}{query}",
        files={"file": (name, content)},
        headers={"Authorization": f"Bearer {program.tokens[who.id]}"},
    )


def errors(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.text
    return {error["field"]: error["message"] for error in response.json()["errors"]}


async def meetings(play: Play) -> list[Meeting]:
    async with play.database.reading() as db:
        return list(await db.scalars(select(Meeting).order_by(Meeting.starts_at)))


async def test_each_row_becomes_a_held_meeting_with_everything_and_nobody_is_mailed(
    play: Play, program: Program
) -> None:
    answer = (await upload(play, program, table(NEXT, ROW, LECTURE))).json()
    assert (answer["new"], answer["unchanged"]) == (3, 0)
    lecture, first, second = await meetings(play)
    assert [one.state for one in (lecture, first, second)] == ["held"] * 3
    assert [one.entered_afterwards_at is not None for one in (lecture, first, second)] == [True] * 3
    assert [(one.ordinal, one.ordinal_in_year) for one in (lecture, first, second)] == [(None, None), (1, 1), (2, 2)]
    assert (first.kind, first.duration_minutes, first.location) == ("regular", 90, "三楼会议室")
    assert (lecture.kind, f"{lecture.local_start:%H:%M}", lecture.duration_minutes) == ("lecture", "09:00", 120)
    assert (lecture.host_agency_id, second.host_agency_id) == (play.world.jcy.id, play.world.sfj.id)
    async with play.database.reading() as db:
        there = [(one.agency_id, one.name, one.role) for one in await queries.attendees(db, first.id)]
        assert there == [
            (play.world.jcy.id, "陈志远", "chair"),
            (play.world.sfj.id, "区司法局", "required"),
        ], "an agency of which nobody is named stands for itself"
        assert [one.name for one in await queries.attendees(db, second.id)] == ["郑国强", "李文博"]
        assert [one.title for one in await queries.agenda(db, first.id)] == ["通报情况", "研究指引"]
        decided = await recorded.decisions(db, COMMAND_LINE, first.id)
        assert [(one.text, one.year) for one in decided] == [("每月5日前交换清单。", 2026)]
        assert (await db.scalars(select(OutboxMail))).all() == []


@pytest.mark.parametrize(
    ("chair", "agency", "name", "title"),
    [
        ("陈志远 副检察长", "jcy", "陈志远", "副检察长"),
        ("区司法局王某，副局长", "sfj", "王某", "副局长"),
        ("某某", "sfj", "某某", None),
        ("区检察院 副检察长 陈志远", "jcy", "陈志远", "副检察长"),
        ("区检察院 第二检察部 主任 李四", "jcy", "李四", "第二检察部 主任"),
        ("李四（副局长）", "sfj", "李四", "副局长"),
    ],
)
async def test_a_chair_is_of_the_agency_that_is_named_or_has_them_in_the_directory_else_of_the_host(
    play: Play, program: Program, chair: str, agency: str, name: str, title: str | None
) -> None:
    content = table(f"2026-06-18,季度会议,专题会议,,,,,区司法局,{chair},,,".replace(f",{chair},", f',"{chair}",'))
    ((one,),) = ((await upload(play, program, content)).json()["meetings"],)
    async with play.database.reading() as db:
        (there,) = await queries.attendees(db, int(one["id"]))
        assert (there.agency_id, there.name, there.job_title) == (getattr(play.world, agency).id, name, title)


async def test_the_same_table_again_changes_nothing(play: Play, program: Program) -> None:
    await upload(play, program, table(ROW, LECTURE))
    again = (await upload(play, program, table(ROW.replace("三楼", "五楼"), LECTURE))).json()
    assert (again["new"], again["unchanged"]) == (0, 2)
    assert len(await meetings(play)) == 2


async def test_a_dry_run_says_what_would_come_and_keeps_nothing(play: Play, program: Program) -> None:
    answer = (await upload(play, program, table(ROW), query="?dry_run=true")).json()
    assert (answer["dry_run"], answer["new"]) == (True, 1)
    assert [(one["ordinal"], "id" in one) for one in answer["meetings"]] == [(1, False)]
    assert await meetings(play) == []


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([ROW.replace("2026-03-19", "上季度")], {"A2"}),
        ([ROW.replace("2026-03-19", "2026-11-24")], {"A2"}),
        ([ROW.replace("例会", "大会")], {"C2"}),
        ([ROW.replace("14:30", "下午")], {"E2"}),
        ([ROW.replace(",90,", ",很久,")], {"F2"}),
        ([ROW.replace(",90,", ",2,")], {"F2"}),
        ([ROW.replace("例会,,", "例会,若干,")], {"D2"}),
        ([ROW.replace(",区检察院,陈志远", ",区公安局,陈志远")], {"H2"}),
        ([ROW.replace("区检察院、区司法局", "区检察院、区公安局")], {"J2"}),
        ([ROW.replace("陈志远", "11010519491231002X")], {"I2"}),
        ([ROW.replace("通报情况", "身份证11010519491231002X")], {"K2"}),
        ([ROW.replace("每月5日前交换清单。", "卡号4111111111111111")], {"L2"}),
        ([ROW.replace("每月5日前交换清单。", "长" * 2001)], {"L2"}),
        ([ROW, ROW], {"B3"}),
        (
            [ROW, NEXT.replace("例会,,", "例会,1,"), ROW.replace("2026-03-19", "2026-01-19").replace("会,,", "会,1,")],
            {"D4"},
        ),
        ([LECTURE.replace("讲座,,", "讲座,3,")], {"D2"}),
        ([], {"file"}),
    ],
)
async def test_what_is_not_taken_is_named_by_its_cell_and_nothing_is_kept(
    play: Play, program: Program, rows: list[str], places: set[str]
) -> None:
    assert set(errors(await upload(play, program, table(*rows)))) == places
    assert await meetings(play) == []


async def test_several_wrong_cells_are_all_named_with_their_headings(
    play: Play, program: Program, browser: Browser
) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(path_of(play))
    answer = await browser.upload(
        path_of(play),
        "x.csv",
        table(
            ROW.replace("14:30", "下午").replace("例会", "大会"),
            NEXT.replace("2026-06-18", "去年"),
            LECTURE.replace("2025", "2027"),
        ),
    )
    assert answer.status_code == 422
    for place in ("E2 开始时间", "C2 类别", "A3 日期", "A4 日期"):
        assert place in answer.text


async def test_too_many_rows_are_refused_as_a_whole(play: Play, program: Program) -> None:
    rows = [LECTURE.replace("民法典", f"第{n}次") for n in range(past_table.MOST_ROWS + 1)]
    assert set(errors(await upload(play, program, table(*rows)))) == {"file"}


async def test_other_requests_go_on_between_the_meetings_of_a_table(play: Play) -> None:
    turns: list[int] = []

    async def others() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    heard: list[tuple[int, int, bool]] = []

    def told(done: int, of: int) -> None:
        heard.append((done, of, bool(turns)))
        turns.clear()

    rows = list(past_table.read(rows_in("x.csv", table(NEXT, ROW, LECTURE)), today=date(2026, 11, 23)))
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        beside = asyncio.create_task(others())
        await past_meetings.take_in(db, viewer, play.world.mechanism.id, rows, told=told)
        beside.cancel()
    assert [(done, of) for done, of, _ in heard] == [(1, 3), (2, 3), (3, 3)], "what a bar on the screen is told"
    assert all(went_on for *_, went_on in heard[1:])


async def test_a_formula_is_refused_by_its_cell(play: Play, program: Program) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADINGS.split(","))
    book.active.append(["2026-03-19", "=A1", "例会"])
    out = io.BytesIO()
    book.save(out)
    assert set(errors(await upload(play, program, out.getvalue(), name="x.xlsx"))) == {"B2"}


async def test_numbers_follow_the_days_and_never_pass_a_later_meeting(play: Play, program: Program) -> None:
    await upload(play, program, table(NEXT.replace("例会,,", "例会,2026年第二次（总第19次）,")))
    early = ROW.replace("2026-03-19", "2025-03-20")
    await upload(play, program, table(early.replace("会,,", "会,总第十五次,")))
    await upload(play, program, table(ROW))
    assert [(one.ordinal, one.ordinal_in_year) for one in await meetings(play)] == [(15, 1), (16, 1), (19, 2)]
    late = "2026-04-02,临时会议,临时会议" + "," * 9
    refused = errors(await upload(play, program, table(late)))
    assert set(refused) == {"D2"}
    assert "其后的会议已编有会次" in refused["D2"], "the second of the year is a later one"
    typed = late.replace("议,,", "议,2026年第三次（总第十八次）,")
    assert (await upload(play, program, table(typed))).json()["new"] == 1


async def test_who_may_not_enter_past_meetings_brings_no_table(play: Play, program: Program) -> None:
    assert (await upload(play, program, table(ROW), by=play.world.chenzy)).status_code == 403
    assert await meetings(play) == []


async def test_the_page_shows_first_and_enters_what_was_confirmed_with_a_link_to_each(
    play: Play, program: Program, browser: Browser
) -> None:
    await browser.sign_in(play.world.zhoumin)
    page = await browser.get(path_of(play, "/held"))
    assert f'href="{path_of(play)}"' in page
    assert f'href="{path_of(play)}"' in await browser.get(f"/mechanisms/{play.world.mechanism.id}")
    await browser.get(path_of(play))
    looked = await browser.upload(path_of(play), "历次会议.csv", table(ROW, NEXT))
    assert "2026年第2次" in looked.text
    assert await meetings(play) == [], "looking changes nothing"
    kept = dict(re.findall(r'<input type="hidden" name="(name|content|confirmed)" value="([^"]*)">', looked.text))
    answer = await browser.post(path_of(play), **kept)
    assert answer.status_code == 303
    page = await browser.get(answer.headers["location"].partition("#")[0])
    for one in await meetings(play):
        assert f'href="/meetings/{one.id}"' in page
        assert f'href="/meetings/{one.id}/papers/new"' in page, "also of the other agency's, which 周敏 entered"


async def test_who_entered_a_meeting_brings_it_the_old_papers_though_another_agency_was_the_host(
    play: Play, program: Program, browser: Browser
) -> None:
    (one,) = (await upload(play, program, table(NEXT))).json()["meetings"]
    path = f"/meetings/{one['id']}/papers"
    brought = await sent(program, play.world.zhoumin, path, "纪要.pdf", PDF)
    assert brought.status_code == 201, brought.text
    newer = await sent(program, play.world.zhoumin, f"/papers/{brought.json()['id']}/versions", "纪要.pdf", PDF + b" ")
    assert newer.status_code == 201, newer.text
    assert (await sent(program, play.world.liwb, path, "签到表.pdf", PDF)).status_code == 201, "the host's liaison"
    assert (await sent(program, play.world.qianwei, path, "别的.pdf", PDF)).status_code == 403, "who did not enter it"
    await browser.sign_in(play.world.zhoumin)
    assert f'href="{path}/new"' in await browser.get(f"/meetings/{one['id']}")
    assert 'name="file"' in await browser.get(f"{path}/new")
    assert re.search(r'data-h="(?:会议)?材料">2<', await browser.get(path_of(play)))


async def test_pasted_cells_are_taken_too_and_stay_in_the_box_when_refused(play: Play, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(path_of(play))
    pasted = table(LECTURE.replace("专题讲座,", "舞会,")).decode().replace(",", "\t")
    answer = await browser.post(path_of(play), paste=pasted)
    assert answer.status_code == 422
    assert "C2" in answer.text
    assert "舞会" in answer.text.split("<textarea")[1]
    assert (await browser.post(path_of(play))).status_code == 422, "nothing chosen, nothing pasted"


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_template_reads_as_it_is_once_its_example_is_no_example(locale: str) -> None:
    rows = past_table.template(Words(locale, "Asia/Shanghai"))
    content = spreadsheet.workbook({"历次会议": rows})
    today = date(2026, 11, 23)
    (nothing,) = past_table.read(rows_in("x.xlsx", content), today=today)
    assert isinstance(nothing, Wrong), "the example is never entered"
    rows[1][0] = "2024-06-20"
    (one,) = past_table.read(rows, today=today)
    assert isinstance(one, past_table.Past)
    assert (one.kind, one.ordinal, one.minutes, len(one.present), len(one.items), len(one.decisions)) == ("regular", 7, 120, 2, 2, 1)  # fmt: skip


@pytest.mark.parametrize(
    ("present", "people"),
    [
        ("区检察院（第二检察部主任 李四）", [("jcy", "李四", "第二检察部主任")]),
        ("区检察院（李四 第二检察部主任、周敏）", [("jcy", "李四", "第二检察部主任"), ("jcy", "周敏", None)]),
        ("区检察院（第二检察部 主任 李四）", [("jcy", "李四", "第二检察部 主任")]),
        ("区检察院（副检察长 李　明）", [("jcy", "李明", "副检察长")]),
        ("区司法局(2人)", [("sfj", "区司法局", None)]),
        ("区司法局（等三人参加）、区检察院（周敏等3人）", [("jcy", "周敏", None), ("sfj", "区司法局", None)]),
    ],
)
async def test_who_was_there_is_a_name_and_neither_a_job_title_nor_a_number_of_people(
    play: Play, program: Program, present: str, people: list[tuple[str, str, str | None]]
) -> None:
    content = table(f"2026-06-18,季度会议,专题会议,,,,,,,{present},,")
    (one,) = (await upload(play, program, content)).json()["meetings"]
    async with play.database.reading() as db:
        there = [
            (found.agency_id, found.name, found.job_title) for found in await queries.attendees(db, int(one["id"]))
        ]
    assert there == [(getattr(play.world, agency).id, *person) for agency, *person in people]


@pytest.mark.parametrize("said", ["陈志远 周敏", "张某某 李某某 王某某"])
async def test_people_between_whom_no_mark_stands_are_refused_at_their_cell(
    play: Play, program: Program, said: str
) -> None:
    content = table(f"2026-06-18,季度会议,专题会议,,,,,,,区检察院（{said}）,,")
    assert set(errors(await upload(play, program, content))) == {"J2"}


async def test_two_meetings_of_one_moment_are_numbered_in_the_order_of_their_rows(play: Play, program: Program) -> None:
    both = [ROW.replace("第一季度联席会议", "甲会议"), ROW.replace("第一季度联席会议", "乙会议")]
    answer = (await upload(play, program, table(*both))).json()
    assert [(one["title"], one["ordinal"], one["ordinal_in_year"]) for one in answer["meetings"]] == [
        ("甲会议", 1, 1),
        ("乙会议", 2, 2),
    ]


@pytest.mark.parametrize("typed", ["2025年第3次", "2025年第3次（总第7次）", "总第0次", "2026年第0次（总第7次）"])
async def test_a_number_of_another_year_or_none_at_all_is_refused_at_its_cell(
    play: Play, program: Program, typed: str
) -> None:
    refused = errors(await upload(play, program, table(ROW.replace("例会,,", f"例会,{typed},"))))
    assert set(refused) == {"D2"}
    assert ("2025" in refused["D2"]) is typed.startswith("2025"), "which says what is wrong with it"


async def test_a_scheduled_meeting_of_that_day_and_title_is_no_held_one_and_is_named(
    play: Play, program: Program
) -> None:
    await play.scheduled(title="第一季度联席会议", local_start=datetime.fromisoformat("2026-03-19T14:30"))
    refused = errors(await upload(play, program, table(ROW, LECTURE)))
    assert set(refused) == {"B2"}
    assert "第一季度联席会议" in refused["B2"]
    assert [one.state for one in await meetings(play)] == ["draft"]


async def test_a_meeting_that_the_viewer_may_not_see_is_not_told_by_what_is_there(play: Play, program: Program) -> None:
    await upload(play, program, table(ROW))
    async with play.database.writing() as db:
        joined = select(Member).where(Member.agency_id == play.world.sfj.id)
        (await db.scalars(joined)).one().joined_on = date(2026, 5, 1)
    answer = (await upload(play, program, table(ROW), by=play.world.liwb, query="?dry_run=true")).json()
    assert (answer["new"], answer["unchanged"]) == (1, 0)
