"""The outcomes of the site that tests of rights ask (tests/rights.py)."""

from datetime import date
from typing import Any

from liaison.db import Session
from liaison.i18n import Words
from liaison.results import briefing, entering
from tests import world

CODE = "支诉丙7e21"
"""Stands in the lines of outcomes, which member agencies alone read."""


BRIEF = "简报己9d44"
"""Stands in the brief of 区检察院 and nowhere else."""


async def outcomes(db: Session, built: world.World) -> dict[str, Any]:
    """One line of each agency, and a brief of 区检察院."""
    said: dict[str, Any] = {
        "closed_on": date(2026, 8, 12),
        "beneficiary_group": "农民工",
        "cause": "追索劳动报酬",
        "people": 1,
    }
    own, theirs = await built.viewer(db, built.zhoumin), await built.viewer(db, built.liwb)
    one = await entering.enter(db, own, built.mechanism.id, case_code=f"{CODE}-1", **said)
    two = await entering.enter(db, theirs, built.mechanism.id, case_code=f"{CODE}-2", **said)
    words = Words("zh_CN", "Asia/Shanghai")
    brief = await briefing.draft_results(db, own, built.mechanism.id, words, first=None, last=None)
    await briefing.edit(db, own, brief, title=BRIEF, text=BRIEF)
    return {"outcome_id": one.id, "sfj_outcome": two.id, "brief_id": brief.id}
