"""The notices of the site that tests of rights ask (tests/rights.py): one of 区检察院 to 区司法局 with a paper, a draft, a lead, and
one that it entered afterwards."""

from typing import Any

from liaison.calendaring.workdays import region_calendar
from liaison.db import Session
from liaison.files.store import Brought, Kept
from liaison.notices import contact_log, papers, past_referrals, past_table, writing
from liaison.notices.leads import Lead
from tests import world
from tests.rights_meetings import DRAFT, RESTRICTED


async def notices(db: Session, built: world.World) -> dict[str, Any]:
    """Both, with what their addresses name."""
    sender = await built.viewer(db, built.zhoumin)
    given: dict[str, Any] = {"to_agency_ids": [built.sfj.id], "purpose": "action", "deadline_days": 5}
    sent = await writing.draft(db, sender, built.mechanism.id, subject="通报情况", text="请协助核实。", **given)
    place = db.settings.papers_dir
    place.mkdir(exist_ok=True)
    (place / f"{99:032}").write_text("材料", encoding="utf-8")
    paper = await papers.add(db, sender, sent, Brought("材料.txt", "txt", Kept(f"{99:032}", 6, f"{99:064}")))
    await writing.send(db, sender, sent)
    draft = await writing.draft(db, sender, built.mechanism.id, subject=DRAFT, text=DRAFT, **given)
    lead = Lead("清检民支〔2026〕9号", "wages")
    asks: dict[str, Any] = {"to_agency_ids": [built.sfj.id], "lead": lead}
    referred = await writing.draft(db, sender, built.mechanism.id, subject="移送情况", text="请核实。", **asks)
    await writing.send(db, sender, referred)
    table = [["标题", "移送单位", "接收单位", "移送日期"], ["补录的移送", "区检察院", "区司法局", "2024-05-06"]]
    today, calendar = db.clock.today(built.mechanism.timezone), region_calendar(built.mechanism.region)
    rows = list(past_table.read(table, today=today, calendar=calendar))
    entered = (await past_referrals.take_in(db, sender, built.mechanism.id, rows)).new[0].id
    return {
        "entered_id": entered,
        "lead_id": referred.id,
        "notice_id": sent.id,
        "notice_draft": draft.id,
        "notice_paper_id": paper.id,
    }


async def contacts(db: Session, built: world.World) -> dict[str, Any]:
    """One of each agency about a call with the other; what 区司法局 wrote is known to it alone."""
    own, theirs = await built.viewer(db, built.zhoumin), await built.viewer(db, built.liwb)
    mechanism_id, given = built.mechanism.id, {"way": "phone", "counterpart": "联络员"}
    one = await contact_log.log(db, own, mechanism_id, subject="核实线索", with_agency_id=built.sfj.id, **given)
    two = await contact_log.log(db, theirs, mechanism_id, subject=RESTRICTED, with_agency_id=built.jcy.id, **given)
    return {"contact_id": one.id, "sfj_contact": two.id}
