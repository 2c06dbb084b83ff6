"""Who is asked, what they answer, slips, the agenda and series, as programs see them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from tests.callers import Program
from tests.world import World

SUBSTITUTE = {"name": "吴晓岚", "job_title": "科员"}
BY_PHONE = {"how": "phone", "said_by": "办公室小王", "at": "2026-11-23T08:40:00+08:00"}


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


async def announced(api: Program, world: World, *asked: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A meeting that was sent to these; by default 李文博 by name and 区司法局 with two seats."""
    given = asked or ({"person_id": str(world.liwb.id)}, {"agency_id": str(world.sfj.id), "seats": 2})
    plan = {"kind": "regular", "title": "联席会议", "starts_at": "2026-12-17T14:30:00+08:00", "duration_minutes": 120}
    path = f"/mechanisms/{world.mechanism.id}/meetings"
    made = await api.post(world.zhoumin, path, {**plan, "attendees": list(given), **more}, status=201)
    sent: dict[str, Any] = await api.post(world.zhoumin, f"/meetings/{made['id']}/send")
    return sent


async def test_one_answers_for_oneself_and_the_newest_answer_is_whole(api: Program, world: World) -> None:
    meeting = await announced(api, world)
    path = f"/attendees/{meeting['attendees'][0]['id']}"
    off = await api.patch(world.liwb, path, {"partstat": "declined", "comment": "出差"})
    assert (off["partstat"], off["comment"], off["answered_at"]) == ("declined", "出差", "2026-11-23T09:00:00+08:00")
    on = await api.patch(world.liwb, path, {"partstat": "accepted", "substitute": SUBSTITUTE})
    assert (on["partstat"], on["comment"], on["substitute"]) == ("accepted", None, SUBSTITUTE)
    said = await api.patch(world.liwb, path, {"comment": "由吴晓岚代为参会"})
    assert (said["partstat"], said["substitute"], said["comment"]) == ("accepted", SUBSTITUTE, "由吴晓岚代为参会")
    assert (await api.patch(world.liwb, path, {"substitute": None}))["substitute"] is None


async def test_nobody_answers_for_somebody_else_and_what_was_said_is_registered(api: Program, world: World) -> None:
    meeting = await announced(api, world)
    path = f"/attendees/{meeting['attendees'][0]['id']}"
    assert (await api.refused(world.zhoumin, "PATCH", path, {"partstat": "accepted"}))[0] == 403
    noted = await api.patch(world.zhoumin, path, {"partstat": "accepted", "registered": BY_PHONE})
    assert noted["registered"] == {**BY_PHONE, "by_id": str(world.zhoumin.id)}
    assert (await api.patch(world.liwb, path, {"partstat": "tentative"}))["registered"] is None


async def test_attendance_is_noted_from_the_day_of_the_meeting_on_and_taken_back(
    api: Program, world: World, clock: Clock
) -> None:
    meeting = await announced(api, world)
    path = f"/attendees/{meeting['attendees'][0]['id']}"
    assert (await api.refused(world.zhoumin, "PATCH", path, {"attendance": "present"}))[0] == 409
    clock.as_of = datetime(2026, 12, 17, 6, 0, tzinfo=UTC)
    assert (await api.refused(world.liwb, "PATCH", path, {"attendance": "present"}))[0] == 403
    assert (await api.refused(world.zhoumin, "PATCH", path, {"attendance": "asleep"})) == (422, ["attendance"])
    noted = await api.patch(world.zhoumin, path, {"attendance": "present"})
    assert (noted["attendance"], noted["partstat"]) == ("present", "needs_action")
    stale = {"attendance": "absent", "version": noted["version"] - 1}
    assert (await api.refused(world.zhoumin, "PATCH", path, stale))[0] == 409
    assert (await api.patch(world.zhoumin, path, {"attendance": None}))["attendance"] is None


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"partstat": "maybe"}, ["partstat"]),
        ({"partstat": "needs_action"}, ["partstat"]),
        ({"partstat": "declined", "substitute": SUBSTITUTE}, ["substitute"]),
        ({"substitute": {"name": ""}}, ["substitute.name"]),
        ({"substitute": {}}, ["substitute.name"]),
        ({"partstat": "accepted", "registered": {**BY_PHONE, "how": "dream"}}, ["registered.how"]),
        ({"partstat": "accepted", "registered": {**BY_PHONE, "at": "2027-01-01T00:00:00Z"}}, ["registered.at"]),
        ({"role": "guest"}, ["role"]),
        ({"status": "accepted"}, ["status"]),
    ],
)
async def test_a_wrong_answer_is_refused_naming_the_field(
    api: Program, world: World, change: dict[str, Any], fields: list[str]
) -> None:
    meeting = await announced(api, world)
    path = f"/attendees/{meeting['attendees'][0]['id']}"
    assert await api.refused(world.liwb, "PATCH", path, change) == (422, fields)


