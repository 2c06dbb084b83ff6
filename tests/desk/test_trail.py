"""Who reads what of the audit trail: the thing must be theirs to see, and so must what a line tells (PERMISSIONS.md)."""

from datetime import datetime
from typing import Any

import pytest

from liaison import audit
from liaison.db import Database
from liaison.meetings import agenda, announcing, queries, replies, scheduling
from liaison.meetings.asking import Asked
from tests.callers import Program
from tests.world import World


@pytest.fixture
async def meeting_id(world: World, database: Database) -> int:
    """A draft with another title once, then announced; one item on the agenda, one proposed; one answer."""
    async with database.writing() as db:
        host = await world.viewer(db, world.zhoumin)
        made = await scheduling.schedule(
            db,
            host,
            world.mechanism.id,
            kind="regular",
            title="草稿里的题目",
            local_start=datetime.fromisoformat("2026-12-17T14:30"),
            duration_minutes=120,
            asked=[Asked(person_id=world.chenzy.id, role="chair"), Asked(person_id=world.sunl.id)],
        )
        meeting = await queries.get(db, host, made.id)
        await agenda.add_item(db, host, meeting, title="通报工作", purpose="report")
    async with database.writing() as db:
        db.clock.as_of = db.now().replace(minute=db.now().minute + 1)
        host = await world.viewer(db, world.zhoumin)
        meeting = await queries.get(db, host, made.id)
        await announcing.send(db, host, meeting)
        proposer = await world.viewer(db, world.zhenggq)
        await agenda.add_item(db, proposer, meeting, title="还没有审定的事", purpose="consult")
        [sunl] = [one for one in await queries.attendees(db, made.id) if one.person_id == world.sunl.id]
        sunl = await queries.attendee(db, sunl.id)
        await replies.answer(db, await world.viewer(db, world.sunl), sunl, partstat="declined")
    return made.id


async def read(program: Program, who: Any, thing: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await program.get(who, f"/audit?object={thing}"))["items"]
    return items


async def test_who_runs_the_meeting_reads_everything_about_it(program: Program, world: World, meeting_id: int) -> None:
    lines = await read(program, world.zhoumin, f"meeting:{meeting_id}")
    assert [line["verb"] for line in lines] == ["schedule", "add_item", "send", "propose", "answer"]
    assert lines[0]["facts"]["title"] == "草稿里的题目"
    assert lines[3]["facts"]["title"] == "还没有审定的事"
    assert lines[3]["person_id"] == str(world.zhenggq.id)


async def test_the_others_read_what_the_pages_show_them(program: Program, world: World, meeting_id: int) -> None:
    thing = f"meeting:{meeting_id}"
    lines = await read(program, world.sunl, thing)
    assert [line["verb"] for line in lines] == ["send", "answer"]
    assert "还没有审定的事" not in str(lines)
    assert [line["verb"] for line in await read(program, world.zhenggq, thing)] == ["send", "propose", "answer"]


async def test_why_a_step_was_changed_is_read_by_those_who_run_the_meeting(
    program: Program, world: World, meeting_id: int
) -> None:
    await program.post(world.zhoumin, f"/meetings/{meeting_id}/steps/reminder/skip", {"reason": "检察长出国"})
    thing = f"meeting:{meeting_id}"
    assert "检察长出国" in str(await read(program, world.liwb, thing))
    for who in (world.sunl, world.zhenggq, world.maolin):
        assert "skip_step" not in [line["verb"] for line in await read(program, who, thing)]


async def test_a_hidden_list_stays_hidden(program: Program, world: World, meeting_id: int, database: Database) -> None:
    async with database.writing() as db:
        host = await world.viewer(db, world.zhoumin)
        meeting = await queries.get(db, host, meeting_id)
        meeting.hides_attendees = True
    assert [line["verb"] for line in await read(program, world.sunl, f"meeting:{meeting_id}")] == ["send"]


