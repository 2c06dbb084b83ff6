"""Signing minutes by answering the mail: the reference code, the registered address and the first word."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liaison.config import Settings
from liaison.mail.choices import choose_for_inbox
from tests.callers import Program
from tests.meetings.play import Mail, Play, by_address
from tests.minutes.test_api import SECTIONS, circulated
from tests.minutes.test_mails import JCY, LIWB, SFJ, WUXL, ZHOUMIN, issued
from tests.postroom.post import take, written


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A site that reads its mail."""
    return replace(settings, inbox_url=f"maildir://{tmp_path / 'in'}")


async def asked(play: Play, program: Program) -> tuple[Any, Mail]:
    sent = await circulated(play, program)
    mail = by_address(await play.delivered())[LIWB]
    assert len(set(re.findall(r"L-[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", mail.text))) == 1
    return sent, mail


async def words(play: Play, program: Program, version: Any) -> list[tuple[str, str, str | None, bool]]:
    found = (await program.get(play.world.zhoumin, f"/minutes/{version['id']}"))["sign_offs"]
    return [(one["state"], one["via"], one["text"], one["unverified"]) for one in found]


async def test_agree_counts_once_is_marked_where_nobody_vouches_and_is_confirmed_once(
    play: Play, program: Program
) -> None:
    sent, mail = await asked(play, program)
    raw = written(mail, "同意").as_bytes()
    assert await take(play, raw) == ("applied", "coded")
    assert await words(play, program, sent) == [("agreed", "mail", None, True)]
    (confirmation,) = await play.delivered()
    assert confirmation.to == LIWB
    for said in ("【签署确认】", "同意", "第1稿"):
        assert said in confirmation.subject, said
    assert sent["root"] in confirmation.text
    assert "未核实" in confirmation.text
    assert (await take(play, written(mail, "修改意见：再改").as_bytes()))[0] == "held"
    assert len(await words(play, program, sent)) == 1
    assert await play.delivered() == []


async def test_what_the_same_agency_says_as_somebody_known_takes_the_place_of_what_nobody_vouched_for(
    play: Play, program: Program
) -> None:
    sent, mail = await asked(play, program)
    await take(play, written(mail, "同意").as_bytes())
    for _ in range(2):
        await program.post(play.world.liwb, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    assert await words(play, program, sent) == [("agreed", "mail", None, True), ("agreed", "api", None, False)]


async def test_changes_are_recorded_in_the_words_of_the_reply(play: Play, program: Program) -> None:
    sent, mail = await asked(play, program)
    assert await take(play, written(mail, "修改意见：第二条改为5个工作日").as_bytes()) == ("applied", "coded")
    assert await words(play, program, sent) == [("changes_requested", "mail", "第二条改为5个工作日", True)]
    assert {mail.to for mail in await play.delivered()} == {LIWB, ZHOUMIN, SFJ}


async def test_what_is_refused_leaves_the_code_to_be_used_again(play: Play, program: Program) -> None:
    sent, mail = await asked(play, program)
    for text, sender in (("修改意见：", ""), ("签收", ""), ("同意", WUXL), ("好的", "")):
        assert (await take(play, written(mail, text, sender=sender).as_bytes()))[0] == "held", text
    assert await words(play, program, sent) == []
    assert (await take(play, written(mail, "同意").as_bytes()))[0] == "applied"


async def test_a_reply_to_an_earlier_version_signs_nothing_and_its_sender_is_told_once_which_one_to_answer(
    play: Play, program: Program
) -> None:
    sent, mail = await asked(play, program)
    changed = {"sections": [SECTIONS[0] | {"text": "会议议定，5个工作日内完成移送。"}]}
    second = await program.put(play.world.zhoumin, f"/meetings/{sent['meeting_id']}/minutes", changed)
    assert await take(play, written(mail, "同意").as_bytes()) == ("held", "minutes_replaced")
    (told,) = await play.delivered()
    assert (told.to, told.subject) == (LIWB, "【纪要会签】您的答复未登记：2026年第四季度联席会议（第1稿）")
    assert "文稿正在修改" in told.text
    await program.post(play.world.zhoumin, f"/minutes/{second['id']}/circulate")
    newer = by_address(await play.delivered())[LIWB]
    assert await take(play, written(mail, "修改意见：再改").as_bytes()) == ("held", "minutes_replaced")
    (told,) = await play.delivered()
    for part in (told.text, told.html):
        assert "第2稿已于2026年11月23日发送" in part
    assert (await program.get(play.world.zhoumin, f"/minutes/{second['id']}"))["sign_offs"] == []
    assert (await take(play, written(newer, "同意").as_bytes()))[0] == "applied"


async def test_a_reply_after_the_issue_changes_nothing_and_its_sender_is_told(play: Play, program: Program) -> None:
    sent, mail = await asked(play, program)
    await issued(play, program, sent)
    assert await take(play, written(mail, "修改意见：再改").as_bytes()) == ("held", "minutes_issued")
    (told,) = await play.delivered()
    assert told.to == LIWB
    assert "本纪要已于2026年11月23日印发" in told.text


async def test_where_unverified_answers_are_held_one_to_minutes_waits_too(play: Play, program: Program) -> None:
    sent, mail = await asked(play, program)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.guyan)
        await choose_for_inbox(db, viewer, own_server="", hold=True, sub_addressing=False)
    assert await take(play, written(mail, "同意").as_bytes()) == ("held", "unverified")
    assert await words(play, program, sent) == []


async def test_a_copy_and_a_mail_to_several_hold_no_code(play: Play, program: Program) -> None:
    await circulated(play, program)
    mails = by_address(await play.delivered())
    assert {to for to, mail in mails.items() if "L-" in mail.text} == {ZHOUMIN, LIWB, JCY}
