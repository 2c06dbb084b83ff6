"""A notice leaves no trace with anybody it was not sent to: on no page, in no answer, list, mail, trail or file."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from liaison.audit import AuditLine
from liaison.directory.models import Person
from liaison.documents.spreadsheet import tables_of
from tests.callers import Browser, Program
from tests.files.making import PDF
from tests.meetings.play import Play
from tests.notices.sent import LIWB, mails, sent
from tests.notices.test_answering import third

CANARY, WORDS = "金丝雀标题", "金丝雀正文"


async def secret(play: Play, program: Program, **more: Any) -> Any:
    """Of 区检察院 to 区司法局, with a paper, while 区人社局 is a member too."""
    await third(play)
    world = play.world
    made = await sent(play, program, subject=CANARY, text=WORDS, draft=True, **more)
    files = {"file": (f"{CANARY}.pdf", PDF + b"%%EOF", "application/pdf")}
    headers = {"Authorization": f"Bearer {program.tokens[world.zhoumin.id]}"}
    added = await program.client.post(f"/api/notices/{made['id']}/papers", files=files, headers=headers)
    assert added.status_code == 201, added.text
    await program.post(world.zhoumin, f"/notices/{made['id']}/send")
    return added.json()


async def test_a_third_agency_finds_it_behind_no_door(play: Play, program: Program, browser: Browser) -> None:
    world, made = play.world, await secret(play, program)
    got = await mails(play)
    assert LIWB in got
    assert not [to for to in got if to.endswith("rsj.qingzhi.example")]
    paper = made["papers"][0]["id"]
    id_, mechanism = made["id"], world.mechanism.id
    for who in (world.sunl, world.guyan, world.maolin, world.songhp, world.hanmei, world.zhenggq):
        for path in (f"/notices/{id_}", f"/notices/{id_}/papers/{paper}/file"):
            there = await program.call(who, "GET", path)
            missing = await program.call(who, "GET", path.replace(str(id_), "99999999", 1))
            assert (there.status_code, there.content) == (404, missing.content), (who.name, path)
        for what in ("open", "acknowledge", "send", "close"):
            assert (await program.call(who, "POST", f"/notices/{id_}/{what}", {})).status_code == 404
    assert (await program.get(world.sunl, f"/mechanisms/{mechanism}/notices"))["items"] == []
    await browser.sign_in(world.sunl)
    addresses = (
        "/",
        "/notices",
        "/notices?box=sent",
        f"/notices?q={CANARY}",
        "/meetings",
        "/actions",
        f"/mechanisms/{mechanism}",
    )
    for address in addresses:
        page = await browser.get(address)
        assert WORDS not in page
        assert CANARY not in page.replace(f'value="{CANARY}"', "")
    trail = await program.call(world.sunl, "GET", f"/audit?object=notice:{id_}")
    missing = await program.call(world.sunl, "GET", "/audit?object=notice:99999999")
    assert (trail.status_code, trail.content) == (missing.status_code, missing.content)


LEAD = {"kind": "referral", "case_code": "金丝雀编号", "category": "金丝雀案由"}


async def test_of_a_lead_a_third_agency_finds_no_trace_whatever_is_done_with_it(
    play: Play, program: Program, browser: Browser, anybody: httpx.AsyncClient
) -> None:
    """Page, API, list, ledger, table, mail, search, feed, trail and export, of officer, participant, operator and agency administrator."""
    world = play.world
    made = await secret(play, program, **LEAD)
    id_, mechanism = made["id"], world.mechanism.id
    path = f"/notices/{id_}"
    got = await mails(play)
    for by, act, body in (
        (world.liwb, "return", {"reason": "金丝雀理由"}),
        (world.zhoumin, "supplement", {"text": "金丝雀补充"}),
        (world.liwb, "accept", {}),
        (world.liwb, "feedback", {"text": "金丝雀反馈"}),
    ):
        await program.post(by, f"{path}/{act}", body)
        got |= await mails(play)
    assert {to.partition("@")[2] for to in got} == {"sfj.qingzhi.example", "jcy.qingzhi.example"}
    for mail in got.values():
        assert CANARY not in mail.subject
    for who in (world.sunl, world.guyan, world.maolin, world.songhp, world.hanmei, world.zhenggq):
        there = await program.call(who, "GET", path)
        missing = await program.call(who, "GET", path.replace(id_, "99999999"))
        assert (there.status_code, there.content) == (404, missing.content), who.name
        for what, body in (("accept", {}), ("decline", {"reason": "x"}), ("return", {"reason": "x"}), ("feedback", {"text": "x"}), ("supplement", {"text": "x"})):  # fmt: skip
            assert (await program.call(who, "POST", f"{path}/{what}", body)).status_code == 404, (who.name, what)
        for address in ("/search?q=金丝雀", "/me", f"/audit?object=notice:{id_}", f"/mechanisms/{mechanism}/notices"):
            assert "金丝雀" not in (await program.call(who, "GET", address)).text.replace('"金丝雀"', ""), address
        await browser.sign_in(who)
        for address in ("/", "/notices", "/referrals", "/referrals?category=金丝雀案由", "/actions", f"/mechanisms/{mechanism}", "/search?q=金丝雀"):  # fmt: skip
            page = await browser.client.get(address)
            asked = page.text.replace('value="金丝雀"', "").replace('value="金丝雀案由"', "")
            for word in (CANARY, "金丝雀编号", "金丝雀案由", "金丝雀理由", "金丝雀反馈"):
                assert word not in asked, (who.name, address, word)
        for address in (path, f"{path}/letter.docx"):
            assert (await browser.client.get(address)).status_code == 404
        table = await browser.client.get("/referrals/ledger.xlsx")
        assert [row for sheet in tables_of(table.content) for row in sheet[1:]] == []
        feed = (await program.call(who, "POST", "/me/feed", {})).json().get("url", "")
        if feed:
            assert "金丝雀" not in (await anybody.get(feed)).text


async def test_the_trail_names_the_notice_without_its_words(play: Play, program: Program) -> None:
    await secret(play, program)
    async with play.database.reading() as db:
        payloads = list(await db.scalars(select(AuditLine.payload)))
    assert not [one for one in payloads if one and (CANARY in one or WORDS in one)]


async def test_an_address_that_others_read_gets_no_word_of_it(play: Play, program: Program) -> None:
    world = play.world
    await third(play)
    async with play.database.writing() as db:
        (await db.get_one(Person, world.sunl.id)).mail = LIWB
    await sent(play, program, subject=CANARY, text=WORDS)
    mail = (await mails(play))[LIWB]
    assert CANARY not in mail.subject
    for part in (mail.text, mail.html):
        assert CANARY not in part
        assert WORDS not in part
    assert mail.links == []
    assert "/notices/" in mail.text


async def test_the_operator_sees_of_its_mails_neither_subject_nor_text(
    play: Play, program: Program, browser: Browser
) -> None:
    await secret(play, program)
    await mails(play)
    await browser.sign_in(play.world.guyan)
    page = await browser.get("/system/outbox?show=all")
    assert CANARY not in page


@pytest.mark.parametrize("who", ["liwb", "wuxl", "zhoumin", "qianwei"])
async def test_officers_and_deputies_of_both_sides_read_it(play: Play, program: Program, who: str) -> None:
    made = await secret(play, program)
    read = await program.get(getattr(play.world, who), f"/notices/{made['id']}")
    assert (read["subject"], read["text"]) == (CANARY, WORDS)


async def test_an_agency_that_left_keeps_reading_what_it_was_sent_through_its_administrator(
    play: Play, program: Program
) -> None:
    world = play.world
    made = await sent(play, program)
    assert (await program.call(world.gonghui, "GET", f"/notices/{made['id']}")).status_code == 404
    async with play.database.writing() as db:
        from liaison.mechanisms.models import Member

        member = (await db.scalars(select(Member).where(Member.agency_id == world.sfj.id))).one()
        member.left_on = play.clock.today("Asia/Shanghai")
    assert (await program.get(world.gonghui, f"/notices/{made['id']}"))["id"] == made["id"]
