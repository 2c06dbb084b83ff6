"""签到 by oneself, and the quorum by agencies."""

import re
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.errors import NotPermitted
from liaison.meetings import checking_in, holding, queries, replies, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.attendance import Quorum, attendance_of, by_attendance
from liaison.meetings.models import Attendee, Meeting
from tests.callers import Browser, Program
from tests.conftest import NOW
from tests.meetings.play import Play

SOON = datetime.fromisoformat("2026-11-23T09:40")
"""Forty minutes after the moment at which the tests begin: ten minutes later people can check in."""
OPEN, BEGUN = NOW + timedelta(minutes=10), NOW + timedelta(minutes=45)


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


async def invited(play: Play, *asked: Asked, **more: Any) -> tuple[int, dict[str, list[str]]]:
    """A meeting whose notices arrived: its id, and by address the paths of the links there."""
    meeting_id = await play.scheduled(*asked, local_start=SOON, **more)
    mails = await play.send(meeting_id)
    return meeting_id, {
        mail.to: list(dict.fromkeys(re.search(r"/r/[^?\s]+", one)[0] for one in mail.links)) for mail in mails
    }


async def listed(play: Play, meeting_id: int) -> dict[str, Attendee]:
    async with play.database.reading() as db:
        return {one.name: one for one in await queries.attendees(db, meeting_id)}


async def act(play: Play, by: Person, verb: Any, name: str, meeting_id: int, *given: Any, **more: Any) -> None:
    """One verb on the attendee of that name."""
    attendee_id = (await listed(play, meeting_id))[name].id
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, by)
        await verb(db, viewer, await queries.attendee(db, attendee_id), *given, **more)


async def held(play: Play, meeting_id: int, **more: Any) -> Meeting:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        return await holding.hold(db, viewer, meeting, **more)


