"""The letter about a change of liaison and the handover sheet: what they say, who may have them, and how they are set."""

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms.models import Member
from liaison.meetings import agenda, holding, recording
from tests.callers import Browser
from tests.documents.office import laid_out
from tests.meetings.play import Play
from tests.succession.quarter import DAY, Quarter
from tests.succession.test_handover import assigned, handed_over


@pytest.fixture
def quarter(play: Play) -> Quarter:
    return Quarter(play)


@pytest.fixture
def browse(settings: Settings, database: Database, clock: Clock) -> Any:
    async def open_for(who: Any) -> Browser:
        return await Browser(settings, database, clock).sign_in(who)

    return open_for


def said(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    head = [paragraph.text for paragraph in document.sections[0].first_page_header.paragraphs]
    return "\n".join([*head, *(paragraph.text for paragraph in document.paragraphs), *cells])


async def test_the_letter_names_old_and_new_liaison_and_goes_to_the_other_members(
    quarter: Quarter, browse: Any
) -> None:
    world = quarter.world
    new = await handed_over(quarter, basis_ref="清司函〔2026〕9号")
    browser = await browse(world.gonghui)
    page = await browser.get(f"/designations/{new.id}/letter")
    assert "清沚区人民检察院" in page
    assert 'value="清司函' not in page, "a document number is typed, never made"
    answer = await browser.client.get(
        f"/designations/{new.id}/letter.docx?doc_no=清司函〔2026〕12号&dated_on=2026-11-25"
    )
    text = said(answer.content)
    for each in (
        "清沚区司法局",
        "清司函〔2026〕12号",
        "关于变更联络员的函",
        "清沚区人民检察院：",
        "根据《关于建立支持起诉与法律援助协作机制的意见》（清检会〔2022〕3号），经研究，自2026年12月1日起，"
        "由龚慧（办公室副主任）接替李文博担任我单位在清沚区支持起诉与法律援助协作机制中的联络员。",
        "邮箱：gonghui@sfj.qingzhi.example",
        "特此函告。",
        "2026年11月25日",
    ):
        assert each in text, each
    assert (await browser.client.get(f"/designations/{new.id}/letter.docx?to={world.rsj.id}")).status_code == 404


async def test_the_page_of_who_leaves_offers_the_letter_that_names_who_follows(quarter: Quarter, browse: Any) -> None:
    leaving = quarter.world.terms["liwb"]
    browser = await browse(quarter.world.gonghui)
    assert f'href="/designations/{leaving.id}/letter"' in await browser.get(f"/designations/{leaving.id}")
    new = await handed_over(quarter)
    page = await browser.get(f"/designations/{leaving.id}")
    assert f'href="/designations/{new.id}/letter"' in page
    assert f'href="/designations/{leaving.id}/letter"' not in page


async def test_the_letter_and_the_sheet_are_set_on_one_page_by_the_standard(
    quarter: Quarter, browse: Any, tmp_path: Path
) -> None:
    await assigned(quarter, "建立线索台账")
    new = await handed_over(quarter)
    browser = await browse(quarter.world.gonghui)
    letter = await browser.client.get(f"/designations/{new.id}/letter.docx?doc_no=清司函〔2026〕12号")
    sheet = await browser.client.get(f"/designations/{quarter.world.terms['liwb'].id}/sheet.docx")
    laid = laid_out({"letter": letter.content, "sheet": sheet.content}, tmp_path)
    assert [len(laid["letter"].pages), laid["letter"].sizes[0]] == [1, pytest.approx((595.3, 841.9), abs=1)]
    lines = ["".join(line.split()) for line in laid["letter"].pages[0].splitlines() if line.strip()]
    assert lines[:3] == ["清沚区司法局", "清司函〔2026〕12号", "关于变更联络员的函"]
    assert lines[-2:] == ["清沚区司法局", "2026年11月23日"]
    assert "接收人（签字）" in laid["sheet"].pages[-1]
    for one in ("0553-0000011", "12月10日（周四）"):
        assert one in "".join(laid["sheet"].pages).replace(" ", ""), (
            "what stands in a cell is not broken over two lines"
        )


async def test_the_sheet_says_after_the_day_what_passed(quarter: Quarter, browse: Any) -> None:
    await quarter.announced()
    await handed_over(quarter)
    await quarter.on("12-01T09:00")
    browser = await browse(quarter.world.gonghui)
    path = f"/designations/{quarter.world.terms['liwb'].id}/sheet"
    for text in (await browser.get(path), said((await browser.client.get(f"{path}.docx")).content)):
        assert "1次已发通知的会议" in text


async def test_the_sheet_holds_contacts_open_items_dates_and_the_last_three_decisions_its_reader_may_know(
    quarter: Quarter, browse: Any
) -> None:
    world = quarter.world
    await assigned(quarter, "建立线索台账")
    theirs = {"lead_agency_id": world.jcy.id, "supporting_agency_ids": [world.sfj.id]}
    await assigned(quarter, "提供案件清单", world.zhoumin, **theirs)
    await quarter.announced()
    start = datetime.fromisoformat("2026-09-17T14:30")
    meeting_id = await quarter.play.scheduled(title="第三季度联席会议", local_start=start)
    async with quarter.play.database.writing() as db:
        viewer, meeting = await quarter.play.meeting(db, meeting_id)
        closed = await agenda.add_item(db, viewer, meeting, title="院内事项", purpose="report", audience=[world.jcy.id])
        for n in range(1, 5):
            await recording.decide(db, viewer, meeting, text=f"决定{n}")
        await recording.decide(db, viewer, meeting, text="院内决定", agenda_item_id=closed.id)
        await holding.hold(db, viewer, meeting)
    await handed_over(quarter)
    path = f"/designations/{world.terms['liwb'].id}/sheet"
    for who in (world.liwb, world.gonghui):
        browser = await browse(who)
        for text in (await browser.get(path), said((await browser.client.get(f"{path}.docx")).content)):
            for each in (
                "关于建立支持起诉与法律援助协作机制的意见",
                "周敏",
                "0553-0000011",
                "吴晓岚",
                "建立线索台账",
                "提供案件清单（配合区检察院）",
                "第四季度联席会议",
            ):
                assert each in text, each
            assert [f"决定{n}" in text for n in (1, 2, 3, 4)] == [False, True, True, True]
            assert "院内" not in text
    for who, status in ((world.zhoumin, 403), (world.guyan, 403), (world.xujie, 403), (world.sunl, 404)):
        assert (await (await browse(who)).client.get(path)).status_code == status
    successor = await handed_over_again(quarter)
    assert (await (await browse(world.zhenggq)).client.get(f"/designations/{successor}/sheet")).status_code == 200


async def handed_over_again(quarter: Quarter) -> int:
    """A further handover to somebody without any other right: the term that ends with it."""
    term = quarter.world.terms["wuxl"].id
    await handed_over(quarter, "wuxl", to=quarter.world.zhenggq)
    return term


async def test_the_leads_liaison_has_the_task_to_deliver_letters_where_no_mail_goes(
    quarter: Quarter, browse: Any
) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        on_paper = {"agency_id": world.rsj.id, "joined_on": date(2026, 11, 1), "takes_part": "paper"}
        db.add(Member(mechanism_id=world.mechanism.id, **on_paper))
    new = await handed_over(quarter)
    await quarter.on("12-01T09:00")
    task = "以函件告知新任联络员龚慧：区人社局"
    assert task not in await (await browse(world.gonghui)).get("/")
    browser = await browse(world.zhoumin)
    assert task in await browser.get("/")
    page = await browser.get(f"/designations/{new.id}/letter")
    assert "尚未送达" in page
    letter = await browser.client.get(f"/designations/{new.id}/letter.docx?to={world.rsj.id}&on={DAY}")
    assert "清沚区人力资源和社会保障局：" in said(letter.content)
    assert (await browser.post("/change-letters/1/delivered")).status_code == 303
    assert task not in await browser.get("/")
