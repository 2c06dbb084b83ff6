"""The papers of a meeting: what they say, who may make them, the head of the letter, agencies' own layouts."""

import io
import re
from datetime import date, datetime
from typing import Any

import docx
import httpx
import pytest

from liaison.actions import assigning
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.meetings import agenda, holding, recording
from liaison.meetings.asking import Asked, Guest
from tests.callers import Browser, Program
from tests.meetings.play import Play


@pytest.fixture
def browser(settings: Settings, database: Database, clock: Clock) -> Browser:
    return Browser(settings, database, clock)


async def text_of(program: Program, who: Person, path: str) -> str:
    return docx_text(await program.call(who, "GET", path))


def docx_text(answer: httpx.Response) -> str:
    """Everything that the downloaded paper says."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    document = docx.Document(io.BytesIO(answer.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    head = [paragraph.text for paragraph in document.sections[0].first_page_header.paragraphs]
    return "\n".join([*head, *(paragraph.text for paragraph in document.paragraphs), *cells])


async def a_meeting(play: Play, program: Program) -> int:
    world = play.world
    meeting_id = await play.scheduled(
        Asked(agency_id=world.sfj.id, seats=2, requirement="分管负责同志1名、联络员1名"),
        Asked(agency_id=world.rsj.id),
        Asked(person_id=world.chenzy.id, role="chair"),
        Asked(person_id=world.hanmei.id),
    )
    item = {"title": "通报案件情况", "purpose": "report", "duration_minutes": 20}
    await program.post(world.zhoumin, f"/meetings/{meeting_id}/agenda-items", item, status=201)
    return meeting_id


async def test_the_notice_is_a_letter_of_the_issuing_agency_with_what_the_meeting_says(
    play: Play, program: Program
) -> None:
    meeting_id = await a_meeting(play, program)
    world = play.world
    head = {
        "genre": "letter",
        "issuing_agency_id": str(world.jcy.id),
        "doc_no": "清检函〔2026〕4号",
        "dated_on": "2026-12-07",
    }
    await program.put(world.zhoumin, f"/meetings/{meeting_id}/letter", head)
    text = await text_of(program, world.liwb, f"/meetings/{meeting_id}/documents/notice.docx")
    for said in (
        "清沚区人民检察院",
        "清检函〔2026〕4号",
        "关于召开第四季度联席会议的函",
        "清沚区司法局、清沚区人力资源和社会保障局：",
        "根据《关于建立支持起诉与法律援助协作机制的意见》（清检会〔2022〕3号），清沚区人民检察院定于2026年12月17日（星期四）召开第四季度联席会议。",
        "一、时间",
        "2026年12月17日（星期四）14:30—16:30",
        "区检察院三楼第一会议室",
        "1. 通报案件情况",
        "清沚区司法局：分管负责同志1名、联络员1名",
        "请于2026年12月14日（星期一）前",
        "特此函告。",
        "2026年12月7日",
        "（联系人：周敏，电话：0553-0000011）",
        "单位（盖章）：",
    ):
        assert said in text, said


async def test_a_notice_to_one_agency_names_no_other(
    play: Play, program: Program, settings: Settings, database: Database, clock: Clock
) -> None:
    meeting_id = await a_meeting(play, program)
    meeting = await program.get(play.world.zhoumin, f"/meetings/{meeting_id}")
    to = next(one["id"] for one in meeting["agency_invitations"] if one["agency_id"] == str(play.world.sfj.id))
    text = await text_of(program, play.world.zhoumin, f"/meetings/{meeting_id}/documents/notice.docx?to={to}")
    assert "清沚区司法局：" in text
    assert "人力资源" not in text
    browser = await Browser(settings, database, clock).sign_in(play.world.zhoumin)
    for unknown in ("999999", "abc", "-1"):
        path = f"/meetings/{meeting_id}/documents/notice.docx?to={unknown}"
        assert (await program.call(play.world.zhoumin, "GET", path)).status_code == 404
        assert (await browser.client.get(path)).status_code == 404, "never the letter to everybody instead"


async def test_a_restricted_item_stands_only_in_the_notice_to_an_agency_that_may_know_of_it(
    play: Play, program: Program
) -> None:
    meeting_id = await a_meeting(play, program)
    world = play.world
    item = {"title": "密商丙", "purpose": "consult", "audience": [str(world.jcy.id), str(world.sfj.id)]}
    await program.post(world.zhoumin, f"/meetings/{meeting_id}/agenda-items", item, status=201)
    asked = (await program.get(world.zhoumin, f"/meetings/{meeting_id}"))["agency_invitations"]
    to = {one["agency_id"]: one["id"] for one in asked}
    path = f"/meetings/{meeting_id}/documents"
    assert "密商丙" in await text_of(program, world.zhoumin, f"{path}/notice.docx?to={to[str(world.sfj.id)]}")
    others = [
        f"{path}/notice.docx?to={to[str(world.rsj.id)]}",
        f"{path}/notice.docx",
        f"{path}/agenda.docx",
        f"{path}/script.docx",
    ]
    for paper in others:
        text = await text_of(program, world.zhoumin, paper)
        assert "密商丙" not in text
        assert "另行通知" in text


@pytest.mark.parametrize(
    ("genre", "title"), [("notice", "关于召开第四季度联席会议的通知"), ("invitation", "第四季度联席会议邀请函")]
)
async def test_each_genre_has_its_title(play: Play, program: Program, genre: str, title: str) -> None:
    meeting_id = await a_meeting(play, program)
    await program.put(
        play.world.zhoumin,
        f"/meetings/{meeting_id}/letter",
        {"genre": genre, "issuing_agency_id": str(play.world.jcy.id)},
    )
    assert title in await text_of(program, play.world.zhoumin, f"/meetings/{meeting_id}/documents/notice.docx")


async def test_the_other_papers_name_who_comes_and_leave_out_who_declined(play: Play, program: Program) -> None:
    meeting_id = await a_meeting(play, program)
    world = play.world
    await play.send(meeting_id)
    people = (await program.get(world.zhoumin, f"/meetings/{meeting_id}"))["attendees"]
    ids = {one["name"]: one["id"] for one in people}
    said: dict[str, Any] = {"how": "phone", "said_by": "本人", "at": "2026-11-23T08:00:00+08:00"}
    await program.patch(world.zhoumin, f"/attendees/{ids['韩梅']}", {"partstat": "declined", "registered": said})
    substitute = {"name": "方华", "job_title": "检察长"}
    await program.patch(
        world.zhoumin,
        f"/attendees/{ids['陈志远']}",
        {"partstat": "accepted", "substitute": substitute, "registered": said},
    )

    async def paper(kind: str) -> str:
        return await text_of(program, world.zhoumin, f"/meetings/{meeting_id}/documents/{kind}.docx")

    slips = await paper("slips")
    assert "韩梅" in slips
    assert "请假" in slips
    assert "尚未返回回执的单位：清沚区司法局、清沚区人力资源和社会保障局。" in slips
    for kind in ("sign_in", "name_cards"):
        text = await paper(kind)
        assert "韩梅" not in text
        assert "方华" in text.replace("　", "")
        assert "陈志远" not in text
    assert "通报案件情况" in await paper("agenda")
    assert "今天，我们召开第四季度联席会议（总第1次）。" in await paper("script")


async def test_the_chairs_words_number_every_item_of_a_long_agenda(play: Play, program: Program) -> None:
    meeting_id = await a_meeting(play, program)
    for n in range(20):
        given = {"title": f"事项{n}", "purpose": "study"}
        await program.post(play.world.zhoumin, f"/meetings/{meeting_id}/agenda-items", given, status=201)
    text = await text_of(program, play.world.zhoumin, f"/meetings/{meeting_id}/documents/script.docx")
    heads = re.findall(r"[一二三四五六七八九十]+、(?=事项)", text)
    assert len(set(heads)) == len(heads) == 20
    assert {"十、", "十一、", "二十、"} <= set(heads)


async def test_papers_are_made_by_those_who_run_the_meeting(play: Play, program: Program) -> None:
    meeting_id = await a_meeting(play, program)
    await play.send(meeting_id)
    path = f"/meetings/{meeting_id}/documents/slips.docx"
    assert (await program.call(play.world.chenzy, "GET", path)).status_code == 403
    assert (await program.call(play.world.songhp, "GET", path)).status_code == 404
    assert (await program.call(play.world.zhoumin, "GET", path.replace("slips", "secrets"))).status_code == 404


async def test_nobody_heads_the_letter_of_another_agency(play: Play, program: Program) -> None:
    meeting_id = await a_meeting(play, program)
    path, jcy, sfj = f"/meetings/{meeting_id}/letter", str(play.world.jcy.id), str(play.world.sfj.id)
    assert (
        await program.call(play.world.liwb, "PUT", path, {"genre": "letter", "issuing_agency_id": jcy})
    ).status_code == 403
    await program.put(play.world.zhoumin, path, {"genre": "letter", "issuing_agency_id": jcy})
    assert (
        await program.call(play.world.liwb, "PUT", path, {"genre": "letter", "issuing_agency_id": sfj})
    ).status_code == 403
    refused = await program.refused(
        play.world.zhoumin, "PUT", path, {"genre": "order", "issuing_agency_id": str(play.world.sjj.id)}
    )
    assert refused == (422, ["genre", "issuing_agency_id"])


async def test_a_form_opened_before_somebody_else_saved_is_refused_with_what_stands_now(
    play: Play, program: Program, settings: Settings, database: Database, clock: Clock
) -> None:
    meeting_id = await a_meeting(play, program)
    path, jcy = f"/meetings/{meeting_id}/letter", str(play.world.jcy.id)
    first = await program.put(play.world.zhoumin, path, {"genre": "letter", "issuing_agency_id": jcy, "doc_no": "甲"})
    await program.put(play.world.qianwei, path, {"genre": "letter", "issuing_agency_id": jcy, "doc_no": "乙"})
    browser = await Browser(settings, database, clock).sign_in(play.world.zhoumin)
    await browser.get(f"/meetings/{meeting_id}/documents")
    typed = {"genre": "letter", "issuing_agency_id": jcy, "doc_no": "丙", "version": str(first["version"])}
    answer = await browser.post(f"/meetings/{meeting_id}/documents", **typed)
    assert answer.status_code == 409
    assert 'value="丙"' in answer.text


def a_template(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


async def test_an_agency_lays_its_papers_out_by_its_own_template_until_it_takes_it_back(
    play: Play, program: Program, settings: Settings, database: Database, clock: Clock
) -> None:
    meeting_id = await a_meeting(play, program)
    browser = await Browser(settings, database, clock).sign_in(play.world.zhoumin)
    path = f"/directory/agencies/{play.world.jcy.id}/document-templates"
    assert "尚无本单位模板" in await browser.get(path)
    file = a_template("本院格式：{{会议名称}}", "{{议题}}")
    assert (await browser.upload(path, "本院议程.docx", file, kind="agenda")).status_code == 303
    text = await text_of(program, play.world.zhoumin, f"/meetings/{meeting_id}/documents/agenda.docx")
    assert text.split() == ["本院格式：第四季度联席会议", "1.", "通报案件情况（清沚区人民检察院）"]
    found = await browser.get(path)
    assert "本院议程.docx" in found
    remove = found.split('action="/document-templates/')[1].split('"')[0]
    assert (await browser.post(f"/document-templates/{remove}")).status_code == 303
    assert "本院格式" not in await text_of(program, play.world.zhoumin, f"/meetings/{meeting_id}/documents/agenda.docx")


async def test_a_template_with_fields_that_no_paper_has_is_refused_and_names_them(
    play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    browser = await Browser(settings, database, clock).sign_in(play.world.zhoumin)
    path = f"/directory/agencies/{play.world.jcy.id}/document-templates"
    for lines, said in ((("{{会议名}}",), "会议名"), (("没有字段",), "没有任何字段")):
        await browser.get(path)
        answer = await browser.upload(path, "a.docx", a_template(*lines), kind="agenda")
        assert answer.status_code == 422
        assert said in answer.text
    assert "尚无本单位模板" in await browser.get(path)


async def test_another_agencys_template_looks_like_none(
    play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    mine = await Browser(settings, database, clock).sign_in(play.world.zhoumin)
    path = f"/directory/agencies/{play.world.jcy.id}/document-templates"
    await mine.get(path)
    assert (await mine.upload(path, "a.docx", a_template("{{title}}"), kind="agenda")).status_code == 303
    theirs = await Browser(settings, database, clock).sign_in(play.world.liwb)
    assert (await theirs.client.get("/document-templates/1.docx")).status_code == 404
    assert (await theirs.client.get(path)).status_code == 403


# --- the letter of an annual plan


async def test_the_years_plan_is_a_letter_of_the_officers_agency_to_the_others_with_its_dates_as_a_table(
    play: Play, program: Program, settings: Settings, database: Database, clock: Clock
) -> None:
    world = play.world
    left_out = {"date": "2027-06-17", "reason": "换届"}
    await program.post(world.zhoumin, f"/series/{world.series.id}/skip", left_out)
    browser = await Browser(settings, database, clock).sign_in(world.liwb)
    where = f"/mechanisms/{world.mechanism.id}/plan/letter.docx?year=2027&doc_no=清司函〔2026〕9号"
    text = docx_text(await browser.client.get(where))
    for said in (
        "清沚区司法局",
        "清司函〔2026〕9号",
        "关于清沚区支持起诉与法律援助协作机制2027年度会议安排的函",
        "清沚区人民检察院：",
        "全年拟召开会议3次",
        "暂定日期以会议通知为准。",
        "特此函告。",
        "2027年度会议安排表",
        "3月18日（周四）14:30",
        "不召开：换届",
    ):
        assert said in text, said
    for to in (world.rsj.id, "abc"):  # no member, no id
        assert (await browser.client.get(f"{where}&to={to}")).status_code == 404
    assert (await browser.client.get(f"{where}&dated_on=明天")).status_code == 422
    assert (await browser.client.get(where.replace("2027&", "2025&"))).status_code == 409


async def test_the_agenda_lists_what_is_still_open_from_earlier_meetings_that_everybody_may_know_of(
    play: Play, program: Program
) -> None:
    world = play.world
    earlier = await play.scheduled(local_start=datetime.fromisoformat("2026-09-17T14:30"), title="第三季度联席会议")
    async with play.database.writing() as db:
        officer, meeting = await play.meeting(db, earlier, world.liwb)
        closed = await agenda.add_item(
            db, officer, meeting, title="限知议题", purpose="consult", agency_id=world.sfj.id, audience=[world.sfj.id]
        )
        host, _ = await play.meeting(db, earlier)
        await agenda.accept_item(db, host, closed)
        decision = await recording.decide(db, officer, meeting, text="限知议定", agenda_item_id=closed.id)
        for viewer, title, decision_id in ((host, "建立线索台账", None), (officer, "限知事项", decision.id)):
            await assigning.assign(
                db, viewer, world.mechanism.id, meeting=meeting, title=title, decision_id=decision_id,
                lead_agency_id=world.sfj.id, owner_id=world.liwb.id, due_on=date(2026, 12, 10),
            )  # fmt: skip
        await holding.hold(db, host, meeting)
    meeting_id = await a_meeting(play, program)
    text = await text_of(program, world.liwb, f"/meetings/{meeting_id}/documents/agenda.docx")
    assert "建立线索台账" in text
    assert "区司法局 李文博" in text
    assert "限知事项" not in text


async def test_a_guest_whom_no_mail_reaches_gets_an_invitation_letter_that_names_nobody_else(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    elder, lawyer = Guest("马大爷", "清沚街道居委会"), Guest("陆岩", "清沚律师事务所", "律师", "luyan@law.example")
    asked = [Asked(guest=one, role="in_attendance") for one in (elder, lawyer)]
    meeting_id = await play.scheduled(*asked, Asked(agency_id=world.sfj.id), kind="lecture", title="专题讲座")
    base = f"/meetings/{meeting_id}/documents"
    await browser.sign_in(world.zhoumin)
    (href,) = set(re.findall(r"documents/notice\.docx\?guest=\d+", await browser.get(f"/meetings/{meeting_id}/send")))
    assert len(set(re.findall(r"notice\.docx\?guest=\d+", await browser.get(base)))) == 2
    text = await text_of(program, world.zhoumin, f"/meetings/{meeting_id}/{href}")
    for said in (
        "专题讲座邀请函",
        "马大爷：",
        "诚邀",
        "一、时间",
        "敬请于2026年12月14日（星期一）前告知能否出席。",
        "（联系人：周敏",
    ):
        assert said in text, said
    assert not re.search("陆岩|清沚区司法局|回执|参会要求", text)
    attendees = (await program.get(world.zhoumin, f"/meetings/{meeting_id}/attendees"))["items"]
    (of_lawyer,) = [one["id"] for one in attendees if one["name"] == "陆岩"]
    assert "陆岩律师：" in await text_of(program, world.zhoumin, f"{base}/notice.docx?guest={of_lawyer}")
    for wrong in ("999999", "0", "x"):
        answer = await program.call(world.zhoumin, "GET", f"{base}/notice.docx?guest={wrong}")
        assert answer.status_code == 404
    for who, status in ((world.chenzy, 404), (world.sunl, 404), (world.wuxl, 200)):
        answer = await program.call(who, "GET", f"{base}/notice.docx?guest={of_lawyer}")
        assert answer.status_code == status, who.name
