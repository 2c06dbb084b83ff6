"""新增成员: the lead's liaison proposes it, and with the last member's consent the agency is one."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from liaison.directory.models import Agency
from liaison.mechanisms import members
from liaison.mechanisms import queries as mechanisms
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.proposals.put import agreed, circulated, joining, signed

RSJ = "rsj@rsj.qingzhi.example"


async def joined_on(play: Play) -> date | None:
    async with play.database.reading() as db:
        found = await mechanisms.members(db, play.world.mechanism.id)
        return next((one.joined_on for one in found if one.agency_id == play.world.rsj.id), None)


async def test_it_joins_with_the_last_consent_and_everybody_is_told_the_new_member_too(
    play: Play, program: Program
) -> None:
    world = play.world
    sent = await circulated(play, program, await joining(play, program))
    await signed(program, world.zhoumin, sent)
    assert await joined_on(play) is None
    await play.delivered()
    play.clock.as_of = datetime(2026, 11, 25, 2, tzinfo=UTC)
    done = await signed(program, world.liwb, sent)
    assert (done["state"], done["takes_effect_on"]) == ("in_force", "2026-11-25")
    assert await joined_on(play) == date(2026, 11, 25)
    mails = {mail.to: mail for mail in await play.delivered() if "【协议】" in mail.subject}
    assert {RSJ, "zhoumin@jcy.qingzhi.example", "wuxl@sfj.qingzhi.example"} <= set(mails)
    assert "清沚区人力资源和社会保障局" in mails[RSJ].text
    assert "请贵单位指定联络员" in mails[RSJ].text
    assert "请贵单位指定联络员" not in mails["zhoumin@jcy.qingzhi.example"].text
    assert str(world.mechanism.id) in {one["id"] for one in (await program.get(world.sunl, "/mechanisms"))["items"]}


async def test_it_joins_on_the_day_that_was_agreed_where_that_is_still_to_come(play: Play, program: Program) -> None:
    sent = await circulated(play, program, await joining(play, program, joined_on="2027-01-01", takes_part="mail"))
    done = await agreed(play, program, sent)
    assert (done["state"], done["takes_effect_on"]) == ("in_force", "2027-01-01")
    assert await joined_on(play) == date(2027, 1, 1)


async def test_an_agency_that_asks_for_changes_is_waited_for(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program, await joining(play, program))
    await signed(program, world.zhoumin, sent)
    body = {"root": sent["root"], "text": "请先明确其承办的条款。"}
    await program.post(world.liwb, f"/proposals/{sent['id']}/request-changes", body)
    assert await joined_on(play) is None
    told = [mail.text for mail in await play.delivered() if mail.to.startswith("zhoumin@")]
    assert any("请先明确其承办的条款" in text for text in told)


async def test_what_cannot_be_done_any_more_is_left_to_the_lead_and_nobodys_consent_is_lost(
    play: Play, program: Program
) -> None:
    world = play.world
    sent = await circulated(play, program, await joining(play, program))
    await signed(program, world.zhoumin, sent)
    async with play.database.writing() as db:
        agency = (await db.execute(select(Agency).where(Agency.id == world.rsj.id))).scalar_one()
        agency.deactivated_at = db.now()
    done = await signed(program, world.liwb, sent)
    assert done["state"] == "agreed"
    assert [one["state"] for one in done["signers"]] == ["agreed", "agreed"]
    refused = await program.refused(world.zhoumin, "POST", f"/proposals/{done['id']}/put-in-force", {})
    assert refused == (422, ["agency_id"])


async def test_who_cannot_join_is_refused_at_the_field(play: Play, program: Program) -> None:
    world, of = play.world, f"/mechanisms/{play.world.mechanism.id}/proposals"
    for change, field in (
        ({"agency_id": str(world.sfj.id)}, "agency_id"),
        ({"agency_id": "999999"}, "agency_id"),
        ({"text": ""}, "text"),
        ({"joined_on": "2026-11-01"}, "joined_on"),
        ({"takes_part": "fax"}, "takes_part"),
    ):
        body = {"agency_id": str(world.rsj.id), "text": "理由"} | change
        assert await program.refused(world.zhoumin, "POST", of, body) == (422, [field]), change
    await joining(play, program)
    twice = await program.refused(world.zhoumin, "POST", of, {"agency_id": str(world.rsj.id), "text": "理由"})
    assert twice[0] == 409


async def test_an_operators_entry_meanwhile_is_not_entered_twice(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program, await joining(play, program))
    async with play.database.writing() as db:
        await members.join(db, await world.viewer(db, world.guyan), world.mechanism.id, agency_id=world.rsj.id)
    done = await agreed(play, program, sent)
    assert done["state"] == "agreed"
    async with play.database.reading() as db:
        found = await mechanisms.members(db, world.mechanism.id)
    assert sum(one.agency_id == world.rsj.id for one in found) == 1


async def test_in_a_mechanism_that_has_ended_nobody_joins_any_more(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await circulated(play, program, await joining(play, program))
    await browser.sign_in(world.zhoumin)
    assert "1份提请会签的文稿" in await browser.get(f"/mechanisms/{world.mechanism.id}/end")
    await signed(program, world.zhoumin, sent)
    end = f"/mechanisms/{world.mechanism.id}/end"
    await program.post(world.zhoumin, end, {"ends_on": "2026-11-23", "reason": "期满不再续签。"})
    done = await signed(program, world.liwb, sent)
    assert done["state"] == "agreed"
    assert await joined_on(play) is None
    assert (await program.refused(world.zhoumin, "POST", f"/proposals/{sent['id']}/put-in-force", {}))[0] == 409
    gone = await program.post(world.zhoumin, f"/proposals/{sent['id']}/withdraw", {"reason": "机制已终止。"})
    assert gone["state"] == "withdrawn"
