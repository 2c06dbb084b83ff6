"""A report equals what an independent count of the same lines says; what it tells of minors outside the member agencies is never a small number."""

import csv
import io
import random
import zipfile
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import docx
import openpyxl
import pytest

from liaison.results.periods import Period, half_of, last_quarter, quarter_of, year_of
from liaison.results.report import asked, change
from liaison.results.sums import Adoption, Cell, by_cause, by_group
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.results.reported import MODEL_CASE, confirm, report, upload


def address(play: Play, query: str = "", kind: str = "") -> str:
    return f"/mechanisms/{play.world.mechanism.id}/report{kind}{query}"


async def test_the_model_case_is_39_cases_31_workers_869000_yuan_and_8_elderly_people_and_minors(
    play: Play, program: Program
) -> None:
    await upload(play, program, MODEL_CASE.read_bytes())
    found = await program.get(play.world.zhoumin, address(play, "?from=2021-01-01&to=2022-05-23"))
    assert (found["cases"], found["people"], found["amount_recovered"]) == (39, 39, "869000.00")
    assert found["amount_words"] == "86.9万元"
    workers = {"beneficiary_group": "农民工", "cases": 31, "people": 31, "amount_recovered": "869000.00"}
    assert found["groups"][0] == workers
    others = [one["people"] for one in found["groups"] if one["beneficiary_group"] in ("老年人", "未成年人")]
    assert sum(others) == 8
    assert found["confirmed"] is False
    assert await program.get(play.world.liwb, address(play, "?from=2021-01-01&to=2022-05-23")) == found


async def test_a_years_report_equals_an_independent_count(play: Play, program: Program) -> None:
    chance = random.Random(7)
    rows: list[list[Any]] = []
    for n in range(300):
        day = date(2024, 6, 1) + timedelta(days=chance.randrange(700))
        group, cause = chance.choice(["农民工", "老年人", "未成年人", "外卖骑手"]), chance.choice(["甲", "乙", "丙"])
        amount = chance.choice(["", f"{chance.randrange(1, 10**7)}.{chance.randrange(100):02}"])
        result = chance.choice(["采纳", "未采纳", "部分采纳", ""])
        rows.append(
            [f"案{n}", day.isoformat(), group, cause, chance.randrange(1, 4), chance.randrange(0, 9), amount, result]
        )
    head = ["编号", "办结日期", "受助群体", "案由", "件数", "受助人数", "追回金额（元）", "结果"]
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    await upload(play, program, out.getvalue().encode())
    found = await program.get(play.world.zhoumin, address(play, "?from=2025-01-01&to=2025-12-31"))

    mine = [row for row in rows if row[1].startswith("2025")]
    cases, people, fen = Counter[str](), Counter[str](), Counter[str]()
    for row in mine:
        for key in ("all", f"group {row[2]}", f"cause {row[3]}", f"part {row[1][:7]}", f"result {row[7]}"):
            cases[key] += row[4]
            people[key] += row[5]
            fen[key] += int(str(row[6]).replace(".", "") or 0)

    def same(told: dict[str, Any], key: str) -> None:
        assert (told["cases"], told["people"], Decimal(told["amount_recovered"])) == (
            cases[key],
            people[key],
            Decimal(fen[key]) / 100,
        )

    same(found, "all")
    for name in ("group", "cause", "part"):
        column = {"group": "beneficiary_group", "cause": "cause", "part": "part"}[name]
        told = found[{"group": "groups", "cause": "causes", "part": "parts"}[name]]
        assert {one[column] for one in told} == {key.partition(" ")[2] for key in cases if key.startswith(f"{name} ")}
        for one in told:
            same(one, f"{name} {one[column]}")
    before = [row for row in rows if row[1].startswith("2024")]
    assert found["year_before"]["cases"] == sum(row[4] for row in before)
    assert found["adoption"]["adopted"] == cases["result 采纳"]
    assert found["adoption"]["not_adopted"] == cases["result 未采纳"]
    assert found["agencies"][0]["cases"] == cases["all"]


async def test_a_confirmed_period_says_so_until_something_changes(play: Play, program: Program) -> None:
    one = await report(play, program)
    for who in (play.world.zhoumin, play.world.liwb):
        await confirm(play, program, who)
    query = "?from=2026-07-01&to=2026-09-30"
    assert (await program.get(play.world.maolin, address(play, query)))["confirmed"] is True
    await program.patch(play.world.zhoumin, f"/outcomes/{one['id']}", {"people": 2})
    assert (await program.get(play.world.maolin, address(play, query)))["confirmed"] is False


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?from=2026-02-30", "from"),
        ("?from=2026-02-02&to=2026-02-01", "to"),
        ("?from=1950-01-01", "from"),
        ("?to=x", "to"),
    ],
)
async def test_days_that_make_no_period_are_refused(play: Play, program: Program, query: str, field: str) -> None:
    assert await program.refused(play.world.zhoumin, "GET", address(play, query)) == (422, [field])


