"""What happens while something is put to the members: the mechanism ends, agencies leave, mails do not arrive, some sign on paper."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import update

from liaison.mail.models import OutboxMail
from liaison.mechanisms import founding, members
from liaison.mechanisms.models import PAPER, Mechanism, Member
from liaison.proposals.effect import take_effect_due
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.minutes.typed import text_of
from tests.proposals.put import CLAUSES, TITLE, agreed, circulated, joining, signed, version


async def ended(play: Play) -> None:
    """The mechanism is over."""
    async with play.database.writing() as db:
        await db.execute(update(Mechanism).values(ended_on=date(2026, 11, 23)))


async def test_in_a_mechanism_that_has_ended_nothing_is_circulated_or_reminded_but_withdrawn(
    play: Play, program: Program
) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program))
    draft = await joining(play, program)
    await ended(play)
    for path in (f"/proposals/{draft['id']}/circulate", f"/proposals/{sent['id']}/remind"):
        assert (await program.refused(world.zhoumin, "POST", path, {}))[0] == 409, path
    gone = await program.post(world.zhoumin, f"/proposals/{sent['id']}/withdraw", {"reason": "机制已结束。"})
    assert gone["state"] == "withdrawn"
    assert (await program.post(world.zhoumin, f"/proposals/{draft['id']}/withdraw", {}))["state"] == "withdrawn"


async def test_what_waits_for_its_day_in_a_mechanism_that_ends_before_it_never_holds_and_is_withdrawn(
    play: Play, program: Program
) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program, effective_on="2026-12-01"))
    await agreed(play, program, sent)
    await program.post(world.zhoumin, f"/proposals/{sent['id']}/put-in-force", {})
    await ended(play)
    play.clock.as_of = datetime(2026, 12, 1, 2, tzinfo=UTC)
    async with play.database.writing() as db:
        assert await take_effect_due(db) == 0
    body = {"reason": "机制已结束。"}
    assert (await program.post(world.zhoumin, f"/proposals/{sent['id']}/withdraw", body))["state"] == "withdrawn"


async def test_the_desk_asks_the_lead_at_once_about_who_left_who_signs_on_paper_and_whom_no_mail_reached(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        joined = await members.join(db, viewer, world.mechanism.id, agency_id=world.rsj.id)
        await db.execute(update(Member).where(Member.agency_id == world.sfj.id).values(takes_part=PAPER))
    sent = await circulated(play, program, await version(play, program))
    await signed(program, world.zhoumin, sent)
    play.clock.as_of = datetime(2026, 11, 25, 2, tzinfo=UTC)
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        await members.leave(db, viewer, joined.id, left_on=date(2026, 11, 25))
        await db.execute(
            update(OutboxMail)
            .where(OutboxMail.address == "rsj@rsj.qingzhi.example")
            .values(state="refused", reason="mailbox")
        )
    await browser.sign_in(world.zhoumin)
    desk = text_of(await browser.get("/"))
    for said in ("已退出机制，尚未签署：区人社局", "请取回并登记纸质签署：区司法局", "1封通知未送达"):
        assert said in desk, said


async def test_what_a_clause_obliges_to_stands_on_the_paper_that_is_signed(
    play: Play, program: Program, browser: Browser
) -> None:
    draft = await version(play, program)
    await browser.sign_in(play.world.zhoumin)
    answer = await browser.client.get(f"/proposals/{draft['id']}/text.docx")
    xml = zipfile.ZipFile(io.BytesIO(answer.content)).read("word/document.xml").decode()
    assert "每半年至少1次联席会议" in "".join(part.partition("<")[0] for part in xml.split(">"))


async def test_who_answers_too_late_reads_of_what_holds_and_not_of_issuing(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program))
    await agreed(play, program, sent)
    await program.post(world.zhoumin, f"/proposals/{sent['id']}/put-in-force", {})
    late = await program.call(world.liwb, "POST", f"/proposals/{sent['id']}/sign", {"root": sent["root"]})
    assert late.status_code == 409
    assert "印发" not in late.text


async def test_a_withdrawal_by_the_lead_of_then_is_not_said_of_the_agency_that_led_when_it_was_proposed(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program))
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        await founding.change_mechanism(db, viewer, world.mechanism.id, {"lead_agency_id": world.sfj.id})
    await program.post(world.liwb, f"/proposals/{sent['id']}/withdraw", {"reason": "再议。"})
    await browser.sign_in(world.zhoumin)
    page = text_of(await browser.get(f"/proposals/{sent['id']}"))
    assert "已于 11月23日（周一）09:00 撤回。" in page
    assert "区检察院已于" not in page


async def test_a_review_before_the_day_from_which_it_can_hold_is_refused(play: Play, program: Program) -> None:
    of = f"/mechanisms/{play.world.mechanism.id}/proposals"
    body = {"title": TITLE, "clauses": CLAUSES, "review_on": "2026-11-23"}
    assert await program.refused(play.world.zhoumin, "POST", of, body) == (422, ["review_on"])


async def test_an_agency_that_is_to_be_a_member_later_is_not_proposed_again(play: Play, program: Program) -> None:
    world, of = play.world, f"/mechanisms/{play.world.mechanism.id}/proposals"
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        await members.join(db, viewer, world.mechanism.id, agency_id=world.rsj.id, joined_on=date(2027, 1, 1))
    body: dict[str, Any] = {"agency_id": str(world.rsj.id), "text": "理由"}
    assert await program.refused(world.zhoumin, "POST", of, body) == (422, ["agency_id"])
