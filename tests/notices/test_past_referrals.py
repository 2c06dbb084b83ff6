"""导入线索移送台账: what was referred before is entered whole or not at all, without any mail; every place that is wrong is named; what is
there already stays; only days are told of what was before."""

import asyncio
import json
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from liaison.audit import AuditLine
from liaison.calendaring.workdays import region_calendar
from liaison.documents import spreadsheet
from liaison.documents.headed import Wrong
from liaison.documents.spreadsheet import tables_of
from liaison.documents.tables import rows_in
from liaison.i18n import Words
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Member
from liaison.notices import ledger, past_referrals, past_table
from liaison.notices.ledger import Filters
from liaison.notices.models import Notice
from liaison.notices.past_queries import imports
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.notices.past import ACCEPTED, DECLINED, DONE, HEADINGS, LATE, OPEN, entered, errors, path_of, table, upload
from tests.notices.referred import referred
from tests.reminders.test_reminding import beijing

CALENDAR, TODAY = region_calendar("CN"), date(2026, 11, 23)
A_TIME = re.compile(r"\d{1,2}:\d{2}")


async def count(play: Play) -> int:
    async with play.database.reading() as db:
        return (await db.execute(select(func.count(Notice.id)))).scalar_one()


async def test_each_row_stands_as_the_ledger_says_and_nobody_is_mailed(play: Play, program: Program) -> None:
    world = play.world
    answer = (await upload(play, program, table(OPEN, DONE, DECLINED, ACCEPTED))).json()
    assert (answer["new"], answer["unchanged"]) == (4, 0)
    assert [one["state"] for one in answer["referrals"]] == ["answered", "declined", "accepted", "sent"]
    done, declined, accepted, open_ = [
        await program.get(world.liwb, f"/notices/{one['id']}") for one in answer["referrals"]
    ]
    assert [one["state"] for one in (done, declined, accepted, open_)] == ["answered", "declined", "accepted", "sent"]
    assert (done["sent_on"], done["deadline_days"], done["category"]) == ("2024-05-06", 6, "wages")
    line = done["addressees"][0]
    said = [line[f"{name}_on"] for name in ("acknowledged", "decided", "answered")]
    assert (said, line["due_on"]) == (["2024-05-07", "2024-05-09", "2024-06-20"], "2024-05-13")
    acts = [(act["what"], act["on"], act["text"], act["via"]) for act in line["acts"]]
    assert acts == [
        ("acknowledged", "2024-05-07", None, "entered_afterwards"),
        ("accepted", "2024-05-09", None, "entered_afterwards"),
        ("feedback", "2024-06-20", "已提供法律援助。", "entered_afterwards"),
    ]
    assert declined["addressees"][0]["acts"][0]["text"] == "不属管辖。"
    assert declined["addressees"][0]["acknowledged_on"] is None, "the ledger does not say when"
    assert done["entered_afterwards"] == {
        "at": "2026-11-23T09:00:00+08:00",
        "by_id": str(world.zhoumin.id),
        "agency_id": str(world.jcy.id),
    }
    async with play.database.reading() as db:
        assert (await db.scalars(select(OutboxMail))).all() == []


async def test_no_time_of_day_is_told_of_what_was_before(play: Play, program: Program, browser: Browser) -> None:
    """Not by the API, the page, the box, the letter or the ledger; of what is done from now on it is."""
    id_, other = await entered(play, program, DONE, ACCEPTED)
    said = await program.get(play.world.liwb, f"/notices/{id_}")
    said.pop("entered_afterwards")
    assert not A_TIME.search(json.dumps(said))
    await browser.sign_in(play.world.liwb)
    for path in (f"/notices/{id_}", "/notices", "/referrals"):
        page = (await browser.get(path)).partition("<main")[2]
        shown = page.replace("11月23日（周一）09:00", "").replace("11月23日 09:00", "").replace("2026-11-23T09:00", "")
        assert not A_TIME.search(re.sub(r"<[^>]+>", " ", shown)), path
        assert "补录" in page or path == "/notices"
    play.clock.as_of = datetime.fromisoformat("2026-11-24T10:11+08:00")
    await program.post(play.world.liwb, f"/notices/{other}/feedback", {"text": "已办结。"})
    line = (await program.get(play.world.liwb, f"/notices/{other}"))["addressees"][0]
    assert (line["answered_at"], line["decided_at"]) == ("2026-11-24T10:11:00+08:00", None)
    assert [act["at"] for act in line["acts"]] == [None, "2026-11-24T10:11:00+08:00"]


