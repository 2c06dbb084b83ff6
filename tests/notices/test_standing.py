"""How a notice stands: what was registered, whom no mail reached, what the trail tells whom, and what ends with the mechanism."""

from datetime import date
from io import BytesIO
from typing import Any

import docx
import httpx
from sqlalchemy import select

from liaison.directory.models import Person
from liaison.mail.bounces import mark_bounced
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Mechanism
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.notices.sent import LIWB, QIANWEI, SUBJECT, WUXL, ZHOUMIN, line, link_in, mails, sent
from tests.notices.test_answering import SAID, third
from tests.reminders.test_reminding import beijing


async def registered(play: Play, program: Program, made: Any, what: str, **more: Any) -> Any:
    """What 区司法局 said by phone, by the sender; its line."""
    play.clock.as_of = beijing("11-23T11:00")
    said = {"agency_id": str(play.world.sfj.id), "registered": SAID} | more
    return line(await program.post(play.world.zhoumin, f"/notices/{made['id']}/{what}", said), play.world.sfj)


async def test_an_answer_that_was_registered_is_corrected_also_after_the_agency_acknowledged_itself(
    play: Play, program: Program
) -> None:
    world, made = play.world, await sent(play, program)
    await registered(play, program, made, "answer", text="电话答复：属实。")
    own = line(await program.post(world.liwb, f"/notices/{made['id']}/acknowledge"), world.sfj)
    assert own["acts"][-1]["registered"] is None
    open_ = line(await program.post(world.liwb, f"/notices/{made['id']}/correct", {"text": "我局未答复。"}), world.sfj)
    assert open_["state"] == "acknowledged", "that it has it stands"
    assert (await program.refused(world.liwb, "POST", f"/notices/{made['id']}/correct", {"text": "再"}))[0] == 409


async def test_the_agency_hears_of_what_was_registered_for_it_and_is_asked_to_correct_what_is_not_so(
    play: Play, program: Program
) -> None:
    made = await sent(play, program)
    await mails(play)
    await registered(play, program, made, "acknowledge")
    got = await mails(play)
    assert set(got) == {LIWB, WUXL}
    assert got[LIWB].subject == f"【信息通报】区检察院代登记：{SUBJECT}"
    await registered(play, program, made, "answer", text="电话答复：属实。")
    got = await mails(play)
    assert set(got) == {LIWB, WUXL, QIANWEI}
    for said in ("清沚区人民检察院", "李文博", "电话", "更正", "电话答复：属实。"):
        assert said in got[LIWB].text
        assert said in got[LIWB].html
    assert got[QIANWEI].subject == f"【信息通报】区司法局已答复：{SUBJECT}"


async def test_who_registers_for_their_own_agency_tells_nobody_of_it(play: Play, program: Program) -> None:
    made = await sent(play, program)
    await mails(play)
    play.clock.as_of = beijing("11-23T11:00")
    await program.post(play.world.liwb, f"/notices/{made['id']}/acknowledge", {"registered": SAID})
    assert await mails(play) == {}


async def test_the_agencys_own_answer_in_the_same_words_takes_the_place_of_what_was_registered(
    play: Play, program: Program
) -> None:
    made = await sent(play, program)
    await mails(play)
    await registered(play, program, made, "answer", text="属实。")
    await mails(play)
    for _ in range(2):
        own = await program.post(play.world.liwb, f"/notices/{made['id']}/answer", {"text": "属实。"})
    answers = [act["registered"] is None for act in line(own, play.world.sfj)["acts"] if act["what"] == "answered"]
    assert answers == [False, True]
    assert set(await mails(play)) == {ZHOUMIN, QIANWEI}


async def test_a_correction_sent_twice_is_one(play: Play, program: Program, browser: Browser) -> None:
    made = await sent(play, program)
    await registered(play, program, made, "acknowledge")
    await browser.sign_in(play.world.liwb)
    await browser.get(f"/notices/{made['id']}")
    path = f"/notices/{made['id']}/correct"
    assert [(await browser.post(path, text="我局未签收。")).status_code for _ in range(2)] == [303, 303]
    acts = line(await program.get(play.world.liwb, f"/notices/{made['id']}"), play.world.sfj)["acts"]
    assert [act["what"] for act in acts] == ["acknowledged", "corrected"]


async def test_an_agencys_own_answer_is_nothing_to_correct(play: Play, program: Program) -> None:
    made = await sent(play, program)
    await registered(play, program, made, "acknowledge")
    await program.post(play.world.liwb, f"/notices/{made['id']}/answer", {"text": "属实。"})
    refused = await program.refused(play.world.liwb, "POST", f"/notices/{made['id']}/correct", {"text": "再"})
    assert refused[0] == 409


