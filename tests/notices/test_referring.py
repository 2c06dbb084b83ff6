"""线索移送: a lead goes from one agency to one other, which accepts it, declines it or returns it in time, and tells what came of it."""

import io
from typing import Any

import httpx
import pytest
from docx import Document
from sqlalchemy import select

from liaison.mechanisms.models import PAPER, Member
from tests.callers import Browser, Program
from tests.files.making import PDF
from tests.meetings.play import Play
from tests.notices.referred import CASE, CODE, PHONE, TITLE, referred
from tests.notices.sent import LIWB, QIANWEI, WUXL, ZHOUMIN, line, link_in, mails, morning, sent
from tests.notices.test_answering import third
from tests.reminders.test_reminding import beijing

SAID = {"how": "phone", "said_by": "李文博", "at": "2026-11-23T10:00:00+08:00"}


async def test_a_lead_goes_at_once_with_its_text_and_a_subject_of_nothing_but_its_code(
    play: Play, program: Program
) -> None:
    made = await referred(play, program)
    assert (made["kind"], made["state"], made["case_code"], made["category"]) == ("referral", "sent", CODE, "wages")
    assert (made["clause_id"], made["clause_number"]) == (str(play.world.clauses[0].id), play.world.clauses[0].number)
    got = await mails(play)
    assert set(got) == {LIWB, WUXL}
    mail = got[LIWB]
    assert mail.subject == f"【线索移送】区检察院：{CODE}"
    for said in (
        "清沚区人民检察院向贵单位移送下列线索",
        CASE.split("\n")[1],
        "2026年11月30日",
        "欠薪",
        play.world.clauses[0].text,
    ):
        assert said in mail.text
        assert said in mail.html
    assert len(mail.links) == 1


async def test_five_working_days_are_the_deadline_unless_another_is_given(play: Play, program: Program) -> None:
    made = await referred(play, program)
    assert (made["deadline_days"], line(made, play.world.sfj)["due_on"]) == (5, "2026-11-30")
    other = await referred(play, program, subject="另一件", deadline_days=8)
    assert line(other, play.world.sfj)["due_on"] == "2026-12-03"


@pytest.mark.parametrize("both", [("zhoumin", "liwb", "sfj"), ("liwb", "zhoumin", "jcy")])
async def test_a_lead_is_accepted_on_the_last_working_day_and_ends_with_feedback_both_ways(
    play: Play, program: Program, both: tuple[str, str, str]
) -> None:
    world = play.world
    sender, receiver, agency = (getattr(world, name) for name in both)
    made = await referred(play, program, by=sender, to_agency_ids=[str(agency.id)])
    await mails(play)
    path = f"/notices/{made['id']}"
    await program.post(receiver, f"{path}/acknowledge")
    play.clock.as_of = beijing("11-30T17:59")
    accepted = await program.post(receiver, f"{path}/accept")
    assert (accepted["state"], line(accepted, agency)["decision"]) == ("accepted", "accepted")
    got = await mails(play)
    assert "已受理" in got[sender.mail].subject
    assert CODE in got[sender.mail].subject
    for day in ("12-01", "12-08"):
        assert await morning(play, day) == {}, "feedback has no clock"
    done = await program.post(receiver, f"{path}/feedback", {"text": "已指派律师，追回工资。"})
    assert done["state"] == "answered"
    mail = (await mails(play))[sender.mail]
    assert "已指派律师，追回工资。" in mail.text
    closed = await program.post(sender, f"{path}/close")
    assert closed["state"] == "closed"
    assert await mails(play) == {}, "nobody owed anything any more"


async def test_the_mail_of_a_decision_names_the_case_by_its_code_alone(play: Play, program: Program) -> None:
    world, made = play.world, await referred(play, program)
    await mails(play)
    path = f"/notices/{made['id']}"
    for act, body in (("accept", {}), ("feedback", {"text": "已办结。"})):
        await program.post(world.liwb, f"{path}/{act}", body)
        got = await mails(play)
        assert set(got) == {ZHOUMIN, QIANWEI}
        for part in (got[ZHOUMIN].subject, got[ZHOUMIN].text, got[ZHOUMIN].html):
            assert TITLE not in part
            assert CASE.split("\n")[0] not in part


