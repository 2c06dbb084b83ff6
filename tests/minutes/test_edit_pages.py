"""The text of minutes as it is edited in a browser: nothing typed is lost, nothing is shown to who may not know of it."""

import re

from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.minutes.held import held
from tests.minutes.typed import SECTIONS, circulated, post, text_of, typed_in


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


async def test_who_mends_the_text_reads_beside_it_what_was_asked_for(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program)
    wish = {"root": sent["root"], "text": "改为5个工作日", "section_key": "1"}
    await program.post(world.liwb, f"/minutes/{sent['id']}/request-changes", wish)
    await browser.sign_in(world.zhoumin)
    page = text_of(await browser.get(f"/minutes/{sent['id']}/edit"))
    assert "清沚区司法局：提出修改意见 李文博" in page
    assert "针对“研究线索移送指引” 改为5个工作日" in page


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
