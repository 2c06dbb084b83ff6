"""Leads as tests refer them: by 区检察院 to 区司法局 on Monday 2026-11-23 in the morning, to be decided in five working days (the 30th)."""

from typing import Any

from tests.callers import Program
from tests.meetings.play import Play

CODE, TITLE, CASE = (
    "清检民支〔2026〕7号",
    "农民工讨薪支持起诉线索",
    "当事人系外来务工人员，被拖欠劳动报酬。\n请审查是否给予法律援助。",
)
PHONE = "联系人电话13812345678。"


async def referred(play: Play, program: Program, *, by: Any = None, **more: Any) -> Any:
    """A lead that was referred; its JSON. Its mails wait."""
    world = play.world
    given = {
        "kind": "referral",
        "subject": TITLE,
        "text": CASE,
        "case_code": CODE,
        "category": "欠薪",
        "clause_id": str(world.clauses[0].id),
        "to_agency_ids": [str(world.sfj.id)],
    }
    path = f"/mechanisms/{world.mechanism.id}/notices"
    return await program.post(by or world.zhoumin, path, given | more, status=201)
