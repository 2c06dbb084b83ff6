"""The JSON API of mechanisms, called as programs call it (DESIGN.md "Outside")."""

from typing import Any

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from tests.callers import Program
from tests.world import World


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


async def test_a_mechanism_is_founded_with_members_agreement_and_deadlines_in_one_call(
    api: Program, world: World
) -> None:
    made = await api.post(
        world.guyan,
        "/mechanisms",
        {
            "name": "甲乙协作机制",
            "lead_agency_id": str(world.jcy.id),
            "members": [{"agency_id": str(world.jcy.id), "joined_on": "2026-01-01"}, {"agency_id": str(world.rsj.id)}],
            "host_rotation": [str(world.rsj.id), str(world.jcy.id)],
            "quorum": 2,
            "deadlines": {"call_for_items": -25},
            "agreement": {"title": "意见", "clauses": [{"number": 1, "text": "每季度召开一次。"}]},
        },
        status=201,
    )
    path = f"/mechanisms/{made['id']}"
    assert made["host_rotation"] == [str(world.rsj.id), str(world.jcy.id)]
    assert (made["timezone"], made["deadlines"]["call_for_items"], made["deadlines"]["issue"]) == (
        "Asia/Shanghai",
        -25,
        7,
    )
    assert (await api.get(world.guyan, f"{path}/agreement"))["clauses"][0]["number"] == 1
    members = (await api.get(world.guyan, f"{path}/members"))["items"]
    assert [m["joined_on"] for m in members] == ["2026-01-01", "2026-11-23"]


async def test_members_may_be_added_one_by_one_after_the_lead(api: Program, world: World) -> None:
    made = await api.post(world.guyan, "/mechanisms", {"name": "甲", "lead_agency_id": str(world.jcy.id)}, status=201)
    path = f"/mechanisms/{made['id']}/members"
    joined = await api.post(
        world.guyan, path, {"agency_id": str(world.sfj.id), "joined_on": "2026-01-01", "takes_part": "mail"}, status=201
    )
    assert (joined["agency_id"], joined["left_on"], joined["takes_part"]) == (str(world.sfj.id), None, "mail")
    on = (await api.get(world.guyan, f"{path}?on=2026-06-01"))["items"]
    assert [m["agency_id"] for m in on] == [str(world.sfj.id)]


async def test_a_mechanism_is_not_there_for_who_may_not_see_it(api: Program, world: World) -> None:
    for path in ("", "/agreement", "/clauses", "/members", "/designations", "/deadlines"):
        here = await api.call(world.sunl, "GET", f"/mechanisms/{world.mechanism.id}{path}")
        nowhere = await api.call(world.sunl, "GET", f"/mechanisms/999{path}")
        assert (here.status_code, here.content) == (nowhere.status_code, nowhere.content)
        assert here.status_code == 404
    assert (await api.get(world.sunl, "/mechanisms")) == {"items": [], "next": None}


async def test_lists_are_paged_by_cursor(api: Program, world: World) -> None:
    for name in ("甲", "乙"):
        await api.post(world.guyan, "/mechanisms", {"name": name, "lead_agency_id": str(world.jcy.id)}, status=201)
    first = await api.get(world.guyan, "/mechanisms?limit=2")
    second = await api.get(world.guyan, f"/mechanisms?limit=2&cursor={first['next']}")
    assert [m["short_name"] for m in first["items"] + second["items"]] == ["支持起诉协作机制", "甲", "乙"]
    assert second["next"] is None


async def test_a_change_is_refused_when_stale_by_version_and_by_if_match(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}"
    changed = await api.patch(world.guyan, path, {"quorum": 1, "version": 1})
    assert (changed["quorum"], changed["version"], changed["name"]) == (1, 2, world.mechanism.name)
    stale = await api.call(world.guyan, "PATCH", path, {"quorum": 2, "version": 1})
    by_header = await api.call(world.guyan, "PATCH", path, {"quorum": 2}, if_match='"1"')
    assert (stale.status_code, by_header.status_code) == (409, 409)
    assert stale.json()["current"]["quorum"] == 1
    assert (await api.call(world.guyan, "PATCH", path, {"quorum": 2}, if_match='"2"')).status_code == 200


async def test_numbers_go_on_from_what_was_held_before(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}"
    counted = await api.patch(world.guyan, path, {"first_ordinal": 18})
    assert (counted["first_ordinal"], counted["quorum"]) == (18, world.mechanism.quorum)
    assert (await api.refused(world.guyan, "PATCH", path, {"first_ordinal": 0})) == (422, ["first_ordinal"])


async def test_how_minutes_are_signed_is_changed_by_the_operator_alone(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}"
    before = await api.get(world.guyan, path)
    assert (before["all_sign"], before["silence_consents"]) == (False, False)
    changed = await api.patch(world.guyan, path, {"silence_consents": True})
    assert (changed["all_sign"], changed["silence_consents"]) == (False, True)
    assert (await api.call(world.zhoumin, "PATCH", path, {"all_sign": True})).status_code == 403


async def test_designations_of_a_day_say_who_is_in_office(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}/designations"
    on = (await api.get(world.zhoumin, f"{path}?on=2024-06-01"))["items"]
    assert {row["name"]: row["in_office"] for row in on} == {
        "周敏": True,
        "李文博": True,
        "宋和平": True,
        "钱伟": False,
    }
    everything = (await api.get(world.zhoumin, path))["items"]
    assert {row["name"] for row in everything if row["in_office"]} == {"周敏", "李文博"}
    assert len(everything) == 5


