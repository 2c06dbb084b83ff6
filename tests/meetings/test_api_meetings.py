"""The JSON API of meetings, called as programs call it (DESIGN.md "Outside")."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mail.models import OutboxMail
from tests.callers import Program
from tests.meetings.play import Play
from tests.world import World


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


def plan(**more: Any) -> dict[str, Any]:
    return {
        "kind": "regular",
        "title": "第四季度联席会议",
        "starts_at": "2026-12-17T14:30:00+08:00",
        "duration_minutes": 120,
        **more,
    }


async def scheduled(api: Program, world: World, **more: Any) -> dict[str, Any]:
    """A draft by the lead's liaison."""
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    made: dict[str, Any] = await api.post(world.zhoumin, path, plan(**more), status=201)
    return made


async def mails(database: Database) -> int:
    async with database.reading() as db:
        return (await db.execute(select(func.count()).select_from(OutboxMail))).scalar_one()


async def test_a_scheduled_meeting_is_a_draft_that_tells_nobody(api: Program, world: World, database: Database) -> None:
    made = await scheduled(
        api,
        world,
        attendees=[
            {"person_id": str(world.chenzy.id), "role": "chair"},
            {"agency_id": str(world.sfj.id), "seats": 2, "requirement": "分管负责同志1名、联络员1名"},
        ],
    )
    assert made["state"] == "draft"
    assert made["starts_at"] == "2026-12-17T14:30:00+08:00"
    assert made["ends_at"] == "2026-12-17T16:30:00+08:00"
    assert made["host_agency_id"] == str(world.jcy.id)
    assert (made["version"], made["sequence"], made["ordinal"], made["certain"]) == (1, None, None, True)
    (chair,) = made["attendees"]
    assert (chair["name"], chair["role"], chair["partstat"]) == ("陈志远", "chair", "needs_action")
    assert chair["delivery"] is chair["attendance"] is None
    (invitation,) = made["agency_invitations"]
    assert (invitation["agency_id"], invitation["seats"], invitation["names"]) == (str(world.sfj.id), 2, [])
    assert await mails(database) == 0


async def test_deadlines_are_working_days_around_the_meeting(api: Program, world: World) -> None:
    made = await scheduled(api, world)
    by_step = {one["step"]: one for one in made["deadlines"]}
    assert by_step["call_for_items"] == {
        "step": "call_for_items",
        "date": "2026-11-19",
        "certain": True,
        "day": "workday",
        "state": "before",
        "shifted": False,
        "skipped": False,
        "done_at": None,
        "done_by": None,
        "mails": 0,
        "reason": None,
        "version": 0,
    }
    assert list(by_step)[:3] == ["call_for_items", "items_due", "pre_meeting"]
    sent = await _sent(api, world, made)
    done = {one["step"]: one["done_at"] for one in sent["deadlines"]}
    assert done["meeting_notice"] == "2026-11-23T09:00:00+08:00"


async def _sent(api: Program, world: World, made: dict[str, Any]) -> dict[str, Any]:
    await api.post(world.zhoumin, f"/meetings/{made['id']}/attendees", {"person_id": str(world.liwb.id)}, status=201)
    sent: dict[str, Any] = await api.post(world.zhoumin, f"/meetings/{made['id']}/send")
    return sent


async def test_another_offset_is_the_same_instant_on_the_mechanisms_wall(api: Program, world: World) -> None:
    made = await scheduled(api, world, starts_at="2026-12-17T06:30:00Z")
    assert made["starts_at"] == "2026-12-17T14:30:00+08:00"


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"title": ""}, ["title"]),
        ({"kind": "party"}, ["kind"]),
        ({"starts_at": "2026-12-17T14:30:00"}, ["starts_at"]),
        ({"starts_at": "yesterday"}, ["starts_at"]),
        ({"starts_at": "9999-12-31T23:00:00-08:00"}, ["starts_at"]),
        ({"duration_minutes": "long"}, ["duration_minutes"]),
        ({"duration_minutes": 0}, ["duration_minutes"]),
        ({"duration_minutes": 10**30}, ["duration_minutes"]),
        ({"host_agency_id": "999"}, ["host_agency_id"]),
        ({"host_agency_id": "x"}, ["host_agency_id"]),
        ({"recorder_id": "-1"}, ["recorder_id"]),
        ({"attendees": [{"person_id": "999"}]}, ["attendees.0"]),
        ({"attendees": [{"person_id": 1}]}, ["attendees.0.person_id"]),
        ({"attendees": [{"agency_id": "1", "seats": 0}]}, ["attendees.0.seats"]),
        ({"attendees": [{"person_id": "1", "role": "guest"}]}, ["attendees.0.role"]),
        ({"attendees": [{}]}, ["attendees.0"]),
        ({"colour": "red"}, ["colour"]),
        ({"replies_due_on": "2027-01-01"}, ["replies_due_on"]),
    ],
)
async def test_what_cannot_be_accepted_is_refused_naming_the_field(
    api: Program, world: World, change: dict[str, Any], fields: list[str]
) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    assert await api.refused(world.zhoumin, "POST", path, plan(**change)) == (422, fields)


