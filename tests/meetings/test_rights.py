"""Whose people and whose items somebody puts on a meeting, and what a hidden list tells."""

from datetime import date, timedelta

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms import members
from liaison.meetings.asking import Asked
from tests.callers import Browser, Program
from tests.conftest import NOW
from tests.meetings.play import Play

MEETING = {"kind": "regular", "title": "会", "starts_at": "2026-12-17T14:30:00+08:00", "duration_minutes": 120}


async def test_only_the_host_asks_other_agencies_people_also_when_scheduling(play: Play, program: Program) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    for other in ({"person_id": str(world.chenzy.id)}, {"agency_id": str(world.jcy.id)}):
        hosted = {**MEETING, "host_agency_id": str(world.jcy.id), "attendees": [other]}
        assert (await program.refused(world.liwb, "POST", path, hosted))[0] == 403
        assert (await program.call(world.liwb, "POST", path, {**MEETING, "attendees": [other]})).status_code == 201
    own = {**MEETING, "host_agency_id": str(world.jcy.id), "attendees": [{"agency_id": str(world.sfj.id)}]}
    assert (await program.call(world.liwb, "POST", path, own)).status_code == 201


async def test_a_meeting_is_hosted_by_a_member_agency(play: Play, program: Program) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    for agency in (world.sjj, world.mzj):  # never a member; not any more
        body = {**MEETING, "host_agency_id": str(agency.id)}
        assert await program.refused(world.zhoumin, "POST", path, body) == (422, ["host_agency_id"])
    made = await program.post(world.zhoumin, path, MEETING, status=201)
    change = {"host_agency_id": str(world.sjj.id)}
    refused = await program.refused(world.zhoumin, "PATCH", f"/meetings/{made['id']}", change)
    assert refused == (422, ["host_agency_id"])


async def test_an_item_is_proposed_in_the_name_of_ones_own_agency(play: Play, program: Program) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.liwb.id))
    await play.send(meeting_id)
    path = f"/meetings/{meeting_id}/agenda-items"
    item = {"title": "议题", "purpose": "study"}
    for foreign in ({"agency_id": str(world.jcy.id)}, {"presenter_id": str(world.zhoumin.id)}):
        assert (await program.refused(world.liwb, "POST", path, {**item, **foreign}))[0] == 403
    own = {**item, "presenter_id": str(world.zhenggq.id)}
    made = await program.post(world.liwb, path, own, status=201)
    assert made["agency_id"] == str(world.sfj.id)
    changed = {"presenter_id": str(world.zhoumin.id)}
    assert (await program.refused(world.liwb, "PATCH", f"/agenda-items/{made['id']}", changed))[0] == 403
    any_ = {**item, "agency_id": str(world.sfj.id), "presenter_id": str(world.liwb.id)}
    made = await program.post(world.zhoumin, path, any_, status=201)
    assert (made["state"], made["agency_id"]) == ("accepted", str(world.sfj.id))


async def test_a_hidden_list_does_not_tell_who_is_on_it(
    play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    world = play.world
    asked = (Asked(person_id=world.liwb.id), Asked(person_id=world.sunl.id), Asked(agency_id=world.sfj.id))
    await play.send(await play.scheduled(*asked, hides_attendees=True))
    guest = await Browser(settings, database, clock).sign_in(world.sunl)
    await guest.get("/")
    for number in (1, 99):  # 李文博 and nobody
        assert (await guest.client.get(f"/attendees/{number}/answer")).status_code == 404
        assert (await guest.post(f"/attendees/{number}/remove")).status_code == 404
    for number in (1, 99):
        assert (await guest.client.get(f"/agency-invitations/{number}")).status_code == 404
        assert (await guest.post(f"/agency-invitations/{number}/remove")).status_code == 404
    await guest.get("/attendees/2/answer")


async def test_an_agency_that_joins_later_reads_the_mechanism_from_that_day_on(
    play: Play, program: Program, clock: Clock
) -> None:
    world = play.world
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        await members.join(db, viewer, world.mechanism.id, agency_id=world.rsj.id, joined_on=date(2026, 11, 24))
    for path in ("", "/designations", "/members", "/meetings"):
        assert (await program.call(world.sunl, "GET", f"/mechanisms/{world.mechanism.id}{path}")).status_code == 404
    assert (await program.get(world.sunl, "/mechanisms"))["items"] == []
    clock.as_of = NOW + timedelta(days=1)
    assert (await program.call(world.sunl, "GET", f"/mechanisms/{world.mechanism.id}")).status_code == 200
