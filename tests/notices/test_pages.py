"""The pages of notices: nothing typed is lost, each act does what it says, and what was made of a notice is found again."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import select

from liaison.actions.models import ActionItem
from liaison.meetings.models import AgendaItem
from tests.callers import Browser, Program
from tests.files.making import PDF
from tests.meetings.play import Play
from tests.notices.referred import referred
from tests.notices.sent import LIWB, SUBJECT, TEXT, WUXL, line, mails, sent
from tests.notices.test_answering import third
from tests.reminders.test_reminding import beijing

TYPED = {"subject": "讨薪线索核实", "text": "请协助核实。\n谢谢。", "purpose": "action", "deadline_days": "5"}


async def test_a_refused_form_keeps_what_was_typed_and_names_the_fields(play: Play, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get("/mechanisms/1/notices/new")
    answer = await browser.post("/mechanisms/1/notices", **TYPED | {"subject": "", "deadline_days": "500"})
    assert answer.status_code == 422
    for field in ("subject", "to_agency_ids", "deadline_days"):
        assert f'href="#f-{field}"' in answer.text
    assert "请协助核实。" in answer.text
    assert "还没有发出" in await browser.get("/notices?box=sent")


async def test_a_notice_is_written_given_a_paper_looked_at_once_more_and_sent(
    play: Play, browser: Browser, program: Program
) -> None:
    world = play.world
    await browser.sign_in(world.zhoumin)
    await browser.get("/mechanisms/1/notices/new")
    kept = await browser.post("/mechanisms/1/notices", to_agency_ids=str(world.sfj.id), **TYPED)
    path = kept.headers["location"].partition("?")[0]
    assert "草稿已保存" in await browser.get(kept.headers["location"])
    added = await browser.upload(f"{path}/papers", "清单.pdf", PDF + b"%%EOF")
    assert added.status_code == 303, added.text
    papers = await browser.get(path)
    assert ('id="h-papers">材料<' in papers, "会议材料" in papers) == (True, False)
    look = await browser.get(f"{path}/send")
    for said in ("<h1>发送通报</h1>", "立即发送2封邮件", "李文博", "吴晓岚", "清单.pdf", "11月30日", "发送给1个单位"):
        assert said in look
    assert await mails(play) == {}, "looking sends nothing"
    sent_ = await browser.post(f"{path}/send")
    assert sent_.status_code == 303
    assert set(await mails(play)) == {LIWB, WUXL}
    page = await browser.get(sent_.headers["location"])
    assert "已发送" in page
    assert "已送达" in page
    assert (await browser.post(f"{path}/edit", **TYPED)).status_code == 409
    await browser.sign_in(world.liwb)
    file = re.search(rf'href="({path}/papers/\d+/file)"', await browser.get(path) + "")
    assert file is None, "papers are there once it was opened"
    await browser.post(f"{path}/open")
    file = re.search(rf'href="({path}/papers/\d+/file)"', await browser.get(path))
    assert file is not None
    got = await browser.client.get(file[1])
    assert got.content.startswith(PDF[:8])
    assert "attachment" in got.headers["content-disposition"]


async def test_the_text_is_read_after_opening_which_the_sender_sees(
    play: Play, browser: Browser, program: Program
) -> None:
    made = await sent(play, program)
    await browser.sign_in(play.world.liwb)
    page = await browser.get(f"/notices/{made['id']}")
    assert TEXT.split("\n")[1] not in page
    assert "打开阅读" in page
    await browser.post(f"/notices/{made['id']}/open")
    assert TEXT.split("\n")[1] in await browser.get(f"/notices/{made['id']}")
    await browser.sign_in(play.world.zhoumin)
    assert "已打开" in await browser.get(f"/notices/{made['id']}")


async def test_a_draft_is_thrown_away_and_taken_back(play: Play, browser: Browser, program: Program) -> None:
    made = await sent(play, program, draft=True)
    await browser.sign_in(play.world.zhoumin)
    await browser.get(f"/notices/{made['id']}")
    gone = await browser.post(f"/notices/{made['id']}/discard")
    box = await browser.get(gone.headers["location"])
    assert SUBJECT not in box.replace("toast", "")
    assert f"/notices/{made['id']}/restore" in box
    assert (await browser.client.get(f"/notices/{made['id']}")).status_code == 404
    back = await browser.post(f"/notices/{made['id']}/restore")
    assert SUBJECT in await browser.get(back.headers["location"])


async def test_lists_are_narrowed_by_agency_words_and_what_is_open(
    play: Play, browser: Browser, program: Program
) -> None:
    world = play.world
    first = await sent(play, program, subject="甲类线索")
    await sent(play, program, subject="乙类情况", purpose="information")
    await program.post(world.liwb, f"/notices/{first['id']}/answer", {"text": "属实。"})
    await browser.sign_in(world.liwb)
    assert "甲类线索" in await browser.get("/notices")
    only_open = await browser.get("/notices?open=1")
    assert "甲类线索" not in only_open
    assert "乙类情况" in only_open
    assert "没有符合条件" in await browser.get("/notices?q=丙")
    assert "乙类情况" not in await browser.get("/notices?q=甲类")
    assert "甲类线索" in await browser.get(f"/notices?agency={world.jcy.id}")
    assert "甲类线索" not in await browser.get(f"/notices?agency={world.sfj.id}")
    await browser.sign_in(world.zhoumin)
    assert "甲类线索" in await browser.get("/notices?box=sent")


async def test_a_refused_act_keeps_its_text_beside_its_own_form(play: Play, browser: Browser, program: Program) -> None:
    made = await sent(play, program)
    await browser.sign_in(play.world.liwb)
    await browser.get("/")
    path = f"/notices/{made['id']}"
    await browser.post(f"{path}/open")
    refused = await browser.post(f"{path}/offer", due_on="2026-11-24", text="需要调档")
    assert refused.status_code == 422
    assert "需要调档" in refused.text
    assert 'id="f-due_on-error"' in refused.text
    moved = await browser.post(f"{path}/offer", due_on="2026-12-05", text="需要调档")
    assert "已顺延至下一个工作日" in await browser.get(moved.headers["location"])


async def test_one_press_makes_it_an_agenda_item_known_to_the_same_agencies_or_an_action_item(
    play: Play, browser: Browser, program: Program
) -> None:
    world = play.world
    await third(play)
    meeting_id = await play.scheduled()
    made: Any = await sent(play, program)
    await browser.sign_in(world.liwb)
    await browser.get("/")
    path = f"/notices/{made['id']}"
    for _ in range(2):
        done = await browser.post(f"{path}/agenda-item", meeting_id=str(meeting_id))
        assert done.status_code == 303, done.text
    async with play.database.reading() as db:
        items = list(await db.scalars(select(AgendaItem).where(AgendaItem.title == SUBJECT)))
    assert [(one.agency_id, one.audience) for one in items] == [(world.sfj.id, frozenset({world.jcy.id, world.sfj.id}))]
    done = await browser.post(f"{path}/action-item")
    assert done.status_code == 303
    async with play.database.reading() as db:
        item = (await db.scalars(select(ActionItem).where(ActionItem.title == SUBJECT))).one()
    assert (item.lead_agency_id, item.due_on.isoformat() if item.due_on else "") == (world.sfj.id, "2026-11-30")
    page = await browser.get(path)
    assert f"/actions/{item.id}" in page
    await play.scheduled(local_start=datetime.fromisoformat("2027-03-18T14:30"))
    await browser.post(f"{path}/open")
    page = await browser.get(path)
    for said in ("12月17日（周四） 第四季度联席会议", "2027年3月18日（周四） 第四季度联席会议"):
        assert f">{said}</option>" in page, "meetings of a series are told apart by their day"
    acts = [act["what"] for act in line(await program.get(world.zhoumin, path), world.sfj)["acts"]]
    assert acts == ["agenda_item", "action_item", "opened"]


async def test_the_summary_of_errors_calls_a_field_as_its_form_does_and_the_leaders_mail_is_of_a_referral(
    play: Play, program: Program, browser: Browser
) -> None:
    world, made = play.world, await referred(play, program)
    path = f"/notices/{made['id']}"
    await mails(play)
    await browser.sign_in(world.liwb)
    await browser.get(path)
    await browser.post(f"{path}/open")
    for act, field, called in (("return", "reason", "需补充的内容"), ("decline", "reason", "原因")):
        refused = await browser.post(f"{path}/{act}", **{field: " "})
        assert re.search(rf"{called}</?[^>]*>?：?\s*请填写|{called}：请填写", refused.text), act
    play.clock.as_of = beijing("12-01T09:00")
    await browser.sign_in(world.zhoumin)
    await browser.get(path)
    await browser.post(f"{path}/escalate", text="请协调。", to_person_id=str(world.chenzy.id))
    assert [one.subject for one in (await mails(play)).values()] == ["【线索移送】周敏提请关注"]
