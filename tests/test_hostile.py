"""What nobody sends by accident ends in a clear refusal on both databases, never in an error of ours (TRUST.md)."""

import asyncio
from typing import Any

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from tests.callers import Browser, Program
from tests.world import World

MEETING = {"kind": "regular", "title": "会", "starts_at": "2026-12-17T14:30:00+08:00", "duration_minutes": 120}


@pytest.fixture
async def browser(settings: Settings, database: Database, clock: Clock, world: World) -> Browser:
    return await Browser(settings, database, clock).sign_in(world.guyan)


HUGE = ("9" * 18, "9" * 19, "9" * 30, "9" * 5000)
NO_ID = ("+1", "0001", "%201", "１", "1_0", "-1", "0", "1.0", "x", "%00")
PAGES = ("meetings", "mechanisms", "directory/people", "directory/agencies")


@pytest.mark.parametrize("page", PAGES)
async def test_an_address_with_a_number_that_is_no_id_of_ours_is_not_found(browser: Browser, page: str) -> None:
    for number in (*HUGE, *NO_ID):
        assert (await browser.client.get(f"/{page}/{number}")).status_code == 404, number


@pytest.mark.parametrize("path", ["/attendees/%s/answer", "/agenda-items/%s/edit", "/agency-invitations/%s"])
async def test_so_is_one_below_it(browser: Browser, path: str) -> None:
    for number in HUGE:
        assert (await browser.client.get(path % number)).status_code == 404


@pytest.mark.parametrize("path", ["/mechanisms?after=", "/system/outbox?before=", "/meetings?mechanism="])
async def test_a_huge_or_malformed_number_of_a_query_is_not_found(browser: Browser, path: str) -> None:
    for number in (*HUGE[1:], "x", "-1"):
        assert (await browser.client.get(path + number)).status_code == 404, number
    for number in (*HUGE, "x"):
        assert (await browser.client.get(f"/system/first-steps?mechanism={number}")).status_code < 500


async def test_programs_too_name_things_by_the_ids_they_were_given(program: Program, world: World) -> None:
    made = await program.post(world.zhoumin, f"/mechanisms/{world.mechanism.id}/meetings", MEETING, status=201)
    assert made["id"] == "1"
    for number in (*HUGE, *NO_ID):
        assert (await program.call(world.zhoumin, "GET", f"/meetings/{number}")).status_code == 404, number
        cursor = await program.call(world.zhoumin, "GET", f"/people?cursor={number}")
        assert cursor.status_code in (404, 422) or (number == "9" * 18 and cursor.json()["items"] == [])


async def test_a_page_size_is_a_plain_number_up_to_500(program: Program, world: World) -> None:
    assert len((await program.get(world.zhoumin, "/people?limit=1"))["items"]) == 1
    assert (await program.call(world.zhoumin, "GET", "/people?limit=500")).status_code == 200
    for limit in ("000001999", "0001", "0" * 4400 + "1", "１０", "²", "+5", "%205", "1_0", "0", "501", "-1", "x", ""):
        assert await program.refused(world.zhoumin, "GET", f"/people?limit={limit}") == (422, ["limit"]), limit


@pytest.mark.parametrize(
    "path", ["/people?q=%00", "/people?key=a%00", "/agencies?short_name=%00", "/people?agency=%00", "/people?%00=1"]
)
async def test_a_nul_in_a_query_is_refused(program: Program, world: World, path: str) -> None:
    assert (await program.refused(world.zhoumin, "GET", path))[0] == 422


async def test_a_nul_is_refused_on_pages_and_in_forms_too(browser: Browser) -> None:
    assert (await browser.client.get("/directory?q=%00")).status_code == 422
    assert (await browser.client.get("/r/a.%00.b")).status_code == 404
    await browser.get("/")
    assert (await browser.post("/sign-in", account="a\0", password="x")).status_code == 422


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 3000, b'{"title":"\\ud800"}'])
async def test_a_body_that_is_no_json_is_malformed(program: Program, world: World, body: bytes) -> None:
    await program.get(world.zhoumin, "/me")
    headers = {"Authorization": f"Bearer {program.tokens[world.zhoumin.id]}"}
    answer = await program.client.post(f"/api/mechanisms/{world.mechanism.id}/meetings", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    "starts_at", ["0001-01-01T00:00:00+14:00", "1900-01-01T00:00:00+08:00", "9999-12-31T23:59:59-14:00"]
)
async def test_an_instant_that_no_calendar_of_ours_knows_is_refused_on_its_field(
    program: Program, world: World, starts_at: str
) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    body = {**MEETING, "starts_at": starts_at}
    assert await program.refused(world.zhoumin, "POST", path, body) == (422, ["starts_at"])
    asked = {**MEETING, "attendees": [{"person_id": str(world.liwb.id)}]}
    made = await program.post(world.zhoumin, path, asked, status=201)
    said: dict[str, Any] = {"how": "phone", "said_by": "x", "at": starts_at}
    answer = {"partstat": "accepted", "registered": said}
    attendee = f"/attendees/{made['attendees'][0]['id']}"
    assert await program.refused(world.zhoumin, "PATCH", attendee, answer) == (422, ["registered.at"])


async def test_a_date_typed_in_a_form_is_bounded_in_the_same_way(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    program, browser = Program(settings, database, clock), Browser(settings, database, clock)
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    made = await program.post(world.zhoumin, path, MEETING, status=201)
    await (await browser.sign_in(world.zhoumin)).get(f"/meetings/{made['id']}/move")
    for day in ("0001-01-01", "9999-12-31", "1900-01-01"):
        moved = await browser.post(f"/meetings/{made['id']}/move", date=day, time="14:30", duration_minutes="60")
        assert moved.status_code == 422, day


async def test_a_meeting_begins_on_the_minute(program: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    body = {**MEETING, "starts_at": "2026-12-17T14:30:59+08:00"}
    made = await program.post(world.zhoumin, path, body, status=201)
    assert made["starts_at"] == "2026-12-17T14:30:00+08:00"
    moved = await program.post(
        world.zhoumin, f"/meetings/{made['id']}/move", {"starts_at": "2026-12-18T14:30:59.5+08:00"}
    )
    assert moved["starts_at"] == "2026-12-18T14:30:00+08:00"


async def test_requests_with_one_key_at_the_same_moment_have_one_effect_and_one_answer(
    program: Program, world: World
) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    await program.get(world.zhoumin, "/me")
    calls = [program.call(world.zhoumin, "POST", path, MEETING, Idempotency_Key="k1") for _ in range(4)]
    answers = await asyncio.gather(*calls)
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.text for answer in answers}) == 1
    assert len((await program.get(world.zhoumin, path))["items"]) == 1


async def test_a_key_too_long_to_be_kept_whole_is_refused(program: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    for size, status in ((200, 201), (201, 422)):
        made = await program.call(world.zhoumin, "POST", path, MEETING, Idempotency_Key="k" * size)
        assert made.status_code == status