async def test_without_days_it_goes_from_the_first_case_to_today(play: Play, program: Program) -> None:
    await report(play, program, closed_on="2025-03-03")
    found = await program.get(play.world.zhoumin, address(play))
    assert (found["from"], found["to"]) == ("2025-03-03", "2026-11-23")


async def test_a_site_without_a_case_has_a_report_all_the_same(play: Play, program: Program) -> None:
    found = await program.get(play.world.zhoumin, address(play))
    assert (found["cases"], found["groups"], found["adoption"]["percent"]) == (0, [], None)


def cell(group: str, people: int, cause: str = "甲") -> Cell:
    return Cell(group, cause, None, 1, "2026-03", people, people, Decimal("0.00"))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([("农民工", 31), ("老年人", 5), ("未成年人", 3)], {"农民工": 31, "老年人、未成年人": 8}),
        ([("农民工", 31), ("老年人", 50), ("未成年人", 30)], {"农民工": 31, "老年人、未成年人": 80}),
        ([("农民工", 31), ("妇女", 6), ("未成年人", 3)], {"农民工、未成年人": 34, "妇女": 6}),
        ([("农民工", 31), ("留守儿童", 2), ("老年人", 4)], {"农民工": 31, "老年人、留守儿童": 6}),
        ([("未成年人", 20)], {}),
        ([("农民工", 1)], {}),
        ([("农民工", 5)], {"农民工": 5}),
    ],
)  # fmt: skip
def test_for_readers_from_outside_minors_never_stand_alone_and_of_very_few_people_no_group_is_told(
    cells: list[tuple[str, int]], told: dict[str, int]
) -> None:
    rows = [cell(group, people) for group, people in cells]
    assert {one.word: one.people for one in by_group(rows, outside=True)} == told
    assert {one.word: one.people for one in by_group(rows, outside=False)} == dict(cells)


def test_there_are_no_figures_by_cause_for_readers_from_outside() -> None:
    rows = [cell("农民工", 31, "追索劳动报酬"), cell("未成年人", 3, "追索抚养费"), cell("老年人", 5, "追索赡养费")]
    assert by_cause(rows, outside=True) == []
    assert len(by_cause(rows, outside=False)) == 3


async def test_a_reader_from_outside_reads_no_small_number_of_minors_anywhere(
    play: Play, program: Program, browser: Browser
) -> None:
    await upload(play, program, MODEL_CASE.read_bytes())
    query = "?from=2021-01-01&to=2022-05-23"
    found = await program.get(play.world.maolin, address(play, query))
    assert [one["beneficiary_group"] for one in found["groups"]] == ["农民工", "老年人、未成年人"]
    await browser.sign_in(play.world.maolin)
    for kind in ("", "/print"):
        page = await browser.get(address(play, query, kind))
        assert '<th scope="row">未成年人</th>' not in page
        assert "老年人、未成年人" in page
        assert "抚养费" not in page
    one_day = await program.get(play.world.maolin, address(play, "?from=2021-01-13&to=2021-01-13"))
    assert (one_day["cases"], one_day["groups"], one_day["causes"]) == (1, [], [])
    paper = docx.Document()
    paper.add_paragraph("{{农民工人数}} {{未成年人人数}} {{人数}}")
    out = io.BytesIO()
    paper.save(out)
    made = docx.Document(io.BytesIO((await filled(browser, play, "上报.docx", out.getvalue())).content))
    assert made.paragraphs[0].text == "31 — 39", "what is not told is no nought"


def test_named_periods() -> None:
    assert quarter_of(2026, 4) == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert half_of(2026, 1) == Period(date(2026, 1, 1), date(2026, 6, 30))
    assert last_quarter(date(2026, 1, 5)) == quarter_of(2025, 4)
    assert last_quarter(date(2026, 11, 23)) == quarter_of(2026, 3)
    assert year_of(2024).year_before() == year_of(2023)
    assert Period(date(2024, 2, 29), date(2024, 2, 29)).year_before().first == date(2023, 2, 28)


def test_times_of_notices_and_changes_against_the_year_before() -> None:
    def day(n: int) -> date:
        return date(2026, 11, n)

    found = asked([(day(2), day(6), day(4)), (day(2), day(6), day(10)), (day(2), None, day(3)), (day(2), day(6), None), (day(20), day(27), None)])  # fmt: skip
    assert (found.asked, found.in_time, found.late, found.waiting, found.average_days) == (5, 2, 1, 2, Decimal("3.7"))
    assert change(39, 0) is None
    assert change(33, 30) == Decimal("10.0")
    assert change(Decimal("50.00"), Decimal("100.00")) == Decimal("-50.0")
    assert Adoption(38, 0, 1).percent == Decimal("97.4")
    assert Adoption(0, 0, 0).percent is None