async def test_by_the_mailed_link_a_person_checks_in_from_half_an_hour_before_until_it_is_held(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    world = play.world
    meeting_id, links = await invited(
        play, Asked(person_id=world.chenzy.id), Asked(person_id=world.sunl.id, role="in_attendance")
    )
    (chenzy,), (sunl,) = links["chenzy@jcy.qingzhi.example"], links["sunl@rsj.qingzhi.example"]
    assert 'name="check_in"' not in (await anybody.get(chenzy)).text
    assert (await anybody.post(chenzy, data={"check_in": "1"})).status_code == 409
    play.clock.as_of = OPEN
    assert 'name="check_in"' in (await anybody.get(chenzy)).text
    assert (await listed(play, meeting_id))["陈志远"].attendance is None  # a GET changes nothing
    done = await anybody.post(chenzy, data={"check_in": "1"})
    assert done.status_code == 200
    assert "09:10 本人签到" in done.text
    play.clock.as_of = BEGUN
    assert (await anybody.post(sunl, json={"check_in": True})).status_code == 200
    there = await listed(play, meeting_id)
    assert (there["陈志远"].attendance, there["孙丽"].attendance) == ("present", "in_attendance")
    assert (there["陈志远"].checked_in_at, there["陈志远"].attendance_by) == (OPEN, world.chenzy.id)
    await anybody.post(chenzy, data={"check_in": "1"})
    assert (await listed(play, meeting_id))["陈志远"].checked_in_at == OPEN
    await held(play, meeting_id)
    assert (await anybody.post(chenzy, data={"check_in": "1"})).status_code == 409


async def test_what_the_recorder_notes_stands_and_the_check_in_is_kept_beside_it(
    play: Play, anybody: httpx.AsyncClient, browser: Browser
) -> None:
    world = play.world
    meeting_id, links = await invited(play, Asked(person_id=world.chenzy.id), Asked(person_id=world.sunl.id))
    play.clock.as_of = BEGUN
    await anybody.post(links["chenzy@jcy.qingzhi.example"][0], data={"check_in": "1"})
    await act(play, world.zhoumin, holding.check_in, "陈志远", meeting_id, "absent")
    again = await anybody.post(links["chenzy@jcy.qingzhi.example"][0], data={"check_in": "1"})
    assert "请告知记录人" in again.text
    await act(play, world.zhoumin, holding.check_in, "孙丽", meeting_id, "absent")
    await anybody.post(links["sunl@rsj.qingzhi.example"][0], data={"check_in": "1"})
    there = await listed(play, meeting_id)
    assert [(there[name].attendance, there[name].checked_in_at) for name in ("陈志远", "孙丽")] == [
        ("absent", BEGUN)
    ] * 2
    await browser.sign_in(world.zhoumin)
    assert (await browser.get(f"/meetings/{meeting_id}")).count("09:45 本人签到") == 2


async def test_people_behind_one_mailbox_check_in_each_apart(play: Play, anybody: httpx.AsyncClient) -> None:
    world = play.world
    async with play.database.writing() as db:
        colleague = Person(name="沈岚", agency_id=world.jcy.id, office_id=world.wujianbu.id)
        db.add(colleague)
        await db.flush()
    meeting_id, links = await invited(play, Asked(person_id=world.hanmei.id), Asked(person_id=colleague.id))
    play.clock.as_of = OPEN
    first, second = links["minjian@jcy.qingzhi.example"]
    await anybody.post(second, data={"check_in": "1"})
    there = await listed(play, meeting_id)
    assert sorted(str(one.attendance) for one in there.values()) == ["None", "present"]
    await anybody.post(first, data={"check_in": "1"})
    assert {one.attendance for one in (await listed(play, meeting_id)).values()} == {"present"}


async def test_who_stands_in_checks_in_for_the_other_and_counts_for_the_agency(
    play: Play, anybody: httpx.AsyncClient, browser: Browser
) -> None:
    world = play.world
    meeting_id, links = await invited(play, Asked(person_id=world.chenzy.id))
    play.clock.as_of = BEGUN
    link = links["chenzy@jcy.qingzhi.example"][0]
    nameless = await anybody.post(link, data={"check_in": "1", "instead.job_title": "办公室主任"})
    assert nameless.status_code == 422
    await anybody.post(link, data={"check_in": "1", "instead.name": "何静", "instead.job_title": "办公室主任"})
    one = (await listed(play, meeting_id))["陈志远"]
    assert (one.attendance, one.substitute["name"]) == ("present", "何静")
    await held(play, meeting_id)
    await browser.sign_in(world.zhoumin)
    printed = await browser.get(f"/meetings/{meeting_id}/print")
    assert re.search(r"代为参会</b>区检察院 何静（代陈志远） 办公室主任", printed)


async def test_names_on_a_slip_are_checked_in_by_their_own_liaison_on_page_and_link(
    play: Play, anybody: httpx.AsyncClient, browser: Browser
) -> None:
    world = play.world
    meeting_id, links = await invited(play, Asked(agency_id=world.sfj.id, seats=2))
    async with play.database.writing() as db:
        (slip,) = await queries.invitations(db, meeting_id)
        slip = await queries.invitation(db, slip.id)
        names = [replies.SlipName("郑国强"), replies.SlipName("李文博")]
        viewer = await world.viewer(db, world.liwb)
        await replies.return_slip(db, viewer, slip, names, registered=replies.Registered("phone", "李文博", NOW))
    play.clock.as_of = OPEN
    there = await listed(play, meeting_id)
    await browser.sign_in(world.liwb)
    assert (await browser.get(f"/meetings/{meeting_id}")).count("代签到</button>") == 2
    assert (await browser.post(f"/attendees/{there['郑国强'].id}/check-in")).status_code == 303
    assert (
        await anybody.post(links["liwb@sfj.qingzhi.example"][0], data={"check_in": str(there["李文博"].id)})
    ).status_code == 200
    assert {one.attendance for one in (await listed(play, meeting_id)).values()} == {"present"}
    with pytest.raises(NotPermitted):
        await act(play, world.zhoumin, checking_in.check_in_oneself, "郑国强", meeting_id)


async def test_nobody_checks_in_for_another_person(play: Play, browser: Browser, api: Program) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.chenzy.id), Asked(person_id=world.liwb.id))
    play.clock.as_of = OPEN
    there = await listed(play, meeting_id)
    await browser.sign_in(world.liwb)
    await browser.get(f"/meetings/{meeting_id}")
    assert (await browser.post(f"/attendees/{there['陈志远'].id}/check-in")).status_code == 403
    path = f"/attendees/{there['李文博'].id}"
    assert (await api.refused(world.liwb, "PATCH", path, {"attendance": "present"}))[0] == 403
    assert (await api.patch(world.liwb, path, {"checked_in": True}))["attendance"] == "present"