@pytest.mark.parametrize(
    ("row", "places"),
    [
        (DONE.replace("2024-05-06", "上个月"), {"F2"}),
        (DONE.replace("2024-05-06", ""), {"F2"}),
        (OPEN.replace("2026-11-16", "2026-11-24").replace("2026-12-01", ""), {"F2"}),
        (DONE.replace("2024-05-13", "2024-05-03"), {"G2"}),
        (DONE.replace("2024-05-07", "2024-05-05"), {"H2"}),
        (DONE.replace("2024-05-09", "2024-05-06"), {"J2"}),
        (DONE.replace("2024-06-20", "2024-05-08"), {"L2"}),
        (DONE.replace(",,清检函", ",2024-06-19,清检函"), {"N2"}),
        (DONE.replace("已反馈", "在研究"), {"I2"}),
        (DONE.replace("已反馈", "待签收"), {"I2"}),
        (DECLINED.replace("2024-07-03", ""), {"J2"}),
        (ACCEPTED.replace("受理", ""), {"I2"}),
        (OPEN.replace("待签收", "办结"), {"N2"}),
        (OPEN.replace("待签收", "已签收"), {"H2"}),
        (OPEN.replace("待签收", "已反馈"), {"L2"}),
        (OPEN.replace("待签收,,", "待签收,,缺材料"), {"K2"}),
        (DONE.replace("2024-06-20", ""), {"L2"}),
        (DECLINED.replace("不属管辖。,", "不属管辖。,2024-07-05"), {"L2"}),
        (DONE.replace("区检察院", "区公安局"), {"D2"}),
        (DONE.replace("区司法局", "区公安局"), {"E2"}),
        (DONE.replace("区司法局", "区检察院"), {"E2"}),
        (DONE.replace("区司法局", "区司法局、区民政局"), {"E2"}),
        (DECLINED.replace("区检察院", "区民政局"), {"D2"}),
        (LATE.replace("区司法局", "区民政局"), {"E2"}),
        (DONE.replace("农民工讨薪线索", ""), {"B2"}),
        (DONE.replace("农民工讨薪线索", "长" * 201), {"B2"}),
        (DONE.replace("农民工讨薪线索", "身份证11010519491231002X"), {"B2"}),
        (DONE.replace("已提供法律援助。", "联系13812345678"), {"M2"}),
        (DECLINED.replace("不属管辖。", "问13812345678"), {"K2"}),
    ],
)
async def test_what_is_not_taken_is_named_by_its_cell_and_nothing_is_kept(
    play: Play, program: Program, row: str, places: set[str]
) -> None:
    assert set(errors(await upload(play, program, table(row, LATE)))) == places
    assert await count(play) == 0


async def test_a_code_that_stands_twice_is_named_with_its_first_row(play: Play, program: Program) -> None:
    refused = errors(await upload(play, program, table(DONE, LATE, DONE.replace("讨薪", "追薪"))))
    assert set(refused) == {"A4"}
    assert "第2行" in refused["A4"]


async def test_the_other_agency_was_a_member_on_that_day(play: Play, program: Program) -> None:
    row = DONE.replace("区司法局", "区民政局")
    assert (await upload(play, program, table(row), query="?dry_run=true")).json()["new"] == 1, "it left only later"
    async with play.database.writing() as db:
        members = select(Member).where(Member.agency_id == play.world.mzj.id)
        (await db.scalars(members)).one().joined_on = date(2024, 5, 7)
    assert set(errors(await upload(play, program, table(row)))) == {"E2"}


