"""The mails about what is put to the members, read as their receivers would, and what is done by them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms import designating
from liaison.reminders.reminding import remind_due
from liaison.succession.following import apply_due
from tests.callers import Program
from tests.meetings.play import Play, by_address
from tests.postroom.post import take, written
from tests.proposals.put import CLAUSES, TITLE, circulated, signed, version

LIWB, WUXL = "liwb@sfj.qingzhi.example", "wuxl@sfj.qingzhi.example"
ZHOUMIN, QIANWEI = "zhoumin@jcy.qingzhi.example", "qianwei@jcy.qingzhi.example"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A site that reads its mail."""
    return replace(settings, inbox_url=f"maildir://{tmp_path / 'in'}")


@pytest.fixture
def program(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


async def words(play: Play, program: Program, one: Any) -> list[tuple[str, str, str | None]]:
    found = (await program.get(play.world.zhoumin, f"/proposals/{one['id']}"))["sign_offs"]
    return [(each["state"], each["via"], each["text"]) for each in found]


async def test_liaisons_are_asked_with_text_reason_and_link_and_deputies_are_told(play: Play, program: Program) -> None:
    sent = await circulated(play, program, await version(play, program))
    mails = by_address(await play.delivered())
    assert set(mails) == {ZHOUMIN, QIANWEI, LIWB, WUXL}
    mail = mails[LIWB]
    assert mail.subject == f"【会签】请于12月7日（周一）前答复：《{TITLE}》"
    for said in (
        "清沚区人民检察院", "运行四年后的修订。", "第3条", "三个工作日内移送", "每半年至少1次联席会议", sent["root"],
        "全体成员单位都同意后才生效", "清沚区人民检察院、清沚区司法局",
    ):  # fmt: skip
        assert said in mail.text, said
    assert len(mail.links) == 1
    assert mails[WUXL].links == []
    assert "抄送副联络员知悉" in mails[WUXL].text


async def test_the_link_shows_the_text_changes_nothing_by_get_and_signs_by_post(play: Play, program: Program) -> None:
    sent = await circulated(play, program, await version(play, program))
    (link,) = by_address(await play.delivered())[LIWB].links
    for _ in range(2):
        assert sent["root"] in (await program.client.get(link)).text
    assert await words(play, program, sent) == []
    assert (
        await program.client.post(link, data={"root": sent["root"], "act": "changes", "text": ""})
    ).status_code == 422
    assert (await program.client.post(link, data={"root": "0" * 64, "act": "agree"})).status_code == 409
    done = await program.client.post(link, data={"root": sent["root"], "act": "agree", "text": "同意，望尽快施行"})
    assert done.status_code == 200
    assert await words(play, program, sent) == [("agreed", "link", "同意，望尽快施行")]
    (confirmation,) = await play.delivered()
    assert (confirmation.to, "同意" in confirmation.subject) == (LIWB, True)


async def test_a_new_version_is_mailed_with_what_differs_and_the_old_link_leads_nowhere(
    play: Play, program: Program
) -> None:
    first = await circulated(play, program, await version(play, program))
    (old,) = by_address(await play.delivered())[LIWB].links
    changed = [CLAUSES[0] | {"text": "检察机关发现支持起诉线索的，应当在五个工作日内移送。"}, CLAUSES[1]]
    saved = await program.put(play.world.zhoumin, f"/proposals/{first['id']}", {"title": TITLE, "clauses": changed})
    second = await circulated(play, program, saved)
    mail = by_address(await play.delivered())[LIWB]
    assert "第2稿" in mail.subject
    for said in ("三个工作日内移送", "五个工作日内移送", "第1稿"):
        assert said in mail.text, said
    assert (await program.client.get(old)).status_code == 409
    assert (await program.client.post(old, data={"root": second["root"], "act": "agree"})).status_code == 409


async def test_a_reply_with_the_code_signs_and_one_that_comes_too_late_is_answered_once(
    play: Play, program: Program
) -> None:
    sent = await circulated(play, program, await version(play, program))
    mails = by_address(await play.delivered())
    mail = mails[LIWB]
    assert re.search(r"L-[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", mail.text)
    assert await take(play, written(mail, "修改意见：第三条改为五个工作日").as_bytes()) == ("applied", "coded")
    assert await words(play, program, sent) == [("changes_requested", "mail", "第三条改为五个工作日")]
    told = by_address(await play.delivered())
    assert "第三条改为五个工作日" in told[ZHOUMIN].text
    await program.put(
        play.world.zhoumin, f"/proposals/{sent['id']}", {"title": TITLE, "clauses": CLAUSES[:1], "reason": "改"}
    )
    assert await take(play, written(mails[ZHOUMIN], "同意").as_bytes()) == ("held", "proposal_replaced")
    (late,) = await play.delivered()
    assert late.to == ZHOUMIN
    assert "未予登记" in late.subject


async def test_who_owes_is_reminded_on_the_working_day_before_and_on_the_day(play: Play, program: Program) -> None:
    sent = await circulated(play, program, await version(play, program))
    await signed(program, play.world.zhoumin, sent)
    await play.delivered()
    reminded = {}
    for day in (3, 4, 7):
        play.clock.as_of = datetime(2026, 12, day, 1, tzinfo=UTC)
        async with play.database.writing() as db:
            await remind_due(db)
        reminded[day] = {mail.to: mail for mail in await play.delivered() if "会签" in mail.subject}
    assert [sorted(found) for found in reminded.values()] == [[], [LIWB, WUXL], [LIWB, WUXL]]
    (link,) = [one for one in reminded[7][LIWB].links if "/r/" in one][:1]
    assert sent["root"] in (await program.client.get(link)).text


async def test_who_comes_into_office_is_sent_what_the_agency_still_owes(play: Play, program: Program) -> None:
    sent = await circulated(play, program, await version(play, program))
    (old,) = by_address(await play.delivered())[LIWB].links
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.gonghui)
        await designating.hand_over(
            db, viewer, play.world.terms["liwb"].id, to_person_id=play.world.gonghui.id, starts_on=date(2026, 11, 23)
        )
    async with play.database.writing() as db:
        await apply_due(db)
    asked = [mail for mail in await play.delivered() if "会签" in mail.subject]
    assert [mail.to for mail in asked] == ["gonghui@sfj.qingzhi.example"]
    assert (await program.client.get(old)).status_code == 410
    (new,) = asked[0].links
    assert (await program.client.post(new, data={"root": sent["root"], "act": "agree"})).status_code == 200
    async with play.database.writing() as db:
        await apply_due(db)
    assert [mail for mail in await play.delivered() if "请于" in mail.subject] == []


async def test_who_has_not_answered_is_reminded_by_hand_once_a_day(play: Play, program: Program) -> None:
    sent = await circulated(play, program, await version(play, program))
    await signed(program, play.world.zhoumin, sent)
    await play.delivered()
    at = f"/proposals/{sent['id']}/remind"
    await program.post(play.world.zhoumin, at, {})
    (mail,) = await play.delivered()
    assert (mail.to, "提醒" in mail.subject) == (LIWB, True)
    assert (await program.refused(play.world.zhoumin, "POST", at, {}))[0] == 409


async def test_in_english_the_mail_says_the_same(play: Play, program: Program) -> None:
    await program.patch(play.world.liwb, f"/people/{play.world.liwb.id}", {"locale": "en"})
    await circulated(play, program, await version(play, program))
    mail = by_address(await play.delivered())[LIWB]
    assert (
        mail.subject.startswith("[Countersign] Please answer by Mon 7 Dec: Agreement")
        or "[Countersign]" in mail.subject
    )
    assert "at least 1 joint meeting each half-year" in mail.text
