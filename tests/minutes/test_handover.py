"""The office of liaison changes hands while minutes are being countersigned."""

from datetime import date

from tests.callers import Program
from tests.meetings.play import Play
from tests.minutes.test_api import circulated
from tests.minutes.test_mails import JCY, LIWB, QIANWEI, SFJ, WUXL, ZHOUMIN, link_in
from tests.succession.quarter import GONGHUI, Quarter

DAY = date(2026, 11, 25)


async def test_on_the_day_the_successor_gets_the_text_with_a_link_and_the_former_ones_link_dies(
    play: Play, program: Program
) -> None:
    quarter = Quarter(play)
    await quarter.tick()
    sent = await circulated(play, program)
    first = {mail.to: mail for mail in await play.delivered()}
    assert set(first) == {ZHOUMIN, QIANWEI, LIWB, WUXL, JCY}
    await quarter.hand_over(play.world.gonghui, on=DAY)
    await play.delivered()
    assert await quarter.on("11-24T23:59") == []
    (mail,) = await quarter.on("11-25T00:05")
    assert mail.to == GONGHUI
    assert "您现任联络员" in mail.text
    assert (await program.client.get(link_in(first[LIWB]))).status_code == 410
    done = await program.client.post(link_in(mail), json={"root": sent["root"], "agree": True})
    assert done.status_code == 200
    assert [mail.to for mail in await play.delivered()] == [GONGHUI]
    assert await quarter.on("11-26T09:00") == []


async def test_what_the_former_liaison_said_stands_and_the_successor_is_not_asked(play: Play, program: Program) -> None:
    quarter = Quarter(play)
    await quarter.tick()
    sent = await circulated(play, program)
    await program.post(play.world.liwb, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await play.delivered()
    await quarter.hand_over(play.world.gonghui, on=DAY)
    await play.delivered()
    assert await quarter.on("11-25T00:05") == []
    read = await program.get(play.world.zhoumin, f"/minutes/{sent['id']}")
    assert [(one["by"], one["void"]) for one in read["sign_offs"]] == [("李文博", False)]
    assert {one["agency_id"]: one["state"] for one in read["signers"]}[str(play.world.sfj.id)] == "agreed"


async def test_a_mail_that_had_not_left_goes_to_the_successor_alone(play: Play, program: Program) -> None:
    quarter = Quarter(play)
    await quarter.tick()
    await quarter.hand_over(play.world.gonghui, on=DAY)
    await play.delivered()
    await circulated(play, program)  # nothing leaves until the day has come
    assert {mail.to for mail in await quarter.on("11-25T00:05")} == {ZHOUMIN, QIANWEI, GONGHUI, WUXL, JCY}


async def test_while_nobody_is_in_office_the_agency_itself_is_asked(play: Play, program: Program) -> None:
    quarter = Quarter(play)
    await quarter.tick()
    sent = await circulated(play, program)
    await play.delivered()
    await quarter.end(on=DAY)
    await play.delivered()
    (mail,) = await quarter.on("11-25T00:05")
    assert mail.to == SFJ
    await quarter.fill(play.world.gonghui, date(2026, 11, 26))
    (later,) = [one for one in await quarter.on("11-26T00:05") if one.to == GONGHUI]
    assert (await program.client.get(link_in(mail))).status_code == 410  # it has a liaison by now
    done = await program.client.post(link_in(later), json={"root": sent["root"], "agree": True})
    assert done.status_code == 200
