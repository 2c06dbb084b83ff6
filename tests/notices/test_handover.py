"""Notices that wait follow the office of who answers them: counted before the day, mailed once to whoever holds it from then on."""

from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select

from liaison.audit import AuditLine
from liaison.db import Database
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.notices.sent import LIWB, SUBJECT, TEXT, line, link_in, mails, sent
from tests.notices.test_answering import third
from tests.succession.quarter import DAY, GONGHUI, SFJ, Quarter

SAID = "1件待签收或答复的通报"


@pytest.fixture
def quarter(play: Play) -> Quarter:
    return Quarter(play)


async def given_over(quarter: Quarter, program: Program, on: str = "2026-12-01") -> None:
    """The agency's administrator takes the liaison's office over on that day."""
    world = quarter.world
    given = {"to_person_id": str(world.gonghui.id), "starts_on": on}
    await program.post(world.gonghui, f"/designations/{world.terms['liwb'].id}/handover", given)


async def test_what_waits_is_counted_in_preview_mail_sheet_and_api_and_named_to_its_readers_alone(
    quarter: Quarter, program: Program, browser: Browser
) -> None:
    world, made = quarter.world, await sent(quarter.play, program)
    term = world.terms["liwb"].id
    await mails(quarter.play)
    await browser.sign_in(world.gonghui)
    for path in (f"/designations/{term}", f"/designations/{term}/sheet"):
        page = await browser.get(path)
        assert SAID in page
        assert SUBJECT not in page, "an administrator reads no notices"
    api = f"/designations/{term}/handover"
    assert (await program.get(world.gonghui, api))["moves"]["notices"] == [made["id"]]
    assert SAID not in await browser.get(f"/designations/{world.terms['wuxl'].id}"), "a deputy gets copies alone"
    await browser.sign_in(world.liwb)
    assert SUBJECT in await browser.get(f"/designations/{term}/sheet")
    await given_over(quarter, program)
    got = await mails(quarter.play)
    assert SAID in got[GONGHUI].text
    assert SUBJECT not in got[GONGHUI].text
    await program.post(world.liwb, f"/notices/{made['id']}/answer", {"text": "属实。"})
    assert SAID not in await browser.get(f"/designations/{term}/sheet")


async def test_neither_the_operator_nor_another_agency_learns_that_any_waits(
    quarter: Quarter, program: Program, browser: Browser
) -> None:
    world = quarter.world
    await sent(quarter.play, program)
    term = world.terms["liwb"].id
    await browser.sign_in(world.guyan)
    assert SAID not in await browser.get(f"/designations/{term}")
    await given_over(quarter, program)
    await quarter.on("12-01T00:01")
    assert "notices" not in (await program.get(world.guyan, f"/designations/{term}/handover"))["moves"]
    assert "notices" in (await program.get(world.gonghui, f"/designations/{term}/handover"))["moves"]
    async with quarter.play.database.reading() as db:
        applied = (await db.scalars(select(AuditLine).where(AuditLine.verb == "apply_handover"))).one()
    assert "notices" not in (applied.payload or "")


async def test_on_the_day_it_is_mailed_once_to_the_successor_whose_link_answers_and_the_former_one_ends(
    quarter: Quarter, program: Program, anybody: httpx.AsyncClient
) -> None:
    world, made = quarter.world, await sent(quarter.play, program)
    answered = await sent(quarter.play, program, subject="已答复的")
    former = link_in((await quarter_mail(quarter, SUBJECT))[LIWB])
    await program.post(world.liwb, f"/notices/{answered['id']}/answer", {"text": "属实。"})
    await program.post(world.liwb, f"/notices/{made['id']}/acknowledge")
    await given_over(quarter, program)
    await quarter.play.delivered()
    assert await notices_of(quarter, "11-30T23:59") == {}
    got = await notices_of(quarter, "12-01T00:01")
    assert set(got) == {GONGHUI}, "the deputy holds it, and what was answered waits for nobody"
    mail = got[GONGHUI]
    for said in (TEXT.splitlines()[0], "联络员（副联络员）已变更", "前答复"):
        assert said in mail.text
        assert said in mail.html
    assert await notices_of(quarter, "12-01T00:05") == await notices_of(quarter, "12-02T09:00") == {}
    assert (await anybody.get(former)).status_code == 410
    assert (await anybody.post(link_in(mail), data={"act": "answer", "text": "属实。"})).status_code == 200
    acts = line(await program.get(world.zhoumin, f"/notices/{made['id']}"), world.sfj)["acts"]
    assert [(one["what"], one["by_id"]) for one in acts] == [
        ("acknowledged", str(world.liwb.id)),
        ("answered", str(world.gonghui.id)),
    ]


async def test_a_vacant_office_leaves_it_to_the_agencys_own_address_and_to_nobody_else(
    quarter: Quarter, program: Program
) -> None:
    await third(quarter.play)
    await sent(quarter.play, program)
    await mails(quarter.play)
    await quarter.end(on=DAY)
    assert set(await notices_of(quarter, "12-01T00:01")) == {SFJ}
    await quarter.fill(quarter.world.gonghui, date(2026, 12, 3))
    assert set(await notices_of(quarter, "12-03T00:01")) == {GONGHUI}


async def test_a_successor_who_reads_the_same_mailbox_is_mailed_as_well(quarter: Quarter, program: Program) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        (await db.get_one(type(world.gonghui), world.gonghui.id)).mail = LIWB
    await sent(quarter.play, program)
    await mails(quarter.play)
    await given_over(quarter, program)
    await quarter.play.delivered()
    assert set(await notices_of(quarter, "12-01T00:01")) == {LIWB}


async def test_a_mechanism_that_has_ended_passes_nothing_on(quarter: Quarter, program: Program) -> None:
    await sent(quarter.play, program)
    await mails(quarter.play)
    async with quarter.play.database.writing() as db:
        mechanism = await db.get_one(type(quarter.world.mechanism), quarter.world.mechanism.id)
        mechanism.ended_on = date(2026, 11, 30)
    await quarter.end(on=DAY)
    assert await notices_of(quarter, "12-01T00:01") == {}


async def notices_of(quarter: Quarter, moment: str) -> dict[str, Any]:
    """The notices that arrive at that time of Beijing, by address."""
    return {mail.to: mail for mail in await quarter.on(moment) if mail.subject.startswith("【信息通报】")}


async def quarter_mail(quarter: Quarter, subject: str) -> dict[str, Any]:
    """What newly arrived under that subject, by address."""
    return {mail.to: mail for mail in await quarter.play.delivered() if subject in mail.subject}


async def test_the_preview_reads_as_often_for_many_notices_as_for_one(
    quarter: Quarter, program: Program, browser: Browser, database: Database
) -> None:
    path = f"/designations/{quarter.world.terms['liwb'].id}"
    await sent(quarter.play, program)
    await browser.sign_in(quarter.world.gonghui)
    asked: list[str] = []
    engine = database.reader.sync_engine
    event.listen(engine, "before_cursor_execute", note := lambda *said: asked.append(said[2]))
    counts = []
    for more in (0, 6):
        for n in range(more):
            await sent(quarter.play, program, subject=f"第{n}件")
        asked.clear()
        await browser.get(path)
        counts.append(len(asked))
    event.remove(engine, "before_cursor_execute", note)
    assert counts[0] == counts[1]