async def test_page_paper_and_files_say_the_same_figures(play: Play, program: Program, browser: Browser) -> None:
    await upload(play, program, MODEL_CASE.read_bytes())
    query = "?from=2021-01-01&to=2022-05-23"
    await browser.sign_in(play.world.chenzy)
    for kind in ("", "/print"):
        page = await browser.get(address(play, query, kind))
        assert "869,000" in page
        assert page.count('role="img"') == 2
    paper = docx.Document(io.BytesIO((await browser.client.get(address(play, query, ".docx"))).content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert "869,000" in cells
    assert "农民工" in cells
    book = openpyxl.load_workbook(io.BytesIO((await browser.client.get(address(play, query, ".xlsx"))).content))
    told = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"农民工", 869000, 39} <= told


async def test_the_mechanisms_page_says_for_what_they_were_helped_to_members_alone(
    play: Play, program: Program, browser: Browser
) -> None:
    await upload(play, program, MODEL_CASE.read_bytes())
    path, helped = f"/mechanisms/{play.world.mechanism.id}", ("追索劳动报酬</dd>", "追索赡养费、追索抚养费</dd>")
    await browser.sign_in(play.world.chenzy)
    page = await browser.get(path)
    assert [one in page for one in helped] == [True, True]
    assert "约定：每季度召开一次联席会议" in page
    await browser.sign_in(play.world.maolin)
    page = await browser.get(path)
    assert "86.9" in page
    assert [one in page for one in helped] == [False, False]


async def filled(browser: Browser, play: Play, name: str, content: bytes) -> Any:
    fields = {"from": "2021-01-01", "to": "2022-05-23"}
    return await browser.upload(address(play, kind="/fill"), name, content, **fields)


async def test_a_superiors_own_templates_are_filled_and_formulas_of_ours_are_none(
    play: Play, program: Program, browser: Browser
) -> None:
    await upload(play, program, MODEL_CASE.read_bytes())
    await browser.sign_in(play.world.zhoumin)
    await browser.get(address(play))
    paper = docx.Document()
    paper.add_paragraph("办理{{件数}}件，追回{{追回金额万元}}，{{不认识}}")
    table = paper.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "{{受助群体}}", "{{群体人数}}"
    out = io.BytesIO()
    paper.save(out)
    made = docx.Document(io.BytesIO((await filled(browser, play, "上报.docx", out.getvalue())).content))
    assert made.paragraphs[0].text == "办理39件，追回86.9万元（869,000元），{{不认识}}"
    assert [row.cells[0].text for row in made.tables[0].rows] == ["农民工", "老年人", "未成年人"]
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"], book.active["A3"] = "{{件数}}", "共{{件数}}件", "{{单位}}"
    sheet = io.BytesIO()
    book.save(sheet)
    done = openpyxl.load_workbook(
        io.BytesIO((await filled(browser, play, "上报.xlsx", sheet.getvalue())).content)
    ).active
    assert [done["A1"].value, done["A2"].value, done["A3"].value] == [39, "共39件", "区检察院"]


@pytest.mark.parametrize("content", [b"", b"no", b"PK\x03\x04"])
@pytest.mark.parametrize("name", ["上报.docx", "上报.xlsx", "上报.pdf"])
async def test_what_is_no_template_is_refused_at_its_field(
    play: Play, browser: Browser, name: str, content: bytes
) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(address(play))
    answer = await filled(browser, play, name, content)
    assert answer.status_code == 422
    assert 'id="e-file"' in answer.text


def test_a_workbook_that_unpacks_to_too_much_is_no_template() -> None:
    from liaison.documents.refusals import NotATemplate
    from liaison.documents.sheet_filling import fill

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * 30_000_000)
    with pytest.raises(NotATemplate):
        fill(out.getvalue(), {})


async def test_one_old_case_leaves_everybodys_report_alone(play: Play, program: Program, browser: Browser) -> None:
    await report(play, program, closed_on="1960-05-03")
    assert (await program.get(play.world.liwb, address(play)))["from"] == "1966-01-01"
    await browser.sign_in(play.world.liwb)
    await browser.get(address(play))


async def test_a_template_without_a_sheet_that_is_shown_is_refused(play: Play, browser: Browser) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "{{件数}}"
    out = io.BytesIO()
    book.save(out)
    hidden = io.BytesIO()
    with zipfile.ZipFile(out) as package, zipfile.ZipFile(hidden, "w") as other:
        for name in package.namelist():
            part = package.read(name)
            other.writestr(name, part.replace(b'state="visible"', b'state="hidden"'))
    await browser.sign_in(play.world.zhoumin)
    await browser.get(address(play))
    assert (await filled(browser, play, "上报.xlsx", hidden.getvalue())).status_code == 422


async def test_a_template_is_not_filled_for_a_day_that_cannot_be_read(play: Play, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(address(play))
    fields = {"from": "2026-13-01", "to": "2026-09-30"}
    assert (await browser.upload(address(play, kind="/fill"), "x.docx", b"x", **fields)).status_code == 422


@pytest.mark.parametrize(
    ("adopted", "not_adopted", "percent"),
    [(1999, 1, "99.9"), (2000, 0, "100.0"), (1, 2999, "0.1"), (0, 3, "0.0"), (2, 1, "66.7")],
)
def test_a_rate_of_adoption_is_all_or_none_only_where_it_is(adopted: int, not_adopted: int, percent: str) -> None:
    assert str(Adoption(adopted, 0, not_adopted).percent) == percent
