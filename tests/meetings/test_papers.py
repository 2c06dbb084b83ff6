"""会议材料: who brings papers, who may know of them, versions, limits, files as they come in and go out."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import httpx
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from liaison.audit import AuditLine
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.files.models import CLEAN, INFECTED
from liaison.meetings import agenda
from liaison.meetings.asking import Asked
from liaison.meetings.paper_models import PaperVersion
from liaison.reminders.reminding import remind_due
from tests.callers import Browser, Program
from tests.files.making import PDF, office
from tests.meetings.play import Play


@pytest.fixture
async def meeting(play: Play) -> int:
    """Announced, with somebody asked by name from an agency that is no member."""
    meeting_id = await play.scheduled(Asked(agency_id=play.world.sfj.id), Asked(person_id=play.world.sunl.id))
    await play.send(meeting_id)
    return meeting_id


async def item(program: Program, who: Person, meeting_id: int, **more: Any) -> str:
    body = {"title": "会商线索移送", "purpose": "consult", **more}
    made = await program.post(who, f"/meetings/{meeting_id}/agenda-items", body, status=201)
    return str(made["id"])


async def sent(
    program: Program, who: Person, path: str, name: str = "议程.pdf", content: bytes = PDF, **fields: Any
) -> httpx.Response:
    await program.get(who, "/me")
    headers = {"Authorization": f"Bearer {program.tokens[who.id]}"}
    return await program.client.post(f"/api{path}", data=fields, files={"file": (name, content)}, headers=headers)


async def brought(program: Program, who: Person, meeting_id: int, **fields: Any) -> dict[str, Any]:
    answer = await sent(program, who, f"/meetings/{meeting_id}/papers", **fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def titles(program: Program, who: Person, meeting_id: int) -> list[str]:
    return [one["title"] for one in (await program.get(who, f"/meetings/{meeting_id}/papers"))["items"]]


async def test_a_paper_is_kept_under_a_name_of_ours_and_handed_out_under_its_own_to_be_saved(
    program: Program, play: Play, meeting: int, settings: Settings
) -> None:
    paper = await brought(program, play.world.zhoumin, meeting, name="../../情况 说明.pdf")
    assert (paper["title"], paper["versions"][0]["file_name"]) == ("情况 说明", "情况 说明.pdf")
    on_disk = list(settings.papers_dir.iterdir())
    assert [path.read_bytes() for path in on_disk] == [PDF]
    assert len(on_disk[0].name) == 32
    assert on_disk[0].stat().st_mode & 0o077 == 0
    assert list((settings.data_dir / "uploads").iterdir()) == []
    answer = await program.call(play.world.liwb, "GET", f"/papers/{paper['id']}/file")
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(PDF))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["content-disposition"].startswith('attachment; filename="liaison.pdf"; filename*=UTF-8')


async def test_a_paper_of_a_restricted_item_is_missing_to_everybody_outside_its_audience(
    program: Program, play: Play, meeting: int
) -> None:
    world = play.world
    closed = await item(program, world.liwb, meeting, audience=[str(world.sfj.id)])
    paper = await brought(program, world.liwb, meeting, title="限知材料", agenda_item_id=closed)
    assert await titles(program, world.wuxl, meeting) == ["限知材料"]
    for who in (world.zhoumin, world.chenzy, world.guyan, world.maolin, world.sunl):
        found = await program.call(who, "GET", f"/papers/{paper['id']}/file")
        missing = await program.call(who, "GET", "/papers/99999/file")
        assert found.status_code == missing.status_code == 404
        listed = await program.call(who, "GET", f"/meetings/{meeting}/papers")
        assert "限知材料" not in listed.text
    await brought(program, world.liwb, meeting, title="公开", agenda_item_id=await item(program, world.liwb, meeting))
    for who, lines in ((world.wuxl, 2), (world.zhoumin, 1), (world.hanmei, 0)):
        trail = (await program.get(who, f"/audit?object=meeting:{meeting}"))["items"]
        assert [one["verb"] for one in trail].count("add_paper") == lines, who.name


async def test_the_audience_of_a_paper_is_its_items_or_narrower(program: Program, play: Play, meeting: int) -> None:
    world = play.world
    both = [str(world.sfj.id), str(world.jcy.id)]
    two = await item(program, world.liwb, meeting, audience=both)
    path = f"/meetings/{meeting}/papers"
    wider = await sent(program, world.liwb, path, agenda_item_id=two, audience=[*both, str(world.rsj.id)])
    assert wider.status_code == 422
    assert wider.json()["errors"][0]["field"] == "audience"
    await brought(program, world.liwb, meeting, title="两家", agenda_item_id=two)
    await brought(program, world.liwb, meeting, title="一家", agenda_item_id=two, audience=[str(world.sfj.id)])
    assert await titles(program, world.liwb, meeting) == ["两家", "一家"]
    assert await titles(program, world.zhoumin, meeting) == ["两家"]
    await program.patch(world.liwb, f"/agenda-items/{two}", {"audience": [str(world.sfj.id)]})
    assert await titles(program, world.zhoumin, meeting) == []


async def test_the_host_brings_papers_to_anything_others_to_what_is_theirs(
    program: Program, play: Play, meeting: int
) -> None:
    world = play.world
    path = f"/meetings/{meeting}/papers"
    own = await item(program, world.zhenggq, meeting)
    hosts = await item(program, world.zhoumin, meeting)
    for who, to, status in (
        (world.zhoumin, {}, 201),
        (world.zhoumin, {"agenda_item_id": own}, 201),
        (world.zhenggq, {"agenda_item_id": own}, 201),
        (world.wuxl, {"agenda_item_id": own}, 201),
        (world.wuxl, {"agenda_item_id": hosts}, 403),
        (world.wuxl, {}, 403),
        (world.hanmei, {}, 403),
        (world.sunl, {}, 403),
        (world.maolin, {}, 403),
        (world.songhp, {}, 404),
        (world.guyan, {}, 404),
    ):
        answer = await sent(program, who, path, title=f"{who.name}{to}"[:40], **to)
        assert answer.status_code == status, (who.name, to, answer.text)


async def test_a_newer_version_is_brought_by_whose_paper_it_is_and_the_earlier_stay_readable(
    program: Program, play: Play, meeting: int
) -> None:
    world = play.world
    own = await item(program, world.zhenggq, meeting)
    paper = await brought(program, world.zhenggq, meeting, agenda_item_id=own)
    path = f"/papers/{paper['id']}/versions"
    assert (await sent(program, world.zhoumin, path, "新.docx", office("docx"))).status_code == 403
    newer = await sent(program, world.liwb, path, "新.docx", office("docx"))
    assert newer.status_code == 201
    assert [one["number"] for one in newer.json()["versions"]] == [1, 2]
    again = await sent(program, world.liwb, path, "新.docx", office("docx"))
    assert len(again.json()["versions"]) == 2
    file = f"/papers/{paper['id']}/file"
    assert (
        await program.call(world.sunl, "GET", file + "?version=1")
    ).status_code == 404  # only proposed: not theirs to see
    await program.post(world.zhoumin, f"/agenda-items/{own}/accept", {})
    assert (await program.call(world.sunl, "GET", file + "?version=1")).content == PDF
    assert (await program.call(world.sunl, "GET", file)).content == office("docx")
    for version in ("0", "3", "x", "-1", "1" * 30, "1%00"):
        assert (await program.call(world.sunl, "GET", f"{file}?version={version}")).status_code in (404, 422), version


async def test_a_paper_follows_its_item_to_the_next_meeting_and_leaves_with_it(
    program: Program, play: Play, meeting: int
) -> None:
    world = play.world
    later = await play.scheduled(title="下次会议", local_start=datetime.fromisoformat("2027-03-18T14:30"))
    own = await item(program, world.zhoumin, meeting)
    await brought(program, world.zhoumin, meeting, title="随议题", agenda_item_id=own)
    await program.post(world.zhoumin, f"/agenda-items/{own}/defer", {})
    assert await titles(program, world.zhoumin, meeting) == []
    assert await titles(program, world.zhoumin, later) == ["随议题"]
    await program.post(world.zhoumin, f"/agenda-items/{own}/withdraw", {})
    assert await titles(program, world.zhoumin, later) == []


async def test_a_paper_is_taken_away_by_its_owner_or_the_host_and_put_back(
    program: Program, play: Play, meeting: int, settings: Settings, database: Database, clock: Clock
) -> None:
    world = play.world
    own = await item(program, world.zhenggq, meeting)
    paper = await brought(program, world.zhenggq, meeting, agenda_item_id=own)
    other = await program.call(world.qianwei, "PATCH", f"/papers/{paper['id']}", {"title": "另一个名称"})
    assert other.status_code == 403
    assert (await program.call(world.qianwei, "DELETE", f"/papers/{paper['id']}")).status_code == 204
    assert await titles(program, world.zhenggq, meeting) == []
    assert (await program.call(world.zhenggq, "GET", f"/papers/{paper['id']}/file")).status_code == 404
    browser = await Browser(settings, database, clock).sign_in(world.zhoumin)
    page = await browser.get(f"/meetings/{meeting}?done=paper_removed&paper={paper['id']}")
    assert f"/papers/{paper['id']}/restore" in page
    await browser.post(f"/papers/{paper['id']}/restore")
    assert await titles(program, world.zhenggq, meeting) == ["议程"]


async def test_the_notice_names_the_papers_that_anybody_may_know_of_and_attaches_none(
    program: Program, play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    world = play.world
    meeting = await play.scheduled(Asked(agency_id=world.sfj.id), Asked(person_id=world.sunl.id))
    closed = await item(program, world.liwb, meeting, audience=[str(world.sfj.id)])
    await program.post(world.zhoumin, f"/agenda-items/{closed}/accept", {})
    proposed = await item(program, world.liwb, meeting, title="商请协助")
    secret = await brought(program, world.liwb, meeting, title="限知材料", agenda_item_id=closed)
    await brought(program, world.liwb, meeting, title="未定材料", agenda_item_id=proposed)
    await brought(program, world.zhoumin, meeting, title="本院材料", audience=[str(world.jcy.id)])
    shown = await brought(program, world.zhoumin, meeting, title="工作情况")
    mails = await play.send(meeting)
    assert {mail.to.rpartition("<")[2] for mail in mails} >= {"liwb@sfj.qingzhi.example"}
    for mail in mails:
        for text in (mail.text, mail.html):
            assert "工作情况" in text
            assert not any(title in text for title in ("限知材料", "未定材料", "本院材料"))
        kinds = {part.get_content_type() for part in mail.raw.walk() if not part.is_multipart()}
        assert kinds <= {"text/plain", "text/html", "text/calendar", "application/ics"}
    link = next(one for one in mails[0].links if one.endswith("#papers")).rpartition(" ")[2].rpartition("#")[0]
    visitor = Program(settings, database, clock).client
    page = await visitor.get(link)
    assert "工作情况" in page.text
    assert "限知材料" not in page.text
    file = await visitor.get(f"{link}/papers/{shown['id']}")
    assert (file.content, file.headers["referrer-policy"]) == (PDF, "no-referrer")
    assert file.headers["content-disposition"].startswith("attachment")
    assert (await visitor.get(f"{link}/papers/{secret['id']}")).status_code == 404


async def test_the_pack_holds_what_its_reader_may_know_of(
    program: Program, play: Play, meeting: int, settings: Settings
) -> None:
    world = play.world
    closed = await item(program, world.liwb, meeting, audience=[str(world.sfj.id)])
    await program.post(world.zhoumin, f"/agenda-items/{closed}/accept", {})
    await brought(program, world.liwb, meeting, title="限知材料", agenda_item_id=closed)
    await brought(program, world.zhoumin, meeting, title="工作情况")
    await brought(program, world.zhoumin, meeting, title="数据", name="表.xlsx", content=office("xlsx"))
    for who, knows in ((world.liwb, True), (world.zhoumin, False)):
        answer = await program.call(who, "GET", f"/meetings/{meeting}/pack.pdf")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-disposition"].startswith("attachment")
        text = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())
        assert ("限知材料" in text, "会商线索移送" in text) == (knows, knows)
        assert "工作情况" in text
        assert "数据另附" in text
        assert ("另行通知" in text) is not knows
    assert list((settings.data_dir / "uploads").iterdir()) == []


async def test_sheets_of_paper_say_that_the_meeting_does_not_take_place_then(
    program: Program, play: Play, meeting: int, settings: Settings
) -> None:
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)

    async def sheets() -> list[str]:
        answer = await program.call(play.world.zhoumin, "GET", f"/meetings/{meeting}/pack.pdf")
        pack = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        printed = [await browser.get(f"/meetings/{meeting}/{one}") for one in ("print", "check-in-sheet")]
        return ["".join(pack.split()), *printed]

    assert not any("已延期" in sheet for sheet in await sheets())
    for act, says in (("postpone", "（已延期）"), ("cancel", "（已取消）")):
        await program.post(play.world.zhoumin, f"/meetings/{meeting}/{act}", {})
        assert all(says in sheet for sheet in await sheets())


async def test_what_a_reader_takes_is_a_line_of_the_trail(
    program: Program, play: Play, meeting: int, database: Database
) -> None:
    paper = await brought(program, play.world.zhoumin, meeting)
    for who in (play.world.liwb, play.world.maolin):
        assert (await program.call(who, "GET", f"/papers/{paper['id']}/file")).status_code == 200
    async with database.reading() as db:
        lines = list(await db.scalars(select(AuditLine).where(AuditLine.verb == "read_paper")))
    assert [line.person_id for line in lines] == [play.world.maolin.id]


async def test_after_the_meeting_papers_stay_and_only_the_host_adds_one(
    program: Program, play: Play, meeting: int, clock: Clock
) -> None:
    world = play.world
    own = await item(program, world.zhenggq, meeting)
    await program.post(world.zhoumin, f"/agenda-items/{own}/accept", {})
    paper = await brought(program, world.zhenggq, meeting, agenda_item_id=own)
    clock.as_of = datetime.fromisoformat("2026-12-17T17:00+08:00")
    await program.post(world.zhoumin, f"/meetings/{meeting}/hold", {})
    assert (
        await sent(program, world.zhenggq, f"/papers/{paper['id']}/versions", "b.pdf", PDF + b"%%EOF")
    ).status_code == 403
    assert (await program.call(world.zhoumin, "DELETE", f"/papers/{paper['id']}")).status_code == 403
    await brought(program, world.zhoumin, meeting, title="签到表")


@pytest.mark.parametrize(
    ("verdict", "scanner", "status"),
    [(None, "", 200), (None, "scan {}", 409), (CLEAN, "scan {}", 200), (INFECTED, "scan {}", 409), (INFECTED, "", 409)],
)
async def test_a_file_is_handed_out_only_once_the_scanner_of_the_site_said_that_it_is_clean(
    play: Play, meeting: int, settings: Settings, database: Database, clock: Clock,
    verdict: str | None, scanner: str, status: int,
) -> None:  # fmt: skip
    program = Program(replace(settings, scanner=scanner), database, clock)
    database.settings = replace(settings, scanner=scanner)
    paper = await brought(program, play.world.zhoumin, meeting)
    async with database.writing() as db:
        row = (await db.scalars(select(PaperVersion))).one()
        row.verdict = verdict
    assert (await program.call(play.world.liwb, "GET", f"/papers/{paper['id']}/file")).status_code == status


async def test_an_item_that_no_agency_brings_makes_nobody_its_own(play: Play, settings: Settings) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        host, meeting = await play.meeting(db, meeting_id)
        item = await agenda.add_item(db, host, meeting, title="其他事项", purpose="other")
        await agenda.change_item(
            *(db, host, item),
            title="其他事项",
            purpose="other",
            agency_id=None,
            presenter_id=None,
            duration_minutes=None,
        )
    for who in (world.chenzy, world.maolin):
        browser = await Browser(settings, play.database, play.clock).sign_in(who)
        assert f"/meetings/{meeting_id}/papers/new" not in await browser.get(f"/meetings/{meeting_id}")
        assert (await browser.client.get(f"/meetings/{meeting_id}/papers/new")).status_code == 403


async def test_a_browser_brings_a_paper_and_is_told_on_the_field_what_is_wrong(
    play: Play, meeting: int, settings: Settings, database: Database, clock: Clock
) -> None:
    browser = await Browser(settings, database, clock).sign_in(play.world.zhoumin)
    page = await browser.get(f"/meetings/{meeting}/papers/new")
    assert 'enctype="multipart/form-data"' in page
    path = f"/meetings/{meeting}/papers"
    wrong = await browser.upload(path, "病毒.exe", b"MZ", title="会议说明")
    assert wrong.status_code == 422
    assert "不接受这种文件" in wrong.text
    assert 'value="会议说明"' in wrong.text
    none = await browser.upload(path, "", b"", title="会议说明")
    assert none.status_code == 422
    assert "请选择文件" in none.text
    done = await browser.upload(path, "说明.pdf", PDF, title="会议说明")
    assert (done.status_code, done.headers["location"]) == (303, f"/meetings/{meeting}?done=paper_added#papers")
    assert "会议说明" in await browser.get(f"/meetings/{meeting}")
    assert "说明.pdf" in await browser.get("/papers/1")
    newer = await browser.upload("/papers/1/versions", "说明2.pdf", PDF + b"%%EOF")
    assert newer.status_code == 303
    shown = await browser.get("/papers/1")
    assert shown.index("说明2.pdf") < shown.index("说明.pdf")
    changed = await browser.post("/papers/1/edit", title="新名称", version="2")
    assert changed.status_code == 303
    stale = await browser.post("/papers/1/edit", title="旧表单", version="1")
    assert stale.status_code == 409


async def test_the_operator_says_how_large_a_file_may_be(
    program: Program, play: Play, meeting: int, settings: Settings, database: Database, clock: Clock
) -> None:
    browser = await Browser(settings, database, clock).sign_in(play.world.guyan)
    assert 'value="20"' in await browser.get("/system")
    for wrong in ("0", "101", "", "x"):
        assert (await browser.post("/system/papers", megabytes=wrong)).status_code == 422
    assert (await browser.post("/system/papers", megabytes="1")).status_code == 303
    two = PDF + bytes(2 << 20) + b"%%EOF"
    answer = await sent(program, play.world.zhoumin, f"/meetings/{meeting}/papers", content=two)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")


async def test_without_the_token_of_a_page_of_ours_no_file_is_taken(
    play: Play, meeting: int, settings: Settings, database: Database, clock: Clock
) -> None:
    browser = await Browser(settings, database, clock).sign_in(play.world.zhoumin)
    await browser.get(f"/meetings/{meeting}/papers/new")
    good, path = browser.csrf, f"/meetings/{meeting}/papers"
    for token in ("", "0" * 128, good[:-1] + ("0" if good[-1] != "0" else "1"), "é" * 128):
        browser.csrf = token
        assert (await browser.upload(path, "说明.pdf", PDF)).status_code == 403
        assert (await browser.post(path, title="说明")).status_code == 403
    assert not (settings.data_dir / "uploads").exists()


async def test_the_reminder_of_the_day_before_names_the_papers_that_everybody_may_know_of(
    program: Program, play: Play, meeting: int
) -> None:
    await brought(program, play.world.zhoumin, meeting, title="案件情况汇总")
    await brought(program, play.world.zhoumin, meeting, title="个案材料", audience=str(play.world.sfj.id))
    play.clock.as_of = datetime.fromisoformat("2026-12-16T08:30+08:00")
    async with play.database.writing() as db:
        await remind_due(db)
    reminders = {mail.to: mail.text for mail in await play.delivered()}
    for to in ("liwb@sfj.qingzhi.example", "sunl@rsj.qingzhi.example"):
        assert "会议材料：案件情况汇总" in reminders[to], to
        assert "个案材料" not in reminders[to], to