async def test_an_answer_given_to_an_older_version_of_it_is_refused(api: Program, world: World) -> None:
    meeting = await announced(api, world)
    path = f"/attendees/{meeting['attendees'][0]['id']}"
    await api.patch(world.liwb, path, {"partstat": "accepted", "version": 1})
    assert (await api.refused(world.liwb, "PATCH", path, {"partstat": "declined", "version": 1}))[0] == 409
    assert (await api.get(world.zhoumin, f"/meetings/{meeting['id']}"))["version"] == meeting["version"]


async def test_officers_ask_their_own_people_and_the_host_everybody(api: Program, world: World) -> None:
    meeting = await announced(api, world)
    path = f"/meetings/{meeting['id']}/attendees"
    added = await api.post(world.liwb, path, {"person_id": str(world.zhenggq.id), "role": "optional"}, status=201)
    assert (added["name"], added["role"], added["delivery"]) == ("郑国强", "optional", None)
    assert (await api.refused(world.liwb, "POST", path, {"person_id": str(world.chenzy.id)}))[0] == 403
    invited = await api.post(world.zhoumin, path, {"agency_id": str(world.rsj.id), "seats": 3}, status=201)
    assert (invited["agency_id"], invited["seats"], invited["returned_at"]) == (str(world.rsj.id), 3, None)
    assert (await api.patch(world.zhoumin, f"/attendees/{added['id']}", {"role": "required"}))["role"] == "required"


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"person_id": "999"}, ["person_id"]),
        ({"agency_id": "999"}, ["agency_id"]),
        ({"agency_id": "2", "seats": 0}, ["seats"]),
        ({"person_id": "6", "role": "guest"}, ["role"]),
        ({}, ["person_id"]),
        ({"person_id": "6", "agency_id": "2"}, ["person_id"]),
    ],
)
async def test_asking_somebody_unknown_is_refused_naming_the_field(
    api: Program, world: World, given: dict[str, Any], fields: list[str]
) -> None:
    meeting = await announced(api, world)
    assert await api.refused(world.zhoumin, "POST", f"/meetings/{meeting['id']}/attendees", given) == (422, fields)


async def test_a_removed_attendee_is_gone_and_may_be_asked_again(api: Program, world: World) -> None:
    meeting = await announced(api, world)
    path = f"/attendees/{meeting['attendees'][0]['id']}"
    gone = await api.call(world.zhoumin, "DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await api.refused(world.zhoumin, "PATCH", path, {"role": "optional"}))[0] == 404
    assert (await api.get(world.zhoumin, f"/meetings/{meeting['id']}/attendees"))["items"] == []


async def test_the_slip_names_who_comes_and_each_return_replaces_the_one_before(api: Program, world: World) -> None:
    meeting = await announced(api, world)
    path = f"/agency-invitations/{meeting['agency_invitations'][0]['id']}"
    names = [
        {"name": "郑国强", "job_title": "副局长", "phone": "0553-0000020"},
        {"name": "吴晓岚", "note": "自行前往"},
    ]
    slip = await api.put(world.liwb, path, {"names": names})
    assert [one["name"] for one in slip["names"]] == ["郑国强", "吴晓岚"]
    assert slip["names"][0] == {"name": "郑国强", "job_title": "副局长", "phone": "0553-0000020", "note": None}
    assert slip["returned_at"] == "2026-11-23T09:00:00+08:00"
    shown = await api.get(world.chenzy, f"/meetings/{meeting['id']}")
    came = [one for one in shown["attendees"] if one["agency_invitation_id"]]
    assert [(one["name"], one["partstat"], one["person_id"]) for one in came] == [
        ("郑国强", "accepted", None),
        ("吴晓岚", "accepted", None),
    ]
    none = await api.put(world.wuxl, path, {"names": [], "declined": True, "comment": "当日有执法检查"})
    assert (none["declined"], none["names"]) == (True, [])
    assert (await api.get(world.liwb, path))["comment"] == "当日有执法检查"


async def test_a_slip_is_returned_by_its_agency_or_registered_by_the_host(
    api: Program, world: World, clock: Clock
) -> None:
    meeting = await announced(api, world)
    path = f"/agency-invitations/{meeting['agency_invitations'][0]['id']}"
    body = {"names": [{"name": "郑国强"}]}
    assert (await api.refused(world.zhoumin, "PUT", path, body))[0] == 403
    assert (await api.refused(world.sunl, "PUT", path, body))[0] == 404
    noted = await api.put(world.zhoumin, path, {**body, "registered": BY_PHONE})
    assert noted["registered"]["said_by"] == "办公室小王"
    clock.as_of = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)  # after the date for slips
    assert (await api.refused(world.liwb, "PUT", path, body))[0] == 409


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"names": []}, ["names"]),
        ({}, ["names"]),
        ({"names": [{"name": "郑国强"}], "declined": True}, ["names"]),
        ({"names": [{"name": "郑国强"}, {"name": " "}]}, ["names.1.name"]),
        ({"names": [{"title": "副局长"}]}, ["names.0.title"]),
    ],
)
async def test_a_wrong_slip_is_refused_naming_the_line(
    api: Program, world: World, body: dict[str, Any], fields: list[str]
) -> None:
    meeting = await announced(api, world)
    path = f"/agency-invitations/{meeting['agency_invitations'][0]['id']}"
    assert await api.refused(world.liwb, "PUT", path, body) == (422, fields)


