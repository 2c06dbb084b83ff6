"""A meeting that was held, as tests of minutes begin."""

from typing import Any

from tests.callers import Program
from tests.meetings.play import Play


async def held(play: Play, program: Program, *, items: list[dict[str, Any]] | None = None) -> str:
    """A joint meeting of 2026-11-19 with chenzy in the chair and liwb, both present, held; its id."""
    world = play.world
    made = await program.post(
        world.zhoumin,
        f"/mechanisms/{world.mechanism.id}/meetings",
        {
            "kind": "regular",
            "title": "2026年第四季度联席会议",
            "starts_at": "2026-11-19T14:30:00+08:00",
            "duration_minutes": 120,
            "location": "区检察院三楼第一会议室",
            "attendees": [
                {"person_id": str(world.chenzy.id), "role": "chair"},
                {"person_id": str(world.liwb.id)},
                {"person_id": str(world.wuxl.id), "role": "in_attendance"},
            ],
            "recorder_id": str(world.xujie.id),
            "authorised_by_id": str(world.fanghua.id),
        },
        status=201,
    )
    meeting = f"/meetings/{made['id']}"
    for item in items if items is not None else [{"title": "研究农民工欠薪案件线索移送指引", "purpose": "study"}]:
        await program.post(world.zhoumin, f"{meeting}/agenda-items", item, status=201)
    listed = await program.get(world.zhoumin, f"{meeting}/attendees")
    for one in listed["items"]:
        noted = "in_attendance" if one["name"] == "吴晓岚" else "present"
        await program.patch(world.zhoumin, f"/attendees/{one['id']}", {"attendance": noted})
    await program.post(world.zhoumin, f"{meeting}/hold")
    return str(made["id"])
