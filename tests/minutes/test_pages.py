"""The pages of minutes: from the held meeting's card to their issue, as officers use them in a browser."""

import os
import re
import time
from datetime import date

from liaison import worker
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms.models import Member
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.minutes.held import held
from tests.minutes.typed import PDF, SECTIONS, circulated, issued, root_in, text_of


async def test_the_held_meeting_says_how_its_minutes_stand_and_what_comes_next(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    meeting = await held(play, program)
    await browser.sign_in(world.liwb)
    assert 'id="minutes"' not in await browser.get(f"/meetings/{meeting}")
    await browser.sign_in(world.zhoumin)
    assert "起草纪要" in await browser.get(f"/meetings/{meeting}")
    drafted = await browser.post(f"/meetings/{meeting}/minutes")
    edit = drafted.headers["location"]
    version = re.findall(r"\d+", edit)[0]
    assert f'<a class="btn " href="/minutes/{version}/edit"' in await browser.get(f"/meetings/{meeting}")
    sent = await browser.post(f"/minutes/{version}/circulate", due_on="2026-11-27")
    assert sent.status_code == 303
    await browser.sign_in(world.liwb)
    page = await browser.get(f"/meetings/{meeting}")
    assert "2家单位中0家已同意" in page
    assert f'href="/minutes/{version}#own"' in page
    for who in (world.liwb, world.zhoumin):
        await browser.sign_in(who)
        root = root_in(await browser.get(f"/minutes/{version}"))
        assert (await browser.post(f"/minutes/{version}/sign", root=root)).status_code == 303
    assert "已同意，待印发" in await browser.get(f"/meetings/{meeting}")
    done = await browser.post(
        f"/minutes/{version}/issue",
        doc_no="清检会纪〔2026〕4号",
        issued_on="2026-11-23",
        issuing_agency_id=str(world.jcy.id),
        copy_to="区委政法委\n\n区人社局 ",
        report_to="市检察院",
    )
    assert done.status_code == 303
    await browser.sign_in(world.chenzy)
    card = text_of(await browser.get(f"/meetings/{meeting}"))
    assert "已印发 清检会纪〔2026〕4号" in card
    read = text_of(await browser.get(f"/minutes/{version}"))
    assert "抄送 区委政法委、区人社局 抄报 市检察院 印发 清沚区人民检察院 印发日期 2026年11月23日" in read
    assert "印发时操作日志的位置" in read


async def test_the_page_to_circulate_names_who_signs_and_how_each_is_reached(
    play: Play, program: Program, browser: Browser, database: Database
) -> None:
    world = play.world
    meeting = await held(play, program)
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    await browser.sign_in(world.zhoumin)
    path = f"/minutes/{made['id']}/circulate"
    page = text_of(await browser.get(path))
    assert "请2家参会单位签署本稿" in page
    assert "发邮件给联络员李文博" in page
    await program.patch(world.guyan, f"/members/{world.members['sfj'].id}", {"takes_part": "paper"})
    page = text_of(await browser.get(path))
    assert "纸质参加：请送会签单，收回后代登记" in page
    past = await browser.post(path, due_on="2026-11-20")
    assert past.status_code == 422
    assert 'value="2026-11-20"' in past.text


async def test_who_signs_a_text_that_was_changed_since_sees_what_differs(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program)
    await browser.sign_in(world.liwb)
    root = root_in(await browser.get(f"/minutes/{sent['id']}"))
    changed = [SECTIONS[0] | {"text": "会议议定，5个工作日内完成移送。\n各单位每月交换清单。"}, SECTIONS[1]]
    second = await program.put(world.zhoumin, f"/meetings/{sent['meeting_id']}/minutes", {"sections": changed})
    await program.post(world.zhoumin, f"/minutes/{second['id']}/circulate")
    refused = await browser.post(f"/minutes/{sent['id']}/sign", root=root, text="同意")
    assert refused.status_code == 409
    assert "您阅读后文稿已有改动" in refused.text or "删去：" in refused.text
    assert root_in(refused.text) == second["root"]
    assert "同意</textarea>" in refused.text
    kept = await program.get(world.zhoumin, f"/minutes/{second['id']}")
    assert [one["state"] for one in kept["sign_offs"]] == []


async def test_a_second_agreement_keeps_its_remark_and_one_beside_a_signature_on_paper_is_refused(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program)
    path, root = f"/minutes/{sent['id']}", sent["root"]
    for text in ("请尽快印发", "请抄送区总工会", "请抄送区总工会"):
        read = await program.post(world.liwb, f"{path}/sign", {"root": root, "text": text})
    assert [one["text"] for one in read["sign_offs"]] == ["请尽快印发", "请尽快印发\n请抄送区总工会"]
    await browser.sign_in(world.zhoumin)
    assert "此前1次答复" in text_of(await browser.get(path))
    paper = {"root": root, "agency_id": str(world.jcy.id), "leader": "方华", "signed_on": "2026-11-23"}
    await program.post(world.zhoumin, f"{path}/register", paper)
    assert (await browser.post(f"{path}/sign", root=root)).status_code == 303
    refused = await browser.post(f"{path}/sign", root=root, text="请尽快印发")
    assert refused.status_code == 409
    assert "附言未保存" in refused.text
    assert "文稿已有改动" not in refused.text
    kept = await program.get(world.zhoumin, path)
    assert [one["state"] for one in kept["sign_offs"]] == ["agreed", "agreed", "paper"]


async def test_a_wish_for_changes_is_read_beside_its_section_and_an_empty_one_is_refused(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program)
    await browser.sign_in(world.liwb)
    path = f"/minutes/{sent['id']}"
    root = root_in(await browser.get(path))
    empty = await browser.post(f"{path}/request-changes", root=root, changes="", section_key="1")
    assert empty.status_code == 422
    assert 'id="f-changes-error"' in empty.text
    asked = await browser.post(f"{path}/request-changes", root=root, changes="改为5个工作日", section_key="1")
    assert asked.status_code == 303
    await browser.sign_in(world.zhoumin)
    assert "针对“研究线索移送指引” 改为5个工作日" in text_of(await browser.get(path))


async def test_a_paper_sign_off_is_registered_with_its_scan_which_goes_out_to_be_kept(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program)
    path = f"/minutes/{sent['id']}"
    await browser.sign_in(world.zhoumin)
    root = root_in(await browser.get(f"{path}/register?agency={world.sfj.id}"))
    given = {
        "root": root,
        "agency_id": str(world.sfj.id),
        "came": "paper",
        "leader": "郑国强",
        "signed_on": "2026-11-23",
    }
    wrong = await browser.upload(f"{path}/register", "会签单.pdf", b"not a sheet", **given)
    assert wrong.status_code == 422
    text = await browser.upload(f"{path}/register", "会签单.txt", "文字".encode(), **given)
    assert text.status_code == 422
    done = await browser.upload(f"{path}/register", "会签单.pdf", PDF, **given)
    assert done.status_code == 303, text_of(done.text)
    page = await browser.get(path)
    assert "郑国强，2026年11月23日纸质签署" in text_of(page)
    link = re.search(r'href="(/sign-offs/\d+/scan)"', page)
    assert link is not None
    scan = await browser.client.get(link.group(1))
    assert scan.content == PDF
    assert scan.headers["content-disposition"].startswith("attachment")
    await browser.sign_in(world.hanmei)
    assert (await browser.client.get(link.group(1))).status_code == 404


async def test_a_scan_stays_when_files_that_no_row_knows_are_taken_away(
    play: Play, program: Program, browser: Browser, database: Database, settings: Settings
) -> None:
    world = play.world
    sent = await circulated(play, program)
    await browser.sign_in(world.zhoumin)
    path = f"/minutes/{sent['id']}/register"
    given = {"root": root_in(await browser.get(path)), "agency_id": str(world.sfj.id), "came": "paper"}
    assert (
        await browser.upload(path, "会签单.pdf", PDF, **given, leader="郑国强", signed_on="2026-11-23")
    ).status_code == 303
    (kept,) = settings.papers_dir.iterdir()
    (settings.papers_dir / "old").write_bytes(b"x")
    for file in settings.papers_dir.iterdir():
        os.utime(file, (time.time() - 90_000,) * 2)
    await worker.sweep_papers(worker.work_for(database, {}))
    assert list(settings.papers_dir.iterdir()) == [kept]


async def test_an_agency_that_left_is_not_waited_for_with_a_reason_and_waited_for_again(
    play: Play, program: Program, browser: Browser, database: Database
) -> None:
    world = play.world
    sent = await circulated(play, program)
    path = f"/minutes/{sent['id']}"
    await browser.sign_in(world.zhoumin)
    assert (await browser.client.get(f"{path}/excuse?agency={world.sfj.id}")).status_code == 409
    async with database.writing() as db:
        (await db.get_one(Member, world.members["sfj"].id)).left_on = date(2026, 11, 23)
    await browser.get(f"{path}/excuse?agency={world.sfj.id}")
    assert (await browser.post(f"{path}/excuse", agency_id=str(world.sfj.id), reason="")).status_code == 422
    assert (await browser.post(f"{path}/excuse", agency_id=str(world.sfj.id), reason="机构撤并")).status_code == 303
    page = text_of(await browser.get(path))
    assert "不再等待" in page
    assert "原因：机构撤并" in page
    again = await browser.post(f"{path}/excuse", agency_id=str(world.sfj.id), reason="另一原因")
    assert again.status_code == 409
    assert "已登记的原因保留" in again.text
    assert "原因：机构撤并" in text_of(await browser.get(path))
    back = await browser.post(f"{path}/excuse", agency_id=str(world.sfj.id), taken_back="1")
    assert back.status_code == 303
    assert "原因：机构撤并" not in text_of(await browser.get(path))
    paper = {"root": sent["root"], "agency_id": str(world.sfj.id), "leader": "郑国强", "signed_on": "2026-11-23"}
    await program.post(world.zhoumin, f"{path}/register", paper)
    for refused in (
        await browser.client.get(f"{path}/excuse?agency={world.sfj.id}"),
        await browser.post(f"{path}/excuse", agency_id=str(world.sfj.id), reason="机构撤并"),
    ):
        assert refused.status_code == 409
        assert "该单位已同意本稿" in refused.text


async def test_what_was_told_by_phone_is_registered_without_a_file(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program)
    path = f"/minutes/{sent['id']}"
    await browser.sign_in(world.zhoumin)
    root = root_in(await browser.get(f"{path}/register?agency={world.sfj.id}"))
    told = {"root": root, "agency_id": str(world.sfj.id), "came": "told", "how": "phone", "state": "changes_requested"}
    bare = await browser.post(f"{path}/register", **told, said_by="李文博", said_on="2026-11-23", said_at="09:00")
    assert bare.status_code == 422
    done = await browser.post(
        f"{path}/register", **told, said_by="李文博", said_on="2026-11-23", said_at="09:00", text="改期限"
    )
    assert done.status_code == 303, text_of(done.text)
    assert "改期限" in await browser.get(path)


async def test_issued_minutes_are_corrected_with_a_reason_and_a_correction_can_be_given_up(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await issued(play, program, doc_no="1号")
    path = f"/minutes/{sent['id']}"
    await browser.sign_in(world.zhoumin)
    await browser.get(f"{path}/correct")
    assert (await browser.post(f"{path}/correct", reason="")).status_code == 422
    begun = await browser.post(f"{path}/correct", reason="日期有误")
    new = re.findall(r"\d+", begun.headers["location"])[0]
    shown = text_of(await browser.get(f"/minutes/{new}"))
    assert "本纪要更正2026年11月23日印发的1号纪要" in shown
    assert "日期有误" in shown
    assert "本纪要正在更正" in await browser.get(path)
    await browser.sign_in(world.liwb)
    assert "本纪要正在更正" not in await browser.get(path)
    await browser.sign_in(world.zhoumin)
    await browser.get(path)
    assert (await browser.post(f"/minutes/{new}/give-up")).status_code == 303
    assert (await browser.client.get(f"/minutes/{new}")).status_code == 404
    assert "本纪要正在更正" not in await browser.get(path)


async def test_who_issued_minutes_and_when_stand_apart_on_page_and_excerpt(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await issued(play, program, doc_no="1号")
    await browser.sign_in(world.zhoumin)
    for page in ("", "/excerpt?section=1"):
        said = text_of(await browser.get(f"/minutes/{sent['id']}{page}"))
        assert "印发 清沚区人民检察院 印发日期 2026年11月23日" in said


async def test_issued_minutes_are_found_by_number_and_the_list_of_meetings_says_how_they_stand(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    listed = f"/mechanisms/{world.mechanism.id}/minutes"
    sent = await circulated(play, program)
    await browser.sign_in(world.chenzy)
    assert "纪要会签中" not in await browser.get("/meetings")
    await browser.sign_in(world.liwb)
    assert "纪要会签中" in await browser.get("/meetings")
    assert 'href="/minutes/' not in await browser.get(listed)
    for who in (world.zhoumin, world.liwb):
        await program.post(who, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/issue", {"doc_no": "清检会纪〔2026〕4号"})
    await browser.sign_in(world.chenzy)
    assert "纪要已印发" in await browser.get("/meetings")
    for wanted, there in (("", True), ("〔2026〕4号", True), ("第四季度", True), ("5号", False), ("%", False)):
        assert (f'href="/minutes/{sent["id"]}"' in await browser.get(f"{listed}?q={wanted}")) is there, wanted
    assert f'href="{listed}"' in await browser.get(f"/mechanisms/{world.mechanism.id}")
