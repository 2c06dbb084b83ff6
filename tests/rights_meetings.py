"""The meetings of the site that tests of rights ask (tests/rights.py), and everything that hangs on them."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from liaison.actions import assigning, extending
from liaison.config import Settings
from liaison.countersigning.signing import OnPaper
from liaison.db import Session
from liaison.files.store import Brought, Kept
from liaison.mail.models import OutboxMail
from liaison.meetings import agenda, announcing, holding, papers, queries, recording, scheduling
from liaison.meetings.asking import Asked
from liaison.minutes import signing, writing
from liaison.polls import asking
from liaison.polls.asking import Proposed
from liaison.postroom.models import IncomingMail
from tests import world
from tests.rights_proposals import proposals

DRAFT = "草稿甲7f3a"
"""Stands in the draft of 区检察院 and nowhere else."""
RESTRICTED = "限知丙2c9e"
"""Stands in what 区司法局 alone may know: an item on the agenda and one proposed, and an item of a held meeting with its notes, decision,
action item and section of the minutes."""


def _kept(settings: Settings, number: int, text: str) -> Brought:
    """A file that lies among the papers."""
    place = settings.papers_dir
    place.mkdir(exist_ok=True)
    (place / f"{number:032}").write_text(text, encoding="utf-8")
    return Brought(f"{text}.txt", "txt", Kept(f"{number:032}", len(text.encode()), f"{number:064}"))


async def meetings(db: Session, built: world.World) -> dict[str, Any]:
    """A meeting that was announced, with agency and people asked and two agenda items; a draft; and a meeting that is going on."""
    host = await built.viewer(db, built.zhoumin)
    proposer = await built.viewer(db, built.zhenggq)
    asked = [
        Asked(agency_id=built.sfj.id, seats=2),
        Asked(person_id=built.chenzy.id, role="chair"),
        Asked(person_id=built.sunl.id),
    ]
    start = datetime.fromisoformat("2026-12-17T14:30")
    facts: dict[str, Any] = {
        "kind": "regular",
        "local_start": start,
        "duration_minutes": 120,
        "recorder_id": built.xujie.id,
        "authorised_by_id": built.fanghua.id,
    }
    meeting = await scheduling.schedule(db, host, built.mechanism.id, title="第四季度联席会议", asked=asked, **facts)
    draft = await scheduling.schedule(db, host, built.mechanism.id, title=DRAFT, note=DRAFT, **facts)
    accepted = await agenda.add_item(db, host, meeting, title="通报工作情况", purpose="report")
    proposed = await agenda.add_item(db, proposer, meeting, title="商请协助", purpose="consult")
    closed = {"audience": [built.sfj.id], "agency_id": built.sfj.id, "purpose": "consult", "title": f"会商{RESTRICTED}"}
    officer = await built.viewer(db, built.liwb)
    restricted = await agenda.add_item(db, officer, meeting, **closed, presenter_id=built.liwb.id, duration_minutes=20)
    await agenda.accept_item(db, host, restricted)
    restricted_proposal = await agenda.add_item(db, officer, meeting, **closed)
    kept_files = [_kept(db.settings, n, text) for n, text in enumerate(("材料", RESTRICTED))]
    paper = await papers.add(db, host, meeting, kept_files[0], title="工作情况")
    restricted_paper = await papers.add(
        db, officer, meeting, kept_files[1], title=f"材料{RESTRICTED}", agenda_item_id=restricted.id
    )
    await announcing.send(db, host, meeting)
    running = await scheduling.schedule(
        db, host, built.mechanism.id, title="碰头会", asked=[Asked(person_id=built.sunl.id)], **facts
    )
    await announcing.send(db, host, running)
    running.local_start = datetime.fromisoformat("2026-11-23T08:30")  # since then half an hour has passed
    running.starts_at = datetime.fromisoformat("2026-11-23T08:30+08:00")
    held = await scheduling.schedule(
        db, host, built.mechanism.id, title="第三季度联席会议", **facts | {"local_start": start - timedelta(days=60)}
    )
    decision = await recording.decide(db, host, held, text="每月5日前交换清单。")
    restricted_held = await agenda.add_item(db, officer, held, **closed)
    await agenda.accept_item(db, host, restricted_held)
    held_item = {"agenda_item_id": restricted_held.id}
    await recording.save_note(db, officer, held, f"记录{RESTRICTED}", **held_item)
    restricted_decision = await recording.decide(db, officer, held, text=f"议定{RESTRICTED}", **held_item)
    await holding.hold(db, host, held)
    minutes = await writing.draft(db, host, held)
    sent = await writing.circulate(db, host, minutes, minutes.document.newest)
    sheet = _kept(db.settings, 2, "会签单")
    scan = {"file_name": sheet.file_name, "stored_name": sheet.kept.stored_name, "kind": "pdf"}
    signed = OnPaper("郑国强", date(2026, 11, 23), scan)
    on_paper = await signing.register(db, host, minutes, sent, root=sent.root, agency_id=built.sfj.id, paper=signed)
    put = await proposals(db, built, scan)
    owned = await assigning.assign(
        db,
        host,
        built.mechanism.id,
        meeting=held,
        title="建立台账",
        lead_agency_id=built.sfj.id,
        owner_id=built.zhenggq.id,
        due_on=date(2026, 12, 1),
    )
    extension = await extending.ask(db, officer, owned, due_on=date(2026, 12, 20), reason="等待数据")
    restricted_action = await assigning.assign(
        db,
        officer,
        built.mechanism.id,
        meeting=held,
        decision_id=restricted_decision.id,
        title=f"落实{RESTRICTED}",
        lead_agency_id=built.sfj.id,
        owner_id=built.liwb.id,
        due_on=date(2026, 11, 20),
    )
    poll = await asking.ask_for_times(
        db,
        host,
        built.mechanism.id,
        candidates=[Proposed(start, 120), Proposed(start + timedelta(days=1), 120)],
        due_on=date(2026, 12, 1),
        meeting=draft,
    )
    incoming = IncomingMail(
        received_at=db.now(),
        door="stdin",
        digest="0" * 64,
        sender="someone@example.org",
        subject="回复：第四季度联席会议",
        size=2,
        raw=b"\r\n",
        verdict="held",
        reason="other_sender",
        mechanism_id=built.mechanism.id,
        meeting_id=meeting.id,
    )
    db.add(incoming)
    await db.flush()
    attendees = await queries.attendees(db, meeting.id)
    invitations = await queries.invitations(db, meeting.id)
    mail = (await db.scalars(select(OutboxMail).order_by(OutboxMail.id))).first()
    assert mail is not None
    by_person = {each.person_id: each.id for each in attendees}
    return {
        "meeting_id": meeting.id,
        "mail_id": mail.id,
        "delivery_id": mail.id,
        "draft": draft.id,
        "incoming_id": incoming.id,
        "poll_id": poll.id,
        "candidate_id": poll.candidates[0].id,
        "decision_id": decision.id,
        "action_id": owned.id,
        "extension_id": extension.id,
        "paper_id": paper.id,
        "minutes_version": minutes.document.newest.id,
        "section": "decisions.docx",
        "restricted_section": f"item-{restricted_held.id}.docx",
        "sign_off_id": on_paper.id,
        "restricted_paper": restricted_paper.id,
        **put,
        "accepted_item": accepted.id,
        "proposed_item": proposed.id,
        "held": held.id,
        "restricted_item": restricted.id,
        "restricted_proposal": restricted_proposal.id,
        "restricted_held": restricted_held.id,
        "restricted_decision": restricted_decision.id,
        "restricted_action": restricted_action.id,
        "chenzy_attendee": by_person[built.chenzy.id],
        "sunl_attendee": by_person[built.sunl.id],
        "running_attendee": (await queries.attendees(db, running.id))[0].id,
        "sfj_invitation": invitations[0].id,
        "starts_on": date(2027, 1, 1).isoformat(),
    }