async def test_quorum_counts_member_agencies_with_a_vote_and_those_that_must_be_there(play: Play, api: Program) -> None:
    world = play.world
    asked = (
        Asked(person_id=world.chenzy.id),
        Asked(person_id=world.sunl.id),
        Asked(person_id=world.liwb.id, role="in_attendance"),
    )
    meeting_id, _ = await invited(play, *asked)
    play.clock.as_of = BEGUN
    path = f"/meetings/{meeting_id}"
    assert (await api.get(world.zhoumin, path))["quorum"]["met"] is None  # nothing is noted
    for name, how in (("陈志远", "present"), ("孙丽", "present"), ("李文博", "in_attendance")):
        await act(play, world.zhoumin, holding.check_in, name, meeting_id, how)
    found = (await api.get(world.zhoumin, path))["quorum"]
    assert (found["agencies_present"], found["met"], found["missing_agency_ids"]) == (1, False, [str(world.sfj.id)])
    mechanism = f"/mechanisms/{world.mechanism.id}"
    assert (await api.refused(world.guyan, "PATCH", mechanism, {"must_include": [str(world.rsj.id)]})) == (
        422,
        ["must_include"],
    )
    await api.patch(world.guyan, mechanism, {"quorum": 1, "must_include": [str(world.sfj.id)]})
    found = (await api.get(world.zhoumin, path))["quorum"]
    assert (found["met"], found["must_include"]) == (False, [str(world.sfj.id)])
    await act(play, world.zhoumin, holding.check_in, "李文博", meeting_id, "present")
    assert (await api.get(world.zhoumin, path))["quorum"]["met"] is True


@pytest.mark.parametrize("reason", [None, "区司法局临时有紧急任务"])
async def test_a_meeting_without_its_quorum_is_held_and_its_record_says_why(
    play: Play, api: Program, browser: Browser, reason: str | None
) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.chenzy.id), Asked(person_id=world.liwb.id))
    play.clock.as_of = BEGUN
    await act(play, world.zhoumin, holding.check_in, "陈志远", meeting_id, "present")
    given = {"quorum_reason": reason} if reason else {}
    answer = await api.post(world.zhoumin, f"/meetings/{meeting_id}/hold", given)
    assert (answer["state"], answer["quorum_reason"]) == ("held", reason)
    await api.patch(world.guyan, f"/mechanisms/{world.mechanism.id}", {"quorum": 1})
    await browser.sign_in(world.liwb)
    for page in (f"/meetings/{meeting_id}", f"/meetings/{meeting_id}/print"):
        shown = await browser.get(page)
        assert f"理由：{reason}" in shown if reason else "未说明理由" in shown
        assert re.search(r"周敏.{0,20}09:45", shown)


async def test_all_who_accepted_are_noted_by_one_press_which_is_offered_while_it_would_note_somebody(
    play: Play, browser: Browser
) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.chenzy.id), Asked(person_id=world.liwb.id))
    for who, name in ((world.chenzy, "陈志远"), (world.liwb, "李文博")):
        await act(play, who, replies.answer, name, meeting_id, partstat="accepted")
    play.clock.as_of = BEGUN
    await browser.sign_in(world.zhoumin)
    page = await browser.get(f"/meetings/{meeting_id}")
    assert 'name="everybody"' in page
    await act(play, world.zhoumin, holding.check_in, "李文博", meeting_id, "absent")
    assert 'name="everybody"' in await browser.get(f"/meetings/{meeting_id}")
    assert (await browser.post(f"/meetings/{meeting_id}/attendance", everybody="1")).status_code == 303
    assert 'name="everybody"' not in await browser.get(f"/meetings/{meeting_id}")
    assert [one.attendance for one in (await listed(play, meeting_id)).values()] == ["present", "absent"]