async def test_send_calls_for_one_mail_an_address_and_shows_what_became_of_it(
    api: Program, world: World, play: Play
) -> None:
    made = await scheduled(api, world, attendees=[{"agency_id": str(world.sfj.id)}])
    sent = await _sent(api, world, made)
    assert (sent["state"], sent["sequence"]) == ("announced", 0)
    assert sent["attendees"][0]["delivery"] == {"state": "waiting"}
    assert sent["agency_invitations"][0]["delivery"] == {"state": "waiting"}
    assert len(await play.delivered()) == 2  # the liaison, and the deputy's copy
    assert (await api.get(world.zhoumin, f"/meetings/{made['id']}"))["attendees"][0]["delivery"] == {"state": "sent"}
    assert (await api.refused(world.zhoumin, "POST", f"/meetings/{made['id']}/send", {}))[0] == 409


async def test_move_is_a_draft_until_sent_and_send_true_tells_at_once(
    api: Program, world: World, database: Database, play: Play
) -> None:
    made = await scheduled(api, world)
    await _sent(api, world, made)
    await play.delivered()
    repair = {"starts_at": "2026-12-18T09:00:00+08:00", "reason": "会议室维修"}
    moved = await api.post(world.zhoumin, f"/meetings/{made['id']}/move", repair)
    assert (moved["starts_at"], moved["sequence"]) == ("2026-12-18T09:00:00+08:00", 0)
    assert await mails(database) == 1
    body: dict[str, Any] = {
        "starts_at": "2026-12-21T09:00:00+08:00",
        "duration_minutes": 90,
        "location": None,
        "send": True,
    }
    moved = await api.post(world.zhoumin, f"/meetings/{made['id']}/move", body)
    assert (moved["sequence"], moved["duration_minutes"], moved["location"]) == (1, 90, None)
    assert await mails(database) == 2


async def test_postponed_has_no_dates_to_keep_until_it_is_reinstated_under_a_new_uid(
    api: Program, world: World, play: Play
) -> None:
    made = await scheduled(api, world)
    await _sent(api, world, made)
    await play.delivered()
    off = await api.post(world.zhoumin, f"/meetings/{made['id']}/postpone", {"reason": "防汛", "send": True})
    assert (off["state"], off["reason"], off["deadlines"], off["uid"]) == ("postponed", "防汛", [], made["uid"])
    body = {"starts_at": "2026-12-29T14:30:00+08:00", "send": True}
    on = await api.post(world.zhoumin, f"/meetings/{made['id']}/reinstate", body)
    assert on["state"] == "announced"
    assert on["uid"] != made["uid"]


async def test_cancelling_what_nobody_heard_of_sends_nothing_even_with_send(
    api: Program, world: World, database: Database
) -> None:
    made = await scheduled(api, world, attendees=[{"person_id": str(world.liwb.id)}])
    off = await api.post(world.zhoumin, f"/meetings/{made['id']}/cancel", {"send": True})
    assert off["state"] == "cancelled"
    assert await mails(database) == 0


async def test_a_stale_version_is_refused_in_the_body_and_as_if_match(api: Program, world: World) -> None:
    made = await scheduled(api, world)
    path = f"/meetings/{made['id']}"
    changed = await api.patch(world.qianwei, path, {"title": "第四次联席会议", "version": 1})
    assert (changed["title"], changed["version"]) == ("第四次联席会议", 2)
    assert await api.refused(world.zhoumin, "PATCH", path, {"title": "另一个题目", "version": 1}) == (409, [])
    stale = await api.call(world.zhoumin, "PATCH", path, {"title": "另一个题目"}, if_match='"1"')
    assert stale.status_code == 409
    assert stale.json()["current"]["title"] == "第四次联席会议"


async def test_an_if_match_that_is_no_version_of_ours_is_refused_and_a_star_matches_any(
    api: Program, world: World
) -> None:
    path = f"/meetings/{(await scheduled(api, world))['id']}"
    foreign = await api.call(world.zhoumin, "PATCH", path, {"title": "另一个题目"}, if_match='"5f3a-gzip"')
    assert foreign.status_code == 409
    star = await api.call(world.zhoumin, "PATCH", path, {"title": "另一个题目"}, if_match="*")
    assert star.status_code == 200


