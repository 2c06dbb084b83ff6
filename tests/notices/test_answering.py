"""What an agency does with a notice: open, acknowledge, answer, offer another date, pass it on, correct what was registered for it."""

from datetime import date, timedelta
from typing import Any

import httpx
from sqlalchemy import select

from liaison.mechanisms.models import Designation, Member
from tests.callers import Program
from tests.meetings.play import Play
from tests.notices.sent import LIWB, QIANWEI, SUBJECT, ZHOUMIN, line, link_in, mails, sent
from tests.reminders.test_reminding import beijing

SAID = {"how": "phone", "said_by": "李文博", "at": "2026-11-23T10:00:00+08:00"}


async def third(play: Play) -> Any:
    """区人社局 is a member as well, with sunl as its liaison."""
    world = play.world
    async with play.database.writing() as db:
        joined = world.members["jcy"].joined_on
        db.add(Member(mechanism_id=world.mechanism.id, agency_id=world.rsj.id, joined_on=joined))
        db.add(
            Designation(
                mechanism_id=world.mechanism.id,
                agency_id=world.rsj.id,
                person_id=world.sunl.id,
                role="principal",
                starts_on=joined,
                designated_at=play.clock.now(),
            )
        )
    return world.rsj


async def test_opening_acknowledging_and_answering_are_facts_with_time_that_the_sender_sees(
    play: Play, program: Program
) -> None:
    world, made = play.world, await sent(play, program)
    await mails(play)
    path = f"/notices/{made['id']}"
    await program.post(world.liwb, f"{path}/open")
    await program.post(world.wuxl, f"{path}/acknowledge")
    seen = line(await program.get(world.zhoumin, path), world.sfj)
    assert seen["opened_at"] == "2026-11-23T09:00:00+08:00"
    assert (seen["state"], [act["what"] for act in seen["acts"]]) == ("acknowledged", ["opened", "acknowledged"])
    assert await mails(play) == {}, "an acknowledgement is seen on the page, and mailed to nobody"
    await program.post(world.liwb, f"{path}/answer", {"text": "三件均已受理法律援助。"})
    got = await mails(play)
    assert set(got) == {ZHOUMIN, QIANWEI}
    assert "三件均已受理法律援助。" in got[ZHOUMIN].text
    assert got[ZHOUMIN].subject == f"【信息通报】区司法局已答复：{SUBJECT}"
    assert (await program.get(world.zhoumin, path))["state"] == "answered"


async def test_acknowledging_twice_is_once_and_settles_only_what_wants_no_answer(play: Play, program: Program) -> None:
    world = play.world
    asks = await sent(play, program)
    tells = await sent(play, program, purpose="information", subject="另一件")
    for one in (asks, tells):
        for _ in range(2):
            await program.post(world.liwb, f"/notices/{one['id']}/acknowledge")
    acts = [act["what"] for act in line(await program.get(world.zhoumin, f"/notices/{asks['id']}"), world.sfj)["acts"]]
    assert acts == ["acknowledged"]
    desk = (await program.client.get("/")).status_code
    assert desk in (200, 303)


async def test_nobody_answers_for_another_agency(play: Play, program: Program) -> None:
    world, made = play.world, await sent(play, program)
    await third(play)
    path = f"/notices/{made['id']}"
    assert (await program.refused(world.zhoumin, "POST", f"{path}/acknowledge"))[0] == 403
    assert (await program.refused(world.sunl, "POST", f"{path}/acknowledge"))[0] == 404
    other = {"agency_id": str(world.sfj.id)}
    assert (await program.refused(world.zhoumin, "POST", f"{path}/acknowledge", other))[0] == 403
    assert (await program.refused(world.sunl, "POST", f"{path}/answer", other | {"text": "x"}))[0] == 404


async def test_the_sender_registers_what_came_by_phone_and_the_agency_can_correct_it(
    play: Play, program: Program
) -> None:
    world, made = play.world, await sent(play, program)
    await mails(play)
    path = f"/notices/{made['id']}"
    play.clock.as_of = beijing("11-23T11:00")
    said = {"agency_id": str(world.sfj.id), "registered": SAID}
    registered = line(
        await program.post(world.zhoumin, f"{path}/answer", said | {"text": "电话答复：属实。"}), world.sfj
    )
    assert (registered["state"], registered["acts"][-1]["registered"]["said_by"]) == ("answered", "李文博")
    await mails(play)
    corrected = line(await program.post(world.liwb, f"{path}/correct", {"text": "我局未答复。"}), world.sfj)
    assert corrected["state"] == "sent"
    assert "我局未答复。" in (await mails(play))[ZHOUMIN].text
    assert (await program.refused(world.liwb, "POST", f"{path}/correct", {"text": "再次"}))[0] == 409
    early = said | {"registered": SAID | {"at": "2026-11-20T10:00:00+08:00"}}
    assert await program.refused(world.zhoumin, "POST", f"{path}/acknowledge", early) == (422, ["registered.at"])


