"""The papers of minutes: what they say, to whom, and how they are handed out."""

import io
import re
import zipfile
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import docx
import httpx
from sqlalchemy import select

from liaison.audit import AuditLine
from liaison.directory.models import Agency, Person
from liaison.documents.minutes import Foot, Minutes, People, Section
from liaison.mechanisms.models import Mechanism
from liaison.minutes.paper import doc_no
from liaison.minutes.plain import plain_text
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.minutes.held import held

TEXT = "（一）加强协作。会议议定，3个工作日内移送（牵头单位：区检察院）。"


def said_in(answer: httpx.Response) -> str:
    """Everything that the downloaded paper says, its foot too, a paragraph a line."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        xml = parts.read("word/document.xml").decode()
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", re.sub(r"<w:(tab|br)/>", "\t", xml), re.DOTALL)
    return "\n".join("".join(re.findall(r"<w:t[ >][^<]*|\t", one)) for one in paragraphs).replace("<w:t>", "").replace('<w:t xml:space="preserve">', "")  # fmt: skip


async def circulated(play: Play, program: Program, sections: list[dict[str, Any]] | None = None) -> Any:
    world = play.world
    meeting = await held(play, program)
    given = {"sections": sections or [{"key": "1", "title": "研究线索移送指引", "text": TEXT}]}
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", given)
    return await program.post(world.zhoumin, f"/minutes/{made['id']}/circulate")


async def issued(play: Play, program: Program, **more: Any) -> Any:
    world = play.world
    sent = await circulated(play, program)
    for who in (world.zhoumin, world.liwb):
        await program.post(who, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    given = {"doc_no": "清检会纪[2026]4号", "copy_to": ["区委政法委", "区总工会"], "report_to": ["市检察院"]}
    return await program.post(world.zhoumin, f"/minutes/{sent['id']}/issue", given | more)


async def test_an_issued_paper_says_what_was_signed_and_how_it_was_issued(play: Play, program: Program) -> None:
    done = await issued(play, program)
    said = said_in(await program.call(play.world.chenzy, "GET", f"/minutes/{done['id']}.docx"))
    for line in (
        f"{play.world.mechanism.name}联席会议纪要",
        "清检会纪〔2026〕4号",
        "清沚区人民检察院\t2026年11月23日",
        "2026年第四季度联席会议",
        "2026年11月19日，区检察院副检察长陈志远主持召开2026年第四季度联席会议，议题：研究线索移送指引。现将会议议定事项纪要如下：",
        "一、研究线索移送指引",
        TEXT,
        "出席：区检察院　陈志远",
        "区司法局　李文博",
        "列席：区司法局　吴晓岚",
        "抄报：市检察院。",
        "抄送：区委政法委、区总工会。",
        "清沚区人民检察院\t2026年11月23日印发",
        f"全文校验值（SHA-256）：{done['root']}",
    ):
        assert f"\n{line}\n" in f"\n{said}\n", line
    assert re.search(r"印发时操作日志：\d+:[0-9a-f]{64}", said)
    assert "征求意见稿" not in said


async def test_an_issued_paper_stays_the_same_when_people_and_agencies_change(play: Play, program: Program) -> None:
    done = await issued(play, program)
    path = f"/minutes/{done['id']}.docx"
    before = said_in(await program.call(play.world.liwb, "GET", path))
    async with play.database.writing() as db:
        (await db.get_one(Agency, play.world.jcy.id)).name = "新名院"
        (await db.get_one(Person, play.world.chenzy.id)).name = "改名"
        (await db.get_one(Mechanism, play.world.mechanism.id)).name = "新机制"
    assert said_in(await program.call(play.world.liwb, "GET", path)) == before


async def test_what_is_not_issued_is_marked_a_draft_and_names_its_root(play: Play, program: Program) -> None:
    sent = await circulated(play, program)
    answer = await program.call(play.world.liwb, "GET", f"/minutes/{sent['id']}.docx")
    said = said_in(answer)
    assert said.startswith("征求意见稿（第1稿）\n")
    assert sent["root"] in said
    assert "印发" not in said
    name = unquote(answer.headers["content-disposition"])
    assert name.endswith("''会议纪要（第1稿）-2026年第四季度联席会议-2026-11-19.docx")


async def test_a_version_that_was_replaced_stays_a_draft_after_the_newer_one_is_issued(
    play: Play, program: Program
) -> None:
    world = play.world
    first = await circulated(play, program)
    changed = [{"key": "1", "title": "研究线索移送指引", "text": "改。"}]
    second = await program.put(world.zhoumin, f"/meetings/{first['meeting_id']}/minutes", {"sections": changed})
    await program.post(world.zhoumin, f"/minutes/{second['id']}/circulate")
    for who in (world.zhoumin, world.liwb):
        await program.post(who, f"/minutes/{second['id']}/sign", {"root": second["root"]})
    await program.post(world.zhoumin, f"/minutes/{second['id']}/issue", {"doc_no": "1号"})
    said = said_in(await program.call(world.liwb, "GET", f"/minutes/{first['id']}.docx"))
    assert said.startswith("征求意见稿（第1稿）\n")
    assert "1号" not in said


async def test_who_may_not_know_of_a_section_gets_papers_without_it(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sections = [
        {"key": "opening", "title": "引言", "text": "会议召开。"},
        {"key": "a", "title": "密商事项", "text": "密文。", "audience": [str(world.jcy.id)]},
        {"key": "b", "title": "公开事项", "text": "明文。"},
    ]
    sent = await circulated(play, program, sections)
    path = f"/minutes/{sent['id']}"
    theirs = said_in(await program.call(world.liwb, "GET", f"{path}.docx"))
    assert "一、另行通知\n本项仅限有关单位知悉。\n校验值：" in theirs
    assert "二、公开事项\n明文。" in theirs
    own = said_in(await program.call(world.zhoumin, "GET", f"{path}.docx"))
    assert "会议召开。\n一、密商事项（限定知悉范围）\n密文。\n二、公开事项" in own
    await browser.sign_in(world.liwb)
    for page in ("minutes.txt", "print"):
        text = await browser.get(f"{path}/{page}")
        assert "另行通知" in text
        assert "密" not in text.replace("保密", "")
    assert (await browser.client.get(f"{path}/excerpt/a.docx")).status_code == 404
    assert (await browser.client.get(f"{path}/excerpt/nothing.docx")).status_code == 404
    excerpt = said_in(await browser.client.get(f"{path}/excerpt/b.docx"))
    assert "（摘录）\n\n二、公开事项\n明文。" in excerpt
    assert "摘录自《2026年第四季度联席会议纪要》，征求意见稿（第1稿）。" in excerpt
    assert "会议召开" not in excerpt
    assert "出席" not in excerpt


async def test_an_excerpt_of_issued_minutes_names_number_and_date(
    play: Play, program: Program, browser: Browser
) -> None:
    done = await issued(play, program)
    await browser.sign_in(play.world.liwb)
    said = said_in(await browser.client.get(f"/minutes/{done['id']}/excerpt/1.docx"))
    assert "摘录自《2026年第四季度联席会议纪要》（清检会纪〔2026〕4号），2026年11月23日印发。" in said
    assert "抄送" not in said
    assert done["root"] in said


async def test_the_sign_sheet_is_filled_with_what_was_said_and_blank_for_who_signs_on_paper(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program)
    await browser.sign_in(world.zhoumin)
    path = f"/minutes/{sent['id']}/sign-sheet.docx"

    async def rows() -> list[list[str]]:
        answer = await browser.client.get(path)
        assert "会签单" in unquote(answer.headers["content-disposition"])
        document = docx.Document(io.BytesIO(answer.content))
        lines = [paragraph.text for paragraph in document.paragraphs]
        for line in ("会议纪要会签单", "会议：2026年第四季度联席会议", "会签截止：2026年11月26日（星期四）"):
            assert line in lines
        assert f"全文校验值（SHA-256）：{sent['root']}" in [line.replace(" ", "") for line in lines]
        return [[cell.text for cell in row.cells] for row in document.tables[0].rows]

    blank = ["□ 同意\n□ 修改意见：", "", "", ""]
    assert await rows() == [
        ["单位", "意见", "负责人签字", "盖章", "日期"],
        ["清沚区人民检察院", *blank],
        ["清沚区司法局", *blank],
    ]
    await program.post(world.liwb, f"/minutes/{sent['id']}/request-changes", {"root": sent["root"], "text": "改为5日"})
    paper = {"root": sent["root"], "agency_id": str(world.jcy.id), "leader": "方华", "signed_on": "2026-11-23"}
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/register", paper)
    assert (await rows())[1:] == [
        ["清沚区人民检察院", "同意", "方华\n（纸质）", "", "2026年11月23日"],
        ["清沚区司法局", "修改意见：改为5日", "李文博", "", "2026年11月23日"],
    ]


async def test_a_sign_sheet_does_not_say_what_was_written_about_a_section_that_its_reader_may_not_know(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    secret = {"key": "a", "title": "密商", "text": "密文。", "audience": [str(world.jcy.id)]}
    sent = await circulated(play, program, [secret, {"key": "b", "title": "明", "text": "明。"}])
    asked = {"root": sent["root"], "text": "密改", "section_key": "a"}
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/request-changes", asked)
    for who, reads in ((world.zhoumin, True), (world.liwb, False)):
        await browser.sign_in(who)
        assert ("密改" in said_in(await browser.client.get(f"/minutes/{sent['id']}/sign-sheet.docx"))) is reads


async def test_there_is_no_sheet_to_sign_before_the_minutes_are_circulated(
    play: Play, program: Program, browser: Browser
) -> None:
    meeting = await held(play, program)
    made = await program.post(play.world.zhoumin, f"/meetings/{meeting}/minutes", status=201)
    await browser.sign_in(play.world.zhoumin)
    assert (await browser.client.get(f"/minutes/{made['id']}/sign-sheet.docx")).status_code == 409


async def test_a_correction_says_what_it_corrects(play: Play, program: Program) -> None:
    done = await issued(play, program)
    new = await program.post(play.world.zhoumin, f"/minutes/{done['id']}/correct", {"reason": "日期有误"}, status=201)
    said = said_in(await program.call(play.world.zhoumin, "GET", f"/minutes/{new['id']}.docx"))
    assert "（更正2026年11月23日印发的清检会纪〔2026〕4号纪要）" in said


async def test_papers_are_in_the_mechanisms_language_and_the_bar_of_the_print_page_in_the_readers(
    play: Play, program: Program, browser: Browser
) -> None:
    sent = await circulated(play, program)
    await browser.sign_in(play.world.liwb)
    text = await browser.get(f"/minutes/{sent['id']}/print?lang=en")
    assert "Being countersigned · to answer: 清沚区人民检察院, 清沚区司法局" in text
    assert 'lang="zh-CN"' in text
    assert "征求意见稿（第1稿）" in text


async def test_text_to_paste_is_plain_text(play: Play, program: Program, browser: Browser) -> None:
    done = await issued(play, program)
    await browser.sign_in(play.world.liwb)
    answer = await browser.client.get(f"/minutes/{done['id']}/minutes.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "\n　　一、研究线索移送指引\n　　（一）加强协作。" in answer.text


async def test_programs_may_read_the_paper_of_what_they_may_read(play: Play, program: Program) -> None:
    sent = await circulated(play, program)
    for who in (play.world.gonghui, play.world.maolin, play.world.guyan):
        assert (await program.call(who, "GET", f"/minutes/{sent['id']}.docx")).status_code == 404
    for path in ("99999999.docx", "x.docx", ".docx"):
        assert (await program.call(play.world.zhoumin, "GET", f"/minutes/{path}")).status_code == 404


async def test_what_a_reader_takes_or_looks_at_is_a_line_of_the_trail(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    done = await issued(play, program)
    for who in (world.maolin, world.liwb):
        await browser.sign_in(who)
        for paper in ("minutes.docx", "minutes.txt", "print", "sign-sheet.docx", "excerpt/1.docx"):
            assert (await browser.client.get(f"/minutes/{done['id']}/{paper}")).status_code == 200, paper
        assert (await program.call(who, "GET", f"/minutes/{done['id']}.docx")).status_code == 200
    async with play.database.reading() as db:
        lines = list(await db.scalars(select(AuditLine).where(AuditLine.verb == "read_minutes")))
    assert [one.person_id for one in lines] == [world.maolin.id] * 6


async def test_that_a_reader_opened_minutes_is_one_line_a_day_and_nobody_elses_looking_is_any(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    done = await issued(play, program)

    async def lines() -> list[int | None]:
        async with play.database.reading() as db:
            rows = await db.scalars(select(AuditLine).where(AuditLine.verb == "view_minutes"))
            return [one.person_id for one in rows]

    at = f"/minutes/{done['id']}"
    for who in (world.liwb, world.maolin):
        await browser.sign_in(who)
        for page in (at, f"{at}/changes", f"{at}/excerpt"):
            await browser.get(page)
        for path in (at, f"/meetings/{done['meeting_id']}/minutes"):
            await program.get(who, path)
    assert await lines() == [world.maolin.id]
    assert play.clock.as_of is not None
    play.clock.as_of += timedelta(days=1)
    await program.get(world.maolin, at)
    assert await lines() == [world.maolin.id] * 2


def test_plain_text_has_full_width_indents_hanging_names_and_no_trailing_blanks() -> None:
    said = Minutes(
        "机制联席会议纪要", "", "", "某局", "", "会议", "", "开头：",
        [Section("a", "一、议题", "甲 \n乙"), Section("b", "二、另行通知", "", "校验值：0")],
        [People("出席：", [("甲局", "张三、李四"), ("乙局", "王五")])],
        ["记录人：赵六"],
        Foot([("抄送：", "丙局。")], "某局", "2026年11月27日印发", ["校验值"]),
    )  # fmt: skip
    assert plain_text(said) == (
        "机制联席会议纪要\n某局\n\n会议\n\n　　开头：\n　　一、议题\n　　甲\n　　乙\n　　二、另行通知\n　　校验值：0\n\n"
        "　　出席：甲局　张三、李四\n　　　　　乙局　王五\n　　记录人：赵六\n\n抄送：丙局。\n某局　　2026年11月27日印发\n校验值\n"
    )


def test_the_year_of_a_typed_number_is_printed_in_the_brackets_of_the_standard() -> None:
    assert (
        doc_no("清检会纪[2026]4号")
        == doc_no("清检会纪（2026）4号")
        == doc_no("清检会纪〔2026〕4号")
        == "清检会纪〔2026〕4号"
    )
    assert doc_no("第(12)期") == "第(12)期"
    assert doc_no(None) == ""
