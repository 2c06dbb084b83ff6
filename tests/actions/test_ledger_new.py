"""New rows of the ledger's table: what they need, which meeting they name, that none becomes two items, and that programs bring them too."""

import io
from datetime import date, datetime
from typing import Any

import httpx
import openpyxl
import pytest
from sqlalchemy import select

from liaison.accounts import tokens
from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions import assigning
from liaison.actions.ledger_import import TakenIn, take_in
from liaison.actions.ledger_table import HEADINGS, LedgerRefused, names_meeting
from liaison.actions.models import ActionItem
from liaison.config import Settings
from liaison.directory.models import Person
from liaison.documents.headed import day_in
from liaison.documents.spreadsheet import tables_of, workbook
from liaison.i18n import Words
from tests.callers import Browser, visitor
from tests.meetings.play import Play

ZH = Words("zh_CN", "Asia/Shanghai", date(2026, 11, 23))
HEAD = [ZH._(heading) for heading in HEADINGS.values()]
MEETING = "第三季度联席会议 2026-09-17"


def test_a_day_is_read_however_it_is_written() -> None:
    written = ("2026-01-05", "2026/1/5", "2026年1月5日", "2026 年 1 月 5 日", "2026.1.5", "2026-01-05 00:00")
    assert {day_in(text) for text in written} == {date(2026, 1, 5)}
    assert [day_in(text) for text in ("2026-02-30", "明天", "", "46027", "1月5日")] == [None] * 5


def test_a_meeting_is_named_by_title_day_or_both() -> None:
    on = date(2026, 9, 17)
    for said in (MEETING, "第三季度联席会议", "2026年9月17日", "第三季度联席会议（2026/9/17）"):
        assert names_meeting(said, "第三季度联席会议", on), said
    for said in ("第三季度联席会议 2026-09-18", "联席会议 2026-09-17", ""):
        assert not names_meeting(said, "第三季度联席会议", on), said


@pytest.fixture
async def meeting_id(play: Play) -> int:
    return await play.scheduled(title="第三季度联席会议", local_start=datetime.fromisoformat("2026-09-17T14:30"))


def row(**more: str) -> list[str]:
    plain = {
        "title": "建立线索台账", "lead": "区司法局", "owner": "李文博", "supporting": "区检察院", "due": "2026年12月10日",
        "meeting": MEETING,
    }  # fmt: skip
    return [(plain | more).get(name, "") for name in HEADINGS]


async def taken(play: Play, *rows: list[str], by: Person | None = None) -> TakenIn:
    async with play.database.writing() as db:
        return await take_in(db, await play.world.viewer(db, by or play.world.liwb), [HEAD, *rows], ZH)


async def refusals(play: Play, *rows: list[str]) -> list[str]:
    with pytest.raises(LedgerRefused) as refused:
        await taken(play, *rows)
    return [one.worded(ZH) for one in refused.value.wrong]


async def items(play: Play) -> list[ActionItem]:
    async with play.database.reading() as db:
        return list(await db.scalars(select(ActionItem).order_by(ActionItem.id)))


async def test_a_row_without_a_number_is_a_new_item_of_the_meeting_it_names(play: Play, meeting_id: int) -> None:
    found = await taken(
        play, row(), row(title="另一项", owner="", supporting="", due="2026/12/20", meeting="2026-09-17")
    )
    assert (found.new, found.changed, found.unchanged) == (2, 0, 0)
    assert found.rows[0].changes["due"] == ("", "2026年12月10日")
    first, second = await items(play)
    world = play.world
    assert (first.meeting_id, first.lead_agency_id, first.owner_id, first.due_on) == (
        meeting_id, world.sfj.id, world.liwb.id, date(2026, 12, 10),
    )  # fmt: skip
    assert (second.meeting_id, second.owner_id, second.due_on) == (meeting_id, None, date(2026, 12, 20))


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"title": ""}, "落实事项"),
        ({"lead": ""}, "责任单位"),
        ({"lead": "区民政局二"}, "责任单位"),
        ({"owner": "张三"}, "责任人"),
        ({"due": ""}, "完成时限"),
        ({"due": "月底"}, "完成时限"),
        ({"due": "2026-09-01"}, "完成时限"),
        ({"meeting": ""}, "来源"),
        ({"meeting": "第五季度联席会议"}, "来源"),
        ({"state": "办结"}, "状态"),
        ({"mechanism": "别的机制"}, "协作机制"),
    ],
)
async def test_what_a_new_row_lacks_is_named_by_row_and_column(
    play: Play, meeting_id: int, more: dict[str, str], column: str
) -> None:
    (text,) = await refusals(play, row(**more))
    assert text.startswith(f"第2行，{column}："), text
    assert await items(play) == []