async def test_an_offered_date_moves_the_deadline_only_once_the_sender_agrees(play: Play, program: Program) -> None:
    world, made = play.world, await sent(play, program)
    await mails(play)
    path = f"/notices/{made['id']}"
    saturday = {"due_on": "2026-12-05", "text": "需向所里调取材料。"}
    offered = line(await program.post(world.liwb, f"{path}/offer", saturday), world.sfj)
    assert (offered["due_on"], offered["offered_due_on"]) == ("2026-11-30", "2026-12-07")
    got = await mails(play)
    assert set(got) == {ZHOUMIN, QIANWEI}
    assert "12月7日" in got[ZHOUMIN].text
    agree = {"agency_id": str(world.sfj.id), "due_on": "2026-12-04"}
    assert (await program.refused(world.zhoumin, "POST", f"{path}/agree", agree))[0] == 409, "another offer was read"
    agreed = line(await program.post(world.zhoumin, f"{path}/agree", agree | {"due_on": "2026-12-07"}), world.sfj)
    assert (agreed["due_on"], agreed["offered_due_on"]) == ("2026-12-07", None)
    assert LIWB in await mails(play)
    early = {"due_on": "2026-12-04", "text": "提前"}
    assert await program.refused(world.liwb, "POST", f"{path}/offer", early) == (422, ["due_on"])


async def test_a_refused_offer_leaves_the_deadline_and_tells_why(play: Play, program: Program) -> None:
    world, made = play.world, await sent(play, program)
    path = f"/notices/{made['id']}"
    await program.post(world.liwb, f"{path}/offer", {"due_on": "2026-12-10", "text": "材料未齐。"})
    await mails(play)
    other = {"agency_id": str(world.sfj.id)}
    assert await program.refused(world.zhoumin, "POST", f"{path}/refuse", other | {"text": ""}) == (422, ["text"])
    kept = line(await program.post(world.zhoumin, f"{path}/refuse", other | {"text": "庭审在即。"}), world.sfj)
    assert (kept["due_on"], kept["offered_due_on"]) == ("2026-11-30", None)
    assert "庭审在即。" in (await mails(play))[LIWB].text


async def test_a_misdirected_notice_goes_on_to_another_agency_with_days_of_its_own(
    play: Play, program: Program
) -> None:
    world, rsj = play.world, await third(play)
    made = await sent(play, program)
    await mails(play)
    path = f"/notices/{made['id']}"
    play.clock.as_of = beijing("11-25T10:00")
    for wrong in (world.jcy, world.sfj, world.mzj):
        given = {"to_agency_id": str(wrong.id), "text": "属劳动监察"}
        assert await program.refused(world.liwb, "POST", f"{path}/pass-on", given) == (422, ["to_agency_id"])
    passed = await program.post(world.liwb, f"{path}/pass-on", {"to_agency_id": str(rsj.id), "text": "属劳动监察"})
    assert line(passed, world.sfj)["passed_on_to"] == str(rsj.id)
    assert line(passed, rsj)["due_on"] == "2026-12-02"
    got = await mails(play)
    assert set(got) == {"sunl@rsj.qingzhi.example", ZHOUMIN, QIANWEI}
    assert (await program.refused(world.liwb, "POST", f"{path}/acknowledge"))[0] == 409
    done = await program.post(world.sunl, f"{path}/answer", {"text": "已立案督办。"})
    assert done["state"] == "answered"


async def test_closing_tells_those_who_owed_an_answer_with_the_reason(play: Play, program: Program) -> None:
    world, made = play.world, await sent(play, program)
    await mails(play)
    path = f"/notices/{made['id']}"
    assert await program.refused(world.zhoumin, "POST", f"{path}/close") == (422, ["reason"])
    closed = await program.post(world.zhoumin, f"{path}/close", {"reason": "情况已查明。"})
    assert closed["state"] == "closed"
    got = await mails(play)
    assert set(got) == {LIWB, "wuxl@sfj.qingzhi.example"}
    assert "情况已查明。" in got[LIWB].text
    assert (await program.refused(world.liwb, "POST", f"{path}/answer", {"text": "答复"}))[0] == 409


