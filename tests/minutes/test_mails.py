"""Who is mailed of minutes, what each mail says to its reader, and what is never in it."""

import re
from datetime import date
from typing import Any

from sqlalchemy import select

from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import PAPER, Designation, Member
from tests.callers import Program
from tests.meetings.play import Mail, Play, by_address
from tests.minutes.held import held
from tests.minutes.test_api import SECTIONS, circulated

ZHOUMIN, QIANWEI, CHENZY = (f"{name}@jcy.qingzhi.example" for name in ("zhoumin", "qianwei", "chenzy"))
LIWB, WUXL, SFJ = (f"{name}@sfj.qingzhi.example" for name in ("liwb", "wuxl", "sfj"))
JCY = "jcy@jcy.qingzhi.example"


def link_in(mail: Mail) -> str:
    """The path of the one link in the mail."""
    (found,) = {re.sub(r"^.*(?=/r/)", "", one) for one in mail.links}
    return found


async def edited(play: Play, program: Program, first: Any, text: str, **more: Any) -> Any:
    """A second version of what was circulated, circulated."""
    changed = [SECTIONS[0] | {"text": text}]
    second = await program.put(play.world.zhoumin, f"/meetings/{first['meeting_id']}/minutes", {"sections": changed})
    return await program.post(play.world.zhoumin, f"/minutes/{second['id']}/circulate", more)


async def change(play: Play, row: Any, **facts: Any) -> None:
    async with play.database.writing() as db:
        found = await db.get(type(row), row.id)
        for name, value in facts.items():
            setattr(found, name, value)


async def test_circulating_mails_those_who_sign_and_copies_deputies_without_a_link(
    play: Play, program: Program
) -> None:
    """The authorising officer, who has no address of their own, is written to by way of their agency."""
    await circulated(play, program)
    mails = by_address(await play.delivered())
    assert set(mails) == {ZHOUMIN, QIANWEI, LIWB, WUXL, JCY}
    assert {to for to, mail in mails.items() if mail.links} == {ZHOUMIN, LIWB, JCY}
    assert "清沚区人民检察院 方华（签发人）" in mails[JCY].text
    mail = mails[LIWB]
    assert mail.subject == "【纪要会签】请于11月26日（周四）前答复：2026年第四季度联席会议"
    for part in (mail.text, mail.html):
        for said in (
            "清沚区人民检察院送会签下列会议纪要",
            "2026年11月26日（星期四）",
            "3个工作日内完成移送",
            "第1稿",
            "陈志远",
        ):
            assert said in part, said
    assert len({link_in(mails[to]) for to in (ZHOUMIN, LIWB, JCY)}) == 3


async def test_each_reads_it_in_their_own_language(play: Play, program: Program) -> None:
    await change(play, play.world.liwb, locale="en")
    await circulated(play, program)
    mail = by_address(await play.delivered())[LIWB]
    assert mail.subject == "[Sign the minutes] Please answer by Thu 26 Nov: 2026年第四季度联席会议"
    assert "to read the minutes below and to agree, or ask for changes, by Thursday" in mail.text.replace("\n", " ")


