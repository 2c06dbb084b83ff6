"""Looking for a time, for programs."""

from typing import Any

from tests.callers import Program
from tests.meetings.play import Play
from tests.polls.asked import link_in

GIVEN: dict[str, Any] = {
    "title": "商请协助会",
    "due_on": "2026-11-27",
    "candidates": [
        {"starts_at": "2026-12-08T14:30:00+08:00", "duration_minutes": 120},
        {"starts_at": "2026-12-13T01:00:00Z", "duration_minutes": 90},
    ],
}


async def test_a_program_asks_answers_and_picks(play: Play, program: Program) -> None:
    world = play.world
    made = await program.post(world.zhoumin, f"/mechanisms/{world.mechanism.id}/time-polls", GIVEN, status=201)
    assert (made["state"], made["picked_id"], made["meeting_id"]) == ("open", None, None)
    one, two = made["candidates"]
    assert (one["starts_at"], one["day"], one["certain"]) == ("2026-12-08T14:30:00+08:00", "workday", True)
    assert (two["starts_at"], two["day"]) == ("2026-12-13T09:00:00+08:00", "weekend")
    assert link_in(await play.delivered())
    said = {one["id"]: "cannot", two["id"]: "can"}
    answered = await program.put(world.liwb, f"/time-polls/{made['id']}/answers", {"choices": said, "comment": "开庭"})
    row = next(each for each in answered["answers"] if each["agency_id"] == str(world.sfj.id))
    assert (row["choices"], row["comment"], row["via"]) == (said, "开庭", "api")
    picked = await program.post(world.zhoumin, f"/time-polls/{made['id']}/pick", {"candidate_id": two["id"]})
    assert (picked["state"], picked["picked_id"]) == ("picked", two["id"])
    listed = await program.get(world.wuxl, f"/mechanisms/{world.mechanism.id}/time-polls")
    assert [(each["id"], each["state"]) for each in listed["items"]] == [(made["id"], "picked")]


async def test_lists_are_read_page_by_page_newest_first(play: Play, program: Program) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}/time-polls"
    ids = [(await program.post(world.zhoumin, path, GIVEN, status=201))["id"] for _ in range(3)]
    first = await program.get(world.zhoumin, f"{path}?limit=2")
    assert [each["id"] for each in first["items"]] == ids[:0:-1]
    rest = await program.get(world.zhoumin, f"{path}?limit=2&cursor={first['next']}")
    assert ([each["id"] for each in rest["items"]], rest["next"]) == (ids[:1], None)


async def test_a_draft_gets_the_time_and_what_cannot_be_is_refused_on_its_field(play: Play, program: Program) -> None:
    world, draft = play.world, str(await play.scheduled())
    path = f"/mechanisms/{world.mechanism.id}/time-polls"
    few = GIVEN | {"candidates": GIVEN["candidates"][:1]}
    assert await program.refused(world.zhoumin, "POST", path, few) == (422, ["candidates"])
    made = await program.post(world.zhoumin, path, GIVEN | {"meeting_id": draft}, status=201)
    assert (made["title"], made["meeting_id"]) == ("第四季度联席会议", draft)
    poll = f"/time-polls/{made['id']}"
    assert await program.refused(world.liwb, "POST", f"{poll}/close", {"reason": "不开了"}) == (403, [])
    assert await program.refused(world.zhoumin, "POST", f"{poll}/pick", {"candidate_id": "9"}) == (
        422,
        ["candidate_id"],
    )
    assert (await program.post(world.zhoumin, f"{poll}/remind"))["mails"] == 1
    chosen = made["candidates"][0]["id"]
    await program.post(world.zhoumin, f"{poll}/pick", {"candidate_id": chosen})
    meeting = await program.get(world.zhoumin, f"/meetings/{draft}")
    assert (meeting["state"], meeting["starts_at"]) == ("draft", "2026-12-08T14:30:00+08:00")
    assert (await program.call(world.zhoumin, "POST", f"{poll}/close", {"reason": "不开了"})).status_code == 409


async def test_what_an_agency_said_another_way_is_registered_by_who_asks(play: Play, program: Program) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}/time-polls"
    made = await program.post(world.zhoumin, path, GIVEN, status=201)
    body = {
        "agency_id": str(world.sfj.id),
        "choices": {each["id"]: "can" for each in made["candidates"]},
        "registered": {"how": "phone", "said_by": "李文博", "at": "2026-11-23T09:00:00+08:00"},
    }
    answered = await program.put(world.qianwei, f"/time-polls/{made['id']}/answers", body)
    row = next(each for each in answered["answers"] if each["agency_id"] == str(world.sfj.id))
    assert (row["via"], row["registered"]["said_by"]) == ("registered", "李文博")
    unsaid = {name: value for name, value in body.items() if name != "registered"}
    assert await program.refused(world.qianwei, "PUT", f"/time-polls/{made['id']}/answers", unsaid) == (403, [])


async def test_an_answer_to_what_somebody_else_has_changed_meanwhile_is_refused_by_its_if_match(
    play: Play, program: Program
) -> None:
    world = play.world
    made = await program.post(world.zhoumin, f"/mechanisms/{world.mechanism.id}/time-polls", GIVEN, status=201)
    path, said = f"/time-polls/{made['id']}/answers", {each["id"]: "can" for each in made["candidates"]}
    assert (await program.call(world.liwb, "PUT", path, {"choices": said}, if_match='"1"')).status_code == 200
    late = await program.call(world.wuxl, "PUT", path, {"choices": said, "comment": "都可以"}, if_match='"1"')
    assert late.status_code == 409