async def test_an_agency_taken_off_the_list_takes_its_slip_along(api: Program, world: World) -> None:
    meeting = await announced(api, world)
    path = f"/agency-invitations/{meeting['agency_invitations'][0]['id']}"
    await api.put(world.liwb, path, {"names": [{"name": "郑国强"}]})
    assert (await api.call(world.zhoumin, "DELETE", path)).status_code == 204
    shown = await api.get(world.zhoumin, f"/meetings/{meeting['id']}")
    assert (len(shown["attendees"]), shown["agency_invitations"]) == (1, [])


async def test_of_a_hidden_list_everybody_sees_only_themselves(api: Program, world: World) -> None:
    asked = ({"person_id": str(world.chenzy.id)}, {"person_id": str(world.liwb.id)})
    meeting = await announced(api, world, *asked, hides_attendees=True)
    seen = await api.get(world.chenzy, f"/meetings/{meeting['id']}")
    assert [one["name"] for one in seen["attendees"]] == ["陈志远"]
    other = next(one for one in meeting["attendees"] if one["name"] == "李文博")
    assert (await api.refused(world.chenzy, "PATCH", f"/attendees/{other['id']}", {"partstat": "accepted"}))[0] == 404


async def test_items_are_accepted_from_the_host_and_proposed_from_others(api: Program, world: World) -> None:
    meeting = await announced(api, world)
    path = f"/meetings/{meeting['id']}/agenda-items"
    own = await api.post(
        world.zhoumin, path, {"title": "通报三季度情况", "purpose": "report", "duration_minutes": 20}, status=201
    )
    assert (own["state"], own["position"], own["agency_id"]) == ("accepted", 1, str(world.jcy.id))
    theirs = await api.post(world.liwb, path, {"title": "绿色通道", "purpose": "study"}, status=201)
    assert (theirs["state"], theirs["agency_id"]) == ("proposed", str(world.sfj.id))
    assert (await api.refused(world.liwb, "POST", f"/agenda-items/{theirs['id']}/accept", {}))[0] == 403
    assert (await api.post(world.zhoumin, f"/agenda-items/{theirs['id']}/accept"))["state"] == "accepted"
    ordered = await api.put(
        world.zhoumin, f"/meetings/{meeting['id']}/agenda-order", {"item_ids": [theirs["id"], own["id"]]}
    )
    assert [(one["title"], one["position"]) for one in ordered["items"]] == [("绿色通道", 1), ("通报三季度情况", 2)]
    assert (await api.post(world.zhoumin, f"/agenda-items/{own['id']}/withdraw"))["state"] == "withdrawn"
    assert [one["id"] for one in (await api.get(world.liwb, path))["items"]] == [theirs["id"]]