async def test_an_agency_without_a_liaison_gets_it_with_a_link_at_its_own_address(play: Play, program: Program) -> None:
    meeting = await held(play, program)
    await change(play, play.world.terms["liwb"], ends_on=play.clock.today("Asia/Shanghai"))
    made = await program.put(play.world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    await program.post(play.world.zhoumin, f"/minutes/{made['id']}/circulate")
    mails = by_address(await play.delivered())
    assert mails[SFJ].links
    done = await program.client.post(link_in(mails[SFJ]), json={"root": made["root"], "agree": True})
    assert done.status_code == 200
    read = await program.get(play.world.zhoumin, f"/minutes/{made['id']}")
    assert [(one["agency_id"], one["state"], one["by"]) for one in read["sign_offs"]] == [
        (str(play.world.sfj.id), "agreed", None)
    ]


async def test_what_is_registered_twice_is_one_word_and_one_mail(play: Play, program: Program) -> None:
    sent = await circulated(play, program)
    await play.delivered()
    agency = {"root": sent["root"], "agency_id": str(play.world.sfj.id)}
    paper = agency | {"leader": "郑国强", "signed_on": "2026-11-23"}
    told = {"how": "phone", "said_by": "李文博", "at": "2026-11-23T09:00:00+08:00"}
    for given in (paper, agency | {"state": "changes_requested", "text": "改期限", "registered": told}, paper):
        for _ in range(2):
            read = await program.post(play.world.zhoumin, f"/minutes/{sent['id']}/register", given)
    assert [one["state"] for one in read["sign_offs"]] == ["paper", "changes_requested", "paper"]
    assert [mail.to for mail in await play.delivered()] == [LIWB] * 3


async def test_an_agency_on_paper_gets_no_mail_of_any_kind(play: Play, program: Program) -> None:
    await change(play, play.world.members["sfj"], takes_part=PAPER)
    sent = await circulated(play, program)
    given = {"root": sent["root"], "agency_id": str(play.world.sfj.id), "leader": "郑国强", "signed_on": "2026-11-23"}
    await program.post(play.world.zhoumin, f"/minutes/{sent['id']}/register", given)
    assert {mail.to for mail in await play.delivered()} == {ZHOUMIN, QIANWEI, JCY}


async def test_a_liaison_who_may_not_sign_is_told_without_a_link(play: Play, program: Program) -> None:
    await change(play, play.world.terms["liwb"], may_sign=False)
    await circulated(play, program)
    mail = by_address(await play.delivered())[LIWB]
    assert mail.links == []
    assert "您的指定不含签署权限" in mail.text


async def test_a_new_version_says_what_changed_and_stops_what_was_still_to_leave(play: Play, program: Program) -> None:
    first = await circulated(play, program)
    await edited(play, program, first, "会议议定，5个工作日内完成移送。")
    mails = by_address(await play.delivered())
    assert set(mails) == {ZHOUMIN, QIANWEI, LIWB, WUXL, JCY}
    assert mails[LIWB].subject.startswith("【纪要会签】第2稿，")
    assert "与第1稿相比" in mails[LIWB].text
    assert "原：会议议定，3个工作日内完成移送。" in mails[LIWB].text
    assert "现：会议议定，5个工作日内完成移送。" in mails[LIWB].text


async def test_a_text_that_is_being_changed_is_not_sent_any_more(play: Play, program: Program) -> None:
    first = await circulated(play, program)
    await program.put(
        play.world.zhoumin, f"/meetings/{first['meeting_id']}/minutes", {"sections": [SECTIONS[0] | {"text": "改。"}]}
    )
    assert await play.delivered() == []


async def test_what_not_all_readers_of_an_address_may_know_is_in_no_mail_there(play: Play, program: Program) -> None:
    """区司法局 reads its own section; a second agency at the same address closes it; nobody else reads it, no subject names it."""
    world = play.world
    meeting = await held(play, program)
    secret = {
        "key": "s",
        "title": "涉密线索会商",
        "text": "另案办理。",
        "audience": [str(world.sfj.id), str(world.jcy.id)],
    }
    first = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": [*SECTIONS, secret]})
    narrowed = [*SECTIONS, secret | {"audience": [str(world.jcy.id)], "text": "由区检察院另案办理。"}]
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": narrowed})
    assert made["id"] == first["id"]
    await program.post(world.zhoumin, f"/minutes/{made['id']}/circulate")
    mails = by_address(await play.delivered())
    for to in (LIWB, WUXL):
        assert "另行通知" in mails[to].text
        assert "线索会商" not in str(mails[to].raw) + mails[to].text + mails[to].html
    for to in (ZHOUMIN, QIANWEI, JCY):
        assert "由区检察院另案办理。" in mails[to].text
        assert "线索会商" not in mails[to].subject
    async with play.database.reading() as db:
        known = {one.address: one.audience for one in await db.scalars(select(OutboxMail))}
    assert known[ZHOUMIN] == frozenset({world.jcy.id})
    assert known[LIWB] is None
    await change(play, world.sunl, mail=ZHOUMIN)  # of another agency, at the same address
    changed = [narrowed[0] | {"text": "改。"}, narrowed[1] | {"text": "再改。"}]
    second = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": changed})
    await program.post(world.zhoumin, f"/minutes/{second['id']}/circulate")
    mails = by_address(await play.delivered())
    assert "再改。" not in mails[ZHOUMIN].text + mails[ZHOUMIN].html
    assert "再改。" in mails[QIANWEI].text
    page = await program.client.get(link_in(mails[JCY]))
    assert page.status_code == 200
    assert "再改。" not in page.text
    assert "线索会商" not in page.text


async def test_each_sign_off_is_confirmed_once_with_version_and_root(play: Play, program: Program) -> None:
    sent = await circulated(play, program)
    await play.delivered()
    for _ in range(2):
        await program.post(play.world.liwb, f"/minutes/{sent['id']}/sign", {"root": sent["root"], "text": "请尽快印发"})
    (mail,) = await play.delivered()
    assert (mail.to, mail.subject) == (LIWB, "【签署确认】2026年第四季度联席会议（第1稿）：同意")
    for said in (sent["root"], "清沚区司法局", "请尽快印发", "李文博", "2家单位中1家已同意"):
        assert said in mail.text, said
    assert sent["root"] in mail.html


async def test_the_host_hears_at_once_of_changes_in_the_agencys_words_and_when_all_have_agreed(
    play: Play, program: Program
) -> None:
    world = play.world
    sent = await circulated(play, program)
    await play.delivered()
    path = f"/minutes/{sent['id']}"
    await program.post(world.liwb, f"{path}/request-changes", {"root": sent["root"], "text": "改为5个工作日"})
    mails = by_address(await play.delivered())
    assert set(mails) == {LIWB, ZHOUMIN, SFJ}  # 徐洁, who records, is written to by way of 区司法局
    assert mails[ZHOUMIN].subject == "【纪要会签】区司法局提出修改意见：2026年第四季度联席会议"
    assert "改为5个工作日" in mails[ZHOUMIN].text
    assert "改为5个工作日" in mails[ZHOUMIN].html
    await program.post(world.zhoumin, f"{path}/sign", {"root": sent["root"]})
    assert {mail.to for mail in await play.delivered()} == {ZHOUMIN}
    await program.post(world.liwb, f"{path}/sign", {"root": sent["root"]})
    told = by_address(await play.delivered())
    assert set(told) == {LIWB, ZHOUMIN, SFJ}
    assert told[ZHOUMIN].subject == "【纪要会签】各单位均已同意，可以印发：2026年第四季度联席会议"
    await program.post(world.zhoumin, f"{path}/sign", {"root": sent["root"]})
    assert await play.delivered() == []


async def test_the_host_does_not_hear_that_all_have_agreed_once_one_wants_changes_or_when_they_had_before(
    play: Play, program: Program
) -> None:
    """A word that follows before the mail leaves takes it back; paper that confirms an agreement is no news."""
    world = play.world
    sent = await circulated(play, program)
    await play.delivered()
    path = f"/minutes/{sent['id']}"
    await program.post(world.zhoumin, f"{path}/sign", {"root": sent["root"]})
    await program.post(world.liwb, f"{path}/sign", {"root": sent["root"]})
    await program.post(world.liwb, f"{path}/request-changes", {"root": sent["root"], "text": "改为5个工作日"})
    told = [mail.subject.split("：")[0] for mail in await play.delivered() if mail.to == ZHOUMIN]
    assert sorted(told) == ["【签署确认】2026年第四季度联席会议（第1稿）", "【纪要会签】区司法局提出修改意见"]
    await program.post(world.liwb, f"{path}/sign", {"root": sent["root"]})
    assert "各单位均已同意" in by_address(await play.delivered())[ZHOUMIN].subject
    given = {"root": sent["root"], "agency_id": str(world.sfj.id), "leader": "郑国强", "signed_on": "2026-11-23"}
    await program.post(world.zhoumin, f"{path}/register", given)
    assert [mail.to for mail in await play.delivered()] == [LIWB]


async def test_words_about_a_restricted_section_are_in_no_mail_to_who_may_not_know_of_it(
    play: Play, program: Program
) -> None:
    world = play.world
    meeting = await held(play, program)
    secret = {
        "key": "s",
        "title": "涉密线索会商",
        "text": "另案办理。",
        "audience": [str(world.sfj.id), str(world.jcy.id)],
    }
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": [*SECTIONS, secret]})
    await program.post(world.zhoumin, f"/minutes/{made['id']}/circulate")
    await play.delivered()
    await change(play, world.sunl, mail=ZHOUMIN)
    given = {"root": made["root"], "text": "线索应写明来源", "section_key": "s"}
    await program.post(world.liwb, f"/minutes/{made['id']}/request-changes", given)
    mails = by_address(await play.delivered())
    assert "线索" not in mails[ZHOUMIN].text + mails[ZHOUMIN].html
    assert "另行通知" in mails[ZHOUMIN].text
    assert "线索应写明来源" in mails[LIWB].text


async def test_what_was_registered_for_an_agency_is_told_to_its_liaison_who_can_say_otherwise(
    play: Play, program: Program
) -> None:
    world = play.world
    sent = await circulated(play, program)
    await play.delivered()
    given = {"root": sent["root"], "agency_id": str(world.sfj.id), "leader": "郑国强", "signed_on": "2026-11-23"}
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/register", given)
    (mail,) = await play.delivered()
    assert mail.to == LIWB
    assert mail.subject.endswith("：纸质签署")
    for said in ("郑国强", "2026年11月23日", "请在印发之前"):
        assert said in mail.text, said
    await program.post(world.liwb, f"/minutes/{sent['id']}/request-changes", {"root": sent["root"], "text": "未签"})
    assert {mail.to for mail in await play.delivered()} == {LIWB, ZHOUMIN, SFJ}


async def issued(play: Play, program: Program, sent: Any, **more: Any) -> dict[str, Mail]:
    """All have agreed and the minutes are issued; the mails of that."""
    for who in (play.world.zhoumin, play.world.liwb):
        await program.post(who, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await play.delivered()
    await program.post(play.world.zhoumin, f"/minutes/{sent['id']}/issue", more)
    return by_address(await play.delivered())


async def test_issued_minutes_go_to_liaisons_deputies_those_who_took_part_and_copies_known_here(
    play: Play, program: Program
) -> None:
    sent = await circulated(play, program)
    mails = await issued(play, program, sent, doc_no="清检会纪〔2026〕4号", copy_to=["区人社局", "区委政法委"])
    assert set(mails) == {ZHOUMIN, QIANWEI, LIWB, WUXL, CHENZY, "rsj@rsj.qingzhi.example"}
    for mail in mails.values():
        assert mail.subject == "【会议纪要】2026年第四季度联席会议"
        assert "清检会纪〔2026〕4号" in mail.text
        assert "陈志远" in mail.text
        page = await program.client.get(link_in(mail))
        assert page.status_code == 200
        assert "3个工作日内完成移送" in page.text
        assert "<form" not in page.text.split("<main")[1]
    assert {mail.to for mail in await play.delivered()} == set()


async def test_an_agency_that_joined_after_the_meeting_is_not_sent_its_minutes(play: Play, program: Program) -> None:
    """It sees the records from its joining date on."""
    world = play.world
    sent = await circulated(play, program)
    joined = {"mechanism_id": world.mechanism.id, "agency_id": world.rsj.id}
    async with play.database.writing() as db:
        db.add(Member(**joined, joined_on=date(2026, 11, 20)))
        db.add(
            Designation(
                **joined, person_id=world.sunl.id, role="principal", starts_on=date(2026, 11, 20), may_sign=True,
                designated_at=db.now(),
            )
        )  # fmt: skip
    assert set(await issued(play, program, sent)) == {ZHOUMIN, QIANWEI, LIWB, WUXL, CHENZY}


async def test_a_correction_names_what_it_corrects_and_why(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program)
    await issued(play, program, sent, doc_no="1号", copy_to=["区人社局"], report_to=["区委政法委"])
    new = await program.post(world.zhoumin, f"/minutes/{sent['id']}/correct", {"reason": "日期有误"}, status=201)
    changed = {"sections": [SECTIONS[0] | {"text": "会议议定，6个工作日内完成移送。"}]}
    new = await program.put(world.zhoumin, f"/meetings/{sent['meeting_id']}/minutes", changed)
    await program.post(world.zhoumin, f"/minutes/{new['id']}/circulate")
    assert set(by_address(await play.delivered())) == {ZHOUMIN, QIANWEI, LIWB, WUXL, JCY}
    mails = await issued(play, program, new, doc_no="2号")
    assert mails["rsj@rsj.qingzhi.example"].subject == "【会议纪要更正】2026年第四季度联席会议", "as what it corrects"
    assert mails[LIWB].subject == "【会议纪要更正】2026年第四季度联席会议"
    for said in ("1号", "日期有误", "2号"):
        assert said in mails[LIWB].text, said
