"""Answers and slips on the pages: given, registered for others, corrected, and never overwritten unseen."""

import re

import pytest

from liaison.meetings.asking import Asked
from tests.meetings.play import Play
from tests.meetings.test_pages import OpenAs, open_as, seen, version_in

__all__ = ["open_as"]  # the fixture


async def test_one_answers_for_oneself_on_the_page_and_sends_a_substitute(play: Play, open_as: OpenAs) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id))
    await play.send(meeting_id)
    browser = await open_as(world.chenzy)
    page = await browser.get(f"/meetings/{meeting_id}")
    own = re.search(r"/attendees/(\d+)/answer", page)[0]
    swapped = await browser.post(own, htmx=True, partstat="tentative", comment="待定")
    assert re.match(r'\s*<section class="card" id="own-answer"', swapped.text)
    assert 'value="tentative" aria-pressed="true"' in swapped.text
    refused = await browser.post(own, partstat="substitute", comment="出差")
    assert refused.status_code == 422
    assert "出差" in refused.text
    fields = {"substitute.name": "何静", "substitute.job_title": "办公室主任"}
    await browser.post(own, partstat="substitute", **fields)
    assert "委派：何静" in seen(await browser.get(f"/meetings/{meeting_id}"))


async def test_what_was_said_by_phone_is_registered_and_marked(play: Play, open_as: OpenAs) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.zhenggq.id))
    await play.send(meeting_id)
    browser = await open_as(world.zhoumin)
    page = await browser.get(f"/meetings/{meeting_id}")
    register = re.search(r"/attendees/\d+/register", page)[0]
    await browser.get(register)
    said = {"how": "phone", "said_by": "吴晓岚", "said_on": "2026-11-23", "said_at": "08:50"}
    refused = await browser.post(register, partstat="declined", **said | {"said_on": "2027-01-01"})
    assert refused.status_code == 422
    assert 'href="#f-said_on"' in refused.text
    await browser.post(register, partstat="declined", **said)
    assert "请假" in seen(await browser.get(f"/meetings/{meeting_id}"))
    assert "代登记 吴晓岚，电话，11月23日（周一）08:50" in seen(await browser.get(f"/meetings/{meeting_id}"))


async def test_the_host_registers_a_slip_and_the_agency_corrects_it(play: Play, open_as: OpenAs) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(agency_id=world.sfj.id, seats=2))
    await play.send(meeting_id)
    host, own = await open_as(world.zhoumin), await open_as(world.liwb)
    slip = re.search(r"/agency-invitations/\d+", await host.get(f"/meetings/{meeting_id}"))[0]
    await host.get(slip)
    said = {"how": "chat", "said_by": "李文博", "said_on": "2026-11-23", "said_at": "08:50"}
    await host.post(slip, **{"names.1.name": "郑国强", "names.1.job_title": "副局长"}, **said)
    text = seen(await host.get(f"/meetings/{meeting_id}"))
    assert "名额 1/2" in text
    assert "代登记 李文博" in text
    form = await own.get(slip)
    assert 'value="郑国强"' in form
    await own.post(slip, **{"names.0.name": "郑国强", "names.1.name": "李文博", "names.1.phone": "0553-0000021"})
    text = seen(await own.get(f"/meetings/{meeting_id}"))
    assert "名额 2/2" in text
    assert "代登记 李文博" not in text


async def test_host_and_agency_do_not_overwrite_each_others_slip_unseen(play: Play, open_as: OpenAs) -> None:
    meeting_id = await play.scheduled(Asked(agency_id=play.world.sfj.id, seats=2))
    await play.send(meeting_id)
    host, own = await open_as(play.world.zhoumin), await open_as(play.world.liwb)
    slip = re.search(r"/agency-invitations/\d+", await host.get(f"/meetings/{meeting_id}"))[0]
    opened, his = version_in(await host.get(slip)), version_in(await own.get(slip))
    await own.post(slip, **{"names.0.name": "郑国强", "version": his})
    said = {"how": "phone", "said_by": "办公室", "said_on": "2026-11-23", "said_at": "08:50"}
    stale = await host.post(slip, **{"names.0.name": "李文博", "comment": "电话告知", "version": opened}, **said)
    assert stale.status_code == 409
    assert "郑国强" in seen(stale.text)
    assert 'value="李文博"' in stale.text
    assert "电话告知" in stale.text
    assert "郑国强" in seen(await host.get(f"/meetings/{meeting_id}"))
    again = await host.post(slip, **{"names.0.name": "李文博", "version": version_in(stale.text)}, **said)
    assert again.status_code == 303


@pytest.mark.parametrize("act", ["answer", "register"])
async def test_an_answer_given_on_an_old_page_is_shown_with_the_one_that_came_meanwhile(
    play: Play, open_as: OpenAs, act: str
) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.liwb.id))
    await play.send(meeting_id)
    host, own = await open_as(world.zhoumin), await open_as(world.liwb)
    register = re.search(r"/attendees/\d+/register", await host.get(f"/meetings/{meeting_id}"))[0]
    answer = register.replace("register", "answer")
    said = {"how": "phone", "said_by": "李文博", "said_on": "2026-11-23", "said_at": "08:50"}
    at_host, at_own = version_in(await host.get(register)), version_in(await own.get(answer))
    if act == "answer":
        await host.post(register, partstat="accepted", version=at_host, **said)
        stale = await own.post(answer, partstat="declined", comment="出差", version=at_own)
    else:
        await own.post(answer, partstat="accepted", version=at_own)
        stale = await host.post(register, partstat="declined", comment="出差", version=at_host, **said)
    assert stale.status_code == 409
    assert "参加" in seen(stale.text)
    assert 'value="declined" checked' in stale.text
    assert "出差" in stale.text
    assert version_in(stale.text) != at_own