async def test_what_somebody_may_not_see_has_no_trail(program: Program, world: World, meeting_id: int) -> None:
    there, missing = f"/audit?object=meeting:{meeting_id}", "/audit?object=meeting:999999"
    for who in (world.guyan, world.songhp):
        answers = [await program.call(who, "GET", path) for path in (there, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text == answers[1].text
    for nothing in ("meeting:0", "meeting:x", "meeting", "secret:1", "denied:1"):
        assert (await program.call(world.zhoumin, "GET", f"/audit?object={nothing}")).status_code == 404, nothing
    assert await program.refused(world.zhoumin, "GET", "/audit") == (422, ["object"])


async def test_people_are_read_by_themselves_their_keepers_and_the_operator(program: Program, world: World) -> None:
    await program.patch(world.liwb, f"/people/{world.wuxl.id}", {"job_title": "主任"})
    thing = f"/audit?object=person:{world.wuxl.id}"
    for who in (world.liwb, world.gonghui, world.wuxl, world.guyan):
        assert "change_person" in {line["verb"] for line in (await program.get(who, thing))["items"]}
    for who in (world.zhoumin, world.zhenggq, world.sunl):
        assert (await program.refused(who, "GET", thing))[0] == 403
    for kind, id_ in (("agency", world.sfj.id), ("office", world.wujianbu.id)):
        assert (await program.call(world.sunl, "GET", f"/audit?object={kind}:{id_}")).status_code == 403
    assert (await program.call(world.liwb, "GET", f"/audit?object=agency:{world.sfj.id}")).status_code == 200


async def test_where_somebody_signed_in_from_is_told_to_nobody_else_of_their_agency(
    program: Program, world: World, database: Database
) -> None:
    async with database.writing() as db:
        from_there = await world.viewer(db, world.wuxl)
        audit.add(db, from_there, "sign_in", f"person:{world.wuxl.id}", source="192.0.2.7")
    thing = f"person:{world.wuxl.id}"
    assert "192.0.2.7" in str(await read(program, world.wuxl, thing))
    assert "192.0.2.7" in str(await read(program, world.guyan, thing))
    assert "192.0.2.7" not in str(await read(program, world.liwb, thing))


async def test_an_action_is_read_by_whoever_sees_it(program: Program, world: World) -> None:
    given = {"title": "报送数据", "lead_agency_id": str(world.sfj.id)}
    path = f"/mechanisms/{world.mechanism.id}/action-items"
    made = await program.post(world.zhoumin, path, given, status=201)
    thing = f"action:{made['id']}"
    assert [line["verb"] for line in await read(program, world.liwb, thing)] == ["assign"]
    assert (await program.call(world.sunl, "GET", f"/audit?object={thing}")).status_code == 404


async def test_mails_and_the_site_are_the_operators(program: Program, world: World) -> None:
    for thing in ("site:1", "mail:1", "mail:999999"):
        assert (await program.call(world.guyan, "GET", f"/audit?object={thing}")).status_code == 200
        assert (await program.call(world.zhoumin, "GET", f"/audit?object={thing}")).status_code == 403


async def test_an_agency_that_left_reads_what_was_done_until_then(program: Program, world: World) -> None:
    thing = f"mechanism:{world.mechanism.id}"
    await program.patch(world.guyan, f"/mechanisms/{world.mechanism.id}", {"name": "改了的名称"})
    assert [line["verb"] for line in await read(program, world.maolin, thing)][-1] == "change_mechanism"
    assert await read(program, world.songhp, thing) == []


async def test_the_trail_is_read_page_by_page(program: Program, world: World, meeting_id: int) -> None:
    verbs, cursor = [], ""
    while True:
        answer = await program.get(world.sunl, f"/audit?object=meeting:{meeting_id}&limit=1{cursor}")
        verbs += [line["verb"] for line in answer["items"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert verbs == ["send", "answer"]
