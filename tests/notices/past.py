"""Ledgers of referrals as tests bring them: what 区检察院 and 区司法局 referred to each other before they worked here."""

from typing import Any

from liaison.directory.models import Person
from tests.callers import Program
from tests.meetings.play import Play

HEADINGS = "线索编号,线索摘要,案由,移送单位,接收单位,移送日期,办理期限,签收日期,办理情况,决定日期,理由,反馈日期,反馈内容,办结日期,文号"
DONE = "清检移〔2024〕1号,农民工讨薪线索,欠薪,区检察院,区司法局,2024-05-06,2024-05-13,2024-05-07,已反馈,2024-05-09,,2024-06-20,已提供法律援助。,,清检函〔2024〕4号"
DECLINED = (
    "清司移〔2024〕2号,赡养纠纷线索,赡养,区司法局,区检察院,2024-07-01,2024-07-08,,不予受理,2024-07-03,不属管辖。,,,,"
)
OPEN = "清检移〔2026〕3号,工伤线索,,区检察院,区司法局,2026-11-16,2026-12-01,,待签收,,,,,,"
LATE = "清检移〔2026〕4号,抚养费线索,,区检察院,区司法局,2026-09-01,2026-09-08,,,,,,,,"
ACCEPTED = "清检移〔2026〕5号,讨薪线索,,区检察院,区司法局,2026-10-12,2026-10-19,,受理,2026-10-15,,,,,"


def table(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *rows]).encode()


def path_of(play: Play, more: str = "/import") -> str:
    return f"/mechanisms/{play.world.mechanism.id}/referrals{more}"


async def upload(
    play: Play, program: Program, content: bytes, *, name: str = "台账.csv", by: Person | None = None, query: str = ""
) -> Any:
    who = by or play.world.zhoumin
    await program.get(who, "/me")
    return await program.client.post(
        f"/api{path_of(play)}{query}",
        files={"file": (name, content)},
        headers={"Authorization": f"Bearer {program.tokens[who.id]}"},
    )


async def entered(play: Play, program: Program, *rows: str, by: Person | None = None) -> list[int]:
    """The ids of what such a table brought, by their days."""
    answer = await upload(play, program, table(*rows), by=by)
    assert answer.status_code == 200, answer.text
    return [int(one["id"]) for one in answer.json()["referrals"]]


def errors(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.text
    return {error["field"]: error["message"] for error in response.json()["errors"]}