async def test_a_declined_lead_is_settled_with_its_reason(play: Play, program: Program) -> None:
    world, made = play.world, await referred(play, program)
    await mails(play)
    path = f"/notices/{made['id']}"
    assert await program.refused(world.liwb, "POST", f"{path}/decline", {"reason": " "}) == (422, ["reason"])
    for _ in range(2):
        declined = await program.post(world.liwb, f"{path}/decline", {"reason": "不属法律援助范围。"})
    assert declined["state"] == "declined"
    assert [act["what"] for act in line(declined, world.sfj)["acts"]] == ["declined"], "twice is once"
    got = await mails(play)
    assert "不属法律援助范围。" in got[ZHOUMIN].text
    assert await morning(play, "12-01") == {}
    for act, body in (("accept", {}), ("return", {"reason": "材料不全"}), ("feedback", {"text": "结果"})):
        assert (await program.refused(world.liwb, "POST", f"{path}/{act}", body))[0] == 409
    assert (await program.refused(world.zhoumin, "POST", f"{path}/supplement", {"text": "补充"}))[0] == 409


async def test_a_returned_lead_stands_still_until_it_is_supplied_and_its_days_begin_again(
    play: Play, program: Program
) -> None:
    world, made = play.world, await referred(play, program)
    await mails(play)
    path = f"/notices/{made['id']}"
    returned = await program.post(world.liwb, f"{path}/return", {"reason": "缺用工证明。"})
    assert returned["state"] == "returned"
    assert "缺用工证明。" in (await mails(play))[ZHOUMIN].text
    for day in ("11-30", "12-01"):
        assert await morning(play, day) == {}, "nobody is reminded while the sender has it"
    assert (await program.refused(world.liwb, "POST", f"{path}/supplement", {"text": "补充"}))[0] == 403
    play.clock.as_of = beijing("12-02T10:00")
    files = {"file": ("用工证明.pdf", PDF + b"%%EOF", "application/pdf")}
    headers = {"Authorization": f"Bearer {program.tokens[world.zhoumin.id]}"}
    added = await program.client.post(f"/api{path}/papers", files=files, headers=headers)
    assert added.status_code == 201, added.text
    for _ in range(2):
        supplied = await program.post(world.zhoumin, f"{path}/supplement", {"text": "用工证明见附件。"})
    now = line(supplied, world.sfj)
    assert (supplied["state"], now["due_on"], now["decision"]) == ("acknowledged", "2026-12-09", None)
    assert [act["what"] for act in now["acts"]] == ["returned", "supplemented"]
    got = await mails(play)
    assert set(got) == {LIWB, WUXL}
    assert "用工证明见附件。" in got[LIWB].text
    assert len(got[LIWB].links) == 1
    more = await program.client.post(f"/api{path}/papers", files=files | {"file": ("另.pdf", PDF, "application/pdf")}, headers=headers)  # fmt: skip
    assert more.status_code == 409, "what was sent does not change"
    assert set(await morning(play, "12-09")) == {LIWB, WUXL}
    assert (await program.post(world.liwb, f"{path}/accept"))["state"] == "accepted"


async def test_reminders_of_a_lead_name_its_code_alone_and_go_as_for_notices(play: Play, program: Program) -> None:
    await referred(play, program)
    await mails(play)
    told = {day: got for day in ("11-26", "11-30", "12-01") if (got := await morning(play, day))}
    assert {day: set(got) for day, got in told.items()} == {
        "11-26": {LIWB, WUXL},
        "11-30": {LIWB, WUXL},
        "12-01": {ZHOUMIN, QIANWEI},
    }
    for got in told.values():
        for mail in got.values():
            assert CODE in mail.text
            assert TITLE not in mail.subject + mail.text + mail.html
    half, late = told["11-26"][LIWB], told["12-01"][ZHOUMIN]
    assert half.subject == "【线索移送】来自区检察院：4天后到期，待决定是否受理"
    assert "签收、受理或退回" in half.text
    assert late.subject == "【线索移送】11月23日（周一）发出：区司法局未答复是否受理，期限为11月30日（周一）"
    assert "查看线索" in late.text