async def test_a_former_member_learns_nothing_that_came_after_it_left(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}"
    await api.patch(world.zhoumin, f"/designations/{world.terms['zhoumin'].id}", {"ends_on": "2026-12-31"})
    await api.post(world.zhoumin, f"{path}/designations", term(world), status=201)
    await api.post(world.guyan, f"{path}/members", {"agency_id": str(world.rsj.id)}, status=201)
    rows = (await api.get(world.songhp, f"{path}/designations"))["items"]
    assert {row["name"]: (row["in_office"], row["ends_on"]) for row in rows} == {
        "周敏": (True, None),
        "李文博": (True, None),
        "宋和平": (True, "2025-07-01"),
        "钱伟": (False, None),
        "吴晓岚": (False, None),
    }
    members = (await api.get(world.songhp, f"{path}/members"))["items"]
    assert str(world.rsj.id) not in {member["agency_id"] for member in members}


def term(world: World, **more: Any) -> dict[str, Any]:
    return {
        "agency_id": str(world.jcy.id),
        "person_id": str(world.hanmei.id),
        "role": "deputy",
        "starts_on": "2026-11-23",
        **more,
    }


async def test_a_designation_is_made_ended_and_handed_over(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}/designations"
    made = await api.post(world.zhoumin, path, term(world, basis_ref="清检函〔2026〕9号"), status=201)
    assert (made["in_office"], made["may_sign"], made["ends_on"]) == (False, False, None)
    ended = await api.patch(world.zhoumin, f"/designations/{made['id']}", {"ends_on": "2026-12-01", "version": 1})
    assert (ended["ends_on"], ended["version"]) == ("2026-12-01", 2)
    handover = {"to_person_id": str(world.chenzy.id), "starts_on": "2026-11-23", "basis_ref": "清检函〔2026〕10号"}
    begun = await api.post(world.hejing, f"/designations/{world.terms['zhoumin'].id}/handover", handover)
    assert (begun["person_id"], begun["role"], begun["in_office"]) == (str(world.chenzy.id), "principal", True)


async def test_a_second_principal_is_refused_in_the_readers_language(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}/designations"
    refused = await api.call(world.zhoumin, "POST", path, term(world, role="principal"), accept_language="zh-CN")
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"field": "starts_on", "message": "周敏自2022年5月23日起任联络员，请先填写其截止日期，或者办理交接。"}
    ]


async def test_nobody_designates_for_another_agency(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}/designations"
    assert await api.refused(world.liwb, "POST", path, term(world)) == (403, [])
    assert await api.refused(world.qianwei, "POST", path, term(world)) == (403, [])
    assert await api.refused(world.sunl, "POST", path, term(world)) == (404, [])
    assert await api.refused(world.guyan, "POST", path, term(world)) == (422, ["basis_ref"])


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"person_id": "nobody"}, "person_id"),
        ({"person_id": "999999"}, "person_id"),
        ({"role": "boss"}, "role"),
        ({"starts_on": "2026-13-40"}, "starts_on"),
        ({"starts_on": "1800-01-01"}, "starts_on"),
        ({"ends_on": "2026-11-23"}, "ends_on"),
        ({"basis_ref": "x" * 81}, "basis_ref"),
        ({"surprise": 1}, "surprise"),
    ],
)
async def test_a_wrong_designation_names_its_field(
    api: Program, world: World, more: dict[str, Any], field: str
) -> None:
    path = f"/mechanisms/{world.mechanism.id}/designations"
    assert await api.refused(world.zhoumin, "POST", path, term(world, **more)) == (422, [field])


async def test_an_agency_leaves_and_its_officer_is_one_no_more(api: Program, world: World) -> None:
    await api.post(
        world.guyan,
        f"/mechanisms/{world.mechanism.id}/members",
        {"agency_id": str(world.rsj.id), "joined_on": "2026-01-01"},
        status=201,
    )
    left = await api.patch(world.guyan, f"/members/{world.members['sfj'].id}", {"left_on": "2026-11-23"})
    assert left["left_on"] == "2026-11-23"
    deadlines = f"/mechanisms/{world.mechanism.id}/deadlines"
    assert (await api.call(world.liwb, "GET", deadlines)).status_code == 200
    assert await api.refused(world.liwb, "PUT", deadlines, {}) == (403, [])


async def test_deadlines_are_read_and_set_step_by_step(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}/deadlines"
    before = await api.get(world.zhoumin, path)
    assert (before["meeting_notice"], before["version"]) == (-5, 1)
    after = await api.put(world.zhoumin, path, {**before, "meeting_notice": -6})
    assert (after["meeting_notice"], after["version"]) == (-6, 2)
    assert await api.refused(world.zhoumin, "PUT", path, {"items_due": -30}) == (422, ["items_due"])
    assert await api.refused(world.zhoumin, "PUT", path, {"replies_due": 3}) == (422, ["replies_due"])
    assert await api.refused(world.zhoumin, "PUT", path, {"lunch": 1}) == (422, ["lunch"])


async def test_the_agreement_is_put_and_clauses_added(api: Program, world: World) -> None:
    path = f"/mechanisms/{world.mechanism.id}"
    put = await api.put(world.guyan, f"{path}/agreement", {"title": "修订后的意见", "version": 1})
    assert [clause["number"] for clause in put["clauses"]] == [3, 4]
    await api.post(world.guyan, f"{path}/clauses", {"number": 7, "text": "联合开展普法宣传。"}, status=201)
    assert await api.refused(world.guyan, "POST", f"{path}/clauses", {"number": 7, "text": "x"}) == (422, ["number"])
    assert await api.refused(world.zhoumin, "PUT", f"{path}/agreement", {"title": "x"}) == (403, [])
    listed = await api.get(world.zhoumin, f"{path}/clauses")
    assert [clause["number"] for clause in listed["items"]] == [3, 4, 7]
