"""What is put to the members, as tests of proposals begin."""

from typing import Any

from tests.callers import Program
from tests.meetings.play import Play

TITLE = "关于建立支持起诉与法律援助协作机制的意见（修订）"
CLAUSES: list[dict[str, Any]] = [
    {"number": 3, "text": "检察机关发现支持起诉线索的，应当在三个工作日内移送。"},
    {
        "number": 5,
        "text": "联席会议每半年至少召开一次，由各成员单位轮流承办。",
        "obligation": {"kind": "meetings", "amount": 1, "period": "half"},
    },
]


async def version(play: Play, program: Program, **more: Any) -> Any:
    """A draft of a version of the agreement, by the lead's liaison."""
    body = {"title": TITLE, "clauses": CLAUSES, "reason": "运行四年后的修订。"} | more
    return await program.post(play.world.zhoumin, f"/mechanisms/{play.world.mechanism.id}/proposals", body, status=201)


async def joining(play: Play, program: Program, **more: Any) -> Any:
    """A draft of the proposal that 区人社局 joins."""
    body = {
        "agency_id": str(play.world.rsj.id),
        "text": "欠薪线索多由该局发现。",
        "basis_ref": "清人社函〔2026〕8号",
    } | more
    return await program.post(play.world.zhoumin, f"/mechanisms/{play.world.mechanism.id}/proposals", body, status=201)


async def circulated(play: Play, program: Program, draft: Any, **more: Any) -> Any:
    """It is put to the members."""
    return await program.post(play.world.zhoumin, f"/proposals/{draft['id']}/circulate", more)


async def signed(program: Program, who: Any, one: Any) -> Any:
    """This person signs for their agency."""
    return await program.post(who, f"/proposals/{one['id']}/sign", {"root": one["root"]})


async def agreed(play: Play, program: Program, one: Any) -> Any:
    """Both member agencies sign; how it stands then."""
    for who in (play.world.zhoumin, play.world.liwb):
        one = await signed(program, who, one)
    return one