async def test_each_field_that_is_wrong_is_named_in_words(play: Play, program: Program) -> None:
    world = play.world
    await third(play)
    path = f"/mechanisms/{world.mechanism.id}/notices"
    base = {"kind": "referral", "subject": TITLE, "text": CASE, "to_agency_ids": [str(world.sfj.id)]}
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"kind": "order"}, ["kind"]),
        ({"to_agency_ids": [str(world.sfj.id), str(world.rsj.id)]}, ["to_agency_ids"]),
        ({"to_agency_ids": [str(world.jcy.id)]}, ["to_agency_ids"]),
        ({"copy_to_agency_ids": [str(world.rsj.id)]}, ["copy_to_agency_ids"]),
        ({"clause_id": "987654"}, ["clause_id"]),
        ({"case_code": "号" * 61}, ["case_code"]),
        ({"case_code": "110101199003077758"}, ["case_code"]),
        ({"category": "由" * 41}, ["category"]),
        ({"text": "身份证110101199003077758"}, ["text"]),
        ({"text": "卡号4111111111111111"}, ["text"]),
        ({"subject": " "}, ["subject"]),
        ({"deadline_days": 0}, ["deadline_days"]),
        ({"text": PHONE}, ["text"]),
    ]
    for given, fields in wrong:
        refused = await program.call(world.zhoumin, "POST", path, base | given, Accept_Language="zh-CN")
        assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (422, fields), given
        assert all(one["message"] for one in refused.json()["errors"])
    information = {"subject": "通报", "text": "内容", "to_agency_ids": [str(world.sfj.id)], "case_code": CODE}
    assert await program.refused(world.zhoumin, "POST", path, information) == (422, ["kind"])
    assert await mails(play) == {}


async def test_a_phone_number_is_asked_about_and_kept_once_it_is_said_to_be_a_contacts(
    play: Play, program: Program
) -> None:
    world = play.world
    made = await referred(play, program, text=PHONE, phones_ok=True, draft=True)
    changed = await program.patch(world.zhoumin, f"/notices/{made['id']}", {"case_code": "另号"})
    assert changed["text"] == PHONE, "what was ticked once is not asked again"
    assert (await program.refused(world.zhoumin, "PATCH", f"/notices/{made['id']}", {"text": PHONE + "急"}))[0] == 422
    await program.post(world.zhoumin, f"/notices/{made['id']}/send")
    path = f"/notices/{made['id']}"
    assert await program.refused(world.liwb, "POST", f"{path}/return", {"reason": PHONE}) == (422, ["reason"])
    await program.post(world.liwb, f"{path}/accept")
    assert await program.refused(world.liwb, "POST", f"{path}/feedback", {"text": PHONE}) == (422, ["text"])
    await program.post(world.liwb, f"{path}/feedback", {"text": PHONE, "phones_ok": True})
    assert (await sent(play, program, text=PHONE))["text"] == PHONE, "a notice may name phones"


async def test_a_lead_is_answered_by_a_decision_and_goes_no_further(play: Play, program: Program) -> None:
    world, made = play.world, await referred(play, program)
    rsj = await third(play)
    path = f"/notices/{made['id']}"
    assert (await program.refused(world.liwb, "POST", f"{path}/answer", {"text": "已知悉"}))[0] == 409
    onward = {"to_agency_id": str(rsj.id), "text": "属劳动监察"}
    assert (await program.refused(world.liwb, "POST", f"{path}/pass-on", onward))[0] == 409
    response = {
        "subject": "复函",
        "text": "x",
        "purpose": "response",
        "answers_id": made["id"],
        "to_agency_ids": [str(world.jcy.id)],
    }
    at = f"/mechanisms/{world.mechanism.id}/notices"
    assert await program.refused(world.liwb, "POST", at, response) == (422, ["answers_id"])
    assert (await program.refused(world.liwb, "POST", f"{path}/feedback", {"text": "结果"}))[0] == 409, "not accepted"
    notice = await sent(play, program)
    for act, body in (("accept", {}), ("decline", {"reason": "x"}), ("feedback", {"text": "x"})):
        assert (await program.refused(world.liwb, "POST", f"/notices/{notice['id']}/{act}", body))[0] == 409


async def test_what_the_sender_registered_is_replaced_by_the_agencys_own_word_or_corrected(
    play: Play, program: Program
) -> None:
    world, made = play.world, await referred(play, program)
    path = f"/notices/{made['id']}"
    play.clock.as_of = beijing("11-23T11:00")
    said = {"agency_id": str(world.sfj.id), "registered": SAID}
    registered = await program.post(world.zhoumin, f"{path}/accept", said)
    assert line(registered, world.sfj)["acts"][-1]["registered"]["said_by"] == "李文博"
    corrected = await program.post(world.liwb, f"{path}/correct", {"text": "我局尚未决定。"})
    assert (corrected["state"], line(corrected, world.sfj)["decision"]) == ("sent", None)
    await program.post(world.zhoumin, f"{path}/accept", said)
    own = await program.post(world.liwb, f"{path}/decline", {"reason": "不属管辖。"})
    assert own["state"] == "declined"
    assert (await program.refused(world.zhoumin, "POST", f"{path}/accept"))[0] == 403, "nobody decides for another"


