"""Writing and sending: a draft of one agency alone, then exactly one mail to each liaison and deputy, and nothing changes any more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from liaison.mechanisms.models import PAPER, Designation, Member
from tests.callers import Program
from tests.meetings.play import Play
from tests.notices.sent import LIWB, SUBJECT, WUXL, line, mails, sent


async def test_a_notice_goes_at_once_to_the_liaison_and_the_deputy_with_its_text_deadline_and_link(
    play: Play, program: Program
) -> None:
    made = await sent(play, program)
    assert (made["state"], line(made, play.world.sfj)["due_on"]) == ("sent", "2026-11-30")
    got = await mails(play)
    assert set(got) == {LIWB, WUXL}
    mail = got[LIWB]
    assert mail.subject == f"【信息通报】区检察院：{SUBJECT}"
    for said in ("清沚区人民检察院商请贵单位办理下列事项", "请贵局协助核实", "2026年11月30日", "商请办理"):
        assert said in mail.text
        assert said in mail.html
    assert len(mail.links) == 1
    assert mail.links != got[WUXL].links


async def test_a_draft_is_known_to_nobody_else_and_sends_no_mail(play: Play, program: Program) -> None:
    world = play.world
    made = await sent(play, program, draft=True)
    assert made["state"] == "draft"
    assert await mails(play) == {}
    assert (await program.call(world.liwb, "GET", f"/notices/{made['id']}")).status_code == 404
    assert (await program.get(world.liwb, f"/mechanisms/{world.mechanism.id}/notices"))["items"] == []
    assert (await program.get(world.qianwei, f"/notices/{made['id']}"))["subject"] == SUBJECT


async def test_sending_twice_is_once_and_the_same_form_again_is_the_same_notice(play: Play, program: Program) -> None:
    made = await sent(play, program)
    again = await sent(play, program)
    assert again["id"] == made["id"]
    await program.post(play.world.qianwei, f"/notices/{made['id']}/send")
    assert len(await mails(play)) == 2


async def test_what_was_sent_does_not_change(play: Play, program: Program) -> None:
    made = await sent(play, program)
    refused = await program.refused(play.world.zhoumin, "PATCH", f"/notices/{made['id']}", {"text": "另一段"})
    assert refused == (409, [])


async def test_a_draft_is_changed_and_a_stale_form_is_refused(play: Play, program: Program) -> None:
    made = await sent(play, program, draft=True)
    path = f"/notices/{made['id']}"
    changed = await program.patch(play.world.qianwei, path, {"subject": "另一标题", "version": made["version"]})
    assert (changed["subject"], changed["text"]) == ("另一标题", made["text"])
    stale = {"subject": "第三标题", "version": made["version"]}
    assert (await program.refused(play.world.zhoumin, "PATCH", path, stale))[0] == 409


async def test_each_field_that_is_wrong_is_named(play: Play, program: Program) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}/notices"
    wrong = {"subject": " ", "text": "身份证110101199003077758", "purpose": "order", "deadline_days": 0}
    status, fields = await program.refused(world.zhoumin, "POST", path, wrong | {"to_agency_ids": []})
    assert (status, sorted(fields)) == (422, ["deadline_days", "purpose", "subject", "text", "to_agency_ids"])
    base = {"subject": "通报", "text": "内容"}
    for to in (world.jcy, world.rsj, world.mzj):  # oneself, no member, a former member
        assert await program.refused(world.zhoumin, "POST", path, base | {"to_agency_ids": [str(to.id)]}) == (
            422,
            ["to_agency_ids"],
        )


async def test_only_an_officer_or_deputy_writes(play: Play, program: Program) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}/notices"
    given = {"subject": "通报", "text": "内容", "to_agency_ids": [str(world.sfj.id)]}
    for who in (world.chenzy, world.hejing, world.guyan, world.maolin):
        assert (await program.refused(who, "POST", path, given))[0] == 403
    assert (await program.refused(world.sunl, "POST", path, given))[0] == 404


async def test_an_agency_without_a_liaison_is_mailed_at_its_own_address_and_a_paper_member_not_at_all(
    play: Play, program: Program
) -> None:
    async with play.database.writing() as db:
        term = await db.get_one(Designation, play.world.terms["liwb"].id)
        term.ends_on = play.clock.today("Asia/Shanghai") - timedelta(days=3)
    await sent(play, program)
    assert set(await mails(play)) == {"sfj@sfj.qingzhi.example", WUXL}
    async with play.database.writing() as db:
        member = (await db.scalars(select(Member).where(Member.agency_id == play.world.sfj.id))).one()
        member.takes_part = PAPER
    await sent(play, program, subject="第二件")
    assert await mails(play) == {}


async def test_a_draft_to_an_agency_that_left_meanwhile_is_not_sent(play: Play, program: Program) -> None:
    made = await sent(play, program, draft=True)
    async with play.database.writing() as db:
        member = (await db.scalars(select(Member).where(Member.agency_id == play.world.sfj.id))).one()
        member.left_on = play.clock.today("Asia/Shanghai")
    refused = await program.refused(play.world.zhoumin, "POST", f"/notices/{made['id']}/send")
    assert refused == (422, ["to_agency_ids"])
    assert await mails(play) == {}


async def test_a_copy_owes_nothing_and_says_so(play: Play, program: Program) -> None:
    world = play.world
    async with play.database.writing() as db:
        db.add(
            Member(mechanism_id=world.mechanism.id, agency_id=world.rsj.id, joined_on=world.members["jcy"].joined_on)
        )
    made = await sent(play, program, copy_to_agency_ids=[str(world.rsj.id)])
    got = await mails(play)
    assert "抄送贵单位知悉" in got["rsj@rsj.qingzhi.example"].text
    assert line(made, world.rsj) | {"asked": False, "due_on": None} == line(made, world.rsj)


@pytest.mark.parametrize("locale", ["en"])
async def test_each_reader_is_written_to_in_their_language(play: Play, program: Program, locale: str) -> None:
    from liaison.directory.models import Person

    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.liwb.id)).locale = locale
    await sent(play, program)
    got = await mails(play)
    assert got[LIWB].subject == f"[Information notice] 区检察院: {SUBJECT}"
    assert "Please answer by Monday 30 November 2026" in got[LIWB].text
    assert got[WUXL].subject.startswith("【信息通报】")