async def test_what_was_registered_is_marked_behind_the_link_too(
    play: Play, program: Program, anybody: httpx.AsyncClient
) -> None:
    made = await sent(play, program)
    link = link_in((await mails(play))[LIWB])
    await registered(play, program, made, "acknowledge")
    page = (await anybody.get(link)).text
    assert "代登记" in page
    assert play.world.zhoumin.name not in page, "who registered it has not acknowledged it"


async def test_delivered_speaks_of_the_liaison_and_not_of_the_deputy(
    play: Play, program: Program, browser: Browser
) -> None:
    made = await sent(play, program)
    await mails(play)
    await browser.sign_in(play.world.zhoumin)

    async def comes_back(address: str) -> str:
        async with play.database.writing() as db:
            query = select(OutboxMail.message_id).where(OutboxMail.address == address)
            await mark_bounced(db, (await db.scalars(query)).one() or "", status="5.1.1", words="", named=None)
        return await browser.get(f"/notices/{made['id']}")

    assert "未送达" not in await comes_back(WUXL)
    assert "未送达" in await comes_back(LIWB)


async def test_an_action_item_made_twice_by_a_double_click_is_one(
    play: Play, program: Program, browser: Browser
) -> None:
    made = await sent(play, program)
    await browser.sign_in(play.world.liwb)
    await browser.get(f"/notices/{made['id']}")
    path = f"/notices/{made['id']}/action-item"
    assert [(await browser.post(path)).status_code for _ in range(2)] == [303, 303]
    assert len((await program.get(play.world.liwb, "/action-items"))["items"]) == 1


async def test_the_trail_is_read_by_the_agencies_of_the_notice_and_of_its_draft_by_the_sender(
    play: Play, program: Program
) -> None:
    world = play.world
    await third(play)
    made = await sent(play, program, draft=True)
    play.clock.as_of = beijing("11-23T10:00")
    await program.post(world.zhoumin, f"/notices/{made['id']}/send")
    await program.post(world.liwb, f"/notices/{made['id']}/acknowledge")

    async def verbs(who: Person) -> list[str]:
        lines = await program.get(who, f"/audit?object=notice:{made['id']}")
        return [one["verb"] for one in lines["items"]]

    assert await verbs(world.zhoumin) == ["write_notice", "send_notice", "notice_acknowledged"]
    assert await verbs(world.wuxl) == ["send_notice", "notice_acknowledged"]
    for other in (world.sunl, world.guyan):
        assert (await program.call(other, "GET", f"/audit?object=notice:{made['id']}")).status_code == 404


async def test_in_a_mechanism_that_has_ended_nothing_is_sent_and_what_was_sent_is_still_answered_and_closed(
    play: Play, program: Program
) -> None:
    world, made = play.world, await sent(play, program)
    draft = await sent(play, program, draft=True, subject="未发的")
    async with play.database.writing() as db:
        (await db.get_one(Mechanism, world.mechanism.id)).ended_on = date(2026, 11, 24)
    play.clock.as_of = beijing("11-24T09:00")
    path = f"/mechanisms/{world.mechanism.id}/notices"
    given = {"subject": "又一件", "text": "x", "to_agency_ids": [str(world.sfj.id)]}
    assert await program.refused(world.zhoumin, "POST", path, given) == (409, [])
    assert await program.refused(world.zhoumin, "POST", f"/notices/{draft['id']}/send") == (409, [])
    await program.post(world.liwb, f"/notices/{made['id']}/answer", {"text": "属实。"})
    await program.post(world.zhoumin, f"/notices/{made['id']}/close")


async def test_the_letter_gives_the_first_deadline_where_another_agency_was_given_more_time(
    play: Play, program: Program, browser: Browser
) -> None:
    world, rsj = play.world, await third(play)
    made = await sent(play, program, to_agency_ids=[str(world.sfj.id), str(rsj.id)])
    path = f"/notices/{made['id']}"
    await program.post(world.liwb, f"{path}/offer", {"due_on": "2026-12-10", "text": "材料未齐。"})
    await program.post(world.zhoumin, f"{path}/agree", {"agency_id": str(world.sfj.id)})
    await browser.sign_in(world.zhoumin)
    made_of = (await browser.client.get(f"{path}/letter.docx")).content
    words = "".join(one.text for one in docx.Document(BytesIO(made_of)).paragraphs)
    assert "11月30日" in words
    assert "12月10日" not in words
