"""The pages of minutes: from the held meeting's card to their issue, as officers use them in a browser."""

import os
import re
import time
from datetime import date
from typing import Any

from liaison import worker
from liaison.config import Settings
from liaison.db import Database
from liaison.keeping.making import papers_of
from liaison.mechanisms.models import Member
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.minutes.held import held

SECTIONS = [
    {"key": "1", "title": "研究线索移送指引", "text": "会议议定，3个工作日内完成移送。\n各单位每月交换清单。"},
    {"key": "2", "title": "其他", "text": "会议召开。"},
]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def root_in(html: str) -> str:
    found = re.search(r'name="root" value="([0-9a-f]{64})"', html)
    assert found is not None
    return found.group(1)


def typed_in(html: str) -> dict[str, Any]:
    """The fields of the edit form as they stand on the page, but for its buttons."""
    fields: dict[str, Any] = {"root": root_in(html)}
    fields["key"] = re.findall(r'name="key" value="([^"]+)"', html)
    for key in fields["key"]:
        title = re.search(rf'name="title\.{key}"[^>]*? value="([^"]*)"|value="([^"]*)"[^>]*name="title\.{key}"', html)
        text = re.search(rf'<textarea[^>]*name="text\.{key}"[^>]*>\n(.*?)</textarea>', html, re.DOTALL)
        if title is not None and text is not None:
            fields[f"title.{key}"], fields[f"text.{key}"] = title.group(1) or title.group(2), text.group(1)
        audience = re.findall(rf'name="audience\.{key}" value="(\d+)" checked', html)
        if audience:
            fields[f"audience.{key}"] = audience
    return fields


async def post(browser: Browser, path: str, fields: dict[str, Any]) -> Any:
    return await browser.client.post(path, data={"_csrf_token": browser.csrf, **fields})


