"""What was put to the members of the site that tests of rights ask (tests/rights.py)."""

from datetime import date
from typing import Any

from liaison.countersigning.signing import OnPaper
from liaison.db import Session
from liaison.mechanisms.clauses import ClauseSaid
from liaison.proposals import circulating, drafting, signing
from liaison.proposals.drafting import JoiningSaid, VersionSaid
from tests import world

PROPOSED = "拟议丁5b1d"
"""Stands in the draft of a proposal of 区检察院 and nowhere else."""


async def proposals(db: Session, built: world.World, scan: dict[str, Any]) -> dict[str, Any]:
    """A version of the agreement that was circulated, which 区司法局 signed on paper; and a draft that 区人社局 joins."""
    lead = await built.viewer(db, built.zhoumin)
    said = VersionSaid(title="协作机制意见（修订）", clauses=[ClauseSaid(1, "每季度召开一次联席会议。")])
    version = await drafting.draft(db, lead, built.mechanism.id, said)
    sent = await circulating.circulate(db, lead, version, version.document.newest)
    signed = OnPaper("郑国强", date(2026, 11, 23), scan)
    on_paper = await signing.register(db, lead, version, sent, root=sent.root, agency_id=built.sfj.id, paper=signed)
    joining = JoiningSaid(agency_id=built.rsj.id, text=PROPOSED)
    draft = await drafting.draft(db, lead, built.mechanism.id, joining)
    return {
        "proposal_version": sent.id,
        "proposal_draft": draft.document.newest.id,
        "proposal_sign_off": on_paper.id,
        "nth": 1,
    }
