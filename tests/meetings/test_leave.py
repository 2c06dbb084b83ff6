"""准假 by the own agency, and who was there without having been asked."""

import re

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.errors import Conflict, NotPermitted
from liaison.meetings import holding, leave, replies
from liaison.meetings.asking import Asked
from tests.callers import Browser, Program
from tests.conftest import NOW
from tests.meetings.play import Play
from tests.meetings.test_attendance import BEGUN, act, held, invited, listed


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


async def test_leave_is_approved_by_the_own_agency_alone_and_a_new_answer_forgets_it(play: Play) -> None:
    world = play.world
    meeting_id, _ = await invited(
        play, Asked(person_id=world.zhenggq.id), Asked(person_id=world.sunl.id, role="optional")
    )
    with pytest.raises(Conflict):
        await act(play, world.liwb, leave.approve_leave, "郑国强", meeting_id)  # nobody asked leave
    await act(play, world.zhenggq, replies.answer, "郑国强", meeting_id, partstat="declined")
    with pytest.raises(NotPermitted):
        await act(play, world.zhoumin, leave.approve_leave, "郑国强", meeting_id)
    await act(play, world.wuxl, leave.ask_for_substitute, "郑国强", meeting_id)
    await act(play, world.liwb, leave.approve_leave, "郑国强", meeting_id)
    one = (await listed(play, meeting_id))["郑国强"]
    assert (one.leave_approved_by, one.substitute_asked_at) == (world.liwb.id, None)
    await act(play, world.zhenggq, replies.answer, "郑国强", meeting_id, partstat="tentative")
    assert (await listed(play, meeting_id))["郑国强"].leave_approved_at is None


async def test_what_the_own_liaison_registers_is_the_agencys_word_and_what_the_host_registers_is_not(
    play: Play,
) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.zhenggq.id))
    said = replies.Registered("phone", "郑国强", NOW)
    for by, approved in ((world.zhoumin, False), (world.liwb, True)):
        await act(play, by, replies.register, "郑国强", meeting_id, said, partstat="declined")
        assert ((await listed(play, meeting_id))["郑国强"].leave_approved_at is not None) is approved


async def test_approved_leave_becomes_apologies_and_unapproved_leave_is_marked(play: Play, browser: Browser) -> None:
    world = play.world
    asked = (Asked(person_id=world.zhenggq.id), Asked(person_id=world.chenzy.id), Asked(person_id=world.liwb.id))
    meeting_id, _ = await invited(play, *asked)
    for person in (world.zhenggq, world.chenzy):
        await act(play, person, replies.answer, person.name, meeting_id, partstat="declined")
    await act(play, world.liwb, leave.approve_leave, "郑国强", meeting_id)
    play.clock.as_of = BEGUN
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await holding.check_in_all(db, viewer, meeting, {}, everybody=True)
    there = await listed(play, meeting_id)
    assert (there["郑国强"].attendance, there["陈志远"].attendance) == ("apologies", None)
    await act(play, world.zhoumin, holding.check_in, "陈志远", meeting_id, "apologies")
    await held(play, meeting_id)
    await browser.sign_in(world.liwb)
    printed = await browser.get(f"/meetings/{meeting_id}/print")
    assert re.search(r"请假</b>区检察院 陈志远 副检察长（未经单位确认）；区司法局 郑国强 副局长</p>", printed)
    await act(play, world.zhoumin, leave.approve_leave, "陈志远", meeting_id)  # also after the meeting
    assert "未经单位确认" not in await browser.get(f"/meetings/{meeting_id}/print")


async def test_who_is_excused_sends_apologies_also_when_nobody_noted_it_before_it_is_held(play: Play) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.zhenggq.id), Asked(person_id=world.chenzy.id))
    for person in (world.zhenggq, world.chenzy):
        await act(play, person, replies.answer, person.name, meeting_id, partstat="declined")
    await act(play, world.liwb, leave.approve_leave, "郑国强", meeting_id)
    play.clock.as_of = BEGUN
    await held(play, meeting_id)
    there = await listed(play, meeting_id)
    assert (there["郑国强"].attendance, there["陈志远"].attendance) == ("apologies", None)


async def test_leave_waits_on_the_desk_of_the_own_liaison_and_the_wish_for_a_substitute_on_the_persons(
    play: Play, browser: Browser
) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.zhenggq.id))
    await act(play, world.zhenggq, replies.answer, "郑国强", meeting_id, partstat="declined")
    attendee_id = (await listed(play, meeting_id))["郑国强"].id
    leave_form = f'action="/attendees/{attendee_id}/leave"'
    await browser.sign_in(world.zhoumin)
    assert leave_form not in await browser.get("/")
    await browser.sign_in(world.liwb)
    assert leave_form in await browser.get("/")
    assert (await browser.post(f"/attendees/{attendee_id}/leave", leave="substitute_asked")).status_code == 303
    assert leave_form not in await browser.get("/")
    await browser.sign_in(world.zhenggq)
    assert "本单位请您委派他人参加" in await browser.get("/")
    assert "本单位请您委派他人参加" in await browser.get(f"/meetings/{meeting_id}")
    assert await play.delivered() == []  # nobody is mailed


async def test_the_api_takes_the_agencys_word_on_leave(play: Play, api: Program) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.zhenggq.id))
    await act(play, world.zhenggq, replies.answer, "郑国强", meeting_id, partstat="declined")
    path = f"/attendees/{(await listed(play, meeting_id))['郑国强'].id}"
    assert (await api.refused(world.zhoumin, "PATCH", path, {"leave": "approved"}))[0] == 403
    assert (await api.refused(world.liwb, "PATCH", path, {"leave": "maybe"})) == (422, ["leave"])
    assert (await api.patch(world.liwb, path, {"leave": "approved"}))["leave"] == "approved"


async def test_who_was_not_asked_is_put_on_the_record_and_taken_off_it_and_never_mailed(
    play: Play, browser: Browser, api: Program
) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.chenzy.id), recorder_id=world.xujie.id)
    play.clock.as_of = BEGUN
    await browser.sign_in(world.xujie)
    page = f"/meetings/{meeting_id}"
    await browser.get(page)
    form = {"agency_id": str(world.rsj.id), "name": "马骏", "job_title": "副局长", "attendance": "in_attendance"}
    assert (await browser.post(f"{page}/walk-in", **form)).status_code == 303
    assert (await browser.post(f"{page}/walk-in", **form)).status_code == 422  # on the list already
    shown = await browser.get(page)
    assert "马骏" in shown
    assert "未在名单" in shown
    one = (await listed(play, meeting_id))["马骏"]
    assert (one.attendance, one.role, one.person_id) == ("in_attendance", "in_attendance", None)
    assert await play.delivered() == []
    await browser.sign_in(world.zhoumin)
    answers = (await browser.get(page)).partition('id="answers"')[2].partition("</section>")[0]
    assert "陈志远" in answers
    assert "马骏" not in answers
    await browser.sign_in(world.xujie)
    await held(play, meeting_id)
    assert (await browser.post(f"/attendees/{one.id}/remove")).status_code == 303
    assert "马骏" not in await listed(play, meeting_id)
    made = await api.post(
        world.xujie, f"{page}/attendees", {"agency_id": str(world.jcy.id), "name": "马骏"}, status=201
    )
    assert (made["attendance"], made["walked_in"]) == ("present", True)
    assert (await api.refused(world.liwb, "POST", f"{page}/attendees", {"agency_id": str(world.jcy.id), "name": "甲"}))[
        0
    ] == 403