async def test_a_wrong_item_or_order_is_refused_naming_the_field(api: Program, world: World) -> None:
    meeting = await announced(api, world)
    path = f"/meetings/{meeting['id']}/agenda-items"
    for body, field in (
        ({"title": "x", "purpose": "chat"}, "purpose"),
        ({"title": "x", "purpose": "study", "presenter_id": "999"}, "presenter_id"),
        ({"title": "x", "purpose": "study", "agency_id": "no"}, "agency_id"),
        ({"purpose": "study"}, "title"),
        ({"title": "x", "purpose": "study", "duration_minutes": 0}, "duration_minutes"),
    ):
        assert await api.refused(world.zhoumin, "POST", path, body) == (422, [field])
    made = await api.post(world.zhoumin, path, {"title": "一", "purpose": "study"}, status=201)
    order = f"/meetings/{meeting['id']}/agenda-order"
    for item_ids in ([], [made["id"], made["id"]], ["999"], ["x"]):
        assert await api.refused(world.zhoumin, "PUT", order, {"item_ids": item_ids}) == (422, ["item_ids"])
    changed = await api.patch(world.zhoumin, f"/agenda-items/{made['id']}", {"duration_minutes": 15, "version": 1})
    assert (changed["title"], changed["duration_minutes"], changed["version"]) == ("一", 15, 2)
    stale = await api.refused(world.zhoumin, "PATCH", f"/agenda-items/{made['id']}", {"title": "二", "version": 1})
    assert stale[0] == 409


SERIES = {
    "name": "联络员会议",
    "rrule": "FREQ=MONTHLY;BYDAY=1MO",
    "starts_on": "2027-01-01",
    "start_time": "09:30",
    "duration_minutes": 60,
}


async def test_a_series_is_entered_and_changed_by_officers(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}/series"
    made = await api.post(world.wuxl, path, SERIES, status=201)
    assert {name: made[name] for name in SERIES} == SERIES
    assert (made["roll"], made["avoid_makeup"], made["version"]) == ("following", True, 1)
    changed = await api.patch(world.zhoumin, f"/series/{made['id']}", {"start_time": "10:00", "version": 1})
    assert (changed["start_time"], changed["rrule"], changed["version"]) == ("10:00", SERIES["rrule"], 2)
    assert [one["name"] for one in (await api.get(world.chenzy, path))["items"]] == [
        "支持起诉与法律援助工作联席会议",
        "联络员会议",
    ]
    assert (await api.refused(world.chenzy, "POST", path, SERIES))[0] == 403
    assert (await api.refused(world.sunl, "GET", f"/series/{made['id']}"))[0] == 404
    assert (await api.refused(world.zhoumin, "PATCH", f"/series/{made['id']}", {"name": "x", "version": 1}))[0] == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rrule": "FREQ=HOURLY"}, "rrule"),
        ({"rrule": "FREQ=DAILY;COUNT=501"}, "rrule"),
        ({"rrule": "FREQ=DAILY;BYHOUR=3"}, "rrule"),
        ({"start_time": "25:00"}, "start_time"),
        ({"start_time": "14:30+08:00"}, "start_time"),
        ({"start_time": 9}, "start_time"),
        ({"roll": "sideways"}, "roll"),
        ({"starts_on": "2027-02-30"}, "starts_on"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"name": "支持起诉与法律援助工作联席会议"}, "name"),
    ],
)
async def test_a_wrong_series_is_refused_naming_the_field(
    api: Program, world: World, change: dict[str, Any], field: str
) -> None:
    path = f"/mechanisms/{world.mechanism.id}/series"
    assert await api.refused(world.zhoumin, "POST", path, {**SERIES, **change}) == (422, [field])


async def test_the_description_names_every_request_body(api: Program, world: World) -> None:
    described = (await api.get(world.zhoumin, "/openapi.json"))["paths"]
    patched = described["/api/attendees/{attendee_id}"]["patch"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(patched["properties"]) >= {"partstat", "comment", "substitute", "registered", "role"}
    scheduled = described["/api/mechanisms/{mechanism_id}/meetings"]["post"]["requestBody"]
    assert scheduled["required"]
    assert scheduled["content"]["application/json"]["schema"]["required"] == [
        "kind",
        "title",
        "starts_at",
        "duration_minutes",
    ]
    assert "$ref" not in str(scheduled)
    undocumented = [
        (path, method)
        for path, methods in described.items()
        for method, told in methods.items()
        if path.startswith(("/api/meetings", "/api/attendees", "/api/agenda", "/api/agency-inv", "/api/series"))
        and (not told["description"] or (method in ("post", "patch", "put") and "requestBody" not in told))
    ]
    assert undocumented == []