async def test_by_the_mailed_link_a_lead_is_accepted_returned_declined_and_told_of(
    play: Play, program: Program, anybody: httpx.AsyncClient
) -> None:
    world, made = play.world, await referred(play, program)
    link = link_in((await mails(play))[LIWB])
    path = f"/notices/{made['id']}"
    page = await anybody.get(link)
    for said in (TITLE, CODE, "欠薪", "退回补充", "不予受理", "向贵单位移送下列线索"):
        assert said in page.text
    assert (await program.get(world.zhoumin, path))["state"] == "sent", "a look changes nothing"
    empty = await anybody.post(link, data={"act": "return", "reason": ""})
    assert (empty.status_code, 'id="f-reason-error"' in empty.text) == (422, True)
    phone = await anybody.post(link, data={"act": "return", "reason": PHONE})
    assert (phone.status_code, "phones_ok" in phone.text) == (422, True)
    assert (await anybody.post(link, data={"act": "return", "reason": "缺证明。"})).status_code == 200
    assert (await program.get(world.zhoumin, path))["state"] == "returned"
    assert (await anybody.post(link, json={"act": "accept"})).status_code == 200
    assert (await anybody.post(link, data={"act": "feedback", "text": "已办结。"})).status_code == 200
    done = await program.get(world.zhoumin, path)
    assert [act["what"] for act in line(done, world.sfj)["acts"]] == ["returned", "accepted", "feedback"]
    assert (await anybody.post(link, data={"act": "decline", "reason": "晚了"})).status_code == 409


async def test_on_its_page_a_lead_is_written_decided_supplied_and_told_of(play: Play, browser: Browser) -> None:
    world = play.world
    await browser.sign_in(world.zhoumin)
    form = await browser.get("/mechanisms/1/notices/new?kind=referral")
    assert "线索编号" in form
    typed = {
        "kind": "referral", "subject": TITLE, "text": PHONE, "case_code": CODE, "category": "自拟案由",
        "clause_id": str(world.clauses[0].id), "deadline_days": "5", "to_agency_ids": str(world.sfj.id),
    }  # fmt: skip
    asked = await browser.post("/mechanisms/1/notices", **typed)
    assert asked.status_code == 422
    assert 'name="phones_ok"' in asked.text
    assert PHONE in asked.text
    kept = await browser.post("/mechanisms/1/notices", **typed, phones_ok="1")
    assert kept.status_code == 303, kept.text
    path = kept.headers["location"].partition("?")[0]
    assert "自拟案由" in await browser.get(f"{path}/edit")
    assert "11月30日" in await browser.get(f"{path}/send")
    await browser.post(f"{path}/send")
    letter = await browser.client.get(f"{path}/letter.docx")
    assert letter.content[:2] == b"PK"
    await browser.sign_in(world.liwb)
    assert "待决定是否受理的线索" in await browser.get("/")
    await browser.get(path)
    await browser.post(f"{path}/open")
    assert "列为本单位落实事项" not in await browser.get(path)
    refused = await browser.post(f"{path}/return", reason="")
    assert 'id="f-reason-error"' in refused.text
    assert "退回补充" in await browser.get(
        (await browser.post(f"{path}/return", reason="缺证明。")).headers["location"]
    )
    await browser.sign_in(world.zhoumin)
    assert "退回补充的线索" in await browser.get("/")
    assert "缺证明。" in await browser.get(path)
    added = await browser.upload(f"{path}/papers", "证明.pdf", PDF + b"%%EOF")
    assert added.status_code == 303
    await browser.post(f"{path}/supplement", text="见附件。")
    await browser.sign_in(world.liwb)
    await browser.get(path)
    await browser.post(f"{path}/accept")
    assert "待反馈结果的线索" in await browser.get("/")
    done = await browser.post(f"{path}/feedback", text="已办结。")
    page = await browser.get(done.headers["location"])
    for said in ("已反馈", "已办结。", "见附件。", "缺证明。"):
        assert said in page
    assert (await browser.post(f"{path}/action-item")).status_code == 409, "every member reads the ledger"


