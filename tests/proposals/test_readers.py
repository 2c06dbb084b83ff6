"""Who reads what of what is put to the members: a draft behind a circulated version, those who left and those who joined."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from liaison.config import Settings
from liaison.mechanisms import designating, members
from tests.callers import Browser, Program
from tests.meetings.play import Play, by_address
from tests.minutes.typed import text_of
from tests.postroom.post import take, written
from tests.proposals.put import CLAUSES, TITLE, agreed, circulated, joining, version

LIWB = "liwb@sfj.qingzhi.example"
DRAFTED = "拟改之名七丙"
"""Stands in the draft of a second version and nowhere else."""


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A site that reads its mail."""
    return replace(settings, inbox_url=f"maildir://{tmp_path / 'in'}")


async def test_the_reason_in_a_draft_behind_a_circulated_version_is_read_by_the_lead_alone(
    play: Play, program: Program, browser: Browser
) -> None:
    world, of = play.world, f"/mechanisms/{play.world.mechanism.id}"
    sent = await circulated(play, program, await version(play, program))
    (link,) = by_address(await play.delivered())[LIWB].links
    changed = {"title": DRAFTED, "clauses": CLAUSES[:1], "reason": DRAFTED}
    second = await program.put(world.zhoumin, f"/proposals/{sent['id']}", changed)
    assert second["reason"] == DRAFTED
    for path in (f"/proposals/{sent['id']}", f"{of}/proposals"):
        assert DRAFTED not in (await program.call(world.liwb, "GET", path)).text, path
    await browser.sign_in(world.liwb)
    for path in (f"/proposals/{sent['id']}", f"{of}/agreement/versions"):
        assert DRAFTED not in await browser.get(path), path
    listed = text_of(await browser.get(f"{of}/agreement/versions"))
    assert "草稿" not in listed
    assert DRAFTED not in (await program.client.get(link)).text
    await program.post(world.zhoumin, f"/proposals/{second['id']}/withdraw", {"reason": "暂缓。"})
    told = by_address(await play.delivered())[LIWB]
    assert DRAFTED not in told.subject + told.text
    assert TITLE in told.subject
    page = text_of(await browser.get(f"/proposals/{sent['id']}"))
    assert "暂缓。" in page
    assert DRAFTED not in page
    assert (await program.get(world.liwb, f"/proposals/{sent['id']}"))["state"] == "withdrawn"
    trail = await program.call(world.liwb, "GET", "/audit?object=document:1")
    assert DRAFTED not in trail.text
    assert "withdraw_agreement" in trail.text


async def test_a_late_reply_is_answered_without_a_word_of_the_draft_that_took_its_place(
    play: Play, program: Program
) -> None:
    sent = await circulated(play, program, await version(play, program))
    mail = by_address(await play.delivered())[LIWB]
    changed = {"title": DRAFTED, "clauses": CLAUSES[:1]}
    second = await program.put(play.world.zhoumin, f"/proposals/{sent['id']}", changed)
    assert await take(play, written(mail, "同意").as_bytes()) == ("held", "proposal_replaced")
    (late,) = await play.delivered()
    assert DRAFTED not in late.subject + late.text
    assert f"/proposals/{second['id']}" not in late.text
    assert f"/proposals/{sent['id']}" in late.text


async def test_an_old_link_shows_its_text_as_replaced_also_once_a_newer_one_is_in_force(
    play: Play, program: Program
) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program))
    (link,) = by_address(await play.delivered())[LIWB].links
    second = await program.put(world.zhoumin, f"/proposals/{sent['id']}", {"title": TITLE, "clauses": CLAUSES[:1]})
    await agreed(play, program, await circulated(play, program, second))
    await program.post(world.zhoumin, f"/proposals/{second['id']}/put-in-force", {})
    page = text_of((await program.client.get(link)).text)
    assert "已有新稿" in page
    assert "已生效" not in page


