"""答复 as a notice of its own: it goes to who asked and to nobody else, and answers the notice that it was written for."""

from typing import Any

from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.notices.sent import TEXT, line, mails, sent
from tests.notices.test_answering import third


async def response(play: Play, program: Program, answered: Any, *, status: int = 201, **more: Any) -> Any:
    """区司法局 answers by a notice; its JSON."""
    given = {
        "purpose": "response",
        "answers_id": answered["id"],
        "subject": "答复",
        "text": "属实。",
        "to_agency_ids": [answered["from_agency_id"]],
    }
    path = f"/mechanisms/{play.world.mechanism.id}/notices"
    return await program.post(play.world.liwb, path, given | more, status=status)


async def refused(play: Play, program: Program, answered: Any, **more: Any) -> tuple[int, list[str]]:
    """How writing such an answer is refused."""
    given = {
        "purpose": "response",
        "answers_id": answered["id"],
        "subject": "答复",
        "text": "属实。",
        "to_agency_ids": [answered["from_agency_id"]],
    }
    path = f"/mechanisms/{play.world.mechanism.id}/notices"
    return await program.refused(play.world.liwb, "POST", path, given | more)


async def test_a_response_goes_to_the_agency_that_asked_and_to_no_other(play: Play, program: Program) -> None:
    rsj, asks = await third(play), await sent(play, program)
    asked = [str(play.world.jcy.id)]
    assert await refused(play, program, asks, to_agency_ids=[str(rsj.id)]) == (422, ["to_agency_ids"])
    assert await refused(play, program, asks, to_agency_ids=[*asked, str(rsj.id)]) == (422, ["to_agency_ids"])
    assert await refused(play, program, asks, copy_to_agency_ids=[str(rsj.id)]) == (422, ["copy_to_agency_ids"])
    made = await response(play, program, asks, draft=True)
    path = f"/notices/{made['id']}"
    given = {"to_agency_ids": [str(rsj.id)]}
    assert await program.refused(play.world.liwb, "PATCH", path, given) == (422, ["to_agency_ids"])


async def test_the_same_words_to_two_notices_are_two_responses(play: Play, program: Program) -> None:
    first = await sent(play, program)
    second = await sent(play, program, subject="另一件")
    made = [await response(play, program, one) for one in (first, second)]
    assert made[0]["id"] != made[1]["id"]
    for one in (first, second):
        assert (await program.get(play.world.zhoumin, f"/notices/{one['id']}"))["state"] == "answered"


async def test_what_is_closed_was_passed_on_or_only_came_to_know_is_not_answered_by_a_notice(
    play: Play, program: Program
) -> None:
    world, rsj = play.world, await third(play)
    closed = await sent(play, program, subject="已结束")
    await program.post(world.zhoumin, f"/notices/{closed['id']}/close", {"reason": "已另行解决。"})
    assert await refused(play, program, closed) == (409, [])
    passed = await sent(play, program, subject="已转交")
    given = {"to_agency_id": str(rsj.id), "text": "属劳动监察"}
    await program.post(world.liwb, f"/notices/{passed['id']}/pass-on", given)
    assert await refused(play, program, passed) == (409, [])
    copy = {"to_agency_ids": [str(rsj.id)], "copy_to_agency_ids": [str(world.sfj.id)]}
    knows = await sent(play, program, subject="抄送", **copy)
    assert await refused(play, program, knows) == (409, [])


async def test_an_answer_is_not_passed_on(play: Play, program: Program, browser: Browser) -> None:
    world, rsj = play.world, await third(play)
    made = await response(play, program, await sent(play, program))
    given = {"to_agency_id": str(rsj.id), "text": "请知悉"}
    assert (await program.refused(world.zhoumin, "POST", f"/notices/{made['id']}/pass-on", given))[0] == 409
    await browser.sign_in(world.zhoumin)
    await browser.post(f"/notices/{made['id']}/open")
    assert "转交" not in await browser.get(f"/notices/{made['id']}")


async def test_only_who_may_read_the_answer_finds_the_way_to_it(play: Play, program: Program, browser: Browser) -> None:
    world, rsj = play.world, await third(play)
    asks = await sent(play, program, to_agency_ids=[str(world.sfj.id), str(rsj.id)])
    made = await response(play, program, asks)
    way = f'href="/notices/{made["id"]}"'
    for who, sees in ((world.zhoumin, True), (world.liwb, True), (world.sunl, False)):
        await browser.sign_in(who)
        assert (way in await browser.get(f"/notices/{asks['id']}")) == sees, who.name


async def test_passing_on_to_an_agency_that_knew_of_it_mails_it_what_is_asked_now(play: Play, program: Program) -> None:
    world, rsj = play.world, await third(play)
    made = await sent(play, program, copy_to_agency_ids=[str(rsj.id)])
    assert "sunl@rsj.qingzhi.example" in await mails(play)
    given = {"to_agency_id": str(rsj.id), "text": "属劳动监察"}
    passed = await program.post(world.liwb, f"/notices/{made['id']}/pass-on", given)
    assert line(passed, rsj)["asked"]
    got = (await mails(play))["sunl@rsj.qingzhi.example"]
    assert TEXT.splitlines()[0] in got.text
    assert "前答复" in got.text


async def test_the_page_says_to_which_agency_the_own_one_passed_it_on(
    play: Play, program: Program, browser: Browser
) -> None:
    world, rsj = play.world, await third(play)
    made = await sent(play, program)
    given = {"to_agency_id": str(rsj.id), "text": "属劳动监察"}
    await program.post(world.liwb, f"/notices/{made['id']}/pass-on", given)
    await browser.sign_in(world.liwb)
    assert "贵单位已将本件转交区人社局" in await browser.get(f"/notices/{made['id']}")