async def test_a_paper_member_is_registered_for_by_the_sender_on_the_page(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    async with play.database.writing() as db:
        (await db.scalars(select(Member).where(Member.agency_id == world.sfj.id))).one().takes_part = PAPER
    made = await referred(play, program)
    assert await mails(play) == {}
    await browser.sign_in(world.zhoumin)
    path = f"/notices/{made['id']}/agencies/{world.sfj.id}/register"
    assert "退回补充" in await browser.get(path)
    how = {"how": "paper", "said_by": "李文博", "said_on": "2026-11-23", "said_at": "09:00"}
    assert (await browser.post(path, what="declined", text="", **how)).status_code == 422
    assert (await browser.post(path, what="accepted", text="", **how)).status_code == 303
    assert (await browser.post(path, what="feedback", text="已办结。", **how)).status_code == 303
    assert (await program.get(world.zhoumin, f"/notices/{made['id']}"))["state"] == "answered"


async def test_the_letter_says_code_cause_clause_and_by_when(play: Play, program: Program, browser: Browser) -> None:
    made = await referred(play, program)
    await browser.sign_in(play.world.zhoumin)
    letter = await browser.client.get(f"/notices/{made['id']}/letter.docx")
    text = "\n".join(one.text for one in Document(io.BytesIO(letter.content)).paragraphs)
    for said in (TITLE, "向贵单位移送下列线索", CODE, "欠薪", play.world.clauses[0].text, "2026年11月30日"):
        assert said in text


async def test_the_clause_stands_as_it_was_when_the_agreement_is_entered_anew(play: Play, program: Program) -> None:
    world, made = play.world, await referred(play, program)
    agreement = await program.get(world.zhoumin, f"/mechanisms/{world.mechanism.id}/agreement")
    given = {"title": agreement["title"], "clauses": [{"number": 1, "text": "另一条。"}]}
    done = await program.call(world.guyan, "PUT", f"/mechanisms/{world.mechanism.id}/agreement", given)
    assert done.status_code == 200, done.text
    seen = await program.get(world.zhoumin, f"/notices/{made['id']}")
    assert seen["clause_number"] == world.clauses[0].number


async def test_nobody_is_late_with_what_was_accepted_or_returned_in_time(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    accepted, returned = await referred(play, program), await referred(play, program, subject="另一件")
    waiting = await referred(play, program, subject="第三件")
    await program.post(world.liwb, f"/notices/{accepted['id']}/accept")
    await program.post(world.liwb, f"/notices/{returned['id']}/return", {"reason": "缺证明。"})
    play.clock.as_of = beijing("12-03T10:00")
    await browser.sign_in(world.zhoumin)
    assert (await browser.client.get(f"/notices/{waiting['id']}/escalate")).status_code == 200
    for made in (accepted, returned):
        assert (await browser.client.get(f"/notices/{made['id']}/escalate")).status_code == 409
        assert "逾期未答复" not in await browser.get(f"/notices/{made['id']}")


async def test_while_a_lead_is_returned_only_what_was_brought_since_is_taken_away_again(
    play: Play, browser: Browser, program: Program
) -> None:
    world, made = play.world, await referred(play, program, draft=True)
    path = f"/notices/{made['id']}"
    await browser.sign_in(world.zhoumin)
    await browser.get(path)
    for_draft = await browser.upload(f"{path}/papers", "原件.pdf", PDF + b"%%EOF")
    assert for_draft.status_code == 303, for_draft.text
    await program.post(world.zhoumin, f"{path}/send")
    play.clock.as_of = beijing("11-24T10:00")
    await program.post(world.liwb, f"{path}/return", {"reason": "缺证明。"})
    play.clock.as_of = beijing("11-24T11:00")
    await browser.sign_in(world.zhoumin)
    await browser.get(path)
    added = await browser.upload(f"{path}/papers", "补充.pdf", PDF + b"%%EOF")
    assert added.status_code == 303, added.text
    first, second = (one["id"] for one in (await program.get(world.zhoumin, path))["papers"])
    assert (await browser.post(f"{path}/papers/{first}/remove")).status_code == 409
    assert (await browser.post(f"{path}/papers/{second}/remove")).status_code == 303
