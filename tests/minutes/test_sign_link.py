"""The mailed link by which an agency signs, without account or cookie."""

from datetime import date

from liaison.mechanisms import designating
from liaison.succession import transferring
from liaison.succession.following import apply_due
from tests.callers import Program
from tests.meetings.play import Play, by_address
from tests.minutes.test_api import circulated
from tests.minutes.test_mails import JCY, LIWB, ZHOUMIN, edited, issued, link_in
from tests.minutes.typed import text_of


async def test_get_shows_the_text_and_changes_nothing_and_post_signs(play: Play, program: Program) -> None:
    sent = await circulated(play, program)
    link = link_in(by_address(await play.delivered())[LIWB])
    for _ in range(2):
        page = await program.client.get(link)
        assert page.status_code == 200
    for said in ("3个工作日内完成移送", sent["root"], "清沚区司法局"):
        assert said in page.text, said
    assert (await program.get(play.world.zhoumin, f"/minutes/{sent['id']}"))["sign_offs"] == []
    form = {"root": sent["root"], "act": "agree", "text": ""}
    done = await program.client.post(link, data=form)
    assert done.status_code == 200
    assert "已记录贵单位同意" in done.text
    await program.client.post(link, data=form)
    (word,) = (await program.get(play.world.zhoumin, f"/minutes/{sent['id']}"))["sign_offs"]
    assert (word["agency_id"], word["state"], word["via"], word["by"], word["root"]) == (
        str(play.world.sfj.id), "agreed", "link", "李文博", sent["root"]
    )  # fmt: skip
    assert [mail.to for mail in await play.delivered()] == [LIWB]


async def test_who_has_agreed_reads_what_was_signed_and_can_only_ask_for_changes(play: Play, program: Program) -> None:
    sent = await circulated(play, program)
    link = link_in(by_address(await play.delivered())[LIWB])
    agree = 'value="agree"'
    assert agree in (await program.client.get(link)).text
    for page in (
        await program.client.post(link, data={"root": sent["root"], "act": "agree", "text": ""}),
        await program.client.get(link),
    ):
        read = text_of(page.text)
        for said in ("意见 同意", "版本 第1稿", "签署人 李文博", "记录时间 11月23日"):
            assert said in read, said
        assert agree not in page.text
        assert "仍要提出修改意见" in read
    changed = await program.client.post(link, data={"root": sent["root"], "act": "changes", "text": "改为5个工作日"})
    assert agree in changed.text
    await program.client.post(link, data={"root": sent["root"], "act": "agree", "text": ""})
    await issued(play, program, sent)
    assert "<form" not in (await program.client.get(link)).text.split("<main")[1]


async def test_changes_need_words_and_an_act_has_to_be_chosen(play: Play, program: Program) -> None:
    sent = await circulated(play, program)
    link = link_in(by_address(await play.delivered())[LIWB])
    for given in ({"act": "changes", "text": ""}, {"text": "改为5个工作日"}):
        assert (await program.client.post(link, data=given | {"root": sent["root"]})).status_code == 422
    for given in ({"root": sent["root"]}, {"root": sent["root"], "agree": True, "changes": "x"}):
        assert (await program.client.post(link, json=given)).status_code == 422
    done = await program.client.post(link, json={"root": sent["root"], "changes": "改为5个工作日"})
    assert done.status_code == 200
    (word,) = (await program.get(play.world.zhoumin, f"/minutes/{sent['id']}"))["sign_offs"]
    assert (word["state"], word["text"]) == ("changes_requested", "改为5个工作日")


async def test_the_authorising_officer_signs_by_their_own_link(play: Play, program: Program) -> None:
    sent = await circulated(play, program)
    link = link_in(by_address(await play.delivered())[JCY])
    assert (await program.client.post(link, json={"root": sent["root"], "agree": True})).status_code == 200
    (word,) = (await program.get(play.world.zhoumin, f"/minutes/{sent['id']}"))["sign_offs"]
    assert (word["agency_id"], word["by"]) == (str(play.world.jcy.id), "方华")
    assert {mail.to for mail in await play.delivered()} == {ZHOUMIN, JCY}


async def test_who_moves_to_another_agency_signs_nothing_there_that_they_authorised_before(
    play: Play, program: Program
) -> None:
    sent, world = await circulated(play, program), play.world
    link = link_in(by_address(await play.delivered())[JCY])
    async with play.database.writing() as db:
        await transferring.transfer(db, await world.viewer(db, world.guyan), world.fanghua.id, agency_id=world.sfj.id)
    assert (await program.client.post(link, json={"root": sent["root"], "agree": True})).status_code in (403, 410)
    refused = await program.refused(world.fanghua, "POST", f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    assert refused[0] in (403, 404)
    assert (await program.get(world.zhoumin, f"/minutes/{sent['id']}"))["sign_offs"] == []


async def test_another_root_and_an_old_version_are_refused_and_the_newer_link_is_spoken_of(
    play: Play, program: Program
) -> None:
    first = await circulated(play, program)
    old = link_in(by_address(await play.delivered())[LIWB])
    assert (await program.client.post(old, json={"root": "0" * 64, "agree": True})).status_code == 409
    second = await edited(play, program, first, "会议议定，5个工作日内完成移送。")
    new = link_in(by_address(await play.delivered())[LIWB])
    seen = await program.client.get(old)
    assert seen.status_code == 409
    assert "第2稿已于2026年11月23日" in seen.text
    english = await program.client.get(f"{old}?lang=en")
    assert "version 2 was mailed on 23 Nov 2026" in english.text
    for root in (first["root"], second["root"]):
        assert (await program.client.post(old, json={"root": root, "agree": True})).status_code == 409
    assert (await program.client.post(new, json={"root": first["root"], "agree": True})).status_code == 409
    again = await program.client.post(new, data={"root": first["root"], "act": "agree"})
    assert again.status_code == 409
    assert second["root"] in again.text
    assert (await program.client.post(new, json={"root": second["root"], "agree": True})).status_code == 200


async def test_after_the_issue_it_shows_the_issued_text_and_signs_nothing(play: Play, program: Program) -> None:
    sent = await circulated(play, program)
    link = link_in(by_address(await play.delivered())[LIWB])
    await issued(play, program, sent, doc_no="清检会纪〔2026〕4号")
    page = await program.client.get(link)
    assert page.status_code == 200
    assert "清检会纪〔2026〕4号" in page.text
    assert (await program.client.post(link, json={"root": sent["root"], "changes": "再改"})).status_code == 409


async def test_it_dies_with_the_designation_and_belongs_to_no_agency_that_has_a_liaison(
    play: Play, program: Program
) -> None:
    sent = await circulated(play, program)
    link = link_in(by_address(await play.delivered())[LIWB])
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.gonghui)
        await designating.hand_over(
            db, viewer, play.world.terms["liwb"].id, to_person_id=play.world.gonghui.id, starts_on=date(2026, 11, 23)
        )
    async with play.database.writing() as db:
        await apply_due(db)
    assert (await program.client.get(link)).status_code == 410
    assert (await program.client.post(link, json={"root": sent["root"], "agree": True})).status_code == 410