async def circulated(play: Play, program: Program) -> Any:
    meeting = await held(play, program)
    made = await program.put(play.world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    return await program.post(play.world.zhoumin, f"/minutes/{made['id']}/circulate")


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
    issued = await browser.post(
        f"/minutes/{version}/issue",
        doc_no="清检会纪〔2026〕4号",
        issued_on="2026-11-23",
        issuing_agency_id=str(world.jcy.id),
        copy_to="区委政法委\n\n区人社局 ",
        report_to="市检察院",
    )
    assert issued.status_code == 303
    await browser.sign_in(world.chenzy)
    card = text_of(await browser.get(f"/meetings/{meeting}"))
    assert "已印发 清检会纪〔2026〕4号" in card
    read = text_of(await browser.get(f"/minutes/{version}"))
    assert "抄送 区委政法委、区人社局 抄报 市检察院 印发 清沚区人民检察院、2026年11月23日" in read
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
    assert "本稿请2家单位签署" in page
    assert "发邮件给联络员李文博" in page
    await program.patch(world.guyan, f"/members/{world.members['sfj'].id}", {"takes_part": "paper"})
    page = text_of(await browser.get(path))
    assert "纸质参加：请送会签单，收回后代登记" in page
    past = await browser.post(path, due_on="2026-11-20")
    assert past.status_code == 422
    assert 'value="2026-11-20"' in past.text


async def test_what_is_typed_stays_through_moving_adding_and_taking_out_until_it_is_saved(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    meeting = await held(play, program)
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    path = f"/minutes/{made['id']}/edit"
    await browser.sign_in(world.xujie)
    fields = typed_in(await browser.get(path)) | {"text.1": "会议议定，5个工作日内完成移送。"}
    moved = await post(browser, f"{path}?item=2", fields | {"direction": "up"})
    assert moved.status_code == 200
    fields = typed_in(moved.text)
    assert (fields["key"], fields["text.1"]) == (["2", "1"], "会议议定，5个工作日内完成移送。")
    more = typed_in((await post(browser, path, fields | {"add": "1"})).text)
    assert more["key"] == ["2", "1", "extra-1"]
    fewer = typed_in((await post(browser, path, more | {"remove": "2"})).text)
    still = await program.get(world.zhoumin, f"/meetings/{meeting}/minutes")
    assert [one["key"] for one in still["sections"]] == ["1", "2"]
    saved = await post(browser, path, fewer | {"title.extra-1": "下次会议", "text.extra-1": "另行通知。"})
    assert saved.status_code == 303
    now = await program.get(world.zhoumin, f"/meetings/{meeting}/minutes")
    assert [(one["key"], one["text"]) for one in now["sections"]] == [
        ("1", "会议议定，5个工作日内完成移送。"),
        ("extra-1", "另行通知。"),
    ]


async def test_a_number_that_is_not_kept_here_is_refused_on_the_field_of_its_section(
    play: Play, program: Program, browser: Browser
) -> None:
    meeting = await held(play, program)
    made = await program.put(play.world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    await browser.sign_in(play.world.zhoumin)
    path = f"/minutes/{made['id']}/edit"
    fields = typed_in(await browser.get(path)) | {"text.2": "身份证号11010519491231002X。"}
    refused = await post(browser, path, fields)
    assert refused.status_code == 422
    assert 'id="f-text.2-error"' in refused.text
    assert 'id="f-text.1-error"' not in refused.text
    assert "11010519491231002X" in refused.text


async def test_two_that_write_at_once_see_both_texts_and_no_section_is_lost(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    meeting = await held(play, program)
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    path = f"/minutes/{made['id']}/edit"
    await browser.sign_in(world.zhoumin)
    mine = typed_in(await browser.get(path)) | {"text.1": "我的文字。"}
    theirs = [SECTIONS[0] | {"text": "他人的文字。"}, SECTIONS[1], {"key": "3", "title": "补充", "text": "新增。"}]
    await program.put(world.xujie, f"/meetings/{meeting}/minutes", {"sections": theirs})
    stale = await post(browser, path, mine)
    assert stale.status_code == 409
    again = typed_in(stale.text)
    assert (again["text.1"], again["key"]) == ("我的文字。", ["1", "2", "3"])
    assert "现已保存的文字： 他人的文字。" in text_of(stale.text)
    assert (await post(browser, path, again)).status_code == 303
    now = await program.get(world.zhoumin, f"/meetings/{meeting}/minutes")
    assert [one["text"] for one in now["sections"]] == ["我的文字。", "会议召开。", "新增。"]


async def test_changing_what_was_circulated_is_confirmed_and_names_whose_word_becomes_void(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program)
    await program.post(world.liwb, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await browser.sign_in(world.zhoumin)
    path = f"/minutes/{sent['id']}/edit"
    page = await browser.get(path)
    assert "清沚区司法局：同意" in text_of(page)
    fields = typed_in(page) | {"text.1": "会议议定，5个工作日内完成移送。"}
    unconfirmed = await post(browser, path, fields)
    assert unconfirmed.status_code == 422
    saved = await post(browser, path, fields | {"confirmed": "1"})
    second = re.findall(r"\d+", saved.headers["location"])[0]
    assert second != sent["id"]
    shown = text_of(await browser.get(f"/minutes/{second}"))
    assert "1条意见，已作废" in shown
    differs = await browser.get(f"/minutes/{second}/changes")
    assert '<del><span class="mark-word">删去：</span>3个工作日内完成移送。' in differs
    assert '<ins><span class="mark-word">增加：</span>5个工作日内完成移送。' in differs


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
    (kept,) = papers_of(settings).iterdir()
    (papers_of(settings) / "old").write_bytes(b"x")
    for file in papers_of(settings).iterdir():
        os.utime(file, (time.time() - 90_000,) * 2)
    await worker.sweep_papers(worker.work_for(database, {}))
    assert list(papers_of(settings).iterdir()) == [kept]


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
    back = await browser.post(f"{path}/excuse", agency_id=str(world.sfj.id), taken_back="1")
    assert back.status_code == 303
    assert "原因：机构撤并" not in text_of(await browser.get(path))


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


async def test_a_section_that_others_may_not_know_of_shows_no_word_on_any_page(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    made = await program.post(
        world.zhoumin,
        f"/mechanisms/{world.mechanism.id}/meetings",
        {"kind": "regular", "title": "会", "starts_at": "2026-11-20T14:30:00+08:00", "duration_minutes": 60,
         "attendees": [{"person_id": str(world.liwb.id)}, {"person_id": str(world.chenzy.id)}]},
        status=201,
    )  # fmt: skip
    item = await program.post(
        world.liwb,
        f"/meetings/{made['id']}/agenda-items",
        {
            "title": "涉密线索会商",
            "purpose": "consult",
            "agency_id": str(world.sfj.id),
            "audience": [str(world.sfj.id)],
        },
        status=201,
    )
    await program.post(world.zhoumin, f"/agenda-items/{item['id']}/accept")
    await program.post(world.zhoumin, f"/meetings/{made['id']}/hold")
    drafted = await program.post(world.zhoumin, f"/meetings/{made['id']}/minutes", status=201)
    path, key = f"/minutes/{drafted['id']}", f"item-{item['id']}"
    await browser.sign_in(world.liwb)
    mine = await browser.get(f"{path}/edit")
    fields = typed_in(mine)
    assert fields["key"] == [key]
    saved = await post(browser, f"{path}/edit", fields | {f"text.{key}": "另案办理。"})
    assert saved.status_code == 303
    await browser.sign_in(world.zhoumin)
    for page in (path, f"{path}/edit", f"{path}/changes", f"{path}/excerpt", f"{path}/circulate"):
        shown = await browser.get(page)
        assert "线索" not in shown, page
        assert "另案" not in shown, page
    assert (await browser.client.get(f"{path}/excerpt?section={key}")).status_code == 404
    theirs = typed_in(await browser.get(f"{path}/edit"))
    moved = typed_in((await post(browser, f"{path}/edit?item={key}", theirs | {"direction": "up"})).text)
    assert moved["key"][0] == key
    assert (await post(browser, f"{path}/edit", moved)).status_code == 303
    await browser.sign_in(world.liwb)
    assert "另案办理。" in await browser.get(f"{path}/excerpt?section={key}")


async def test_the_editors_are_told_what_the_record_says_since_the_draft(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    meeting = await held(play, program)
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    await browser.sign_in(world.zhoumin)
    path = f"/minutes/{made['id']}/edit"
    assert "本稿写成后" not in await browser.get(path)
    await program.post(world.zhoumin, f"/meetings/{meeting}/decisions", {"text": "开展联合宣传。"}, status=201)
    listed = await program.get(world.zhoumin, f"/meetings/{meeting}/attendees")
    await program.patch(world.zhoumin, f"/attendees/{listed['items'][0]['id']}", {"attendance": "apologies"})
    page = await browser.get(path)
    assert "开展联合宣传。" in page
    assert "保存文稿时按现有记录更新" in page
    await post(browser, path, typed_in(page) | {"text.2": "会议议定，开展联合宣传。"})
    assert "本稿写成后" not in await browser.get(path)


async def test_issued_minutes_are_corrected_with_a_reason_and_a_correction_can_be_given_up(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program)
    for who in (world.zhoumin, world.liwb):
        await program.post(who, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/issue", {"doc_no": "1号"})
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