async def test_a_reason_without_need_is_not_kept_and_a_quorum_taken_back_is_forgotten(play: Play) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.chenzy.id), Asked(person_id=world.liwb.id))
    play.clock.as_of = BEGUN
    for name in ("陈志远", "李文博"):
        await act(play, world.zhoumin, holding.check_in, name, meeting_id, "present")
    meeting = await held(play, meeting_id, quorum_reason="多此一举")
    assert (meeting.quorum_reason, meeting.quorum_rule["least"]) == (None, 2)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await holding.unhold(db, viewer, meeting, reason="点错了")
    async with play.database.reading() as db:
        assert (await db.get_one(Meeting, meeting_id)).quorum_rule is None


async def test_a_hidden_list_is_hidden_on_attendance_and_sheet_too(play: Play, browser: Browser) -> None:
    world = play.world
    meeting_id, _ = await invited(
        play, Asked(person_id=world.chenzy.id), Asked(person_id=world.zhenggq.id), hides_attendees=True
    )
    play.clock.as_of = BEGUN
    await browser.sign_in(world.zhenggq)
    for page in (f"/meetings/{meeting_id}", f"/meetings/{meeting_id}/check-in-sheet"):
        shown = await browser.get(page)
        assert "郑国强" in shown
        assert "陈志远" not in shown
    await browser.sign_in(world.zhoumin)
    assert "陈志远" in await browser.get(f"/meetings/{meeting_id}/check-in-sheet")


async def test_the_count_is_asked_for_again_while_the_meeting_runs(play: Play, browser: Browser) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.chenzy.id), Asked(person_id=world.liwb.id))
    play.clock.as_of = OPEN
    await browser.sign_in(world.zhoumin)
    assert f'hx-get="/meetings/{meeting_id}/attendance"' in await browser.get(f"/meetings/{meeting_id}")
    await act(play, world.chenzy, checking_in.check_in_oneself, "陈志远", meeting_id)
    answer = await browser.client.get(f"/meetings/{meeting_id}/attendance", headers={"HX-Request": "true"})
    assert "自行签到" in answer.text
    assert "区司法局" in answer.text


async def test_a_meeting_that_took_place_elsewhere_forgets_who_checked_in(play: Play) -> None:
    world = play.world
    meeting_id, _ = await invited(play, Asked(person_id=world.chenzy.id))
    play.clock.as_of = OPEN
    await act(play, world.chenzy, checking_in.check_in_oneself, "陈志远", meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.postpone(db, viewer, meeting)
        await scheduling.reinstate(db, viewer, meeting, local_start=SOON + timedelta(days=7))
    one = (await listed(play, meeting_id))["陈志远"]
    assert (one.attendance, one.checked_in_at) == (None, None)


def test_who_is_asked_by_name_and_stands_on_the_slip_too_is_counted_once() -> None:
    by_name = Attendee(agency_id=1, name="孙丽", partstat="needs_action")
    on_slip = Attendee(agency_id=1, name="孙丽", partstat="accepted", agency_invitation_id=5, attendance="present")
    other = Attendee(agency_id=2, name="孙丽", partstat="accepted", agency_invitation_id=6, attendance="present")
    everybody, quorum = [by_name, on_slip, other], Quorum(2, (), frozenset({1, 2}))

    there = attendance_of(everybody, quorum)
    assert (there.present, there.expected, there.unchecked, there.agencies_present) == (2, 2, 0, 2)
    assert by_attendance(everybody)["present"] == [on_slip, other]

    by_name.attendance = "apologies"
    assert attendance_of(everybody, quorum).present == 1
    assert by_attendance(everybody)["present"] == [other]
    assert by_attendance(everybody)["apologies"] == [by_name]