async def test_what_is_there_already_stays_as_it_is(play: Play, program: Program) -> None:
    """By its code, without one by subject and day; also what was referred here, and also where the table says otherwise."""
    uncoded = LATE.replace("清检移〔2026〕4号", "")
    made = await referred(play, program, case_code="清检移〔2026〕3号", subject="这里移送的")
    await entered(play, program, DONE, uncoded)
    changed = DONE.replace("法律援助", "救助"), uncoded.replace("2026-09-08", ""), OPEN
    answer = (await upload(play, program, table(*changed))).json()
    assert (answer["new"], answer["unchanged"]) == (0, 3)
    assert (await program.get(play.world.zhoumin, f"/notices/{made['id']}"))["subject"] == "这里移送的"
    answer = (await upload(play, program, table(DONE.replace("区检察院,区司法局", "区司法局,区检察院")))).json()
    assert answer["new"] == 1, "the other way it is another one"


async def test_a_dry_run_says_what_would_come_and_keeps_nothing(play: Play, program: Program) -> None:
    answer = (await upload(play, program, table(DONE), query="?dry_run=true")).json()
    assert (answer["dry_run"], answer["new"], "id" in answer["referrals"][0]) == (True, 1, False)
    assert await count(play) == 0


async def test_either_side_enters_it_and_no_other_agency_finds_a_trace(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    (id_,) = await entered(play, program, DONE, by=world.wuxl)
    assert (await program.get(world.zhoumin, f"/notices/{id_}"))["entered_afterwards"]["agency_id"] == str(world.sfj.id)
    for who in (world.guyan, world.maolin, world.hejing):
        assert (await program.call(who, "GET", f"/notices/{id_}")).status_code == 404
        assert (await upload(play, program, table(LATE), by=who)).status_code in (403, 404)
    trail = await program.get(world.zhoumin, f"/audit?object=mechanism:{world.mechanism.id}")
    assert "import_referrals" not in {line["verb"] for line in trail["items"]}
    trail = await program.get(world.liwb, f"/audit?object=notice:{id_}")
    assert [line["verb"] for line in trail["items"]] == ["enter_referral"]
    async with play.database.reading() as db:
        lines = await db.scalars(select(AuditLine).where(AuditLine.verb == "import_referrals"))
        assert [json.loads(one.payload or "")["new"] for one in lines] == [1]


async def test_what_is_still_open_goes_on_here(play: Play, program: Program, browser: Browser) -> None:
    world = play.world
    open_, late = sorted(await entered(play, program, OPEN, LATE))
    await browser.sign_in(world.liwb)
    desk = await browser.get("/")
    assert "工伤线索" in desk
    assert "抚养费线索" in desk
    await program.post(world.liwb, f"/notices/{open_}/return", {"reason": "缺材料"})
    await program.post(world.zhoumin, f"/notices/{open_}/supplement", {"text": "已补。"})
    for act, body in (("accept", {}), ("feedback", {"text": "已办结。"})):
        await program.post(world.liwb, f"/notices/{late}/{act}", body)
    closed = await program.post(world.zhoumin, f"/notices/{late}/close")
    assert closed["state"] == "closed"
    assert closed["closed_at"] is not None


async def test_what_the_other_agency_entered_of_ones_own_decision_is_replaced_or_corrected(
    play: Play, program: Program
) -> None:
    """Like what is registered for an agency; what it entered itself is its own word."""
    world = play.world
    (id_,) = await entered(play, program, ACCEPTED)
    declined = await program.post(world.liwb, f"/notices/{id_}/decline", {"reason": "从未受理"})
    assert declined["state"] == "declined"
    (other,) = await entered(play, program, ACCEPTED.replace("5号", "6号"))
    corrected = await program.post(world.liwb, f"/notices/{other}/correct", {"text": "未受理"})
    assert corrected["state"] == "sent"
    (own,) = await entered(play, program, ACCEPTED.replace("5号", "7号"), by=world.liwb)
    await program.post(world.liwb, f"/notices/{own}/decline", {"reason": "从未受理"}, status=409)


async def test_the_ledger_and_the_boxes_go_by_the_day_of_referring(
    play: Play, program: Program, browser: Browser
) -> None:
    made = await referred(play, program, case_code="清检移〔2026〕9号")
    ids = await entered(play, program, OPEN, DONE, LATE, ACCEPTED)
    assert max(ids) > int(made["id"])
    newest_first = ["9号", "3号", "5号", "4号", "1号"]
    await browser.sign_in(play.world.liwb)
    for path in ("/referrals", "/notices"):
        assert re.findall(r"清检移〔20\d\d〕(\d号)<", await browser.get(path)) == newest_first, path
    got = await browser.client.get("/referrals/ledger.xlsx")
    assert [row[0][-2:] for row in tables_of(got.content)[0][1:]] == newest_first
    page = await program.get(play.world.liwb, f"/mechanisms/{play.world.mechanism.id}/notices?limit=2")
    codes = [one["case_code"][-2:] for one in page["items"]]
    while page["next"]:
        page = await program.get(
            play.world.liwb, f"/mechanisms/{play.world.mechanism.id}/notices?limit=2&cursor={page['next']}"
        )
        codes += [one["case_code"][-2:] for one in page["items"]]
    assert codes == newest_first
    viewer = await play.viewer(play.world.liwb)
    seen, before = [], None
    async with play.database.reading() as db:
        while some := await ledger.leads(db, viewer, Filters(), before=before, limit=2):
            before = some[-1].notice_id
            seen += [one.notice.case_code[-2:] for one in some if one.notice.case_code]
        of_2024 = await ledger.leads(db, viewer, Filters(sent_from=date(2024, 5, 6), sent_until=date(2024, 5, 6)))
    assert seen == newest_first
    assert len(of_2024) == 1


async def test_an_exported_ledger_is_taken_in_elsewhere_as_it_stands(
    play: Play, program: Program, browser: Browser
) -> None:
    """In both languages: what the export knows comes back the same."""
    await entered(play, program, DONE, DECLINED.replace(",,,,", ",,,2024-07-09,"), OPEN, ACCEPTED)
    await browser.sign_in(play.world.zhoumin)
    for locale in ("zh_CN", "en"):
        got = await browser.client.get(f"/referrals/ledger.xlsx?lang={locale}")
        rows = list(past_table.read(rows_in("x.xlsx", got.content), today=TODAY, calendar=CALENDAR))
        assert not [one.worded(Words(locale, "Asia/Shanghai")) for one in rows if isinstance(one, Wrong)]
        read = {one.case_code: one for one in rows if isinstance(one, past_table.Past)}
        assert [one.state for one in read.values()] == ["sent", "accepted", "closed", "answered"]
        closed = read["清司移〔2024〕2号"]
        assert (closed.decision, closed.decided_on, closed.closed_on) == (
            "declined",
            date(2024, 7, 3),
            date(2024, 7, 9),
        )
        again = (await upload(play, program, got.content, name="x.xlsx")).json()
        assert (again["new"], again["unchanged"]) == (0, 4)


async def test_the_page_shows_first_and_enters_what_was_confirmed(
    play: Play, program: Program, browser: Browser
) -> None:
    await browser.sign_in(play.world.zhoumin)
    assert f'href="{path_of(play)}"' in await browser.get("/referrals")
    await browser.get(path_of(play))
    looked = await browser.upload(path_of(play), "台账.csv", table(DONE, OPEN).decode().encode("gb18030"))
    assert "补录2件移送" in looked.text
    assert await count(play) == 0, "looking changes nothing"
    kept = dict(re.findall(r'<input type="hidden" name="(name|content|confirmed)" value="([^"]*)">', looked.text))
    for _ in range(2):  # a form that is sent twice enters nothing twice
        assert (await browser.post(path_of(play), **kept)).status_code == 303
    assert await count(play) == 2
    assert re.search(r'data-h="移送">2<', await browser.get(path_of(play)))
    refused = await browser.post(
        path_of(play), paste=table(DONE.replace("已反馈", "在研究")).decode().replace(",", "\t")
    )
    assert refused.status_code == 422
    assert "I2 办理情况" in refused.text
    assert "在研究" in refused.text.split("<textarea")[1]


async def test_other_requests_go_on_while_a_long_table_is_entered(play: Play) -> None:
    turns: list[int] = []

    async def others() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    heard: list[tuple[int, int]] = []

    def told(done: int, of: int) -> None:
        heard.append((done, of))
        play.clock.as_of = beijing("11-23T09:00") + timedelta(milliseconds=done)

    rows = [LATE.replace("4号", f"{n}号") for n in range(60)]
    read = list(past_table.read(rows_in("x.csv", table(*rows)), today=TODAY, calendar=CALENDAR))
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        beside = asyncio.create_task(others())
        await past_referrals.take_in(db, viewer, play.world.mechanism.id, read, told=told)
        beside.cancel()
        (one,) = await imports(db, viewer, play.world.mechanism.id)
    assert heard == [(n, 60) for n in range(1, 61)], "what a bar on the screen is told"
    assert one.count == 60, "one import, however long it took"
    assert len(turns) >= 2


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_template_reads_as_it_is_once_its_example_is_no_example(locale: str) -> None:
    rows = past_table.template(Words(locale, "Asia/Shanghai"))
    content = spreadsheet.workbook({"台账": rows})
    (nothing,) = past_table.read(rows_in("x.xlsx", content), today=TODAY, calendar=CALENDAR)
    assert isinstance(nothing, Wrong), "the example is never entered"
    rows[1][0] = "清检移〔2024〕1号"
    (one,) = past_table.read(rows, today=TODAY, calendar=CALENDAR)
    assert isinstance(one, past_table.Past)
    assert (one.state, one.category, one.answered_on) == ("answered", "wages", date(2024, 6, 20))


@pytest.mark.parametrize(
    ("said", "due"),
    [("5个工作日", date(2024, 5, 11)), ("2024年5月13日", date(2024, 5, 13)), ("", None)],
)
def test_a_deadline_is_a_day_or_so_many_working_days(said: str, due: date | None) -> None:
    row = DONE.replace("2024-05-13", said)
    (one,) = past_table.read(rows_in("x.csv", table(row)), today=TODAY, calendar=CALENDAR)
    assert isinstance(one, past_table.Past)
    assert one.due_on == due


@pytest.mark.parametrize("heading", ["备注", "处理人"])
def test_a_column_that_is_not_known_is_named(heading: str) -> None:
    (wrong, *_) = past_table.read(
        rows_in("x.csv", table(DONE + ",x", headings=f"{HEADINGS},{heading}")), today=TODAY, calendar=CALENDAR
    )
    assert isinstance(wrong, Wrong)
    assert wrong.cell == "P1"


def a_clause(row: str, said: str) -> Any:
    return table(f"{row},{said}", headings=f"{HEADINGS},依据条款")


async def test_a_clause_is_named_by_its_number(play: Play, program: Program) -> None:
    for said in ("3", "第三条", "第3条"):
        answer = await upload(play, program, a_clause(DONE.replace("1号", f"{said}号"), said))
        (one,) = answer.json()["referrals"]
        assert (await program.get(play.world.zhoumin, f"/notices/{one['id']}"))["clause_number"] == 3
    assert set(errors(await upload(play, program, a_clause(DONE, "99")))) == {"P2"}


@pytest.mark.parametrize(("new", "said"), [("3", True), ("", False), ("x", False), ("²", False), ("03", False), ("2001", False)])  # fmt: skip
async def test_the_address_says_how_many_were_entered_just_now_as_far_as_that_can_be(
    play: Play, browser: Browser, new: str, said: bool
) -> None:
    await browser.sign_in(play.world.zhoumin)
    assert ('class="note ok"' in await browser.get(f"{path_of(play)}?new={new}")) is said