async def test_who_left_reads_the_agreement_that_held_when_it_left_and_none_since(
    play: Play, program: Program, browser: Browser
) -> None:
    world, of = play.world, f"/mechanisms/{play.world.mechanism.id}"
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        joined = await members.join(db, viewer, world.mechanism.id, agency_id=world.rsj.id)
    play.clock.as_of = datetime(2026, 11, 25, 2, tzinfo=UTC)
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        await members.leave(db, viewer, joined.id, left_on=date(2026, 11, 25))
    sent = await circulated(play, program, await version(play, program, title=DRAFTED))
    done = await agreed(play, program, sent)
    await program.post(world.zhoumin, f"/proposals/{done['id']}/put-in-force", {})
    for path in (f"{of}/agreement", f"{of}/clauses", f"{of}/clauses?year=2026", f"{of}/agreement/versions", of):
        said = (await program.call(world.sunl, "GET", path)).text
        assert DRAFTED not in said, path
    assert (await program.get(world.sunl, f"{of}/agreement"))["title"] == world.agreement.title
    await browser.sign_in(world.sunl)
    for path in (of, f"{of}/promises", f"{of}/agreement/versions"):
        page = await browser.get(path)
        assert DRAFTED not in page, path
        assert CLAUSES[1]["text"] not in page, path
    assert world.agreement.title in await browser.get(of)
    assert "已被取代" not in await browser.get(f"{of}/agreement/versions"), "nothing newer is known to it"


async def test_who_joins_reads_nothing_of_what_was_withdrawn_or_replaced_before(play: Play, program: Program) -> None:
    world, of = play.world, f"/mechanisms/{play.world.mechanism.id}/proposals"
    first = await circulated(play, program, await version(play, program))
    body = {"root": first["root"], "text": "区人社局不宜加入。"}
    await program.post(world.liwb, f"/proposals/{first['id']}/request-changes", body)
    await program.post(world.zhoumin, f"/proposals/{first['id']}/withdraw", {"reason": "再议。"})
    sent = await circulated(play, program, await joining(play, program))
    play.clock.as_of = datetime(2026, 11, 25, 2, tzinfo=UTC)
    await agreed(play, program, sent)
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        await designating.designate(
            db, viewer, world.mechanism.id, agency_id=world.rsj.id, person_id=world.sunl.id, role="principal",
            starts_on=date(2026, 11, 25), basis_ref="清人社函〔2026〕9号",
        )  # fmt: skip
    assert "不宜加入" not in (await program.call(world.sunl, "GET", of)).text
    assert (await program.refused(world.sunl, "GET", f"/proposals/{first['id']}"))[0] == 404
    assert (await program.get(world.sunl, f"/proposals/{sent['id']}"))["state"] == "in_force"
    assert (await program.get(world.liwb, f"/proposals/{first['id']}"))["state"] == "withdrawn"


async def test_what_all_agreed_to_and_was_withdrawn_before_its_day_is_read_by_the_liaisons_alone(
    play: Play, program: Program
) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program, effective_on="2027-01-01"))
    await agreed(play, program, sent)
    await program.post(world.zhoumin, f"/proposals/{sent['id']}/put-in-force", {})
    assert (await program.get(world.hanmei, f"/proposals/{sent['id']}"))["state"] == "waiting"
    await program.post(world.zhoumin, f"/proposals/{sent['id']}/withdraw", {"reason": "再议。"})
    assert (await program.refused(world.hanmei, "GET", f"/proposals/{sent['id']}"))[0] == 404
    assert (await program.get(world.liwb, f"/proposals/{sent['id']}"))["state"] == "withdrawn"


async def test_two_reasons_typed_at_once_do_not_overwrite_each_other(play: Play, program: Program) -> None:
    draft = await version(play, program)
    body = {"title": TITLE, "clauses": CLAUSES, "version": draft["version"]}
    await program.put(play.world.zhoumin, f"/proposals/{draft['id']}", body | {"reason": "甲"})
    stale = await program.refused(play.world.zhoumin, "PUT", f"/proposals/{draft['id']}", body | {"reason": "乙"})
    assert stale[0] == 409
