"""Outcomes as tests report them: cases of 区检察院 and 区司法局, closed in the third quarter of 2026 unless they say otherwise."""

from pathlib import Path
from typing import Any

import liaison.bundle
from liaison.directory.models import Person
from tests.callers import Program
from tests.meetings.play import Play

MODEL_CASE = Path(liaison.bundle.__file__).parent / "outcomes.csv"
"""The demo's 39 cases from January 2021 to May 2022."""
QUARTER = {"from": "2026-07-01", "to": "2026-09-30"}
LINE = {
    "case_code": "支诉2026-001",
    "closed_on": "2026-08-12",
    "beneficiary_group": "农民工",
    "cause": "追索劳动报酬",
    "people": 1,
    "amount_recovered": "22450.00",
    "result": "支持起诉意见被采纳",
}


def path_of(play: Play, more: str = "") -> str:
    return f"/mechanisms/{play.world.mechanism.id}/outcomes{more}"


async def report(play: Play, program: Program, *, by: Person | None = None, **more: Any) -> Any:
    """A line of 区检察院, or of whoever's agency; its JSON."""
    return await program.post(by or play.world.zhoumin, path_of(play), LINE | more, status=201)


async def lines(play: Play, program: Program, who: Person | None = None, query: str = "") -> list[Any]:
    found = await program.get(who or play.world.zhoumin, path_of(play, query))
    items: list[Any] = found["items"]
    return items


async def confirm(play: Play, program: Program, who: Person, **more: Any) -> Any:
    return await program.post(who, path_of(play, "/confirm"), QUARTER | more)


async def upload(
    play: Play, program: Program, content: bytes, *, name: str = "成效.csv", by: Person | None = None, query: str = ""
) -> Any:
    """A table brought by the API; the response."""
    who = by or play.world.zhoumin
    await program.get(who, "/me")
    return await program.client.post(
        f"/api{path_of(play, '/import')}{query}",
        files={"file": (name, content)},
        headers={"Authorization": f"Bearer {program.tokens[who.id]}"},
    )