async def test_of_meetings_called_alike_the_day_is_asked_for(play: Play, meeting_id: int) -> None:
    await play.scheduled(title="第三季度联席会议", local_start=datetime.fromisoformat("2026-10-15T14:30"))
    (text,) = await refusals(play, row(meeting="第三季度联席会议"))
    assert "请写明日期" in text
    assert (await taken(play, row())).new == 1


async def test_the_same_row_twice_is_one_item(play: Play, meeting_id: int) -> None:
    (text,) = await refusals(play, row(), row())
    assert text.startswith("第3行，落实事项：")
    await taken(play, row())
    assert len(await refusals(play, row())) == 1
    assert len(await items(play)) == 1


def book(*rows: list[Any]) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for each in (HEAD, *rows):
        sheet.append(each)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


async def test_a_real_date_of_a_spreadsheet_is_read_and_the_page_says_how_many_are_new(
    play: Play, meeting_id: int, settings: Settings
) -> None:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await assigning.assign(
            db, viewer, play.world.mechanism.id, title="已有事项", lead_agency_id=play.world.sfj.id, meeting=meeting,
            due_on=date(2026, 12, 10),
        )  # fmt: skip
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.liwb)
    await browser.get("/actions")
    exported = tables_of((await browser.client.get("/actions/ledger.xlsx")).content)[0]
    fresh: list[Any] = row()
    fresh[list(HEADINGS).index("due")] = date(2026, 12, 11)
    known: list[Any] = exported[1]
    known[list(HEADINGS).index("due")] = "2026年12月10日"
    looked = await browser.upload("/actions/import", "台账.xlsx", book(known, fresh))
    for said in ("新增1项", "改动0项", "未变1项"):
        assert said in looked.text, said
    assert len(await items(play)) == 1, "nothing before it was confirmed"
    assert (await taken(play, tables_of(book(known, fresh))[0][2])).new == 1
    assert (await items(play))[1].due_on == date(2026, 12, 11)


async def test_a_program_tries_a_table_first_and_then_brings_it(
    play: Play, meeting_id: int, settings: Settings
) -> None:
    world = play.world
    async with play.database.writing() as db:
        tokens_of = {one.id: await tokens.create_token(db, COMMAND_LINE, one.id) for one in (world.liwb, world.hanmei)}
    path = f"/api/mechanisms/{world.mechanism.id}/ledger"

    async def send(who: Person, *rows: list[str], query: str = "") -> httpx.Response:
        async with visitor(settings, play.database, play.clock) as client:
            return await client.post(
                path + query,
                files={"file": ("台账.xlsx", workbook({"x": [HEAD, *rows]}))},
                headers={"Authorization": f"Bearer {tokens_of[who.id]}"},
            )

    assert (await send(world.hanmei, row())).status_code == 403
    tried = (await send(world.liwb, row(), query="?dry_run=true")).json()
    assert (tried["dry_run"], tried["new"], tried["rows"][0]["action_item_id"]) == (True, 1, None)
    assert await items(play) == []
    wrong = await send(world.liwb, row(), row(title="另一项", meeting="没有的会议"))
    assert wrong.status_code == 422
    assert [one["field"] for one in wrong.json()["errors"]] == ["rows.3.meeting"]
    assert await items(play) == []
    done = (await send(world.liwb, row())).json()
    (item,) = await items(play)
    assert done["rows"][0]["action_item_id"] == str(item.id)