async def test_an_unknown_address_below_api_is_told_as_a_problem(api: Program, world: World) -> None:
    for path in ("/nothing", "/no/such/thing", ""):
        answer = await api.call(world.zhoumin, "GET", path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_patch_changes_what_is_given_and_nothing_else(api: Program, world: World) -> None:
    made = await scheduled(api, world, location="三楼会议室", note="请携带材料")
    body = {"location": None, "duration_minutes": 60, "recorder_id": str(world.qianwei.id)}
    changed = await api.patch(world.zhoumin, f"/meetings/{made['id']}", body)
    assert (changed["location"], changed["note"], changed["duration_minutes"]) == (None, "请携带材料", 60)
    assert changed["starts_at"] == made["starts_at"]
    assert changed["recorder_id"] == str(world.qianwei.id)


async def test_the_same_idempotency_key_schedules_once(api: Program, world: World, database: Database) -> None:
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    first = await api.call(world.zhoumin, "POST", path, plan(), idempotency_key="q4")
    again = await api.call(world.zhoumin, "POST", path, plan(), idempotency_key="q4")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    other = await api.call(world.zhoumin, "POST", path, plan(title="别的会"), idempotency_key="q4")
    assert other.status_code == 422
    assert len((await api.get(world.zhoumin, path))["items"]) == 1


async def test_a_draft_does_not_exist_for_those_who_do_not_run_the_mechanism(api: Program, world: World) -> None:
    made = await scheduled(api, world)
    missing = await api.call(world.chenzy, "GET", "/meetings/999")
    hidden = await api.call(world.chenzy, "GET", f"/meetings/{made['id']}")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()
    for who in (world.sunl, world.guyan):
        assert (await api.refused(who, "POST", f"/meetings/{made['id']}/send", {}))[0] == 404
    for bad in ("0", "-1", "x", "9" * 30):
        assert (await api.refused(world.zhoumin, "GET", f"/meetings/{bad}"))[0] == 404


async def test_a_participant_reads_and_may_not_change(api: Program, world: World) -> None:
    made = await scheduled(api, world)
    await _sent(api, world, made)
    path = f"/meetings/{made['id']}"
    assert (await api.get(world.chenzy, path))["state"] == "announced"
    assert (await api.refused(world.chenzy, "PATCH", path, {"title": "x"}))[0] == 403
    assert (await api.refused(world.chenzy, "POST", f"{path}/cancel", {}))[0] == 403
    assert (await api.refused(world.chenzy, "POST", f"{path}/remind", {}))[0] == 403
    assert (await api.refused(world.hejing, "POST", f"/mechanisms/{world.mechanism.id}/meetings", plan()))[0] == 403


async def test_lists_are_paged_by_id_and_show_only_what_the_viewer_may_know(api: Program, world: World) -> None:
    ids = [(await scheduled(api, world, title=f"第{n}次"))["id"] for n in range(3)]
    first = await api.get(world.zhoumin, "/meetings?limit=2")
    assert [one["id"] for one in first["items"]] == ids[:2]
    rest = await api.get(world.zhoumin, f"/meetings?limit=2&cursor={first['next']}&mechanism={world.mechanism.id}")
    assert ([one["id"] for one in rest["items"]], rest["next"]) == (ids[2:], None)
    assert (await api.get(world.chenzy, "/meetings"))["items"] == []


async def test_remind_goes_to_who_has_not_answered_and_not_twice_in_an_hour(
    api: Program, world: World, database: Database, clock: Clock
) -> None:
    made = await scheduled(api, world, attendees=[{"person_id": str(world.chenzy.id)}])
    await _sent(api, world, made)
    reminded = await api.post(world.zhoumin, f"/meetings/{made['id']}/remind")
    assert reminded["reminded_at"] == "2026-11-23T09:00:00+08:00"
    assert await mails(database) == 4
    assert (await api.refused(world.zhoumin, "POST", f"/meetings/{made['id']}/remind", {}))[0] == 409
    clock.as_of = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    await api.post(world.zhoumin, f"/meetings/{made['id']}/remind", {})


async def test_without_a_token_there_is_nothing_to_read(api: Program) -> None:
    assert (await api.client.get("/api/meetings")).status_code == 401
    assert (await api.client.get("/api/meetings", headers={"Authorization": "Bearer x"})).status_code == 401