async def test_a_notice_in_response_answers_the_other_one(play: Play, program: Program) -> None:
    world, made = play.world, await sent(play, program)
    await mails(play)
    response = await sent(
        play, program, by=world.liwb, purpose="response", answers_id=made["id"], subject="复函",
        to_agency_ids=[str(world.jcy.id)], deadline_days=None,
    )  # fmt: skip
    first = await program.get(world.zhoumin, f"/notices/{made['id']}")
    assert first["state"] == "answered"
    assert line(first, world.sfj)["acts"][-1]["answer_id"] == response["id"]
    got = await mails(play)
    assert set(got) == {ZHOUMIN, QIANWEI}, "the answer is the mail"
    alone = {"subject": "复函", "text": "x", "purpose": "response", "to_agency_ids": [str(world.jcy.id)]}
    path = f"/mechanisms/{world.mechanism.id}/notices"
    assert await program.refused(world.liwb, "POST", path, alone) == (422, ["purpose"])


# by the mailed link


async def test_the_link_shows_the_notice_changes_nothing_by_itself_and_acknowledges_on_post(
    play: Play, program: Program, anybody: httpx.AsyncClient
) -> None:
    world, made = play.world, await sent(play, program)
    link = link_in((await mails(play))[LIWB])
    for _ in range(2):
        page = await anybody.get(link)
        assert page.status_code == 200
        assert SUBJECT in page.text
    assert line(await program.get(world.zhoumin, f"/notices/{made['id']}"), world.sfj)["state"] == "sent"
    assert "谢谢" in (await anybody.post(link, data={"act": "acknowledge"})).text
    assert (await anybody.post(link, data={"act": "answer", "text": " "})).status_code == 422
    assert (await anybody.post(link, json={"answer": "属实。"})).status_code == 200
    seen = line(await program.get(world.zhoumin, f"/notices/{made['id']}"), world.sfj)
    assert [(act["what"], act["via"]) for act in seen["acts"]] == [("acknowledged", "link"), ("answered", "link")]


async def test_the_sender_decides_on_an_offered_date_by_link(
    play: Play, program: Program, anybody: httpx.AsyncClient
) -> None:
    world, made = play.world, await sent(play, program)
    link = link_in((await mails(play))[LIWB])
    offered = await anybody.post(link, data={"act": "offer", "due_on": "2026-12-08", "text": "材料未齐。"})
    assert offered.status_code == 200
    decide = link_in((await mails(play))[ZHOUMIN])
    assert "材料未齐。" in (await anybody.get(decide)).text
    assert (await anybody.post(decide, data={"act": "agree", "due_on": "2026-12-08"})).status_code == 200
    assert line(await program.get(world.zhoumin, f"/notices/{made['id']}"), world.sfj)["due_on"] == "2026-12-08"
    assert (await anybody.get(decide)).status_code == 410


async def test_a_link_says_why_it_opens_no_more(play: Play, program: Program, anybody: httpx.AsyncClient) -> None:
    world, made = play.world, await sent(play, program)
    link = link_in((await mails(play))[LIWB])
    await program.post(world.zhoumin, f"/notices/{made['id']}/close", {"reason": "不需答复"})
    gone = await anybody.post(link, data={"act": "acknowledge"})
    assert gone.status_code == 410
    assert "已结束本件" in gone.text


async def test_the_link_of_an_agency_without_a_liaison_acts_until_one_is_in_office(
    play: Play, program: Program, anybody: httpx.AsyncClient
) -> None:
    term = play.world.terms["liwb"].id
    async with play.database.writing() as db:
        (await db.get_one(Designation, term)).ends_on = play.clock.today("Asia/Shanghai") - timedelta(days=3)
    made = await sent(play, program)
    link = link_in((await mails(play))["sfj@sfj.qingzhi.example"])
    assert (await anybody.post(link, data={"act": "acknowledge"})).status_code == 200
    acts = line(await program.get(play.world.zhoumin, f"/notices/{made['id']}"), play.world.sfj)["acts"]
    assert (acts[-1]["by_id"], acts[-1]["via"]) == (None, "link")
    async with play.database.writing() as db:
        (await db.get_one(Designation, term)).ends_on = None
    assert (await anybody.get(link)).status_code == 410


async def test_membership_ends_and_the_link_with_it(play: Play, program: Program, anybody: httpx.AsyncClient) -> None:
    await sent(play, program)
    link = link_in((await mails(play))[LIWB])
    async with play.database.writing() as db:
        row = (await db.scalars(select(Designation).where(Designation.id == play.world.terms["liwb"].id))).one()
        row.ends_on = date(2026, 11, 23)
    assert (await anybody.get(link)).status_code == 410
